//! The ConfigMap by which every namespace knows the API server's authority
//! (`pkg/controller/certificates/rootcacertpublisher/publisher.go`).

use std::collections::BTreeMap;

use super::{Change, Settings};
use crate::model::{ConfigMap, ObjectMeta};
use crate::policy::Policy;
use crate::version::{Behaviour, KubeVersion};

/// The name of the ConfigMap.
pub const NAME: &str = "kube-root-ca.crt";
/// Its one key.
pub const KEY: &str = "ca.crt";
/// The annotation that says what the ConfigMap is good for.
pub const DESCRIPTION_ANNOTATION: &str = "kubernetes.io/description";
/// What the annotation says.
pub const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as \
the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/// What the controller does about the ConfigMap of the namespace: makes it, or puts it right, from 1.20 on and if it knows the certificate.
///
/// Other keys are lost; labels and other annotations stay, as does a description in other words. Runs when a namespace is added (in
/// whatever phase), updated while in use, and when the ConfigMap is changed or deleted. Cost: `O(log objects + data)`.
///
/// ```
/// use k8s_rbac::controller::{Settings, root_ca::publish};
/// use k8s_rbac::{KubeVersion, Policy};
/// let at = |version| publish("dev", &Policy::new(), &Settings::new(version, "-----BEGIN CERTIFICATE-----"));
/// assert_eq!(at(KubeVersion::V1_37).unwrap().key().to_string(), "ConfigMap dev/kube-root-ca.crt");
/// assert!(at(KubeVersion::V1_11).is_none());
/// ```
#[must_use]
pub fn publish(namespace: &str, policy: &Policy, settings: &Settings) -> Option<Change> {
    let Settings { version, root_ca } = settings;
    let certificate = root_ca.as_ref().filter(|_| version.has(Behaviour::PublishesRootCa))?;
    let data = BTreeMap::from([(KEY.to_owned(), certificate.clone())]);
    let Some(existing) = policy.get::<ConfigMap>(namespace, NAME) else {
        let mut created = ConfigMap { metadata: ObjectMeta::namespaced(namespace, NAME), data, ..ConfigMap::default() };
        describe(&mut created.metadata, *version);
        return Some(Change::Create(created.into()));
    };
    if existing.data == data && is_described(&existing.metadata, *version) {
        return None;
    }
    let mut updated = (***existing).clone();
    updated.data = data;
    describe(&mut updated.metadata, *version);
    Some(Change::Update(updated.into()))
}

fn describe(metadata: &mut ObjectMeta, version: KubeVersion) {
    if version.has(Behaviour::DescribesRootCa) {
        metadata.annotations.insert(DESCRIPTION_ANNOTATION.to_owned(), DESCRIPTION.to_owned());
    }
}

fn is_described(metadata: &ObjectMeta, version: KubeVersion) -> bool {
    !version.has(Behaviour::DescribesRootCa)
        || metadata.annotations.get(DESCRIPTION_ANNOTATION).is_some_and(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Object;

    fn published(existing: Option<ConfigMap>, version: KubeVersion) -> Option<(bool, ConfigMap)> {
        let policy: Policy = existing.map(Object::from).into_iter().collect();
        match publish("n", &policy, &Settings::new(version, "PEM"))? {
            Change::Create(Object::ConfigMap(map)) => Some((true, map)),
            Change::Update(Object::ConfigMap(map)) => Some((false, map)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_made_from_1_20_on_and_described_from_1_22_on() {
        assert_eq!(published(None, KubeVersion::new(1, 19)), None);
        for (minor, described) in [(20, false), (21, false), (22, true), (37, true)] {
            let (created, map) = published(None, KubeVersion::new(1, minor)).unwrap();
            assert!(created);
            assert_eq!(map.data, BTreeMap::from([("ca.crt".to_owned(), "PEM".to_owned())]));
            assert_eq!(map.metadata.annotations.contains_key(DESCRIPTION_ANNOTATION), described);
        }
        assert_eq!(publish("n", &Policy::new(), &Settings::default()), None);
    }

    #[test]
    fn it_is_put_right_and_the_rest_of_its_metadata_stays() {
        let (_, right) = published(None, KubeVersion::V1_37).unwrap();
        assert_eq!(published(Some(right.clone()), KubeVersion::V1_37), None);

        let mut other_words = right.clone();
        other_words.metadata.annotations.insert(DESCRIPTION_ANNOTATION.to_owned(), "mine".to_owned());
        assert_eq!(published(Some(other_words.clone()), KubeVersion::V1_37), None);

        let mut touched = other_words;
        touched.data.insert("extra".into(), "x".into());
        touched.metadata.labels.insert("l".into(), "1".into());
        let (created, repaired) = published(Some(touched), KubeVersion::V1_37).unwrap();
        assert!(!created);
        assert_eq!((repaired.data.len(), repaired.metadata.labels.len()), (1, 1));
        assert_eq!(repaired.metadata.annotations, right.metadata.annotations);

        let mut bare = right;
        bare.metadata.annotations.clear();
        assert_eq!(published(Some(bare.clone()), KubeVersion::new(1, 21)), None);
        assert!(published(Some(bare), KubeVersion::V1_37).is_some());
    }
}

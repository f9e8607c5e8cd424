//! Objects that several tests start from.

use k8s_rbac::Policy;
use k8s_rbac::cluster::Cluster;
use k8s_rbac::model::core::{ByteString, LocalObjectReference, ObjectReference};
use k8s_rbac::model::{ApiObject, Namespace, Object, ObjectKey, ObjectMeta, Secret, ServiceAccount};
use k8s_rbac::version::KubeVersion;

pub const V1_20: KubeVersion = KubeVersion::new(1, 20);
pub const V1_21: KubeVersion = KubeVersion::new(1, 21);
pub const V1_23: KubeVersion = KubeVersion::new(1, 23);
pub const V1_24: KubeVersion = KubeVersion::new(1, 24);
pub const V1_26: KubeVersion = KubeVersion::new(1, 26);

/// A cluster with the namespace `ns`.
pub fn cluster(version: KubeVersion) -> Cluster {
    let mut cluster = Cluster::new(version, Policy::new()).unwrap();
    cluster.create(Namespace::active("ns")).unwrap();
    cluster
}

/// The key of an object of the namespace `ns`, if it is of a kind that has one.
pub fn key<T: ApiObject>(name: &str) -> ObjectKey {
    let namespace = if T::NAMESPACED { "ns" } else { "" };
    ObjectKey { kind: T::KIND, namespace: namespace.into(), name: name.into() }
}

/// An account of the namespace `ns` with the unique id `uid-NAME`, and the names of its Secrets.
pub fn account(name: &str, secrets: &[&str]) -> ServiceAccount {
    let mut account = ServiceAccount { metadata: ObjectMeta::namespaced("ns", name), ..ServiceAccount::default() };
    account.metadata.uid = format!("uid-{name}");
    account.secrets =
        secrets.iter().map(|name| ObjectReference { name: (*name).to_owned(), ..ObjectReference::default() }).collect();
    account
}

pub fn pulling(mut account: ServiceAccount, secrets: &[&str]) -> ServiceAccount {
    account.image_pull_secrets = secrets.iter().map(|name| LocalObjectReference { name: (*name).to_owned() }).collect();
    account
}

pub fn annotated(mut account: ServiceAccount, key: &str, value: &str) -> ServiceAccount {
    account.metadata.annotations.insert(key.to_owned(), value.to_owned());
    account
}

/// A token Secret of the namespace `ns` that says it is of the account with the unique id, with data under these keys.
pub fn token_secret(name: &str, account: &str, uid: Option<&str>, data: &[(&str, &str)]) -> Secret {
    let mut secret = Secret { metadata: ObjectMeta::namespaced("ns", name), ..Secret::default() };
    secret.r#type = Secret::SERVICE_ACCOUNT_TOKEN.to_owned();
    secret.metadata.uid = format!("uid-{name}");
    secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.to_owned(), account.to_owned());
    if let Some(uid) = uid {
        secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_UID.to_owned(), uid.to_owned());
    }
    secret.data = data.iter().map(|(key, value)| ((*key).to_owned(), ByteString(value.as_bytes().to_vec()))).collect();
    secret
}

pub fn policy<const N: usize>(objects: [Object; N]) -> Policy {
    objects.into_iter().collect()
}

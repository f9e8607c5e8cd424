//! The Secrets that a Pod refers to, in whatever way (`VisitPodSecretNames` of `pkg/api/pod/util.go`).

use super::{Container, Pod, Rest, Volume};
use crate::model::Value;

/// Where the volume sources that are only carried name a Secret.
const VOLUME_PATHS: &[&[&str]] = &[
    &["azureFile", "secretName"],
    &["cephfs", "secretRef", "name"],
    &["cinder", "secretRef", "name"],
    &["flexVolume", "secretRef", "name"],
    &["rbd", "secretRef", "name"],
    &["scaleIO", "secretRef", "name"],
    &["iscsi", "secretRef", "name"],
    &["storageos", "secretRef", "name"],
    &["csi", "nodePublishSecretRef", "name"],
];

impl Pod {
    /// The names of the Secrets that the Pod refers to: image pulls, environment of any kind of container, volumes. Empty names are left
    /// out, and a name may come more than once.
    pub fn secret_names(&self) -> impl Iterator<Item = &str> {
        let spec = &self.spec;
        let pulls = spec.image_pull_secrets.iter().map(|secret| secret.name.as_str());
        let containers = spec.init_containers.iter().chain(spec.containers.iter()).chain(&spec.ephemeral_containers);
        let names = pulls.chain(containers.flat_map(of_container)).chain(spec.volumes.iter().flat_map(of_volume));
        names.filter(|name| !name.is_empty())
    }
}

fn of_container(container: &Container) -> impl Iterator<Item = &str> {
    let groups = container.env_from.iter().filter_map(|source| source.secret_ref.as_ref());
    let variables = container.env.iter().filter_map(|variable| variable.value_from.as_ref()?.secret_key_ref.as_ref());
    groups.chain(variables).map(|secret| secret.name.as_str())
}

fn of_volume(volume: &Volume) -> impl Iterator<Item = &str> {
    let plain = volume.secret.iter().map(|secret| secret.secret_name.as_str());
    let sources = volume.projected.iter().flat_map(|projected| &projected.sources);
    let projected = sources.filter_map(|source| text_at(&source.rest, &["secret", "name"]));
    plain.chain(projected).chain(VOLUME_PATHS.iter().filter_map(|path| text_at(&volume.rest, path)))
}

fn text_at<'a>(fields: &'a Rest, path: &[&str]) -> Option<&'a str> {
    let (first, rest) = path.split_first()?;
    match (fields.get(*first)?, rest) {
        (Value::String(text), []) => Some(text),
        (Value::Map(fields), rest) => text_at(fields, rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_secret_is_seen() {
        let volumes = [
            r#"{"secret":{"secretName":"S"}}"#,
            r#"{"projected":{"sources":[{"configMap":{"name":"no"}},{"secret":{"name":"S"}}]}}"#,
            r#"{"azureFile":{"secretName":"S"}}"#,
            r#"{"cephfs":{"secretRef":{"name":"S"}}}"#,
            r#"{"cinder":{"secretRef":{"name":"S"}}}"#,
            r#"{"flexVolume":{"secretRef":{"name":"S"}}}"#,
            r#"{"rbd":{"secretRef":{"name":"S"}}}"#,
            r#"{"scaleIO":{"secretRef":{"name":"S"}}}"#,
            r#"{"iscsi":{"secretRef":{"name":"S"}}}"#,
            r#"{"storageos":{"secretRef":{"name":"S"}}}"#,
            r#"{"csi":{"nodePublishSecretRef":{"name":"S"}}}"#,
        ];
        let mut specs: Vec<String> = volumes.iter().map(|volume| format!(r#"{{"volumes":[{volume}]}}"#)).collect();
        for containers in ["initContainers", "containers", "ephemeralContainers"] {
            specs.push(format!(r#"{{"{containers}":[{{"envFrom":[{{"secretRef":{{"name":"S"}}}}]}}]}}"#));
            specs.push(format!(r#"{{"{containers}":[{{"env":[{{"valueFrom":{{"secretKeyRef":{{"name":"S"}}}}}}]}}]}}"#));
        }
        specs.push(r#"{"imagePullSecrets":[{"name":"S"}]}"#.to_owned());
        for spec in specs {
            let named: Pod = serde_json::from_str(&format!(r#"{{"spec":{spec}}}"#)).unwrap();
            assert_eq!(named.secret_names().collect::<Vec<_>>(), ["S"], "{spec}");
            let empty: Pod = serde_json::from_str(&format!(r#"{{"spec":{}}}"#, spec.replace("\"S\"", "\"\""))).unwrap();
            assert_eq!(empty.secret_names().count(), 0, "{spec}");
        }
    }
}

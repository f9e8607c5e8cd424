//! The account's token in the Pod: until 1.20 its token Secret, ever since a projected volume.

use std::collections::BTreeMap;

use super::super::{Supply, name, root_ca, token};
use super::{Kind, Refusal};
use crate::model::pod::{
    PodSpec, ProjectedVolumeSource, Rest, SecretVolumeSource, ServiceAccountTokenProjection, Volume, VolumeMount,
    VolumeProjection,
};
use crate::model::{Pod, ServiceAccount, Value};
use crate::policy::Policy;
use crate::version::{Behaviour, KubeVersion};

/// Where the token is in a container.
pub const MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// What the name of a projected token volume begins with.
pub const VOLUME_PREFIX: &str = "kube-api-access-";

/// How long a projected token is valid, in seconds. The odd number tells it from those that a user asks for.
const EXPIRATION: i64 = 3607;
/// 0644.
const MODE: i32 = 420;

/// The volume that containers are to mount: its name, and the volume itself unless the Pod has it.
struct TokenVolume {
    name: String,
    new: Option<Volume>,
}

/// Mounts the token in every container that has nothing at its place, and adds its volume last if any container needs it.
pub(super) fn token(
    pod: &mut Pod,
    account: &ServiceAccount,
    policy: &Policy,
    version: KubeVersion,
    supply: &mut dyn Supply,
) -> Result<(), Refusal> {
    let volume = if version.has(Behaviour::ProjectsTokens) {
        projected(&pod.spec, version, supply)
    } else {
        let secret = token::referenced_token(account, policy);
        let secret = secret.ok_or_else(|| Kind::NoToken { account: account.metadata.name.clone() })?;
        secret_volume(&pod.spec, &secret.metadata.name, version, supply)
    };
    mount(&mut pod.spec, volume);
    Ok(())
}

fn mount(spec: &mut PodSpec, volume: TokenVolume) {
    let mut needed = false;
    for container in spec.init_containers.iter_mut().chain(spec.containers.iter_mut()) {
        if container.volume_mounts.iter().any(|mount| mount.mount_path == MOUNT_PATH) {
            continue;
        }
        let mount = VolumeMount {
            name: volume.name.clone(),
            read_only: true,
            mount_path: MOUNT_PATH.to_owned(),
            ..VolumeMount::default()
        };
        container.volume_mounts.push(mount);
        needed = true;
    }
    if needed {
        spec.volumes.extend(volume.new);
    }
}

fn secret_volume(spec: &PodSpec, secret: &str, version: KubeVersion, supply: &mut dyn Supply) -> TokenVolume {
    let holds = |volume: &&Volume| volume.secret.as_ref().is_some_and(|source| source.secret_name == secret);
    if let Some(volume) = spec.volumes.iter().find(holds) {
        return TokenVolume { name: volume.name.clone(), new: None };
    }
    let mut name = secret.to_owned();
    if version.has(Behaviour::TokenVolumeHasNoDots) {
        name = name.replace('.', "-");
    }
    if spec.volumes.iter().any(|volume| volume.name == name) {
        name = name::generate(&format!("{name}-"), supply);
    }
    let source = SecretVolumeSource { secret_name: secret.to_owned(), ..SecretVolumeSource::default() };
    TokenVolume { new: Some(Volume { name: name.clone(), secret: Some(source), ..Volume::default() }), name }
}

fn projected(spec: &PodSpec, version: KubeVersion, supply: &mut dyn Supply) -> TokenVolume {
    if let Some(volume) = spec.volumes.iter().find(|volume| volume.name.starts_with(VOLUME_PREFIX)) {
        return TokenVolume { name: volume.name.clone(), new: None };
    }
    let name = name::generate(VOLUME_PREFIX, supply);
    let default_mode = version.has(Behaviour::TokenVolumeHasMode).then_some(MODE);
    let source = ProjectedVolumeSource { sources: sources().into(), default_mode, ..ProjectedVolumeSource::default() };
    TokenVolume { new: Some(Volume { name: name.clone(), projected: Some(source), ..Volume::default() }), name }
}

/// The token, the certificate of the API server's authority, and the namespace.
fn sources() -> Vec<VolumeProjection> {
    let token = ServiceAccountTokenProjection {
        expiration_seconds: Some(EXPIRATION),
        path: token::key::TOKEN.to_owned(),
        ..Default::default()
    };
    let certificate =
        map([("name", text(root_ca::NAME)), ("items", list(map([("key", text(root_ca::KEY)), ("path", text(root_ca::KEY))])))]);
    let field = map([("apiVersion", text("v1")), ("fieldPath", text("metadata.namespace"))]);
    let namespace = map([("items", list(map([("path", text(token::key::NAMESPACE)), ("fieldRef", field)])))]);
    let carried =
        |key: &str, value| VolumeProjection { rest: Rest::from([(key.to_owned(), value)]), ..VolumeProjection::default() };
    vec![
        VolumeProjection { service_account_token: Some(token), ..VolumeProjection::default() },
        carried("configMap", certificate),
        carried("downwardAPI", namespace),
    ]
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn list(item: Value) -> Value {
    Value::List(vec![item])
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(BTreeMap::from(entries.map(|(key, value)| (key.to_owned(), value))))
}

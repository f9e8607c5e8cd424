//! The Secrets that a Pod may refer to where its account limits it to its own.

use std::collections::HashSet;
use std::fmt;

use crate::model::pod::Container;
use crate::model::{Pod, ServiceAccount};
use crate::version::{Behaviour, KubeVersion};

/// A reference to a Secret that the account does not name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unlisted {
    place: Place,
    secret: String,
    account: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Volume,
    Variable { container: Named, variable: String },
    Group { container: Named },
    Pull { index: usize },
}

/// A container with what its kind is called: nothing, `init ` or `ephemeral `.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    kind: &'static str,
    name: String,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}container {}", self.kind, self.name)
    }
}

impl fmt::Display for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, secret, account } = self;
        match place {
            Place::Volume => write!(f, r#"volume with secret.secretName="{secret}""#)?,
            Place::Variable { container, variable } => {
                write!(f, r#"{container} with envVar {variable} referencing secret.secretName="{secret}""#)?;
            }
            Place::Group { container } => write!(f, r#"{container} with envFrom referencing secret.secretName="{secret}""#)?,
            Place::Pull { index } => {
                return write!(
                    f,
                    r#"imagePullSecrets[{index}].name="{secret}" is not allowed because service account {account} does not reference that imagePullSecret"#
                );
            }
        }
        write!(f, " is not allowed because service account {account} does not reference that secret")
    }
}

/// The first reference that is not allowed: volumes, init containers, containers, image pulls.
pub(super) fn pod(pod: &Pod, account: &ServiceAccount, version: KubeVersion) -> Result<(), Unlisted> {
    let allowed = Allowed::of(account, version);
    let plain = pod.spec.volumes.iter().filter_map(|volume| volume.secret.as_ref());
    for source in plain {
        allowed.check(&source.secret_name, || Place::Volume)?;
    }
    allowed.containers(&pod.spec.init_containers, "init ")?;
    allowed.containers(&pod.spec.containers, "")?;
    let pulls: HashSet<&str> = account.image_pull_secrets.iter().map(|secret| secret.name.as_str()).collect();
    match pod.spec.image_pull_secrets.iter().enumerate().find(|(_, secret)| !pulls.contains(secret.name.as_str())) {
        Some((index, secret)) => Err(allowed.unlisted(&secret.name, Place::Pull { index })),
        None => Ok(()),
    }
}

/// The first reference of an ephemeral container that is not allowed.
pub(super) fn ephemeral(pod: &Pod, account: &ServiceAccount, version: KubeVersion) -> Result<(), Unlisted> {
    Allowed::of(account, version).containers(&pod.spec.ephemeral_containers, "ephemeral ")
}

struct Allowed<'a> {
    account: &'a ServiceAccount,
    secrets: HashSet<&'a str>,
    version: KubeVersion,
}

impl<'a> Allowed<'a> {
    fn of(account: &'a ServiceAccount, version: KubeVersion) -> Self {
        Self { account, secrets: account.secrets.iter().map(|secret| secret.name.as_str()).collect(), version }
    }

    fn unlisted(&self, secret: &str, place: Place) -> Unlisted {
        Unlisted { place, secret: secret.to_owned(), account: self.account.metadata.name.clone() }
    }

    fn check(&self, secret: &str, place: impl FnOnce() -> Place) -> Result<(), Unlisted> {
        if self.secrets.contains(secret) { Ok(()) } else { Err(self.unlisted(secret, place())) }
    }

    fn containers(&self, containers: &[Container], kind: &'static str) -> Result<(), Unlisted> {
        containers.iter().try_for_each(|container| self.container(container, kind))
    }

    fn container(&self, container: &Container, kind: &'static str) -> Result<(), Unlisted> {
        let named = || Named { kind, name: container.name.clone() };
        for variable in &container.env {
            if let Some(secret) = variable.value_from.as_ref().and_then(|source| source.secret_key_ref.as_ref()) {
                self.check(&secret.name, || Place::Variable { container: named(), variable: variable.name.clone() })?;
            }
        }
        if !self.version.has(Behaviour::LimitsEnvFrom) {
            return Ok(());
        }
        let groups = container.env_from.iter().filter_map(|source| source.secret_ref.as_ref());
        groups.into_iter().try_for_each(|secret| self.check(&secret.name, || Place::Group { container: named() }))
    }
}

//! A small cluster: objects and the controllers that act on them, settled together.
//!
//! For stories and tests. An object is created, replaced or deleted as by a client of the API server; then the controllers run until
//! nothing is left to do, and the result can be read back. What a server would refuse is refused, in the server's order: the namespace
//! first (`apiserver/pkg/admission/plugin/namespace/lifecycle`), then a Pod's account, then what is invalid, and last a name that is taken
//! (`apiserver/pkg/registry/generic/registry/store.go`). There is no kubelet, no scheduler, no time that passes by itself, and nobody is
//! asked for permission: what a client may do is asked of the [`Policy`] that the cluster holds.

use std::fmt;

use crate::controller::{Change, Counted, Settings, Supply, aggregation, pod_admission};
use crate::model::{ApiObject, Located, Namespace, Object, ObjectKey};
use crate::policy::{Policy, PolicyObject, Shared};
use crate::quote::Quoted;
use crate::validation::{self, Invalid};
use crate::version::KubeVersion;

mod apply;
mod events;
mod write;

/// How many events the controllers take in after one write before the cluster gives up.
pub const MAX_EVENTS: usize = 1_000_000;

/// The namespaces that every cluster has.
pub const SYSTEM_NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];
/// Those of them that nobody may delete.
const IMMORTAL_NAMESPACES: [&str; 3] = ["default", "kube-public", "kube-system"];

/// Objects and controllers of one version of Kubernetes.
///
/// ```
/// use k8s_rbac::cluster::Cluster;
/// use k8s_rbac::model::{ObjectMeta, Secret, ServiceAccount};
/// use k8s_rbac::{KubeVersion, Policy};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("default", "sample"), ..ServiceAccount::default() };
///
/// let mut old = Cluster::new(KubeVersion::V1_11, Policy::new())?;
/// old.apply(account.clone())?;
/// let token = &old.get::<ServiceAccount>("default", "sample").unwrap().secrets[0].name;
/// assert_eq!(old.get::<Secret>("default", token).unwrap().data.len(), 3);
///
/// let mut new = Cluster::new(KubeVersion::V1_37, Policy::new())?;
/// new.apply(account)?;
/// assert!(new.policy().secrets().is_empty());
/// # Ok::<(), k8s_rbac::cluster::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cluster<S = Counted> {
    settings: Settings,
    supply: S,
    policy: Policy,
    written: u64,
    now: Option<String>,
}

/// An object as it is [applied](Cluster::apply), with the places of its text where it came from one. Made of any object, located or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest(Located<Object>);

impl<T: Into<Object>> From<T> for Manifest {
    fn from(object: T) -> Self {
        Self(Located::from(object.into()))
    }
}

impl<T: Into<Object>> From<Located<T>> for Manifest {
    fn from(object: Located<T>) -> Self {
        Self(object.map(Into::into))
    }
}

/// What became of an object that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "kubectl has these three words")]
pub enum Outcome {
    /// It was not there.
    Created,
    /// It was there and is another now.
    Configured,
    /// It was there like this.
    Unchanged,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Configured => "configured",
            Self::Unchanged => "unchanged",
        })
    }
}

/// What a write came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The object that was written.
    pub key: ObjectKey,
    /// What became of it.
    pub outcome: Outcome,
    /// What the controllers wrote then, in order.
    pub changes: Vec<Change>,
}

/// Why a write was refused, in the API server's words where it has some.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Kind>);

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(Box::new(kind))
    }
}

impl Error {
    /// The HTTP status that the API server answers with; 500 where it is the cluster that gave up.
    #[must_use]
    pub fn code(&self) -> u16 {
        match &*self.0 {
            Kind::Immortal { .. } | Kind::Terminating { .. } => 403,
            Kind::NotFound { .. } => 404,
            Kind::AlreadyExists { .. } => 409,
            Kind::Invalid(_) => 422,
            Kind::Pod(refusal) => refusal.code(),
            Kind::Aggregation(_) | Kind::Unsettled => 500,
        }
    }

    /// The `reason` of the API server's answer, which kubectl puts in parentheses; nothing where it is the cluster that gave up.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match &*self.0 {
            Kind::Immortal { .. } | Kind::Terminating { .. } => "Forbidden",
            Kind::NotFound { .. } => "NotFound",
            Kind::AlreadyExists { .. } => "AlreadyExists",
            Kind::Invalid(_) => "Invalid",
            Kind::Pod(refusal) => refusal.reason(),
            Kind::Aggregation(_) | Kind::Unsettled => "",
        }
    }

    /// What is invalid, where that is why.
    #[must_use]
    pub fn as_invalid(&self) -> Option<&Invalid> {
        match &*self.0 {
            Kind::Invalid(invalid) => Some(invalid),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("{resource} {} not found", Quoted(.name))]
    NotFound { resource: String, name: String },
    #[error("{}{resource} {} already exists", if *.is_going { "object is being deleted: " } else { "" }, Quoted(.name))]
    AlreadyExists { resource: String, name: String, is_going: bool },
    #[error("namespaces {} is forbidden: this namespace may not be deleted", Quoted(.name))]
    Immortal { name: String },
    #[error("{resource} {} is forbidden: unable to create new content in namespace {namespace} because it is being terminated", Quoted(.name))]
    Terminating { resource: String, name: String, namespace: String },
    #[error(transparent)]
    Invalid(Invalid),
    #[error(transparent)]
    Pod(pod_admission::Refusal),
    #[error(transparent)]
    Aggregation(aggregation::Error),
    #[error("the controllers did not settle within {MAX_EVENTS} events")]
    Unsettled,
}

impl Cluster {
    /// A cluster of the version that holds these objects, and takes names and ids from [`Counted`]. The policy is what is stored when the
    /// controllers start, such as that of `bootstrap`, or none. The system's namespaces and those that objects live in are added; Pods are
    /// not admitted again.
    ///
    /// # Errors
    /// The controllers do not settle.
    pub fn new(version: KubeVersion, policy: Policy) -> Result<Self, Error> {
        let root_ca = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        Self::with(Settings::new(version, root_ca), Counted::default(), policy)
    }
}

impl<S: Supply> Cluster<S> {
    /// A cluster of these settings and this supply; otherwise as [`Cluster::new`].
    ///
    /// # Errors
    /// The controllers do not settle.
    pub fn with(settings: Settings, supply: S, policy: Policy) -> Result<Self, Error> {
        Self::started(settings, supply, policy, None)
    }

    /// As [`Cluster::with`], at this time: what the controllers create at once is as old.
    ///
    /// # Errors
    /// The controllers do not settle.
    pub fn started(settings: Settings, supply: S, policy: Policy, now: Option<String>) -> Result<Self, Error> {
        let mut cluster = Self { settings, supply, policy: Policy::new(), written: 0, now };
        let mut events = events::Events::default();
        for object in write::namespaces(&policy).into_iter().chain(policy.objects().map(Located::into_inner)) {
            cluster.restore(object, &mut events);
        }
        cluster.settle(events)?;
        Ok(cluster)
    }

    /// What the cluster is set to.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The objects.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The objects alone.
    pub fn into_policy(self) -> Policy {
        self.policy
    }

    /// The object of this kind, namespace and name.
    pub fn get<T: PolicyObject>(&self, namespace: &str, name: &str) -> Option<&Shared<T>> {
        self.policy.get(namespace, name)
    }

    /// Sets the time that new objects are created at, as an RFC 3339 timestamp. Without one they have no `creationTimestamp`.
    pub fn set_time(&mut self, now: impl Into<String>) {
        self.now = Some(now.into());
    }

    /// Creates the object and lets the controllers settle. One without a name gets one if it has a `generateName`.
    ///
    /// # Errors
    /// Its namespace is not there or is being deleted, it is a Pod that is refused, it is invalid, its name is taken, or the controllers do
    /// not settle: the first of these.
    ///
    /// ```
    /// use k8s_rbac::{KubeVersion, Policy, cluster::Cluster, model::{PolicyRule, Role}};
    /// let mut cluster = Cluster::new(KubeVersion::V1_37, Policy::new())?;
    /// cluster.create(Role::new("default", "r", []))?;
    /// let again = cluster.create(Role::new("default", "r", [])).unwrap_err();
    /// assert_eq!((again.code(), again.reason()), (409, "AlreadyExists"));
    /// // What is wrong with an object is told before its name is looked up.
    /// let invalid = cluster.create(Role::new("default", "r", [PolicyRule::urls(["get"], ["/x"])])).unwrap_err();
    /// assert_eq!((invalid.code(), invalid.reason()), (422, "Invalid"));
    /// # Ok::<(), k8s_rbac::cluster::Error>(())
    /// ```
    pub fn create(&mut self, object: impl Into<Object>) -> Result<Report, Error> {
        self.write_new(object.into())
    }

    /// Puts the object in the place of the one of its key, as it is, and lets the controllers settle. As by `PUT`, a role or a binding that
    /// is not there is created.
    ///
    /// # Errors
    /// There is none and it is no role or binding, it is invalid, or the controllers do not settle; where it is created, those of
    /// [`create`](Self::create).
    pub fn replace(&mut self, object: impl Into<Object>) -> Result<Report, Error> {
        let object = object.into();
        let key = object.key();
        // `AllowCreateOnUpdate` is true in the strategies of these alone.
        if self.policy.metadata(&key).is_none() && !validation::is_rbac(&object) {
            return Err(not_found(&key));
        }
        self.write(object.into(), |_, new| new.into_inner())
    }

    /// Creates the object, or changes the one of its key to say what this one says, and lets the controllers settle.
    ///
    /// As `kubectl apply`, which merges in three ways: what the manifest says takes the place of what is there; what it is silent about stays
    /// (the rules that a controller fills in, `secrets` of accounts, data of token Secrets, all of a Pod's `spec`), but for what it said before,
    /// where the object remembers that ([`ObjectMeta::LAST_APPLIED`](crate::model::ObjectMeta::LAST_APPLIED)). An empty list or text of a manifest
    /// that was [read from text](crate::load::Loader) is said, as is `null`; that of an object made in code, or read without its
    /// [places](crate::load::Loader::spans), counts as silence.
    ///
    /// ```
    /// use k8s_rbac::{KubeVersion, Policy, cluster::Cluster, kubectl::apply, model::{core::*, Object, ObjectMeta, ServiceAccount}};
    /// let pulling = |names: &[&str]| {
    ///     let image_pull_secrets = names.iter().map(|&name| LocalObjectReference { name: name.to_owned() }).collect();
    ///     let account = ServiceAccount { metadata: ObjectMeta::named("ci"), image_pull_secrets, ..ServiceAccount::default() };
    ///     apply::sent(Object::from(account), "default", KubeVersion::V1_37)
    /// };
    /// let mut cluster = Cluster::new(KubeVersion::V1_37, Policy::new())?;
    /// cluster.apply(pulling(&["a", "b"]))?;
    /// cluster.apply(pulling(&[]))?;
    /// assert!(cluster.get::<ServiceAccount>("default", "ci").unwrap().image_pull_secrets.is_empty());
    /// # Ok::<(), k8s_rbac::cluster::Error>(())
    /// ```
    ///
    /// # Errors
    /// Its namespace is not there, it is invalid, it is a Pod that is refused, or the controllers do not settle.
    pub fn apply(&mut self, manifest: impl Into<Manifest>) -> Result<Report, Error> {
        self.write(manifest.into().0, apply::merge)
    }

    /// Deletes the object, all that is in it if it is a namespace, and lets the controllers settle.
    ///
    /// # Errors
    /// It is `default`, `kube-public` or `kube-system`, it is not there, or the controllers do not settle.
    pub fn delete(&mut self, key: &ObjectKey) -> Result<Vec<Change>, Error> {
        if key.kind == Namespace::KIND && IMMORTAL_NAMESPACES.contains(&key.name.as_str()) {
            return Err(Kind::Immortal { name: key.name.clone() }.into());
        }
        if self.policy.metadata(key).is_none() {
            return Err(not_found(key));
        }
        let mut events = events::Events::default();
        if key.kind == Namespace::KIND {
            self.empty_namespace(&key.name, &mut events);
        }
        self.remove(key, &mut events);
        self.settle(events)
    }
}

fn not_found(key: &ObjectKey) -> Error {
    Kind::NotFound { resource: key.resource(), name: key.name.clone() }.into()
}

//! Which objects of the cluster a policy was given whole, and what follows for an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Policy, PolicyObject};
use crate::model::{
    ApiObject, ClusterRole, ClusterRoleBinding, ConfigMap, Namespace, Pod, Role, RoleBinding, Secret, ServiceAccount,
};

/// Which kinds a policy holds all objects of, and which in some namespaces only.
///
/// A policy is taken to be whole unless it is told otherwise. RBAC only allows, so a yes stays a yes whatever else there is; a no, and
/// whatever counts, is certain only if nothing that could matter is missing: that is what [`gaps`](Self::gaps) tells.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Decision, Policy, UserInfo, model::*, policy::Completeness};
/// let mut policy = Policy::new();
/// policy.set_completeness(Completeness::nothing().with::<RoleBinding>("dev").with::<Role>("dev").with_all::<ClusterRole>());
/// let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["dev"]));
/// let request = Attributes::resource("get", "pods").in_namespace("dev").by(&jane);
/// let Decision::NoOpinion(no) = rbac.authorize(&request) else { panic!() };
/// let gaps: Vec<String> = no.gaps().iter().map(ToString::to_string).collect();
/// assert_eq!(gaps, ["not every ClusterRoleBinding was given"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Completeness {
    /// For the kinds that are not whole, the namespaces that are.
    partial: BTreeMap<String, BTreeSet<String>>,
}

/// Something that a policy was not given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Gap {
    /// The kind.
    pub kind: &'static str,
    /// The namespace; `None` for objects of the cluster, and where it is not one namespace that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "not every {} of the namespace {namespace} was given", self.kind),
            None => write!(f, "not every {} was given", self.kind),
        }
    }
}

/// The kinds that answers depend on, and whether they live in namespaces.
const ASKED: [(&str, bool); 4] =
    [(ClusterRoleBinding::KIND, false), (ClusterRole::KIND, false), (RoleBinding::KIND, true), (Role::KIND, true)];

/// The kinds that only some questions look at.
const BESIDE: [&str; 5] = [ServiceAccount::KIND, Secret::KIND, Namespace::KIND, ConfigMap::KIND, Pod::KIND];

impl Completeness {
    /// All objects of all kinds were given.
    #[must_use]
    pub fn whole() -> Self {
        Self::default()
    }

    /// No kind is known to be whole.
    #[must_use]
    pub fn nothing() -> Self {
        let kinds = ASKED.iter().map(|(kind, _)| *kind).chain(BESIDE);
        Self { partial: kinds.map(|kind| (kind.to_owned(), BTreeSet::new())).collect() }
    }

    /// The same, and all objects of the kind.
    #[must_use]
    pub fn with_all<T: PolicyObject>(mut self) -> Self {
        self.partial.remove(T::KIND);
        self
    }

    /// The same, and all objects of the kind in the namespace.
    #[must_use]
    pub fn with<T: PolicyObject>(mut self, namespace: impl Into<String>) -> Self {
        if let Some(namespaces) = self.partial.get_mut(T::KIND) {
            namespaces.insert(namespace.into());
        }
        self
    }

    /// Whether everything was given.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.partial.is_empty()
    }

    /// Whether all objects of the kind in the namespace were given; with `""`, in every namespace. Cost: `O(log namespaces)`.
    ///
    /// ```
    /// use k8s_rbac::{model::Role, policy::Completeness};
    /// let given = Completeness::nothing().with::<Role>("dev");
    /// assert!(given.holds_every::<Role>("dev") && !given.holds_every::<Role>("ops") && !given.holds_every::<Role>(""));
    /// ```
    #[must_use]
    pub fn holds_every<T: PolicyObject>(&self, namespace: &str) -> bool {
        let partial = self.partial.get(T::KIND);
        partial.is_none_or(|known| !namespace.is_empty() && known.contains(namespace))
    }

    /// What is missing that an answer for the namespace (`""`: without one) could depend on. Cost: `O(log namespaces)`.
    ///
    /// ```
    /// use k8s_rbac::{model::*, policy::Completeness};
    /// let given = Completeness::nothing().with_all::<ClusterRole>().with_all::<ClusterRoleBinding>().with::<Role>("dev");
    /// let gaps: Vec<_> = given.gaps_in("dev").iter().map(ToString::to_string).collect();
    /// assert_eq!(gaps, ["not every RoleBinding of the namespace dev was given"]);
    /// assert!(given.gaps_in("").is_empty(), "no RoleBinding counts in the whole cluster");
    /// ```
    #[must_use]
    pub fn gaps_in(&self, namespace: &str) -> Vec<Gap> {
        let read = ASKED.iter().filter(|(_, local)| !local || !namespace.is_empty());
        let lacking = read.filter(|(kind, _)| self.partial.get(*kind).is_some_and(|known| !known.contains(namespace)));
        lacking.map(|&(kind, local)| Gap { kind, namespace: local.then(|| namespace.to_owned()) }).collect()
    }

    /// What is missing that any answer about requests could depend on.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        self.lacking(ASKED.iter().map(|(kind, _)| *kind))
    }

    /// What is missing of any kind, those that no request depends on too.
    #[must_use]
    pub fn all_gaps(&self) -> Vec<Gap> {
        self.lacking(ASKED.iter().map(|(kind, _)| *kind).chain(BESIDE))
    }

    fn lacking(&self, kinds: impl Iterator<Item = &'static str>) -> Vec<Gap> {
        kinds.filter(|kind| self.partial.contains_key(*kind)).map(|kind| Gap { kind, namespace: None }).collect()
    }
}

impl Policy {
    /// Which objects it was given whole.
    #[must_use]
    pub const fn completeness(&self) -> &Completeness {
        &self.completeness
    }

    /// Says which objects it was given whole. Inserting and removing objects does not change it.
    pub fn set_completeness(&mut self, completeness: Completeness) {
        self.completeness = completeness;
    }

    /// What it was not given, and any answer could depend on. Cost: `O(1)`.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        self.completeness.gaps()
    }
}

//! What a policy should hold: the smallest changes that would allow a denied request, roles made of what was asked for, and what is held
//! against what was used.
//!
//! Requests come from a caller, or from audit events (`audit`). Why one is denied is the business of `explain`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::authorize::Grant;
use crate::explain::Evidence;
use crate::model::PolicyRule;
use crate::permission::{PermissionSet, rules_or_null};
use crate::request::OwnedAttributes;

mod access;
mod role;
mod usage;

pub use access::{Change, Suggestion, changes};
pub use role::{missing_roles, roles_for};
pub use usage::usage;

/// The rules that some requests need: in the whole cluster, and in each namespace. Made by [`roles_for`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Roles {
    /// The rules of a ClusterRole for the requests without a namespace and those about URLs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cluster: Vec<PolicyRule>,
    /// For each namespace, the rules of a Role for what the ClusterRole does not allow already.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_namespace: BTreeMap<String, Vec<PolicyRule>>,
}

impl Roles {
    /// Whether no rule is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cluster.is_empty() && self.by_namespace.is_empty()
    }
}

/// What a user holds against what it asked for. Made by [`usage`].
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Usage<'a> {
    /// Every rule that the user holds by every binding, in the order of the policy, ClusterRoleBindings first.
    pub rules: Vec<RuleUse<'a>>,
    /// What ClusterRoleBindings allow and was asked for in no namespace.
    #[serde(serialize_with = "rules_or_null")]
    pub unused_in_cluster: PermissionSet,
    /// What the RoleBindings of each namespace allow and was not asked for there; namespaces where all was used are left out.
    #[serde(serialize_with = "all_written")]
    pub unused_by_namespace: BTreeMap<&'a str, PermissionSet>,
    /// The requests that are not allowed, sorted.
    pub denied: Vec<OwnedAttributes>,
}

/// How often a rule was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleUse<'a> {
    /// The binding, the role, and the rule.
    pub grant: Grant<'a>,
    /// How many different requests it allows.
    pub requests: usize,
}

impl<'a> Usage<'a> {
    /// The rules that no request used.
    pub fn unused(&self) -> impl Iterator<Item = &Grant<'a>> {
        self.rules.iter().filter(|rule| rule.requests == 0).map(|rule| &rule.grant)
    }
}

impl Serialize for RuleUse<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            grant: Evidence,
            requests: usize,
        }
        Written { grant: self.grant.evidence(), requests: self.requests }.serialize(serializer)
    }
}

fn all_written<S: serde::Serializer>(sets: &BTreeMap<&str, PermissionSet>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(sets.iter().map(|(namespace, set)| (namespace, set.to_rules().ok())))
}

//! The questions beside "may this user do this": what may a user do, and who may do this.
//!
//! [`rules_for`] and [`allowed_subjects`] are upstream's questions with upstream's answers, duplicates and oddities included. The others are
//! ours: [`who_can`] and [`who_can_any`] (each subject once, by a [`Scope`]), [`every_grant`], [`where_can`], [`where_can_any`], [`allowed_names`], [`effective`],
//! [`access_matrix`], [`filter_readable`], [`summary`]. What a policy was not given is told beside each answer that could be another one with
//! it. Single decisions are the business of `authorize`, why they are made that of `explain`, the server's
//! review objects around them that of `review`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::authorize::{Aggregate, Authorizer, Grant};
use crate::identity::UserInfo;
use crate::model::{PolicyRule, Subject};
use crate::permission::{Choice, PermissionSet};
use crate::policy::{AnyBinding, AnyRole, Gap, ResolutionError};
use crate::request::Attributes;
use crate::resources::Resource;

mod allowed_subjects;
mod effective;
mod holder;
mod holders;
mod matrix;
mod rules_for;
mod sorted;
mod summary;
mod where_can;
mod who_can;
mod written;

pub use allowed_subjects::allowed_subjects;
pub use effective::effective;
pub use holders::HoldersIter;
pub use matrix::access_matrix;
pub use rules_for::rules_for;
pub use summary::{filter_readable, summary};
pub use where_can::{allowed_names, where_can, where_can_any};
pub use who_can::{every_grant, who_can, who_can_any};

/// Every rule that applies to a user in a namespace, and the references that led to no role. Made by [`rules_for`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct RulesFor<'a> {
    /// The rules, each with the binding and the subject of it that grant it, in upstream's order.
    #[serde(serialize_with = "written::grants")]
    pub grants: Vec<Grant<'a>>,
    /// The bindings of the user whose reference leads to no role, in order.
    #[serde(serialize_with = "written::errors", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ResolutionError<'a>>,
    /// What the policy was not given, where there could be more rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

impl<'a> RulesFor<'a> {
    /// The rules alone, in order. One that is granted twice stands here twice, as upstream has it.
    pub fn rules(&self) -> impl Iterator<Item = &'a PolicyRule> + '_ {
        self.grants.iter().filter_map(Grant::rule)
    }

    /// The errors in upstream's words; `None` if there are none.
    #[must_use]
    pub fn error(&self) -> Option<Aggregate> {
        aggregate(&self.errors)
    }
}

/// Upstream's answer to "who may do this". Made by [`allowed_subjects`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct AllowedSubjects<'a> {
    /// The subjects as they stand in the bindings: duplicates are kept, and a service account without a namespace is not given one.
    pub subjects: Vec<Cow<'a, Subject>>,
    /// The bindings whose reference leads to no role, in order.
    #[serde(serialize_with = "written::errors", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ResolutionError<'a>>,
    /// What the policy was not given, where there could be more subjects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

impl AllowedSubjects<'_> {
    /// The errors in upstream's words; `None` if there are none.
    #[must_use]
    pub fn error(&self) -> Option<Aggregate> {
        aggregate(&self.errors)
    }
}

/// What a user is allowed: a set of requests for every namespace. Made by [`effective`].
///
/// Two of whole policies are equal exactly if the same requests are allowed, for a namespace is listed only if its set is not that of the rest.
/// Serialises with the shortest rules for each set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Effective {
    /// What is allowed in the whole cluster: without a namespace, and in every namespace.
    pub cluster: PermissionSet,
    /// The namespaces where more than that is allowed, with all that is allowed there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_namespace: BTreeMap<String, PermissionSet>,
    /// What the policy was not given, where more could be allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

impl Effective {
    /// What is allowed in the namespace; without one (`""`), in the whole cluster. Cost: `O(log namespaces)`.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> &PermissionSet {
        self.by_namespace.get(namespace).unwrap_or(&self.cluster)
    }

    /// Whether nothing is allowed anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cluster.is_empty() && self.by_namespace.is_empty()
    }

    /// Whether the request is allowed, in its namespace. Its user is not looked at. Cost: `O(log namespaces + log edges)`.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, query::effective};
    /// let mut policy = Policy::new();
    /// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
    /// policy.insert(RoleBinding::new("dev", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
    /// let held = effective(&Authorizer::new(policy), &UserInfo::new("jane", [""; 0]))?;
    /// let request = Attributes::resource("get", "pods");
    /// assert!(held.allows(&request.in_namespace("dev")) && !held.allows(&request.in_namespace("ops")) && !held.allows(&request));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn allows(&self, request: &Attributes<'_>) -> bool {
        self.in_namespace(request.namespace).contains(request)
    }
}

/// Where something is asked: four questions that are often taken for one another.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "a request has a namespace or none, and one can ask for some or for all")]
pub enum Scope {
    /// Without a namespace: for cluster-scoped resources, lists over all namespaces, and URLs.
    #[default]
    Cluster,
    /// In this namespace. The empty one is the cluster.
    Namespace(String),
    /// In at least one namespace.
    AnyNamespace,
    /// In all namespaces, those that do not exist yet too: what the cluster's bindings grant.
    EveryNamespace,
}

/// Who may do something. Made by [`who_can`] and [`who_can_any`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct WhoCan<'a> {
    /// Where.
    pub scope: Scope,
    /// The subjects that may by RBAC, sorted by kind, namespace and name. The group `system:masters` may too, whether it stands here or not.
    #[serde(rename = "subjects")]
    pub holders: Holders<'a>,
    /// What the policy was not given, where there could be more subjects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

/// The subjects of a [`WhoCan`], each once, sorted by kind, namespace and name. They borrow their names from the policy.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, model::*, query::{Scope, who_can}};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("a", "reader", [Subject::user("jane"), Subject::group("dev")]));
/// policy.insert(ClusterRoleBinding::new("b", "reader", [Subject::user("jane")]));
/// let rbac = Authorizer::new(policy);
/// let found = who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Cluster);
/// let told: Vec<(&str, usize)> = found.holders.iter().map(|holder| (holder.name, holder.grants().count())).collect();
/// assert_eq!(told, [("dev", 1), ("jane", 2)]);
/// ```
#[derive(Clone, Default)]
pub struct Holders<'a> {
    /// The roles that allow, each with the number of its first rule that does.
    roles: Vec<(AnyRole<'a>, usize)>,
    bindings: Vec<Granting<'a>>,
    /// Every mention of a subject that can be somebody, binding by binding.
    mentions: Vec<Mention<'a>>,
    /// The numbers of the mentions in the order of the subjects: groups, service accounts, users; those of one subject by binding.
    order: Vec<u32>,
    /// Where those of each subject start.
    starts: Vec<u32>,
    groups: usize,
    accounts: usize,
}

/// A binding that grants a role that allows, by the number of the role.
#[derive(Clone, Copy)]
struct Granting<'a> {
    binding: AnyBinding<'a>,
    role: usize,
}

/// Where a subject stands: in which of the bindings that grant, and where in it.
#[derive(Clone, Copy)]
struct Mention<'a> {
    name: &'a str,
    binding: u32,
    subject: u32,
}

/// A subject that may do what was asked, and by which paths.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Holder<'w, 'a> {
    /// The kind: [`Subject::USER`], [`Subject::GROUP`] or [`Subject::SERVICE_ACCOUNT`].
    pub kind: &'a str,
    /// The namespace of a service account, which it may have from its binding; else empty.
    pub namespace: &'a str,
    /// The name.
    pub name: &'a str,
    holders: &'w Holders<'a>,
    mentions: &'w [u32],
}

/// The members of a group that Kubernetes itself fills.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Members {
    /// Of `system:masters`, whom the API server allows everything.
    Masters,
    /// Everybody whom an authenticator recognised.
    Authenticated,
    /// Everybody else.
    Unauthenticated,
    /// Every service account.
    ServiceAccounts,
    /// Every service account of the namespace.
    ServiceAccountsOf(String),
    /// Every kubelet.
    Nodes,
    /// Every bootstrap token.
    BootstrapTokens,
}

/// Where a user may do something. Made by [`where_can`] and [`where_can_any`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Where {
    /// Whether without a namespace. Then in every namespace too.
    pub cluster: bool,
    /// In which namespaces, whether they exist or not: all, or those.
    pub namespaces: Choice,
    /// In which of the Namespaces that the policy holds: all, those, or all but those, whichever is said in fewer words. The same as
    /// `namespaces` if it holds none.
    pub existing: Choice,
    /// What the policy was not given, where there could be more; nothing if it is everywhere already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

/// The names for which a user may do something. Made by [`allowed_names`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct AllowedNames {
    /// The names: all, or those; `""` stands for a request without a name.
    pub names: Choice,
    /// What the policy was not given, where there could be more; nothing if it is all names already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
}

/// Who may do what: users × resources × verbs. Made by [`access_matrix`]; walked by its cells, or displayed as a table for each user.
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessMatrix<'a> {
    rbac: &'a Authorizer,
    users: &'a [UserInfo],
    resources: Vec<&'a Resource>,
    verbs: Vec<&'a str>,
    namespace: &'a str,
}

/// An [`AccessMatrix`] with its answers. Made by [`AccessMatrix::table`]; users who hold the same roles share a row.
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessTable<'a> {
    users: &'a [UserInfo],
    resources: Vec<&'a Resource>,
    verbs: Vec<&'a str>,
    rows: Vec<Vec<Access>>,
    row_of: Vec<usize>,
}

/// The cells of an [`AccessTable`], user by user, resource by resource, verb by verb.
#[derive(Debug, Clone)]
#[must_use]
pub struct Cells<'a> {
    table: AccessTable<'a>,
    user: usize,
    cell: usize,
}

/// A cell of an [`AccessMatrix`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cell<'a> {
    /// Who.
    pub user: &'a UserInfo,
    /// On which resource.
    pub resource: &'a Resource,
    /// What.
    pub verb: &'a str,
    /// Whether.
    pub access: Access,
}

/// Whether a user may do something to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Access {
    /// Yes, whatever the name.
    Yes,
    /// No.
    No,
    /// For some names only.
    SomeNames,
    /// The resource does not serve the verb.
    NotServed,
}

/// What stands out about a user. Made by [`summary`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[must_use]
#[non_exhaustive]
pub struct SubjectSummary {
    /// How many ClusterRoleBindings apply.
    pub cluster_role_bindings: usize,
    /// How many RoleBindings apply.
    pub role_bindings: usize,
    /// In how many namespaces those are.
    pub namespaces: usize,
    /// How many of the bindings lead to no role.
    pub unresolved: usize,
    /// Whether a rule that is held has `*` among its verbs, groups or resources.
    pub wildcard: bool,
    /// Whether every verb on every resource is held in the whole cluster, by one rule.
    pub unrestricted: bool,
    /// Whether a Secret may be read, by `get`, `list` or `watch`, somewhere.
    pub reads_secrets: bool,
    /// Whether `escalate` or `bind` on roles, or `impersonate` on users, groups or service accounts, is held somewhere.
    pub escalates: bool,
    /// Whether the policy was not given whole, so that there could be more.
    pub incomplete: bool,
}

fn aggregate(errors: &[ResolutionError<'_>]) -> Option<Aggregate> {
    Aggregate::new(errors.iter().map(ToString::to_string))
}

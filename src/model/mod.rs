//! The API objects: what is read, indexed, compared and written, with the JSON names and omissions of upstream.
//!
//! RBAC kinds stand here, metadata and label selectors in [`meta`], the core kinds that the story around RBAC needs in [`core`](mod@core). Objects
//! carry behaviour only as far as making and reading them goes: what a rule means is the business of `rule`, what is refused that of
//! `validation`. Models `staging/src/k8s.io/api/rbac/v1/types.go`.
//!
//! Reading follows Go's decoder: a `null` list, map, string or object is an empty one, a `null` element likewise; unknown fields are
//! dropped by plain serde (the loader reports them). The versions `v1` and `v1beta1` are read as they are, `v1alpha1` through its own
//! types in [`v1alpha1`].

use std::ops::Deref;
use std::sync::Arc;

use crate::span::SourceMap;

pub mod core;
pub mod labels;
mod list;
pub mod meta;
mod object;
pub mod pod;
pub mod v1alpha1;
mod value;
pub(crate) mod wire;

pub use core::{ConfigMap, Namespace, Secret, ServiceAccount};
pub use list::List;
pub use meta::{LabelSelector, LabelSelectorRequirement, ObjectMeta};
pub use object::{ApiObject, Object, ObjectKey};
pub use pod::Pod;
pub use value::Value;

use wire::api_object;

/// The API group of Role, ClusterRole and their bindings, of their `roleRef`s and of `User` and `Group` subjects.
pub const RBAC_GROUP: &str = "rbac.authorization.k8s.io";
/// The `apiVersion` that RBAC objects are written with.
pub const RBAC_V1: &str = "rbac.authorization.k8s.io/v1";
/// The entry that stands for every verb, API group, resource or URL (`APIGroupAll` and its kin).
pub const ALL: &str = "*";

/// What a role allows: some verbs on some resources, or on some URL paths.
///
/// Every combination of values is legal data; what an API server refuses to store is said by `validation`. What the lists mean is said
/// by [`crate::rule`].
///
/// ```
/// use k8s_rbac::model::PolicyRule;
/// let rule = PolicyRule::resources(["get", "list"], [""], ["pods", "pods/log"]);
/// assert_eq!(serde_json::to_string(&rule)?, r#"{"verbs":["get","list"],"apiGroups":[""],"resources":["pods","pods/log"]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyRule {
    /// The verbs, `*` for all.
    pub verbs: List<String>,
    /// The API groups, `""` for the core group, `*` for all.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub api_groups: Vec<String>,
    /// The resources: `pods`, `pods/log`, `*/scale`, or `*` for all with their subresources.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The object names that the rule is limited to; none means no limit. `*` is no wildcard here.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
    /// The URL paths, exact, with a trailing `*` as a prefix, or `*` for all.
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "wire::Field::is_left_out")]
    pub non_resource_urls: List<String>,
}

impl PolicyRule {
    /// A rule about resources.
    pub fn resources<V, G, R>(verbs: V, api_groups: G, resources: R) -> Self
    where
        V: IntoIterator<Item: Into<String>>,
        G: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: Into<String>>,
    {
        Self { verbs: strings(verbs).into(), api_groups: strings(api_groups), resources: strings(resources), ..Self::default() }
    }

    /// A rule about URL paths.
    pub fn urls<V, U>(verbs: V, urls: U) -> Self
    where
        V: IntoIterator<Item: Into<String>>,
        U: IntoIterator<Item: Into<String>>,
    {
        Self { verbs: strings(verbs).into(), non_resource_urls: strings(urls).into(), ..Self::default() }
    }

    /// The same rule, limited to objects of these names.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, model::PolicyRule, rule::rule_allows};
    /// let one = PolicyRule::resources(["get", "list"], [""], ["configmaps"]).named(["settings"]);
    /// assert!(rule_allows(&one, &Attributes::resource("get", "configmaps").named("settings")));
    /// assert!(!rule_allows(&one, &Attributes::resource("list", "configmaps")));
    /// ```
    #[must_use]
    pub fn named<N>(mut self, names: N) -> Self
    where
        N: IntoIterator<Item: Into<String>>,
    {
        self.resource_names = strings(names);
        self
    }
}

fn strings(items: impl IntoIterator<Item: Into<String>>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}

/// Whom a binding grants its role to.
///
/// ```
/// use k8s_rbac::model::Subject;
/// assert_eq!(serde_json::to_string(&Subject::service_account("default", "ci"))?, r#"{"kind":"ServiceAccount","name":"ci","namespace":"default"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subject {
    /// [`Subject::USER`], [`Subject::GROUP`] or [`Subject::SERVICE_ACCOUNT`]; a subject of another kind matches nobody.
    #[serde(deserialize_with = "wire::nullable")]
    pub kind: String,
    /// [`RBAC_GROUP`] for users and groups, empty for service accounts. Not looked at when subjects are matched.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub api_group: String,
    /// The name of the user, the group or the service account.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
    /// The namespace of a service account; empty means that of the RoleBinding. Not looked at for users and groups.
    #[serde(deserialize_with = "wire::nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
}

impl Subject {
    /// The kind of a subject that is a user, by user name.
    pub const USER: &str = "User";
    /// The kind of a subject that is a group of users.
    pub const GROUP: &str = "Group";
    /// The kind of a subject that is a service account.
    pub const SERVICE_ACCOUNT: &str = "ServiceAccount";

    /// A user, with the API group that an API server would default to.
    pub fn user(name: impl Into<String>) -> Self {
        Self { kind: Self::USER.into(), api_group: RBAC_GROUP.into(), name: name.into(), namespace: String::new() }
    }

    /// A group, with the API group that an API server would default to.
    pub fn group(name: impl Into<String>) -> Self {
        Self { kind: Self::GROUP.into(), api_group: RBAC_GROUP.into(), name: name.into(), namespace: String::new() }
    }

    /// A service account.
    ///
    /// In a RoleBinding an empty namespace is that of the binding; in a ClusterRoleBinding it makes a subject that nobody is.
    ///
    /// ```
    /// use k8s_rbac::model::Subject;
    /// assert_eq!(Subject::service_account("dev", "ci").api_group, "", "accounts are of the core group");
    /// ```
    pub fn service_account(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: Self::SERVICE_ACCOUNT.into(), api_group: String::new(), name: name.into(), namespace: namespace.into() }
    }
}

/// Which role a binding grants. Its API group is not looked at when it is resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleRef {
    /// [`RBAC_GROUP`].
    #[serde(deserialize_with = "wire::nullable")]
    pub api_group: String,
    /// [`RoleRef::ROLE`] or [`RoleRef::CLUSTER_ROLE`]; a reference of another kind resolves to an error.
    #[serde(deserialize_with = "wire::nullable")]
    pub kind: String,
    /// The name of the role.
    #[serde(deserialize_with = "wire::nullable")]
    pub name: String,
}

impl RoleRef {
    /// The kind of a reference to a Role of the binding's namespace.
    pub const ROLE: &str = "Role";
    /// The kind of a reference to a ClusterRole.
    pub const CLUSTER_ROLE: &str = "ClusterRole";

    /// A reference to a Role of the binding's namespace.
    pub fn role(name: impl Into<String>) -> Self {
        Self { api_group: RBAC_GROUP.into(), kind: Self::ROLE.into(), name: name.into() }
    }

    /// A reference to a ClusterRole.
    pub fn cluster_role(name: impl Into<String>) -> Self {
        Self { api_group: RBAC_GROUP.into(), kind: Self::CLUSTER_ROLE.into(), name: name.into() }
    }
}

/// Which ClusterRoles an aggregated ClusterRole takes its rules from: those that any of the selectors selects.
///
/// The authorizer never looks at it: the rules are filled in by a controller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AggregationRule {
    /// Selectors over the labels of ClusterRoles; their results are joined.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub cluster_role_selectors: Vec<LabelSelector>,
}

api_object! {
    /// A list of rules that bindings of its namespace may grant there.
    pub struct Role("Role", RBAC_V1, ["rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1"], "roles", true) {
        /// What it allows.
        always rules as "rules" : List<PolicyRule>,
    }
}

api_object! {
    /// A list of rules that bindings may grant in the whole cluster or in one namespace.
    pub struct ClusterRole("ClusterRole", RBAC_V1, ["rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1"], "clusterroles", false) {
        /// What it allows. Overwritten by a controller where there is an aggregation rule.
        always rules as "rules" : List<PolicyRule>,
        /// Where the rules are gathered from.
        filled aggregation_rule as "aggregationRule" : Option<AggregationRule>,
    }
}

api_object! {
    /// Grants a Role or a ClusterRole to subjects, in the namespace of the binding.
    pub struct RoleBinding("RoleBinding", RBAC_V1, ["rbac.authorization.k8s.io/v1beta1"], "rolebindings", true) {
        /// Whom it grants the role to.
        filled subjects as "subjects" : Vec<Subject>,
        /// Which role it grants.
        always role_ref as "roleRef" : RoleRef,
    }
}

api_object! {
    /// Grants a ClusterRole to subjects, in the whole cluster.
    pub struct ClusterRoleBinding("ClusterRoleBinding", RBAC_V1, ["rbac.authorization.k8s.io/v1beta1"], "clusterrolebindings", false) {
        /// Whom it grants the role to.
        filled subjects as "subjects" : Vec<Subject>,
        /// Which role it grants.
        always role_ref as "roleRef" : RoleRef,
    }
}

impl Role {
    /// A Role of these rules.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>, rules: impl IntoIterator<Item = PolicyRule>) -> Self {
        Self { metadata: ObjectMeta::namespaced(namespace, name), rules: rules.into_iter().collect() }
    }
}

impl ClusterRole {
    /// A ClusterRole of these rules.
    pub fn new(name: impl Into<String>, rules: impl IntoIterator<Item = PolicyRule>) -> Self {
        Self { metadata: ObjectMeta::named(name), rules: rules.into_iter().collect(), aggregation_rule: None }
    }
}

impl RoleBinding {
    /// A binding of the role to these subjects.
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        role_ref: RoleRef,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Self {
        Self { metadata: ObjectMeta::namespaced(namespace, name), subjects: subjects.into_iter().collect(), role_ref }
    }
}

impl ClusterRoleBinding {
    /// A binding of the ClusterRole of this name to these subjects.
    pub fn new(name: impl Into<String>, cluster_role: impl Into<String>, subjects: impl IntoIterator<Item = Subject>) -> Self {
        let role_ref = RoleRef::cluster_role(cluster_role);
        Self { metadata: ObjectMeta::named(name), subjects: subjects.into_iter().collect(), role_ref }
    }
}

/// An object and, where it came from text, the table of where it and its fields were read.
///
/// The table is shared, takes no part in equality, hashing or serialisation, and is absent for objects made in code. Dereferences to the
/// object.
#[derive(Debug, Clone, Default)]
pub struct Located<T> {
    pub(crate) object: T,
    pub(crate) source: Option<Arc<SourceMap>>,
}

impl<T> Located<T> {
    /// An object with the place it was read at.
    pub const fn new(object: T, source: Option<Arc<SourceMap>>) -> Self {
        Self { object, source }
    }

    /// Where the object was read, if it was.
    pub const fn source(&self) -> Option<&Arc<SourceMap>> {
        self.source.as_ref()
    }

    /// The object alone.
    pub fn into_inner(self) -> T {
        self.object
    }

    /// Another object read at the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located { object: change(self.object), source: self.source }
    }
}

impl<T> From<T> for Located<T> {
    #[inline(always)]
    fn from(object: T) -> Self {
        Self { object, source: None }
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: std::hash::Hash> std::hash::Hash for Located<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.object.hash(state);
    }
}

impl<T: serde::Serialize> serde::Serialize for Located<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object.serialize(serializer)
    }
}

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Located<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

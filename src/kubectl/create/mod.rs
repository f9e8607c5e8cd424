//! `kubectl create role`, `clusterrole`, `rolebinding`, `clusterrolebinding` and `serviceaccount`: flags to objects, or kubectl's refusal
//! (`kubectl/pkg/cmd/create`).
//!
//! Values of flags come as they were typed, one for each time that the flag was given; [`split`] takes those apart that may hold several.
//! Nothing is sent anywhere: whether a server takes the object is another question.

use crate::model::{ClusterRole, ClusterRoleBinding, Object, ObjectMeta, Role, RoleBinding, RoleRef, ServiceAccount, Subject};
use crate::quote::lower_case;
use crate::resources::Catalogue;
use crate::version::{Behaviour, KubeVersion};

use super::{Error, Kind, line};

mod rules;
mod split;

pub use split::split;

use rules::Rules;

/// The flags of `kubectl create role` and `kubectl create clusterrole`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleFlags {
    /// The name.
    pub name: String,
    /// `-n`, if it was given. Without it the object says no namespace.
    pub namespace: Option<String>,
    /// `--verb`, split.
    pub verbs: Vec<String>,
    /// `--resource`, split: `pods`, `rs.apps`, `deployments.apps/scale`.
    pub resources: Vec<String>,
    /// `--resource-name`, not split.
    pub resource_names: Vec<String>,
    /// `--non-resource-url`, split; of `clusterrole` only.
    pub non_resource_urls: Vec<String>,
    /// `--aggregation-rule`, as typed: `key=value` pairs with commas between them; of `clusterrole` only.
    pub aggregation_rule: Vec<String>,
}

/// The flags of `kubectl create rolebinding` and `kubectl create clusterrolebinding`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BindingFlags {
    /// The name.
    pub name: String,
    /// `-n`, if it was given. Without it the object says no namespace.
    pub namespace: Option<String>,
    /// `--role`; of `rolebinding` only.
    pub role: Option<String>,
    /// `--clusterrole`.
    pub cluster_role: Option<String>,
    /// `--user`, not split.
    pub users: Vec<String>,
    /// `--group`, not split.
    pub groups: Vec<String>,
    /// `--serviceaccount`, not split: `namespace:name`.
    pub service_accounts: Vec<String>,
}

/// An object made of flags, and what kubectl warns of on standard error, with line ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Created<T> {
    /// The object.
    pub object: T,
    /// The warnings.
    pub warnings: Vec<String>,
}

/// The name among the arguments of `kubectl create KIND`.
///
/// # Errors
///
/// There is not exactly one argument.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::create};
/// assert_eq!(create::name(&["x"], "role", KubeVersion::V1_37)?, "x");
/// assert_eq!(
///     create::name(&["x", "y"], "role", KubeVersion::V1_37).unwrap_err().to_string(),
///     "exactly one NAME is required, got 2\nSee 'kubectl create role -h' for help and examples",
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn name<'a, S: AsRef<str>>(arguments: &'a [S], kind: &str, version: KubeVersion) -> Result<&'a str, Error> {
    if let [name] = arguments {
        return Ok(name.as_ref());
    }
    let dot = if version.has(Behaviour::UsageEndsWithoutDot) { "" } else { "." };
    let count = arguments.len();
    Err(usage(format!("exactly one NAME is required, got {count}\nSee 'kubectl create {kind} -h' for help and examples{dot}")))
}

/// The Role that the flags describe: a rule for each API group, with all verbs and names.
///
/// # Errors
///
/// kubectl refuses the flags; the first refusal in its order, in its words.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::create::{self, RoleFlags}, model::PolicyRule, resources::Catalogue};
/// let flags = RoleFlags {
///     name: "reader".into(),
///     verbs: create::split("verb", &["get,list"])?,
///     resources: create::split("resource", &["po,deploy/scale", "rs.apps"])?,
///     ..RoleFlags::default()
/// };
/// let created = create::role(&flags, &Catalogue::built_in(), KubeVersion::V1_37)?;
/// assert_eq!(*created.object.rules, [
///     PolicyRule::resources(["get", "list"], [""], ["pods"]),
///     PolicyRule::resources(["get", "list"], ["apps"], ["deployments/scale", "replicasets"]),
/// ]);
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn role(flags: &RoleFlags, catalogue: &Catalogue, version: KubeVersion) -> Result<Created<Role>, Error> {
    require_name(&flags.name)?;
    let rules = Rules::new(flags, catalogue, version);
    rules.require_verbs()?;
    let warnings = rules.check_verbs()?;
    rules.require_resources()?;
    rules.check_resources()?;
    let object = Role { metadata: metadata(&flags.name, flags.namespace.as_deref()), rules: rules.about_resources().into() };
    Ok(Created { object, warnings })
}

/// The ClusterRole that the flags describe: as [`role`](fn@role), and a rule for the URLs; or one that is aggregated.
///
/// # Errors
///
/// kubectl refuses the flags; the first refusal in its order, in its words.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::create::{self, RoleFlags}, model::PolicyRule, resources::Catalogue};
/// let flags = RoleFlags {
///     name: "prober".into(),
///     verbs: vec!["get".into()],
///     non_resource_urls: create::split("non-resource-url", &["/healthz,/readyz"])?,
///     ..RoleFlags::default()
/// };
/// let created = create::cluster_role(&flags, &Catalogue::built_in(), KubeVersion::V1_37)?;
/// assert_eq!(*created.object.rules, [PolicyRule::urls(["get"], ["/healthz", "/readyz"])]);
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn cluster_role(flags: &RoleFlags, catalogue: &Catalogue, version: KubeVersion) -> Result<Created<ClusterRole>, Error> {
    let aggregation = rules::aggregation(&flags.aggregation_rule)?;
    require_name(&flags.name)?;
    let rules = Rules::new(flags, catalogue, version);
    let metadata = metadata(&flags.name, None);
    if let Some(aggregation_rule) = aggregation {
        rules.require_nothing()?;
        let object = ClusterRole { metadata, aggregation_rule: Some(aggregation_rule), ..ClusterRole::default() };
        return Ok(Created { object, warnings: Vec::new() });
    }
    rules.require_verbs()?;
    rules.require_resources_or_urls()?;
    let mut warnings = Vec::new();
    if rules.has_resources() {
        warnings = rules.check_verbs()?;
        rules.check_resources()?;
    }
    rules.check_urls()?;
    let all: Vec<_> = rules.about_resources().into_iter().chain(rules.about_urls()).collect();
    Ok(Created { object: ClusterRole { metadata, rules: all.into(), aggregation_rule: None }, warnings })
}

/// The RoleBinding that the flags describe.
///
/// # Errors
///
/// kubectl refuses the flags; the first refusal in its order, in its words.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::create::{self, BindingFlags}, model::{RoleRef, Subject}};
/// let mut flags = BindingFlags { name: "b".into(), cluster_role: Some("edit".into()), ..BindingFlags::default() };
/// flags.service_accounts.push("dev:ci".into());
/// let binding = create::role_binding(&flags, KubeVersion::V1_37)?;
/// assert_eq!(binding.role_ref, RoleRef::cluster_role("edit"));
/// assert_eq!(*binding.subjects, [Subject::service_account("dev", "ci")]);
/// flags.role = Some("reader".into());
/// let refused = create::role_binding(&flags, KubeVersion::V1_37).unwrap_err();
/// assert_eq!(refused.to_string(), "exactly one of clusterrole or role must be specified");
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn role_binding(flags: &BindingFlags, version: KubeVersion) -> Result<RoleBinding, Error> {
    require_name(&flags.name)?;
    let given = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let role_ref = match (given(&flags.role), given(&flags.cluster_role)) {
        (Some(role), None) => RoleRef::role(role),
        (None, Some(cluster_role)) => RoleRef::cluster_role(cluster_role),
        _ => return Err(usage("exactly one of clusterrole or role must be specified")),
    };
    // Until 1.19 an account without a namespace is taken here, and only here.
    let strict = version.has(Behaviour::CreateKeepsSubjects);
    let subjects = subjects(flags, strict, version)?;
    Ok(RoleBinding { metadata: metadata(&flags.name, flags.namespace.as_deref()), subjects, role_ref })
}

/// The ClusterRoleBinding that the flags describe. Names that are empty are left for the server to refuse, as by
/// late kubectls.
///
/// # Errors
///
/// kubectl refuses the flags; the first refusal in its order, in its words.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::create::{self, BindingFlags}, model::ClusterRoleBinding, model::Subject};
/// let flags = BindingFlags { name: "b".into(), cluster_role: Some("view".into()), groups: vec!["dev".into()], ..BindingFlags::default() };
/// let binding = create::cluster_role_binding(&flags, KubeVersion::V1_37)?;
/// assert_eq!(binding, ClusterRoleBinding::new("b", "view", [Subject::group("dev")]));
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn cluster_role_binding(flags: &BindingFlags, version: KubeVersion) -> Result<ClusterRoleBinding, Error> {
    let required = "required flag(s) \"clusterrole\" not set";
    let cluster_role = match &flags.cluster_role {
        None if version.has(Behaviour::CreateRequiresClusterRole) => return Err(usage(required)),
        given => given.clone().unwrap_or_default(),
    };
    if !version.has(Behaviour::CreateKeepsSubjects) {
        require_name(&flags.name)?;
        require_cluster_role(&cluster_role)?;
    }
    let subjects = subjects(flags, true, version)?;
    Ok(ClusterRoleBinding { metadata: metadata(&flags.name, None), subjects, role_ref: RoleRef::cluster_role(cluster_role) })
}

/// The ServiceAccount of this name.
///
/// # Errors
///
/// The name is empty.
///
/// ```
/// use k8s_rbac::kubectl::create;
/// assert_eq!(create::service_account("ci", Some("dev"))?.metadata.namespace, "dev");
/// assert!(create::service_account("", None).is_err());
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn service_account(name: &str, namespace: Option<&str>) -> Result<ServiceAccount, Error> {
    require_name(name)?;
    Ok(ServiceAccount { metadata: metadata(name, namespace), ..ServiceAccount::default() })
}

fn metadata(name: &str, namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta::namespaced(namespace.unwrap_or_default(), name)
}

fn require_name(name: &str) -> Result<(), Error> {
    if name.is_empty() { Err(usage("name must be specified")) } else { Ok(()) }
}

fn require_cluster_role(name: &str) -> Result<(), Error> {
    if name.is_empty() { Err(usage("clusterrole must be specified")) } else { Ok(()) }
}

fn usage(text: impl Into<String>) -> Error {
    Kind::Usage(text.into()).into()
}

/// Users, groups and accounts, as they were given; until 1.11 sorted, each once.
fn subjects(flags: &BindingFlags, strict: bool, version: KubeVersion) -> Result<Vec<Subject>, Error> {
    let in_order = |names: &[String]| {
        let mut names = names.to_vec();
        if !version.has(Behaviour::CreateKeepsSubjects) {
            names.sort();
            names.dedup();
        }
        names
    };
    let users = in_order(&flags.users).into_iter().map(Subject::user);
    let groups = in_order(&flags.groups).into_iter().map(Subject::group);
    let accounts = in_order(&flags.service_accounts).into_iter().map(|text| account(&text, strict));
    users.chain(groups).map(Ok).chain(accounts).collect()
}

fn account(text: &str, strict: bool) -> Result<Subject, Error> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["", _] if strict => Err(usage(ACCOUNT)),
        [_, ""] => Err(usage(ACCOUNT)),
        [namespace, name] => Ok(Subject::service_account(*namespace, *name)),
        _ => Err(usage(ACCOUNT)),
    }
}

const ACCOUNT: &str = "serviceaccount must be <namespace>:<name>";

/// The error line for an object that the server refused to create, for this reason and in these words. What kubectl makes of an invalid
/// role or ClusterRole is the business of [`line::invalid`].
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::create::refused, model::{Role, RoleBinding}};
/// let (role, binding) = (Role::default().into(), RoleBinding::default().into());
/// assert_eq!(refused(&role, "Forbidden", "no", KubeVersion::V1_37), "Error from server (Forbidden): no\n");
/// assert_eq!(refused(&binding, "Forbidden", "no", KubeVersion::V1_37), "error: failed to create rolebinding: no\n");
/// assert_eq!(refused(&binding, "Forbidden", "no", KubeVersion::V1_11), "Error from server (Forbidden): no\n");
/// ```
#[must_use]
pub fn refused(object: &Object, reason: &str, message: &str, version: KubeVersion) -> String {
    let names_what_failed = match object {
        Object::RoleBinding(_) | Object::ClusterRoleBinding(_) => version.has(Behaviour::CreateKeepsSubjects),
        Object::ServiceAccount(_) => version.has(Behaviour::CreateNamesFailedAccount),
        _ => false,
    };
    if !names_what_failed {
        return line::from_server(reason, message);
    }
    line::error(&format!("failed to create {}: {message}", lower_case(object.kind())))
}

#[cfg(test)]
mod tests;

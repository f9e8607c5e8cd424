//! What an API server would refuse to store: its errors, in its order, with its field paths and words.
//!
//! Models `pkg/apis/rbac/validation/validation.go` with the generated checks beside it, `pkg/apis/core/validation/validation.go` for the
//! core kinds, `apimachinery/pkg/api/validation/objectmeta.go` for the metadata of all, and the order in which
//! `apiserver/pkg/registry/rest` asks them. Objects are checked as they are given: [`defaulted`] says what the server fills in before.
//! Of a Pod only the metadata is checked: the crate does not have the rest of it. Whether a reference leads anywhere is not checked, here
//! or there. Who may store an object is asked of `authorize` and `escalation`.
//!
//! Errors that upstream finds in the random order of a map come in the order of its keys.

use crate::model::{ApiObject, ClusterRoleBinding, Located, Object, ObjectMeta, RoleBinding, Secret};
use crate::names;
use crate::span::FieldError;
use crate::version::{Behaviour, KubeVersion, Profile};

mod binding;
mod core;
mod defaults;
mod errors;
mod json_syntax;
mod message;
mod metadata;
mod role;
mod warnings;

pub use defaults::{defaulted, generate_name};
pub(crate) use message::write_for_kubectl;

use binding::Binding;
use errors::Errors;

/// What the server of the reference version says of an object that is to be created; nothing if it would store it.
///
/// Cost: `O(size of the object)`.
///
/// ```
/// use k8s_rbac::model::{Located, Object, PolicyRule, Role};
/// use k8s_rbac::validation::validate;
/// let role = Role::new("default", "r", [PolicyRule::urls(["get"], ["/healthz"])]);
/// let errors = validate(&Located::from(Object::from(role)));
/// assert_eq!(
///     errors[0].to_string(),
///     r#"rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs"#,
/// );
/// ```
#[must_use]
pub fn validate(object: &Located<Object>) -> Vec<FieldError> {
    Validation::default().create(object)
}

/// What the server of the reference version says of an object that is to replace another; nothing if it would store it.
///
/// The metadata, and the type of a Secret without one, are completed from the old object first, as the server does: what it keeps itself
/// (generation, times) is never an error.
/// Objects of two kinds are never one replaced by the other: the new one is then checked as if it were created. Cost: `O(size of both)`.
///
/// ```
/// use k8s_rbac::model::{ClusterRoleBinding, Located, Object};
/// use k8s_rbac::validation::validate_update;
/// let [old, new] = ["view", "edit"].map(|role| Located::from(Object::from(ClusterRoleBinding::new("b", role, []))));
/// assert!(validate_update(&new, &old)[0].to_string().starts_with("roleRef: Invalid value: "));
/// assert!(validate_update(&old, &old).is_empty());
/// ```
#[must_use]
pub fn validate_update(new: &Located<Object>, old: &Located<Object>) -> Vec<FieldError> {
    Validation::default().update(new, old)
}

/// Fills in what was left out ([`defaulted`]) and checks the object for creation at the reference version.
///
/// ```
/// use k8s_rbac::model::{ClusterRole, Located, Object, PolicyRule};
/// let role = ClusterRole::new("a/b", [PolicyRule::resources(["get"], [""], ["pods"])]);
/// let refused = k8s_rbac::validation::admit(Located::from(Object::from(role))).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     r#"ClusterRole.rbac.authorization.k8s.io "a/b" is invalid: metadata.name: Invalid value: "a/b": may not contain '/'"#,
/// );
/// ```
///
/// # Errors
/// The server would refuse the object.
pub fn admit(object: Located<Object>) -> Result<Located<Object>, Invalid> {
    let object = defaulted(object);
    match Invalid::new(&object, validate(&object)) {
        Some(invalid) => Err(invalid),
        None => Ok(object),
    }
}

/// An object that an API server would refuse, and why: the 422 of the server. There is at least one error.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[must_use]
pub struct Invalid {
    kind: &'static str,
    group: &'static str,
    name: String,
    errors: Vec<FieldError>,
}

impl Invalid {
    /// The refusal of the object for these errors; `None` if there are none.
    pub fn new(object: &Object, errors: Vec<FieldError>) -> Option<Self> {
        let group = if is_rbac(object) { RoleBinding::group() } else { "" };
        let name = object.metadata().name.clone();
        (!errors.is_empty()).then_some(Self { kind: object.kind(), group, name, errors })
    }
}

/// Whether the object is of the group of RBAC.
pub(crate) const fn is_rbac(object: &Object) -> bool {
    matches!(object, Object::Role(_) | Object::ClusterRole(_) | Object::RoleBinding(_) | Object::ClusterRoleBinding(_))
}

/// The checks of a server: of which version, and whether with the generated ones.
///
/// ```
/// use k8s_rbac::model::{Located, Object, PolicyRule, Role};
/// use k8s_rbac::{validation::Validation, version::KubeVersion};
/// let role = Located::from(Object::from(Role::new("default", "r", [PolicyRule::resources([""; 0], [""], ["pods"])])));
/// assert_eq!(Validation::default().create(&role)[0].to_string(), "rules[0].verbs: Required value");
/// let older = Validation::of(KubeVersion::new(1, 36)).create(&role);
/// assert_eq!(older[0].to_string(), "rules[0].verbs: Required value: verbs must contain at least one value");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub struct Validation {
    version: KubeVersion,
    beta: bool,
}

impl Default for Validation {
    /// The checks of the reference version.
    fn default() -> Self {
        Self::of(KubeVersion::REFERENCE)
    }
}

impl Validation {
    /// The checks of a version, with its feature gates as they are by default.
    pub const fn of(version: KubeVersion) -> Self {
        Self { version, beta: true }
    }

    /// The checks of a cluster, with its version and its feature gates.
    pub fn for_profile(profile: &Profile) -> Self {
        Self { version: profile.version, beta: profile.gate("DeclarativeValidationBeta", Behaviour::ChecksByDeclaration.since()) }
    }

    /// The same with the feature gate `DeclarativeValidationBeta` off: all errors are those of the hand-written checks.
    pub const fn without_declarative_beta(mut self) -> Self {
        self.beta = false;
        self
    }

    /// Whether generated checks take the place of hand-written ones.
    fn declares(self) -> bool {
        self.beta && self.version.has(Behaviour::ChecksByDeclaration)
    }

    /// As [`validate`], by these checks.
    #[must_use]
    pub fn create(self, object: &Located<Object>) -> Vec<FieldError> {
        let mut errors = Errors::of(self.version);
        metadata::check_names(&mut errors, object.metadata(), name_rule(object));
        metadata::check_rest(&mut errors, object.metadata(), object.is_namespaced());
        metadata::check_finalizer_names(&mut errors, object.metadata());
        self.check_body(&mut errors, object, None);
        errors.finish(object.source().map(AsRef::as_ref))
    }

    /// As [`validate_update`], by these checks.
    #[must_use]
    pub fn update(self, new: &Located<Object>, old: &Located<Object>) -> Vec<FieldError> {
        if new.kind() != old.kind() {
            return self.create(new);
        }
        if let (Object::Secret(secret), Object::Secret(stored)) = (&**new, &**old)
            && secret.r#type.is_empty()
            && !stored.r#type.is_empty()
        {
            let secret = Secret { r#type: stored.r#type.clone(), ..secret.clone() };
            return self.update(&Located::new(Object::from(secret), new.source().cloned()), old);
        }
        let mut errors = Errors::of(self.version);
        let metadata = defaults::completed(new.metadata(), old.metadata());
        metadata::check_names(&mut errors, &metadata, metadata::path_segment);
        metadata::check_rest(&mut errors, &metadata, new.is_namespaced());
        metadata::check_changes(&mut errors, &metadata, old.metadata());
        self.check_update(&mut errors, &metadata, new, old);
        errors.finish(new.source().map(AsRef::as_ref))
    }

    /// What the kind itself adds to the common checks of an update, each kind in its own order. It goes through the metadata again, which
    /// counts where errors are told as often as they are found.
    fn check_update(self, errors: &mut Errors, metadata: &ObjectMeta, new: &Object, old: &Object) {
        let again = !self.version.has(Behaviour::TellsErrorsOnce);
        let whole = |errors: &mut Errors| {
            metadata::check_names(errors, metadata, name_rule(new));
            if again {
                metadata::check_rest(errors, metadata, new.is_namespaced());
            }
            metadata::check_finalizer_names(errors, metadata);
        };
        let changes = |errors: &mut Errors| {
            if again {
                metadata::check_changes(errors, metadata, old.metadata());
            }
            metadata::check_finalizer_names(errors, metadata);
        };
        match (new, old) {
            (Object::Secret(new_secret), Object::Secret(old_secret)) => {
                changes(errors);
                core::check_secret_change(errors, new_secret, old_secret);
                whole(errors);
                self.check_body(errors, new, Some(old));
            }
            (Object::ConfigMap(new_map), Object::ConfigMap(old_map)) => {
                changes(errors);
                core::check_config_map_change(errors, new_map, old_map);
                whole(errors);
                self.check_body(errors, new, Some(old));
            }
            (Object::ServiceAccount(_), _) => {
                changes(errors);
                whole(errors);
            }
            _ => {
                whole(errors);
                self.check_body(errors, new, Some(old));
                changes(errors);
            }
        }
        if let (Some(new), Some(old)) = (bound(new), bound(old)) {
            binding::check_change(self, errors, new.role_ref, old.role_ref);
        }
    }

    fn check_body(self, errors: &mut Errors, object: &Object, old: Option<&Object>) {
        match (object, old) {
            (Object::Role(role), Some(Object::Role(old))) => role::check_role(self, errors, role, Some(old)),
            (Object::Role(role), _) => role::check_role(self, errors, role, None),
            (Object::ClusterRole(role), Some(Object::ClusterRole(old))) => {
                role::check_cluster_role(self, errors, role, Some(old))
            }
            (Object::ClusterRole(role), _) => role::check_cluster_role(self, errors, role, None),
            (Object::Secret(secret), _) => core::check_secret(errors, secret),
            (Object::ConfigMap(map), _) => core::check_config_map(errors, map),
            _ => {
                if let Some(binding) = bound(object) {
                    binding::check(self, errors, binding, old.and_then(bound), object.is_namespaced());
                }
            }
        }
    }
}

fn name_rule(object: &Object) -> metadata::NameRule {
    match object {
        Object::ServiceAccount(_) | Object::Secret(_) | Object::ConfigMap(_) | Object::Pod(_) => names::object_dns_subdomain,
        Object::Namespace(_) => names::object_dns_label,
        _ => metadata::rbac_name,
    }
}

fn bound(object: &Object) -> Option<Binding<'_>> {
    match object {
        Object::RoleBinding(RoleBinding { subjects, role_ref, .. })
        | Object::ClusterRoleBinding(ClusterRoleBinding { subjects, role_ref, .. }) => Some(Binding { subjects, role_ref }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

//! References to roles, and subjects (`pkg/apis/rbac/validation/validation.go`).

use std::fmt::{self, Display};

use super::Validation;
use super::errors::Errors;
use super::metadata::IMMUTABLE;
use crate::model::{RBAC_GROUP, RoleRef, Subject};
use crate::names;
use crate::quote::{JsonString, Quoted};
use crate::span::FieldPath;
use crate::version::Behaviour;

/// A binding of either kind.
#[derive(Clone, Copy)]
pub(super) struct Binding<'a> {
    pub(super) subjects: &'a [Subject],
    pub(super) role_ref: &'a RoleRef,
}

/// What a binding is checked for beside its metadata. The declarative checks look at the subjects first, the others at the reference.
pub(super) fn check(with: Validation, errors: &mut Errors, binding: Binding<'_>, old: Option<Binding<'_>>, namespaced: bool) {
    let Binding { subjects, role_ref } = binding;
    // A reference that changed is told to be immutable, and not looked at further.
    let ref_declared = with.declares() && old.is_none();
    let subjects_declared = with.declares() && old.is_none_or(|old| old.subjects != subjects);
    check_role_ref(errors, role_ref, namespaced, ref_declared);
    for (i, subject) in subjects.iter().enumerate() {
        let at = |field: &str| FieldPath::new("subjects").index(i).child(field);
        if subject.name.is_empty() && subjects_declared {
            errors.required_by_declaration(at("name"));
        } else if subject.name.is_empty() {
            errors.required(at("name"), "");
        }
        check_subject(with, errors, at, subject, namespaced);
    }
    if role_ref.name.is_empty() && ref_declared {
        errors.required_by_declaration(FieldPath::new("roleRef").child("name"));
    }
}

fn check_role_ref(errors: &mut Errors, role_ref: &RoleRef, namespaced: bool, declared: bool) {
    let at = |field: &str| FieldPath::new("roleRef").child(field);
    let RoleRef { api_group, kind, name } = role_ref;
    if api_group != RBAC_GROUP {
        errors.not_supported(at("apiGroup"), Quoted(api_group), &[RBAC_GROUP]);
    }
    let kinds: &[&str] = if namespaced { &[RoleRef::ROLE, RoleRef::CLUSTER_ROLE] } else { &[RoleRef::CLUSTER_ROLE] };
    if !kinds.contains(&kind.as_str()) {
        errors.not_supported(at("kind"), Quoted(kind), kinds);
    }
    if name.is_empty() && !declared {
        errors.required(at("name"), "");
    }
    errors.names(|| at("name"), name, names::path_segment(name));
}

fn check_subject(with: Validation, errors: &mut Errors, at: impl Fn(&str) -> FieldPath, subject: &Subject, namespaced: bool) {
    match subject.kind.as_str() {
        Subject::SERVICE_ACCOUNT => check_service_account(errors, at, subject, namespaced),
        kind @ (Subject::USER | Subject::GROUP) => {
            if subject.name.is_empty() && !with.version.has(Behaviour::EmptySubjectNameIsToldOnce) {
                errors.invalid(at("name"), Quoted(""), format!("{} name cannot be empty", kind.to_lowercase()));
            }
            if subject.api_group != RBAC_GROUP {
                errors.not_supported(at("apiGroup"), Quoted(&subject.api_group), &[RBAC_GROUP]);
            }
        }
        other => {
            errors.not_supported(at("kind"), Quoted(other), &[Subject::SERVICE_ACCOUNT, Subject::USER, Subject::GROUP]);
        }
    }
}

fn check_service_account(errors: &mut Errors, at: impl Fn(&str) -> FieldPath, subject: &Subject, namespaced: bool) {
    if !subject.name.is_empty() {
        errors.names(|| at("name"), &subject.name, names::object_dns_subdomain(&subject.name, false));
    }
    if !subject.api_group.is_empty() {
        errors.not_supported(at("apiGroup"), Quoted(&subject.api_group), &[""]);
    }
    if !namespaced && subject.namespace.is_empty() {
        errors.required(at("namespace"), "");
    }
}

/// The reference to the role may not change.
pub(super) fn check_change(with: Validation, errors: &mut Errors, new: &RoleRef, old: &RoleRef) {
    if new == old {
        return;
    }
    let detail = if with.version.has(Behaviour::RoleRefIsImmutable) { IMMUTABLE } else { "cannot change roleRef" };
    let path = FieldPath::new("roleRef");
    if with.version.has(Behaviour::InvalidValuesAreJson) {
        errors.invalid(path, RoleRefJson(new), detail);
    } else {
        errors.invalid(path, RoleRefSource(new), detail);
    }
}

/// The reference as `encoding/json` writes the server's internal type, which has no names for JSON.
struct RoleRefJson<'a>(&'a RoleRef);

impl Display for RoleRefJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RoleRef { api_group, kind, name } = self.0;
        write!(f, r#"{{"APIGroup":{},"Kind":{},"Name":{}}}"#, JsonString(api_group), JsonString(kind), JsonString(name))
    }
}

/// The reference as Go's `%#v` writes the same type.
struct RoleRefSource<'a>(&'a RoleRef);

impl Display for RoleRefSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RoleRef { api_group, kind, name } = self.0;
        write!(f, "rbac.RoleRef{{APIGroup:{}, Kind:{}, Name:{}}}", Quoted(api_group), Quoted(kind), Quoted(name))
    }
}

//! The one-line answers of kubectl: what was done (`cli-runtime/pkg/printers/name.go`, `kubectl/pkg/cmd/delete/delete.go`) and what was
//! refused (`kubectl/pkg/cmd/util/helpers.go`).

use crate::model::{Object, ObjectMeta};
use crate::quote::lower_case;
use crate::validation::write_for_kubectl;
use crate::version::{Behaviour, KubeVersion};

/// Says what was done to an object: `role.rbac.authorization.k8s.io/x created`, and until 1.10 `… "x" created`.
///
/// `operation` is kubectl's word with what follows it: `created`, `configured`, `unchanged`, `reconciled`, `created (dry run)`. The line
/// ends in a newline.
///
/// ```
/// use k8s_rbac::{kubectl::line, model::ServiceAccount, version::KubeVersion};
/// let mut account = ServiceAccount::default();
/// account.metadata.name = "ci".into();
/// let account = account.into();
/// assert_eq!(line::done(&account, "created", KubeVersion::V1_37), "serviceaccount/ci created\n");
/// assert_eq!(line::done(&account, "created", KubeVersion::new(1, 10)), "serviceaccount \"ci\" created\n");
/// ```
#[must_use]
pub fn done(object: &Object, operation: &str, version: KubeVersion) -> String {
    let kind = qualified_kind(object.kind(), object.group());
    let name = shown_name(object.metadata());
    if version.has(Behaviour::DoneLinesWithSlash) {
        format!("{kind}/{name} {operation}\n")
    } else {
        format!("{kind} \"{name}\" {operation}\n")
    }
}

/// Says that an object was deleted: `serviceaccount "ci" deleted from default namespace`, and until 1.33 without the namespace.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::line::deleted, model::*};
/// let role = Object::from(Role::new("dev", "reader", []));
/// assert_eq!(deleted(&role, KubeVersion::new(1, 30)), "role.rbac.authorization.k8s.io \"reader\" deleted\n");
/// ```
#[must_use]
pub fn deleted(object: &Object, version: KubeVersion) -> String {
    let metadata = object.metadata();
    let kind = qualified_kind(object.kind(), object.group());
    let name = &metadata.name;
    if version.has(Behaviour::DeleteNamesNamespace) && !metadata.namespace.is_empty() {
        format!("{kind} \"{name}\" deleted from {} namespace\n", metadata.namespace)
    } else {
        format!("{kind} \"{name}\" deleted\n")
    }
}

/// The error line for what an API server refused with this reason: `Error from server (Forbidden): …`.
///
/// ```
/// use k8s_rbac::kubectl::line::from_server;
/// assert_eq!(from_server("NotFound", r#"secrets "s" not found"#), "Error from server (NotFound): secrets \"s\" not found\n");
/// ```
#[must_use]
pub fn from_server(reason: &str, message: &str) -> String {
    match reason {
        "" => format!("Error from server: {message}\n"),
        "Unauthorized" => format!("error: You must be logged in to the server ({message})\n"),
        _ => format!("Error from server ({reason}): {message}\n"),
    }
}

/// The error line for an object that an API server found invalid: the causes as `field: message`, each told once.
///
/// ```
/// use k8s_rbac::kubectl::line::invalid;
/// assert_eq!(invalid("Role", "r", &["rules[0].verbs: Required value"]), "The Role \"r\" is invalid: rules[0].verbs: Required value\n");
/// assert_eq!(invalid("Role", "r", &["a: x", "b: y", "a: x"]), "The Role \"r\" is invalid: \n* a: x\n* b: y\n");
/// ```
#[must_use]
pub fn invalid<S: AsRef<str>>(kind: &str, name: &str, causes: &[S]) -> String {
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = write_for_kubectl(&mut line, kind, name, causes.iter().map(|cause| cause.as_ref().to_owned()));
    line + "\n"
}

/// The error line for everything else; nothing is put before a text that says already that it is an error.
///
/// ```
/// assert_eq!(k8s_rbac::kubectl::line::error("at least one verb must be specified"), "error: at least one verb must be specified\n");
/// ```
#[must_use]
pub fn error(text: &str) -> String {
    let before = if text.starts_with("error: ") { "" } else { "error: " };
    format!("{before}{text}\n")
}

/// The error line of `kubectl exec` for a command in a container that exited with this code, which kubectl then exits with itself
/// (`kubectl/pkg/cmd/util/helpers.go`).
///
/// ```
/// assert_eq!(k8s_rbac::kubectl::line::terminated(1), "command terminated with exit code 1\n");
/// ```
#[must_use]
pub fn terminated(code: u8) -> String {
    format!("command terminated with exit code {code}\n")
}

/// A kind as kubectl names it: in lower case, with its group.
pub(super) fn qualified_kind(kind: &str, group: &str) -> String {
    let kind = lower_case(kind);
    if group.is_empty() { kind } else { format!("{kind}.{group}") }
}

fn shown_name(metadata: &ObjectMeta) -> &str {
    if metadata.name.is_empty() { "<unknown>" } else { &metadata.name }
}

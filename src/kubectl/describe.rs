//! `kubectl describe` of roles, bindings, ServiceAccounts and Secrets (`kubectl/pkg/describe/describe.go`).

use std::collections::BTreeMap;

use super::Error;
use super::page::{NONE, Page, cut, lossy};
use super::rows;
use crate::model::core::{Secret, ServiceAccount};
use crate::model::{ClusterRole, ClusterRoleBinding, ObjectMeta, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use crate::version::{Behaviour, KubeVersion};

/// The annotation in which `kubectl apply` keeps what it applied.
pub const LAST_APPLIED: &str = ObjectMeta::LAST_APPLIED;
/// Annotations up to this length are shown on one line.
const MAX_ANNOTATION: usize = 140;
/// Annotations were cut at this length until 1.11.
const OLD_MAX_ANNOTATION: usize = 200;

/// The page of a Role.
///
/// # Errors
///
/// The rules break down into more than [`MAX_RULES`](super::MAX_RULES), or the page is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{kubectl::describe, model::{PolicyRule, Role}, version::KubeVersion};
/// let role = Role::new("default", "reader", [PolicyRule::resources(["get", "list"], [""], ["pods", "pods/log"])]);
/// assert_eq!(
///     describe::role(&role, KubeVersion::V1_37)?,
///     "\
/// Name:         reader
/// Labels:       <none>
/// Annotations:  <none>
/// PolicyRule:
///   Resources  Non-Resource URLs  Resource Names  Verbs
///   ---------  -----------------  --------------  -----
///   pods/log   []                 []              [get list]
///   pods       []                 []              [get list]
/// ",
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn role(role: &Role, version: KubeVersion) -> Result<String, Error> {
    rules(&role.metadata, &role.rules, version)
}

/// The page of a ClusterRole. Its aggregation rule is not shown.
///
/// # Errors
///
/// Those of [`role`](fn@role).
///
/// ```
/// use k8s_rbac::{kubectl::describe, model::{ClusterRole, PolicyRule}, version::KubeVersion};
/// let role = ClusterRole::new("prober", [PolicyRule::urls(["get"], ["/healthz"])]);
/// let page = describe::cluster_role(&role, KubeVersion::V1_37)?;
/// assert!(page.ends_with("\n             [/healthz]         []              [get]\n"));
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn cluster_role(role: &ClusterRole, version: KubeVersion) -> Result<String, Error> {
    rules(&role.metadata, &role.rules, version)
}

/// The page of a RoleBinding.
///
/// # Errors
///
/// The page is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{kubectl::describe, model::{RoleBinding, RoleRef, Subject}, version::KubeVersion};
/// let binding = RoleBinding::new("dev", "ci-edits", RoleRef::cluster_role("edit"), [Subject::service_account("dev", "ci")]);
/// assert_eq!(
///     describe::role_binding(&binding, KubeVersion::V1_37)?,
///     "\
/// Name:         ci-edits
/// Labels:       <none>
/// Annotations:  <none>
/// Role:
///   Kind:  ClusterRole
///   Name:  edit
/// Subjects:
///   Kind            Name  Namespace
///   ----            ----  ---------
///   ServiceAccount  ci    dev
/// ",
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn role_binding(binding: &RoleBinding, version: KubeVersion) -> Result<String, Error> {
    subjects(&binding.metadata, &binding.role_ref, &binding.subjects, version)
}

/// The page of a ClusterRoleBinding.
///
/// # Errors
///
/// The page is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{kubectl::describe, model::{ClusterRoleBinding, Subject}, version::KubeVersion};
/// let binding = ClusterRoleBinding::new("b", "view", [Subject::group("dev")]);
/// let page = describe::cluster_role_binding(&binding, KubeVersion::V1_37)?;
/// assert!(page.ends_with("Subjects:\n  Kind   Name  Namespace\n  ----   ----  ---------\n  Group  dev   \n"));
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn cluster_role_binding(binding: &ClusterRoleBinding, version: KubeVersion) -> Result<String, Error> {
    subjects(&binding.metadata, &binding.role_ref, &binding.subjects, version)
}

/// The page of a ServiceAccount without events.
///
/// Until 1.34 it tells which Secrets the account names are missing, and which Secrets hold its tokens: `secrets` are those of its
/// namespace in the server's order, or `None` if they could not be listed. Later versions do not look at them. `events` is whether the
/// line about events is printed; it is, but since 1.36 where several objects are described at once.
///
/// # Errors
///
/// The page is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::describe, model::{ObjectMeta, ServiceAccount}};
/// let account = ServiceAccount { metadata: ObjectMeta::namespaced("dev", "ci"), ..ServiceAccount::default() };
/// let page = |version| describe::service_account(&account, Some(&[]), true, version);
/// assert!(page(KubeVersion::V1_37)?.ends_with("\nImage pull secrets:  <none>\nEvents:              <none>\n"));
/// assert!(page(KubeVersion::new(1, 34))?.contains("\nTokens:              <none>\n"));
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn service_account(
    account: &ServiceAccount,
    secrets: Option<&[Secret]>,
    events: bool,
    version: KubeVersion,
) -> Result<String, Error> {
    let mut page = Page::new(version);
    page.field("Name", &account.metadata.name);
    page.field("Namespace", &account.metadata.namespace);
    labels_and_annotations(&mut page, &account.metadata, &[], version);
    for (header, names) in account_lists(account, secrets, version) {
        list(&mut page, header, &names);
    }
    if events {
        page.field("Events", NONE);
    }
    page.finish()
}

/// The page of a Secret: the token of a service account in clear, of all other data the length.
///
/// Bytes of a token that are no UTF-8 are shown as replacement characters. Until 1.11 kubectl shows the data in random order; here it is
/// sorted in every version.
///
/// # Errors
///
/// The page is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::describe, model::{ObjectMeta, Secret, core::ByteString}};
/// let mut secret = Secret { metadata: ObjectMeta::namespaced("dev", "s"), r#type: Secret::OPAQUE.to_owned(), ..Secret::default() };
/// secret.data.insert("password".to_owned(), ByteString(b"hunter2".to_vec()));
/// assert!(describe::secret(&secret, KubeVersion::V1_37)?.ends_with("\npassword:  7 bytes\n"));
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn secret(secret: &Secret, version: KubeVersion) -> Result<String, Error> {
    let mut page = Page::new(version);
    page.field("Name", &secret.metadata.name);
    page.field("Namespace", &secret.metadata.namespace);
    labels_and_annotations(&mut page, &secret.metadata, &[LAST_APPLIED], version);
    page.put(format_args!("\nType:\t{}\n", secret.r#type));
    page.put(format_args!("\nData\n====\n"));
    for (key, value) in &secret.data {
        if key == "token" && secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN {
            page.field(key, &lossy(&value.0));
        } else {
            page.put(format_args!("{key}:\t{} bytes\n", value.0.len()));
        }
    }
    page.finish()
}

/// Several pages as kubectl prints them after one another.
///
/// ```
/// assert_eq!(k8s_rbac::kubectl::describe::joined(&["a\n", "b\n"]), "a\n\n\nb\n");
/// ```
#[must_use]
pub fn joined<S: AsRef<str>>(pages: &[S]) -> String {
    let pages: Vec<&str> = pages.iter().map(AsRef::as_ref).collect();
    pages.join("\n\n")
}

/// The line that is printed on standard error where there is nothing to describe; empty until 1.17. `namespace` is the one that was looked
/// in, which is told of kinds that live in none, too; `None` for all of them.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::describe};
/// assert_eq!(describe::nothing_found(Some("dev"), KubeVersion::V1_37), "No resources found in dev namespace.\n");
/// assert_eq!(describe::nothing_found(Some("dev"), KubeVersion::V1_11), "");
/// ```
#[must_use]
pub fn nothing_found(namespace: Option<&str>, version: KubeVersion) -> String {
    if version.has(Behaviour::DescribeSaysNothingFound) { super::get::nothing_found(namespace, version) } else { String::new() }
}

fn rules(metadata: &ObjectMeta, rules: &[PolicyRule], version: KubeVersion) -> Result<String, Error> {
    let mut page = Page::new(version);
    page.field("Name", &metadata.name);
    labels_and_annotations(&mut page, metadata, &[], version);
    page.put(format_args!("PolicyRule:\n"));
    page.put(format_args!("  Resources\tNon-Resource URLs\tResource Names\tVerbs\n"));
    page.put(format_args!("  ---------\t-----------------\t--------------\t-----\n"));
    for line in rows::lines(rules, version)? {
        page.put(format_args!("  {line}\n"));
    }
    page.finish()
}

fn subjects(metadata: &ObjectMeta, role_ref: &RoleRef, subjects: &[Subject], version: KubeVersion) -> Result<String, Error> {
    let mut page = Page::new(version);
    page.field("Name", &metadata.name);
    labels_and_annotations(&mut page, metadata, &[], version);
    page.put(format_args!("Role:\n"));
    page.field("  Kind", &role_ref.kind);
    page.field("  Name", &role_ref.name);
    page.put(format_args!("Subjects:\n"));
    page.put(format_args!("  Kind\tName\tNamespace\n"));
    page.put(format_args!("  ----\t----\t---------\n"));
    for subject in subjects {
        page.put(format_args!("  {}\t{}\t{}\n", subject.kind, subject.name, subject.namespace));
    }
    page.finish()
}

/// The lists of a ServiceAccount with their headers, all of one width, in the order of the headers.
fn account_lists(account: &ServiceAccount, secrets: Option<&[Secret]>, version: KubeVersion) -> Vec<(&'static str, Vec<String>)> {
    let pull = account.image_pull_secrets.iter().map(|secret| secret.name.as_str());
    if version.has(Behaviour::AccountsShowNoSecrets) {
        return vec![("Image pull secrets:", pull.map(str::to_owned).collect())];
    }
    let mountable = account.secrets.iter().map(|secret| secret.name.as_str());
    let tokens = secrets.unwrap_or_default().iter().filter(|secret| is_token_of(secret, account));
    vec![
        ("Image pull secrets:", pull.map(|name| marked_if_missing(name, secrets)).collect()),
        ("Mountable secrets: ", mountable.map(|name| marked_if_missing(name, secrets)).collect()),
        ("Tokens:            ", tokens.map(|secret| secret.metadata.name.clone()).collect()),
    ]
}

/// Whether the Secret is a token of the account: both annotations are the account's.
fn is_token_of(secret: &Secret, account: &ServiceAccount) -> bool {
    let annotation = |key| secret.metadata.annotations.get(key).map_or("", String::as_str);
    secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN
        && annotation(Secret::SERVICE_ACCOUNT_NAME) == account.metadata.name
        && annotation(Secret::SERVICE_ACCOUNT_UID) == account.metadata.uid
        && !account.metadata.uid.is_empty()
}

fn marked_if_missing(name: &str, secrets: Option<&[Secret]>) -> String {
    let missing = secrets.is_some_and(|secrets| !secrets.iter().any(|secret| secret.metadata.name == name));
    if missing { format!("{name} (not found)") } else { name.to_owned() }
}

fn list(page: &mut Page, header: &str, names: &[String]) {
    if names.is_empty() {
        page.put(format_args!("{header}\t{NONE}\n"));
    }
    for (i, name) in names.iter().enumerate() {
        let header = if i == 0 { header } else { "                   " };
        page.put(format_args!("{header}\t{name}\n"));
    }
}

fn labels_and_annotations(page: &mut Page, metadata: &ObjectMeta, old_skip: &[&str], version: KubeVersion) {
    labels(page, &metadata.labels);
    page.put(format_args!("Annotations:\t"));
    let hides = version.has(Behaviour::DescribeHidesLastApplied);
    let skip: &[&str] = if hides { &[LAST_APPLIED] } else { old_skip };
    let shown: Vec<(&String, &String)> = metadata.annotations.iter().filter(|(key, _)| !skip.contains(&key.as_str())).collect();
    if metadata.annotations.is_empty() || (hides && shown.is_empty()) {
        return page.put(format_args!("{NONE}\n"));
    }
    for (i, (key, value)) in shown.into_iter().enumerate() {
        page.put(format_args!("{}", if i == 0 { "" } else { "\t" }));
        if version.has(Behaviour::AnnotationsWithColon) {
            annotation(page, key, value);
        } else {
            old_annotation(page, key, value);
        }
    }
}

fn labels(page: &mut Page, labels: &BTreeMap<String, String>) {
    if labels.is_empty() {
        return page.field("Labels", NONE);
    }
    for (i, (key, value)) in labels.iter().enumerate() {
        let title = if i == 0 { "Labels:" } else { "" };
        page.put(format_args!("{title}\t{key}={value}\n"));
    }
}

/// On one line, or as a block below its key where it is long or has several lines.
fn annotation(page: &mut Page, key: &str, value: &str) {
    let value = value.strip_suffix('\n').unwrap_or(value);
    if value.len() + key.len() + 2 <= MAX_ANNOTATION && !value.contains('\n') {
        return page.put(format_args!("{key}: {value}\n"));
    }
    page.put(format_args!("{key}:\n"));
    for line in value.split('\n') {
        page.put(format_args!("\t  {}\n", shorten(line, MAX_ANNOTATION - 2)));
    }
}

fn old_annotation(page: &mut Page, key: &str, value: &str) {
    page.put(format_args!("{}\n", shorten(&format!("{key}={value}"), OLD_MAX_ANNOTATION)));
}

fn shorten(text: &str, bytes: usize) -> String {
    if text.len() > bytes { format!("{}...", cut(text, bytes)) } else { text.to_owned() }
}

#[cfg(test)]
mod tests;

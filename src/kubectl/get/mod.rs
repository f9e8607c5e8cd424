//! The tables of `kubectl get` (`cli-runtime/pkg/printers/tableprinter.go`, `pkg/printers/internalversion/printers.go`).
//!
//! Rows are in the order of a server: by name, in several namespaces by `namespace/name` as one string.

use super::age::Timestamp;
use super::page::escape;
use super::{Columns, Error, Style};
use crate::model::core::{Secret, ServiceAccount};
use crate::model::{ApiObject, ClusterRole, ClusterRoleBinding, ObjectMeta, Role, RoleBinding, RoleRef, Subject};
use crate::quote::upper_case;
use crate::version::{Behaviour, KubeVersion};

mod pods;

pub use pods::pods;

/// After how many rows widths are settled for the rows that follow.
const ROWS_AT_ONCE: usize = 100;

/// What a table shows, and for which kubectl.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The version of kubectl and of the server.
    pub version: KubeVersion,
    /// The time at which ages are told.
    pub now: Timestamp,
    /// `-o wide`: the columns that are hidden otherwise.
    pub wide: bool,
    /// `-A`: the namespace as the first column, for kinds that have one.
    pub all_namespaces: bool,
    /// `--show-labels`: the labels as the last column.
    pub show_labels: bool,
    /// `-L`: labels that get a column each.
    pub label_columns: Vec<String>,
    /// `--no-headers`.
    pub no_headers: bool,
    /// Whether names are printed as `kind.group/name`, as they are when several kinds are asked for.
    pub with_kind: bool,
}

impl Options {
    /// A plain table, told at this time.
    #[must_use]
    pub fn new(version: KubeVersion, now: Timestamp) -> Self {
        Self { version, now, ..Self::default() }
    }
}

/// The table of ServiceAccounts. Without rows it is empty; see [`nothing_found`].
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::kubectl::{age::Timestamp, get};
/// use k8s_rbac::{model::{ObjectMeta, ServiceAccount}, version::KubeVersion};
/// let metadata = ObjectMeta { creation_timestamp: Some("1970-01-01T00:00:00Z".into()), ..ObjectMeta::namespaced("default", "ci") };
/// let account = ServiceAccount { metadata, ..ServiceAccount::default() };
/// let now = Timestamp::from_unix(90);
/// assert_eq!(get::service_accounts([&account], &get::Options::new(KubeVersion::V1_37, now))?, "NAME   AGE\nci     90s\n");
/// assert_eq!(
///     get::service_accounts([&account], &get::Options::new(KubeVersion::V1_11, now))?,
///     "NAME      SECRETS   AGE\nci        0         1m\n",
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn service_accounts<'a>(objects: impl IntoIterator<Item = &'a ServiceAccount>, options: &Options) -> Result<String, Error> {
    let secrets = Column::new("SECRETS", |account: &ServiceAccount, _| account.secrets.len().to_string());
    let shown = (!options.version.has(Behaviour::AccountsShowNoSecrets)).then_some(secrets);
    table(objects, [Some(name()), shown, Some(age())].into_iter().flatten(), options)
}

/// The table of Secrets.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::kubectl::{age::Timestamp, get};
/// use k8s_rbac::{model::{ObjectMeta, Secret}, version::KubeVersion};
/// let secret = Secret { metadata: ObjectMeta::named("tls"), r#type: Secret::OPAQUE.into(), ..Secret::default() };
/// let options = get::Options::new(KubeVersion::V1_37, Timestamp::from_unix(0));
/// assert_eq!(get::secrets([&secret], &options)?, "NAME   TYPE     DATA   AGE\ntls    Opaque   0      <unknown>\n");
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn secrets<'a>(objects: impl IntoIterator<Item = &'a Secret>, options: &Options) -> Result<String, Error> {
    let kind = Column::new("TYPE", |secret: &Secret, _| secret.r#type.clone());
    let data = Column::new("DATA", |secret: &Secret, _| secret.data.len().to_string());
    table(objects, [name(), kind, data, age()], options)
}

/// The table of Roles.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::kubectl::{age::Timestamp, get};
/// use k8s_rbac::{model::Role, version::KubeVersion};
/// let options = get::Options::new(KubeVersion::V1_37, Timestamp::from_unix(0));
/// assert_eq!(get::roles([&Role::new("dev", "reader", [])], &options)?, "NAME     CREATED AT\nreader   0001-01-01T00:00:00Z\n");
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn roles<'a>(objects: impl IntoIterator<Item = &'a Role>, options: &Options) -> Result<String, Error> {
    table(objects, [name(), created(options)], options)
}

/// The table of ClusterRoles.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::kubectl::{age::Timestamp, get};
/// use k8s_rbac::{model::ClusterRole, version::KubeVersion};
/// let options = get::Options::new(KubeVersion::V1_37, Timestamp::from_unix(0));
/// assert_eq!(get::cluster_roles([&ClusterRole::new("reader", [])], &options)?, "NAME     CREATED AT\nreader   0001-01-01T00:00:00Z\n");
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn cluster_roles<'a>(objects: impl IntoIterator<Item = &'a ClusterRole>, options: &Options) -> Result<String, Error> {
    table(objects, [name(), created(options)], options)
}

/// The table of RoleBindings.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::kubectl::{age::Timestamp, get};
/// use k8s_rbac::{KubeVersion, model::{RoleBinding, RoleRef, Subject}};
/// let mut binding = RoleBinding::new("dev", "jane-edits", RoleRef::cluster_role("edit"), [Subject::user("jane")]);
/// binding.metadata.creation_timestamp = Some("1970-01-01T00:00:00Z".into());
/// let options = get::Options::new(KubeVersion::V1_37, Timestamp::from_unix(90));
/// assert_eq!(get::role_bindings([&binding], &options)?, "NAME         ROLE               AGE\njane-edits   ClusterRole/edit   90s\n");
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn role_bindings<'a>(objects: impl IntoIterator<Item = &'a RoleBinding>, options: &Options) -> Result<String, Error> {
    table(objects, binding_columns(options), options)
}

/// The table of ClusterRoleBindings.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
pub fn cluster_role_bindings<'a>(
    objects: impl IntoIterator<Item = &'a ClusterRoleBinding>,
    options: &Options,
) -> Result<String, Error> {
    table(objects, binding_columns(options), options)
}

/// Several tables as kubectl prints them after one another: an empty line between those that have rows.
///
/// ```
/// use k8s_rbac::kubectl::get;
/// assert_eq!(get::joined(&["NAME\na\n".to_owned(), String::new(), "NAME\nb\n".to_owned()]), "NAME\na\n\nNAME\nb\n");
/// ```
#[must_use]
pub fn joined(tables: &[String]) -> String {
    let filled: Vec<&str> = tables.iter().map(String::as_str).filter(|table| !table.is_empty()).collect();
    filled.join("\n")
}

/// The line that is printed on standard error in place of a table without rows.
///
/// `namespace` is the one that was looked in; `None` for all namespaces and for kinds that live in none.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::get};
/// assert_eq!(get::nothing_found(Some("dev"), KubeVersion::V1_37), "No resources found in dev namespace.\n");
/// assert_eq!(get::nothing_found(None, KubeVersion::V1_11), "No resources found.\n");
/// ```
#[must_use]
pub fn nothing_found(namespace: Option<&str>, version: KubeVersion) -> String {
    match namespace {
        _ if !version.has(Behaviour::NoResourcesNamesNamespace) => "No resources found.\n".to_owned(),
        Some(namespace) => format!("No resources found in {namespace} namespace.\n"),
        None => "No resources found\n".to_owned(),
    }
}

/// A column: its title, whether only wide tables show it, and its cell for an object.
struct Column<T> {
    title: String,
    wide: bool,
    cell: Cell<T>,
}

type Cell<T> = Box<dyn Fn(&T, &Options) -> String>;

impl<T> Column<T> {
    fn new(title: &str, cell: impl Fn(&T, &Options) -> String + 'static) -> Self {
        Self { title: title.to_owned(), wide: false, cell: Box::new(cell) }
    }

    fn wide(self, wide: bool) -> Self {
        Self { wide, ..self }
    }
}

fn name<T: ApiObject>() -> Column<T> {
    Column::new("NAME", |object: &T, options| {
        let name = &object.metadata().name;
        if options.with_kind { format!("{}/{name}", qualified_kind::<T>()) } else { name.clone() }
    })
}

fn qualified_kind<T: ApiObject>() -> String {
    super::line::qualified_kind(T::KIND, T::group())
}

fn age<T: ApiObject>() -> Column<T> {
    Column::new("AGE", |object: &T, options| match creation(object.metadata()) {
        Some(time) => time.age(options.now, options.version),
        None => "<unknown>".to_owned(),
    })
}

/// When a role was created: as a time where the server says it, as an age where kubectl does.
fn created<T: ApiObject>(options: &Options) -> Column<T> {
    if !options.version.has(Behaviour::ServerPrintsRoles) {
        return age();
    }
    Column::new("CREATED AT", |object: &T, _| match creation(object.metadata()) {
        Some(time) => time.to_string(),
        None => "0001-01-01T00:00:00Z".to_owned(),
    })
}

fn creation(metadata: &ObjectMeta) -> Option<Timestamp> {
    metadata.creation_timestamp.as_ref()?.parse().ok()
}

/// What the two kinds of binding have in common.
trait Binding: ApiObject {
    fn role_ref(&self) -> &RoleRef;
    fn subjects(&self) -> &[Subject];
}

impl Binding for RoleBinding {
    fn role_ref(&self) -> &RoleRef {
        &self.role_ref
    }

    fn subjects(&self) -> &[Subject] {
        &self.subjects
    }
}

impl Binding for ClusterRoleBinding {
    fn role_ref(&self) -> &RoleRef {
        &self.role_ref
    }

    fn subjects(&self) -> &[Subject] {
        &self.subjects
    }
}

fn binding_columns<T: Binding>(options: &Options) -> Vec<Column<T>> {
    let role = Column::new("ROLE", |binding: &T, _| format!("{}/{}", binding.role_ref().kind, binding.role_ref().name));
    let users = subjects_column("USERS", Subject::USER);
    let groups = subjects_column("GROUPS", Subject::GROUP);
    let accounts = subjects_column("SERVICEACCOUNTS", Subject::SERVICE_ACCOUNT);
    if options.version.has(Behaviour::ServerPrintsRoles) {
        vec![name(), role, age(), users, groups, accounts]
    } else {
        vec![name(), age(), role.wide(true), users, groups, accounts]
    }
}

fn subjects_column<T: Binding>(title: &str, kind: &'static str) -> Column<T> {
    let cell = move |binding: &T, _: &Options| {
        let of_kind = binding.subjects().iter().filter(|subject| subject.kind == kind);
        let names: Vec<String> = of_kind.map(subject_name).collect();
        names.join(", ")
    };
    Column::new(title, cell).wide(true)
}

fn subject_name(subject: &Subject) -> String {
    if subject.kind == Subject::SERVICE_ACCOUNT {
        format!("{}/{}", subject.namespace, subject.name)
    } else {
        subject.name.clone()
    }
}

/// The columns that options add around those of the kind.
fn decorated<T: ApiObject>(columns: impl IntoIterator<Item = Column<T>>, options: &Options) -> Vec<Column<T>> {
    let namespace = Column::new("NAMESPACE", |object: &T, _| object.metadata().namespace.clone());
    let mut all: Vec<Column<T>> = (options.all_namespaces && T::NAMESPACED).then_some(namespace).into_iter().collect();
    all.extend(columns.into_iter().filter(|column| options.wide || !column.wide));
    all.extend(options.label_columns.iter().cloned().map(label_column));
    if options.show_labels {
        all.push(Column::new("LABELS", |object: &T, _| labels(object.metadata())));
    }
    all
}

fn label_column<T: ApiObject>(key: String) -> Column<T> {
    let title = upper_case(key.rsplit('/').next().unwrap_or_default());
    Column::new(&title, move |object: &T, _| object.metadata().labels.get(&key).cloned().unwrap_or_default())
}

fn labels(metadata: &ObjectMeta) -> String {
    if metadata.labels.is_empty() {
        return super::page::NONE.to_owned();
    }
    // The pairs are sorted as texts: `app.io/tier=web` stands before `app=1`.
    let mut pairs: Vec<String> = metadata.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.sort_unstable();
    pairs.join(",")
}

fn table<'a, T: ApiObject + 'a>(
    objects: impl IntoIterator<Item = &'a T>,
    columns: impl IntoIterator<Item = Column<T>>,
    options: &Options,
) -> Result<String, Error> {
    let mut objects: Vec<&T> = objects.into_iter().collect();
    objects.sort_by_cached_key(|object| storage_key(*object));
    let columns = decorated(columns, options);
    let rows = objects.iter().map(|object| columns.iter().map(|column| (column.cell)(object, options)).collect());
    print(columns.iter().map(|column| column.title.clone()).collect(), rows.collect(), options)
}

fn storage_key<T: ApiObject>(object: &T) -> String {
    let ObjectMeta { namespace, name, .. } = object.metadata();
    if T::NAMESPACED { format!("{namespace}/{name}") } else { name.clone() }
}

/// Prints the cells. From 1.37 on the first line is padded to the longest cell in bytes, so that rows can be printed in portions.
fn print(titles: Vec<String>, rows: Vec<Vec<String>>, options: &Options) -> Result<String, Error> {
    let portions = options.version.has(Behaviour::TablesPadFirstLine);
    let widths = if portions { byte_widths(&rows) } else { Vec::new() };
    let mut columns = Columns::new(style(options.version));
    if rows.is_empty() {
        return Ok(String::new());
    }
    if !options.no_headers {
        columns.push(&line(&titles, &widths, options.version));
    }
    for (i, row) in rows.iter().enumerate() {
        let widths: &[usize] = if i == 0 && options.no_headers { &widths } else { &[] };
        columns.push(&line(row, widths, options.version));
        if portions && (i + 1) % ROWS_AT_ONCE == 0 {
            columns.flush();
        }
    }
    columns.finish()
}

fn style(version: KubeVersion) -> Style {
    if version.has(Behaviour::NarrowTables) { Style::TABLE } else { Style { min_width: 10, remember: false, ..Style::TABLE } }
}

/// The longest cell of each column but the last.
fn byte_widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, |row| row.len().saturating_sub(1));
    let mut widths = vec![0; columns];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.len().max(*width);
        }
    }
    widths
}

/// A line of cells, each followed by the blanks that its bytes lack to fill the width, if one is given.
fn line(cells: &[String], widths: &[usize], version: KubeVersion) -> String {
    let mut text = String::new();
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            text.push('\t');
        }
        text.push_str(&shown(cell, version));
        let blanks = widths.get(i).map_or(0, |width| width.saturating_sub(cell.len()));
        text.extend(std::iter::repeat_n(' ', blanks));
    }
    text.push('\n');
    text
}

/// A cell in one line: cut at its first line end, terminal commands shown as text.
fn shown(cell: &str, version: KubeVersion) -> std::borrow::Cow<'_, str> {
    if !version.has(Behaviour::KubectlEscapesTerminal) {
        return cell.into();
    }
    match cell.split_once(['\x0c', '\n', '\r']) {
        Some((first, _)) => format!("{}...", escape(first)).into(),
        None => escape(cell),
    }
}

#[cfg(test)]
mod tests;

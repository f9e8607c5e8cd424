//! What is wrong with a text that was loaded.

use super::{Diagnostic, Level, Mark};
use crate::load::{Loaded, Problem, ProblemKind};
use crate::span::Place;

/// A problem with its source line, and the line of the place that it speaks of, if there is one.
///
/// ```
/// use k8s_rbac::{load::Loader, render};
/// let text = r#"{"kind": "Namespace", "apiVersion": "v1", "metadata": {"nam": "a"}}"#;
/// let loaded = Loader::new().read_str("a.json", text);
/// assert_eq!(render::problem(&loaded.problems[0], render::Level::Error, &loaded), r#"error: unknown field "nam", the nearest is "name"
///  --> a.json:1:56
///   |
/// 1 | {"kind": "Namespace", "apiVersion": "v1", "metadata": {"nam": "a"}}
///   |                                                        ^^^^^
///   = field: metadata.nam
/// "#);
/// ```
#[must_use]
pub fn problem(problem: &Problem, level: Level, loaded: &Loaded) -> String {
    let message = problem.kind.to_string();
    let mark = |place, label| -> Mark<'_> { Mark { place, text: loaded.text(place).map(|text| &**text), label } };
    let field = problem.path.as_str();
    let notes = if field.is_empty() { Vec::new() } else { vec![format!("field: {field}")] };
    let others = first(&problem.kind).into_iter().map(|place| mark(place, "the first one")).collect();
    Diagnostic { level, message: &message, main: mark(&problem.place, ""), others, notes }.to_string()
}

/// Every problem and every warning, each as [`problem`] shows it, with an empty line between; then what was skipped.
///
/// Cost: `O(problems · texts)`.
///
/// ```
/// use k8s_rbac::{load::Loader, render};
/// let loaded = Loader::new().read_str("a.yaml", "kind: Pond\napiVersion: v1\n");
/// assert_eq!(render::loaded(&loaded), "note: skipped 1 Pond (v1), the first at a.yaml:1:1\n");
/// ```
#[must_use]
pub fn loaded(loaded: &Loaded) -> String {
    let errors = loaded.problems.iter().map(|told| problem(told, Level::Error, loaded));
    let warnings = loaded.warnings.iter().map(|told| problem(told, Level::Warning, loaded));
    let skipped = loaded.skipped.iter().map(|kind| format!("{}: skipped {kind}, the first at {}\n", Level::Note, kind.first));
    errors.chain(warnings).chain(skipped).collect::<Vec<_>>().join("\n")
}

fn first(kind: &ProblemKind) -> Option<&Place> {
    match kind {
        ProblemKind::DuplicateKey { first, .. } | ProblemKind::DuplicateObject { first, .. } => Some(first),
        _ => None,
    }
}

//! Findings as a table: a line for each, in columns.

use crate::lint::{Finding, Report};

const HEADER: [&str; 6] = ["SEVERITY", "RULE", "OBJECT", "SCOPE", "WHERE", "FINDING"];

/// The findings as a table, the worst first. A cell without a value is a dash. Why there may be more stands beneath.
///
/// ```
/// use k8s_rbac::lint::Linter;
/// use k8s_rbac::model::{ClusterRoleBinding, Subject};
/// use k8s_rbac::{Authorizer, Policy, render, version::Profile};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRoleBinding::new("b", "view", [Subject::user("jane")]));
/// let report = Linter::new(Profile::default()).lint(&Authorizer::new(policy));
/// let table = render::table(&report);
/// assert_eq!(table.lines().nth(1), Some("info      RB710  ClusterRoleBinding b  -      -      bind-user: bound to a person: User jane"));
/// ```
#[must_use]
pub fn table(report: &Report) -> String {
    let rows: Vec<[String; 6]> = report.findings.iter().map(row).collect();
    let mut widths = HEADER.map(|cell| cell.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let header = HEADER.map(str::to_owned);
    let caveats = report.caveats().map(|caveat| format!("there may be more: {caveat}\n"));
    std::iter::once(&header).chain(&rows).map(|row| line(row, &widths)).chain(caveats).collect()
}

fn row(finding: &Finding) -> [String; 6] {
    let dash = || "-".to_owned();
    let place = finding.place.as_ref().map_or_else(dash, ToString::to_string);
    let scope = finding.scope.as_ref().map_or_else(dash, ToString::to_string);
    let said = format!("{}: {}", finding.name, finding.headline());
    [finding.severity.to_string(), finding.rule.to_string(), finding.object.to_string(), scope, place, said]
}

/// The cells in columns, two blanks apart, nothing after the last.
fn line(cells: &[String; 6], widths: &[usize; 6]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count()) + 2));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

//! Findings of the linter as text: the line, the chains of evidence with theirs, and what to do.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::{Diagnostic, Level, Mark};
use crate::explain::Evidence;
use crate::lint::{Finding, Report, RuleInfo, Severity};
use crate::policy::Policy;
use crate::request::OwnedAttributes;
use crate::span::{Place, SourceText};

/// How many rules of evidence are shown with their lines.
const SHOWN: usize = 3;

/// Every finding of a report as a diagnostic, with an empty line between, then how many there are and why there may be more. The policy is the one that was linted:
/// its objects know the text that they were read from.
///
/// Cost: `O(objects + findings · rules)`.
///
/// ```
/// use k8s_rbac::lint::Linter;
/// use k8s_rbac::{Authorizer, Policy, load::Loader, render, version::Profile};
/// let text = "kind: ClusterRoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: b}\n\
///     roleRef: {kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io}\nsubjects: [{kind: User, name: jane}]\n";
/// let policy: Policy = Loader::new().read_str("b.yaml", text).into_result().unwrap().into_iter().collect();
/// let linter = Linter::new(Profile::default());
/// let report = linter.lint(&Authorizer::new(policy.clone()));
/// assert_eq!(render::findings(&report, &linter.rules(), &policy), r#"note: info RB710 bind-user: bound to a person: User jane
///  --> b.yaml:5:12
///   |
/// 5 | subjects: [{kind: User, name: jane}]
///   |            ^^^^^^^^^^^^^^^^^^^^^^^^ ClusterRoleBinding b, subjects[0]
///   = why: a name may come to mean somebody else, and groups are easier to keep right
///   = fix: bind a group
///
/// 1 finding: 1 info
/// "#);
/// ```
#[must_use]
pub fn findings(report: &Report, rules: &[&RuleInfo], policy: &Policy) -> String {
    let texts = texts(policy);
    let shown = report.findings.iter().map(|found| finding(found, rules, &texts) + "\n");
    let caveats = report.caveats().map(|caveat| format!("note: there may be more: {caveat}\n"));
    shown.chain([format!("{}\n", Summary(report))]).chain(caveats).collect()
}

type Texts = HashMap<Arc<str>, Arc<SourceText>>;

fn texts(policy: &Policy) -> Texts {
    let objects = policy.objects();
    let sources = objects.filter_map(|object| object.source().map(|map| (map.source().clone(), map.text().clone())));
    sources.collect()
}

fn finding(found: &Finding, rules: &[&RuleInfo], texts: &Texts) -> String {
    let Finding { severity, rule, name, object, field, .. } = found;
    let message = format!("{severity} {rule} {name}: {}", found.headline());
    let what = if field.is_empty() { object.to_string() } else { format!("{object}, {field}") };
    let notes = notes(found, rules);
    let Some(place) = &found.place else {
        let lines = [format!("{}: {message}", level(*severity)), format!(" --> {what}")].into_iter();
        return lines.chain(notes.into_iter().map(|note| format!("  = {note}"))).map(|line| line + "\n").collect();
    };
    let text = |place: &Place| texts.get(&place.source).map(|text| &**text);
    let labels: Vec<(&Place, String)> = evidence_places(&found.evidence).collect();
    let others = labels.iter().map(|(place, label)| Mark { place, text: text(place), label }).collect();
    let main = Mark { place, text: text(place), label: &what };
    Diagnostic { level: level(*severity), message: &message, main, others, notes }.to_string()
}

/// The rules that grant, each once.
fn evidence_places(evidence: &[Evidence]) -> impl Iterator<Item = (&Place, String)> {
    let mut seen = Vec::new();
    let of_rule = |evidence: &'_ Evidence| format!("{}, rules[{}]", evidence.role, evidence.rule_index);
    let rules = evidence.iter().filter_map(move |evidence| Some((evidence.rule_place.as_ref()?, of_rule(evidence))));
    let first = rules.filter(move |(place, _)| {
        let new = !seen.contains(place);
        seen.push(place);
        new
    });
    first.take(SHOWN)
}

fn notes(found: &Finding, rules: &[&RuleInfo]) -> Vec<String> {
    let chains = found.evidence.iter().take(SHOWN).map(|evidence| {
        let Evidence { subject, binding, role, rule_index, .. } = evidence;
        let namespace = if subject.namespace.is_empty() { String::new() } else { format!("{}/", subject.namespace) };
        format!("{} {namespace}{} ← {binding} → {role} rules[{rule_index}]", subject.kind, subject.name)
    });
    let more = (found.evidence.len() > SHOWN).then(|| format!("… for {} subjects in all", found.subjects));
    let allows = found.witness.iter().map(|witness| format!("allows: {}", Spoken(witness)));
    let implies = (!found.implied.is_empty()).then(|| format!("implies: {}", found.implied.join(" ")));
    let info = rules.iter().find(|info| info.id == found.rule);
    let words = info.into_iter().flat_map(|info| [format!("why: {}", info.rationale), format!("fix: {}", info.fix)]);
    chains.chain(more).chain(allows).chain(implies).chain(words).collect()
}

const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low | Severity::Info => Level::Note,
    }
}

/// A request with who makes it.
struct Spoken<'a>(&'a OwnedAttributes);

impl fmt::Display for Spoken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(user) = &self.0.user else { return self.0.fmt(f) };
        write!(f, "{}: {}", user.username, self.0)
    }
}

/// `3 findings: 1 critical, 2 low; 4 set aside`.
struct Summary<'a>(&'a Report);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { findings, suppressed, .. } = self.0;
        write!(f, "{} finding{}", findings.len(), if findings.len() == 1 { "" } else { "s" })?;
        let mut separator = ": ";
        for severity in Severity::ALL.into_iter().rev() {
            let count = findings.iter().filter(|finding| finding.severity == severity).count();
            if count > 0 {
                write!(f, "{separator}{count} {severity}")?;
                separator = ", ";
            }
        }
        if suppressed.is_empty() { Ok(()) } else { write!(f, "; {} set aside", suppressed.len()) }
    }
}

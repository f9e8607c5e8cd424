//! What a linter found as SARIF: the catalogue as rules, a result for each finding.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{driver, location, run};
use crate::lint::{Finding, Linter, Report, RuleInfo, Severity, Suppression};

const HELP: &str = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";

/// The report of a linter as a SARIF log.
///
/// ```
/// use k8s_rbac::lint::Linter;
/// use k8s_rbac::{Authorizer, Policy, render::sarif, version::Profile};
/// let linter = Linter::new(Profile::default());
/// let log = sarif::log(&linter, &linter.lint(&Authorizer::new(Policy::new())));
/// assert_eq!(log["version"], "2.1.0");
/// assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "RB101");
/// ```
#[must_use]
pub fn log(linter: &Linter, report: &Report) -> Value {
    let rules = linter.rules();
    let indices: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(index, rule)| (rule.id.as_ref(), index)).collect();
    let open = report.findings.iter().map(|finding| (finding, None));
    let set_aside = report.suppressed.iter().map(|(finding, why)| (finding, Some(why)));
    let results: Vec<Value> = open.chain(set_aside).map(|(finding, why)| result(finding, why, &indices)).collect();
    let descriptors: Vec<Value> = rules.iter().map(|rule| descriptor(linter, rule)).collect();
    run(json!({
        "tool": { "driver": driver(descriptors) },
        "columnKind": "unicodeCodePoints",
        "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": caveats(report) }],
        "results": results,
    }))
}

fn caveats(report: &Report) -> Vec<Value> {
    let told = report.caveats().map(|caveat| format!("there may be more: {caveat}"));
    told.map(|text| json!({ "level": "warning", "message": { "text": text } })).collect()
}

fn descriptor(linter: &Linter, rule: &RuleInfo) -> Value {
    let tags: Vec<String> =
        ["security".to_owned()].into_iter().chain(rule.references.iter().map(|see| see.replace(' ', "-"))).collect();
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.rationale },
        "help": { "text": format!("{}\n\n{}", rule.rationale, rule.fix) },
        "helpUri": HELP,
        "defaultConfiguration": { "enabled": !linter.is_off(rule), "level": level(rule.severity) },
        "properties": { "tags": unique(tags), "security-severity": security_severity(rule.severity) },
    })
}

fn unique(tags: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// By it code scanning sorts: 9 and above is critical, 7 high, 4 medium.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.0",
    }
}

fn result(finding: &Finding, why: Option<&Suppression>, indices: &BTreeMap<&str, usize>) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": format!("{}: {}", finding.object, finding.headline()) },
        "locations": [location(finding.place.as_ref(), &finding.object, &finding.field)],
        "partialFingerprints": { "object/v1": fingerprint(finding) },
        "properties": properties(finding),
    });
    let mut set = |key: &str, value: Value| {
        if let Some(object) = result.as_object_mut() {
            object.insert(key.to_owned(), value);
        }
    };
    if let Some(index) = indices.get(finding.rule.as_ref()) {
        set("ruleIndex", json!(index));
    }
    let related = related(finding);
    if !related.is_empty() {
        set("relatedLocations", json!(related));
    }
    if let Some(why) = why {
        set("suppressions", json!([suppression(why)]));
    }
    result
}

fn properties(finding: &Finding) -> Value {
    let severity = security_severity(finding.severity);
    let mut properties = json!({ "security-severity": severity, "tier": finding.tier, "origin": finding.origin });
    if let Some(object) = properties.as_object_mut().filter(|_| !finding.implied.is_empty()) {
        object.insert("implied".to_owned(), json!(finding.implied));
    }
    properties
}

/// What stays the same when other objects change, or the order of rules.
fn fingerprint(finding: &Finding) -> String {
    let scope = finding.scope.as_ref().map(ToString::to_string).unwrap_or_default();
    let field: String = finding.field.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{}|{}|{field}|{scope}|{}", finding.rule, finding.object, finding.message)
}

fn suppression(why: &Suppression) -> Value {
    let (kind, status) = match why {
        Suppression::Annotation(_) => ("inSource", "accepted"),
        _ => ("external", "accepted"),
    };
    json!({ "kind": kind, "status": status, "justification": why.to_string() })
}

/// The subjects and the rules of the evidence, each with a number of its own and once.
fn related(finding: &Finding) -> Vec<Value> {
    let mut seen = Vec::new();
    for evidence in &finding.evidence {
        let subject = (evidence.subject_place.as_ref(), &evidence.binding, format!("subjects[{}]", evidence.subject_index));
        let rule = (evidence.rule_place.as_ref(), &evidence.role, format!("rules[{}]", evidence.rule_index));
        for place in [subject, rule] {
            if !seen.contains(&place) {
                seen.push(place);
            }
        }
    }
    let numbered = seen.into_iter().enumerate();
    numbered
        .map(|(id, (place, object, field))| {
            let mut location = location(place, object, &field);
            if let Some(fields) = location.as_object_mut() {
                fields.insert("id".to_owned(), json!(id + 1));
                fields.insert("message".to_owned(), json!({ "text": format!("{object} {field}") }));
            }
            location
        })
        .collect()
}

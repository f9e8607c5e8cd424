//! Which texts the strict decoder takes, and what it reads.

use k8s_rbac::load::{Loaded, Loader, ProblemKind, SameObject};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::Tally;

#[derive(Deserialize)]
struct Line {
    text: String,
    outcome: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    objects: Vec<Value>,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { text, outcome, error, objects } = serde_json::from_str(line).unwrap();
    let mut loaded = Loader::new().same_object(SameObject::Replace).read_str("t", &text);
    let difference_is_meant = meant(&text, &outcome, &error, &loaded);
    let told: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    let case = || format!("{text:?}\n    upstream's error: {error}\n    our problems: {told:?}");
    loaded.problems.retain(|problem| problem.kind != ProblemKind::AfterEnd);
    let ours = outcome_of(&loaded);
    let all_objects = ours == "accepted" && loaded.warnings.is_empty();
    let upstream_objects: Vec<Value> = objects.into_iter().filter(|_| all_objects).map(comparable).collect();
    let our_objects: Vec<Value> =
        loaded.objects.iter().filter(|_| all_objects).map(|object| comparable(serde_json::to_value(object).unwrap())).collect();
    if difference_is_meant && (outcome != ours || upstream_objects != our_objects) {
        tally.passed += 1;
        return;
    }
    tally.case(case, &(outcome.as_str(), upstream_objects), &(ours, our_objects));
}

/// Differences that are meant, each for a reason:
///
/// - characters that YAML 1.1 takes for line breaks are refused;
/// - `\'` in double quotes, which YAML does not know, is refused;
/// - so are a lone `-`, a `:` before a bracket or comma, and a `?` without a space behind it inside of brackets or braces;
/// - JSON behind a byte order mark, and what follows two JSON values, is read where `kubectl` gives up or loses it without a word;
/// - what follows the end of a document is a problem, where `kubectl` loses it (taken out of the comparison above);
/// - of a header that is refused, keys and all are refused, where upstream says first that it does not know the kind;
/// - a `KIND` is no `kind`, though upstream looks for one before it decodes, whatever the case of its letters;
/// - of kinds that are skipped nothing but the header is looked at.
fn meant(text: &str, outcome: &str, error: &str, loaded: &Loaded) -> bool {
    let other_break = text.contains(['\u{85}', '\u{2028}', '\u{2029}']) && !loaded.problems.is_empty();
    let escape = text.contains("\\'") && loaded.problems.iter().any(|problem| problem.to_string().contains("unknown escape"));
    let lone_mark = [": -,", ": -}", "[-,", "- ]", "{?", ",?", "[?", ":]", ":,"].iter().any(|mark| text.contains(mark))
        && !loaded.problems.is_empty();
    let marked_json = text.starts_with("\u{feff}{");
    let after_end = outcome == "refused" && loaded.problems.iter().any(|problem| problem.kind == ProblemKind::AfterEnd);
    let json_stream = text.starts_with('{') && error.starts_with("invalid character");
    let skipped = outcome_of(loaded) == "unknown"
        && (error.contains("map key")
            || error.contains("map merge")
            || error.contains("already set in map")
            || error.contains("unsupported value"));
    let other_case =
        outcome == "unknown" && loaded.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::Missing { .. }));
    let twice_in_header = outcome == "unknown" && text.contains("<<");
    let json_later = text.contains("---") && text.contains("\n{") && !text.starts_with('{');
    other_break
        || escape
        || lone_mark
        || after_end
        || marked_json
        || json_stream
        || json_later
        || skipped
        || other_case
        || twice_in_header
}

fn outcome_of(loaded: &Loaded) -> &'static str {
    match (loaded.problems.is_empty(), loaded.skipped.is_empty()) {
        (false, _) => "refused",
        (true, false) => "unknown",
        (true, true) => "accepted",
    }
}

/// What a line can hold of an object: of a Namespace no `spec` and `status`, which upstream always writes; of
/// bytes that were `null` nothing else than of empty ones.
fn comparable(mut object: Value) -> Value {
    if object["kind"] == "Namespace" {
        let fields = object.as_object_mut().unwrap();
        fields.remove("spec");
        fields.remove("status");
    }
    if let Some(data) = object.get_mut("data").and_then(Value::as_object_mut) {
        data.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
    }
    object
}

//! Which texts the strict decoder takes, what it reads, and how it words a value of a wrong type.

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
    let Line { text, outcome, error, objects } = match serde_json::from_str(line) {
        Ok(line) => line,
        Err(error) => return too_large(line, &error, tally),
    };
    let mut loaded = Loader::new().same_object(SameObject::Replace).read_str("t", &text);
    let difference_is_meant = meant(&text, &outcome, &error, &loaded);
    let told: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    let case = || format!("{text:?}\n    upstream's error: {error}\n    our problems: {told:?}");
    loaded.problems.retain(|problem| problem.kind != ProblemKind::AfterEnd);
    if let Some((upstream, ours)) = words(&text, &error, &loaded) {
        tally.case(case, &upstream, &ours);
    }
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

/// Upstream carries a number that no float holds through a field that it does not look into; we refuse it, and cannot read its line either.
fn too_large(line: &str, error: &serde_json::Error, tally: &mut Tally) {
    assert!(error.to_string().starts_with("number out of range"), "{error}: {line}");
    #[derive(Deserialize)]
    struct Text {
        text: String,
    }
    let text = line.split_once(",\"outcome\":").map_or(line, |(text, _)| text);
    let Text { text } = serde_json::from_str(&format!("{text}}}")).unwrap();
    let loaded = Loader::new().read_str("t", &text);
    tally.case(|| text.clone(), &"refused", &outcome_of(&loaded));
}

/// Differences that are meant, each for a reason:
///
/// - what YAML 1.1 takes for a mark or a line break and YAML 1.2 does not, or the other way round, is refused ([`REFUSED`]);
/// - what follows the end of a document is a problem, where `kubectl` loses it unread (taken out of the comparison above) or trips over it;
/// - a `KIND` is no `kind`, though upstream looks for one before it decodes, whatever the case of its letters;
/// - of kinds that are skipped nothing but the header is looked at;
/// - an element of a `RoleList` that says to be of another kind is skipped as one of that kind, where upstream makes a Role of it.
fn meant(text: &str, outcome: &str, error: &str, loaded: &Loaded) -> bool {
    match (outcome, outcome_of(loaded)) {
        ("refused", "unknown") => {
            KEYS_AND_VALUES.iter().any(|words| error.contains(words)) || error.starts_with("couldn't get version/kind")
        }
        ("refused", "refused") => only_after_end(loaded),
        ("accepted", "unknown") => elements_of_other_kinds(text, loaded),
        ("accepted" | "unknown", "refused") => {
            refused_by_dialect(text, loaded) || (outcome == "unknown" && other_case(text, loaded))
        }
        _ => false,
    }
}

/// Upstream's words for a value of a wrong type, and those of the crate where it has some: of a text with one object, for upstream stops at
/// the first that it cannot decode, of whose version the crate may know no words; and of YAML, whose keys are sorted on the way.
fn words<'a>(text: &str, error: &'a str, loaded: &'a Loaded) -> Option<(&'a str, &'a str)> {
    let is_one = loaded.documents == 1 && !text.contains("items") && !text.trim_start().starts_with('{');
    let ours = loaded.refused.first().filter(|_| is_one && error.starts_with("json: cannot unmarshal"))?;
    Some((error, ours.split_once(" cannot be handled as a ")?.1.split_once(": ")?.1))
}

/// What we say of a text that `go-yaml` v2 reads.
const REFUSED: [&str; 11] = [
    "expected `\\n` or `\\r` for a line break, found one of YAML 1.1 alone",
    "expected a space behind `?` or `:` inside of brackets or braces",
    "plain scalar cannot start with '-' followed by ,[]{}",
    "while parsing a quoted scalar, found unknown escape character",
    "comments must be separated from other tokens by whitespace",
    "while parsing a tag, did not find expected tag URI",
    "while scanning a tag, did not find expected whitespace or line break",
    "':' may not precede any of `[{` in flow mapping",
    "while parsing a flow mapping, did not find expected ',' or '}'",
    // What stands behind the end of a document is left unread by upstream.
    "expected a document before its end, found none",
    "misplaced bracket",
];

/// What upstream says of a document of a kind that nobody registered, before it looks for its kind.
const KEYS_AND_VALUES: [&str; 5] =
    ["unsupported map key", "invalid map key", "map merge requires", "already set in map", "unsupported value: +Inf"];

/// Of a text that begins like JSON the problem of the JSON is told; behind a comment it is read as YAML, and so is the value in which the
/// problem stands if others come before it.
fn refused_by_dialect(text: &str, loaded: &Loaded) -> bool {
    let last = loaded.problems.iter().map(|problem| problem.place.span.start.offset).max().unwrap_or_default();
    let lines = text.match_indices('\n').map(|(end, _)| end + 1).take_while(|&start| start <= last);
    let mut values = std::iter::once(0).chain(lines.filter(|&start| text[start..].starts_with('{')));
    values.any(|start| {
        let as_yaml = Loader::new().read_str("t", &format!("#\n{}", &text[start..]));
        as_yaml.problems.iter().any(|problem| match &problem.kind {
            ProblemKind::Syntax { message } => REFUSED.iter().any(|refused| message.starts_with(refused)),
            _ => false,
        })
    })
}

fn elements_of_other_kinds(text: &str, loaded: &Loaded) -> bool {
    let of_the_group = loaded.skipped.iter().all(|skipped| skipped.api_version.starts_with("rbac.authorization.k8s.io/"));
    of_the_group && text.contains("List") && text.contains("items")
}

fn only_after_end(loaded: &Loaded) -> bool {
    !loaded.problems.is_empty() && loaded.problems.iter().all(|problem| problem.kind == ProblemKind::AfterEnd)
}

fn other_case(text: &str, loaded: &Loaded) -> bool {
    loaded.problems.iter().any(|problem| match problem.kind {
        ProblemKind::Missing { field } => {
            text.to_lowercase().matches(&field.to_lowercase()).count() > text.matches(field).count()
        }
        _ => false,
    })
}

fn outcome_of(loaded: &Loaded) -> &'static str {
    match (loaded.problems.is_empty(), loaded.skipped.is_empty()) {
        (false, _) => "refused",
        (true, false) => "unknown",
        (true, true) => "accepted",
    }
}

/// What a line can hold of an object: of a Namespace no `spec` and `status`, which upstream always writes; of
/// bytes that were `null` nothing else than of empty ones; of a time its hour in two digits, where the crate keeps what was written.
fn comparable(mut object: Value) -> Value {
    if object["kind"] == "Namespace" {
        let fields = object.as_object_mut().unwrap();
        fields.remove("spec");
        fields.remove("status");
    }
    if let Some(Value::String(time)) = object["metadata"].get_mut("creationTimestamp")
        && let Some((date, hour)) = time.split_once('T')
        && hour.find(':') == Some(1)
    {
        *time = format!("{date}T0{hour}");
    }
    if let Some(data) = object.get_mut("data").and_then(Value::as_object_mut) {
        data.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
    }
    object
}

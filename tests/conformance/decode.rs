//! Which texts the strict decoder takes, what it reads, and how it words a value of a wrong type.

use k8s_rbac::load::{Loaded, Loader, ProblemKind, SameObject, Skipped};
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
    let difference_is_meant = meant(&text, &outcome, &error, &loaded, &objects);
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
/// - of kinds that are skipped nothing but the header is looked at;
/// - an element of a `RoleList` that says to be of another kind is read or skipped as one of that kind, as `kubectl` has it, where the decoder of
///   the API's types makes a Role of it;
/// - `go-yaml` loses characters behind a byte order mark that comes to the head of its buffer ([`heads_buffer`]): where that lies is an accident
///   of how far it has looked ahead, and the same document is read as ours a few bytes further on.
fn meant(text: &str, outcome: &str, error: &str, loaded: &Loaded, objects: &[Value]) -> bool {
    let in_skipped = || KEYS_AND_VALUES.iter().any(|words| error.contains(words)) && in_what_is_skipped(text, loaded);
    match (outcome, outcome_of(loaded)) {
        ("refused", "unknown") => in_skipped() || in_skipped_elements(error, loaded),
        ("refused", "refused") if only_after_end(loaded) => {
            error.starts_with("error converting YAML to JSON: yaml: ") || !loaded.skipped.is_empty() && in_skipped()
        }
        ("refused", "accepted") => cut_by_reader(text).iter().any(|document| heads_buffer(document)),
        ("accepted", "unknown") => elements_of_other_kinds(loaded, objects),
        ("accepted" | "unknown", "refused") => refused_by_dialect(text, loaded) || says_another_kind(text, outcome, objects),
        _ => false,
    }
}

/// The documents of a text as Kubernetes' reader hands them on: every line ends in `\n`.
fn cut_by_reader(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines.split(|line| line.starts_with("---")).map(|lines| lines.join("\n") + "\n").collect()
}

/// Whether a byte order mark can come to the head of the buffer of `go-yaml`, whose `is_bom` looks there and not at the place that it is asked
/// of: the first character of each line is skipped from then on, until more is read. It reads up to 512 bytes at a time, and moves what is left
/// to the head when it wants more than that: four characters at most, so no more than three are left.
fn heads_buffer(document: &str) -> bool {
    let read =
        |end: usize| (end + 1..=end + 512).rev().find(|&end| document.is_char_boundary(end)).filter(|&end| end < document.len());
    let heads = |end: usize| document[..end].char_indices().rev().map(|(at, _)| at).take(3).chain([end]);
    std::iter::successors(read(0), |&end| read(end)).flat_map(heads).any(|at| document[at..].starts_with('\u{feff}'))
}

/// Upstream's words for a value of a wrong type, and those of the crate where it has some: of a text with one object, for upstream stops at
/// the first that it cannot decode, of whose version the crate may know no words; and of YAML, whose keys are sorted on the way.
fn words<'a>(text: &str, error: &'a str, loaded: &'a Loaded) -> Option<(&'a str, &'a str)> {
    let is_read = loaded.problems.iter().all(|problem| !matches!(problem.kind, ProblemKind::Syntax { .. }));
    let is_one = is_read && loaded.documents == 1 && !text.contains("items") && !text.trim_start().starts_with('{');
    let ours = loaded.refused.first().filter(|_| is_one && error.starts_with("json: cannot unmarshal"))?;
    Some((error, ours.split_once(" cannot be handled as a ")?.1.split_once(": ")?.1))
}

/// The beginning of what we say, and whether the text is one to say it of.
type Refused = (&'static str, fn(&str) -> bool);

/// What we say of a text that `go-yaml` v2 reads, and what stands at the place of which we say it.
const REFUSED: [Refused; 10] = [
    ("expected `\\n` or `\\r` for a line break, found one of YAML 1.1 alone", |text| {
        text.starts_with(['\u{85}', '\u{2028}', '\u{2029}'])
    }),
    ("expected a space behind `?` or `:` inside of brackets or braces", |text| text.starts_with(['?', ':'])),
    ("plain scalar cannot start with '-' followed by ,[]{}", |text| text.starts_with('-')),
    ("while parsing a quoted scalar, found unknown escape character", |text| text.starts_with('"') && text.contains("\\'")),
    ("comments must be separated from other tokens by whitespace", |text| text.starts_with('#')),
    ("while parsing a tag, did not find expected tag URI", |text| text.starts_with('!')),
    ("while scanning a tag, did not find expected whitespace or line break", |text| text.starts_with('!')),
    ("expected letters, digits, `-` and `_` for an anchor, found another character", |text| is_marked_name('&', text)),
    ("while parsing node, found unknown anchor", |text| is_marked_name('*', text)),
    ("':' may not precede any of `[{` in flow mapping", |text| text.starts_with(":[") || text.starts_with(":{")),
];

/// Whether a name ends, for `go-yaml`, before a mark that YAML 1.2 takes for a part of it.
fn is_marked_name(sigil: char, text: &str) -> bool {
    let name = text.strip_prefix(sigil).unwrap_or_default();
    name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_').starts_with([':', '?'])
}

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
        let comment = if text[start..].starts_with('\u{feff}') { "" } else { "#\n" };
        let text = format!("{comment}{}", &text[start..]);
        let as_yaml = Loader::new().same_object(SameObject::Replace).read_str("t", &text);
        let mut problems = as_yaml.problems.iter().filter(|problem| problem.kind != ProblemKind::AfterEnd).peekable();
        problems.peek().is_some()
            && problems.all(|problem| match &problem.kind {
                ProblemKind::Syntax { message } => {
                    let found = &text[problem.place.span.start.offset..];
                    REFUSED.iter().any(|(words, is_so)| message.starts_with(words) && is_so(found))
                }
                _ => false,
            })
    })
}

/// Whether a skipped object has a key or value that is refused in one of a kind that is not: its text is read as part of a Pod.
fn in_what_is_skipped(text: &str, loaded: &Loaded) -> bool {
    loaded.skipped.iter().any(|skipped| {
        let span = &skipped.first.span;
        let line = text[..span.start.offset].rfind('\n').map_or(0, |end| end + 1);
        let indentation = " ".repeat(text[line..span.start.offset].trim_start_matches('\u{feff}').len());
        // A value that is not there has its place before the colon.
        let is_cut = !text[span.start.offset..].starts_with('{') && !text[..span.end.offset].ends_with('\n');
        let end = text[span.end.offset..].find('\n').filter(|_| is_cut).unwrap_or_default();
        let lines: Vec<&str> = text[span.start.offset..span.end.offset + end].split('\n').collect();
        let pod = format!("kind: Pod\napiVersion: v1\nmetadata: {{name: a}}\nspec:\n  {indentation}{}\n", lines.join("\n  "));
        skipped.count > 1 || Loader::new().read_str("t", &pod).problems.iter().any(|problem| of_keys_and_values(&problem.kind))
    })
}

fn of_keys_and_values(problem: &ProblemKind) -> bool {
    match problem {
        ProblemKind::Key { .. } | ProblemKind::Merge { .. } | ProblemKind::DuplicateKey { .. } => true,
        ProblemKind::WrongType { expected, .. } => *expected == "a number that JSON can hold",
        _ => false,
    }
}

/// Whether upstream has made Roles of all that we skipped, and we read the rest as it did; of objects of one name we keep the last.
fn elements_of_other_kinds(loaded: &Loaded, upstream: &[Value]) -> bool {
    let skipped: usize = loaded.skipped.iter().map(|skipped| skipped.count).sum();
    let ours: Vec<Value> = loaded.objects.iter().map(|object| comparable(serde_json::to_value(object).unwrap())).collect();
    let theirs: Vec<Value> = upstream.iter().cloned().map(comparable).collect();
    let name = |object: &Value| (object["kind"].clone(), object["metadata"]["name"].clone());
    let others = theirs.iter().filter(|object| !ours.iter().any(|ours| name(ours) == name(object)));
    loaded.skipped.iter().all(of_the_group) && ours.iter().all(|object| theirs.contains(object)) && others.count() <= skipped
}

/// Whether upstream makes Roles of elements that we skipped, and stops at a field of theirs.
fn in_skipped_elements(error: &str, loaded: &Loaded) -> bool {
    let fields = error.strip_prefix("strict decoding error: ").unwrap_or_default();
    let of_elements = |fields: &str| !fields.is_empty() && fields.split(", ").all(|field| field.contains(" field \"items["));
    loaded.skipped.iter().all(of_the_group)
        && (of_elements(fields) || error.starts_with("json: ") && error.contains("List.items."))
}

fn of_the_group(skipped: &Skipped) -> bool {
    skipped.api_version.starts_with("rbac.authorization.k8s.io/")
}

/// Whether upstream's outcome and objects are ours once a line is gone in which an element of a list says its kind.
fn says_another_kind(text: &str, outcome: &str, upstream: &[Value]) -> bool {
    let theirs: Vec<Value> = upstream.iter().cloned().map(comparable).collect();
    let kinds = text.split_inclusive('\n').filter(|line| line.trim_start_matches([' ', '-', '"']).starts_with("kind"));
    text.contains("List")
        && kinds.into_iter().any(|line| {
            let start = line.as_ptr().addr() - text.as_ptr().addr();
            let without = format!("{}{}", &text[..start], &text[start + line.len()..]);
            let loaded = Loader::new().same_object(SameObject::Replace).read_str("t", &without);
            let ours: Vec<Value> =
                loaded.objects.iter().map(|object| comparable(serde_json::to_value(object).unwrap())).collect();
            outcome_of(&loaded) == outcome && (ours == theirs || !loaded.warnings.is_empty())
        })
}

fn only_after_end(loaded: &Loaded) -> bool {
    !loaded.problems.is_empty() && loaded.problems.iter().all(|problem| problem.kind == ProblemKind::AfterEnd)
}

fn outcome_of(loaded: &Loaded) -> &'static str {
    match (loaded.problems.is_empty(), loaded.skipped.is_empty()) {
        (false, _) => "refused",
        (true, false) => "unknown",
        (true, true) => "accepted",
    }
}

/// What a line can hold of an object: of a Namespace and a Pod no `spec` and `status`, which upstream always writes; of
/// bytes that were `null` nothing else than of empty ones; of a time its hour in two digits, where the crate keeps what was written.
fn comparable(mut object: Value) -> Value {
    if object["kind"] == "Namespace" || object["kind"] == "Pod" {
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

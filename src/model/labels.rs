//! Whether a label selector can be read at all, and what is wrong with its requirements.
//!
//! Models `metav1.LabelSelectorAsSelector` and `labels.NewRequirement`. The texts in which an API server refuses labels of an object
//! belong to `validation`.

use super::{LabelSelector, LabelSelectorRequirement};
use crate::names;
use crate::quote::{Aggregate, JsonStrings, Quoted};

/// A selector that upstream cannot convert, in its words. Whoever selects by it does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(String);

impl LabelSelector {
    /// Whether upstream can convert the selector. [`LabelSelector::matches`] answers for those that it can.
    ///
    /// # Errors
    /// The first requirement that has an unknown operator, a key or a value that is no label's, or a list of values that does not suit the
    /// operator.
    pub fn check(&self) -> Result<(), SelectorError> {
        self.match_labels.iter().try_for_each(|(key, value)| {
            refuse(key_problem(key, KEY).into_iter().chain(value_problems(key, std::slice::from_ref(value))))
        })?;
        self.match_expressions.iter().try_for_each(check_requirement)
    }
}

fn check_requirement(requirement: &LabelSelectorRequirement) -> Result<(), SelectorError> {
    let LabelSelectorRequirement { key, operator, values } = requirement;
    let arity = match operator.as_str() {
        "In" | "NotIn" => values.is_empty().then_some(WANTS_VALUES),
        "Exists" | "DoesNotExist" => (!values.is_empty()).then_some(WANTS_NO_VALUES),
        _ => return Err(SelectorError(format!("{} is not a valid label selector operator", Quoted(operator)))),
    };
    // An empty list is copied to a nil one before it is looked at.
    let list = Some(values.as_slice()).filter(|values| !values.is_empty());
    let arity = arity.map(|problem| arity_problem(list, problem));
    refuse(key_problem(key, KEY).into_iter().chain(arity).chain(value_problems(key, values)))
}

fn refuse(problems: impl Iterator<Item = String>) -> Result<(), SelectorError> {
    Aggregate::new(problems).map_or(Ok(()), |problems| Err(SelectorError(problems.to_string())))
}

/// Where a requirement has its key.
pub(crate) const KEY: &str = "key";
/// What is wrong where there are no values and must be some.
pub(crate) const WANTS_VALUES: &str = "for 'in', 'notin' operators, values set can't be empty";
/// What is wrong where there are values and must be none.
pub(crate) const WANTS_NO_VALUES: &str = "values set must be empty for exists and does not exist";

/// What is wrong with the key of a requirement, which stands at the path.
pub(crate) fn key_problem(key: &str, path: &str) -> Option<String> {
    let told = names::label_key(key).join("; ");
    (!told.is_empty()).then(|| format!("{path}: Invalid value: {}: {told}", Quoted(key)))
}

/// That a requirement has too many values or too few; `None` stands for Go's nil.
pub(crate) fn arity_problem(values: Option<&[String]>, problem: &str) -> String {
    match values {
        Some(values) => format!("values: Invalid value: {}: {problem}", JsonStrings(values)),
        None => format!("values: Invalid value: null: {problem}"),
    }
}

/// What is wrong with the values of a requirement, one by one.
pub(crate) fn value_problems(key: &str, values: &[String]) -> impl Iterator<Item = String> {
    values.iter().enumerate().filter_map(move |(i, value)| {
        let told = names::label_value(value).join("; ");
        (!told.is_empty()).then(|| format!("values[{i}][{key}]: Invalid value: {}: {told}", Quoted(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_that_cannot_be_read_says_why() {
        let requirement = |key: &str, operator: &str, values: &[&str]| LabelSelector {
            match_expressions: vec![LabelSelectorRequirement {
                key: key.into(),
                operator: operator.into(),
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            }],
            ..LabelSelector::default()
        };
        let rows = [
            (requirement("a", "In", &["b"]), ""),
            (requirement("a", "DoesNotExist", &[]), ""),
            (requirement("a", "Foo", &[]), r#""Foo" is not a valid label selector operator"#),
            (requirement("a", "In", &[]), "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty"),
            (
                requirement("a", "Exists", &["b"]),
                r#"values: Invalid value: ["b"]: values set must be empty for exists and does not exist"#,
            ),
            (requirement("", "Exists", &[]), r#"key: Invalid value: "": name part must be non-empty; name part must consist of"#),
            (requirement("a", "NotIn", &["b c"]), r#"values[0][a]: Invalid value: "b c": a valid label must be an empty string"#),
            (LabelSelector::labels([("a b", "c")]), r#"key: Invalid value: "a b": name part must consist of"#),
            (LabelSelector::labels([("a", "c d")]), r#"values[0][a]: Invalid value: "c d": a valid label must be"#),
            (LabelSelector::labels([("a b", "c d")]), r#"[key: Invalid value: "a b": name part must consist of"#),
            (LabelSelector::default(), ""),
        ];
        for (selector, text) in rows {
            let told = selector.check().map_or_else(|error| error.to_string(), |()| String::new());
            assert!(told.starts_with(text) && told.is_empty() == text.is_empty(), "{told}");
        }
    }
}

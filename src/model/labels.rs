//! Whether a label selector can be read at all.
//!
//! Models `metav1.LabelSelectorAsSelector` and `labels.NewRequirement`. The texts in which an API server refuses labels belong to
//! `validation`.

use super::{LabelSelector, LabelSelectorRequirement};
use crate::names::{label_key, label_value};

/// A selector that upstream cannot convert. Whoever selects by it does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct SelectorError(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("{0:?} is not a valid label selector operator")]
    Operator(String),
    #[error("{0:?} is no label key")]
    Key(String),
    #[error("{value:?} is no value of the label {key:?}")]
    Value { key: String, value: String },
    #[error("the operator {operator} of the label {key:?} does not go with {values} values")]
    Count { key: String, operator: String, values: usize },
}

impl LabelSelector {
    /// Whether upstream can convert the selector. [`LabelSelector::matches`] answers for those that it can.
    ///
    /// # Errors
    /// The first of: an unknown operator, a key or a value that is no label's, or a list of values that does not suit the operator.
    pub fn check(&self) -> Result<(), SelectorError> {
        self.match_labels.iter().try_for_each(|(key, value)| {
            check_key(key)?;
            check_value(key, value)
        })?;
        Ok(self.match_expressions.iter().try_for_each(check_requirement)?)
    }
}

fn check_requirement(requirement: &LabelSelectorRequirement) -> Result<(), Kind> {
    let LabelSelectorRequirement { key, operator, values } = requirement;
    let wants_values = match operator.as_str() {
        "In" | "NotIn" => true,
        "Exists" | "DoesNotExist" => false,
        _ => return Err(Kind::Operator(operator.clone())),
    };
    check_key(key)?;
    if values.is_empty() == wants_values {
        return Err(Kind::Count { key: key.clone(), operator: operator.clone(), values: values.len() });
    }
    values.iter().try_for_each(|value| check_value(key, value))
}

fn check_key(key: &str) -> Result<(), Kind> {
    if label_key(key).is_empty() { Ok(()) } else { Err(Kind::Key(key.to_owned())) }
}

fn check_value(key: &str, value: &str) -> Result<(), Kind> {
    if label_value(value).is_empty() { Ok(()) } else { Err(Kind::Value { key: key.to_owned(), value: value.to_owned() }) }
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
            (requirement("a", "In", &[]), r#"the operator In of the label "a" does not go with 0 values"#),
            (requirement("a", "Exists", &["b"]), r#"the operator Exists of the label "a" does not go with 1 values"#),
            (requirement("", "Exists", &[]), r#""" is no label key"#),
            (requirement("a", "NotIn", &["b c"]), r#""b c" is no value of the label "a""#),
            (LabelSelector::labels([("a b", "c")]), r#""a b" is no label key"#),
            (LabelSelector::labels([("a", "c d")]), r#""c d" is no value of the label "a""#),
            (LabelSelector::default(), ""),
        ];
        for (selector, text) in rows {
            assert_eq!(selector.check().map_or_else(|error| error.to_string(), |()| String::new()), text);
        }
    }
}

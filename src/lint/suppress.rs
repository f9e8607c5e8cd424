//! Findings that the owner of an object has looked at and accepts, said in an annotation of the object.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// The annotation: a line for each rule, `RB101: the backup operator reads them all`.
///
/// A line without a reason suppresses nothing.
pub const SUPPRESS: &str = "k8s-rbac/suppress";

/// Why a finding was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Suppression {
    /// By the annotation [`SUPPRESS`] of the object, with its reason.
    Annotation(String),
    /// By an allow-list of the configuration, with its reason.
    Allowed(String),
    /// The object is untouched default policy, and the finding is more than informational.
    Bootstrap,
}

/// The reason.
impl fmt::Display for Suppression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Annotation(reason) | Self::Allowed(reason) => f.write_str(reason),
            Self::Bootstrap => f.write_str("shipped with the cluster"),
        }
    }
}

/// The reason that the annotations give for a rule, by its id or its name.
pub(super) fn reason<'a>(annotations: &'a BTreeMap<String, String>, id: &str, name: &str) -> Option<&'a str> {
    let lines = annotations.get(SUPPRESS)?.lines();
    let entries = lines.filter_map(|line| line.split_once(':')).map(|(rule, reason)| (rule.trim(), reason.trim()));
    entries.filter(|(_, reason)| !reason.is_empty()).find(|(rule, _)| *rule == id || *rule == name).map(|(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_rule_and_gives_a_reason() {
        let text = "RB101: backup\n secrets-write : rotation: weekly\nRB301:\nRB302 no colon";
        let annotations = BTreeMap::from([(SUPPRESS.to_owned(), text.to_owned())]);
        assert_eq!(reason(&annotations, "RB101", "x"), Some("backup"));
        assert_eq!(reason(&annotations, "RB105", "secrets-write"), Some("rotation: weekly"));
        assert_eq!(reason(&annotations, "RB301", "x"), None);
        assert_eq!(reason(&annotations, "RB302", "x"), None);
    }
}

//! Several errors in one text (`apimachinery/pkg/util/errors/errors.go`).

use std::fmt;

/// Several errors told as one: each distinct text once, in order; alone it stands bare, several stand as `[a, b]`.
///
/// ```
/// use k8s_rbac::quote::Aggregate;
/// let text = |errors: &[&str]| Aggregate::new(errors.iter().map(|e| e.to_string())).map(|a| a.to_string());
/// assert_eq!(text(&["a", "b", "a"]).as_deref(), Some("[a, b]"));
/// assert_eq!(text(&["a", "a"]).as_deref(), Some("a"));
/// assert_eq!(text(&[]), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate(indexmap::IndexSet<String>);

impl Aggregate {
    /// The errors as one; `None` if there are none. Cost: `O(errors)`.
    pub fn new(errors: impl IntoIterator<Item = String>) -> Option<Self> {
        let distinct: indexmap::IndexSet<String> = errors.into_iter().collect();
        (!distinct.is_empty()).then_some(Self(distinct))
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (1, Some(only)) = (self.0.len(), self.0.first()) {
            return f.write_str(only);
        }
        f.write_str("[")?;
        for (i, text) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            f.write_str(text)?;
        }
        f.write_str("]")
    }
}

//! The list that remembers whether it was `null`, where upstream makes a difference of it.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

/// A list that is written as `null` where it was never given, and as `[]` where an empty one was.
///
/// Go makes this difference for `rules` and `verbs`, which are never left out: an object is written as it was read. `nonResourceURLs` is
/// left out when it is empty, but [`compact`](crate::rule::compact::compact) tells the two apart. They are equal otherwise. Dereferences
/// to a [`Vec`].
///
/// ```
/// use k8s_rbac::model::List;
/// let (absent, empty) = (List::<String>::default(), List::from(Vec::<String>::new()));
/// assert_eq!(absent, empty);
/// assert_eq!(serde_json::to_string(&[absent, empty])?, "[null,[]]");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct List<T> {
    items: Vec<T>,
    given: bool,
}

impl<T> List<T> {
    /// Whether the list is empty because it was never given: Go's nil slice.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        !self.given && self.items.is_empty()
    }

    /// The elements.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.items
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), given: false }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, given: true }
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T: PartialOrd> PartialOrd for List<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.items.partial_cmp(&other.items)
    }
}

impl<T: Ord> Ord for List<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.items.cmp(&other.items)
    }
}

impl<T: Hash> Hash for List<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.items.hash(state);
    }
}

impl<T: serde::Serialize> serde::Serialize for List<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_null() { serializer.serialize_none() } else { self.items.serialize(serializer) }
    }
}

impl<'de, T: serde::Deserialize<'de> + Default> serde::Deserialize<'de> for List<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Option::<Vec<Option<T>>>::deserialize(deserializer)?;
        Ok(read.map(|items| items.into_iter().map(Option::unwrap_or_default).collect()).unwrap_or_default())
    }
}

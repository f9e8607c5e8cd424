//! A member of a set.

use super::layer::{Layer, Node};
use super::{Action, PermissionSet};

impl PermissionSet {
    /// A request in the set, the same one for equal sets; none if it is empty.
    ///
    /// Where any string will do, a usual one is taken: `get`, the core group, `pods`, no subresource, no name. A request about a
    /// resource goes before one about a URL. Cost: `O(edges of a few nodes)`.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::PermissionSet};
    /// let held = PermissionSet::from_rule(&PolicyRule::resources(["get"], ["apps"], ["deployments"]))?;
    /// let wanted = PermissionSet::from_rule(&PolicyRule::resources(["*"], ["apps"], ["deployments"]))?;
    /// let witness = wanted.difference(&held)?.witness().unwrap();
    /// assert_eq!(witness.attributes().verb, "list");
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn witness(&self) -> Option<Action> {
        self.resource_witness().or_else(|| self.url_witness())
    }

    fn resource_witness(&self) -> Option<Action> {
        let (api_group, subresources) = pick(&self.resources, &["", "apps"])?;
        let (subresource, resources) = pick(subresources, &["", "status"])?;
        let (resource, verbs) = pick(resources, &["pods", "configmaps"])?;
        let (verb, names) = pick(verbs, &["get", "list"])?;
        let (name, _) = pick(names, &["", "example"])?;
        Some(Action::Resource { verb, api_group, resource, subresource, name })
    }

    fn url_witness(&self) -> Option<Action> {
        let (verb, paths) = pick(&self.urls, &["get", "post"])?;
        let path = paths.ends().first()?.to_string();
        Some(Action::NonResource { verb, path })
    }
}

/// A string whose value is not empty, with the value: a usual one, else the first listed one, else one that is not listed.
fn pick<'a, T: Layer>(node: &'a Node<T>, usual: &[&str]) -> Option<(String, &'a T)> {
    let some = |value: &T| value.as_constant() != Some(false);
    let usual = usual.iter().map(|key| (*key, node.at(key))).find(|(_, value)| some(value));
    let listed = || node.listed().iter().map(|(key, value)| (&**key, value)).find(|(_, value)| some(value));
    if let Some((key, value)) = usual.or_else(listed) {
        return Some((key.to_owned(), value));
    }
    some(node.rest()).then(|| (unlisted(node), node.rest()))
}

/// A string that the node does not list: one of so many that they cannot all be listed.
fn unlisted<T: Layer>(node: &Node<T>) -> String {
    let mut fresh = (0..=node.listed().len()).map(|number| format!("other-{number}"));
    fresh.find(|key| !node.lists(key)).unwrap_or_default()
}

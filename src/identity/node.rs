//! Nodes: the users of kubelets (`pkg/auth/nodeidentifier/default.go`).

use super::UserInfo;
use super::well_known::{NODE_PREFIX, NODES};
use crate::names;

/// The user name of a node.
///
/// ```
/// assert_eq!(k8s_rbac::identity::node::username("worker-1"), "system:node:worker-1");
/// ```
#[must_use]
pub fn username(node: &str) -> String {
    format!("{NODE_PREFIX}{node}")
}

/// The node that the user is: the user is in the group `system:nodes`, and its name starts as that of nodes. What follows is not checked,
/// and may be empty.
///
/// ```
/// use k8s_rbac::identity::{UserInfo, node};
/// assert_eq!(node::node_of(&UserInfo::node("worker-1")), Some("worker-1"));
/// assert_eq!(node::node_of(&UserInfo::new("system:node:worker-1", ["dev"])), None);
/// ```
#[must_use]
pub fn node_of(user: &UserInfo) -> Option<&str> {
    user.username.strip_prefix(NODE_PREFIX).filter(|_| user.groups.iter().any(|group| group == NODES))
}

/// The node that a user name is that of, where the name has to be one that a node can have, as for impersonation.
///
/// ```
/// use k8s_rbac::identity::node::split_username;
/// assert_eq!(split_username("system:node:worker-1"), Some("worker-1"));
/// assert_eq!(split_username("system:node:Worker_1"), None, "no node has such a name");
/// ```
#[must_use]
pub fn split_username(username: &str) -> Option<&str> {
    username.strip_prefix(NODE_PREFIX).filter(|node| names::dns_subdomain(node).is_empty())
}

impl UserInfo {
    /// A node, as its kubelet's certificate makes it known.
    #[must_use]
    pub fn node(name: &str) -> Self {
        Self::authenticated(username(name), [NODES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_needs_both_the_name_and_the_group() {
        let cases = [
            ("system:node:n", &["system:nodes"][..], Some("n")),
            ("system:node:", &["a", "system:nodes"], Some("")),
            ("system:node:N/x", &["system:nodes"], Some("N/x")),
            ("system:node:n", &["system:node"], None),
            ("System:node:n", &["system:nodes"], None),
        ];
        for (name, groups, node) in cases {
            assert_eq!(node_of(&UserInfo::new(name, groups.iter().copied())), node, "{name} {groups:?}");
        }
        assert_eq!(UserInfo::node("n").groups, ["system:nodes", "system:authenticated"]);
        assert_eq!(
            (split_username("system:node:n.x"), split_username("system:node:N"), split_username("system:node:")),
            (Some("n.x"), None, None)
        );
    }
}

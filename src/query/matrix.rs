//! Who may do what: users × resources × verbs.

use std::fmt;

use super::where_can::names;
use super::{Access, AccessMatrix, Cell};
use crate::authorize::{Authorizer, LookedUp, Prepared};
use crate::identity::UserInfo;
use crate::policy::Gap;
use crate::request::Attributes;
use crate::resources::{Catalogue, Resource};

/// The verbs that people ask about first.
const USUAL: [&str; 4] = ["list", "create", "update", "delete"];

/// Every resource of the catalogue, with its verbs and subresources, for these users in the namespace; in the order of the catalogue.
///
/// Nothing is asked until the matrix is walked. Resources without namespaces are asked about in the cluster.
///
/// ```
/// use k8s_rbac::{Authorizer, Policy, UserInfo, model::*, query::{Access, access_matrix}, resources::Catalogue};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["list"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// let (rbac, users, catalogue) = (Authorizer::new(policy), [UserInfo::new("jane", ["x"])], Catalogue::built_in());
/// let matrix = access_matrix(&rbac, &users, &catalogue, "default");
/// let yes: Vec<_> = matrix.cells().filter(|cell| cell.access == Access::Yes).map(|cell| (cell.resource.plural.as_str(), cell.verb)).collect();
/// assert_eq!(yes, [("pods", "list")]);
/// ```
pub fn access_matrix<'a>(
    rbac: &'a Authorizer,
    users: &'a [UserInfo],
    catalogue: &'a Catalogue,
    namespace: &'a str,
) -> AccessMatrix<'a> {
    AccessMatrix { rbac, users, resources: catalogue.iter().collect(), verbs: USUAL.to_vec(), namespace }
}

impl<'a> AccessMatrix<'a> {
    /// The same about these verbs.
    pub fn verbs(mut self, verbs: impl IntoIterator<Item = &'a str>) -> Self {
        self.verbs = verbs.into_iter().collect();
        self
    }

    /// The same about the resources that are wanted.
    pub fn resources(mut self, mut wanted: impl FnMut(&Resource) -> bool) -> Self {
        self.resources.retain(|resource| wanted(resource));
        self
    }

    /// Every cell: user by user, resource by resource, verb by verb. Lazy; a user is looked up once, a request hashed once for each cell.
    /// Cost of a cell: `O(bindings of the user)` look-ups.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + '_ {
        self.users.iter().flat_map(move |user| {
            let looked_up = self.rbac.look_up(user);
            let pairs = self.resources.iter().flat_map(move |resource| self.verbs.iter().map(move |verb| (*resource, *verb)));
            pairs.map(move |(resource, verb)| Cell { user, resource, verb, access: self.access(&looked_up, resource, verb) })
        })
    }

    /// What the policy was not given, so that a no may be a yes.
    #[must_use]
    pub fn incomplete(&self) -> Vec<Gap> {
        self.rbac.policy().completeness().gaps_in(self.namespace)
    }

    fn access(&self, user: &LookedUp<'a, 'a>, resource: &'a Resource, verb: &'a str) -> Access {
        if !resource.serves(verb, "") {
            return Access::NotServed;
        }
        let namespace = if resource.namespaced { self.namespace } else { "" };
        let request = Attributes::resource(verb, &resource.plural).in_group(&resource.group).in_namespace(namespace);
        let prepared: Prepared<'_> = self.rbac.prepare(&request);
        if user.authorize(&prepared).is_allowed() {
            return Access::Yes;
        }
        if names(self.rbac, user.user(), &request).is_empty() { Access::No } else { Access::SomeNames }
    }
}

/// As the list of its cells.
impl serde::Serialize for AccessMatrix<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.cells())
    }
}

impl Access {
    const fn sign(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::SomeNames => "names",
            Self::NotServed => "-",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.sign())
    }
}

/// A table for each user: a line for each resource of which it may do something, a column for each verb; then what is not certain.
impl fmt::Display for AccessMatrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.resources.iter().map(|resource| resource.qualified().len()).max().unwrap_or_default().max("NAME".len());
        for (number, user) in self.users.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            writeln!(f, "{}", user.username)?;
            self.table(f, user, width)?;
        }
        self.incomplete().iter().try_for_each(|gap| writeln!(f, "not certain: {gap}"))
    }
}

impl AccessMatrix<'_> {
    fn table(&self, f: &mut fmt::Formatter<'_>, user: &UserInfo, width: usize) -> fmt::Result {
        write!(f, "{:width$}", "NAME")?;
        self.verbs.iter().try_for_each(|verb| write!(f, "  {:>6}", verb.to_uppercase()))?;
        writeln!(f)?;
        let looked_up = self.rbac.look_up(user);
        for resource in &self.resources {
            let row: Vec<Access> = self.verbs.iter().map(|verb| self.access(&looked_up, resource, verb)).collect();
            if row.iter().all(|access| matches!(access, Access::No | Access::NotServed)) {
                continue;
            }
            write!(f, "{:width$}", resource.qualified())?;
            let cells = self.verbs.iter().zip(row);
            cells.into_iter().try_for_each(|(verb, access)| write!(f, "  {access:>width$}", width = verb.len().max(6)))?;
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};

    #[test]
    fn a_table_has_a_line_for_each_resource_that_something_is_held_on() {
        let mut policy = Policy::new();
        let some = [
            PolicyRule::resources(["list", "create"], [""], ["pods", "nodes"]),
            PolicyRule::resources(["update"], ["apps"], ["deployments"]).named(["web"]),
        ];
        policy.insert(ClusterRole::new("some", some));
        policy.insert(RoleBinding::new("dev", "jane", RoleRef::cluster_role("some"), [Subject::user("jane")]));
        policy.insert(ClusterRole::new(
            "review",
            [PolicyRule::resources(["create", "list"], ["authorization.k8s.io"], ["selfsubjectaccessreviews"])],
        ));
        policy.insert(ClusterRoleBinding::new("review", "review", [Subject::user("jane")]));
        let (rbac, users, catalogue) = (Authorizer::new(policy), [UserInfo::new("jane", ["x"])], Catalogue::built_in());
        let matrix = access_matrix(&rbac, &users, &catalogue, "dev").resources(|resource| {
            ["pods", "nodes", "deployments", "selfsubjectaccessreviews", "secrets"].contains(&resource.plural.as_str())
        });
        assert_eq!(matrix.cells().count(), 5 * 4);
        assert_eq!(
            matrix.to_string(),
            "jane
NAME                                             LIST  CREATE  UPDATE  DELETE
pods                                              yes     yes      no      no
deployments.apps                                   no      no   names      no
selfsubjectaccessreviews.authorization.k8s.io       -     yes       -       -
"
        );
    }
}

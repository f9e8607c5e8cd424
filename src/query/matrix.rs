//! Who may do what: users × resources × verbs.

use std::collections::HashMap;
use std::fmt;

use indexmap::IndexSet;

use super::{Access, AccessMatrix, AccessTable, Cell, Cells};
use crate::authorize::{Authorizer, Prepared};
use crate::identity::UserInfo;
use crate::policy::{AnyRole, Gap};
use crate::request::Attributes;
use crate::resources::{Catalogue, Resource};
use crate::rule::rule_allows;

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

    /// Answers every cell. Users who hold the same roles are answered at once, and each role is asked once.
    ///
    /// Cost: `O(users · (groups + bindings of one))`, and `O(cells of a user)` for each different role and each different set of roles.
    ///
    /// ```
    /// use k8s_rbac::{Authorizer, Policy, UserInfo, bootstrap, KubeVersion, query::{Access, access_matrix}, resources::Catalogue};
    /// let (rbac, catalogue) = (Authorizer::new(bootstrap::policy(KubeVersion::V1_37)), Catalogue::built_in());
    /// let users = ["jane", "system:kube-scheduler"].map(|name| UserInfo::new(name, [""; 0]));
    /// let matrix = access_matrix(&rbac, &users, &catalogue, "default").table();
    /// let yes: Vec<usize> = matrix.rows().map(|(_, row)| row.iter().filter(|access| **access == Access::Yes).count()).collect();
    /// assert!(yes[0] == 0 && yes[1] > 0);
    /// ```
    pub fn table(&self) -> AccessTable<'a> {
        let mut sets: IndexSet<RoleSets> = IndexSet::new();
        let roles_of = |user| self.rbac.look_up(user).roles_in(self.namespace);
        let row_of = self.users.iter().map(|user| sets.insert_full(roles_of(user)).0).collect();
        let mut columns = Columns::new(self);
        let rows = sets.iter().map(|sets| columns.row(sets)).collect();
        AccessTable { users: self.users, resources: self.resources.clone(), verbs: self.verbs.clone(), rows, row_of }
    }

    /// Every cell: user by user, resource by resource, verb by verb. Cost: as [`Self::table`].
    pub fn cells(&self) -> Cells<'a> {
        self.table().into_iter()
    }

    /// What the policy was not given, so that a no may be a yes.
    #[must_use]
    pub fn incomplete(&self) -> Vec<Gap> {
        self.rbac.policy().completeness().gaps_in(self.namespace)
    }
}

/// As the list of its cells.
impl serde::Serialize for AccessMatrix<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.cells())
    }
}

/// The numbers of the roles that are held in the cluster, and of those that RoleBindings of the namespace give.
type RoleSets = [Vec<u32>; 2];

/// What is asked of each role, and what those that were asked have said.
struct Columns<'m, 'a> {
    rbac: &'a Authorizer,
    asked: Vec<Asked<'m>>,
    said: HashMap<u32, Vec<Access>>,
}

/// What a cell asks.
struct Asked<'m> {
    request: Prepared<'m>,
    served: bool,
    namespaced: bool,
}

impl<'m, 'a> Columns<'m, 'a> {
    fn new(matrix: &'m AccessMatrix<'a>) -> Self {
        let pairs = matrix.resources.iter().flat_map(|resource| matrix.verbs.iter().map(move |verb| (*resource, *verb)));
        let asked = pairs.map(|(resource, verb)| Asked {
            request: matrix.rbac.prepare(&Attributes::resource(verb, &resource.plural).in_group(&resource.group)),
            served: resource.serves(verb, ""),
            namespaced: resource.namespaced,
        });
        Self { rbac: matrix.rbac, asked: asked.collect(), said: HashMap::new() }
    }

    /// The cells of whoever holds these roles.
    fn row(&mut self, [cluster, local]: &RoleSets) -> Vec<Access> {
        let Self { rbac, asked, said } = self;
        let unasked = |asked: &Asked<'_>| if asked.served { Access::No } else { Access::NotServed };
        let mut row: Vec<Access> = asked.iter().map(unasked).collect();
        let held = cluster.iter().map(|role| (role, true)).chain(local.iter().map(|role| (role, false)));
        for (&role, is_everywhere) in held {
            let column = said.entry(role).or_insert_with(|| column(rbac, role, asked));
            for ((cell, role), asked) in row.iter_mut().zip(column).zip(asked.iter()) {
                if is_everywhere || asked.namespaced {
                    *cell = cell.or(*role);
                }
            }
        }
        row
    }
}

/// What one role allows.
fn column(rbac: &Authorizer, number: u32, asked: &[Asked<'_>]) -> Vec<Access> {
    let rules = rbac.role_numbered(number).map_or(&[][..], AnyRole::rules);
    let named: Vec<_> = rules.iter().filter_map(|rule| Some((rule, rule.resource_names.first()?))).collect();
    let answer = |asked: &Asked<'_>| {
        let some_names = || named.iter().any(|(rule, name)| rule_allows(rule, &asked.request.request().named(name)));
        match asked {
            Asked { served: false, .. } => Access::NotServed,
            Asked { request, .. } if rbac.role_allows(number, request) => Access::Yes,
            _ if some_names() => Access::SomeNames,
            _ => Access::No,
        }
    };
    asked.iter().map(answer).collect()
}

impl<'a> AccessTable<'a> {
    /// Each user with its cells: resource by resource, verb by verb.
    pub fn rows(&self) -> impl Iterator<Item = (&'a UserInfo, &[Access])> {
        self.users.iter().zip(&self.row_of).filter_map(|(user, &row)| Some((user, self.rows.get(row)?.as_slice())))
    }

    /// The resources of the cells, in their order.
    #[must_use]
    pub fn resources(&self) -> &[&'a Resource] {
        &self.resources
    }

    /// The verbs of each resource, in their order.
    #[must_use]
    pub fn verbs(&self) -> &[&'a str] {
        &self.verbs
    }
}

/// Every cell: user by user, resource by resource, verb by verb.
impl<'a> IntoIterator for AccessTable<'a> {
    type Item = Cell<'a>;
    type IntoIter = Cells<'a>;

    fn into_iter(self) -> Cells<'a> {
        Cells { table: self, user: 0, cell: 0 }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        let Self { table, user, cell } = self;
        let row = table.rows.get(*table.row_of.get(*user)?)?;
        let Some(&access) = row.get(*cell) else {
            (*user, *cell) = (*user + 1, 0);
            return if row.is_empty() { None } else { self.next() };
        };
        let resource = *cell / table.verbs.len();
        let (resource, verb) = (*table.resources.get(resource)?, *table.verbs.get(*cell % table.verbs.len())?);
        *cell += 1;
        Some(Cell { user: table.users.get(*user)?, resource, verb, access })
    }
}

impl Access {
    /// What is held by two roles of which one allows this and the other that.
    const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotServed, _) | (_, Self::NotServed) => Self::NotServed,
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::SomeNames, _) | (_, Self::SomeNames) => Self::SomeNames,
            (Self::No, Self::No) => Self::No,
        }
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
        for (number, (user, row)) in self.table().rows().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            writeln!(f, "{}", user.username)?;
            self.write_table(f, row, width)?;
        }
        self.incomplete().iter().try_for_each(|gap| writeln!(f, "not certain: {gap}"))
    }
}

impl AccessMatrix<'_> {
    fn write_table(&self, f: &mut fmt::Formatter<'_>, row: &[Access], width: usize) -> fmt::Result {
        write!(f, "{:width$}", "NAME")?;
        self.verbs.iter().try_for_each(|verb| write!(f, "  {:>6}", verb.to_uppercase()))?;
        writeln!(f)?;
        for (resource, cells) in self.resources.iter().zip(row.chunks(self.verbs.len().max(1))) {
            if cells.iter().all(|access| matches!(access, Access::No | Access::NotServed)) {
                continue;
            }
            write!(f, "{:width$}", resource.qualified())?;
            let cells = self.verbs.iter().zip(cells);
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

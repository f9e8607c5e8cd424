//! The edges: what an identity has to be allowed, and what it can then become or hold. Data; `docs/PATHS.md` is written from it.

use super::{Certainty, Outcome};
use crate::model::{PolicyRule, RBAC_GROUP};
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::Policy;
use crate::version::Profile;
use crate::want::{Ask, Names};

mod control;
mod identities;
mod rbac;
mod workloads;

/// One row of the table of edges. Several rows may share an id: they are ways to take the same edge.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Edge {
    /// The id, which never changes its meaning: `E30`.
    pub id: &'static str,
    /// What is done: `create Pods`.
    pub title: &'static str,
    /// How sure it is.
    pub certainty: Certainty,
    /// What is taken for granted.
    pub assumes: &'static [&'static str],
    /// Where the edge is described: upstream's source or documentation.
    pub source: &'static str,
    /// All of them must be met by one identity.
    pub(super) parts: &'static [Part],
    /// Whether it is a matter of the whole cluster, of a namespace, or of one namespace.
    pub(super) at: At,
    pub(super) effect: Effect,
    pub(super) when: fn(&Place<'_>) -> bool,
}

/// Where an edge would be taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) profile: &'a Profile,
    pub(super) policy: &'a Policy,
    /// Empty: in every namespace, or in the cluster.
    pub(super) namespace: &'a str,
}

/// One of these has to be allowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) asks: &'static [Ask],
    pub(super) names: Which,
    /// Whether it has to be allowed in the whole cluster, whatever the namespace of the rest.
    pub(super) cluster: bool,
}

/// For which names a part has to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// For some that are known beforehand.
    Of(Names),
    /// For a name that all such parts share and the effect is about.
    Var,
    /// For the name of the namespace.
    Here,
    /// For a second name that the effect relates to the first.
    Other,
}

/// Where the permissions of an edge count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// Only cluster-wide.
    Cluster,
    /// In any namespace.
    Namespace,
    /// In this namespace.
    In(&'static str),
}

/// What an edge leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    ClusterAdmin,
    /// Any service account of the namespace.
    Accounts,
    /// The service account of the name.
    Account,
    /// A service account that is no more, or not yet, but is granted something.
    MissingAccounts,
    /// Service accounts of these names, in any namespace.
    AccountsCalled(&'static [&'static str]),
    /// The accounts of token Secrets of the name.
    TokenSecrets,
    /// The accounts of Pods of the name.
    Pods,
    /// The user of the name.
    User,
    /// Somebody in the group of the name.
    Group,
    /// Somebody in this group.
    TheGroup(&'static str),
    /// Any user and any group but `system:masters`.
    AnyUser,
    /// Any node.
    Node,
    /// Root on a node, and all that runs there.
    NodeRoot,
    /// Holds the ClusterRole (or Role) of the name by a binding that it creates.
    Bind(Kind),
    /// Holds the role of the second name by joining the binding of the first.
    Join(Kind),
    /// Rewrites the role of the name, where it holds it.
    Rewrite(Kind),
    /// Creates a role of everything and binds it.
    CreateRole(Kind),
    /// Creates or relabels a ClusterRole that an aggregated one takes in.
    Feed,
    /// Creates the role that a binding of its own refers to in vain.
    FillRole(Kind),
    Outcome(Outcome),
}

/// Which kind of role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A ClusterRole, bound in the cluster.
    Cluster,
    /// A ClusterRole, bound in a namespace.
    ClusterInNamespace,
    /// A Role.
    Role,
}

const EXACT: Certainty = Certainty::Exact;
const CONDITIONAL: Certainty = Certainty::Conditional;
const POTENTIAL: Certainty = Certainty::Potential;

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];
const CREATE: &[&str] = &["create"];
const ANY: &[&str] = &["get", "create", "update", "patch", "delete"];

/// One of these verbs on one of these resources.
const fn ask(verbs: &'static [&'static str], group: &'static str, targets: &'static [&'static str]) -> Ask {
    Ask::new(verbs, group, targets)
}

/// One of these verbs on one of these URL paths.
const fn url(verbs: &'static [&'static str], paths: &'static [&'static str]) -> Ask {
    Ask::urls(verbs, paths)
}

const fn some(asks: &'static [Ask]) -> Part {
    Part { asks, names: Which::Of(Names::Some), cluster: false }
}

const fn all_names(asks: &'static [Ask]) -> Part {
    Part { asks, names: Which::Of(Names::All), cluster: false }
}

const fn var(asks: &'static [Ask]) -> Part {
    Part { asks, names: Which::Var, cluster: false }
}

const fn other(asks: &'static [Ask]) -> Part {
    Part { asks, names: Which::Other, cluster: false }
}

const fn one_of(asks: &'static [Ask], names: &'static [&'static str]) -> Part {
    Part { asks, names: Which::Of(Names::OneOf(names)), cluster: false }
}

const fn in_cluster(asks: &'static [Ask]) -> Part {
    Part { asks, names: Which::Of(Names::Some), cluster: true }
}

/// The same for one name, that of the variable.
const fn in_cluster_var(asks: &'static [Ask]) -> Part {
    Part { asks, names: Which::Var, cluster: true }
}

impl Edge {
    /// A row to take what is not said from: exact, anywhere, always.
    const BASE: Self = Self {
        id: "",
        title: "",
        certainty: EXACT,
        assumes: &[],
        source: "",
        parts: &[],
        at: At::Namespace,
        effect: Effect::ClusterAdmin,
        when: |_| true,
    };

    /// What has to be allowed: of each set, one request. Names and namespaces narrow it further. A subresource that may be any is called
    /// `any`.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, paths::edges};
    /// let edge = edges::all().find(|edge| edge.id == "E30").unwrap();
    /// assert!(edge.precondition()?[0].contains(&Attributes::resource("create", "pods")));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    ///
    /// # Errors
    /// A set would take more than [`PermissionSet::LIMIT`] steps.
    pub fn precondition(&self) -> Result<Vec<PermissionSet>, TooLarge> {
        let rules = |part: &Part| part.asks.iter().map(|ask| ask.rule()).collect::<Vec<PolicyRule>>();
        self.parts.iter().map(|part| PermissionSet::from_rules(&rules(part))).collect()
    }
}

/// Holding everything: no step, but where paths end.
pub(super) const HOLDS_EVERYTHING: Edge = Edge {
    id: "E00",
    title: "hold everything",
    parts: &[some(&[ask(&["*"], "*", &["*"])]), some(&[url(&["*"], &["*"])])],
    at: At::Cluster,
    source: "plugin/pkg/auth/authorizer/rbac/bootstrappolicy",
    ..Edge::BASE
};

/// Edges of the literature that are none here, each with why.
pub const ABSENT: &[(&str, &str)] = &[
    (
        "E05",
        "Constrained impersonation lends an identity for single verbs on single resources, so nobody becomes anybody by it. Whether a request \
         that is impersonated so is allowed is answered by `impersonation`.",
    ),
    ("E13", "Signing takes the key of the signer, which no permission gives. A planted certificate is trusted by nobody."),
    (
        "E22",
        "Without `bind`, a binding can grant only what its author holds, so the author gains nothing. It is a gift to others, which `lint` reports.",
    ),
];

pub(super) use control::NODE;

/// Every edge, in the order of ids.
///
/// ```
/// let ids: Vec<&str> = k8s_rbac::paths::edges::all().map(|edge| edge.id).collect();
/// assert_eq!(ids[0], "E01");
/// ```
pub fn all() -> impl Iterator<Item = &'static Edge> + Clone {
    identities::EDGES.iter().chain(rbac::EDGES).chain(workloads::EDGES).chain(control::EDGES).chain([&NODE])
}

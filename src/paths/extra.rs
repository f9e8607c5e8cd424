//! Edges of the caller's own.

use std::borrow::Cow;
use std::fmt;

use super::{Certainty, Identity, Yield};
use crate::authorize::Authorizer;

/// Finds edges that the table does not have: what runs where, whom a cloud trusts, what an operator does.
///
/// ```
/// use k8s_rbac::paths::{Extra, ExtraEdge, Goal, Identity, Paths, Yield};
/// use k8s_rbac::{Authorizer, Policy, version::Profile};
///
/// #[derive(Debug)]
/// struct BuildServer;
///
/// impl Extra for BuildServer {
///     fn edges(&self, _: &Authorizer, found: &mut dyn FnMut(ExtraEdge)) {
///         found(ExtraEdge::new("ACME1", "push to the main branch", Identity::user("jane"), Yield::ClusterAdmin));
///     }
/// }
///
/// let (paths, rbac) = (Paths::new(Profile::default()).with(BuildServer), Authorizer::new(Policy::new()));
/// let path = paths.of(&rbac)?.path(&Identity::user("jane"), &Goal::ClusterAdmin).unwrap();
/// assert_eq!(path.to_string(), "User jane: ACME1 push to the main branch becomes cluster-admin");
/// # Ok::<(), k8s_rbac::paths::TooLarge>(())
/// ```
pub trait Extra: fmt::Debug + Send + Sync {
    /// Tells the edges, in any order.
    fn edges(&self, rbac: &Authorizer, found: &mut dyn FnMut(ExtraEdge));
}

/// An edge that somebody can take, whatever RBAC says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtraEdge {
    /// The id, for paths to name.
    pub id: Cow<'static, str>,
    /// What is done.
    pub title: Cow<'static, str>,
    /// How sure it is.
    pub certainty: Certainty,
    /// What is taken for granted.
    pub assumes: Vec<String>,
    /// Who can take it.
    pub from: Identity,
    /// What comes of it. [`Yield::Holds`] is not looked at.
    pub to: Yield,
}

impl ExtraEdge {
    /// An exact edge.
    #[must_use]
    pub fn new(id: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>, from: Identity, to: Yield) -> Self {
        Self { id: id.into(), title: title.into(), certainty: Certainty::Exact, assumes: Vec::new(), from, to }
    }

    /// The same, which takes something for granted.
    #[must_use]
    pub fn if_(mut self, certainty: Certainty, assumption: impl Into<String>) -> Self {
        self.certainty = certainty;
        self.assumes.push(assumption.into());
        self
    }
}

//! The closure, and the questions that it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::class::{Class, Gain, Target, classes};
use super::edges::{self, Edge};
use super::facts::{Budget, Shapes, Table};
use super::fire::Workshop;
use super::graph::{Graph, Node, Ways};
use super::replay::Replay;
use super::world::{CLUSTER, EVERY, World};
use super::{Certainty, Extra, ExtraEdge, Goal, Identity, Path, TooLarge};
use crate::authorize::Authorizer;
use crate::request::OwnedAttributes;
use crate::rule::rule_allows;
use crate::version::Profile;

/// How to look for paths: in which cluster, and how sure the edges have to be.
#[derive(Debug, Clone)]
#[must_use]
pub struct Paths {
    profile: Profile,
    certainty: Certainty,
    limit: u64,
    skipped: Vec<String>,
    only: Option<Vec<String>>,
    extras: Vec<Arc<dyn Extra>>,
}

impl Paths {
    /// The most steps that a closure takes unless another limit is given.
    pub const LIMIT: u64 = 200_000_000;

    /// Edges that are exact, or rest on a condition of the cluster.
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            certainty: Certainty::Conditional,
            limit: Self::LIMIT,
            skipped: Vec::new(),
            only: None,
            extras: Vec::new(),
        }
    }

    /// The same with edges that are this sure, or surer.
    pub const fn up_to(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    /// The same without the edges of this id.
    pub fn without(mut self, id: &str) -> Self {
        self.skipped.push(id.to_owned());
        self
    }

    /// The same with the edges of these ids alone.
    pub fn only<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.only = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// The same with edges of one's own. `without` and `only` do not look at them.
    pub fn with(mut self, extra: impl Extra + 'static) -> Self {
        self.extras.push(Arc::new(extra));
        self
    }

    fn extras(&self, rbac: &Authorizer) -> Vec<ExtraEdge> {
        let mut found = Vec::new();
        self.extras.iter().for_each(|extra| extra.edges(rbac, &mut |edge| found.push(edge)));
        found.retain(|edge| edge.certainty <= self.certainty);
        found
    }

    fn applies(&self, edge: &Edge) -> bool {
        let chosen = self.only.as_ref().is_none_or(|only| only.iter().any(|id| id == edge.id));
        chosen && edge.certainty <= self.certainty && !self.skipped.iter().any(|id| id == edge.id)
    }

    /// The same with another limit on the steps that the closure takes.
    pub const fn limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// The profile of the cluster.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The closure over a policy. Cost: `O(grants + facts · rows)`, where equal roles and equal subjects are looked at once.
    ///
    /// # Errors
    /// It takes more steps than the limit.
    pub fn of<'a>(&'a self, rbac: &'a Authorizer) -> Result<Closure<'a>, TooLarge> {
        let table = Table::new(edges::all().filter(|edge| self.applies(edge)));
        let extras = self.extras(rbac);
        let world = World::new(rbac, &self.profile, &extras);
        let (mut classes, class_of) = classes(&world);
        let everything = table.everything();
        let mut workshop = Workshop {
            world: &world,
            table: &table,
            shapes: Shapes::default(),
            everything,
            admin: None,
            budget: Budget::new(self.limit),
        };
        workshop.admin = workshop.find_admin();
        for number in 0..u32::try_from(classes.len()).unwrap_or(u32::MAX) {
            workshop.work(number, &mut classes)?;
        }
        let mut graph = Graph::new(&world, &classes, &class_of, self.applies(&edges::NODE), &mut workshop.budget)?;
        graph.enter_extras(&extras, &world, &class_of);
        Ok(Closure { paths: self, extras, world, table, classes, class_of, graph })
    }
}

/// Who can become whom in a policy. Made by [`Paths::of`].
#[derive(Debug)]
pub struct Closure<'a> {
    pub(super) paths: &'a Paths,
    pub(super) extras: Vec<ExtraEdge>,
    pub(super) world: World<'a>,
    pub(super) table: Table,
    pub(super) classes: Vec<Class<'a>>,
    pub(super) class_of: Vec<u32>,
    pub(super) graph: Graph,
}

impl<'a> Closure<'a> {
    /// The identities that the policy knows: subjects of bindings, service accounts, and the groups and users of every cluster.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.world.identities.iter()
    }

    /// The identities, those together that are granted the same and so have the same paths.
    pub(crate) fn classes(&self) -> impl Iterator<Item = Vec<&Identity>> {
        self.classes.iter().map(|class| class.members.iter().filter_map(|member| self.world.identity(*member)).collect())
    }

    /// A shortest path from an identity to a goal; `None` if there is none. Cost: that of [`Closure::routes`].
    ///
    /// ```
    /// use k8s_rbac::paths::{Goal, Identity, Paths};
    /// use k8s_rbac::{Attributes, Authorizer, KubeVersion, bootstrap, version::Profile};
    /// let rbac = Authorizer::new(bootstrap::policy(KubeVersion::V1_37));
    /// let paths = Paths::new(Profile::default());
    /// let controller = Identity::service_account("kube-system", "job-controller");
    /// let secrets = Goal::Request(Attributes::resource("get", "secrets").in_namespace("kube-system").into());
    /// let path = paths.of(&rbac)?.path(&controller, &secrets).unwrap();
    /// assert_eq!(path.steps[0].edge, "E30", "it makes Pods, and so may run as who reads them");
    /// # Ok::<(), k8s_rbac::paths::TooLarge>(())
    /// ```
    #[must_use]
    pub fn path(&self, from: &Identity, to: &Goal) -> Option<Path> {
        self.routes(to).path(from)
    }

    /// The shortest ways from everybody to the goal. Cost: `O(arcs log arcs)`.
    #[must_use]
    pub fn routes(&self, to: &Goal) -> Routes<'_, 'a> {
        let ways = self.graph.ways(self.goals(to));
        Routes { closure: self, to: to.clone(), ways }
    }

    /// The nodes that are the goal, each with the steps that are left there.
    pub(super) fn goals(&self, to: &Goal) -> Vec<(u32, u32)> {
        let hub = |target| self.graph.number(Node::Hub(target)).map(|node| (node, 0));
        match to {
            Goal::ClusterAdmin => hub(Target::Admin).into_iter().collect(),
            Goal::Outcome(outcome) => hub(Target::Outcome(*outcome)).into_iter().collect(),
            Goal::Identity(identity) => self.class(identity).and_then(|class| self.class_node(class)).into_iter().collect(),
            Goal::Request(request) => {
                let held = self.classes.iter().filter_map(|class| Some((class.number, self.cost_of(class, request)?)));
                let held = held.filter_map(|(class, cost)| Some((self.class_node(class)?.0, cost)));
                held.chain(hub(Target::Admin)).collect()
            }
        }
    }

    fn class_node(&self, class: u32) -> Option<(u32, u32)> {
        self.graph.number(Node::Class(class)).map(|node| (node, 0))
    }

    /// The class of an identity; of one that the policy does not know, that of its narrowest group that it knows.
    pub(super) fn class(&self, identity: &Identity) -> Option<u32> {
        let known = |identity: &Identity| self.class_of.get(self.world.number_of(identity)? as usize).copied();
        known(identity).or_else(|| identity.implied().iter().find_map(|group| known(&Identity::group(group))))
    }

    /// The steps by which the class gets to make the request, with what it holds by itself and by gains.
    fn cost_of(&self, class: &Class<'_>, request: &OwnedAttributes) -> Option<u32> {
        let held = class.held.iter().filter(|held| self.allows(Some(held.role), held.scope, request)).map(|_| 0);
        held.chain(self.gain_for(class, request).map(|(_, gain)| gain.cost)).min()
    }

    /// The cheapest gain that allows the request.
    pub(super) fn gain_for<'c>(&self, class: &'c Class<'a>, request: &OwnedAttributes) -> Option<(u32, &'c Gain<'a>)> {
        let allowing = (0..).zip(&class.gains).filter(|(_, gain)| self.allows(gain.role, gain.scope, request));
        allowing.min_by_key(|(_, gain)| gain.cost)
    }

    fn allows(&self, role: Option<u32>, scope: u32, request: &OwnedAttributes) -> bool {
        let request = request.attributes();
        let here = match scope {
            CLUSTER => true,
            EVERY => request.resource_request && !request.namespace.is_empty(),
            scope => !request.namespace.is_empty() && self.world.namespace(scope) == request.namespace,
        };
        let Some(role) = role else { return here };
        here && self.world.role(role).is_some_and(|role| role.rules().iter().any(|rule| rule_allows(rule, &request)))
    }
}

/// The shortest ways from everybody to one goal. Made by [`Closure::routes`].
#[derive(Debug)]
pub struct Routes<'c, 'a> {
    closure: &'c Closure<'a>,
    to: Goal,
    ways: Ways,
}

impl Routes<'_, '_> {
    /// Where they lead.
    #[must_use]
    pub const fn goal(&self) -> &Goal {
        &self.to
    }

    /// How many steps it takes the identity; `None` if there is no way. Cost: `O(1)`.
    ///
    /// ```
    /// use k8s_rbac::paths::{Goal, Identity, Paths};
    /// use k8s_rbac::{Authorizer, KubeVersion, bootstrap, version::Profile};
    /// let rbac = Authorizer::new(bootstrap::policy(KubeVersion::V1_37));
    /// let paths = Paths::new(Profile::default());
    /// let closure = paths.of(&rbac)?;
    /// let routes = closure.routes(&Goal::ClusterAdmin);
    /// assert_eq!(routes.steps(&Identity::group("system:masters")), Some(0));
    /// assert_eq!(routes.steps(&Identity::user("jane")), None, "nobody gave her anything");
    /// # Ok::<(), k8s_rbac::paths::TooLarge>(())
    /// ```
    #[must_use]
    pub fn steps(&self, from: &Identity) -> Option<u32> {
        let class = self.closure.class(from)?;
        self.ways.cost(self.closure.graph.number(Node::Class(class))?)
    }

    /// The path of the identity, replayed step by step. Cost: `O(steps · bindings read for a request)`.
    #[must_use]
    pub fn path(&self, from: &Identity) -> Option<Path> {
        let class = self.closure.class(from)?;
        let start = self.closure.graph.number(Node::Class(class))?;
        self.ways.cost(start)?;
        Some(Replay::new(self.closure, from).run(start, &self.ways, &self.to))
    }

    /// The identities that have a way, with the number of steps: those that hold the goal first, then the nearest.
    #[must_use]
    pub fn from(&self) -> BTreeMap<u32, Vec<&Identity>> {
        let mut found: BTreeMap<u32, Vec<&Identity>> = BTreeMap::new();
        for identity in self.closure.identities() {
            self.steps(identity).into_iter().for_each(|steps| found.entry(steps).or_default().push(identity));
        }
        found
    }
}

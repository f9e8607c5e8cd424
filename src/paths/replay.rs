//! A way through the graph as a path: each request is asked of the authorizer, and each write is made before the next step.

use std::collections::HashSet;

use super::class::{Class, Gain, Move, Write};
use super::closure::Closure;
use super::edges::{self, Effect};
use super::effect::{NEW, labels_for};
use super::facts::{GainRef, Hit};
use super::graph::{Arc, Kind, Ways};
use super::world::{CLUSTER, EVERY};
use super::{Goal, Identity, Outcome, Path, Proof, Step, Yield};
use crate::authorize::Authorizer;
use crate::controller::aggregation;
use crate::model::{ClusterRole, ClusterRoleBinding, Object, ObjectMeta, PolicyRule, Role, RoleBinding, RoleRef};
use crate::policy::{AnyBinding, AnyRole};
use crate::request::OwnedAttributes;

/// The state of a replay.
pub(super) struct Replay<'c, 'a> {
    closure: &'c Closure<'a>,
    from: Identity,
    rbac: Authorizer,
    by: Identity,
    steps: Vec<Step>,
    /// The gains that the present identity has made.
    gained: HashSet<GainRef>,
    written: usize,
}

impl<'c, 'a> Replay<'c, 'a> {
    pub(super) fn new(closure: &'c Closure<'a>, from: &Identity) -> Self {
        let rbac = closure.world.rbac.clone();
        let (by, steps) = (from.clone(), Vec::new());
        Self { closure, from: from.clone(), rbac, by, steps, gained: HashSet::new(), written: 0 }
    }

    pub(super) fn run(mut self, start: u32, ways: &Ways, to: &Goal) -> Path {
        let arcs = self.arcs(start, ways);
        for (i, arc) in arcs.iter().enumerate() {
            let ahead = arcs.get(i..).unwrap_or_default();
            self.arc(arc, ahead, to);
        }
        self.finish(arcs.last().map_or(start, |arc| arc.to), to);
        Path { from: self.from, to: to.clone(), steps: self.steps }
    }

    /// The arcs of the way.
    fn arcs(&self, start: u32, ways: &Ways) -> Vec<Arc> {
        let graph = &self.closure.graph;
        let next = |node: u32| graph.arcs.get(ways.next(node)? as usize).copied();
        std::iter::successors(next(start), |arc| next(arc.to)).collect()
    }

    fn arc(&mut self, arc: &Arc, ahead: &[Arc], to: &Goal) {
        let closure = self.closure;
        match arc.kind {
            Kind::InGroup | Kind::OneOf => {}
            Kind::Kubelet => self.kubelet(),
            Kind::Extra(index) => self.extra(index),
            Kind::Move(index) => {
                let class = self.class_at(arc.from);
                let step = class.and_then(|class| class.moves.get(index as usize));
                let namespace = self.namespace(ahead, to);
                step.into_iter().for_each(|step| self.step(step, &namespace));
            }
        }
        if let Some(identity) = arc.identity.and_then(|number| closure.world.identity(number)) {
            self.become_(identity);
        }
    }

    fn class_at(&self, node: u32) -> Option<&'c Class<'a>> {
        match self.closure.graph.nodes.get_index(node as usize)? {
            super::graph::Node::Class(class) => self.closure.classes.get(*class as usize),
            super::graph::Node::Hub(_) => None,
        }
    }

    /// The namespace in which a step is taken that could be taken in any: that of the next account, or of the goal.
    fn namespace(&self, ahead: &[Arc], to: &Goal) -> String {
        let next = ahead.iter().find_map(|arc| self.closure.world.identity(arc.identity?));
        match (next, to) {
            (Some(Identity::ServiceAccount { namespace, .. }), _) => namespace.clone(),
            (None, Goal::Request(request)) if !request.namespace.is_empty() => request.namespace.clone(),
            _ => "kube-system".to_owned(),
        }
    }

    fn kubelet(&mut self) {
        self.push(&edges::NODE, Vec::new(), None, Yield::Outcome(Outcome::NodeRoot));
    }

    fn extra(&mut self, index: u32) {
        let Some(extra) = self.closure.extras.get(index as usize) else { return };
        self.steps.push(Step {
            edge: extra.id.clone().into_owned(),
            title: extra.title.clone().into_owned(),
            certainty: extra.certainty,
            assumes: extra.assumes.clone(),
            by: self.by.clone(),
            requests: Vec::new(),
            writes: None,
            yields: extra.to.clone(),
        });
    }

    fn become_(&mut self, identity: &Identity) {
        let yields = Yield::Becomes(identity.clone());
        self.steps.last_mut().into_iter().for_each(|step| step.yields = yields.clone());
        self.by = identity.clone();
        self.gained.clear();
    }

    fn step(&mut self, step: &Move<'a>, namespace: &str) {
        self.gains_of(&step.hits, None, namespace);
        let Some(row) = self.closure.table.rows.get(step.row as usize) else { return };
        if step.row == 0 {
            return;
        }
        let requests = self.requests(&step.hits, step.scope, namespace);
        let yields = match row.edge.effect {
            Effect::Outcome(outcome) => Yield::Outcome(outcome),
            Effect::NodeRoot => Yield::Outcome(Outcome::NodeRoot),
            _ => Yield::ClusterAdmin,
        };
        self.push(row.edge, requests, None, yields);
    }

    /// Makes the gains that requests rest on, those before them first.
    fn gains_of(&mut self, hits: &[Hit<'a>], after: Option<GainRef>, namespace: &str) {
        let mut wanted: Vec<GainRef> = hits.iter().filter_map(|hit| hit.via).chain(after).collect();
        wanted.sort_unstable();
        wanted.into_iter().for_each(|gain| self.gain(gain, namespace));
    }

    fn gain(&mut self, wanted: GainRef, namespace: &str) {
        let class = self.closure.classes.get(wanted.class as usize);
        let Some(gain) = class.and_then(|class| class.gains.get(wanted.gain as usize)) else { return };
        if !self.gained.insert(wanted) {
            return;
        }
        self.gains_of(&gain.hits, gain.after, namespace);
        self.write(gain, namespace);
    }

    fn push(&mut self, edge: &edges::Edge, requests: Vec<Proof>, writes: Option<Object>, yields: Yield) {
        self.steps.push(Step {
            edge: edge.id.to_owned(),
            title: edge.title.to_owned(),
            certainty: edge.certainty,
            assumes: edge.assumes.iter().map(|text| (*text).to_owned()).collect(),
            by: self.by.clone(),
            requests,
            writes,
            yields,
        });
    }

    fn requests(&self, hits: &[Hit<'a>], scope: u32, namespace: &str) -> Vec<Proof> {
        hits.iter().filter_map(|hit| Some(self.prove(self.request(hit, scope, namespace)?))).collect()
    }

    /// The request of a hit. What is asked in every namespace is asked in the one that is given.
    fn request(&self, hit: &Hit<'a>, scope: u32, namespace: &str) -> Option<OwnedAttributes> {
        let ask = self.closure.table.ask(hit.ask)?;
        let everything;
        let rule = match hit.rule {
            Some(rule) => rule,
            None => {
                everything = ask.rule();
                &everything
            }
        };
        let mut request = ask.answer(rule)?.request(hit.name);
        if !request.resource_request {
            return Some(request);
        }
        let at = if hit.scope == CLUSTER || scope == CLUSTER { CLUSTER } else { hit.scope };
        let namespace = if at == EVERY { namespace } else { self.closure.world.namespace(at) };
        namespace.clone_into(&mut request.namespace);
        Some(request)
    }

    fn prove(&self, request: OwnedAttributes) -> Proof {
        let user = self.by.user_info();
        let evidence = self.rbac.authorize(&request.attributes().by(&user)).grant().map(|grant| grant.evidence());
        Proof { request, evidence }
    }

    /// What is left to do at the goal: the gain that allows the request.
    fn finish(&mut self, node: u32, to: &Goal) {
        let Goal::Request(request) = to else { return };
        let user = self.by.user_info();
        if self.rbac.authorize(&request.attributes().by(&user)).is_allowed() {
            return;
        }
        let Some(class) = self.class_at(node) else { return };
        let found = self.closure.gain_for(class, request);
        found.into_iter().for_each(|(gain, _)| self.gain(GainRef { class: class.number, gain }, &request.namespace));
    }
}

/// Writes.
impl<'a> Replay<'_, 'a> {
    fn write(&mut self, gain: &Gain<'a>, namespace: &str) {
        let world = &self.closure.world;
        let Some(row) = self.closure.table.rows.get(gain.row as usize) else { return };
        let scope = row_scope(row.edge);
        let requests = self.requests(&gain.hits, scope, namespace);
        let at = if gain.scope == EVERY { namespace } else { world.namespace(gain.scope) };
        let Some(objects) = self.objects(gain, at) else { return };
        for object in &objects {
            self.rbac.insert_object(object.clone());
        }
        if matches!(gain.write, Write::Feed { .. }) {
            self.aggregate();
        }
        let role = gain.role.and_then(|role| world.role(role)).map(|role| role.key().to_string());
        let role = role.unwrap_or_else(|| "everything".to_owned());
        let mut objects = objects.into_iter();
        let (first, second) = (objects.next(), objects.next());
        let yields = |namespace: &str| Yield::Holds { role: role.clone(), namespace: namespace.to_owned() };
        self.push(row.edge, requests, first, yields(at));
        if second.is_some() {
            let id = if at.is_empty() { "E20" } else { "E21" };
            let bind = edges::all().find(|edge| edge.id == id);
            bind.into_iter().for_each(|edge| self.push(edge, Vec::new(), second.clone(), yields(at)));
        }
    }

    fn aggregate(&mut self) {
        let mut policy = self.rbac.policy().clone();
        let version = self.closure.paths.profile().version;
        if aggregation::settle(&mut policy, version).is_ok() {
            self.rbac = Authorizer::new(policy);
        }
    }

    /// The objects that a gain writes, as they are afterwards.
    fn objects(&mut self, gain: &Gain<'a>, namespace: &str) -> Option<Vec<Object>> {
        let world = &self.closure.world;
        self.written += 1;
        let name = format!("{NEW}-{}", self.written);
        let subject = self.by.subject();
        Some(match gain.write {
            Write::Bind(role) => {
                let role = world.role(role)?;
                let reference = match role {
                    AnyRole::ClusterRole(_) => RoleRef::cluster_role(role.name()),
                    AnyRole::Role(_) => RoleRef::role(role.name()),
                };
                vec![binding(gain.scope, namespace, &name, reference, subject)]
            }
            Write::Join(AnyBinding::ClusterRoleBinding(binding)) => {
                let mut binding = (***binding).clone();
                binding.subjects.push(subject);
                vec![binding.into()]
            }
            Write::Join(AnyBinding::RoleBinding(binding)) => {
                let mut binding = (***binding).clone();
                binding.subjects.push(subject);
                vec![binding.into()]
            }
            Write::Rewrite(role) => vec![everything_in(world.role(role)?)],
            Write::Create { name: role, cluster: true } => {
                let reference = RoleRef::cluster_role(role);
                vec![ClusterRole::new(role, everything()).into(), binding(CLUSTER, "", &name, reference, subject)]
            }
            Write::Create { name: role, cluster: false } => {
                let reference = RoleRef::role(role);
                let binding = binding(gain.scope, namespace, &name, reference, subject);
                vec![Role::new(namespace, role, everything_resources()).into(), binding]
            }
            Write::Feed { aggregated, by } => {
                let AnyRole::ClusterRole(aggregated) = world.role(aggregated)? else { return None };
                let existing = by.and_then(|by| world.policy().get::<ClusterRole>("", by));
                let metadata = existing.map_or_else(|| ObjectMeta::named(name), |role| role.metadata.clone());
                let mut role = ClusterRole { metadata, ..ClusterRole::new("", everything()) };
                role.metadata.labels.extend(labels_for(aggregated)?);
                vec![role.into()]
            }
            Write::Fill(reference) if reference.kind == RoleRef::ROLE => {
                vec![Role::new(namespace, reference.name.as_str(), everything_resources()).into()]
            }
            Write::Fill(reference) => vec![ClusterRole::new(reference.name.as_str(), everything()).into()],
        })
    }
}

fn row_scope(edge: &edges::Edge) -> u32 {
    if edge.at == edges::At::Cluster { CLUSTER } else { EVERY }
}

fn binding(scope: u32, namespace: &str, name: &str, role: RoleRef, subject: crate::model::Subject) -> Object {
    match scope {
        CLUSTER => ClusterRoleBinding { role_ref: role, ..ClusterRoleBinding::new(name, "", [subject]) }.into(),
        _ => RoleBinding::new(namespace, name, role, [subject]).into(),
    }
}

fn everything_in(role: AnyRole<'_>) -> Object {
    match role {
        AnyRole::ClusterRole(role) => ClusterRole { rules: everything().into(), ..(***role).clone() }.into(),
        AnyRole::Role(role) => Role { rules: everything_resources().into(), ..(***role).clone() }.into(),
    }
}

fn everything() -> Vec<PolicyRule> {
    vec![PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])]
}

/// A Role knows no URLs.
fn everything_resources() -> Vec<PolicyRule> {
    vec![PolicyRule::resources(["*"], ["*"], ["*"])]
}

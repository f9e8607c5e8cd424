//! RB213: who comes to hold everything by a chain of steps, by the closure of `paths`.

use indexmap::IndexMap;

use super::simple::{Found, Simple};
use crate::authorize::Grant;
use crate::lint::Severity::Critical;
use crate::lint::{Context, Finding, RuleInfo, Scope, Tier};
use crate::model::ObjectKey;
use crate::paths::{Certainty, Goal, Identity, Path, Paths};
use crate::policy::AnyBinding;
use crate::request::OwnedAttributes;

/// How many steps the closure may take: less than when it is asked for by itself.
const STEPS: u64 = 20_000_000;

pub(super) const TABLE: &[Simple] = &[Simple {
    id: "RB213",
    name: "self-grant-chain",
    severity: Critical,
    title: "the first step of a chain that leads to cluster-admin",
    why: "each step is allowed and gives what the next one needs, so whoever is bound here can come to hold everything",
    fix: "take one link out of the chain: the permission here, or what the account or role at its next step holds",
    see: &["KUBE-PRIVESC-PATH-CLUSTER-ADMIN"],
    check: chains,
}];

/// What is told of a binding: a shortest path by it, and by which subjects and rules its first step is taken.
struct Start<'a> {
    path: Path,
    witness: OwnedAttributes,
    grants: IndexMap<usize, Grant<'a>>,
}

/// Only steps that the API server's own checks decide count: what rests on the cluster's other settings is for `paths` to tell.
fn chains(info: &RuleInfo, context: &Context<'_>, found: Found<'_>) {
    let paths = Paths::new(context.profile().clone()).up_to(Certainty::Exact).limit(STEPS);
    let closure = match paths.of(context.authorizer()) {
        Ok(closure) => closure,
        Err(limit) => return context.not_finished(info, limit),
    };
    let routes = closure.routes(&Goal::ClusterAdmin);
    let mut starts: IndexMap<ObjectKey, Start<'_>> = IndexMap::new();
    for alike in closure.classes() {
        let far = alike.first().filter(|first| routes.steps(first).is_some_and(|steps| steps > 0));
        let Some(path) = far.and_then(|first| routes.path(first)) else { continue };
        alike.iter().for_each(|identity| enter(context, &path, identity, &mut starts));
    }
    for start in starts.values() {
        finding(info, start).into_iter().for_each(&mut *found);
    }
}

/// Enters the grant by which the identity takes the first step of a path that it shares with others.
fn enter<'a>(context: &Context<'a>, path: &Path, identity: &Identity, starts: &mut IndexMap<ObjectKey, Start<'a>>) {
    let first = path.steps.first().and_then(|step| step.requests.first());
    let Some(mut witness) = first.map(|proof| proof.request.clone()) else { return };
    witness.user = Some(identity.user_info());
    let Some(grant) = context.authorizer().authorize(&witness.attributes()).grant().copied() else { return };
    let start = starts.entry(grant.binding.key());
    let start = start.or_insert_with(|| Start {
        path: Path { from: identity.clone(), ..path.clone() },
        witness,
        grants: IndexMap::new(),
    });
    start.grants.entry(grant.subject_index).or_insert(grant);
}

fn finding(info: &RuleInfo, start: &Start<'_>) -> Option<Finding> {
    let (_, first) = start.grants.first()?;
    let mut finding = Finding::of_binding(info, first.binding, "roleRef").saying(&start.path).shown_by(start.witness.clone());
    finding.tier = Tier::Grant;
    finding.scope = Some(scope(first.binding));
    finding.subjects = start.grants.len();
    finding.evidence = start.grants.values().take(Finding::EVIDENCE).map(Grant::evidence).collect();
    Some(finding)
}

fn scope(binding: AnyBinding<'_>) -> Scope {
    match binding {
        AnyBinding::ClusterRoleBinding(_) => Scope::Cluster,
        AnyBinding::RoleBinding(_) => Scope::Namespace(binding.namespace().to_owned()),
    }
}

//! RB213: who comes to hold everything by a chain of steps, by the closure of `paths`.

use indexmap::IndexMap;

use super::simple::{Found, Simple};
use crate::authorize::Grant;
use crate::lint::Severity::Critical;
use crate::lint::{Context, Finding, GrantOf, RuleInfo, Tier};
use crate::model::ObjectKey;
use crate::paths::{Certainty, Goal, Identity, Path, Paths};
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

/// A shortest path that several share: its first request, and what is said of it after whose it is.
struct Chain {
    request: OwnedAttributes,
    said: String,
}

impl Chain {
    fn of(path: &Path) -> Option<Self> {
        let request = path.steps.first()?.requests.first()?.request.clone();
        let said = path.to_string().strip_prefix(&path.from.to_string())?.to_owned();
        Some(Self { request, said })
    }
}

/// What is told of a binding: a chain that begins with it, and by which subjects and rules its first step is taken.
struct Start<'a> {
    said: String,
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
        let Some(chain) = far.and_then(|first| Chain::of(&routes.path(first)?)) else { continue };
        alike.iter().for_each(|identity| enter(context, &chain, identity, &mut starts));
    }
    for start in starts.values() {
        finding(info, start).into_iter().for_each(&mut *found);
    }
}

/// Enters the grant by which the identity takes the first step of a chain.
fn enter<'a>(context: &Context<'a>, chain: &Chain, identity: &Identity, starts: &mut IndexMap<ObjectKey, Start<'a>>) {
    let witness = OwnedAttributes { user: Some(identity.user_info()), ..chain.request.clone() };
    let Some(grant) = context.authorizer().authorize(&witness.attributes()).grant().copied() else { return };
    let start = starts.entry(grant.binding.key());
    let start = start.or_insert_with(|| Start { said: format!("{identity}{}", chain.said), witness, grants: IndexMap::new() });
    start.grants.entry(grant.subject_index).or_insert(grant);
}

fn finding(info: &RuleInfo, start: &Start<'_>) -> Option<Finding> {
    let (_, first) = start.grants.first()?;
    let mut finding = Finding::of_binding(info, first.binding, "roleRef").saying(&start.said).shown_by(start.witness.clone());
    finding.tier = Tier::Grant;
    finding.scope = Some(GrantOf { binding: first.binding }.scope());
    finding.subjects = start.grants.len();
    finding.evidence = start.grants.values().take(Finding::EVIDENCE).map(Grant::evidence).collect();
    Some(finding)
}

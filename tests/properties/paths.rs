//! Paths of escalation on random policies: they replay, the closure grows with the policy, and what is cut is closed.

use k8s_rbac::controller::aggregation;
use k8s_rbac::escalation::{check_create, check_update};
use k8s_rbac::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, Object, PolicyRule, RBAC_GROUP, Role, RoleBinding, RoleRef,
    Subject,
};
use k8s_rbac::paths::{Certainty, Goal, Identity, Path, Paths, Yield};
use k8s_rbac::{Attributes, Authorizer, KubeVersion, Policy};
use proptest::prelude::*;

const VERBS: &[&str] = &["create", "update", "get", "bind", "escalate", "impersonate", "*"];
const TARGETS: &[(&str, &str)] = &[
    ("", "pods"),
    ("", "pods/exec"),
    ("", "secrets"),
    ("", "serviceaccounts"),
    ("", "serviceaccounts/token"),
    ("", "users"),
    ("", "groups"),
    ("apps", "deployments"),
    (RBAC_GROUP, "clusterroles"),
    (RBAC_GROUP, "roles"),
    (RBAC_GROUP, "clusterrolebindings"),
    (RBAC_GROUP, "rolebindings"),
    ("*", "*"),
];
const NAMES: &[&str] = &["r0", "r1", "r2", "b0", "a", "u0", "g", "new"];
const NAMESPACES: &[&str] = &["n", "m"];

fn rule() -> impl Strategy<Value = PolicyRule> {
    let verbs = prop::sample::subsequence(VERBS, 1..4);
    let names = prop_oneof![3 => Just(vec![]), 1 => prop::sample::subsequence(NAMES, 1..3)];
    (verbs, prop::sample::select(TARGETS), names)
        .prop_map(|(verbs, (group, resource), names)| PolicyRule::resources(verbs, [group], [resource]).named(names))
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        prop::sample::select(&["u0", "u1"][..]).prop_map(Subject::user),
        prop::sample::select(&["g", "system:authenticated", "system:serviceaccounts:n"][..]).prop_map(Subject::group),
        (prop::sample::select(NAMESPACES), prop::sample::select(&["a", "b"][..]))
            .prop_map(|(ns, name)| Subject::service_account(ns, name)),
    ]
}

fn binding() -> impl Strategy<Value = Object> {
    let parts = (0..5usize, prop::option::of(prop::sample::select(NAMESPACES)), 0..4usize, any::<bool>(), subject());
    parts.prop_map(|(name, namespace, role, local, subject)| {
        let role = format!("r{role}");
        match namespace {
            Some(namespace) => {
                let reference = if local { RoleRef::role(role) } else { RoleRef::cluster_role(role) };
                RoleBinding::new(namespace, format!("b{name}"), reference, [subject]).into()
            }
            None => ClusterRoleBinding::new(format!("b{name}"), role, [subject]).into(),
        }
    })
}

pub(crate) fn objects() -> impl Strategy<Value = Vec<Object>> {
    let rules = prop::collection::vec(rule(), 1..4);
    let roles = prop::collection::vec((rules, prop::option::of(prop::sample::select(NAMESPACES))), 1..6);
    (roles, prop::collection::vec(binding(), 1..8), any::<bool>()).prop_map(|(roles, bindings, aggregates)| {
        let everything = [PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])];
        let mut objects: Vec<Object> = vec![
            ClusterRole::new("cluster-admin", everything).into(),
            ClusterRoleBinding::new("admins", "cluster-admin", [Subject::service_account("m", "boss")]).into(),
        ];
        for (i, (rules, namespace)) in roles.into_iter().enumerate() {
            let name = format!("r{}", i % 3);
            objects.push(match namespace {
                Some(namespace) => Role::new(namespace, name, rules).into(),
                None => ClusterRole::new(name, rules).into(),
            });
        }
        if aggregates {
            let selectors = AggregationRule { cluster_role_selectors: vec![LabelSelector::labels([("to", "r3")])] };
            objects.push(ClusterRole { aggregation_rule: Some(selectors), ..ClusterRole::new("r3", []) }.into());
        }
        objects.extend(bindings);
        objects
    })
}

pub(crate) fn authorizer(objects: &[Object]) -> Authorizer {
    Authorizer::new(objects.iter().cloned().collect())
}

fn paths() -> Paths {
    Paths::new(Default::default()).up_to(Certainty::Potential)
}

/// Whoever can get there.
fn winners(rbac: &Authorizer, goal: &Goal) -> Vec<Identity> {
    let paths = paths();
    let closure = paths.of(rbac).unwrap();
    let routes = closure.routes(goal);
    let mut found: Vec<Identity> = closure.identities().filter(|identity| routes.steps(identity).is_some()).cloned().collect();
    found.sort();
    found
}

/// Takes the path step by step; what it ends with is allowed what the goal is.
fn replay(rbac: &Authorizer, path: &Path) -> Result<(), String> {
    let (mut rbac, mut who) = (rbac.clone(), path.from.clone());
    let mut there = false;
    for step in &path.steps {
        if step.by != who {
            return Err(format!("{step} is taken by {}, not by {who}", step.by));
        }
        let user = who.user_info();
        for proof in &step.requests {
            if !rbac.authorize(&proof.request.attributes().by(&user)).is_allowed() || proof.evidence.is_none() {
                return Err(format!("{who} may not {}", proof.request));
            }
        }
        if let Some(object) = &step.writes {
            write(&mut rbac, &who, object)?;
        }
        match &step.yields {
            Yield::Becomes(identity) => who = identity.clone(),
            Yield::ClusterAdmin | Yield::Outcome(_) => there = true,
            _ => there = false,
        }
    }
    let user = who.user_info();
    let request = match &path.to {
        Goal::Request(request) => request.clone(),
        _ => Attributes::resource("any", "thing").in_group("any").into(),
    };
    let masters = user.groups.iter().any(|group| group == "system:masters");
    if there || masters || rbac.authorize(&request.attributes().by(&user)).is_allowed() {
        return Ok(());
    }
    Err(format!("{who} is not there"))
}

fn write(rbac: &mut Authorizer, who: &Identity, object: &Object) -> Result<(), String> {
    let old = rbac.policy().get_object(&object.key()).map(|old| old.into_inner());
    let checked = match &old {
        Some(old) => check_update(rbac, &who.user_info(), object, Some(old)),
        None => check_create(rbac, &who.user_info(), object),
    };
    checked.map_err(|refusal| refusal.to_string())?;
    let mut policy: Policy = rbac.policy().clone();
    policy.insert_object(object.clone());
    let settled = aggregation::settle(&mut policy, KubeVersion::REFERENCE);
    settled.map(drop).map_err(|error| error.to_string())?;
    *rbac = Authorizer::new(policy);
    Ok(())
}

fn goals() -> [Goal; 2] {
    [Goal::ClusterAdmin, Goal::Request(Attributes::resource("delete", "nodes").in_namespace("n").into())]
}

proptest! {
    #[test]
    fn every_path_replays(objects in objects()) {
        let (rbac, paths) = (authorizer(&objects), paths());
        let closure = paths.of(&rbac).unwrap();
        for goal in goals() {
            let routes = closure.routes(&goal);
            for identity in closure.identities() {
                let Some(path) = routes.path(identity) else { continue };
                let replayed = replay(&rbac, &path);
                prop_assert!(replayed.is_ok(), "{path}: {replayed:?}");
                let shown = u32::try_from(path.steps.len()).unwrap();
                prop_assert!(routes.steps(identity).unwrap() <= shown.max(1) || shown == 0, "{path}");
            }
        }
    }

    #[test]
    fn the_order_of_the_policy_does_not_matter(objects in objects(), seed in any::<prop::sample::Index>()) {
        // Objects of one key replace each other, so the last one of each is kept.
        let kept: Vec<Object> = authorizer(&objects).policy().objects().map(|object| object.into_inner()).collect();
        let mut turned = kept.clone();
        turned.rotate_left(seed.index(kept.len()));
        turned.reverse();
        for goal in goals() {
            prop_assert_eq!(winners(&authorizer(&kept), &goal), winners(&authorizer(&turned), &goal));
        }
    }

    #[test]
    fn another_binding_closes_no_way(objects in objects(), more in binding()) {
        let before = authorizer(&objects);
        if before.policy().get_object(&more.key()).is_some() {
            return Ok(());
        }
        let mut after = before.clone();
        after.insert_object(more);
        for goal in goals() {
            let after = winners(&after, &goal);
            for winner in winners(&before, &goal) {
                prop_assert!(after.contains(&winner), "{winner} has no way to {goal:?} any more");
            }
        }
    }

    #[test]
    fn a_cut_closes_what_it_says(objects in objects()) {
        let (rbac, paths) = (authorizer(&objects), paths());
        let closure = paths.of(&rbac).unwrap();
        for cut in closure.cuts(&Goal::ClusterAdmin, 3).unwrap() {
            let mut without = rbac.clone();
            cut.at.remove_from(&mut without);
            let still = winners(&without, &Goal::ClusterAdmin);
            prop_assert!(cut.closes.iter().all(|closed| !still.contains(closed)), "{cut:?}");
            prop_assert!(cut.paths > 0 && cut.closes.len() + cut.open > 0);
        }
    }
}

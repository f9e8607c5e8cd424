//! The difference of policies, gates, redundancy and roles from use, against asking every request of a small universe.

use std::collections::BTreeSet;

use k8s_rbac::authorize::server;
use k8s_rbac::authorize::subject::{Membership, Principal};
use k8s_rbac::diff::diff;
use k8s_rbac::explain::why_not;
use k8s_rbac::gate::{self, Answer, Ban};
use k8s_rbac::model::*;
use k8s_rbac::policy::Completeness;
use k8s_rbac::query::{allowed_names, effective, rules_for, where_can};
use k8s_rbac::redundancy::{equal_roles, redundant};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::rule::covers::breakdown;
use k8s_rbac::rule::rule_allows;
use k8s_rbac::suggest::{missing_roles, roles_for, usage};
use k8s_rbac::{Authorizer, Decision, PermissionSet, Policy, UserInfo};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::small::{ALONE, NAMESPACES, OF_HTTP, REQUESTS, SERVED, allows, answers, pair, policy, rule};

fn users(membership: Membership) -> (&'static [UserInfo], bool) {
    if membership == Membership::Alone { (&ALONE, false) } else { (&SERVED, true) }
}

fn membership() -> impl Strategy<Value = Membership> {
    select(vec![Membership::Alone, Membership::Implied])
}

fn asked(policy: &Policy, request: &OwnedAttributes, membership: Membership) -> bool {
    match membership {
        Membership::Alone => allows(policy, &request.attributes()),
        _ => server::authorize(&Authorizer::new(policy.clone()), &request.attributes()).is_allowed(),
    }
}

/// Other names, another order, the rules in pieces.
fn rewritten(policy: &Policy) -> Policy {
    let mut objects: Vec<Object> = policy.objects().map(Located::into_inner).collect();
    objects.reverse();
    for object in &mut objects {
        match object {
            Object::Role(Role { rules, .. }) | Object::ClusterRole(ClusterRole { rules, .. }) => {
                *rules = rules.iter().rev().flat_map(breakdown).collect();
            }
            Object::RoleBinding(RoleBinding { subjects, metadata, .. })
            | Object::ClusterRoleBinding(ClusterRoleBinding { subjects, metadata, .. }) => {
                subjects.reverse();
                subjects.extend(subjects.clone());
                metadata.name.insert_str(0, "renamed-");
            }
            _ => {}
        }
        object.metadata_mut().labels.insert("new".into(), "label".into());
    }
    Policy::from_iter(objects)
}

proptest! {
    #[test]
    fn a_difference_is_empty_exactly_if_all_answers_are_the_same((old, new) in pair(), membership in membership()) {
        let found = diff(&old, &new, membership).unwrap();
        let (users, served) = users(membership);
        let (before, after) = (answers(&old, users, served), answers(&new, users, served));
        prop_assert_eq!(found.is_empty(), before == after, "{}", found);
        prop_assert_eq!(found.is_wider(), before.iter().zip(&after).any(|(before, after)| !before && *after), "{}", found);
    }

    #[test]
    fn each_witness_flips((old, new) in pair(), membership in membership()) {
        let found = diff(&old, &new, membership).unwrap();
        prop_assert_eq!(found.witnesses().count() > 0, !found.is_empty());
        for witness in found.witnesses() {
            prop_assert_eq!(asked(&old, &witness.request, membership), !witness.allowed, "{:?}", witness);
            prop_assert_eq!(asked(&new, &witness.request, membership), witness.allowed, "{:?}", witness);
        }
        prop_assert!(serde_json::to_string(&found).is_ok());
    }

    /// The sets, not only their being empty: what each subject alone may newly do, request by request.
    #[test]
    fn a_difference_says_what_changed((old, new) in pair()) {
        let found = diff(&old, &new, Membership::Alone).unwrap();
        for change in &found.changes {
            let user = change.subject.as_user(Membership::Alone, "nobody-named");
            for (namespace, request) in NAMESPACES.iter().flat_map(|namespace| REQUESTS.iter().map(move |request| (namespace, request))) {
                let request = request.attributes().in_namespace(namespace).by(&user);
                let (before, after) = (allows(&old, &request), allows(&new, &request));
                let here = change.by_namespace.get(namespace).unwrap_or(&change.cluster);
                prop_assert_eq!(here.gained.set.contains(&request), after && !before, "{}", request);
                prop_assert_eq!(here.lost.set.contains(&request), before && !after, "{}", request);
                let told = here.gained.grants.iter().any(|grant| grant.rule().is_some_and(|rule| rule_allows(rule, &request)));
                prop_assert!(told || before || !after, "no grant for {request}");
            }
        }
    }

    #[test]
    fn order_names_and_form_are_no_difference(policy in policy(), membership in membership()) {
        let new = rewritten(&policy);
        let found = diff(&policy, &new, membership).unwrap();
        prop_assert!(found.is_empty(), "{}", found);
        prop_assert_eq!(found.to_string(), "no difference\n");
    }

    #[test]
    fn the_gate_fails_exactly_with_a_counter_example((old, new) in pair(), membership in membership()) {
        let outcome = gate::no_new_access(&old, &new, membership).unwrap();
        let (users, served) = users(membership);
        let wider = answers(&old, users, served).iter().zip(answers(&new, users, served)).any(|(before, after)| !before && after);
        prop_assert_eq!(outcome.answer(), if wider { Answer::Failed } else { Answer::Passed });
        for breach in &outcome.breaches {
            prop_assert!(asked(&new, &breach.request, membership) && !asked(&old, &breach.request, membership), "{}", breach);
            prop_assert!(!breach.evidence.is_empty());
        }
    }

    #[test]
    fn what_is_banned_is_found(policy in policy(), banned in vec(rule(), 1..3), place in select(vec![None, Some(""), Some("ns1"), Some("ns2")]), let_off in any::<bool>()) {
        let what = PermissionSet::from_rules(&banned).unwrap();
        let mut ban = Ban::new(what);
        ban.namespace = place.map(str::to_owned);
        if let_off {
            ban = ban.except([Principal::User("u1".into()), Principal::Group("g1".into())]);
        }
        let outcome = gate::not_granted(&policy, std::slice::from_ref(&ban)).unwrap();
        for breach in &outcome.breaches {
            prop_assert!(allows(&policy, &breach.request.attributes()) && ban.what.contains(&breach.request.attributes()), "{}", breach);
            prop_assert!(place.is_none_or(|place| breach.request.namespace == place) && !ban.except.contains(&breach.subject));
            prop_assert!(!breach.evidence.is_empty());
        }
        let looked_at = ALONE.iter().filter(|user| user.groups.len() < 2 && !(let_off && (user.username == "u1" || user.groups == ["g1"])));
        let is_broken = looked_at.into_iter().any(|user| NAMESPACES.iter().filter(|namespace| place.is_none_or(|place| place == **namespace)).any(|namespace| {
            REQUESTS.iter().map(|request| request.attributes().in_namespace(namespace).by(user)).any(|request| {
                ban.what.contains(&request) && allows(&policy, &request)
            })
        }));
        prop_assert_eq!(outcome.answer() == Answer::Failed, is_broken, "{}", outcome);
    }

    #[test]
    fn public_access_is_found((allowed, policy) in pair()) {
        let outcome = gate::no_public_access(&policy, &allowed).unwrap();
        let everybody = [
            UserInfo::anonymous(),
            UserInfo::new("nobody-named", ["system:unauthenticated"]),
            UserInfo::new("nobody-named", ["system:authenticated"]),
        ];
        let wider = answers(&allowed, &everybody, true).iter().zip(answers(&policy, &everybody, true)).any(|(before, after)| !before && after);
        prop_assert_eq!(outcome.answer() == Answer::Failed, wider, "{}", outcome);
    }

    #[test]
    fn what_a_subject_needs_is_found_or_missing(policy in policy(), needed in vec(rule(), 0..3), user in select(&SERVED[..]), namespace in select(NAMESPACES)) {
        let rbac = Authorizer::new(policy);
        let found = gate::satisfies(&rbac, &user, namespace, &needed).unwrap();
        let requests = REQUESTS.iter().map(|request| request.attributes().in_namespace(namespace).by(&user));
        let lacking: Vec<_> = requests.filter(|request| needed.iter().any(|rule| rule_allows(rule, request)) && !rbac.authorize(request).is_allowed()).collect();
        prop_assert_eq!(found.answer() == Answer::Passed, lacking.is_empty());
        for request in lacking {
            prop_assert!(found.missing.contains(&request));
        }
        if let Some(request) = found.request {
            prop_assert!(!rbac.authorize(&request.attributes()).is_allowed());
        }
    }

    #[test]
    fn cuts_are_the_least_ways_to_end_an_access(policy in policy(), rules in vec(rule(), 1..3), user in select(&SERVED[..]), namespace in select(NAMESPACES)) {
        let rbac = Authorizer::new(policy.clone());
        let access = PermissionSet::from_rules(&rules).unwrap();
        let found: BTreeSet<BTreeSet<ObjectKey>> = gate::cuts(&rbac, &user, namespace, &access, 1000).unwrap()
            .into_iter().map(|cut| cut.into_iter().map(|binding| binding.key()).collect()).collect();
        let bindings: Vec<ObjectKey> = policy.bindings().map(|binding| binding.key()).collect();
        let holds = |without: &BTreeSet<ObjectKey>| {
            let mut less = policy.clone();
            without.iter().for_each(|key| { less.remove_object(key); });
            gate::satisfies(&Authorizer::new(less), &user, namespace, &rules).unwrap().missing.is_empty()
        };
        let subsets = (0_u32..1 << bindings.len().min(6)).map(|bits| {
            bindings.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, key)| key.clone()).collect::<BTreeSet<_>>()
        });
        let ending: Vec<_> = subsets.filter(|subset| !holds(subset)).collect();
        let least: BTreeSet<_> = ending.iter().filter(|set| !ending.iter().any(|other| other != *set && other.is_subset(set))).cloned().collect();
        if bindings.len() <= 6 {
            prop_assert_eq!(found, least);
        }
    }

    #[test]
    fn what_is_redundant_changes_no_answer(policy in policy(), membership in membership()) {
        let found = redundant(&policy, membership).unwrap();
        let less = found.removed_from(&policy);
        let (users, served) = users(membership);
        prop_assert!(answers(&policy, users, served) == answers(&less, users, served), "{}", found);
        prop_assert!(diff(&policy, &less, membership).unwrap().is_empty(), "{}", found);
        let more = redundant(&less, membership).unwrap();
        prop_assert!(more.is_empty(), "first\n{found}then\n{more}");
    }

    /// Whatever is taken away beyond that changes an answer.
    #[test]
    fn what_is_not_redundant_is_needed(policy in policy(), membership in membership()) {
        let less = redundant(&policy, membership).unwrap().removed_from(&policy);
        for binding in less.bindings() {
            let mut without = less.clone();
            without.remove_object(&binding.key());
            let masters_alone = binding.subjects().iter().all(|subject| subject.name == UserInfo::MASTERS);
            prop_assert!(!diff(&less, &without, Membership::Alone).unwrap().is_empty());
            let changes = !diff(&less, &without, membership).unwrap().is_empty();
            prop_assert!(changes || masters_alone, "{}", binding.key());
        }
    }

    #[test]
    fn equal_roles_are_all_that_are_equal(policy in policy()) {
        let groups = equal_roles(&policy).unwrap();
        let sets: Vec<(ObjectKey, PermissionSet)> = policy.objects().filter_map(|object| match &*object {
            Object::Role(role) => Some((object.key(), PermissionSet::from_rules(&*role.rules).unwrap())),
            Object::ClusterRole(role) => Some((object.key(), PermissionSet::from_rules(&*role.rules).unwrap())),
            _ => None,
        }).collect();
        for (a, b) in sets.iter().flat_map(|a| sets.iter().map(move |b| (a, b))).filter(|(a, b)| a.0 != b.0) {
            let together = groups.iter().any(|group| group.contains(&a.0) && group.contains(&b.0));
            prop_assert_eq!(together, a.1 == b.1 && !a.1.is_empty());
        }
    }
}

fn some_requests() -> impl Strategy<Value = Vec<OwnedAttributes>> {
    let verb = select(vec!["get", "list", "create", "deletecollection"]);
    let request = (select(&OF_HTTP[..]), verb, select(NAMESPACES)).prop_map(|(mut request, verb, namespace)| {
        if request.resource_request {
            request.verb = verb.into();
            request.namespace = namespace.into();
        }
        request
    });
    vec(request, 0..12)
}

/// Whether a request that was asked is answered by nothing less than what allows the other one as well.
fn asks_for(asked: &OwnedAttributes, request: &OwnedAttributes) -> bool {
    let nameless = asked.verb == "deletecollection" || asked.verb == "create" && asked.subresource.is_empty();
    let name = if nameless { "" } else { &asked.name };
    let same = OwnedAttributes { namespace: String::new(), name: String::new(), ..asked.clone() }
        == OwnedAttributes { namespace: String::new(), name: String::new(), ..request.clone() };
    same && (asked.namespace.is_empty() || asked.namespace == request.namespace) && (name.is_empty() || name == request.name)
}

proptest! {
    #[test]
    fn a_role_allows_what_was_asked_and_nothing_else(asked in some_requests()) {
        let roles = roles_for(asked.iter().map(OwnedAttributes::attributes)).unwrap();
        let backwards = roles_for(asked.iter().rev().chain(&asked).map(OwnedAttributes::attributes)).unwrap();
        prop_assert_eq!(&roles, &backwards);
        let user = UserInfo::new("u1", ["g1"]);
        let policy = Policy::from_iter(roles.objects("made", &Subject::user("u1")));
        let rbac = Authorizer::new(policy.clone());
        for request in &asked {
            prop_assert!(rbac.authorize(&request.attributes().by(&user)).is_allowed(), "{}", request);
        }
        for (namespace, request) in NAMESPACES.iter().flat_map(|namespace| OF_HTTP.iter().map(move |request| (namespace, request))) {
            for verb in ["get", "list", "create", "deletecollection", "other"] {
                let request = OwnedAttributes { verb: verb.into(), namespace: (*namespace).into(), ..request.clone() };
                if rbac.authorize(&request.attributes().by(&user)).is_allowed() {
                    prop_assert!(asked.iter().any(|asked| asks_for(asked, &request)), "{request} was not asked");
                }
            }
        }
        for rule in roles.by_namespace.values().flatten().chain(&roles.cluster) {
            let nameless = rule.verbs.iter().any(|verb| verb == "deletecollection")
                || rule.verbs.iter().any(|verb| verb == "create") && rule.resources.iter().any(|resource| !resource.contains('/'));
            prop_assert!(!nameless || rule.resource_names.is_empty(), "{:?}", rule);
        }
        let needless = redundant(&policy, Membership::Alone).unwrap();
        prop_assert!(needless.is_empty(), "{}", needless);
    }

    #[test]
    fn what_is_missing_is_enough_and_needed(policy in policy(), asked in some_requests()) {
        let user = UserInfo::authenticated("u1", ["g1"]);
        let rbac = Authorizer::new(policy.clone());
        let missing = missing_roles(&rbac, &user, asked.iter().map(OwnedAttributes::attributes)).unwrap();
        let mut more = policy.clone();
        more.extend(missing.objects("made", &Subject::user("u1")));
        prop_assert_eq!(more.len() - policy.len(), missing.objects("made", &Subject::user("u1")).len());
        for request in &asked {
            prop_assert!(allows(&more, &request.attributes().by(&user)), "{}", request);
        }
        prop_assert_eq!(missing.is_empty(), asked.iter().all(|request| allows(&policy, &request.attributes().by(&user))));
    }

    #[test]
    fn usage_counts_what_each_rule_allows(policy in policy(), asked in some_requests()) {
        let user = UserInfo::authenticated("u1", ["g1"]);
        let rbac = Authorizer::new(policy.clone());
        let found = usage(&rbac, &user, asked.iter().map(OwnedAttributes::attributes)).unwrap();
        let different: BTreeSet<_> = asked.iter().collect();
        for rule in &found.rules {
            let here = |request: &OwnedAttributes| rule.grant.binding.namespace().is_empty() || rule.grant.binding.namespace() == request.namespace;
            let expected = different.iter().filter(|request| here(request) && rule_allows(rule.grant.rule().unwrap(), &request.attributes())).count();
            prop_assert_eq!(rule.requests, if rule.grant.binding.kind() == "RoleBinding" && rule.grant.binding.namespace().is_empty() { 0 } else { expected });
        }
        let denied: Vec<_> = different.iter().filter(|request| !allows(&policy, &request.attributes().by(&user))).map(|request| (*request).clone()).collect();
        prop_assert_eq!(&found.denied, &denied);
        for request in &asked {
            prop_assert!(!found.unused_in_cluster.contains(&request.attributes()));
            let here = found.unused_by_namespace.get(request.namespace.as_str());
            prop_assert!(here.is_none_or(|unused| !unused.contains(&request.attributes())));
        }
    }
}

proptest! {
    /// Whom a subject stands for is said twice: as a question about a user, and as a name.
    #[test]
    fn a_principal_is_who_the_subject_matches(subject in any::<Subject>(), request in any::<OwnedAttributes>()) {
        let namespace = &request.namespace;
        prop_assume!(request.user.is_some());
        let user = request.user.as_ref().unwrap();
        let by_name = match Principal::of(&subject, namespace) {
            Some(Principal::User(name)) => user.username == name,
            Some(Principal::Group(name)) => user.groups.contains(&name),
            None => false,
        };
        prop_assert_eq!(by_name, k8s_rbac::authorize::subject::matches(&subject, namespace, user));
    }
}

const KINDS: [&str; 4] = ["ClusterRoleBinding", "ClusterRole", "RoleBinding", "Role"];

/// The completeness that says of each kind whether it was given whole, and of RoleBindings and Roles in which namespaces.
fn completeness(whole: [bool; 4], namespaces: &[&str]) -> Completeness {
    let mut given = Completeness::nothing();
    given = if whole[0] { given.with_all::<ClusterRoleBinding>() } else { given };
    given = if whole[1] { given.with_all::<ClusterRole>() } else { given };
    given = if whole[2] { given.with_all::<RoleBinding>() } else { given };
    given = if whole[3] { given.with_all::<Role>() } else { given };
    namespaces.iter().fold(given, |given, namespace| given.with::<RoleBinding>(*namespace).with::<Role>(*namespace))
}

proptest! {
    /// Where a no is told to be certain, the objects that were not given do not change it; a yes they never change.
    #[test]
    fn a_no_is_certain_only_where_nothing_is_missing(
        policy in policy(),
        whole in any::<[bool; 4]>(),
        namespaces in proptest::sample::subsequence(vec!["ns1", "ns2"], 0..=2),
    ) {
        let given = |object: &Object| {
            let kind = KINDS.iter().position(|kind| *kind == object.kind()).unwrap();
            whole[kind] || kind > 1 && namespaces.contains(&object.metadata().namespace.as_str())
        };
        let mut part: Policy = policy.objects().filter(|object| given(object)).collect();
        part.set_completeness(completeness(whole, &namespaces));
        let (rbac, all) = (Authorizer::new(part), Authorizer::new(policy.clone()));
        for (user, namespace) in ALONE.iter().flat_map(|user| NAMESPACES.iter().map(move |namespace| (user, namespace))) {
            for request in REQUESTS.iter().step_by(7) {
                let request = request.attributes().in_namespace(namespace).by(user);
                match rbac.authorize(&request) {
                    Decision::Allow(_) => prop_assert!(allows(&policy, &request)),
                    Decision::NoOpinion(no) => {
                        prop_assert!(!no.gaps().is_empty() || !allows(&policy, &request), "{request}");
                        prop_assert_eq!(why_not(&rbac, &request, 3).incomplete, no.gaps());
                    }
                }
                let (found, whole) = (where_can(&rbac, user, &request), where_can(&all, user, &request));
                prop_assert!(found == whole || !found.incomplete.is_empty(), "{request}: {found}");
                let (found, whole) = (allowed_names(&rbac, user, &request), allowed_names(&all, user, &request));
                prop_assert!(found == whole || !found.incomplete.is_empty(), "{request}: {found:?}");
            }
            let found = rules_for(&rbac, user, namespace);
            let (whole, part) = (rules_for(&all, user, namespace).grants.len(), found.grants.len());
            prop_assert!(whole == part || !found.incomplete.is_empty());
            let (found, whole) = (effective(&rbac, user).unwrap(), effective(&all, user).unwrap());
            prop_assert!(found == whole || !found.incomplete.is_empty());
        }
    }
}

//! The wider questions against single decisions.

use std::collections::BTreeMap;

use k8s_rbac::authorize::subject::service_account_namespace;
use k8s_rbac::model::{Namespace, Object, ObjectKey, PolicyRule, Subject};
use k8s_rbac::permission::{Choice, Pattern, PermissionSet};
use k8s_rbac::query::{
    Access, Holder, Scope, access_matrix, allowed_names, allowed_subjects, effective, every_grant, filter_readable, where_can,
    where_can_any, who_can, who_can_any,
};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::resources::{Catalogue, Resource};
use k8s_rbac::rule::rule_allows;
use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// Every namespace that is drawn.
const NAMESPACES: [&str; 6] = ["", "ns1", "ns2", "NS1", "*", "名前"];

fn rbac(objects: Vec<Object>) -> Authorizer {
    Authorizer::new(Policy::from_iter(objects))
}

/// A request, and its user apart.
#[derive(Debug, Clone)]
struct Request {
    user: UserInfo,
    owned: OwnedAttributes,
}

impl Request {
    fn attributes(&self) -> Attributes<'_> {
        self.owned.attributes()
    }
}

fn request() -> impl Strategy<Value = Request> {
    any::<OwnedAttributes>().prop_map(|owned| Request { user: owned.user.clone().unwrap_or_default(), owned })
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Cluster),
        Just(Scope::AnyNamespace),
        Just(Scope::EveryNamespace),
        select(&NAMESPACES[..]).prop_map(|namespace| Scope::Namespace(namespace.into())),
    ]
}

/// The request in the namespace; a URL is in none.
fn placed<'a>(request: &Attributes<'a>, namespace: &'a str) -> Attributes<'a> {
    request.in_namespace(if request.resource_request { namespace } else { "" })
}

/// Whether the request is allowed in the scope, decision by decision. A namespace that no binding is in stands for those yet to come.
fn brute(rbac: &Authorizer, request: &Attributes<'_>, scope: &Scope) -> bool {
    let allowed = |namespace: &str| rbac.authorize(&placed(request, namespace)).is_allowed();
    let named = NAMESPACES.iter().filter(|namespace| !namespace.is_empty());
    match scope {
        Scope::Cluster => allowed(""),
        Scope::Namespace(namespace) => allowed(namespace),
        Scope::AnyNamespace => named.chain(&["new"]).any(|namespace| allowed(namespace)),
        Scope::EveryNamespace => named.chain(&["new"]).all(|namespace| allowed(namespace)),
    }
}

fn choice(words: &'static [&'static str]) -> impl Strategy<Value = Choice> {
    (any::<bool>(), vec(select(words), 0..3))
        .prop_map(|(only, words)| if only { Choice::only(words) } else { Choice::all_but(words) })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    (
        choice(&["get", "list", "GET", "*", ""]),
        choice(&["", "apps", "*"]),
        choice(&["pods", "secrets", "pods/log", "*", "", "pods/*", "*/log"]),
        choice(&["", "log", "*", "log/x", "x"]),
        choice(&["", "a", "*"]),
    )
        .prop_map(|(verbs, api_groups, resources, subresources, names)| Pattern {
            verbs,
            api_groups,
            resources,
            subresources,
            names,
        })
}

fn sample(pattern: &Pattern) -> PermissionSet {
    PermissionSet::matching(pattern)
}

/// Kind, namespace and name of a subject, and where it stands: binding and number.
type Told = ([String; 3], Vec<(ObjectKey, usize)>);

/// The subjects of the grants, by a map of strings.
fn gathered(rbac: &Authorizer, request: &Attributes<'_>, scope: &Scope) -> Vec<Told> {
    let mut found: BTreeMap<[String; 3], Vec<(ObjectKey, usize)>> = BTreeMap::new();
    for grant in every_grant(rbac, request, scope) {
        let subject = grant.subject().unwrap();
        let namespace = match subject.kind.as_str() {
            Subject::SERVICE_ACCOUNT => service_account_namespace(subject, grant.binding.namespace()),
            _ => "",
        };
        let who = [&subject.kind, namespace, &subject.name].map(str::to_owned);
        found.entry(who).or_default().push((grant.binding.key(), grant.subject_index));
    }
    found.values_mut().for_each(|places| places.sort());
    found.into_iter().collect()
}

fn told(holder: Holder<'_, '_>) -> Told {
    let places = holder.grants().map(|grant| (grant.binding.key(), grant.subject_index));
    ([holder.kind, holder.namespace, holder.name].map(str::to_owned), places.collect())
}

proptest! {
    #[test]
    fn who_can_is_every_grant_by_subject(objects in vec(any::<Object>(), 0..80), request in request(), scope in scope()) {
        let rbac = rbac(objects);
        let found = who_can(&rbac, &request.attributes(), scope.clone());
        prop_assert_eq!(found.holders.iter().map(told).collect::<Vec<_>>(), gathered(&rbac, &request.attributes(), &scope));
        prop_assert_eq!(found.holders.len(), found.holders.iter().count());
        prop_assert!(found.holders.get(found.holders.len()).is_none());
    }

    #[test]
    fn upstreams_subjects_are_those_of_a_plain_scan(objects in vec(any::<Object>(), 0..80), request in request(), removed in vec(any::<Object>(), 0..40)) {
        let mut rbac = rbac(objects);
        for object in removed {
            if !rbac.remove_object(&object.key()) {
                rbac.insert_object(object);
            }
        }
        let request = request.attributes();
        let (mut subjects, mut errors) = (vec![Subject::group("system:masters"), Subject::user("root")], Vec::new());
        for binding in rbac.policy().bindings_for(request.namespace) {
            match rbac.policy().role_of(binding) {
                Ok(role) if role.rules().iter().any(|rule| rule_allows(rule, &request)) => subjects.extend_from_slice(binding.subjects()),
                Ok(_) => {}
                Err(error) => errors.push(error),
            }
        }
        let found = allowed_subjects(&rbac, &request, Some("root"));
        prop_assert_eq!(found.subjects.iter().map(|subject| subject.clone().into_owned()).collect::<Vec<_>>(), subjects);
        prop_assert_eq!(found.errors, errors);
    }

    #[test]
    fn who_can_is_who_is_allowed(objects in vec(any::<Object>(), 0..50), requests in vec(request(), 1..8), scope in scope()) {
        let rbac = rbac(objects);
        for request in &requests {
            let found = who_can(&rbac, &request.attributes(), scope.clone());
            for other in &requests {
                let asked = request.attributes().by(&other.user);
                prop_assert_eq!(found.includes(&other.user), brute(&rbac, &asked, &scope), "{:?} {}", asked, scope);
            }
            let mut sorted = found.holders.iter().map(|holder| (holder.kind, holder.namespace, holder.name)).collect::<Vec<_>>();
            sorted.dedup();
            prop_assert_eq!(sorted.len(), found.holders.len(), "each once");
            prop_assert!(sorted.is_sorted());
            for holder in found.holders.iter() {
                prop_assert!(holder.grants().next().is_some());
                for grant in holder.grants() {
                    prop_assert!(rule_allows(grant.rule().unwrap(), &request.attributes()));
                }
            }
        }
    }

    #[test]
    fn who_can_any_is_who_holds_a_part(objects in vec(any::<Object>(), 0..40), pattern in pattern(), requests in vec(request(), 1..6), scope in scope()) {
        let rbac = rbac(objects);
        let found = who_can_any(&rbac, &pattern, scope.clone());
        let wanted = sample(&pattern);
        for request in &requests {
            let held = effective(&rbac, &request.user).unwrap();
            let meets = |set: &PermissionSet| set.intersects(&wanted);
            let brute = match &scope {
                Scope::Cluster | Scope::EveryNamespace => meets(&held.cluster),
                Scope::Namespace(namespace) => meets(held.in_namespace(namespace)),
                Scope::AnyNamespace => meets(&held.cluster) || held.by_namespace.values().any(meets),
            };
            prop_assert_eq!(found.includes(&request.user), brute, "{:?} {:?} {}", request.user, pattern, scope);
            let found = where_can_any(&rbac, &request.user, &pattern);
            prop_assert_eq!(found.holds(&scope), brute, "{:?} {:?} {}", request.user, pattern, scope);
        }
    }

    #[test]
    fn a_pattern_meets_a_rule_where_their_sets_do(rule in any::<PolicyRule>(), pattern in pattern()) {
        let set = PermissionSet::from_rule(&PolicyRule { non_resource_urls: vec![].into(), ..rule.clone() }).unwrap();
        prop_assert_eq!(pattern.meets(&rule), set.intersects(&sample(&pattern)), "{:?} {:?}", rule, pattern);
    }

    #[test]
    fn where_is_where_it_is_allowed(
        objects in vec(any::<Object>(), 0..50),
        requests in vec(request(), 1..8),
        scope in scope(),
        existing in btree_set(select(&NAMESPACES[1..]), 0..4),
    ) {
        let existing_too = existing.iter().map(|name| Object::from(Namespace::active(*name)));
        let rbac = rbac(objects.into_iter().chain(existing_too).collect());
        for (request, other) in requests.iter().flat_map(|one| requests.iter().map(move |other| (one, other))) {
            let asked = request.attributes().by(&other.user);
            let found = where_can(&rbac, &other.user, &request.attributes());
            prop_assert_eq!(found.holds(&scope), brute(&rbac, &asked, &scope), "{:?} {}", asked, scope);
            for namespace in NAMESPACES {
                let allowed = rbac.authorize(&placed(&asked, namespace)).is_allowed();
                prop_assert_eq!(found.holds(&Scope::Namespace(namespace.into())), allowed);
                if existing.contains(namespace) {
                    prop_assert_eq!(found.existing.contains(namespace), allowed);
                }
            }
        }
    }

    #[test]
    fn names_are_those_that_are_allowed(objects in vec(any::<Object>(), 0..50), requests in vec(request(), 1..8)) {
        let rbac = rbac(objects);
        for (request, other) in requests.iter().flat_map(|one| requests.iter().map(move |other| (one, other))) {
            let asked = request.attributes().by(&other.user);
            let found = allowed_names(&rbac, &other.user, &asked);
            for name in ["", "a", "A", "*", "a\nb", "名", "never named"] {
                prop_assert_eq!(found.names.contains(name), rbac.authorize(&asked.named(name)).is_allowed(), "{:?} {:?}", asked, name);
            }
        }
    }

    #[test]
    fn what_is_readable_may_be_got(objects in vec(any::<Object>(), 0..50), requests in vec(request(), 1..8)) {
        let rbac = rbac(objects);
        let user = &requests[0].user;
        let kept: Vec<&Request> = filter_readable(&rbac, user, &requests, |request| request.attributes()).collect();
        let may = |request: &&Request| rbac.authorize(&Attributes { verb: "get", ..request.attributes().by(user) }).is_allowed();
        prop_assert_eq!(format!("{kept:?}"), format!("{:?}", requests.iter().filter(may).collect::<Vec<_>>()));
    }

    #[test]
    fn the_matrix_is_made_of_decisions(objects in vec(any::<Object>(), 0..50), requests in vec(request(), 1..5)) {
        let rbac = rbac(objects);
        let catalogue: Catalogue = ["pods", "secrets"].map(|plural| Resource::custom("", "v1", plural, "Kind", plural == "pods")).into_iter().collect();
        let users: Vec<_> = requests.iter().map(|request| request.user.clone()).collect();
        let (roles, cluster_roles) = (rbac.policy().roles().iter(), rbac.policy().cluster_roles().iter());
        let rules = roles.flat_map(|role| role.rules.iter()).chain(cluster_roles.flat_map(|role| role.rules.iter()));
        let names: Vec<&str> = rules.flat_map(|rule| &rule.resource_names).map(String::as_str).collect();
        for cell in access_matrix(&rbac, &users, &catalogue, "ns1").verbs(["get", "list", "bind"]).cells() {
            let namespace = if cell.resource.plural == "pods" { "ns1" } else { "" };
            let asked = Attributes::resource(cell.verb, &cell.resource.plural).in_namespace(namespace).by(cell.user);
            let some = names.iter().any(|name| rbac.authorize(&asked.named(name)).is_allowed());
            let expected = match (cell.verb, rbac.authorize(&asked).is_allowed(), some) {
                ("bind", ..) => Access::NotServed,
                (_, true, _) => Access::Yes,
                (_, false, true) => Access::SomeNames,
                (_, false, false) => Access::No,
            };
            prop_assert_eq!(cell.access, expected, "{:?}", asked);
        }
    }
}

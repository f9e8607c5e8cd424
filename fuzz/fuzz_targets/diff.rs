//! A difference says of every principal and every request what asking both policies says.

#![no_main]

use arbitrary::Arbitrary;
use k8s_rbac::authorize::subject::{Membership, Principal};
use k8s_rbac::authorize::{linear, server};
use k8s_rbac::diff::{Change, Diff, diff, diff_of};
use k8s_rbac::gate::{self, Answer};
use k8s_rbac::model::{ApiObject, ClusterRoleBinding, Object};
use k8s_rbac::permission::TooLarge;
use k8s_rbac::policy::AnyBinding;
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::{Attributes, Authorizer, Policy};
use libfuzzer_sys::fuzz_target;

/// A name that no policy of a fuzzer's making has.
const STRANGER: &str = "nobody is called by this name";

#[derive(Debug, Arbitrary)]
struct Input {
    old: Policy,
    changes: Vec<Step>,
    requests: Vec<OwnedAttributes>,
    implied: bool,
}

#[derive(Debug, Arbitrary)]
enum Step {
    Put(Object),
    Take(Object),
}

/// A policy and what became of it.
struct Pair {
    old: Policy,
    new: Policy,
    membership: Membership,
}

impl Pair {
    fn of(old: Policy, changes: Vec<Step>, membership: Membership) -> Self {
        let mut new = old.clone();
        for change in changes {
            match change {
                Step::Put(object) => new.insert_object(object),
                Step::Take(object) => new.remove_object(&object.key()),
            };
        }
        Self { old, new, membership }
    }

    /// Whether a binding names them that gives anything: one that leads to no role, or is of a namespace but has none, does not.
    fn names(&self, principal: &Principal) -> bool {
        let applies = |binding: AnyBinding<'_>| binding.kind() == ClusterRoleBinding::KIND || !binding.namespace().is_empty();
        let is_meant = |binding: AnyBinding<'_>| {
            let mut subjects = binding.subjects().iter().filter_map(|subject| Principal::of(subject, binding.namespace()));
            subjects.any(|named| named == *principal)
        };
        [&self.old, &self.new].into_iter().any(|policy| {
            let gives = |binding| applies(binding) && policy.role_of(binding).is_ok();
            policy.bindings().any(|binding| gives(binding) && is_meant(binding))
        })
    }

    /// The answers of both policies, without any set or index.
    fn answers(&self, request: &Attributes<'_>) -> [bool; 2] {
        [&self.old, &self.new].map(|policy| {
            linear::authorize(policy, request).is_allowed() || self.membership == Membership::Implied && is_privileged(request)
        })
    }
}

fn is_privileged(request: &Attributes<'_>) -> bool {
    server::authorize(&Authorizer::default(), request).is_allowed()
}

fn principals(request: &OwnedAttributes) -> impl Iterator<Item = Principal> {
    let user = request.user.iter().map(|user| Principal::User(user.username.clone()));
    let groups = request.user.iter().flat_map(|user| user.groups.iter().cloned().map(Principal::Group));
    user.chain(groups)
}

fn check_request(pair: &Pair, found: &Diff<'_>, request: &OwnedAttributes) -> Result<(), TooLarge> {
    for principal in principals(request) {
        let user = principal.as_user(pair.membership, STRANGER);
        let asked = request.attributes().by(&user);
        let [before, after] = pair.answers(&asked);
        // Whom no binding gives anything has what its groups have, and is told of under their names alone.
        let alone = diff_of([principal.clone()], &pair.old, &pair.new, pair.membership)?;
        let change = alone.changes.first();
        let is_listed = found.changes.iter().any(|listed| listed.subject == principal);
        assert_eq!(is_listed, change.is_some() && pair.names(&principal), "{principal}");
        let here = change.map(|change| change.by_namespace.get(asked.namespace).unwrap_or(&change.cluster));
        let told = |set: fn(&Change<'_>, &Attributes<'_>) -> bool| here.is_some_and(|here| set(here, &asked));
        assert_eq!(told(|here, asked| here.gained.set.contains(asked)), after && !before, "{principal}: {asked}");
        assert_eq!(told(|here, asked| here.lost.set.contains(asked)), before && !after, "{principal}: {asked}");
    }
    Ok(())
}

fn check(pair: &Pair, requests: &[OwnedAttributes]) -> Result<(), TooLarge> {
    let found = diff(&pair.old, &pair.new, pair.membership)?;
    for request in requests {
        check_request(pair, &found, request)?;
    }
    assert_eq!(found.witnesses().next().is_none(), found.is_empty());
    for witness in found.witnesses() {
        assert_eq!(pair.answers(&witness.request.attributes()), [!witness.allowed, witness.allowed], "{witness:?}");
    }
    let back = diff(&pair.new, &pair.old, pair.membership)?;
    assert_eq!(found.changes.len(), back.changes.len());
    for (there, back) in found.changes.iter().zip(&back.changes) {
        assert_eq!((&there.subject, &there.cluster.gained.set), (&back.subject, &back.cluster.lost.set));
        assert!(there.by_namespace.keys().eq(back.by_namespace.keys()));
    }
    assert!(diff(&pair.new, &pair.new, pair.membership)?.is_empty());
    let failed = gate::no_new_access(&pair.old, &pair.new, pair.membership)?.answer() == Answer::Failed;
    assert_eq!(failed, found.is_wider());
    assert_eq!(found.to_string() == "no difference\n", found.is_empty());
    serde_json::to_string(&found).expect("a difference is always written");
    Ok(())
}

fuzz_target!(|input: Input| {
    let membership = if input.implied { Membership::Implied } else { Membership::Alone };
    let pair = Pair::of(input.old, input.changes, membership);
    // A set that would be too large is refused, which is an answer as well.
    check(&pair, &input.requests).ok();
});

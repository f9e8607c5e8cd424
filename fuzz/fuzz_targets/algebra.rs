//! The exact algebra says of every request what the rules themselves say.

#![no_main]

use arbitrary::Arbitrary;
use k8s_rbac::Attributes;
use k8s_rbac::model::PolicyRule;
use k8s_rbac::permission::{PermissionSet, TooLarge};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::rule::rule_allows;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input {
    left: Vec<PolicyRule>,
    right: Vec<PolicyRule>,
    requests: Vec<OwnedAttributes>,
}

fn allow(rules: &[PolicyRule], request: &Attributes<'_>) -> bool {
    rules.iter().any(|rule| rule_allows(rule, request))
}

/// What an operation makes of two sets, and of two answers.
type Operation = (fn(&PermissionSet, &PermissionSet) -> Result<PermissionSet, TooLarge>, fn(bool, bool) -> bool);

const OPERATIONS: &[Operation] = &[
    (PermissionSet::union, |left, right| left || right),
    (PermissionSet::intersection, |left, right| left && right),
    (PermissionSet::difference, |left, right| left && !right),
    (|left, _| Ok(left.complement()), |left, _| !left),
];

fn check(input: &Input) -> Result<(), TooLarge> {
    let (left, right) = (PermissionSet::from_rules(&input.left)?, PermissionSet::from_rules(&input.right)?);
    for (of_sets, of_answers) in OPERATIONS {
        let set = of_sets(&left, &right)?;
        let told = |request: &Attributes<'_>| of_answers(allow(&input.left, request), allow(&input.right, request));
        for request in &input.requests {
            let request = request.attributes();
            assert_eq!(set.contains(&request), told(&request), "{request:?}");
        }
        let witness = set.witness();
        assert_eq!(witness.is_none(), set.is_empty());
        if let Some(action) = witness {
            assert!(set.contains(&action.attributes()) && told(&action.attributes()), "{action:?}");
        }
    }
    assert_eq!(left.covers_within(&right, usize::MAX)?, right.difference(&left)?.is_empty());
    assert_eq!(left.intersects_within(&right, usize::MAX)?, !left.intersection(&right)?.is_empty());
    Ok(())
}

fuzz_target!(|input: Input| {
    // A set that would be too large is refused, which is an answer as well.
    check(&input).ok();
});

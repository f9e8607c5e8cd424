//! The algorithm of upstream as it stands there: every binding, in order, one after the other.
//!
//! The plain reference that the index is compared with. Cost of everything here: `O(bindings read for the request)`.

use super::{Decision, Grant, NoOpinion, Source, subject};
use crate::policy::{AnyBinding, Policy};
use crate::request::Attributes;
use crate::rule::rule_allows;

/// The decision on the request, found by trying every binding (`RBACAuthorizer.Authorize`).
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, authorize::linear, model::*};
/// let policy = Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])])),
///     Object::from(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")])),
/// ]);
/// let (jane, rbac) = (UserInfo::new("jane", ["dev"]), Authorizer::new(policy.clone()));
/// let request = Attributes::resource("get", "pods").by(&jane);
/// assert_eq!(linear::authorize(&policy, &request).reason().to_string(), rbac.authorize(&request).reason().to_string());
/// ```
pub fn authorize<'a, 'r>(policy: &'a Policy, request: &Attributes<'r>) -> Decision<'a, 'r> {
    grants(policy, request)
        .next()
        .map_or(Decision::NoOpinion(NoOpinion { source: Source::Policy(policy), request: *request }), Decision::Allow)
}

/// Every grant of the request, in order: for each binding of the user, each rule of its role that allows.
pub fn grants<'a, 'r>(policy: &'a Policy, request: &Attributes<'r>) -> impl Iterator<Item = Grant<'a>> + use<'a, 'r> {
    let request = *request;
    applying(policy, &request).filter_map(|(binding, subject)| Some((binding, subject, policy.role_of(binding).ok()?))).flat_map(
        move |(binding, subject_index, role)| {
            let rules = role.rules().iter().enumerate();
            rules.filter(move |(_, rule)| rule_allows(rule, &request)).map(move |(rule_index, _)| Grant {
                binding,
                subject_index,
                role,
                rule_index,
            })
        },
    )
}

/// The bindings that apply to the user of the request, in order, each with the number of its first subject that is the user
/// (`appliesTo`).
pub fn applying<'a, 'r>(
    policy: &'a Policy,
    request: &Attributes<'r>,
) -> impl Iterator<Item = (AnyBinding<'a>, usize)> + use<'a, 'r> {
    let user = request.user;
    policy.bindings_for(request.namespace).filter_map(move |binding| {
        let is_user = |candidate| user.is_some_and(|user| subject::matches(candidate, binding.namespace(), user));
        binding.subjects().iter().position(is_user).map(|index| (binding, index))
    })
}

/// The bindings that apply and whose reference leads to no role, in order.
pub(super) fn unresolved<'a>(policy: &'a Policy, request: &Attributes<'_>) -> Vec<AnyBinding<'a>> {
    applying(policy, request).map(|(binding, _)| binding).filter(|&binding| policy.role_of(binding).is_err()).collect()
}

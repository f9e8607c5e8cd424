//! What may I do in this namespace?

use super::{NO_USER, Refusal, bad_request};
use crate::authorize::Authorizer;
use crate::identity::UserInfo;
use crate::model::PolicyRule;
use crate::query::{RulesFor, rules_for};
use crate::request::review::{NonResourceRule, ResourceRule, SelfSubjectRulesReview, SubjectRulesReviewStatus};

/// The answer to the review, whose metadata and spec are not given back.
///
/// What `system:masters` may do ahead of RBAC does not stand in it.
///
/// ```
/// use k8s_rbac::request::review::{SelfSubjectRulesReview, SelfSubjectRulesReviewSpec};
/// use k8s_rbac::{authorize::Authorizer, identity::UserInfo, model::*, policy::Policy, review::self_subject_rules_review};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// let review = SelfSubjectRulesReview::new(SelfSubjectRulesReviewSpec { namespace: "default".into() });
/// let answer = self_subject_rules_review(&Authorizer::new(policy), &review, Some(&UserInfo::new("jane", ["dev"])))?;
/// assert_eq!(answer.status.resource_rules.len(), 1);
/// # Ok::<(), k8s_rbac::review::Refusal>(())
/// ```
///
/// # Errors
/// There is no user, or no namespace.
pub fn self_subject_rules_review(
    rbac: &Authorizer,
    review: &SelfSubjectRulesReview,
    user: Option<&UserInfo>,
) -> Result<SelfSubjectRulesReview, Refusal> {
    let user = user.ok_or_else(|| bad_request(NO_USER))?;
    if review.spec.namespace.is_empty() {
        return Err(bad_request("no namespace on request"));
    }
    let status = rules_status(&rules_for(rbac, user, &review.spec.namespace));
    Ok(SelfSubjectRulesReview { version: review.version, status, ..SelfSubjectRulesReview::default() })
}

/// Rules as a review lists them: the halves about resources, and those about paths, each as it stands in its role. Incomplete where the
/// policy is, which that of a server never is.
///
/// ```
/// use k8s_rbac::{Authorizer, Policy, UserInfo, model::*, query::rules_for, review::rules_status};
/// let rule = PolicyRule { non_resource_urls: vec!["/healthz".into()].into(), ..PolicyRule::resources(["get"], [""], ["pods"]) };
/// let rbac = Authorizer::new(Policy::from_iter([
///     Object::from(ClusterRole::new("both", [rule])),
///     Object::from(ClusterRoleBinding::new("b", "both", [Subject::user("jane")])),
/// ]));
/// let status = rules_status(&rules_for(&rbac, &UserInfo::new("jane", [""; 0]), "dev"));
/// assert_eq!((status.resource_rules.len(), status.non_resource_rules.len()), (1, 1));
/// ```
#[must_use]
pub fn rules_status(found: &RulesFor<'_>) -> SubjectRulesReviewStatus {
    SubjectRulesReviewStatus {
        resource_rules: found.rules().filter_map(resource_rule).collect(),
        non_resource_rules: found.rules().filter_map(non_resource_rule).collect(),
        incomplete: !found.incomplete.is_empty(),
        evaluation_error: found.error().map(|error| error.to_string()).unwrap_or_default(),
    }
}

fn resource_rule(rule: &PolicyRule) -> Option<ResourceRule> {
    let PolicyRule { verbs, api_groups, resources, resource_names, .. } = rule.clone();
    (!resources.is_empty()).then_some(ResourceRule { verbs, api_groups, resources, resource_names })
}

fn non_resource_rule(rule: &PolicyRule) -> Option<NonResourceRule> {
    let PolicyRule { verbs, non_resource_urls, .. } = rule.clone();
    (!non_resource_urls.is_empty()).then_some(NonResourceRule { verbs, non_resource_urls: non_resource_urls.into_vec() })
}

//! Every grant that allows a request.

use super::Evidence;
use crate::authorize::subject::{self, service_account_namespace};
use crate::authorize::{Authorizer, Grant};
use crate::model::Subject;
use crate::policy::AnyBinding;
use crate::request::Attributes;
use crate::rule::rule_allows;
use crate::span::{Place, SourceMap};

/// Every grant of the request, in policy order: each binding, each subject of it that is the user, each rule that allows.
///
/// The first one is that of the decision. The rules are asked lazily. Cost: `O(b log b)` for the `b` bindings of the user in the namespace,
/// and their subjects and rules.
pub fn why<'a, 'r>(rbac: &'a Authorizer, request: &Attributes<'r>) -> impl Iterator<Item = Grant<'a>> + use<'a, 'r> {
    let (policy, request) = (rbac.policy(), *request);
    let bindings = request.user.into_iter().flat_map(|user| rbac.bindings_of(user, request.namespace));
    bindings.filter_map(|(binding, _)| Some((binding, policy.role_of(binding).ok()?))).flat_map(move |(binding, role)| {
        subjects_of_user(binding, request).flat_map(move |subject_index| {
            let rules = role.rules().iter().enumerate().filter(move |(_, rule)| rule_allows(rule, &request));
            rules.map(move |(rule_index, _)| Grant { binding, subject_index, role, rule_index })
        })
    })
}

fn subjects_of_user<'a, 'r>(binding: AnyBinding<'a>, request: Attributes<'r>) -> impl Iterator<Item = usize> + use<'a, 'r> {
    let subjects = binding.subjects().iter().enumerate();
    let is_user = move |subject: &Subject| request.user.is_some_and(|user| subject::matches(subject, binding.namespace(), user));
    subjects.filter(move |(_, subject)| is_user(subject)).map(|(index, _)| index)
}

impl Grant<'_> {
    /// The grant as owned evidence, with the places where its parts were read.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let Self { binding, subject_index, role, rule_index } = *self;
        let mut subject = self.subject().cloned().unwrap_or_default();
        if subject.kind == Subject::SERVICE_ACCOUNT {
            subject.namespace = service_account_namespace(&subject, binding.namespace()).to_owned();
        }
        Evidence {
            binding: binding.key(),
            subject,
            subject_index,
            role: role.key(),
            rule: self.rule().cloned().unwrap_or_default(),
            rule_index,
            subject_place: place(binding.source().map(AsRef::as_ref), &format!("subjects[{subject_index}]")),
            rule_place: place(role.source().map(AsRef::as_ref), &format!("rules[{rule_index}]")),
        }
    }
}

/// The place of a field of an object that was read from text.
pub(super) fn place(source: Option<&SourceMap>, field: &str) -> Option<Place> {
    source.map(|source| source.nearest(field))
}

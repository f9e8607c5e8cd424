//! The search for the first grant.

use super::Index;
use super::answers::Answers;
use super::grants::{Granted, Grants, Order};
use super::names::Name;
use super::query::{Asked, Here};
use super::question::{Answer, Once, Question};
use super::rules::Scopes;
use crate::authorize::Grant;
use crate::identity::UserInfo;
use crate::policy::AnyBinding;
use crate::request::Attributes;
use crate::same::same;

impl Index {
    /// The first grant of the request in order: by binding, by subject of it, by rule.
    ///
    /// Never inlined: around it stands what copies the request into the decision, which is not done where only the answer is asked for.
    #[inline(never)]
    pub(in crate::authorize) fn first_grant<'a>(&'a self, request: &Attributes<'_>) -> Option<Grant<'a>> {
        let user = request.user?;
        let of_user = self.users.get(self.hashes.text(&user.username));
        self.search(of_user, user, Once::new(&self.roles, &self.hashes, request))
    }

    /// The same for a request that every role has answered.
    pub(in crate::authorize) fn first_answered<'a>(
        &'a self,
        user: &UserInfo,
        answers: &Answers<'a>,
        namespace: &str,
    ) -> Option<Grant<'a>> {
        self.search(self.users.get(self.hashes.text(&user.username)), user, answers.of(namespace))
    }

    #[inline(always)]
    fn search<'a>(&'a self, of_user: Option<&'a Grants>, user: &UserInfo, question: impl Question<'a>) -> Option<Grant<'a>> {
        let mut search = Search::new(question);
        let name = Name::User(&user.username);
        match of_user {
            Some(Grants::One(granted)) => search.start_with(&name, granted),
            Some(grants) => search.ask_all(&name, grants),
            None => {}
        }
        let granted = self.groups.about(search.question.about());
        if let Some(first) = user.groups.iter().position(|group| granted.may_have(group)) {
            let groups = user.groups.get(first..).unwrap_or_default();
            self.search_groups(&mut search, groups.iter().filter(|group| granted.may_have(group)));
        }
        search.found()
    }

    /// Goes through what the groups are granted. Apart, since most requests of most users end before.
    #[inline(never)]
    fn search_groups<'a, 'u, Q: Question<'a>>(&'a self, search: &mut Search<'a, Q>, groups: impl Iterator<Item = &'u String>) {
        let mut refused = Q::Refused::default();
        for group in groups {
            if let Some((grants, scope)) = self.groups.get(&self.hashes, group)
                && search.may_find(scope)
            {
                search.ask(Some(&Name::Group(group)), grants, &mut refused);
            }
        }
    }

    /// The same for a user that was looked up and a request that was hashed.
    #[inline]
    pub(in crate::authorize) fn first_grant_of<'a>(
        &'a self,
        found: &Found<'a, '_>,
        request: &Attributes<'_>,
        asked: Asked,
    ) -> Option<Grant<'a>> {
        Search::new(Once::of(&self.roles, &self.hashes, request, asked)).through(found)
    }

    /// The same for a user that was looked up and a request that every role has answered.
    #[inline]
    pub(in crate::authorize) fn first_answered_of<'a>(
        found: &Found<'a, '_>,
        answers: &Answers<'a>,
        namespace: &str,
    ) -> Option<Grant<'a>> {
        Search::new(answers.of(namespace)).through(found)
    }

    /// The request, hashed.
    pub(in crate::authorize) fn asked(&self, request: &Attributes<'_>) -> Asked {
        Asked::new(&self.hashes, request)
    }

    /// What the names of a user are granted.
    pub(in crate::authorize) fn find<'a, 'u>(&'a self, user: &'u UserInfo) -> Found<'a, 'u> {
        let grants = self.users.get(self.hashes.text(&user.username));
        let of_user = grants.map(|grants| FoundName::new(Name::User(&user.username), grants, None));
        let of_group = |group: &'u String| {
            let (grants, scope) = self.groups.get(&self.hashes, group)?;
            Some(FoundName::new(Name::Group(group), grants, scope))
        };
        let groups = user.groups.iter().filter(|group| self.groups.all().may_have(group));
        Found(of_user.into_iter().chain(groups.filter_map(of_group)).collect())
    }
}

/// What the names of a user are granted.
#[derive(Debug, Clone)]
pub(in crate::authorize) struct Found<'a, 'u>(pub(super) Vec<FoundName<'a, 'u>>);

/// What a name of a user is granted.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundName<'a, 'u> {
    /// None if it was compared: then it is that of the subject of each binding.
    pub(super) name: Option<Name<'u>>,
    pub(super) grants: &'a Grants,
    /// What all of it may be about, where that is known.
    scope: Option<&'a Scopes>,
}

impl<'a, 'u> FoundName<'a, 'u> {
    /// The name is compared here if there is little to compare, so that no decision does it.
    fn new(name: Name<'u>, grants: &'a Grants, scope: Option<&'a Scopes>) -> Self {
        let is_meant = |granted: &Granted| granted.subject_named(Some(&name)) == Some(granted.subject);
        let is_compared = grants.few().is_some_and(|list| list.iter().all(is_meant));
        Self { name: (!is_compared).then_some(name), grants, scope }
    }
}

/// A search under way.
struct Search<'a, Q> {
    question: Q,
    /// Where the binding stands that was found: none behind it counts.
    limit: Order,
    hit: Option<Hit<'a>>,
}

/// What became of a binding whose role was asked.
enum Outcome {
    Allows,
    /// The role has no rule that allows.
    Refuses,
    /// The hash has found the binding of another user or namespace.
    IsOfOthers,
}

/// A grant that was found.
#[derive(Debug, Clone, Copy)]
struct Hit<'a> {
    binding: AnyBinding<'a>,
    subject: usize,
    answer: Answer<'a>,
}

impl<'a, Q: Question<'a>> Search<'a, Q> {
    const fn new(question: Q) -> Self {
        Self { question, limit: Order::LAST, hit: None }
    }

    /// Goes through what the names of a user are granted.
    #[inline(always)]
    fn through(mut self, found: &Found<'a, '_>) -> Option<Grant<'a>> {
        let mut refused = Q::Refused::default();
        for FoundName { name, grants, scope } in &found.0 {
            if self.may_find(*scope) {
                self.ask(name.as_ref(), grants, &mut refused);
            }
        }
        self.found()
    }

    /// Whether something may allow that is about no more than the scope.
    #[inline(always)]
    fn may_find(&self, scope: Option<&Scopes>) -> bool {
        scope.is_none_or(|scope| scope.may_allow(self.question.about()))
    }

    /// Goes through the bindings of a name that has several.
    #[inline(never)]
    fn ask_all(&mut self, name: &Name<'_>, grants: &'a Grants) {
        self.ask(Some(name), grants, &mut Q::Refused::default());
    }

    /// Goes through what a name of the user is granted.
    #[inline(always)]
    fn ask(&mut self, name: Option<&Name<'_>>, grants: &'a Grants, refused: &mut Q::Refused) {
        let here = self.question.here();
        match grants {
            Grants::One(granted) => {
                self.consider(name, granted, here, refused);
            }
            Grants::Few(list) => {
                for granted in &**list {
                    if self.consider(name, granted, here, refused) {
                        break;
                    }
                }
            }
            Grants::Many(many) => {
                many.cluster.until(|granted| self.consider(name, granted, here, refused));
                if self.limit.is_local() {
                    let list = many.in_namespace(here.hash);
                    list.into_iter().for_each(|list| list.until(|granted| self.consider(name, granted, here, refused)));
                }
            }
        }
    }

    /// Keeps the binding, which is the first that is looked at, if it allows. The namespace is hashed only if the role is worth asking.
    #[inline(always)]
    fn start_with(&mut self, name: &Name<'_>, granted: &'a Granted) {
        if let Some(role) = self.question.candidate(granted.role)
            && (!granted.order.is_local() || granted.may_be_in(self.question.here()))
        {
            self.try_role(Some(name), granted, role);
        }
    }

    /// Keeps the binding if it allows and stands before what was found; says whether none after it can count.
    #[inline(always)]
    fn consider(&mut self, name: Option<&Name<'_>>, granted: &'a Granted, here: Here, refused: &mut Q::Refused) -> bool {
        if granted.order >= self.limit {
            if granted.order == self.limit {
                self.note_subject(name, granted);
            }
            return true;
        }
        if !granted.may_be_in(here) {
            return false;
        }
        let Some(role) = self.question.candidate_among(granted.role, refused) else { return false };
        match self.try_role(name, granted, role) {
            Outcome::Allows => true,
            Outcome::Refuses => {
                Q::refuse(granted.role, refused);
                false
            }
            Outcome::IsOfOthers => false,
        }
    }

    /// Asks the role, and compares what the hashes have found.
    #[inline(never)]
    fn try_role(&mut self, name: Option<&Name<'_>>, granted: &'a Granted, role: Q::Candidate) -> Outcome {
        let Some(answer) = self.question.answer(role) else { return Outcome::Refuses };
        let binding = granted.bound.binding();
        let Some(subject) = granted.subject_named(name) else { return Outcome::IsOfOthers };
        if granted.order.is_local() && !same(binding.namespace(), self.question.namespace()) {
            return Outcome::IsOfOthers;
        }
        self.limit = granted.order;
        self.hit = Some(Hit { binding, subject: subject as usize, answer });
        Outcome::Allows
    }

    /// The binding that was found stands for the user by this name too, and perhaps by an earlier subject.
    #[inline(never)]
    fn note_subject(&mut self, name: Option<&Name<'_>>, granted: &Granted) {
        if let (Some(hit), Some(subject)) = (&mut self.hit, granted.subject_named(name)) {
            hit.subject = hit.subject.min(subject as usize);
        }
    }

    fn found(self) -> Option<Grant<'a>> {
        let grant = |Hit { binding, subject, answer: Answer { role, rule } }| Grant {
            binding,
            subject_index: subject,
            role,
            rule_index: rule,
        };
        self.hit.map(grant)
    }
}

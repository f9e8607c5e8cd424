//! A request that every role has answered.

use super::Index;
use super::query::{About, Here, Query};
use super::question::{Answer, Question};
use super::roles::RoleId;
use crate::policy::AnyRole;
use crate::request::Attributes;

/// What the roles of an index say to one request.
#[derive(Debug, Clone)]
pub(in crate::authorize) struct Answers<'a> {
    about: About,
    here: Here,
    /// Which roles allow, by number: 64 roles a word.
    words: Vec<Word>,
    /// The roles that allow, by number.
    answers: Vec<Answer<'a>>,
}

/// Which of 64 roles allow, and how many roles before them do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    bits: u64,
    before: u32,
}

impl Word {
    /// The number of the answer of the role of this bit, which allows.
    #[inline(always)]
    const fn position(self, bit: u32) -> usize {
        self.before as usize + (self.bits & ((1 << bit) - 1)).count_ones() as usize
    }
}

impl Index {
    /// What every role says to the request. Cost: a glance at the filter of each role, and a look-up in those that may have a rule on it.
    pub(in crate::authorize) fn answers<'a>(&'a self, request: &Attributes<'_>) -> Answers<'a> {
        let query = Query::new(&self.hashes, request);
        let here = Here::new(&self.hashes, request.namespace);
        let mut found = Answers { about: query.about, here, words: Vec::new(), answers: Vec::new() };
        for id in self.roles.numbers() {
            if id % 64 == 0 {
                found.words.push(Word { bits: 0, before: u32::try_from(found.answers.len()).unwrap_or(u32::MAX) });
            }
            if let Some(answer) = self.roles.candidate(id, &query.about).and_then(|role| Answer::of(role, &query)) {
                found.answers.push(answer);
                found.words.last_mut().into_iter().for_each(|word| word.bits |= 1 << (id % 64));
            }
        }
        found
    }
}

impl<'a> Answers<'a> {
    /// The same as a question in the namespace of the request.
    #[inline(always)]
    pub(super) const fn of<'q>(&'q self, namespace: &'q str) -> Answered<'a, 'q> {
        Answered { answers: self, namespace }
    }

    /// The roles that allow, each with the number of its first rule that does.
    pub(in crate::authorize) fn into_roles(self) -> impl ExactSizeIterator<Item = (AnyRole<'a>, usize)> + use<'a> {
        self.answers.into_iter().map(|answer| (answer.role, answer.rule))
    }
}

/// A request whose answers are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered<'a, 'q> {
    answers: &'q Answers<'a>,
    namespace: &'q str,
}

impl<'a> Question<'a> for Answered<'a, '_> {
    type Candidate = (Word, u32);
    type Refused = ();

    #[inline(always)]
    fn about(&self) -> &About {
        &self.answers.about
    }

    #[inline(always)]
    fn here(&mut self) -> Here {
        self.answers.here
    }

    #[inline(always)]
    fn namespace(&self) -> &str {
        self.namespace
    }

    #[inline(always)]
    fn candidate(&self, id: RoleId) -> Option<(Word, u32)> {
        let word = self.answers.words.get(id as usize / 64)?;
        let bit = id % 64;
        (word.bits >> bit & 1 == 1).then_some((*word, bit))
    }

    #[inline(always)]
    fn candidate_among(&self, id: RoleId, (): &mut ()) -> Option<(Word, u32)> {
        self.candidate(id)
    }

    #[inline(always)]
    fn refuse(_: RoleId, (): &mut ()) {}

    #[inline(always)]
    fn answer(&mut self, (word, bit): (Word, u32)) -> Option<Answer<'a>> {
        self.answers.answers.get(word.position(bit)).copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::authorize::{Authorizer, linear};
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
    use crate::{Attributes, UserInfo};

    /// Roles beyond the first word are counted on from those before it.
    #[test]
    fn each_of_many_roles_gives_its_own_answer() {
        let mut rbac = Authorizer::default();
        for i in 0..200 {
            let rules =
                (0..=i % 5).map(|rule| PolicyRule::resources(["get"], [""], [["pods", "nodes"][usize::from(rule < i % 5)]]));
            rbac.insert(ClusterRole::new(format!("r{i}"), rules.filter(|_| i % 3 > 0)));
            rbac.insert(ClusterRoleBinding::new(format!("b{i}"), format!("r{i}"), [Subject::user(format!("u{i}"))]));
        }
        let request = Attributes::resource("get", "pods");
        let resolved = rbac.resolve(&request);
        for user in (0..200).map(|i| UserInfo::new(format!("u{i}"), [""; 0])) {
            let plain = linear::authorize(rbac.policy(), &request.by(&user));
            assert_eq!(resolved.authorize(&user).grant(), plain.grant());
        }
    }
}

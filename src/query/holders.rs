//! The subjects of an answer, each once: how they are put together and walked.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use serde::{Serialize, Serializer};

use super::sorted::{Words, in_order};
use super::{Granting, Holder, Holders, Mention};
use crate::authorize::Grant;
use crate::authorize::subject::service_account_namespace;
use crate::model::Subject;
use crate::policy::{AnyBinding, AnyRole};
use crate::same::order;

impl<'a> Holders<'a> {
    /// The subjects of the bindings that can be somebody. The bindings are in order, each with the number of its role.
    pub(super) fn of(roles: Vec<(AnyRole<'a>, usize)>, bindings: Vec<Granting<'a>>) -> Self {
        let found = Found::of(&bindings);
        let mut holders = Self { roles, bindings, ..Self::default() };
        holders.reserve(found.groups.len() + found.accounts.len() + found.users.len());
        holders.put(&found.groups, |[name]| name);
        holders.groups = holders.len();
        holders.put(&found.accounts, |[_, name]| name);
        holders.accounts = holders.len() - holders.groups;
        holders.put(&found.users, |[name]| name);
        holders
    }

    fn reserve(&mut self, count: usize) {
        self.mentions.reserve_exact(count);
        self.starts.reserve_exact(count);
        self.names.reserve_exact(count);
    }

    /// Puts in subjects of one kind.
    fn put<const N: usize>(&mut self, named: &[Named<'a, N>], name: impl Fn([&'a str; N]) -> &'a str) {
        let count = u32::try_from(named.len()).unwrap_or(u32::MAX);
        let words = |number: u32| named.get(number as usize).map_or([""; N], |named| named.words);
        in_order(count, words, |run| {
            let start = self.mentions.len();
            let mentions = run.numbers().filter_map(|number| Some(named.get(number as usize)?.mention));
            mentions.for_each(|mention| self.mentions.push(mention));
            if run.len() > 1 {
                self.sort_paths(start);
            }
            self.starts.push(start);
            self.names.extend(run.numbers().next().map(|number| name(words(number))));
        });
    }

    /// Sorts the last subject's mentions by binding.
    fn sort_paths(&mut self, start: usize) {
        let Self { bindings, mentions, .. } = self;
        let binding = |mention: &Mention| bindings.get(mention.binding as usize).map(|granting| granting.binding);
        let by_binding = |a: &Mention, b: &Mention| {
            let (Some(first), Some(second)) = (binding(a), binding(b)) else { return a.cmp(b) };
            let words = |binding: AnyBinding<'a>| [binding.kind(), binding.namespace(), binding.name()];
            let different = words(first).into_iter().zip(words(second)).map(|(a, b)| order(a, b)).find(|order| order.is_ne());
            different.unwrap_or_else(|| a.subject.cmp(&b.subject))
        };
        if let Some(last) = mentions.get_mut(start..) {
            last.sort_unstable_by(by_binding);
        }
    }

    /// How many there are. Cost: `O(1)`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The subject of the number, from 0. Cost: `O(1)`.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<Holder<'_, 'a>> {
        let name = *self.names.get(number)?;
        let end = self.starts.get(number + 1).copied().unwrap_or(self.mentions.len());
        let mentions = self.mentions.get(*self.starts.get(number)?..end)?;
        let (kind, namespace) = match number.checked_sub(self.groups) {
            None => (Subject::GROUP, ""),
            Some(account) if account < self.accounts => (Subject::SERVICE_ACCOUNT, self.namespace(*mentions.first()?)?),
            Some(_) => (Subject::USER, ""),
        };
        Some(Holder { kind, namespace, name, holders: self, mentions })
    }

    /// The namespace of a service account.
    fn namespace(&self, mention: Mention) -> Option<&'a str> {
        let binding = self.bindings.get(mention.binding as usize)?.binding;
        let subject = binding.subjects().get(mention.subject as usize)?;
        Some(service_account_namespace(subject, binding.namespace()))
    }

    /// The subjects, in order.
    #[must_use]
    pub fn iter(&self) -> HoldersIter<'_, 'a> {
        self.into_iter()
    }

    fn grant(&self, mention: Mention) -> Option<Grant<'a>> {
        let Granting { binding, role } = *self.bindings.get(mention.binding as usize)?;
        let &(role, rule_index) = self.roles.get(role)?;
        Some(Grant { binding, subject_index: mention.subject as usize, role, rule_index })
    }
}

impl<'w, 'a> IntoIterator for &'w Holders<'a> {
    type Item = Holder<'w, 'a>;
    type IntoIter = HoldersIter<'w, 'a>;

    fn into_iter(self) -> HoldersIter<'w, 'a> {
        HoldersIter { holders: self, numbers: 0..self.len() }
    }
}

impl<'w, 'a> Iterator for HoldersIter<'w, 'a> {
    type Item = Holder<'w, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.holders.get(self.numbers.next()?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.numbers.size_hint()
    }
}

impl DoubleEndedIterator for HoldersIter<'_, '_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.holders.get(self.numbers.next_back()?)
    }
}

impl ExactSizeIterator for HoldersIter<'_, '_> {}

impl FusedIterator for HoldersIter<'_, '_> {}

impl<'w, 'a> Holder<'w, 'a> {
    /// The paths: a grant for each binding and each place of the subject in it, with the first rule of the role that allows it; sorted by
    /// binding.
    pub fn grants(&self) -> impl Iterator<Item = Grant<'a>> + Clone + use<'w, 'a> {
        let holders = self.holders;
        self.mentions.iter().filter_map(|mention| holders.grant(*mention))
    }
}

impl PartialEq for Holder<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        let key = |holder: &Self| [holder.kind, holder.namespace, holder.name];
        key(self) == key(other) && self.grants().eq(other.grants())
    }
}

impl Eq for Holder<'_, '_> {}

impl fmt::Debug for Holder<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name, .. } = self;
        let grants: Vec<Grant<'_>> = self.grants().collect();
        f.debug_struct("Holder")
            .field("kind", kind)
            .field("namespace", namespace)
            .field("name", name)
            .field("grants", &grants)
            .finish()
    }
}

impl PartialEq for Holders<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Holders<'_> {}

impl fmt::Debug for Holders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Holders<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The subjects of an answer, in order. Made by [`Holders::iter`].
#[derive(Debug, Clone)]
pub struct HoldersIter<'w, 'a> {
    holders: &'w Holders<'a>,
    numbers: Range<usize>,
}

/// A subject by the words that tell it from others of its kind.
struct Named<'a, const N: usize> {
    words: Words<'a, N>,
    mention: Mention,
}

/// The subjects that can be somebody, by kind.
#[derive(Default)]
struct Found<'a> {
    groups: Vec<Named<'a, 1>>,
    accounts: Vec<Named<'a, 2>>,
    users: Vec<Named<'a, 1>>,
}

impl<'a> Found<'a> {
    fn of(bindings: &[Granting<'a>]) -> Self {
        let mut found = Self::default();
        for (binding, granting) in (0..).zip(bindings) {
            for (index, subject) in (0..).zip(granting.binding.subjects()) {
                found.put(subject, granting.binding, Mention { binding, subject: index });
            }
        }
        found
    }

    #[inline]
    fn put(&mut self, subject: &'a Subject, binding: AnyBinding<'a>, mention: Mention) {
        match who(subject, binding) {
            Some(Who::User(name)) => self.users.push(Named { words: [name], mention }),
            Some(Who::Group(name)) => self.groups.push(Named { words: [name], mention }),
            Some(Who::Account(words)) => self.accounts.push(Named { words, mention }),
            None => {}
        }
    }
}

/// Whom a subject stands for.
pub(super) enum Who<'a> {
    User(&'a str),
    Group(&'a str),
    /// The namespace and the name.
    Account([&'a str; 2]),
}

/// Whom the subject of a binding stands for, if it can be anybody.
#[inline]
pub(super) fn who<'a>(subject: &'a Subject, binding: AnyBinding<'a>) -> Option<Who<'a>> {
    match subject.kind.as_str() {
        Subject::USER => Some(Who::User(&subject.name)),
        Subject::GROUP => Some(Who::Group(&subject.name)),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, binding.namespace());
            (!namespace.is_empty()).then_some(Who::Account([namespace, &subject.name]))
        }
        _ => None,
    }
}

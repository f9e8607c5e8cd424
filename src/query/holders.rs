//! The subjects of an answer, each once: how they are put together and walked.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use serde::{Serialize, Serializer};

use super::sorted::{Entries, Words};
use super::{Granting, Holder, Holders, Mention};
use crate::authorize::Grant;
use crate::authorize::subject::service_account_namespace;
use crate::cow::{AHEAD, first, read};
use crate::model::Subject;
use crate::policy::{AnyBinding, AnyRole};
use crate::same::order;

impl<'a> Holders<'a> {
    /// The subjects of the bindings that can be somebody. The bindings come in any order, each with the number of its role.
    pub(super) fn of(roles: Vec<(AnyRole<'a>, usize)>, bindings: Vec<Granting<'a>>) -> Self {
        let Found { mentions, groups, accounts, account_entries, users } = Found::of(&bindings);
        let (order, starts) = (Vec::with_capacity(mentions.len()), Vec::with_capacity(mentions.len()));
        let mut holders = Self { roles, bindings, mentions, order, starts, groups: 0, accounts: 0 };
        holders.put(groups, |mentions, number| [name(mentions, number)], |mention| mention);
        holders.groups = holders.len();
        let account = |number: u32| accounts.get(number as usize);
        let words = |_: &[Mention<'a>], number| account(number).map_or([""; 2], |account| account.words);
        holders.put(account_entries, words, |number| account(number).map_or(NOWHERE, |account| account.mention));
        holders.accounts = holders.len() - holders.groups;
        holders.put(users, |mentions, number| [name(mentions, number)], |mention| mention);
        holders
    }

    /// Puts in subjects of one kind: the words of each entry, and the number of its mention.
    fn put<const N: usize>(
        &mut self,
        entries: Entries<'a>,
        words: impl Fn(&[Mention<'a>], u32) -> Words<'a, N>,
        mention: impl Fn(u32) -> u32,
    ) {
        let Self { bindings, mentions, order, starts, .. } = self;
        entries.in_order(
            |number| words(mentions, number),
            |run| {
                let start = order.len();
                order.extend(run.numbers().map(&mention));
                if !run.alike {
                    starts.extend(start as u32..order.len() as u32);
                } else if let Some(paths) = order.get_mut(start..) {
                    starts.push(start as u32);
                    sort_paths(bindings, mentions, paths);
                }
            },
        );
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
        let end = self.starts.get(number + 1).map_or(self.order.len(), |end| *end as usize);
        let mentions = self.order.get(*self.starts.get(number)? as usize..end)?;
        let mention = self.mention(*mentions.first()?)?;
        let (kind, namespace) = match number.checked_sub(self.groups) {
            None => (Subject::GROUP, ""),
            Some(account) if account < self.accounts => (Subject::SERVICE_ACCOUNT, self.namespace(mention)?),
            Some(_) => (Subject::USER, ""),
        };
        Some(Holder { kind, namespace, name: mention.name, holders: self, mentions })
    }

    fn mention(&self, number: u32) -> Option<Mention<'a>> {
        self.mentions.get(number as usize).copied()
    }

    /// The namespace of a service account.
    fn namespace(&self, mention: Mention<'a>) -> Option<&'a str> {
        let binding = self.bindings.get(mention.binding as usize)?.binding;
        let subject = binding.subjects().get(mention.subject as usize)?;
        Some(service_account_namespace(subject, binding.namespace()))
    }

    /// The subjects, in order.
    #[must_use]
    pub fn iter(&self) -> HoldersIter<'_, 'a> {
        self.into_iter()
    }

    fn grant(&self, mention: u32) -> Option<Grant<'a>> {
        let mention = self.mention(mention)?;
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

/// Sorts mentions of one subject by binding.
fn sort_paths(bindings: &[Granting<'_>], all: &[Mention<'_>], mentions: &mut [u32]) {
    let path = |number: u32| {
        let Mention { binding, subject, .. } = all.get(number as usize)?;
        let binding = bindings.get(*binding as usize)?.binding;
        Some(([binding.kind(), binding.namespace(), binding.name()], *subject))
    };
    mentions.sort_unstable_by(|a, b| {
        let (Some((a, first)), Some((b, second))) = (path(*a), path(*b)) else { return a.cmp(b) };
        let different = a.into_iter().zip(b).map(|(a, b)| order(a, b)).find(|order| order.is_ne());
        different.unwrap_or_else(|| first.cmp(&second))
    });
}

/// A number that no mention has.
const NOWHERE: u32 = u32::MAX;

fn name<'a>(mentions: &[Mention<'a>], number: u32) -> &'a str {
    mentions.get(number as usize).map_or("", |mention| mention.name)
}

/// A service account by its namespace, maybe that of its binding, and its name.
struct Account<'a> {
    words: Words<'a, 2>,
    mention: u32,
}

/// The mentions of subjects that can be somebody, and which are of which kind.
struct Found<'a> {
    mentions: Vec<Mention<'a>>,
    groups: Entries<'a>,
    accounts: Vec<Account<'a>>,
    account_entries: Entries<'a>,
    users: Entries<'a>,
}

impl<'a> Found<'a> {
    fn of(bindings: &[Granting<'a>]) -> Self {
        // Most bindings have one subject, and most subjects are of one kind.
        let room = bindings.len();
        let mut found = Self {
            mentions: Vec::with_capacity(room),
            groups: Entries::default(),
            accounts: Vec::new(),
            account_entries: Entries::default(),
            users: Entries::with_capacity(room),
        };
        let mut number = 0;
        for near in bindings.chunks(AHEAD) {
            read(near.iter().map(read_ahead));
            for granting in near {
                for (index, subject) in (0..).zip(granting.binding.subjects()) {
                    found.put(granting.binding, subject, [number, index]);
                }
                number += 1;
            }
        }
        found
    }

    #[inline]
    fn put(&mut self, of: AnyBinding<'a>, subject: &'a Subject, [binding, index]: [u32; 2]) {
        let mention = self.mentions.len() as u32;
        match who(subject, of) {
            Some(Who::User(name)) => self.users.push(mention, name),
            Some(Who::Group(name)) => self.groups.push(mention, name),
            Some(Who::Account(words)) => {
                let [namespace, _] = words;
                self.account_entries.push(self.accounts.len() as u32, namespace);
                self.accounts.push(Account { words, mention });
            }
            None => return,
        }
        self.mentions.push(Mention { name: &subject.name, binding, subject: index });
    }
}

/// Reads the texts of the first subject, most often the only one.
fn read_ahead(granting: &Granting<'_>) -> usize {
    granting.binding.subjects().first().map_or(0, |subject| first(&subject.kind) ^ first(&subject.name))
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

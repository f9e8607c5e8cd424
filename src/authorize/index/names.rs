//! The names that subjects are looked up by.

use crate::authorize::subject::{is_user, service_account_namespace};
use crate::identity::service_account;
use crate::model::Subject;
use crate::policy::AnyBinding;
use crate::same::{same, same_bytes};

/// A name that a user has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name<'n> {
    User(&'n str),
    Group(&'n str),
}

impl Name<'_> {
    /// Whether the subject of a binding in the namespace stands for whoever has this name (`subject::matches`).
    #[inline(always)]
    pub(super) fn is_of(self, subject: &Subject, namespace: &str) -> bool {
        match self {
            Self::User(name) => is_user(subject, namespace, name),
            Self::Group(name) => subject.kind == Subject::GROUP && same(&subject.name, name),
        }
    }

    /// The same for a subject that the index knows: it is of one of three kinds, which their lengths tell apart.
    #[inline(always)]
    pub(super) fn is_of_known(self, subject: &Subject, namespace: &str) -> bool {
        match (self, subject.kind.len()) {
            (Self::User(name), USER) => same(&subject.name, name),
            (Self::User(name), SERVICE_ACCOUNT) => {
                service_account::matches_username(service_account_namespace(subject, namespace), &subject.name, name)
            }
            (Self::Group(name), GROUP) => same(&subject.name, name),
            _ => false,
        }
    }
}

const USER: usize = Subject::USER.len();
const SERVICE_ACCOUNT: usize = Subject::SERVICE_ACCOUNT.len();
const GROUP: usize = Subject::GROUP.len();

/// Shows the name of each subject of a binding that can be anybody's, with the number of the subject.
pub(super) fn each_name(binding: AnyBinding<'_>, buffer: &mut Buffer, mut show: impl FnMut(u32, Name<'_>)) {
    let namespace = binding.namespace();
    for (number, subject) in (0..).zip(binding.subjects()) {
        if let Some(name) = name_of(subject, namespace, buffer) {
            show(number, name);
        }
    }
}

/// The name of a subject of a binding in the namespace, if it can be anybody's.
#[inline(always)]
pub(super) fn name_of<'n>(subject: &'n Subject, namespace: &str, buffer: &'n mut Buffer) -> Option<Name<'n>> {
    match subject.kind.as_str() {
        Subject::USER => Some(Name::User(&subject.name)),
        Subject::GROUP => Some(Name::Group(&subject.name)),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, namespace);
            (!namespace.is_empty()).then(|| Name::User(buffer.username(namespace, &subject.name)))
        }
        _ => None,
    }
}

/// Where the user names of service accounts are put together.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    text: String,
    /// The length of what the accounts of the namespace have in common.
    stem: usize,
}

impl Buffer {
    /// Accounts of one namespace often follow one another: what they have in common stays.
    fn username(&mut self, namespace: &str, name: &str) -> &str {
        let spelt = self.text.as_bytes().get(service_account::USERNAME_PREFIX.len()..self.stem.saturating_sub(1));
        if spelt.is_some_and(|spelt| same_bytes(spelt, namespace.as_bytes())) {
            self.text.truncate(self.stem);
        } else {
            self.text.clear();
            service_account::push_username(&mut self.text, namespace, "");
            self.stem = self.text.len();
        }
        self.text.push_str(name);
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_spells_every_account() {
        let mut buffer = Buffer::default();
        for (namespace, name) in
            [("a", "b"), ("a", "bcd"), ("ab", "c"), ("a", ""), ("a:b", "c"), ("a", "b:c"), ("é", "ü"), ("é", "u")]
        {
            assert_eq!(buffer.username(namespace, name), service_account::username(namespace, name));
        }
    }
}

//! The names that subjects are looked up by.

use crate::authorize::subject::{is_user, service_account_namespace};
use crate::identity::service_account;
use crate::model::Subject;
use crate::same::same;

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

/// The name of the subject of a binding in the namespace, if it can be anybody's. The user name of a service account is put together in
/// the buffer.
pub(super) fn name<'n>(subject: &'n Subject, namespace: &str, buffer: &'n mut String) -> Option<Name<'n>> {
    match subject.kind.as_str() {
        Subject::USER => Some(Name::User(&subject.name)),
        Subject::GROUP => Some(Name::Group(&subject.name)),
        Subject::SERVICE_ACCOUNT => {
            let namespace = service_account_namespace(subject, namespace);
            if namespace.is_empty() {
                return None;
            }
            buffer.clear();
            service_account::push_username(buffer, namespace, &subject.name);
            Some(Name::User(buffer))
        }
        _ => None,
    }
}

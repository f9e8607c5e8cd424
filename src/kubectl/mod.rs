//! What kubectl prints about RBAC and the accounts around it, byte for byte, and the objects that its flags make.
//!
//! Every page is a pure function of objects, options and the version of kubectl: [`describe`] for one object, [`get`] for tables,
//! [`can_i`] for `auth can-i` and `auth whoami`, [`create`] for `kubectl create`, [`line`](mod@line) for the lines that tell what was done or
//! refused, [`print`](mod@print) for objects as YAML and JSON. Nothing here asks a cluster: what it said is an argument, and so is the time.
//! Models `staging/src/k8s.io/kubectl` and the table printers of `pkg/printers/internalversion`.
//!
//! The version is that of the client. Pages that the server computes (the cells of `get` since 1.18) are those of a server of the same
//! version.

pub mod age;
pub mod apply;
pub mod can_i;
mod columns;
pub mod create;
pub mod describe;
pub mod get;
pub mod line;
mod page;
pub mod print;
mod rows;
mod scalar;
mod tree;
mod yaml;

use crate::quote::Quoted;

use columns::{Columns, Style};

/// The longest page that is made, in bytes. Padding can make a page far longer than the object that it shows.
pub const MAX_PAGE: usize = 64 << 20;
/// The most rules that a role's rules may break down into (one per group, resource, verb and name) to be shown in a table.
pub const MAX_RULES: usize = 1 << 20;

/// What kubectl refuses to make, or this crate to show.
///
/// For flags that kubectl refuses, the text is kubectl's own, without the `error: ` that it prints before most; see [`Error::line`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("the page would be {0} bytes long, expected at most {MAX_PAGE}")]
    TooLong(usize),
    #[error("the rules break down into {0}, expected at most {MAX_RULES}")]
    TooManyRules(usize),
    #[error("{0}")]
    Usage(String),
    #[error("the server doesn't have a resource type {}{}", Quoted(.resource), InGroup(.group))]
    NoResource { resource: String, group: String },
}

impl Error {
    /// What kubectl prints on standard error, with the line end.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.0 {
            Kind::NoResource { .. } => format!("{self}\n"),
            _ => line::error(&self.to_string()),
        }
    }

    fn too_long(bytes: usize) -> Self {
        Self(Kind::TooLong(bytes))
    }

    fn too_many_rules(rules: usize) -> Self {
        Self(Kind::TooManyRules(rules))
    }
}

/// The group of a resource in a message; nothing for the core group.
struct InGroup<'a>(&'a str);

impl std::fmt::Display for InGroup<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " in group {}", Quoted(self.0)) }
    }
}

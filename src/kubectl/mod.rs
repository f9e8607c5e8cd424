//! What kubectl prints about RBAC and the accounts around it, byte for byte, and the objects that its flags make.
//!
//! Every page is a pure function of objects, options and the version of kubectl: [`describe`] for one object, [`get`] for tables,
//! `can_i` for `auth can-i` and `auth whoami`, `create` for `kubectl create`, [`line`](mod@line) for the lines that tell what was done or
//! refused, [`print`](mod@print) for objects as YAML and JSON. Nothing here asks a cluster: what it said is an argument, and so is the time.
//! Models `staging/src/k8s.io/kubectl` and the table printers of `pkg/printers/internalversion`.
//!
//! The version is that of the client. Pages that the server computes (the cells of `get` since 1.18) are those of a server of the same
//! version.

pub mod age;
mod columns;
pub mod describe;
pub mod get;
pub mod line;
mod page;
pub mod print;
mod rows;
mod scalar;
mod tree;
mod yaml;

use columns::{Columns, Style};

/// The longest page that is made, in bytes. Padding can make a page far longer than the object that it shows.
pub const MAX_PAGE: usize = 64 << 20;
/// The most rules that a role's rules may break down into (one per group, resource, verb and name) to be shown in a table.
pub const MAX_RULES: usize = 1 << 20;

/// What kubectl refuses to make, or this crate to show.
///
/// For flags that kubectl refuses, the text is kubectl's own, without the `error: ` that it prints before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("the page would be {0} bytes long, expected at most {MAX_PAGE}")]
    TooLong(usize),
    #[error("the rules break down into {0}, expected at most {MAX_RULES}")]
    TooManyRules(usize),
}

impl Error {
    fn too_long(bytes: usize) -> Self {
        Self(Kind::TooLong(bytes))
    }

    fn too_many_rules(rules: usize) -> Self {
        Self(Kind::TooManyRules(rules))
    }
}

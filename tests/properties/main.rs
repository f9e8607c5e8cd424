//! Properties on random policies with hostile vocabularies, each against a plain model. `PROPTEST_CASES` sets how many cases each gets.

mod cluster;
mod diff;
mod explain;
mod extend;
mod index;
mod interop;
mod lint;
mod model;
mod paths;
mod permission;
mod policy;
mod query;
mod reason;
mod rule;
mod small;
mod suggest;
mod url;

/// The user of a request that was drawn.
fn user(request: &k8s_rbac::request::OwnedAttributes) -> &k8s_rbac::UserInfo {
    request.user.as_ref().expect("every request that is drawn has a user")
}

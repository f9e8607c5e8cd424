//! What Kubernetes RBAC says, offline.
//!
//! Roles, ClusterRoles and their bindings go in, and the answer of the API server to "may this user do this?" comes out: the decision and
//! the reason are those of upstream Kubernetes, byte for byte.
//!
//! ```
//! use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*};
//! let mut policy = Policy::new();
//! policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
//! policy.insert(RoleBinding::new("dev", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
//! let (rbac, jane) = (Authorizer::new(policy), UserInfo::authenticated("jane", ["dev"]));
//! let request = Attributes::resource("get", "pods").by(&jane);
//! assert!(rbac.authorize(&request.in_namespace("dev")).is_allowed());
//! assert!(!rbac.authorize(&request.in_namespace("prod")).is_allowed());
//! ```
//!
//! # Scope
//!
//! The RBAC authorizer of kube-apiserver 1.37 is the one that is followed; where behaviour changed, functions take a [`KubeVersion`] and know
//! every minor version back to 1.11. Other authorizers, authentication and admission are out of scope but for what the answer of RBAC needs
//! of them. Nothing here talks to a cluster: a client such as `kube` brings the objects.
//!
//! # Where to begin
//!
//! The [`guide`] teaches RBAC with this crate in sixteen short chapters, from one refused request to the algebra. The
//! [README](https://docs.rs/crate/k8s-rbac/latest/source/README.md) has the way through the other pages, and `examples/` a file for each thing that
//! people do.
//!
//! # Where things are
//!
//! | to | see |
//! | --- | --- |
//! | make, read and write objects | [`model`], [`policy`] |
//! | read YAML and JSON, with every place and every problem | [`load`], [`render`], [`span`] |
//! | start from the default policy of a version | `bootstrap` (feature) |
//! | ask for a decision and its reason | [`authorize`](mod@authorize), [`request`], [`identity`] |
//! | answer reviews; impersonate | [`review`], [`impersonation`] |
//! | ask why, or why not, and what would turn it | [`explain`], [`suggest`] |
//! | ask who can, what somebody can, and where | [`query`] |
//! | reckon with permissions as sets | [`permission`] |
//! | know what changed, and gate a change | [`diff`], [`gate`] |
//! | find what could be left out | [`redundancy`] |
//! | know what is risky or wrong, and who can become whom | [`lint`], [`paths`] |
//! | know what an API server would refuse | [`validation`], [`escalation`], [`names`] |
//! | know what one rule means, as upstream reckons with rules | [`rule`] |
//! | read audit events and the reasons in them | [`audit`] |
//! | know what the controllers make of objects, and play a story through | [`controller`], [`cluster`] |
//! | print what kubectl prints, make what its flags make | [`kubectl`] |
//! | know what a cluster serves under which name | [`resources`] |
//! | know what changed between versions of Kubernetes | [`version`] |
//! | write strings as Go writes them | [`quote`] |
//! | hand things to other crates | [`interop`] |
//!
//! What most programs need stands here at the top: [`Policy`], [`Authorizer`], [`UserInfo`], [`Attributes`], [`authorize()`], [`Decision`],
//! [`PermissionSet`], [`KubeVersion`].
//!
//! # What holds everywhere
//!
//! - Answers that upstream has too are upstream's, texts to the byte; a difference is a bug. What upstream does not answer has its own name beside it.
//! - Nothing panics, and nothing is `unsafe`. Limits bound what hostile input can cost, and reaching one is a typed error.
//! - Functions are pure: no clock, no randomness, no threads, no global state, and no I/O but the loader's reading of the files it is given.
//! - Answers borrow from what they were asked of where they can; results implement `serde::Serialize`; types are `Send` and `Sync`.
//! - Orders are defined, so an answer can be repeated.
//! - Verbs, groups, resources and kinds are open strings, as they are in Kubernetes.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `yaml` | yes | YAML text to objects (one parser crate) |
//! | `bootstrap` | yes | the default policy of Kubernetes 1.11 to 1.37 as data |
//! | `json` | no | JSON text of results and audit events (`serde_json`) |
//! | `sarif` | no | findings as SARIF 2.1.0 (`json`) |
//! | `live` | no | an authorizer that is changed while others read it without waiting (`arc-swap`) |
//! | `rayon` | no | many requests on the threads of the caller's pool (`rayon`) |
//! | `arbitrary` | no | random objects and requests for fuzzing (`arbitrary`) |
//! | `proptest` | no | random objects and requests that shrink, for property tests (`proptest`) |
//! | `k8s-openapi` | no | from and to the types that `kube` hands out (`k8s-openapi`; the program chooses its version of Kubernetes) |
//! | `http` | no | requests of hyper, axum and tower as the API server sees them (`http`) |
//!
//! The minimum Rust version is 1.88; raising it is a minor release.
#![forbid(unsafe_code)]
#![deny(unreachable_pub)]
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
pub mod authorize;
#[cfg(feature = "bootstrap")]
#[cfg_attr(docsrs, doc(cfg(feature = "bootstrap")))]
pub mod bootstrap;
pub mod cluster;
pub mod controller;
mod cow;
mod date;
pub mod diff;
pub mod escalation;
pub mod explain;
pub mod gate;
pub mod guide;
mod holdings;
pub mod identity;
pub mod impersonation;
pub mod interop;
pub mod kubectl;
pub mod lint;
pub mod load;
pub mod model;
pub mod names;
pub mod paths;
pub mod permission;
pub mod policy;
pub mod query;
pub mod quote;
pub mod redundancy;
pub mod render;
pub mod request;
pub mod resources;
pub mod review;
pub mod rule;
mod same;
pub mod span;
pub mod suggest;
pub mod validation;
pub mod version;
mod want;

pub use authorize::{Authorizer, Decision, authorize};
pub use identity::UserInfo;
pub use permission::PermissionSet;
pub use policy::Policy;
pub use request::Attributes;
pub use version::KubeVersion;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

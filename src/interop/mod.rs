//! The crate's types in the shapes of other crates: one foreign crate, one feature, one module.
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `k8s-openapi` | conversions from and to the types of `k8s-openapi`, which `kube` hands out: see [`k8s_openapi`] |
//! | `http` | `http::Request`s and their parts as [`RequestInfo`](crate::request::RequestInfo) and attributes: see [`http`] |
//! | `arbitrary` | `arbitrary::Arbitrary` for objects, users, requests and policies, for fuzzing |
//! | `proptest` | `proptest::arbitrary::Arbitrary` for the same, for property tests: `any::<Policy>()` |

#[cfg(feature = "arbitrary")]
mod arbitrary;
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub mod http;
#[cfg(feature = "k8s-openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "k8s-openapi")))]
pub mod k8s_openapi;
#[cfg(feature = "proptest")]
mod proptest;
#[cfg(any(feature = "arbitrary", feature = "proptest"))]
mod words;

//! What the compiler does not tell: auto traits of public types, and sizes that callers keep many of.

use std::error::Error;
use std::fmt::Debug;
use std::mem::size_of;

use k8s_rbac::authorize::server::Verdict;
use k8s_rbac::authorize::{Authorizer, Decision, Grant, NoOpinion, Reason};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Located, Object, PolicyRule, Role, RoleBinding, Subject};
use k8s_rbac::request::OwnedAttributes;
use k8s_rbac::span::{FieldError, SourceMap};
use k8s_rbac::version::Profile;
use k8s_rbac::{Attributes, KubeVersion, PermissionSet, Policy, UserInfo, audit, explain, lint, load, paths, permission};

fn shared<T: Send + Sync + Clone + Debug + Unpin>() {}

fn error<T: Error + Send + Sync + 'static>() {}

#[test]
fn values_cross_threads_are_cloned_and_printed() {
    shared::<Authorizer>();
    shared::<Policy>();
    shared::<PermissionSet>();
    shared::<Decision<'_, '_>>();
    shared::<Verdict<'_, '_>>();
    shared::<Grant<'_>>();
    shared::<NoOpinion<'_, '_>>();
    shared::<Reason<'_, '_>>();
    shared::<Attributes<'_>>();
    shared::<OwnedAttributes>();
    shared::<UserInfo>();
    shared::<KubeVersion>();
    shared::<Profile>();
    shared::<Located<Object>>();
    shared::<(Role, ClusterRole, RoleBinding, ClusterRoleBinding, PolicyRule, Subject)>();
    shared::<SourceMap>();
    shared::<load::Loaded>();
    shared::<explain::Evidence>();
    shared::<explain::NearMiss>();
    shared::<lint::Linter>();
    shared::<lint::Report>();
    shared::<(paths::Path, paths::Cut, paths::Picture, paths::Paths)>();
}

#[test]
fn errors_are_errors_that_can_be_sent() {
    error::<load::Error>();
    error::<permission::TooLarge>();
    error::<audit::ParseReasonError>();
    error::<FieldError>();
    error::<k8s_rbac::version::ParseVersionError>();
    error::<lint::ParseSeverityError>();
    error::<paths::TooLarge>();
    #[cfg(feature = "k8s-openapi")]
    error::<k8s_rbac::interop::k8s_openapi::Error>();
}

#[test]
fn what_is_passed_around_is_small() {
    let words = |bytes: usize| bytes.div_ceil(size_of::<usize>());
    assert!(words(size_of::<Grant<'_>>()) <= 6, "{}", size_of::<Grant<'_>>());
    assert!(words(size_of::<Decision<'_, '_>>()) <= 26, "{}", size_of::<Decision<'_, '_>>());
    assert_eq!(size_of::<KubeVersion>(), 4);
    assert!(words(size_of::<load::Error>()) <= 3);
}

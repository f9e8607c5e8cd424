//! Who is meant.

use k8s_rbac::authorize::server;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, Subject};
use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo};

use crate::naive::{RIGHT, Reading, differ, granted, granted_in, jane, rule, wrong_no, wrong_yes};
use crate::upstream::ask;

fn account() -> UserInfo {
    UserInfo::service_account("dev", "ci")
}

fn list_pods(user: &UserInfo) -> Attributes<'_> {
    Attributes::resource("list", "pods").by(user)
}

/// A group that is not known makes the whole binding be skipped.
#[test]
fn f02_a_subject_that_does_not_match_decides_nothing() {
    let subjects = [Subject::group("devs"), Subject::service_account("dev", "ci")];
    let known = |subject: &Subject| subject.kind != "Group" || subject.name.starts_with("system:");
    let user = account();
    let naive = subjects.iter().take_while(|subject| known(subject)).any(|subject| subject.name == "ci");
    differ((naive, false), (ask(&granted(subjects), &list_pods(&user)), true));
}

/// The subjects as they are written are listed, and who is behind a group is not.
#[test]
fn f18_the_members_of_a_group_are_among_those_who_can() {
    let naive = Reading { subject: |subject, _, user| subject.name == user.username, ..RIGHT };
    wrong_no(naive, &granted([Subject::group("dev")]), jane("list", "pods"));
}

/// Subjects whose name begins with `system:` are left out.
#[test]
fn f25_a_grant_to_everybody_is_a_grant() {
    let naive = Reading {
        subject: |subject, binding, user| !subject.name.starts_with("system:") && (RIGHT.subject)(subject, binding, user),
        ..RIGHT
    };
    let anonymous = UserInfo::anonymous();
    wrong_no(naive, &granted([Subject::group(UserInfo::ALL_UNAUTHENTICATED)]), list_pods(&anonymous));
}

/// Nobody belongs to `system:serviceaccounts`.
#[test]
fn f31_every_service_account_is_in_its_groups() {
    let naive =
        Reading { subject: |subject, binding, user| subject.kind != "Group" && (RIGHT.subject)(subject, binding, user), ..RIGHT };
    let user = account();
    wrong_no(naive, &granted([Subject::group("system:serviceaccounts:dev")]), list_pods(&user));
}

/// A service account of another namespace is dropped from a RoleBinding.
#[test]
fn f37_a_service_account_may_come_from_elsewhere() {
    let naive = Reading {
        subject: |subject, binding, user| subject.namespace == binding.namespace() && (RIGHT.subject)(subject, binding, user),
        ..RIGHT
    };
    let user = account();
    wrong_no(naive, &granted_in("prod", [Subject::service_account("dev", "ci")]), list_pods(&user).in_namespace("prod"));
}

/// Names are compared and kinds are not, so that a User called like a group is that group.
#[test]
fn f47_a_user_named_like_a_group_is_not_that_group() {
    let naive =
        Reading { subject: |subject, _, user| user.username == subject.name || user.groups.contains(&subject.name), ..RIGHT };
    let anonymous = UserInfo::anonymous();
    wrong_yes(naive, &granted([Subject::user(UserInfo::ALL_UNAUTHENTICATED)]), list_pods(&anonymous));
}

/// Service accounts are joined to Pods by name.
#[test]
fn f56_service_accounts_are_told_apart_by_namespace() {
    let naive = Reading { subject: |subject, _, user| user.username.ends_with(&format!(":{}", subject.name)), ..RIGHT };
    let user = account();
    wrong_yes(naive, &granted([Subject::service_account("prod", "ci")]), list_pods(&user));
}

/// A service account without a namespace keeps the empty one.
#[test]
fn f61_a_service_account_takes_the_namespace_of_its_role_binding() {
    let naive = Reading {
        subject: |subject, _, user| user.username == format!("system:serviceaccount:{}:{}", subject.namespace, subject.name),
        ..RIGHT
    };
    let user = account();
    wrong_no(naive, &granted_in("dev", [Subject::service_account("", "ci")]), list_pods(&user).in_namespace("dev"));
}

/// A copy of the matching code of 1.5 lives on, in which the user `*` is everybody.
#[test]
fn f76_a_user_called_star_is_nobody_else() {
    let naive = Reading {
        subject: |subject, binding, user| {
            subject.kind == "User" && subject.name == "*" || (RIGHT.subject)(subject, binding, user)
        },
        ..RIGHT
    };
    wrong_yes(naive, &granted([Subject::user("*")]), jane("list", "pods"));
}

/// User and group of one name are merged.
#[test]
fn f63_a_group_is_not_the_user_of_its_name() {
    let naive = Reading { subject: |subject, _, user| subject.name == user.username, ..RIGHT };
    wrong_yes(naive, &granted([Subject::group("jane")]), jane("list", "pods"));
}

/// Service accounts are looked for in the reference to the role.
#[test]
fn f66_who_is_meant_stands_in_the_subjects() {
    let user = UserInfo::service_account("dev", "default");
    let objects = granted_in("dev", [Subject::service_account("dev", "default")]);
    let policy = Policy::from_iter(objects.clone());
    let naive = policy.bindings().any(|binding| binding.role_ref().kind == Subject::SERVICE_ACCOUNT);
    differ((naive, false), (ask(&objects, &list_pods(&user).in_namespace("dev")), true));
}

/// A group is asked for as if it were a user.
#[test]
fn f67_a_group_is_asked_for_as_a_group() {
    let objects = granted([Subject::group(UserInfo::ALL_AUTHENTICATED)]);
    let as_user = UserInfo::new(UserInfo::ALL_AUTHENTICATED, [] as [&str; 0]);
    let naive = ask(&objects, &list_pods(&as_user));
    let member = UserInfo::new("anybody", [UserInfo::ALL_AUTHENTICATED]);
    differ((naive, false), (ask(&objects, &list_pods(&member)), true));
}

/// `system:masters` is treated as a group whose rights come from its bindings.
#[test]
fn f72_removing_the_binding_does_not_stop_the_masters() {
    let after: [Object; 1] = [ClusterRole::new("cluster-admin", [rule("*", "*", "*")]).into()];
    let user = UserInfo::authenticated("root", [UserInfo::MASTERS]);
    let request = Attributes::resource("delete", "nodes").by(&user);
    let naive = RIGHT.allows(&after, &request);
    assert!(!ask(&after, &request), "RBAC itself knows nothing of the group");
    let rbac = Authorizer::new(Policy::from_iter(after));
    differ((naive, false), (server::authorize(&rbac, &request).is_allowed(), true));
}

/// A service account without a namespace in a ClusterRoleBinding becomes the user `system:serviceaccount::name`.
#[test]
fn f75_a_service_account_without_a_namespace_is_nobody_in_the_cluster() {
    let naive = Reading {
        subject: |subject, _, user| user.username == format!("system:serviceaccount:{}:{}", subject.namespace, subject.name),
        ..RIGHT
    };
    let user = UserInfo::new("system:serviceaccount::ci", [] as [&str; 0]);
    wrong_yes(naive, &granted([Subject::service_account("", "ci")]), list_pods(&user));
}

/// Subjects whose name begins with `system:` are skipped even where they are bound to `cluster-admin`.
#[test]
fn f82_everybody_as_cluster_admin_is_everybody() {
    let naive = Reading {
        subject: |subject, binding, user| !subject.name.starts_with("system:") && (RIGHT.subject)(subject, binding, user),
        ..RIGHT
    };
    let objects: [Object; 2] = [
        ClusterRole::new("cluster-admin", [rule("*", "*", "*")]).into(),
        ClusterRoleBinding::new("open", "cluster-admin", [Subject::group(UserInfo::ALL_AUTHENTICATED)]).into(),
    ];
    wrong_no(naive, &objects, jane("delete", "nodes"));
}

//! What a server makes of the opinions of its authenticators, and the review that tells the result.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::identity::chain::{Anonymous, authenticate};
use k8s_rbac::review::self_subject_review;
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;
use serde_json::Value;

use crate::lines;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    user: Option<Named>,
    error: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
    groups: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    opinions: Vec<Said>,
    enabled: bool,
    paths: Vec<String>,
    path: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    user: Option<UserInfo>,
    code: u16,
    message: String,
}

#[test]
fn the_first_user_counts_and_an_error_shuts_out_the_anonymous_one() {
    for (Asked { opinions, enabled, paths, path }, answer) in lines::<Asked, Answer>("chain", 100) {
        let told = format!("{opinions:?} {enabled} {paths:?} {path}");
        let opinions = opinions.into_iter().map(|Said { user, error }| match user {
            _ if !error.is_empty() => Err(error),
            Some(Named { name, groups }) => Ok(Some(UserInfo::new(name, groups.unwrap_or_default()))),
            None => Ok(None),
        });
        match authenticate(opinions, &Anonymous { enabled, paths }, &path) {
            Ok(user) => assert_eq!(Some(user), answer.user, "{told}"),
            Err(error) => assert_eq!((401, error.to_string()), (answer.code, answer.message), "{told}"),
        }
    }
}

#[test]
fn nobody_is_asked_after_the_first_who_knows_the_user() {
    let mut asked = 0;
    let opinions = [Ok(None), Err("bad"), Ok(Some(UserInfo::new("jane", ["dev"]))), Err("late")];
    let user = authenticate(opinions.into_iter().inspect(|_| asked += 1), &Anonymous::default(), "/").unwrap();
    assert_eq!((user.username.as_str(), asked), ("jane", 3));
}

#[test]
fn anonymous_requests_need_what_the_configuration_says() {
    assert!(Anonymous::default().under(["Node", "RBAC"]).enabled && !Anonymous::default().under(["RBAC", "AlwaysAllow"]).enabled);
    let odd = Anonymous { enabled: false, paths: vec!["/healthz".into()] };
    assert_eq!(odd.validate().unwrap_err().to_string(), "enabled should be set to true when conditions are defined");
    assert!(Anonymous::default().validate().is_ok());
}

#[test]
fn one_may_ask_who_one_is() {
    for (user, answer) in lines::<Option<UserInfo>, Value>("selfSubjectReview", 3) {
        let ours = self_subject_review(user.as_ref(), "2026-11-24T00:00:00Z", KubeVersion::V1_37);
        match ours {
            Ok(review) => assert_eq!(review.status.user_info, serde_json::from_value(answer).unwrap()),
            Err(error) => assert_eq!((error.code(), error.to_string()), (400, answer["error"].as_str().unwrap().to_owned())),
        }
    }
    let old = self_subject_review(Some(&UserInfo::anonymous()), "", KubeVersion::new(1, 27)).unwrap_err();
    assert_eq!((old.code(), old.to_string().as_str()), (404, "the server could not find the requested resource"));
}

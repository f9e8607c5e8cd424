//! Without a cluster: events by hand, and a server that is played.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use k8s_openapi::api::rbac::v1 as api;
use k8s_rbac::authorize::Live;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject};
use kube::Client;
use kube::client::Body;
use kube::runtime::watcher::Event;
use serde_json::{Value, json};
use tokio::sync::watch;
use tower_test::mock::{self, Handle};

use crate::Question;
use crate::follow::follow;
use crate::mirror::{Mirror, unknowing};

fn question() -> Question {
    Question::read(&["jane", "list", "pods", "shop"].map(str::to_owned)).unwrap()
}

fn role() -> api::ClusterRole {
    ClusterRole::new("reader", [PolicyRule::resources(["list"], [""], ["pods"])]).try_into().unwrap()
}

fn binding(name: &str, user: &str) -> api::ClusterRoleBinding {
    ClusterRoleBinding::new(name, "reader", [Subject::user(user)]).try_into().unwrap()
}

/// Lists the objects as a watch begins.
fn list<T: k8s_rbac::policy::PolicyObject + From<A>, A>(live: &Arc<Live>, objects: impl IntoIterator<Item = A>) -> Mirror<T> {
    let mut mirror = Mirror::new(Arc::clone(live));
    mirror.take(Event::<A>::Init);
    objects.into_iter().for_each(|object| mirror.take(Event::InitApply(object)));
    mirror.take(Event::<A>::InitDone);
    mirror
}

#[test]
fn a_no_is_told_when_everything_is_known() {
    let live = Arc::new(unknowing());
    list::<Role, api::Role>(&live, []);
    list::<RoleBinding, api::RoleBinding>(&live, []);
    list::<ClusterRole, _>(&live, [role()]);
    assert_eq!(question().answer(&live), "not known yet");
    let mut bindings = list::<ClusterRoleBinding, _>(&live, [binding("joe-reads", "joe")]);
    assert_eq!(question().answer(&live), "no");
    bindings.take(Event::Apply(binding("jane-reads", "jane")));
    let reason = r#"yes: RBAC: allowed by ClusterRoleBinding "jane-reads" of ClusterRole "reader" to User "jane""#;
    assert_eq!(question().answer(&live), reason);
    bindings.take(Event::Delete(binding("jane-reads", "jane")));
    assert_eq!(question().answer(&live), "no");
}

#[test]
fn a_new_list_counts_when_it_is_whole() {
    let live = Arc::new(unknowing());
    list::<ClusterRole, _>(&live, [role()]);
    let mut bindings = list::<ClusterRoleBinding, _>(&live, [binding("a", "jane"), binding("b", "jane")]);
    bindings.take(Event::<api::ClusterRoleBinding>::Init);
    bindings.take(Event::InitApply(binding("b", "joe")));
    assert!(question().answer(&live).contains(r#"ClusterRoleBinding "a""#), "the new list is not whole yet");
    bindings.take(Event::<api::ClusterRoleBinding>::InitDone);
    assert_eq!(live.snapshot().policy().cluster_role_bindings().len(), 1);
    assert_eq!(question().answer(&live), "not known yet");
}

/// An API server that lists what it was given, and then tells one change of the bindings.
async fn serve(mut requests: Handle<Request<Body>, Response<Body>>, lists: HashMap<&str, Value>, change: Value) {
    while let Some((request, answer)) = requests.next_request().await {
        let (path, query) = (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
        let plural = path.rsplit('/').next().unwrap_or_default();
        let body = if !query.contains("watch=true") {
            let items = lists.get(plural).cloned().unwrap_or(json!([]));
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"resourceVersion": "7"}, "items": items})
                .to_string()
        } else if plural == "clusterrolebindings" && query.contains("resourceVersion=7") {
            format!("{change}\n")
        } else {
            // Nothing happens there: the watch stays open.
            std::mem::forget(answer);
            continue;
        };
        answer.send_response(Response::new(Body::from(body.into_bytes())));
    }
}

#[tokio::test]
async fn what_a_server_tells_is_answered_from() {
    let (service, requests) = mock::pair::<Request<Body>, Response<Body>>();
    let mut granted = serde_json::to_value(binding("jane-reads", "jane")).unwrap();
    granted["metadata"]["resourceVersion"] = json!("8");
    let lists = HashMap::from([("clusterroles", json!([role()]))]);
    let server = tokio::spawn(serve(requests, lists, json!({"type": "ADDED", "object": granted})));

    let live = Arc::new(unknowing());
    let (changed, mut changes) = watch::channel(());
    let following = tokio::spawn(follow(Client::new(service, "default"), Arc::clone(&live), changed));
    let mut told = Vec::new();
    let question = question();
    let telling = question.tell(&live, &mut changes, |answer| told.push(answer.split(':').next().unwrap_or_default().to_owned()));
    tokio::time::timeout(Duration::from_secs(2), telling).await.ok();
    following.abort();
    server.abort();
    assert_eq!(told.last().map(String::as_str), Some("yes"), "{told:?}");
    assert_eq!(told.first().map(String::as_str), Some("not known yet"), "{told:?}");
    assert_eq!(live.snapshot().policy().len(), 2);
}

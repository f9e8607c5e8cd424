//! Objects and controllers together.

use k8s_rbac::cluster::{Cluster, Outcome};
use k8s_rbac::controller::{Change, root_ca};
use k8s_rbac::load::Loader;
use k8s_rbac::model::{
    ConfigMap, Located, Namespace, Object, ObjectMeta, Pod, PolicyRule, Role, RoleBinding, RoleRef, Secret, ServiceAccount,
    Subject,
};
use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Policy, controller};

use crate::common::{V1_23, cluster, key, token_secret};

fn named(name: &str) -> ServiceAccount {
    ServiceAccount { metadata: ObjectMeta::namespaced("ns", name), ..ServiceAccount::default() }
}

fn written(changes: &[Change]) -> Vec<String> {
    let word = |change: &Change| match change {
        Change::Create(_) => "create",
        Change::Update(_) => "update",
        Change::Delete(_) => "delete",
        _ => "other",
    };
    changes.iter().map(|change| format!("{} {}", word(change), change.key())).collect()
}

#[test]
fn every_namespace_gets_its_account_and_the_certificate() {
    let mut cluster = Cluster::new(KubeVersion::V1_37, Policy::new()).unwrap();
    let report = cluster.create(Namespace { status: None, ..Namespace::active("ns") }).unwrap();
    assert_eq!(written(&report.changes), ["create ServiceAccount ns/default", "create ConfigMap ns/kube-root-ca.crt"]);
    assert_eq!(cluster.policy().service_accounts().len(), 5);
    assert_eq!(cluster.policy().config_maps().len(), 5);
    assert!(Cluster::new(KubeVersion::V1_11, Policy::new()).unwrap().policy().config_maps().is_empty());
}

#[test]
fn a_deleted_default_account_comes_back_as_another_one_with_another_token() {
    let mut cluster = cluster(V1_23);
    let before = cluster.get::<ServiceAccount>("ns", "default").unwrap().clone();
    let changes = cluster.delete(&key::<ServiceAccount>("default")).unwrap();
    let after = cluster.get::<ServiceAccount>("ns", "default").unwrap();
    assert_ne!(before.metadata.uid, after.metadata.uid);
    let (old, new) = (&before.secrets[0].name, &after.secrets[0].name);
    let expected = [
        format!("delete Secret ns/{old}"),
        "create ServiceAccount ns/default".to_owned(),
        format!("create Secret ns/{new}"),
        "update ServiceAccount ns/default".to_owned(),
    ];
    assert_eq!(written(&changes), expected);
    assert!(cluster.get::<Secret>("ns", old).is_none() && cluster.get::<Secret>("ns", new).is_some());
}

#[test]
fn a_deleted_token_secret_is_forgotten_and_until_1_23_replaced() {
    let mut cluster = cluster(V1_23);
    cluster.create(named("a")).unwrap();
    let old = cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets[0].name.clone();
    cluster.delete(&key::<Secret>(&old)).unwrap();
    let secrets = &cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets;
    assert!(secrets.len() == 1 && secrets[0].name != old, "{secrets:?}");
}

#[test]
fn a_secret_made_by_hand_is_filled_in_and_not_listed_and_goes_with_its_account() {
    let mut cluster = cluster(KubeVersion::V1_37);
    cluster.create(named("a")).unwrap();
    let report = cluster.create(token_secret("t", "a", None, &[])).unwrap();
    assert_eq!(written(&report.changes), ["update Secret ns/t"]);
    let secret = cluster.get::<Secret>("ns", "t").unwrap();
    assert_eq!(secret.data.keys().collect::<Vec<_>>(), ["ca.crt", "namespace", "token"]);
    assert!(cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets.is_empty());
    assert_eq!(written(&cluster.delete(&key::<ServiceAccount>("a")).unwrap()), ["delete Secret ns/t"]);
}

#[test]
fn a_token_secret_of_no_account_goes_at_once() {
    let mut cluster = cluster(KubeVersion::V1_37);
    let report = cluster.create(token_secret("t", "nobody", None, &[])).unwrap();
    assert_eq!(written(&report.changes), ["delete Secret ns/t"]);
    assert!(cluster.policy().secrets().is_empty());
}

#[test]
fn the_certificate_comes_back_whatever_becomes_of_it() {
    let mut cluster = cluster(KubeVersion::V1_37);
    let right = cluster.get::<ConfigMap>("ns", root_ca::NAME).unwrap().data.clone();
    cluster.delete(&key::<ConfigMap>(root_ca::NAME)).unwrap();
    assert_eq!(cluster.get::<ConfigMap>("ns", root_ca::NAME).unwrap().data, right);
    let mut wrong = (***cluster.get::<ConfigMap>("ns", root_ca::NAME).unwrap()).clone();
    wrong.data.insert("ca.crt".into(), "mine".into());
    cluster.replace(wrong).unwrap();
    assert_eq!(cluster.get::<ConfigMap>("ns", root_ca::NAME).unwrap().data, right);
}

#[test]
fn a_namespace_goes_with_all_that_is_in_it() {
    let mut cluster = cluster(V1_23);
    cluster.create(named("a")).unwrap();
    cluster.create(Pod::new("ns", "p", "a", "c")).unwrap();
    let _ = cluster.delete(&key::<Namespace>("ns")).unwrap();
    assert!(cluster.policy().objects().all(|object| object.metadata().namespace != "ns"));
    let refused = cluster.create(named("a")).unwrap_err();
    assert_eq!((refused.to_string().as_str(), refused.code()), (r#"namespaces "ns" not found"#, 404));
}

#[test]
fn writes_are_refused_in_the_servers_words() {
    let mut cluster = cluster(KubeVersion::V1_37);
    let refusals = [
        cluster.create(named("default")).map(|_| ()),
        cluster.replace(named("nobody")).map(|_| ()),
        cluster.delete(&key::<k8s_rbac::model::ClusterRole>("nothing")).map(|_| ()),
        cluster.create(Pod::new("ns", "p", "nobody", "c")).map(|_| ()),
        cluster.create(Role::new("ns", "a/b", [])).map(|_| ()),
        cluster.apply(Role::new("ns", "r", [PolicyRule::urls(["get"], ["/x"])])).map(|_| ()),
    ];
    let texts: Vec<(u16, String)> =
        refusals.into_iter().map(|refusal| refusal.unwrap_err()).map(|e| (e.code(), e.to_string())).collect();
    let expected = [
        (409, r#"serviceaccounts "default" already exists"#),
        (404, r#"serviceaccounts "nobody" not found"#),
        (404, r#"clusterroles.rbac.authorization.k8s.io "nothing" not found"#),
        (403, r#"pods "p" is forbidden: error looking up service account ns/nobody: serviceaccount "nobody" not found"#),
        (422, r#"Role.rbac.authorization.k8s.io "a/b" is invalid: metadata.name: Invalid value: "a/b": may not contain '/'"#),
        (
            422,
            r#"Role.rbac.authorization.k8s.io "r" is invalid: rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs"#,
        ),
    ];
    assert_eq!(texts, expected.map(|(code, text)| (code, text.to_owned())));
}

#[test]
fn of_several_refusals_the_servers_first_is_told() {
    let mut cluster = cluster(KubeVersion::V1_37);
    cluster.create(Role::new("ns", "r", [])).unwrap();
    let invalid = |namespace, name| Role::new(namespace, name, [PolicyRule::urls(["get"], ["/x"])]);
    let mut lost = Pod::new("ns", "", "nobody", "c");
    lost.metadata.generate_name = "web-".into();
    let rows: [(Object, (u16, &str)); 5] = [
        (invalid("nowhere", "r").into(), (404, "NotFound")),
        (Pod::new("nowhere", "p", "nobody", "c").into(), (404, "NotFound")),
        (lost.into(), (403, "Forbidden")),
        (invalid("ns", "r").into(), (422, "Invalid")),
        (Role::new("ns", "r", []).into(), (409, "AlreadyExists")),
    ];
    for (object, expected) in rows {
        let shown = format!("{object:?}");
        let refused = cluster.create(object).unwrap_err();
        assert_eq!((refused.code(), refused.reason()), expected, "{shown}: {refused}");
        assert_eq!(refused.as_invalid().is_some(), expected.0 == 422);
    }
}

#[test]
fn a_namespace_that_is_being_deleted_takes_nothing_new_and_three_are_never_deleted() {
    let mut going = Namespace::active("ns");
    going.status.as_mut().unwrap().phase = Namespace::TERMINATING.into();
    let stored = [Object::from(going), Object::from(named("a"))];
    let mut cluster = Cluster::new(KubeVersion::V1_37, stored.into_iter().collect()).unwrap();
    let refused = cluster.create(Role::new("ns", "r", [])).unwrap_err();
    let text = r#"roles.rbac.authorization.k8s.io "r" is forbidden: unable to create new content in namespace ns because it is being terminated"#;
    assert_eq!((refused.code(), refused.to_string().as_str()), (403, text));
    assert_eq!(cluster.apply(named("a")).unwrap().outcome, Outcome::Unchanged);
    cluster.replace(Namespace::active("ns")).unwrap();
    assert_eq!(cluster.create(Role::new("ns", "r", [])).unwrap_err().code(), 403, "nobody can set the phase");
    for (name, immortal) in [("default", true), ("kube-public", true), ("kube-system", true), ("kube-node-lease", false)] {
        let deleted = cluster.delete(&key::<Namespace>(name));
        let told = deleted.map(|_| ()).map_err(|error| (error.code(), error.to_string()));
        let expected = Err((403, format!("namespaces \"{name}\" is forbidden: this namespace may not be deleted")));
        assert_eq!(told, if immortal { expected } else { Ok(()) });
    }
}

#[test]
fn a_name_that_is_still_being_deleted_is_taken() {
    let mut account = ServiceAccount { metadata: ObjectMeta::namespaced("default", "b"), ..ServiceAccount::default() };
    account.metadata.deletion_timestamp = Some("2026-11-24T00:00:00Z".into());
    let mut cluster = Cluster::new(KubeVersion::V1_37, [Object::from(account.clone())].into_iter().collect()).unwrap();
    account.metadata.deletion_timestamp = None;
    let refused = cluster.create(account).unwrap_err();
    assert_eq!(refused.to_string(), r#"object is being deleted: serviceaccounts "b" already exists"#);
}

#[test]
fn names_are_generated_and_roles_are_created_by_replacing_them() {
    let mut cluster = cluster(KubeVersion::V1_37);
    let mut role = Role::new("ns", "", []);
    role.metadata.generate_name = "reader-".into();
    let key = cluster.create(role).unwrap().key;
    assert!(key.name.starts_with("reader-") && key.name.len() == "reader-".len() + 5, "{key}");
    let binding = RoleBinding::new("ns", "b", RoleRef::role(key.name), []);
    assert_eq!(cluster.replace(binding.clone()).unwrap().outcome, Outcome::Created);
    assert_eq!(cluster.replace(binding).unwrap().outcome, Outcome::Unchanged);
}

#[test]
fn a_stored_binding_keeps_its_role_and_what_was_left_out_is_filled_in() {
    let mut cluster = cluster(KubeVersion::V1_37);
    let mut binding = RoleBinding::new("ns", "b", RoleRef::role("r"), [Subject::user("jane")]);
    binding.role_ref.api_group.clear();
    binding.subjects[0].api_group.clear();
    cluster.apply(binding.clone()).unwrap();
    let stored = cluster.get::<RoleBinding>("ns", "b").unwrap().clone();
    assert_eq!((stored.role_ref.clone(), stored.subjects.clone()), (RoleRef::role("r"), vec![Subject::user("jane")]));
    assert_eq!(cluster.apply(binding).unwrap().outcome, Outcome::Unchanged);

    let refused = cluster.replace(RoleBinding::new("ns", "b", RoleRef::role("other"), [])).unwrap_err();
    assert_eq!(refused.code(), 422);
    assert!(refused.to_string().ends_with(": field is immutable"), "{refused}");
    assert_eq!(cluster.get::<RoleBinding>("ns", "b").unwrap().role_ref.name, "r");
}

#[test]
fn applying_keeps_what_controllers_wrote_and_replacing_does_not() {
    let mut cluster = cluster(V1_23);
    cluster.create(named("a")).unwrap();
    let token = cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets[0].name.clone();
    let mut labelled = named("a");
    labelled.metadata.labels.insert("team".into(), "x".into());
    let report = cluster.apply(labelled).unwrap();
    assert_eq!((report.outcome.to_string().as_str(), report.changes.len()), ("configured", 0));
    assert_eq!(cluster.get::<ServiceAccount>("ns", "a").unwrap().secrets[0].name, token);
    cluster.replace(named("a")).unwrap();
    let account = cluster.get::<ServiceAccount>("ns", "a").unwrap();
    assert!(account.metadata.labels.is_empty() && account.secrets[0].name != token);
}

#[test]
fn what_was_applied_and_is_no_longer_goes_and_what_others_wrote_stays() {
    let mut cluster = cluster(KubeVersion::V1_37);
    let map = |entries: &[(&str, &str)]| entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let manifest = |entries: &[(&str, &str)]| {
        let mut object = ConfigMap { metadata: ObjectMeta::namespaced("ns", "m"), data: map(entries), ..ConfigMap::default() };
        object.metadata.labels = map(entries);
        k8s_rbac::kubectl::apply::sent(Object::from(object), "ns", KubeVersion::V1_37)
    };
    cluster.apply(manifest(&[("a", "1"), ("b", "1")])).unwrap();
    let mut edited = (***cluster.get::<ConfigMap>("ns", "m").unwrap()).clone();
    edited.data.insert("c".into(), "2".into());
    edited.metadata.labels.insert("c".into(), "2".into());
    cluster.replace(edited).unwrap();
    assert_eq!(cluster.apply(manifest(&[("a", "3")])).unwrap().outcome, Outcome::Configured);
    let stored = cluster.get::<ConfigMap>("ns", "m").unwrap();
    let expected = map(&[("a", "3"), ("c", "2")]);
    assert_eq!((&stored.data, &stored.metadata.labels), (&expected, &expected));
    assert_eq!(cluster.apply(manifest(&[("a", "3")])).unwrap().outcome, Outcome::Unchanged);
}

#[test]
fn what_a_text_says_to_be_empty_is_no_silence() {
    const HEAD: &str =
        r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b","namespace":"ns""#;
    const TAIL: &str = r#"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"}"#;
    let read = |metadata: &str, subjects: &str, spans: bool| {
        let text = format!("{HEAD}{metadata}{TAIL}{subjects}}}");
        Loader::new().spans(spans).read_str("b.json", &text).into_result().unwrap().pop().unwrap()
    };
    let jane = r#","subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"jane"}]"#;
    for (metadata, subjects, spans, left, labels) in [
        ("", "", true, 1, 1),
        (r#","labels":{}"#, r#","subjects":[]"#, true, 0, 1),
        (r#","labels":null"#, r#","subjects":null"#, true, 0, 0),
        (r#","labels":{"a":null}"#, "", true, 1, 0),
        (r#","labels":{}"#, r#","subjects":[]"#, false, 1, 1),
    ] {
        let mut cluster = cluster(KubeVersion::V1_37);
        cluster.create(read(r#","labels":{"a":"b"}"#, jane, false).into_inner()).unwrap();
        cluster.apply(read(metadata, subjects, spans)).unwrap();
        let stored = cluster.get::<RoleBinding>("ns", "b").unwrap();
        assert_eq!((stored.subjects.len(), stored.metadata.labels.len()), (left, labels), "{metadata}{subjects} {spans}");
    }
}

#[test]
fn what_was_applied_is_remembered_as_it_was_written() {
    let text = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n  creationTimestamp: null\n  \
                labels: {a: ~, b: \"\", c: 'null'}\naggregationRule:\n  clusterRoleSelectors:\n  - matchLabels: {}\n    matchExpressions:\n";
    let located = Loader::new().read_str("r.yaml", text).into_result().unwrap().pop().unwrap();
    let remembered = |object: Located<Object>| {
        let sent = k8s_rbac::kubectl::apply::sent(object, "ns", KubeVersion::V1_37);
        sent.metadata().annotations[ObjectMeta::LAST_APPLIED].clone()
    };
    let (start, end) = (
        r#"{"aggregationRule":{"clusterRoleSelectors":[{"#,
        "}]},\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"annotations\":{},",
    );
    let in_code = r#""labels":{"a":"","b":"","c":"null"},"name":"r"},"rules":null}"#;
    assert_eq!(remembered(Located::from(located.clone().into_inner())), format!("{start}{end}{in_code}\n"));
    let written = r#""creationTimestamp":null,"labels":{"a":null,"b":"","c":"null"},"name":"r"}}"#;
    let selector = r#""matchExpressions":null,"matchLabels":{}"#;
    assert_eq!(remembered(located), format!("{start}{selector}{end}{written}\n"));
}

/// kubectl fills in the namespace and writes the annotations anew before it remembers what it sends.
#[test]
fn what_kubectl_writes_anew_is_not_remembered_as_it_was_written() {
    let own = format!(r#"{{"{}":"","a":null}}"#, ObjectMeta::LAST_APPLIED);
    for (namespace, annotations, remembered) in [("\"\"", "null", "{}"), ("null", &own, r#"{"a":""}"#)] {
        let text = |namespace, annotations| {
            let metadata = format!(r#"{{"annotations":{annotations},"name":"a","namespace":{namespace}}}"#);
            format!(r#"{{"apiVersion":"v1","kind":"ServiceAccount","metadata":{metadata}}}"#)
        };
        let read = |text: &str| Loader::new().read_str("a.json", text).into_result().unwrap().pop().unwrap();
        let sent = k8s_rbac::kubectl::apply::sent(read(&text(namespace, annotations)), "ns", KubeVersion::V1_37);
        let told = format!("{}\n", text("\"ns\"", remembered));
        assert_eq!(sent.metadata().annotations[ObjectMeta::LAST_APPLIED], told);
        let mut cluster = cluster(KubeVersion::V1_37);
        cluster.create(read(&text("\"ns\"", r#"{"a":"1","b":"2"}"#)).into_inner()).unwrap();
        cluster.apply(sent).unwrap();
        let stored = &cluster.get::<ServiceAccount>("ns", "a").unwrap().metadata.annotations;
        assert_eq!((stored["a"].as_str(), stored["b"].as_str()), (if annotations == "null" { "1" } else { "" }, "2"));
    }
}

#[test]
fn what_is_in_lists_is_remembered_as_it_was_written() {
    for (kind, fields) in [
        ("v1|Pod", r#""spec":{"containers":[{"image":"i","name":"c","resources":{}}],"volumes":[{"emptyDir":{},"name":"v"}]}"#),
        ("v1|Pod", r#""spec":{"containers":[{"args":["",null],"env":[],"image":"","name":"c"}],"nodeName":""}"#),
        (
            "rbac.authorization.k8s.io/v1|Role",
            r#""rules":[null,{},{"apiGroups":[""],"resourceNames":[],"resources":["pods"],"verbs":[null,"get"]}]"#,
        ),
    ] {
        let (api_version, kind) = kind.split_once('|').unwrap();
        let metadata = r#"{"annotations":{},"name":"n","namespace":"ns"}"#;
        let text = format!(r#"{{"apiVersion":"{api_version}","kind":"{kind}","metadata":{metadata},{fields}}}"#);
        let located = Loader::new().read_str("t.json", &text).into_result().unwrap().pop().unwrap();
        let sent = k8s_rbac::kubectl::apply::sent(located, "ns", KubeVersion::V1_37);
        assert_eq!(sent.metadata().annotations[ObjectMeta::LAST_APPLIED], format!("{text}\n"));
    }
}

#[test]
fn a_cluster_starts_from_what_is_stored() {
    let mut account = named("a");
    account.metadata.uid = "uid-a".into();
    let stored =
        [Object::from(Pod::new("ns", "p", "nobody", "c")), token_secret("t", "a", Some("uid-a"), &[]).into(), account.into()];
    let cluster = Cluster::new(KubeVersion::V1_37, stored.into_iter().collect()).unwrap();
    assert_eq!(cluster.get::<ServiceAccount>("ns", "a").unwrap().metadata.uid, "uid-a");
    assert_eq!(cluster.get::<Secret>("ns", "t").unwrap().data.len(), 3);
    assert!(cluster.get::<ServiceAccount>("ns", "default").is_some());
    assert!(cluster.get::<Pod>("ns", "p").unwrap().spec.volumes.is_empty());
}

#[test]
fn created_objects_have_the_time_that_was_set() {
    let mut cluster = cluster(KubeVersion::V1_37);
    cluster.set_time("2026-11-24T06:00:00Z");
    cluster.create(named("a")).unwrap();
    assert_eq!(
        cluster.get::<ServiceAccount>("ns", "a").unwrap().metadata.creation_timestamp.as_deref(),
        Some("2026-11-24T06:00:00Z")
    );
}

#[test]
fn a_change_is_made_only_where_it_fits() {
    let mut policy = Policy::new();
    assert!(!Change::Update(Object::from(named("a"))).apply(&mut policy));
    assert!(Change::Create(Object::from(named("a"))).apply(&mut policy));
    assert!(!Change::Create(Object::from(named("a"))).apply(&mut policy));
    let mut other = named("a");
    other.metadata.uid = "another".into();
    assert!(!Change::Delete(controller::Deletion::of(&other)).apply(&mut policy));
    assert!(Change::Delete(controller::Deletion::of(&named("a"))).apply(&mut policy) && policy.is_empty());
}

use super::*;
use crate::model::core::{ByteString, LocalObjectReference, ObjectReference};

fn at(object_meta: ObjectMeta, created: &str) -> ObjectMeta {
    ObjectMeta { creation_timestamp: Some(created.to_owned()), ..object_meta }
}

fn options(version: KubeVersion) -> Options {
    Options::new(version, "2019-01-06T00:00:00Z".parse().unwrap())
}

fn bindings() -> [RoleBinding; 2] {
    let subjects = [Subject::user("u1"), Subject::user("u2")];
    let account = Subject::service_account("default", "x");
    let mut wide = RoleBinding::new("a", "bbbbbbbbb", RoleRef::role("r"), subjects);
    wide.metadata = at(wide.metadata, "2018-01-06T00:00:00Z");
    let mut narrow = RoleBinding::new("a-b", "a", RoleRef::cluster_role("view"), [account]);
    narrow.metadata = at(narrow.metadata, "2019-01-01T00:00:00Z");
    [wide, narrow]
}

#[test]
fn bindings_show_their_subjects_where_there_is_room() {
    let [wide, narrow] = bindings();
    let shown = role_bindings([&narrow, &wide], &Options { wide: true, ..options(KubeVersion::V1_37) }).unwrap();
    let lines = [
        "NAME        ROLE               AGE    USERS    GROUPS   SERVICEACCOUNTS\n",
        "bbbbbbbbb   Role/r             365d   u1, u2            \n",
        "a           ClusterRole/view   5d                       default/x\n",
    ];
    assert_eq!(shown, [lines[0], lines[2], lines[1]].concat(), "a-b comes before a: '-' is less than '/'");
}

#[test]
fn old_bindings_hide_their_role() {
    let shown = role_bindings(&bindings(), &options(KubeVersion::V1_11)).unwrap();
    assert_eq!(shown, "NAME        AGE\na           5d\nbbbbbbbbb   1y\n");
    let wide = role_bindings(&bindings(), &Options { wide: true, ..options(KubeVersion::V1_11) }).unwrap();
    assert_eq!(wide.lines().next(), Some("NAME        AGE       ROLE               USERS     GROUPS    SERVICEACCOUNTS"));
}

#[test]
fn namespaces_kinds_and_labels_are_shown_when_asked_for() {
    let mut role = Role::new("default", "r", []);
    role.metadata.labels = [("app.io/tier".to_owned(), "web".to_owned()), ("a".to_owned(), "1".to_owned())].into();
    let asked = Options {
        all_namespaces: true,
        with_kind: true,
        show_labels: true,
        label_columns: vec!["app.io/tier".to_owned(), "none".to_owned()],
        ..options(KubeVersion::V1_37)
    };
    assert_eq!(
        roles([&role], &asked).unwrap(),
        "NAMESPACE   NAME                               CREATED AT             TIER   NONE   LABELS\n\
         default     role.rbac.authorization.k8s.io/r   0001-01-01T00:00:00Z   web           a=1,app.io/tier=web\n",
    );
}

#[test]
fn a_name_that_is_not_ascii_makes_its_column_as_wide_as_its_bytes() {
    let role = Role::new("default", "ログロログ", []);
    assert_eq!(
        roles([&role], &options(KubeVersion::V1_37)).unwrap(),
        "NAME              CREATED AT\nログロログ             0001-01-01T00:00:00Z\n",
    );
    let bare = Options { no_headers: true, ..options(KubeVersion::V1_37) };
    assert_eq!(roles([&role], &bare).unwrap(), "ログロログ   0001-01-01T00:00:00Z\n");
}

#[test]
fn a_cell_is_cut_at_its_first_line_end() {
    let secret = Secret { metadata: ObjectMeta::namespaced("default", "s"), r#type: "a\x1bb\nc".to_owned(), ..Secret::default() };
    assert_eq!(
        secrets([&secret], &options(KubeVersion::V1_37)).unwrap(),
        "NAME   TYPE      DATA   AGE\ns      a^[b...   0      <unknown>\n",
    );
}

#[test]
fn nothing_is_said_of_no_rows_but_on_standard_error() {
    assert_eq!(secrets([], &options(KubeVersion::V1_37)).unwrap(), "");
    assert_eq!(nothing_found(Some("default"), KubeVersion::V1_37), "No resources found in default namespace.\n");
    assert_eq!(nothing_found(None, KubeVersion::V1_37), "No resources found\n");
    assert_eq!(nothing_found(Some("default"), KubeVersion::V1_11), "No resources found.\n");
    assert_eq!(joined(&["a\n".to_owned(), String::new(), "b\n".to_owned()]), "a\n\nb\n");
}

fn account(secrets: &[&str]) -> ServiceAccount {
    ServiceAccount {
        metadata: at(ObjectMeta::namespaced("default", "sample-serviceaccount"), "2019-01-05T23:59:25Z"),
        secrets: secrets.iter().map(|name| ObjectReference { name: (*name).into(), ..ObjectReference::default() }).collect(),
        image_pull_secrets: vec![LocalObjectReference { name: "pull".into() }],
        ..ServiceAccount::default()
    }
}

fn versions(minors: std::ops::RangeInclusive<u16>) -> impl Iterator<Item = KubeVersion> {
    minors.map(|minor| KubeVersion::new(1, minor))
}

#[test]
fn accounts_count_the_secrets_that_they_name_until_1_34() {
    let accounts = [account(&["token", "dangling"])];
    for version in versions(10..=34) {
        let shown = service_accounts(&accounts, &options(version)).unwrap();
        assert_eq!(shown, "NAME                    SECRETS   AGE\nsample-serviceaccount   2         35s\n", "{version}");
    }
    for version in versions(35..=37) {
        let shown = service_accounts(&accounts, &options(version)).unwrap();
        assert_eq!(shown, "NAME                    AGE\nsample-serviceaccount   35s\n", "{version}");
    }
}

#[test]
fn secrets_show_their_type_and_how_much_they_hold() {
    let mut token = Secret { metadata: at(ObjectMeta::namespaced("default", "t"), "2019-01-04T20:00:00Z"), ..Secret::default() };
    token.r#type = Secret::SERVICE_ACCOUNT_TOKEN.into();
    token.data = ["ca.crt", "namespace", "token"].map(|key| (key.to_owned(), ByteString::default())).into();
    let untimed = Secret { metadata: ObjectMeta::namespaced("default", "u"), ..Secret::default() };
    let both = [untimed, token];
    for (version, [name, data, age]) in [
        (KubeVersion::new(1, 10), ["NAME      ", "DATA      ", "1d"]),
        (KubeVersion::V1_11, ["NAME      ", "DATA      ", "1d"]),
        (KubeVersion::new(1, 12), ["NAME   ", "DATA   ", "28h"]),
        (KubeVersion::V1_37, ["NAME   ", "DATA   ", "28h"]),
    ] {
        let cell = |text: &str, title: &str| format!("{text:width$}", width = title.len());
        let line = |cells: [&str; 4]| format!("{}{:38}{}{}\n", cell(cells[0], name), cells[1], cell(cells[2], data), cells[3]);
        let expected = [
            line(["NAME", "TYPE", "DATA", "AGE"]),
            line(["t", "kubernetes.io/service-account-token", "3", age]),
            line(["u", "", "0", "<unknown>"]),
        ];
        assert_eq!(secrets(&both, &options(version)).unwrap(), expected.concat(), "{version}");
    }
}

#[test]
fn roles_show_when_they_were_created_since_the_server_prints_them() {
    let mut role = Role::new("default", "r", []);
    role.metadata = at(role.metadata, "2019-01-05T21:07:40Z");
    let mut cluster_role = ClusterRole::new("r", []);
    cluster_role.metadata = at(cluster_role.metadata, "2019-01-05T23:07:40+02:00");
    let unset = (Role::new("default", "r", []), ClusterRole::new("r", []));
    let pages = |role: &Role, cluster_role: &ClusterRole, version| {
        [roles([role], &options(version)).unwrap(), cluster_roles([cluster_role], &options(version)).unwrap()]
    };
    for (version, age, none) in [
        (KubeVersion::new(1, 10), "NAME      AGE\nr         2h\n", "NAME      AGE\nr         <unknown>\n"),
        (KubeVersion::V1_11, "NAME      AGE\nr         2h\n", "NAME      AGE\nr         <unknown>\n"),
        (KubeVersion::new(1, 17), "NAME   AGE\nr      172m\n", "NAME   AGE\nr      <unknown>\n"),
        (
            KubeVersion::new(1, 18),
            "NAME   CREATED AT\nr      2019-01-05T21:07:40Z\n",
            "NAME   CREATED AT\nr      0001-01-01T00:00:00Z\n",
        ),
        (
            KubeVersion::V1_37,
            "NAME   CREATED AT\nr      2019-01-05T21:07:40Z\n",
            "NAME   CREATED AT\nr      0001-01-01T00:00:00Z\n",
        ),
    ] {
        assert_eq!(pages(&role, &cluster_role, version), [age, age], "{version}");
        assert_eq!(pages(&unset.0, &unset.1, version), [none, none], "{version}");
    }
}

#[test]
fn bindings_show_their_role_since_the_server_prints_them() {
    let subjects = [
        Subject::user("u1"),
        Subject::service_account("default", "x"),
        Subject::group("g"),
        Subject { namespace: String::new(), ..Subject::service_account("default", "y") },
        Subject::user("u2"),
        Subject { kind: "Robot".into(), ..Subject::user("r") },
    ];
    let mut of_cluster = ClusterRoleBinding::new("b", "view", subjects.clone());
    of_cluster.metadata = at(of_cluster.metadata, "2018-12-20T00:00:00Z");
    let mut of_namespace = RoleBinding::new("default", "b", RoleRef::cluster_role("view"), subjects);
    of_namespace.metadata = at(of_namespace.metadata, "2018-12-20T00:00:00Z");
    for (version, narrow, wide) in [
        (
            KubeVersion::V1_11,
            "NAME      AGE\nb         17d\n",
            "NAME      AGE       ROLE               USERS     GROUPS    SERVICEACCOUNTS\n\
             b         17d       ClusterRole/view   u1, u2    g         default/x, /y\n",
        ),
        (
            KubeVersion::new(1, 17),
            "NAME   AGE\nb      17d\n",
            "NAME   AGE   ROLE               USERS    GROUPS   SERVICEACCOUNTS\n\
             b      17d   ClusterRole/view   u1, u2   g        default/x, /y\n",
        ),
        (
            KubeVersion::V1_37,
            "NAME   ROLE               AGE\nb      ClusterRole/view   17d\n",
            "NAME   ROLE               AGE   USERS    GROUPS   SERVICEACCOUNTS\n\
             b      ClusterRole/view   17d   u1, u2   g        default/x, /y\n",
        ),
    ] {
        for (is_wide, expected) in [(false, narrow), (true, wide)] {
            let options = Options { wide: is_wide, ..options(version) };
            assert_eq!(cluster_role_bindings([&of_cluster], &options).unwrap(), expected, "{version}");
            assert_eq!(role_bindings([&of_namespace], &options).unwrap(), expected, "{version}");
        }
    }
}

use super::*;

fn flags(verbs: &[&str], resources: &[&str]) -> RoleFlags {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    RoleFlags { name: "r".to_owned(), verbs: list(verbs), resources: list(resources), ..RoleFlags::default() }
}

fn refused(flags: &RoleFlags, version: KubeVersion) -> String {
    role(flags, &Catalogue::built_in(), version).unwrap_err().line()
}

#[test]
fn rules_are_parted_by_group_and_hold_everything_once() {
    let mut flags = flags(&["get", "list", "get"], &["deploy", "pods", "pods/log", "sa", "rs.apps", "pods"]);
    flags.resource_names = ["b", "a", "b"].map(str::to_owned).to_vec();
    let made = role(&flags, &Catalogue::built_in(), KubeVersion::V1_37).unwrap().object;
    let shown: Vec<_> =
        made.rules.iter().map(|rule| (rule.api_groups.join(","), rule.resources.join(","), rule.verbs.join(","))).collect();
    let row = |group: &str, resources: &str| (group.to_owned(), resources.to_owned(), "get,list".to_owned());
    assert_eq!(shown, [row("", "pods,pods/log,serviceaccounts"), row("apps", "deployments,replicasets")]);
    assert!(made.rules.iter().all(|rule| rule.resource_names == ["b", "a"]));
}

#[test]
fn a_star_alone_stands_for_all_and_one_in_a_group_ends_the_check() {
    let rules = |resources: &[&str]| {
        let made = role(&flags(&["*", "get"], resources), &Catalogue::built_in(), KubeVersion::V1_37).unwrap().object;
        made.rules.iter().map(|rule| (rule.api_groups[0].clone(), rule.resources.join(","))).collect::<Vec<_>>()
    };
    let row = |group: &str, resources: &str| (group.to_owned(), resources.to_owned());
    assert_eq!(rules(&["foo", "*", "bar"]), [row("", "*")]);
    assert_eq!(rules(&["*.apps", "nonexist"]), [row("", "nonexist"), row("apps", "*")]);
    assert_eq!(refused(&flags(&["get"], &["*"]), KubeVersion::V1_11), "the server doesn't have a resource type \"*\"\n");
}

#[test]
fn special_verbs_are_about_their_resources_only() {
    let impersonate = flags(&["impersonate"], &["users", "groups", "userextras.authentication.k8s.io"]);
    assert_eq!(role(&impersonate, &Catalogue::built_in(), KubeVersion::V1_37).unwrap().object.rules.len(), 2);
    let cases = [
        (flags(&["get", "bind"], &["po"]), "error: can not perform 'bind' on 'pods' in group ''\n"),
        (flags(&["escalate"], &["roles", "nosuch.x"]), "error: can not perform 'escalate' on 'nosuch' in group 'x'\n"),
        (flags(&["get"], &["users"]), "the server doesn't have a resource type \"users\"\n"),
        (flags(&["get"], &["Foo.bar"]), "the server doesn't have a resource type \"Foo\" in group \"bar\"\n"),
    ];
    for (flags, line) in cases {
        assert_eq!(refused(&flags, KubeVersion::V1_37), line);
    }
}

#[test]
fn refusals_of_roles_come_in_kubectls_order() {
    let nameless = RoleFlags { name: String::new(), ..flags(&[], &[]) };
    let cases = [
        (nameless, "error: name must be specified\n"),
        (flags(&[], &[]), "error: at least one verb must be specified\n"),
        (flags(&["get"], &[]), "error: at least one resource must be specified\n"),
        (flags(&["get"], &["/scale"]), "error: resource must be specified if apiGroup/subresource specified\n"),
    ];
    for (flags, line) in cases {
        assert_eq!(refused(&flags, KubeVersion::V1_37), line);
    }
}

#[test]
fn a_verb_of_ones_own_is_warned_of_and_was_refused() {
    let made = role(&flags(&["frob"], &["pods"]), &Catalogue::built_in(), KubeVersion::V1_37).unwrap();
    assert_eq!(made.warnings, ["Warning: 'frob' is not a standard resource verb\n"]);
    assert_eq!(refused(&flags(&["frob"], &["pods"]), KubeVersion::V1_11), "error: invalid verb: 'frob'\n");
    assert_eq!(refused(&flags(&["escalate"], &["roles"]), KubeVersion::V1_11), "error: invalid verb: 'escalate'\n");
}

#[test]
fn cluster_roles_may_be_about_urls_or_be_aggregated() {
    let make = |change: &dyn Fn(&mut RoleFlags)| {
        let mut flags = flags(&[], &[]);
        change(&mut flags);
        cluster_role(&flags, &Catalogue::built_in(), KubeVersion::V1_37)
            .map(|made| made.object)
            .map_err(|error| error.to_string())
    };
    let urls = |verb: &str, url: &str| {
        let (verb, url) = (verb.to_owned(), url.to_owned());
        make(&move |flags| (flags.verbs, flags.non_resource_urls) = (vec![verb.clone()], vec![url.clone()]))
    };
    assert_eq!(*urls("get", "/logs/*").unwrap().rules, [crate::model::PolicyRule::urls(["get"], ["/logs/*"])]);
    assert!(urls("get", "*").is_ok());
    assert_eq!(urls("list", "/x").unwrap_err(), "invalid verb: 'list' for nonResourceURL");
    assert_eq!(urls("get", "x").unwrap_err(), "nonResourceURL should start with /");
    assert_eq!(urls("get", "/a*b").unwrap_err(), "nonResourceURL only supports wildcard matches when '*' is at the end");
    assert_eq!(
        make(&|flags| flags.verbs = vec!["get".into()]).unwrap_err(),
        "one of resource or nonResourceURL must be specified"
    );
    let aggregated = make(&|flags| flags.aggregation_rule = vec!["a=b, c = d".into(), ",".into()]).unwrap();
    assert_eq!(aggregated.aggregation_rule.unwrap().cluster_role_selectors[0].match_labels.len(), 2);
    assert!(aggregated.rules.is_null());
    assert_eq!(
        make(&|flags| flags.aggregation_rule = vec!["a".into()]).unwrap_err(),
        r#"invalid argument "a" for "--aggregation-rule" flag: malformed pair, expect string=string"#
    );
    assert_eq!(
        make(&|flags| (flags.aggregation_rule, flags.verbs) = (vec!["a=b".into()], vec!["get".into()])).unwrap_err(),
        "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames"
    );
}

#[test]
fn bindings_name_one_role_and_subjects_in_order() {
    let subjects = |flags: &BindingFlags, version| role_binding(flags, version).map(|binding| binding.subjects);
    let flags = BindingFlags {
        name: "b".to_owned(),
        role: Some("r".to_owned()),
        users: ["u2", "u1", "u2"].map(str::to_owned).to_vec(),
        service_accounts: vec!["ns:sa".to_owned()],
        ..BindingFlags::default()
    };
    let [u1, u2, sa] = [Subject::user("u1"), Subject::user("u2"), Subject::service_account("ns", "sa")];
    assert_eq!(subjects(&flags, KubeVersion::V1_37).unwrap(), [u2.clone(), u1.clone(), u2.clone(), sa.clone()]);
    assert_eq!(subjects(&flags, KubeVersion::V1_11).unwrap(), [u1, u2, sa]);
    let both = BindingFlags { cluster_role: Some("c".to_owned()), ..flags.clone() };
    assert_eq!(
        role_binding(&both, KubeVersion::V1_37).unwrap_err().to_string(),
        "exactly one of clusterrole or role must be specified"
    );
    for account in ["bad", ":x", "x:", "a:b:c"] {
        let flags = BindingFlags { service_accounts: vec![account.to_owned()], ..flags.clone() };
        assert_eq!(subjects(&flags, KubeVersion::V1_37).unwrap_err().to_string(), "serviceaccount must be <namespace>:<name>");
    }
    let unnamed = BindingFlags { service_accounts: vec![":x".to_owned()], ..flags };
    assert!(subjects(&unnamed, KubeVersion::V1_11).is_ok());
}

#[test]
fn a_cluster_role_binding_needs_its_role() {
    let refused =
        |version| cluster_role_binding(&BindingFlags { name: "b".to_owned(), ..BindingFlags::default() }, version).unwrap_err();
    assert_eq!(refused(KubeVersion::V1_37).line(), "error: required flag(s) \"clusterrole\" not set\n");
    assert_eq!(refused(KubeVersion::V1_11).line(), "error: clusterrole must be specified\n");
}

#[test]
fn each_change_came_with_its_version() {
    fn around<T>(minor: u16, ask: impl Fn(KubeVersion) -> T) -> [T; 2] {
        [ask(KubeVersion::new(1, minor - 1)), ask(KubeVersion::new(1, minor))]
    }
    let catalogue = Catalogue::built_in();
    let takes = |verb: &str, resource: &str, version| role(&flags(&[verb], &[resource]), &catalogue, version).is_ok();
    let binding = |subjects: &[&str]| BindingFlags {
        name: "b".to_owned(),
        cluster_role: Some("c".to_owned()),
        users: subjects.iter().map(|user| (*user).to_owned()).collect(),
        ..BindingFlags::default()
    };
    assert_eq!(around(12, |version| takes("get", "*", version)), [false, true]);
    assert_eq!(around(12, |version| takes("escalate", "roles", version)), [false, true]);
    assert_eq!(around(14, |version| name(&["a", "b"], "role", version).unwrap_err().to_string().ends_with('.')), [true, false]);
    let required = |version| cluster_role_binding(&BindingFlags::default(), version).unwrap_err().to_string();
    assert_eq!(around(19, |version| required(version).starts_with("required flag")), [false, true]);
    assert_eq!(around(20, |version| takes("frob", "pods", version)), [false, true]);
    let first = |version| role_binding(&binding(&["z", "a"]), version).unwrap().subjects.swap_remove(0).name;
    assert_eq!(around(20, first), ["a", "z"]);
    let told = |object: Object| move |version| refused_by_server(&object, version);
    assert_eq!(
        around(20, told(RoleBinding::default().into())),
        ["Error from server (X): no\n", "error: failed to create rolebinding: no\n"]
    );
    let account = told(ServiceAccount::default().into());
    assert_eq!(around(21, account), ["Error from server (X): no\n", "error: failed to create serviceaccount: no\n"]);
}

fn refused_by_server(object: &Object, version: KubeVersion) -> String {
    super::refused(object, "X", "no", version)
}

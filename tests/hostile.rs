//! Input that is made to hurt: each kind ends in a typed error or in an answer, with work in proportion to the input. Work is counted as bytes
//! asked of the allocator and as bytes held at once; no clock is looked at.

#![cfg(feature = "yaml")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use k8s_rbac::audit::AllowedBy;
use k8s_rbac::controller::aggregation::{MAX_STEPS, settle};
use k8s_rbac::load::{LimitKind, Limits, Loaded, Loader, ProblemKind};
use k8s_rbac::model::{AggregationRule, ObjectMeta};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, LabelSelector, LabelSelectorRequirement, PolicyRule, Subject};
use k8s_rbac::permission::PermissionSet;
use k8s_rbac::request::RequestInfo;
use k8s_rbac::request::selector::{parse_fields, parse_labels};
use k8s_rbac::rule::covers::covers;
use k8s_rbac::{Attributes, Authorizer, KubeVersion, Policy, UserInfo};

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
    static HELD: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is handed to the system's allocator as it came.
#[expect(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + layout.size()));
        HELD.with(|held| {
            held.set(held.get().wrapping_add(layout.size()));
            PEAK.with(|peak| peak.set(peak.get().max(held.get())));
        });
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.with(|held| held.set(held.get().wrapping_sub(layout.size())));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `run` gives, and that it asked for at most `asked` bytes and held at most `held` at once, its result among them.
fn within<T>(asked: usize, held: usize, run: impl FnOnce() -> T) -> T {
    let (asked_before, held_before) = (ASKED.with(Cell::get), HELD.with(Cell::get));
    PEAK.with(|peak| peak.set(held_before));
    let result = run();
    let (asked_now, peak) = (ASKED.with(Cell::get) - asked_before, PEAK.with(Cell::get) - held_before);
    assert!(asked_now <= asked, "asked for {asked_now} bytes, expected at most {asked}");
    assert!(peak <= held, "held {peak} bytes, expected at most {held}");
    result
}

const MIB: usize = 1 << 20;

fn limits(loaded: &Loaded) -> Vec<LimitKind> {
    let limit = |problem: &k8s_rbac::load::Problem| match problem.kind {
        ProblemKind::Limit { limit, .. } => Some(limit),
        _ => None,
    };
    loaded.problems.iter().filter_map(limit).collect()
}

#[test]
fn billion_laughs() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (level, from) in ('b'..='j').zip('a'..) {
        let aliases = vec![format!("*{from}"); 10].join(", ");
        bomb.push_str(&format!("{level}: &{level} [{aliases}]\n"));
    }
    let loaded = within(4 * MIB, 2 * MIB, || Loader::new().read_str("bomb.yaml", &bomb));
    assert_eq!(limits(&loaded), [LimitKind::Aliases]);
    assert!(loaded.objects.is_empty());
}

#[test]
fn a_long_line() {
    let line = format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: {}}}\n", "n".repeat(100 * MIB));
    let loaded = within(4 * line.len(), 3 * line.len() + MIB, || Loader::new().read_str("line.yaml", &line));
    assert_eq!(loaded.objects.len(), 1);
    let longer = "x".repeat(128 * MIB + 1);
    let refused = within(MIB, MIB, || Loader::new().read_str("longer.yaml", &longer));
    assert_eq!(limits(&refused), [LimitKind::Bytes]);
}

#[test]
fn a_million_documents() {
    let empty = "---\n".repeat(1_000_001);
    let loaded = within(10 * empty.len(), 10 * empty.len(), || Loader::new().read_str("empty.yaml", &empty));
    assert_eq!(limits(&loaded), [LimitKind::Documents]);
    let values = r#"{"kind":"Pond","apiVersion":"v1"}"#.repeat(1_000_001);
    let loaded = within(30 * values.len(), 3 * values.len(), || Loader::new().read_str("many.json", &values));
    assert_eq!(limits(&loaded), [LimitKind::Documents]);
    assert_eq!((loaded.documents, loaded.skipped.len()), (1_000_000, 1));
}

/// What `read` asks of the allocator for so many things, and for twice as many.
fn asked(n: usize, read: impl Fn(usize)) -> (usize, usize) {
    let of = |n| {
        let before = ASKED.with(Cell::get);
        read(n);
        ASKED.with(Cell::get) - before
    };
    (of(n), of(2 * n))
}

#[test]
fn work_grows_with_documents() {
    let (once, twice) = asked(5_000, |n| {
        let text = "---\nkind: Pond\napiVersion: v1\n".repeat(n);
        assert_eq!(Loader::new().read_str("t", &text).documents, n);
    });
    assert!(twice < once * 21 / 10, "{once} {twice}");
    // The YAML parser's own queue is 12,800 of them.
    assert!(once / 5_000 < 15_000, "{}", once / 5_000);
}

#[test]
fn work_grows_with_width() {
    let json =
        |list: String| format!(r#"{{"kind":"Namespace","apiVersion":"v1","metadata":{{"name":"x","finalizers":[{list}""]}}}}"#);
    let yaml = |list: String| format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: x, finalizers: [{list}]}}\n");
    let keys = |n: usize| (0..n).map(|i| format!("\"k{i}\": \"\",")).collect::<String>();
    let labels = |n| format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: x, labels: {{{}}}}}\n", keys(n));
    let texts: [&dyn Fn(usize) -> String; 3] = [&|n| json("\"a\",".repeat(n)), &|n| yaml("a,".repeat(n)), &labels];
    for (which, text) in texts.iter().enumerate() {
        let (once, twice) = asked(32_768, |n| assert_eq!(Loader::new().read_str("t", &text(n)).objects.len(), 1));
        assert!(twice < once * 23 / 10, "{which}: {once} {twice}");
        assert!(once < 32_768 * 1500, "{which}: {once}");
    }
}

#[test]
fn work_grows_with_what_aliases_stand_for() {
    let (once, twice) = asked(600, |n| {
        let text = format!(
            "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {{name: x}}\nrules:\n- &r {{verbs: &v [get]}}\n{}",
            "- *r\n".repeat(n)
        );
        assert_eq!(Loader::new().read_str("t", &text).objects.len(), 1);
    });
    assert!(twice < once * 23 / 10, "{once} {twice}");
}

#[test]
fn deep_nesting() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let text = "- ".to_owned() + &open.repeat(100_000) + "x" + &close.repeat(100_000);
        let loaded = within(8 * text.len() + MIB, 8 * text.len() + MIB, || Loader::new().read_str("deep.yaml", &text));
        assert_eq!(limits(&loaded), [LimitKind::Depth], "{open}");
    }
    let json = r#"{"kind":"Namespace","apiVersion":"v1","spec":"#.to_owned() + &"[".repeat(100_000);
    let loaded = within(8 * json.len() + MIB, 8 * json.len() + MIB, || Loader::new().read_str("deep.json", &json));
    assert_eq!(limits(&loaded), [LimitKind::Depth]);
}

#[test]
fn bytes_that_are_no_text() {
    let good = "kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n---\n";
    let invalid = [good.as_bytes(), b"kind: \xff\xfe\n"].concat();
    let loaded = within(MIB, MIB, || Loader::new().read_bytes("invalid.yaml", &invalid));
    assert_eq!(loaded.objects.len(), 1, "what stands before is read");
    assert!(loaded.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::NotUtf8)), "{:?}", loaded.problems);
    let nul = format!("{good}kind: Name\0space\napiVersion: v1\n");
    let loaded = within(MIB, MIB, || Loader::new().read_str("nul.yaml", &nul));
    assert_eq!(loaded.objects.len(), 1);
    assert!(!loaded.problems.is_empty(), "a NUL is no part of YAML");
}

#[test]
fn a_limit_of_the_caller() {
    let mut limits_set = Limits::default();
    limits_set.nodes = 1000;
    limits_set.problems = 10;
    let loader = Loader::new().limits(limits_set);
    let wide = format!("kind: Role\napiVersion: rbac.authorization.k8s.io/v1\nrules: [{}]\n", "{}, ".repeat(100_000));
    assert_eq!(limits(&within(8 * MIB, 4 * MIB, || loader.read_str("wide.yaml", &wide))), [LimitKind::Nodes]);
    let wrong = "kind: Role\napiVersion: rbac.authorization.k8s.io/v1\nx: 1\n---\n".repeat(100);
    let loaded = loader.read_str("wrong.yaml", &wrong);
    assert_eq!(loaded.problems.len(), 11, "ten problems, and that there are more");
    assert_eq!(limits(&loaded), [LimitKind::Problems]);
}

#[test]
fn a_role_of_a_million_rules() {
    let rule = |i: u32| PolicyRule::resources(["get"], [""], [format!("kind-{i}")]);
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("wide", (0..1_000_000).map(rule)));
    policy.insert(ClusterRoleBinding::new("b", "wide", [Subject::user("jane")]));
    let rbac = within(1000 * MIB, 600 * MIB, || Authorizer::new(policy));
    let jane = UserInfo::new("jane", ["dev"]);
    within(0, 0, || {
        assert!(rbac.authorize(&Attributes::resource("get", "kind-999999").by(&jane)).is_allowed());
        assert!(!rbac.authorize(&Attributes::resource("list", "kind-1").by(&jane)).is_allowed());
    });
    let role = rbac.policy().cluster_roles().iter().next().unwrap();
    let too_large = within(64 * MIB, 64 * MIB, || PermissionSet::from_rules_within(&role.rules, 1000));
    assert_eq!(too_large.unwrap_err().limit(), 1000);
}

#[test]
fn selectors_that_blow_up() {
    let labels = (0..1000).map(|i| (format!("k{i}"), "v".to_owned())).collect();
    let requirement = |i: u32| LabelSelectorRequirement {
        key: format!("k{}", i % 1000),
        operator: "In".into(),
        values: (0..100).map(|v| format!("w{v}")).chain(["v".to_owned()]).collect(),
    };
    let selector = LabelSelector { match_expressions: (0..1000).map(requirement).collect(), ..LabelSelector::default() };
    assert!(within(0, 0, || selector.matches(&labels)));
    let nested = "a in (".repeat(100_000);
    assert!(within(32 * nested.len(), 32 * nested.len(), || parse_labels(&nested)).is_err());
    let long = vec!["a=b"; 100_000].join(",");
    assert_eq!(within(200 * long.len(), 100 * long.len(), || parse_fields(&long)).unwrap().len(), 100_000);
}

#[test]
fn a_user_in_many_groups() {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
    let subjects = (0..100_000).map(|i| Subject::group(format!("group-{i}")));
    policy.insert(ClusterRoleBinding::new("many", "reader", subjects));
    let rbac = within(100 * MIB, 60 * MIB, || Authorizer::new(policy));
    let jane = UserInfo::new("jane", (0..100_000).map(|i| format!("group-{i}")));
    within(0, 0, || {
        assert!(rbac.authorize(&Attributes::resource("get", "pods").by(&jane)).is_allowed());
        assert!(!rbac.authorize(&Attributes::resource("list", "pods").by(&jane)).is_allowed());
    });
}

#[test]
fn rules_that_multiply() {
    let many = |what: &str| (0..1000).map(|i| format!("{what}-{i}")).collect::<Vec<_>>();
    let rule = PolicyRule::resources(many("verb"), many("group"), many("resource")).named(many("name"));
    let refused = within(MIB, MIB, || covers(std::slice::from_ref(&rule), std::slice::from_ref(&rule)).map(drop));
    assert!(refused.is_err(), "10^12 atomic rules are not looked at");
    let set = within(8 * MIB, 8 * MIB, || PermissionSet::from_rule(&rule)).unwrap();
    assert!(set.contains(&Attributes::resource("verb-1", "resource-2").in_group("group-3").named("name-4")));
}

#[test]
fn sets_that_blow_up() {
    let stars = (0..300).flat_map(|i| {
        let (group, verb, name) = (format!("g{i}"), format!("v{i}"), format!("n{i}"));
        [
            PolicyRule::resources(["*"], [group.clone()], [format!("a{i}")]),
            PolicyRule::resources([verb.clone()], ["*"], [format!("b{i}")]),
            PolicyRule::resources([verb], [group], ["*"]).named([name]),
        ]
    });
    let rules: Vec<PolicyRule> = stars.collect();
    let grown = within(64 * MIB, 32 * MIB, || PermissionSet::from_rules_within(&rules, 50_000).map(drop));
    assert_eq!(grown.unwrap_err().limit(), 50_000);
}

#[test]
fn roles_that_gather_one_another() {
    let role = |i: u32| ClusterRole {
        metadata: ObjectMeta::named(format!("r{i}")),
        aggregation_rule: Some(AggregationRule { cluster_role_selectors: vec![LabelSelector::default()] }),
        ..ClusterRole::default()
    };
    let mut policy: Policy = (0..5_000).map(|i| k8s_rbac::model::Object::from(role(i))).collect();
    let before = policy.clone();
    let error = within(1024 * MIB, 512 * MIB, || settle(&mut policy, KubeVersion::V1_37)).unwrap_err();
    assert_eq!(error.to_string(), format!("aggregated clusterroles did not settle within {MAX_STEPS} steps"));
    assert_eq!(policy, before);
}

#[test]
fn urls_and_reasons_that_are_made_of_escapes() {
    let url = format!("/api/v1/namespaces/{}", "%2Fa".repeat(MIB / 4));
    let info = within(32 * url.len(), 16 * url.len(), || RequestInfo::from_target("GET", &url));
    assert!(info.is_ok_and(|info| info.name.len() + info.namespace.len() + info.path.len() > MIB / 4));
    let query = format!("/api/v1/pods?{}", "labelSelector=a&".repeat(MIB / 16));
    let _ = within(64 * query.len(), 32 * query.len(), || RequestInfo::from_target("GET", &query));
    let reason = format!("RBAC: allowed by ClusterRoleBinding \"{}\" of", "\\x41\\\"".repeat(MIB / 8));
    let parsed = within(8 * reason.len(), 4 * reason.len(), || reason.parse::<AllowedBy>());
    assert!(parsed.is_err());
}

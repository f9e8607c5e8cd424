//! Every rule on its two files: what it finds in the one and not in the other, and all files against all rules.
//!
//! Of `fixtures/ID.fail.yaml` the rule is to find exactly the objects whose names begin with `fail`, or that a comment `# fail` stands
//! above; of `ID.pass.yaml` nothing. Where a rule differs between clusters there are further pairs, `ID-….fail.yaml` and `ID-….pass.yaml`. A first line `# cluster: …` says what is known besides: a version, a platform, a request that was made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use k8s_rbac::lint::{Finding, Linter, Tier};
use k8s_rbac::load::Loader;
use k8s_rbac::request::{Attributes, OwnedAttributes};
use k8s_rbac::version::{Platform, Profile};
use k8s_rbac::{Authorizer, Policy, UserInfo};

struct Fixture {
    text: String,
    linter: Linter,
    rbac: Authorizer,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/fixtures")
}

fn read(name: &str) -> Fixture {
    let text = std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let loaded = Loader::new().read_str(name, &text).into_result().unwrap_or_else(|error| panic!("{name}: {error}"));
    let policy: Policy = loaded.into_iter().collect();
    Fixture { linter: linter(&text), text, rbac: Authorizer::new(policy) }
}

/// Every rule, those that are off too, for the cluster of which the first line speaks.
fn linter(text: &str) -> Linter {
    let mut profile = Profile::default();
    let mut used = None;
    let told = text.lines().next().and_then(|line| line.strip_prefix("# cluster: ")).unwrap_or_default();
    for (key, value) in told.split_whitespace().filter_map(|word| word.split_once('=')) {
        match key {
            "version" => profile.version = value.parse().unwrap(),
            "platform" => profile.platform = platform(value),
            "used" => used = Some(request(value)),
            _ => panic!("{key}"),
        }
    }
    let linter = if profile == Profile::default() { EVERY_RULE.clone() } else { every_rule(profile) };
    used.into_iter().fold(linter, |linter, request| linter.used([request]))
}

static EVERY_RULE: LazyLock<Linter> = LazyLock::new(|| every_rule(Profile::default()));

fn every_rule(profile: Profile) -> Linter {
    let linter = Linter::new(profile).unfolded();
    let off: Vec<String> = linter.rules().iter().filter(|rule| !rule.on).map(|rule| rule.id.to_string()).collect();
    off.into_iter().fold(linter, Linter::on)
}

fn platform(name: &str) -> Platform {
    match name {
        "eks" => Platform::Eks,
        "aks" => Platform::Aks,
        "openshift" => Platform::OpenShift,
        _ => panic!("{name}"),
    }
}

/// `dev/ci:get:pods`: the service account, the verb, the resource, in its namespace.
fn request(text: &str) -> OwnedAttributes {
    let [account, verb, resource] = text.splitn(3, ':').collect::<Vec<_>>().try_into().unwrap();
    let (namespace, name) = account.split_once('/').unwrap();
    let user = UserInfo::service_account(namespace, name);
    Attributes::resource(verb, resource).in_namespace(namespace).by(&user).into()
}

impl Fixture {
    fn findings(&self) -> Vec<Finding> {
        let report = self.linter.lint(&self.rbac);
        report.findings.into_iter().chain(report.suppressed.into_iter().map(|(finding, _)| finding)).collect()
    }

    /// The names of the objects that are to be found.
    fn failing(&self) -> BTreeSet<String> {
        let documents = self.text.split("---\n");
        let name = |document: &str| {
            let after = document.split("metadata:").nth(1)?.split("name: ").nth(1)?;
            Some(after.split([',', '}', '\n']).next()?.trim().to_owned())
        };
        let named = documents.filter_map(|document| Some((name(document)?, document.starts_with("# fail"))));
        named.filter(|(name, said)| *said || name.starts_with("fail")).map(|(name, _)| name).collect()
    }
}

/// All files of this kind, each with the id that its name begins with.
fn files(kind: &str) -> Vec<(String, String)> {
    let own = |name: String| name.ends_with(kind).then(|| (name.get(..5).unwrap().to_owned(), name));
    names().into_iter().filter_map(own).collect()
}

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_rule_has_a_file_of_each_kind() {
    let linter = Linter::new(Profile::default());
    let known: BTreeSet<String> = linter.rules().iter().map(|rule| rule.id.to_string()).collect();
    for kind in [".fail.yaml", ".pass.yaml"] {
        assert_eq!(files(kind).into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>(), known);
    }
}

#[test]
fn the_catalogue_is_as_long_as_it_says_and_its_ids_are_unique() {
    let linter = Linter::new(Profile::default());
    let rules = linter.rules();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_ref()).collect();
    let names: BTreeSet<&str> = rules.iter().map(|rule| rule.name.as_ref()).collect();
    assert_eq!((rules.len(), ids.len(), names.len()), (176, 176, 176));
    assert_eq!(rules.len() + k8s_rbac::lint::catalogue::ABSENT.len(), 178);
    let wordless = rules.iter().filter(|rule| rule.title.is_empty() || rule.rationale.is_empty() || rule.fix.is_empty());
    assert_eq!(wordless.count(), 0);
}

#[test]
fn each_rule_finds_what_it_is_to_find() {
    let mut wrong = Vec::new();
    for (id, name) in files(".fail.yaml") {
        let fixture = read(&name);
        let found: Vec<Finding> = fixture.findings().into_iter().filter(|finding| finding.rule == id).collect();
        let names: BTreeSet<String> = found.iter().map(|finding| finding.object.name.clone()).collect();
        let expected = fixture.failing();
        if names != expected || expected.is_empty() {
            let (missing, extra): (Vec<_>, Vec<_>) =
                (expected.difference(&names).collect(), names.difference(&expected).collect());
            wrong.push(format!("{name}: not found {missing:?}, found as well {extra:?}"));
        }
        wrong.extend(found.iter().filter(|finding| finding.place.is_none()).map(|finding| format!("{finding}: has no place")));
        for finding in found.iter().filter(|finding| finding.tier == Tier::Grant) {
            let witness =
                finding.witness.as_ref().is_some_and(|witness| fixture.rbac.authorize(&witness.attributes()).is_allowed());
            if !witness || finding.evidence.is_empty() {
                wrong.push(format!("{finding}: {:?}", finding.witness));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_passes_what_is_only_near() {
    let mut wrong = Vec::new();
    for (id, name) in files(".pass.yaml") {
        let fixture = read(&name);
        wrong.extend(fixture.findings().into_iter().filter(|finding| finding.rule == id).map(|finding| finding.to_string()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// For each file, how many findings there are of each rule, and what its own rule finds.
#[test]
fn all_files_against_all_rules() {
    let mut table = String::new();
    for name in names() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut own = Vec::new();
        for finding in read(&name).findings() {
            own.extend(name.starts_with(finding.rule.as_ref()).then(|| format!("\n  {}: {}", finding.severity, finding.object)));
            *counts.entry(finding.rule.into_owned()).or_default() += 1;
        }
        let cells: Vec<String> = counts.iter().map(|(id, count)| format!("{id}:{count}")).collect();
        table += &format!("{}: {}{}\n", name.trim_end_matches(".yaml"), cells.join(" "), own.concat());
    }
    insta::assert_snapshot!(table);
}

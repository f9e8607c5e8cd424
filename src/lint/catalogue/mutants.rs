//! Each rule about a permission with one of its conditions dropped: its fixtures tell it from the rule as it is.

use std::path::{Path, PathBuf};

use super::row::Row;
use super::{add_ons, inert, rows_of_grants};
use crate::authorize::Authorizer;
use crate::lint::{Finding, Linter, Names, PermissionRule, RuleInfo, Severities, Severity, Want};
use crate::load::Loader;
use crate::version::{KubeVersion, Platform, Profile};

type Applies = fn(&Profile) -> bool;
type Loosen = fn(Want) -> Want;

/// A row, to be changed.
#[derive(Clone)]
struct Mutant {
    what: String,
    cases: Vec<(Applies, Severities, Vec<Vec<Want>>)>,
    unless: Vec<Want>,
    when: Applies,
}

impl Mutant {
    fn of(row: &Row) -> Self {
        let always: Applies = |_| true;
        let own = |parts: &[&[Want]]| parts.iter().map(|wants| wants.to_vec()).collect();
        let cases = row.cases.iter().map(|(severities, parts)| (always, *severities, own(parts)));
        let also = row.also.iter().map(|(applies, severities, parts)| (*applies, *severities, own(parts)));
        Self { what: String::new(), cases: cases.chain(also).collect(), unless: row.unless.to_vec(), when: row.when }
    }

    fn rule(&self, row: &Row) -> PermissionRule {
        let info = RuleInfo::new(row.id, row.name, Severity::Info, row.title);
        let bare = PermissionRule::of_cases(info, self.when).unless(&self.unless);
        self.cases.iter().fold(bare, |rule, (applies, severities, parts)| {
            let parts: Vec<&[Want]> = parts.iter().map(Vec::as_slice).collect();
            rule.or_when(*applies, *severities, &parts)
        })
    }

    fn changed(&self, what: String, change: impl FnOnce(&mut Self)) -> Self {
        let mut mutant = Self { what, ..self.clone() };
        change(&mut mutant);
        mutant
    }

    /// All that drop one condition.
    fn all(&self) -> Vec<Self> {
        let mut found = vec![];
        if !self.unless.is_empty() {
            found.push(self.changed("unless".into(), |mutant| mutant.unless.clear()));
        }
        for case in 0..self.cases.len() {
            found.extend(self.of_case(case).into_iter().filter(|mutant| !mutant.is_as(self)));
        }
        found
    }

    fn is_as(&self, other: &Self) -> bool {
        let words = |mutant: &Self| mutant.cases.iter().map(|(_, at, parts)| (*at, parts.clone())).collect::<Vec<_>>();
        words(self) == words(other)
    }

    fn of_case(&self, case: usize) -> Vec<Self> {
        let mut found = vec![];
        if self.cases.len() > 1 {
            found.push(self.changed(format!("case {case}"), |mutant| _ = mutant.cases.remove(case)));
        }
        found.push(self.changed(format!("case {case}: scope"), |mutant| {
            let severities = &mut mutant.cases[case].1;
            let anywhere = |severity: Option<Severity>| severity.or(Some(Severity::Low));
            *severities = Severities {
                cluster: anywhere(severities.cluster),
                system: anywhere(severities.system),
                namespace: anywhere(severities.namespace),
                ..*severities
            };
        }));
        for part in 0..self.cases[case].2.len() {
            if self.cases[case].2.len() > 1 {
                found.push(self.changed(format!("case {case}: part {part}"), |mutant| _ = mutant.cases[case].2.remove(part)));
            }
            let loosened: [(&str, Loosen); 4] = [
                ("verbs", Want::of_any_verb),
                ("group", Want::of_any_group),
                ("targets", Want::of_any_target),
                ("names", |want| want.of_names(Names::Some)),
            ];
            for (what, loosen) in loosened {
                found.push(self.changed(format!("case {case}: part {part}: {what}"), |mutant| {
                    mutant.cases[case].2[part].iter_mut().for_each(|want| *want = loosen(*want));
                }));
            }
        }
        found
    }
}

/// Clusters of every kind that a rule may leave out.
fn clusters() -> Vec<Profile> {
    let platforms = [Platform::Eks, Platform::Aks, Platform::OpenShift];
    let on = platforms.map(|platform| Profile { platform, ..Profile::default() });
    [Profile::default(), Profile::of(KubeVersion::OLDEST)].into_iter().chain(on).collect()
}

/// The files of a rule, each with a linter for the cluster that its first line speaks of.
fn files(id: &str, plain: &Linter) -> Vec<(Linter, Authorizer)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/fixtures");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut own: Vec<_> = names.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(id)).collect();
    own.sort();
    let file = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let profile = profile(&text);
        let linter = if profile == Profile::default() { plain.clone() } else { Linter::empty(profile) };
        (linter, Authorizer::new(Loader::new().read_str(id, &text).into_result().unwrap().into_iter().collect()))
    };
    own.iter().map(file).collect()
}

fn profile(text: &str) -> Profile {
    let mut profile = Profile::default();
    for word in text.lines().next().unwrap().trim_start_matches("# cluster: ").split_whitespace() {
        match word.split_once('=') {
            Some(("version", version)) => profile.version = version.parse().unwrap(),
            Some(("platform", "eks")) => profile.platform = Platform::Eks,
            Some(("platform", "aks")) => profile.platform = Platform::Aks,
            Some(("platform", "openshift")) => profile.platform = Platform::OpenShift,
            _ => {}
        }
    }
    profile
}

/// What a rule finds in its files.
fn found(files: &[(Linter, Authorizer)], rule: &PermissionRule) -> Vec<String> {
    let told = |finding: &Finding| format!("{} {} {:?}", finding.severity, finding.object, finding.scope);
    let of_file = |(linter, rbac): &(Linter, Authorizer)| {
        let report = linter.clone().with(rule.clone()).lint(rbac);
        report.findings.iter().map(told).collect::<Vec<_>>()
    };
    files.iter().flat_map(of_file).collect()
}

/// Mutants that mean the same as the rule, each with why.
const EQUAL: &[(&str, &str, &str)] = &[
    ("RB108", "case 1: part 0: names", UNLIMITED),
    ("RB109", "case 1: part 0: names", UNLIMITED),
    ("RB208", "case 2: part 0: names", UNLIMITED),
    ("RB123", "case 0: part 0: names", NAMELESS),
    ("RB124", "case 0: part 0: names", NAMELESS),
    ("RB301", "case 0: part 0: names", NAMELESS),
    ("RB415", "case 0: part 0: names", NAMELESS),
    ("RB430", "case 0: part 0: names", NAMELESS),
    ("RB201", "case 2: scope", EARLIER),
    ("RB201", "case 3: scope", EARLIER),
    ("RB206", "case 1: scope", EARLIER),
];
const UNLIMITED: &str = "what is limited to no names meets an earlier case";
const NAMELESS: &str = "create and deletecollection carry no name, so a rule that is limited to names does not give them";
const EARLIER: &str = "what is granted in the whole cluster meets an earlier case";

#[test]
fn a_rule_without_one_of_its_conditions_is_told_by_its_fixtures() {
    let tables = [rows_of_grants().as_slice(), &[inert::ROWS, add_ons::ROWS]].concat();
    let plain = Linter::empty(Profile::default());
    let (mut tried, mut alive) = (0, Vec::new());
    for row in tables.into_iter().flatten() {
        let files = files(row.id, &plain);
        let original = Mutant::of(row);
        let expected = found(&files, &original.rule(row));
        for mutant in original.all() {
            tried += 1;
            let equal = EQUAL.iter().any(|(id, what, _)| *id == row.id && *what == mutant.what);
            if !equal && found(&files, &mutant.rule(row)) == expected {
                alive.push(format!("{} without {}", row.id, mutant.what));
            }
        }
    }
    assert!(alive.is_empty(), "{} of {tried} tell nothing:\n{}", alive.len(), alive.join("\n"));
}

/// A rule that is about some clusters only finds nothing in the others.
#[test]
fn rules_keep_to_their_clusters() {
    let tables = [rows_of_grants().as_slice(), &[inert::ROWS, add_ons::ROWS]].concat();
    let plain = Linter::empty(Profile::default());
    let others: Vec<(Profile, Linter)> =
        clusters().into_iter().map(|profile| (profile.clone(), Linter::empty(profile))).collect();
    let mut kept = 0;
    for row in tables.into_iter().flatten() {
        let files = files(row.id, &plain);
        for (_, other) in others.iter().filter(|(profile, _)| !(row.when)(profile)) {
            kept += 1;
            let moved: Vec<(Linter, Authorizer)> = files.iter().map(|(_, rbac)| (other.clone(), rbac.clone())).collect();
            let rule = Mutant::of(row);
            assert_eq!(found(&moved, &rule.rule(row)), [""; 0], "{}", row.id);
            assert_ne!(found(&moved, &Mutant { when: |_| true, ..rule }.rule(row)), [""; 0], "{}", row.id);
        }
    }
    assert!(kept > 20, "{kept}");
}

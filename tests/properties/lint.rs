//! The linter on random policies: witnesses replay, and folding loses nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use k8s_rbac::lint::{Finding, Linter, Report, Severity, Tier};
use k8s_rbac::version::Profile;
use proptest::prelude::*;

use crate::paths::{authorizer, objects};

static LINTER: LazyLock<Linter> = LazyLock::new(|| {
    let linter = Linter::new(Profile::default());
    let off: Vec<String> = linter.rules().iter().filter(|rule| !rule.on).map(|rule| rule.id.to_string()).collect();
    off.into_iter().fold(linter, Linter::on)
});
static UNFOLDED: LazyLock<Linter> = LazyLock::new(|| LINTER.clone().unfolded());

fn all(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().chain(report.suppressed.iter().map(|(finding, _)| finding))
}

/// Whether a report tells of a finding, by itself or in one of the same object that is no milder.
fn tells(report: &Report, told: &Finding) -> bool {
    all(report).any(|finding| {
        let in_it = finding.implied.contains(&told.rule) && finding.severity >= told.severity;
        finding.object == told.object && (finding.rule == told.rule && finding.field == told.field || in_it)
    })
}

proptest! {
    #[test]
    fn what_a_grant_gives_is_allowed(objects in objects()) {
        let rbac = authorizer(&objects);
        for finding in all(&UNFOLDED.lint(&rbac)).filter(|finding| finding.tier == Tier::Grant) {
            let witness = finding.witness.as_ref().map(|witness| rbac.authorize(&witness.attributes()).is_allowed());
            prop_assert_eq!(witness, Some(true), "{}", finding);
            prop_assert!(!finding.evidence.is_empty() && finding.subjects > 0, "{finding}");
        }
    }

    #[test]
    fn folding_loses_nothing_and_invents_nothing(objects in objects()) {
        let rbac = authorizer(&objects);
        let (folded, unfolded) = (LINTER.lint(&rbac), UNFOLDED.lint(&rbac));
        for finding in all(&unfolded) {
            prop_assert!(tells(&folded, finding), "{finding} is lost");
        }
        let known: BTreeSet<(&str, String)> =
            all(&unfolded).map(|finding| (finding.rule.as_ref(), finding.object.to_string())).collect();
        for finding in all(&folded) {
            let ids = finding.implied.iter().chain([&finding.rule]);
            for id in ids {
                prop_assert!(known.contains(&(id.as_ref(), finding.object.to_string())), "{id} at {}", finding.object);
            }
        }
        for severity in Severity::ALL {
            prop_assert_eq!(folded.reaches(severity), unfolded.reaches(severity));
        }
        prop_assert_eq!(&LINTER.lint(&rbac), &folded);
    }
}

//! The default policy of every version, untouched: nothing but what is informational.

use k8s_rbac::lint::{Linter, Severity};
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, KubeVersion, bootstrap};

#[test]
fn the_default_policies_are_silent() {
    for version in KubeVersion::known() {
        let report = Linter::new(Profile::of(version)).lint(&Authorizer::new(bootstrap::policy(version)));
        let loud: Vec<String> =
            report.findings.iter().filter(|finding| finding.severity > Severity::Info).map(ToString::to_string).collect();
        assert!(loud.is_empty(), "{version}: {loud:#?}");
        assert!(!report.suppressed.is_empty(), "the rules do look at what is shipped");
    }
}

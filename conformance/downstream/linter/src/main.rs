//! A linter with a rule of its own, on manifests that it is given: `linter FILE…`. The exit code is 1 if its rule finds something.

use std::process::ExitCode;

use k8s_rbac::lint::{Context, Finding, Linter, Rule, RuleInfo, Severity};
use k8s_rbac::load::Loader;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, Policy, render};

/// Bindings are to say who is asked about them.
#[derive(Debug)]
struct Contact(RuleInfo);

impl Rule for Contact {
    fn info(&self) -> &RuleInfo {
        &self.0
    }

    fn check(&self, context: &Context<'_>, found: &mut dyn FnMut(Finding)) {
        let policy = context.policy();
        for binding in policy.bindings() {
            let annotated =
                policy.metadata(&binding.key()).is_some_and(|metadata| metadata.annotations.contains_key("example.com/contact"));
            if !annotated {
                found(Finding::of_binding(&self.0, binding, "metadata.annotations"));
            }
        }
    }
}

fn main() -> ExitCode {
    let mut policy = Policy::new();
    for file in std::env::args().skip(1) {
        match Loader::new().read_path(&file).map(|loaded| loaded.into_result()) {
            Ok(Ok(objects)) => policy.extend(objects),
            Ok(Err(problems)) => return wrong(&problems),
            Err(error) => return wrong(&error),
        }
    }
    let rule = RuleInfo::new("EX1", "binding-without-contact", Severity::Medium, "nobody is named who can be asked about it");
    let linter =
        Linter::new(Profile::default()).with(Contact(rule.because("grants outlive their reasons", "annotate the binding")));
    let report = linter.lint(&Authorizer::new(policy));
    print!("{}", render::table(&report));
    ExitCode::from(u8::from(report.findings.iter().any(|finding| finding.rule == "EX1")))
}

fn wrong(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(2)
}

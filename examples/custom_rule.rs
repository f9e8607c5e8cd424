//! A linter with a rule of its own: bindings must say who asked for them.
//!
//! `cargo run --all-features --example custom_rule -- [FILE…]`; without a file, on a policy made here.

#[path = "support/mod.rs"]
mod support;

use k8s_rbac::lint::{Context, Finding, Linter, Rule, RuleInfo, Severity};
use k8s_rbac::model::{ClusterRoleBinding, Subject};
use k8s_rbac::policy::AnyBinding;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, Policy, render};

const TICKET: &str = "example.com/ticket";

#[derive(Debug)]
struct Ticket(RuleInfo);

impl Ticket {
    fn new() -> Self {
        let info = RuleInfo::new("ACME1", "binding-without-ticket", Severity::Medium, "nobody knows who asked for it");
        Self(info.because("a grant outlives the reason for it", "write the ticket into the annotation example.com/ticket"))
    }
}

impl Rule for Ticket {
    fn info(&self) -> &RuleInfo {
        &self.0
    }

    fn check(&self, context: &Context<'_>, found: &mut dyn FnMut(Finding)) {
        let annotated = |binding: &AnyBinding<'_>| {
            context.policy().metadata(&binding.key()).is_some_and(|metadata| metadata.annotations.contains_key(TICKET))
        };
        for binding in context.policy().bindings().filter(|binding| !annotated(binding)) {
            found(Finding::of_binding(&self.0, binding, "metadata.annotations"));
        }
    }
}

fn main() -> Result<(), String> {
    let files: Vec<String> = support::words();
    let policy = if files.is_empty() { made() } else { support::policy(&files)? };
    let report = Linter::new(Profile::default()).with(Ticket::new()).lint(&Authorizer::new(policy));
    print!("{}", render::table(&report));
    Ok(())
}

fn made() -> Policy {
    let mut asked = ClusterRoleBinding::new("asked", "view", [Subject::group("ops")]);
    asked.metadata.annotations.insert(TICKET.into(), "OPS-1".into());
    [asked, ClusterRoleBinding::new("unasked", "view", [Subject::group("dev")])]
        .into_iter()
        .map(k8s_rbac::model::Object::from)
        .collect()
}

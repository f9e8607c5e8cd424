//! A linter of Kubernetes RBAC.
//!
//! ```console
//! $ cargo run --all-features --example lint -- [--format text|json|sarif|table] [--fail-on SEVERITY] [--all] [--namespace NAME] [--partial]
//!       [--unfolded] [--rules] [FILE…]
//! ```
//!
//! Reads YAML or JSON, standard input without a file; objects that name no namespace are in that of `--namespace` (default). `--all` applies
//! the rules for add-ons too; `--partial` says that the files are not all of the cluster, so that nothing is said to be missing;
//! `--unfolded` tells by itself what another finding implies, too; `--rules` lists the rules. Exit code 1 if something is found that is at least as bad as `--fail-on` (high), 2 if the input is bad.

#[path = "support/mod.rs"]
mod support;

use std::process::ExitCode;

use k8s_rbac::lint::{Linter, Report, Severity};
use k8s_rbac::policy::Completeness;
use k8s_rbac::render;
use k8s_rbac::version::Profile;
use k8s_rbac::{Authorizer, Policy};

#[derive(Default)]
struct Arguments {
    format: String,
    fail_on: Option<Severity>,
    all: bool,
    partial: bool,
    unfolded: bool,
    rules: bool,
    namespace: String,
    files: Vec<String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let arguments = arguments(std::env::args().skip(1))?;
    let linter = if arguments.unfolded { linter(arguments.all).unfolded() } else { linter(arguments.all) };
    if arguments.rules {
        linter.rules().iter().for_each(|rule| println!("{} {:8} {}: {}", rule.id, rule.severity.as_str(), rule.name, rule.title));
        return Ok(ExitCode::SUCCESS);
    }
    let mut policy = support::policy_in(&arguments.namespace, &arguments.files)?;
    if arguments.partial {
        policy.set_completeness(Completeness::nothing());
    }
    let report = linter.lint(&Authorizer::new(policy.clone()));
    print!("{}", written(&arguments.format, &linter, &report, &policy)?);
    Ok(ExitCode::from(u8::from(report.reaches(arguments.fail_on.unwrap_or(Severity::High)))))
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut found = Arguments { format: "text".to_owned(), namespace: "default".to_owned(), ..Arguments::default() };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word}: expected a value"));
        match word.as_str() {
            "--format" => found.format = value()?,
            "--namespace" => found.namespace = value()?,
            "--fail-on" => found.fail_on = Some(value()?.parse().map_err(|error| format!("--fail-on: {error}"))?),
            "--all" => found.all = true,
            "--partial" => found.partial = true,
            "--unfolded" => found.unfolded = true,
            "--rules" => found.rules = true,
            option if option.starts_with("--") => return Err(format!("{option}: unknown option")),
            _ => found.files.push(word),
        }
    }
    Ok(found)
}

fn linter(all: bool) -> Linter {
    let linter = Linter::new(Profile::default());
    let off: Vec<String> = linter.rules().iter().filter(|rule| all && !rule.on).map(|rule| rule.id.to_string()).collect();
    off.into_iter().fold(linter, Linter::on)
}

fn written(format: &str, linter: &Linter, report: &Report, policy: &Policy) -> Result<String, String> {
    let pretty = |value| serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|error| error.to_string());
    match format {
        "text" => Ok(render::findings(report, &linter.rules(), policy)),
        "table" => Ok(render::table(report)),
        "json" => pretty(serde_json::to_value(report).map_err(|error| error.to_string())?),
        "sarif" => pretty(render::sarif::log(linter, report)),
        _ => Err(format!("--format: expected one of text, json, sarif, table, found {format:?}")),
    }
}

//! May this user do this? Asks a dump of a cluster, with the words and the exit code of `kubectl auth can-i`.
//!
//! ```console
//! $ kubectl get roles,clusterroles,rolebindings,clusterrolebindings -A -o yaml > dump.yaml
//! $ cargo run --example can_i -- list pods -n default --as system:serviceaccount:default:ci -f dump.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::authorize::server;
use k8s_rbac::explain::why_not;
use k8s_rbac::resources::Catalogue;
use k8s_rbac::{Attributes, Authorizer, KubeVersion, UserInfo};

const HELP: &str = "\
May this user do this?

usage: can_i [options] VERB TYPE[/NAME]
       can_i [options] VERB /URL

  TYPE is a resource as kubectl takes it: pods, po, deployments.apps; one that is not built in is written plural, with its group.

  -n, --namespace NAME     the namespace (default: default)
  -A, --all-namespaces     all namespaces at once
      --subresource NAME   the subresource, such as log
      --as USER            who asks; a service account gets the groups that its token brings (default: the anonymous user)
      --as-group GROUP     a group of the user; may be given several times
  -f, --file FILE          YAML or JSON with the cluster's RBAC objects; may be given several times (default: standard input)
  -w, --why                tell the reason, or what nearly allows it
  -h, --help               this text

Prints yes or no; the exit code is 0 for yes, 1 for no, and 2 for wrong input.";

#[derive(Default)]
struct Args {
    words: Vec<String>,
    namespace: Option<String>,
    all_namespaces: bool,
    subresource: String,
    user: Option<String>,
    groups: Vec<String>,
    files: Vec<String>,
    why: bool,
    help: bool,
}

fn main() -> ExitCode {
    support::exit(parse(support::words().into_iter()).and_then(run))
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, String> {
    let mut args = Args::default();
    while let Some(word) = words.next() {
        let (flag, inline) = match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag.to_owned(), Some(value.to_owned())),
            _ => (word, None),
        };
        let mut value = || inline.clone().or_else(|| words.next()).ok_or(format!("{flag} needs a value"));
        match flag.as_str() {
            "-n" | "--namespace" => args.namespace = Some(value()?),
            "-A" | "--all-namespaces" => args.all_namespaces = true,
            "--subresource" => args.subresource = value()?,
            "--as" => args.user = Some(value()?),
            "--as-group" => args.groups.push(value()?),
            "-f" | "--file" => args.files.push(value()?),
            "-w" | "--why" => args.why = true,
            "-h" | "--help" => args.help = true,
            _ if flag.starts_with('-') => return Err(format!("unknown option {flag}; try --help")),
            _ => args.words.push(flag),
        }
    }
    Ok(args)
}

/// Asks, prints, and says whether the answer is yes.
fn run(args: Args) -> Result<bool, String> {
    if args.help {
        println!("{HELP}");
        return Ok(true);
    }
    let [verb, target] = args.words.as_slice() else {
        return Err("expected a verb and a resource or a URL; try --help".to_owned());
    };
    let name = args.user.as_deref().unwrap_or(UserInfo::ANONYMOUS);
    let user = UserInfo::impersonated(name, args.groups.iter().map(String::as_str));
    let rbac = Authorizer::new(support::policy(&args.files)?);
    let catalogue = Catalogue::built_in();
    let request = attributes(verb, target, &args, &catalogue).by(&user);
    let verdict = server::authorize(&rbac, &request);
    println!("{}", if verdict.is_allowed() { "yes" } else { "no" });
    if args.why {
        explain(&rbac, &request, &verdict);
    }
    Ok(verdict.is_allowed())
}

fn attributes<'a>(verb: &'a str, target: &'a str, args: &'a Args, catalogue: &'a Catalogue) -> Attributes<'a> {
    if target.starts_with('/') {
        return Attributes::non_resource(verb, target);
    }
    let (kind, name) = target.split_once('/').unwrap_or((target, ""));
    let known = catalogue.find(kind);
    let (resource, group) =
        known.map_or_else(|| kind.split_once('.').unwrap_or((kind, "")), |known| (&known.plural, &known.group));
    let namespaced = known.is_none_or(|known| known.namespaced) && !args.all_namespaces;
    let namespace = if namespaced { args.namespace.as_deref().unwrap_or("default") } else { "" };
    Attributes::resource(verb, resource).in_group(group).named(name).subresource(&args.subresource).in_namespace(namespace)
}

fn explain(rbac: &Authorizer, request: &Attributes<'_>, verdict: &server::Verdict<'_, '_>) {
    let reason = verdict.reason(KubeVersion::REFERENCE).to_string();
    if !reason.is_empty() {
        println!("{reason}");
    }
    let found = why_not(rbac, request, 5);
    for miss in &found.misses {
        println!("- {miss}");
    }
}

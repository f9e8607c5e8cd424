//! Who can become whom: the shortest paths of escalation in a dump of a cluster.
//!
//! ```console
//! $ kubectl get roles,clusterroles,rolebindings,clusterrolebindings,serviceaccounts -A -o yaml > dump.yaml
//! $ cargo run --example paths -- --from system:serviceaccount:default:ci -f dump.yaml
//! $ cargo run --example paths -- --to get/secrets -n kube-system --output mermaid -f dump.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::paths::{Certainty, Closure, Goal, Identity, Path, Paths, Picture};
use k8s_rbac::render::{Dot, Mermaid};
use k8s_rbac::version::Profile;
use k8s_rbac::{Attributes, Authorizer};

const HELP: &str = "\
Who can become whom: the shortest paths of escalation.

usage: paths [options]

      --from USER          who starts; may be given several times (default: everybody who has a way)
      --from-group GROUP   somebody in the group; may be given several times
      --to VERB/RESOURCE   where to, such as get/secrets or create/deployments.apps (default: cluster-admin)
  -n, --namespace NAME     the namespace of --to (default: the whole cluster)
      --certainty WORD     exact, conditional (default) or potential: how sure steps have to be
      --pod-security       admission keeps Pods from being privileged
  -f, --file FILE          YAML or JSON with the cluster's RBAC objects; may be given several times (default: standard input)
  -o, --output FORMAT      text (default), json, sarif, dot, mermaid: the paths; graph-dot, graph-mermaid: the whole graph
      --cuts NUMBER        tell so many bindings or rules whose removal closes most paths
  -h, --help               this text

The exit code is 0 if there is no path, 1 if there is one, and 2 for wrong input.";

#[derive(Default)]
struct Args {
    from: Vec<Identity>,
    to: Option<String>,
    namespace: String,
    certainty: Option<Certainty>,
    pod_security: bool,
    files: Vec<String>,
    output: String,
    cuts: usize,
    help: bool,
}

fn main() -> ExitCode {
    support::exit(parse(support::words().into_iter()).and_then(|args| run(&args)).map(|found| !found))
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, String> {
    let mut args = Args { output: "text".to_owned(), ..Args::default() };
    while let Some(flag) = words.next() {
        let mut value = || words.next().ok_or(format!("{flag} needs a value"));
        match flag.as_str() {
            "--from" => args.from.push(Identity::user(&value()?)),
            "--from-group" => args.from.push(Identity::group(&value()?)),
            "--to" => args.to = Some(value()?),
            "-n" | "--namespace" => args.namespace = value()?,
            "--certainty" => args.certainty = Some(certainty(&value()?)?),
            "--pod-security" => args.pod_security = true,
            "-f" | "--file" => args.files.push(value()?),
            "-o" | "--output" => args.output = value()?,
            "--cuts" => args.cuts = value()?.parse().map_err(|_| "--cuts needs a number".to_owned())?,
            "-h" | "--help" => args.help = true,
            _ => return Err(format!("unknown option {flag}; try --help")),
        }
    }
    Ok(args)
}

fn certainty(word: &str) -> Result<Certainty, String> {
    match word {
        "exact" => Ok(Certainty::Exact),
        "conditional" => Ok(Certainty::Conditional),
        "potential" => Ok(Certainty::Potential),
        _ => Err(format!("expected exact, conditional or potential, found {word}")),
    }
}

/// Prints, and says whether there is a path.
fn run(args: &Args) -> Result<bool, String> {
    if args.help {
        println!("{HELP}");
        return Ok(false);
    }
    let rbac = Authorizer::new(support::policy(&args.files)?);
    let profile = Profile { pod_security: args.pod_security, ..Profile::default() };
    let paths = Paths::new(profile).up_to(args.certainty.unwrap_or(Certainty::Conditional));
    let closure = paths.of(&rbac).map_err(|error| error.to_string())?;
    let goal = goal(args)?;
    let found = find(&closure, args, &goal);
    print(&closure, args, &goal, &found)?;
    for cut in closure.cuts(&goal, args.cuts).map_err(|error| error.to_string())? {
        eprintln!("without {}: {} paths gone by it, {} closed, {} open", cut.at, cut.paths, cut.closes.len(), cut.open);
    }
    Ok(!found.is_empty())
}

fn goal(args: &Args) -> Result<Goal, String> {
    let Some(to) = &args.to else { return Ok(Goal::ClusterAdmin) };
    let (verb, target) = to.split_once('/').ok_or("expected VERB/RESOURCE after --to")?;
    let (resource, group) = target.split_once('.').unwrap_or((target, ""));
    let request = Attributes::resource(verb, resource).in_group(group).in_namespace(&args.namespace);
    Ok(Goal::Request(request.into()))
}

/// The paths of those who start, or of all who do not hold the goal yet.
fn find(closure: &Closure<'_>, args: &Args, goal: &Goal) -> Vec<Path> {
    let routes = closure.routes(goal);
    let everybody = routes.from().into_iter().filter(|(steps, _)| *steps > 0).flat_map(|(_, identities)| identities);
    let from: Vec<&Identity> = if args.from.is_empty() { everybody.collect() } else { args.from.iter().collect() };
    from.into_iter().filter_map(|identity| routes.path(identity)).collect()
}

fn print(closure: &Closure<'_>, args: &Args, goal: &Goal, found: &[Path]) -> Result<(), String> {
    let picture = || Picture::of_all(found);
    let graph = || closure.picture(Some(goal), 200);
    match args.output.as_str() {
        "text" => found.iter().for_each(|path| println!("{path}")),
        "json" => println!("{}", serde_json::to_string_pretty(found).map_err(|error| error.to_string())?),
        "sarif" => println!("{}", sarif(found)?),
        "dot" => print!("{}", Dot(&picture())),
        "mermaid" => print!("{}", Mermaid(&picture())),
        "graph-dot" => print!("{}", Dot(&graph())),
        "graph-mermaid" => print!("{}", Mermaid(&graph())),
        format => return Err(format!("unknown format {format}; try --help")),
    }
    Ok(())
}

#[cfg(feature = "sarif")]
fn sarif(found: &[Path]) -> Result<String, String> {
    serde_json::to_string_pretty(&k8s_rbac::render::sarif::paths(found)).map_err(|error| error.to_string())
}

#[cfg(not(feature = "sarif"))]
fn sarif(_: &[Path]) -> Result<String, String> {
    Err("built without the feature sarif".to_owned())
}

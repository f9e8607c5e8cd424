//! Upstream's authorizer and this crate on the same policies and the same requests. Checks that the answers agree, then prints one table:
//! the floor (each string of the request hashed and looked up once), this crate, upstream over its informer listers, and the ratios.

#[path = "../../benches/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, ExitCode};
use std::time::Instant;

use common::floor::Floor;
use common::{Request, add_heavy_user, grown, heavy_requests, mixed, named_requests, sizes};
use k8s_rbac::{Attributes, Authorizer, Policy};
use serde::{Deserialize, Serialize};

type Error = Box<dyn std::error::Error>;

/// A list of requests, by name.
#[derive(Debug, Serialize)]
struct Stream<'a> {
    name: &'a str,
    requests: Vec<Asked<'a>>,
}

/// A request in the words of the oracle.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    user: &'a str,
    groups: &'a [String],
    verb: &'a str,
    namespace: &'a str,
    api_group: &'a str,
    resource: &'a str,
    subresource: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

/// What upstream took and decided.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upstream {
    name: String,
    median_nanoseconds: f64,
    bytes: i64,
    allowed: Vec<bool>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let oracle = arguments.next().unwrap_or_default();
    let all: &[usize] = if arguments.any(|argument| argument == "--quick") { &[0, 1_000] } else { &[0, 100, 1_000, 10_000, 100_000] };
    println!("nanoseconds a decision, medians; upstream: median of 5 runs of 0.1 s; the rest: of 41 samples");
    println!("{:>8} {:<26} {:>8} {:>9} {:>8} {:>12} {:>10} {:>9}", "n", "request", "floor", "k8s-rbac", "x floor", "upstream", "B/decision", "x faster");
    for n in sizes(all) {
        if let Err(error) = compare(&oracle, n) {
            eprintln!("n = {n}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn compare(oracle: &str, n: usize) -> Result<(), Error> {
    let mut policy = grown(n);
    let stream = mixed(&policy, n, 1_000);
    let heavy = add_heavy_user(&mut policy);
    let one = named_requests().into_iter().chain(heavy_requests(&heavy)).map(|(name, request)| (name, vec![request]));
    let streams: Vec<(&str, Vec<Request>)> = one.chain([("mixed", stream)]).collect();
    let upstream = ask_upstream(oracle, &policy, &streams)?;
    let (floor, rbac) = (Floor::new(&policy), Authorizer::new(policy));
    for ((name, requests), upstream) in streams.iter().zip(upstream) {
        let requests: Vec<Attributes<'_>> = requests.iter().map(Request::attributes).collect();
        let ours: Vec<bool> = requests.iter().map(|request| rbac.authorize(request).is_allowed()).collect();
        if upstream.name != *name || upstream.allowed != ours {
            let first = ours.iter().zip(&upstream.allowed).position(|(ours, theirs)| ours != theirs);
            return Err(format!("{name}: the answers differ, first at {first:?}").into());
        }
        row(n, &requests, &floor, &rbac, &upstream);
    }
    Ok(())
}

fn row(n: usize, requests: &[Attributes<'_>], floor: &Floor, rbac: &Authorizer, upstream: &Upstream) {
    let mut samples: [Vec<f64>; 2] = Default::default();
    for _ in 0..41 {
        samples[0].push(time(requests, |request| floor.ask(request)));
        samples[1].push(time(requests, |request| usize::from(rbac.authorize(request).is_allowed())));
    }
    let [floor, ours] = samples.map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    });
    let Upstream { name, median_nanoseconds: theirs, bytes, .. } = upstream;
    println!(
        "{n:>8} {name:<26} {floor:>8.0} {ours:>9.0} {:>8.2} {theirs:>12.0} {bytes:>10} {:>9.0}",
        ours / floor,
        theirs / ours
    );
}

/// Nanoseconds a request.
fn time(requests: &[Attributes<'_>], mut ask: impl FnMut(&Attributes<'_>) -> usize) -> f64 {
    let rounds = (10_000 / requests.len()).max(1);
    let start = Instant::now();
    for _ in 0..rounds {
        for request in requests {
            black_box(ask(black_box(request)));
        }
    }
    start.elapsed().as_nanos() as f64 / (rounds * requests.len()) as f64
}

fn ask_upstream(oracle: &str, policy: &Policy, streams: &[(&str, Vec<Request>)]) -> Result<Vec<Upstream>, Error> {
    let path = std::env::temp_dir().join(format!("side-by-side-{}.json", std::process::id()));
    write_input(&path, policy, streams)?;
    let output = Command::new(oracle).arg("side-by-side").arg(&path).output()?;
    std::fs::remove_file(&path)?;
    if !output.status.success() {
        return Err(format!("the oracle failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    String::from_utf8(output.stdout)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn write_input(path: &std::path::Path, policy: &Policy, streams: &[(&str, Vec<Request>)]) -> Result<(), Error> {
    let streams: Vec<Stream<'_>> = streams
        .iter()
        .map(|(name, requests)| Stream { name, requests: requests.iter().map(|request| asked(request.attributes())).collect() })
        .collect();
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    serde_json::to_writer(
        &mut file,
        &serde_json::json!({
            "roles": policy.roles().iter().collect::<Vec<_>>(),
            "clusterRoles": policy.cluster_roles().iter().collect::<Vec<_>>(),
            "roleBindings": policy.role_bindings().iter().collect::<Vec<_>>(),
            "clusterRoleBindings": policy.cluster_role_bindings().iter().collect::<Vec<_>>(),
            "streams": streams,
        }),
    )?;
    Ok(file.flush()?)
}

fn asked(request: Attributes<'_>) -> Asked<'_> {
    Asked {
        user: request.username(),
        groups: request.groups(),
        verb: request.verb,
        namespace: request.namespace,
        api_group: request.api_group,
        resource: request.resource,
        subresource: request.subresource,
        name: request.name,
        path: (!request.resource_request).then_some(request.path),
    }
}

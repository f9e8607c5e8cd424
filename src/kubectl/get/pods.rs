//! The table of Pods, as far as a Pod's status is carried: that of Pods whose init containers are done.

use super::{Column, Error, Options, age, name, table};
use crate::model::{Pod, Value};

/// The table of Pods.
///
/// What is told of a status is its phase or reason and what its containers wait for or ended with. Init containers and the time of the last
/// restart are not looked at, and the wide columns are left out: addresses and nodes are no business of this crate.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](crate::kubectl::MAX_PAGE).
pub fn pods<'a>(objects: impl IntoIterator<Item = &'a Pod>, options: &Options) -> Result<String, Error> {
    let ready = Column::new("READY", |pod: &Pod, _| format!("{}/{}", running(pod).count(), pod.spec.containers.len()));
    let status = Column::new("STATUS", |pod: &Pod, _| status(pod));
    let restarts = Column::new("RESTARTS", |pod: &Pod, _| restarts(pod).to_string());
    table(objects, [name(), ready, status, restarts, age()], options)
}

fn field<'a>(value: Option<&'a Value>, key: &str) -> Option<&'a Value> {
    match value {
        Some(Value::Map(entries)) => entries.get(key),
        _ => None,
    }
}

fn text<'a>(value: Option<&'a Value>, key: &str) -> &'a str {
    match field(value, key) {
        Some(Value::String(text)) => text,
        _ => "",
    }
}

fn containers(pod: &Pod) -> &[Value] {
    match field(pod.status.as_ref(), "containerStatuses") {
        Some(Value::List(statuses)) => statuses,
        _ => &[],
    }
}

fn state<'a>(container: &'a Value, name: &str) -> Option<&'a Value> {
    field(field(Some(container), "state"), name)
}

fn running(pod: &Pod) -> impl Iterator<Item = &Value> {
    let is_ready = |container: &&Value| field(Some(container), "ready") == Some(&Value::Bool(true));
    containers(pod).iter().filter(is_ready).filter(|container| state(container, "running").is_some())
}

fn restarts(pod: &Pod) -> i64 {
    let counts = containers(pod).iter().map(|container| match field(Some(container), "restartCount") {
        Some(Value::Int(count)) => *count,
        _ => 0,
    });
    counts.fold(0, i64::saturating_add)
}

fn status(pod: &Pod) -> String {
    let whole = pod.status.as_ref();
    let phase = text(whole, "phase");
    let terminal = matches!(phase, "Succeeded" | "Failed");
    if pod.metadata.deletion_timestamp.is_some() && !terminal {
        return "Terminating".to_owned();
    }
    let of_pod = Some(text(whole, "reason")).filter(|reason| !reason.is_empty()).unwrap_or(phase);
    let first_told = containers(pod).iter().find_map(why_not_running).unwrap_or_else(|| of_pod.to_owned());
    if first_told == "Completed" && running(pod).next().is_some() { "Running".to_owned() } else { first_told }
}

/// What a container waits for, or how it ended.
fn why_not_running(container: &Value) -> Option<String> {
    let waiting = text(state(container, "waiting"), "reason");
    if !waiting.is_empty() {
        return Some(waiting.to_owned());
    }
    let ended = Some(state(container, "terminated")?);
    let number = |key| match field(ended, key) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    };
    match (text(ended, "reason"), number("signal")) {
        ("", 0) => Some(format!("ExitCode:{}", number("exitCode"))),
        ("", signal) => Some(format!("Signal:{signal}")),
        (reason, _) => Some(reason.to_owned()),
    }
}

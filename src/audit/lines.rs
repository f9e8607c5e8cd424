//! Audit logs: a JSON event a line.

use super::Event;

/// A line of an audit log that is not an event.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the audit log: expected an event of audit.k8s.io/v1 as JSON: {source}")]
pub struct Error {
    line: usize,
    source: serde_json::Error,
}

impl Error {
    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }
}

/// The events of an audit log, line by line; blank lines are passed over. Lazy, and a broken line does not end it.
///
/// # Errors
/// A line is not JSON, or not an event.
///
/// ```
/// let log = r#"{"kind":"Event","verb":"list","user":{"username":"jane"},"objectRef":{"resource":"pods","namespace":"dev"}}
/// {"kind":"Event","verb":"get","user":{"username":"jane"},"requestURI":"/healthz?verbose"}"#;
/// let requests: Vec<String> =
///     k8s_rbac::audit::events(log).map(|event| event.unwrap().request().to_string()).collect();
/// assert_eq!(requests, ["list pods in the namespace dev", "get /healthz"]);
/// ```
pub fn events(log: &str) -> impl Iterator<Item = Result<Event, Error>> {
    let lines = log.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| serde_json::from_str(line).map_err(|source| Error { line: number + 1, source }))
}

//! The programs that answer the same file of a policy and requests: the oracle and the general engines.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use k8s_rbac::{Attributes, Policy};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::common::Request;

/// What an engine took and decided for a list of requests.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    #[serde(default = "upstream")]
    pub engine: String,
    pub name: String,
    pub median_nanoseconds: f64,
    pub allowed: Vec<bool>,
}

/// The oracle's lines name no engine.
pub const UPSTREAM: &str = "go";

fn upstream() -> String {
    UPSTREAM.to_owned()
}

/// The file that is asked about; it goes when this does.
#[derive(Debug)]
pub struct Asker {
    path: PathBuf,
}

impl Asker {
    pub fn new(policy: &Policy, streams: &[(&str, Vec<Request>)]) -> Result<Self, Error> {
        let asker = Self { path: std::env::temp_dir().join(format!("side-by-side-{}.json", std::process::id())) };
        write_input(&asker.path, policy, streams)?;
        Ok(asker)
    }

    /// Runs a program on the file.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> Result<Vec<Measured>, Error> {
        let output = Command::new(program).args(arguments).arg(&self.path).output()?;
        if !output.status.success() {
            return Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        String::from_utf8(output.stdout)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

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

fn write_input(path: &Path, policy: &Policy, streams: &[(&str, Vec<Request>)]) -> Result<(), Error> {
    let streams: Vec<Stream<'_>> = streams
        .iter()
        .map(|(name, requests)| Stream { name, requests: requests.iter().map(|request| asked(request.attributes())).collect() })
        .collect();
    let mut file = BufWriter::new(std::fs::File::create(path)?);
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

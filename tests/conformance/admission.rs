//! What the admission plugin `ServiceAccount` makes of a Pod, or in which words it refuses it.

use k8s_rbac::Policy;
use k8s_rbac::controller::Counted;
use k8s_rbac::controller::pod_admission::{VOLUME_PREFIX, admit};
use k8s_rbac::model::{Object, Pod, ServiceAccount};
use serde::Deserialize;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Case {
    accounts: Vec<ServiceAccount>,
    pod: Pod,
    admitted: Option<Pod>,
    #[serde(default)]
    error: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Case { accounts, pod, admitted, error } = serde_json::from_str(line).unwrap();
    let policy: Policy = accounts.into_iter().map(Object::from).collect();
    let upstream = admitted.map(comparable).ok_or(error);
    let ours = admit(pod, &policy, version(), &mut Counted::default());
    tally.case(|| line.to_owned(), &upstream, &ours.map(comparable).map_err(|refusal| refusal.to_string()));
}

/// The Pod without what is drawn at random, and without the old name of the account's field: upstream aligns it elsewhere.
fn comparable(mut pod: Pod) -> Pod {
    let spec = &mut pod.spec;
    spec.service_account.clear();
    let mounts =
        spec.init_containers.iter_mut().chain(spec.containers.iter_mut()).flat_map(|container| &mut container.volume_mounts);
    let names = mounts.map(|mount| &mut mount.name).chain(spec.volumes.iter_mut().map(|volume| &mut volume.name));
    for name in names {
        if name.strip_prefix(VOLUME_PREFIX).is_some_and(|suffix| suffix.len() == 5) {
            VOLUME_PREFIX.clone_into(name);
        }
    }
    pod
}

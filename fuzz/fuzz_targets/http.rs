//! Any method and any request target are read or refused; how a path is escaped changes nothing.

#![no_main]

use k8s_rbac::request::path::RequestInfo;
use k8s_rbac::{KubeVersion, UserInfo};
use libfuzzer_sys::fuzz_target;

/// The target with every byte of its path escaped, the slashes left alone.
fn escaped(path: &str, target: &str) -> String {
    let mut escaped = String::new();
    for byte in path.bytes() {
        match byte {
            b'/' => escaped.push('/'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    match target.split_once('?') {
        Some((_, query)) => format!("{escaped}?{query}"),
        None => escaped,
    }
}

fuzz_target!(|text: &str| {
    let (method, target) = text.split_once(' ').unwrap_or(("GET", text));
    RequestInfo::from_url(method, target).ok();
    let Ok(info) = RequestInfo::from_target(method, target) else { return };
    let user = UserInfo::anonymous();
    let request = info.attributes(&user);
    assert_eq!(request.resource_request, info.is_resource_request);
    for version in [KubeVersion::V1_11, KubeVersion::V1_37] {
        assert!(request.forbidden("", version).to_string().contains("forbidden"));
    }
    if info.path.starts_with('/') && !target.contains('#') {
        assert_eq!(RequestInfo::from_target(method, &escaped(&info.path, target)).as_ref(), Ok(&info));
    }
});

//! How fast text becomes objects: YAML and JSON, with and without the places of fields, beside serde_json's typed read of the same JSON.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use k8s_rbac::load::Loader;
use k8s_rbac::model::ClusterRole;

const ROLES: usize = 2_000;

fn json(number: usize) -> String {
    format!(
        r#"{{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{{"name":"role-{number}","labels":{{"app":"bench"}}}},"rules":[{{"apiGroups":["","apps"],"resources":["pods","deployments","pods/log"],"verbs":["get","list","watch"]}},{{"nonResourceURLs":["/healthz*"],"verbs":["get"]}}]}}"#
    )
}

fn yaml(number: usize) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: role-{number}\n  labels:\n    app: bench\nrules:\n- apiGroups:\n  - \"\"\n  - apps\n  resources:\n  - pods\n  - deployments\n  - pods/log\n  verbs:\n  - get\n  - list\n  - watch\n- nonResourceURLs:\n  - /healthz*\n  verbs:\n  - get\n---\n"
    )
}

fn load(c: &mut Criterion) {
    let jsons: Vec<String> = (0..ROLES).map(json).collect();
    let json = jsons.join("\n");
    let yaml: String = (0..ROLES).map(yaml).collect();
    let mut group = c.benchmark_group("load");
    group.throughput(Throughput::Bytes(yaml.len() as u64));
    for (name, spans) in [("yaml", true), ("yaml without spans", false)] {
        let loader = Loader::new().spans(spans);
        group.bench_function(name, |b| b.iter(|| read(&loader, black_box(&yaml))));
    }
    group.throughput(Throughput::Bytes(json.len() as u64));
    for (name, spans) in [("json", true), ("json without spans", false)] {
        let loader = Loader::new().spans(spans);
        group.bench_function(name, |b| b.iter(|| read(&loader, black_box(&json))));
    }
    group.bench_function("json by serde_json", |b| {
        b.iter(|| jsons.iter().map(|text| serde_json::from_str::<ClusterRole>(black_box(text)).unwrap()).collect::<Vec<_>>());
    });
    group.finish();
}

fn read(loader: &Loader, text: &str) -> usize {
    let objects = loader.read_str("bench", text).into_result().unwrap();
    assert_eq!(objects.len(), ROLES);
    objects.len()
}

criterion_group!(benches, load);
criterion_main!(benches);

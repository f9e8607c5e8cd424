//! The dump of the cluster, as `kubectl get … -o yaml` wrote it, is read whole.

use std::collections::BTreeMap;

use k8s_rbac::load::Loader;

#[test]
fn every_object_of_the_cluster_is_read_with_its_places() {
    let loaded = Loader::new().read_str("cluster-1.37.yaml", include_str!("data/cluster-1.37.yaml"));
    assert!(loaded.problems.is_empty() && loaded.warnings.is_empty() && loaded.skipped.is_empty());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for object in &loaded.objects {
        *kinds.entry(object.kind()).or_default() += 1;
        let map = object.source().unwrap();
        let name = map.get("metadata.name").unwrap();
        assert_eq!(map.text().text()[name.start.offset..name.end.offset].trim_matches('"'), object.metadata().name);
    }
    let expected = [("ClusterRole", 74), ("ClusterRoleBinding", 55), ("Role", 8), ("RoleBinding", 11), ("ServiceAccount", 43)];
    assert_eq!(kinds, expected.into());
    assert_eq!((loaded.documents, loaded.objects.len()), (1, 191));
}

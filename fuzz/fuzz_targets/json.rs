//! JSON objects are read or refused, and what was read is written and read again without loss.

#![no_main]

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, Secret, ServiceAccount};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    let Ok(object) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_string(&object).expect("an object is always written");
    let again: T = serde_json::from_str(&written).expect("what was written is read");
    assert_eq!(again, object);
    assert_eq!(serde_json::to_string(&again).expect("an object is always written"), written);
}

fuzz_target!(|bytes: &[u8]| {
    read::<Role>(bytes);
    read::<ClusterRole>(bytes);
    read::<RoleBinding>(bytes);
    read::<ClusterRoleBinding>(bytes);
    read::<ServiceAccount>(bytes);
    read::<Secret>(bytes);
});

//! Objects survive being written and read.

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, Role, RoleBinding};
use proptest::prelude::*;

use crate::vocabulary::object;

fn read(kind: &str, json: &str) -> serde_json::Result<Object> {
    Ok(match kind {
        "Role" => serde_json::from_str::<Role>(json)?.into(),
        "ClusterRole" => serde_json::from_str::<ClusterRole>(json)?.into(),
        "RoleBinding" => serde_json::from_str::<RoleBinding>(json)?.into(),
        _ => serde_json::from_str::<ClusterRoleBinding>(json)?.into(),
    })
}

proptest! {
    #[test]
    fn writing_and_reading_is_the_identity(object in object()) {
        let json = serde_json::to_string(&object).unwrap();
        let back = read(object.kind(), &json).unwrap();
        prop_assert_eq!(&back, &object);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), json, "null lists stay null");
    }

    #[test]
    fn an_object_of_another_kind_is_refused(object in object()) {
        let json = serde_json::to_string(&object).unwrap();
        let other = if object.kind() == "Role" { "ClusterRole" } else { "Role" };
        let error = read(other, &json).unwrap_err().to_string();
        prop_assert!(error.contains(&format!("expected the kind {other:?}")), "{error}");
    }
}

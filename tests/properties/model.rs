//! Objects survive being written and read.

use k8s_rbac::load::{Loader, SameObject};
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Object, Role, RoleBinding};
use proptest::prelude::*;

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
    fn writing_and_reading_is_the_identity(object in any::<Object>()) {
        let json = serde_json::to_string(&object).unwrap();
        let back = read(object.kind(), &json).unwrap();
        prop_assert_eq!(&back, &object);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), json, "null lists stay null");
    }

    #[test]
    fn what_is_written_is_loaded_again(objects in proptest::collection::vec(any::<Object>(), 0..6)) {
        let json: String = objects.iter().map(|object| serde_json::to_string_pretty(object).unwrap() + "\n").collect();
        let loaded = Loader::new().same_object(SameObject::Replace).read_str("t.json", &json);
        prop_assert_eq!(&loaded.problems, &[]);
        let mut expected: Vec<Object> = Vec::new();
        for object in objects {
            match expected.iter_mut().find(|other| !object.metadata().name.is_empty() && other.key() == object.key()) {
                Some(other) => *other = object,
                None => expected.push(object),
            }
        }
        let read: Vec<Object> = loaded.objects.into_iter().map(|object| object.into_inner()).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn an_object_of_another_kind_is_refused(object in any::<Object>()) {
        let json = serde_json::to_string(&object).unwrap();
        let other = if object.kind() == "Role" { "ClusterRole" } else { "Role" };
        let error = read(other, &json).unwrap_err().to_string();
        prop_assert!(error.contains(&format!("expected the kind {other:?}")), "{error}");
    }
}

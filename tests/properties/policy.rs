//! The policy's order against the plainest model of it: a list of keys.

use k8s_rbac::Policy;
use k8s_rbac::model::{Object, ObjectKey};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Change {
    Insert(Object),
    Remove(Object),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![2 => any::<Object>().prop_map(Change::Insert), 1 => any::<Object>().prop_map(Change::Remove)]
}

proptest! {
    #[test]
    fn replaced_objects_keep_their_place_and_new_ones_go_to_the_end(changes in vec(change(), 0..60)) {
        let mut policy = Policy::new();
        let mut model: Vec<(ObjectKey, Object)> = Vec::new();
        for change in changes {
            match change {
                Change::Insert(object) => {
                    let replaced = policy.insert_object(object.clone());
                    let place = model.iter().position(|(key, _)| *key == object.key());
                    prop_assert_eq!(replaced, place.is_some());
                    match place {
                        Some(place) => model[place].1 = object,
                        None => model.push((object.key(), object)),
                    }
                }
                Change::Remove(object) => {
                    let place = model.iter().position(|(key, _)| *key == object.key());
                    prop_assert_eq!(policy.remove_object(&object.key()), place.is_some());
                    place.map(|place| model.remove(place));
                }
            }
        }
        for kind in Object::KINDS {
            let ours: Vec<Object> = policy.objects().map(|o| o.into_inner()).filter(|o| o.kind() == *kind).collect();
            let expected: Vec<Object> = model.iter().map(|(_, o)| o.clone()).filter(|o| o.kind() == *kind).collect();
            prop_assert_eq!(ours, expected);
        }
        for (key, object) in &model {
            let namespaced: Vec<Object> = policy.role_bindings().in_namespace(&key.namespace).map(|b| (***b).clone().into()).collect();
            if key.kind == "RoleBinding" {
                prop_assert!(namespaced.contains(object));
            }
        }
    }
}

//! A reason that is displayed and parsed is the grant that it was.

use k8s_rbac::Authorizer;
use k8s_rbac::audit::AllowedBy;
use k8s_rbac::authorize::linear;
use k8s_rbac::model::Object;
use k8s_rbac::request::OwnedAttributes;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_reason_comes_back(objects in vec(any::<Object>(), 0..24), requests in vec(any::<OwnedAttributes>(), 1..8)) {
        let rbac = Authorizer::new(objects.into_iter().collect());
        for request in requests {
            for grant in linear::grants(rbac.policy(), &request.attributes()) {
                let text = grant.reason().to_string();
                let parsed: AllowedBy = text.parse().unwrap();
                prop_assert_eq!(&parsed, &AllowedBy::from(&grant));
                prop_assert_eq!(parsed.to_string(), text);
            }
        }
    }
}

//! A program that has its roles in code and no feature of the crate: it asks, tells why not, and says who can.

use k8s_rbac::explain::why_not;
use k8s_rbac::model::{ClusterRole, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::query::{Scope, who_can};
use k8s_rbac::{Attributes, Authorizer, KubeVersion, UserInfo};

fn main() {
    let mut rbac = Authorizer::default();
    rbac.insert(ClusterRole::new("reader", [PolicyRule::resources(["get", "list"], [""], ["pods"])]));
    rbac.insert(RoleBinding::new("shop", "readers", RoleRef::cluster_role("reader"), [Subject::group("dev")]));
    let jane = UserInfo::authenticated("jane", ["dev"]);
    for (verb, namespace) in [("list", "shop"), ("delete", "shop"), ("list", "prod")] {
        let request = Attributes::resource(verb, "pods").in_namespace(namespace).by(&jane);
        let decision = rbac.authorize(&request);
        if decision.is_allowed() {
            println!("{}", decision.reason());
        } else {
            println!("{}", request.forbidden("", KubeVersion::REFERENCE));
            why_not(&rbac, &request, 1).misses.iter().for_each(|miss| println!("  near: {miss}"));
        }
    }
    print!("{}", who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Namespace("shop".to_owned())));
}

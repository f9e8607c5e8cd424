//! Many requests on many threads, with the caller's rayon.

use rayon::prelude::*;

use super::{Authorizer, Decision};
use crate::request::Attributes;

impl Authorizer {
    /// The decisions on the requests, in their order, made on the threads of rayon's current pool.
    ///
    /// ```
    /// # use k8s_rbac::{Attributes, Authorizer};
    /// let rbac = Authorizer::default();
    /// let requests = [Attributes::resource("get", "pods"), Attributes::non_resource("get", "/healthz")];
    /// assert!(rbac.authorize_all(&requests).iter().all(|decision| !decision.is_allowed()));
    /// ```
    pub fn authorize_all<'a, 'r>(&'a self, requests: &[Attributes<'r>]) -> Vec<Decision<'a, 'r>> {
        requests.par_iter().map(|request| self.authorize(request)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
    use crate::{Policy, UserInfo};

    #[test]
    fn many_requests_are_answered_in_their_order() {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("r", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user("jane")]));
        let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", [""; 0]));
        let resources = ["pods", "secrets", "pods", "nodes", "pods"];
        let requests = resources.map(|resource| Attributes::resource("get", resource).by(&jane));
        let allowed: Vec<bool> = rbac.authorize_all(&requests).iter().map(Decision::is_allowed).collect();
        assert_eq!(allowed, [true, false, true, false, true]);
    }
}

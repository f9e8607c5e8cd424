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

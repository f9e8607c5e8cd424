//! The operations on sets, and the questions to them.

use super::layer::{Budget, Layer, Op, Seen, Walk};
use super::{Groups, PermissionSet, TooLarge, Urls};
use crate::request::Attributes;

impl PermissionSet {
    /// The steps that an operation may take where the caller names no limit: 4,194,304.
    pub const LIMIT: usize = 1 << 22;

    /// No request.
    #[must_use]
    pub fn empty() -> Self {
        Self { resources: Groups::constant(false), urls: Urls::constant(false) }
    }

    /// Every request.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, PermissionSet};
    /// let all = PermissionSet::everything();
    /// assert!(all.contains(&Attributes::resource("sing", "songs")) && all.contains(&Attributes::non_resource("get", "/")));
    /// ```
    #[must_use]
    pub fn everything() -> Self {
        Self { resources: Groups::constant(true), urls: Urls::constant(true) }
    }

    /// Every request about a resource: what a rule of stars allows.
    #[must_use]
    pub fn every_resource_request() -> Self {
        Self { resources: Groups::constant(true), urls: Urls::constant(false) }
    }

    /// Every request about a URL.
    #[must_use]
    pub fn every_url_request() -> Self {
        Self { resources: Groups::constant(false), urls: Urls::constant(true) }
    }

    /// The requests in either set.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |verb| PermissionSet::from_rule(&PolicyRule::resources([verb], [""], ["pods"]));
    /// let both = PermissionSet::from_rule(&PolicyRule::resources(["list", "get"], [""], ["pods"]))?;
    /// assert_eq!(of("get")?.union(&of("list")?)?, both);
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    ///
    /// # Errors
    /// When it takes more than [`LIMIT`](Self::LIMIT) steps.
    pub fn union(&self, other: &Self) -> Result<Self, TooLarge> {
        self.union_within(other, Self::LIMIT)
    }

    /// The requests in either set, found in so many steps.
    ///
    /// # Errors
    /// When it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |verb| PermissionSet::from_rule(&PolicyRule::resources([verb], [""], ["pods"]));
    /// let (get, list) = (of("get")?, of("list")?);
    /// assert_eq!(get.union_within(&list, 1000)?, get.union(&list)?);
    /// assert!(get.union_within(&list, 1).is_err());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    pub fn union_within(&self, other: &Self, limit: usize) -> Result<Self, TooLarge> {
        self.combine(other, Op::Union, limit)
    }

    /// The requests in both sets.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |resources: &[&str]| PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], resources.iter().copied()));
    /// assert_eq!(of(&["pods", "nodes"])?.intersection(&of(&["*"])?)?, of(&["pods", "nodes"])?);
    /// // `*/log` is about the logs of everything, `pods/*` about a subresource that is called `*`.
    /// assert!(of(&["*/log"])?.intersection(&of(&["pods/*"])?)?.is_empty());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    ///
    /// # Errors
    /// When it takes more than [`LIMIT`](Self::LIMIT) steps.
    pub fn intersection(&self, other: &Self) -> Result<Self, TooLarge> {
        self.intersection_within(other, Self::LIMIT)
    }

    /// The requests in both sets, found in so many steps.
    ///
    /// # Errors
    /// When it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |verb| PermissionSet::from_rule(&PolicyRule::resources([verb], [""], ["pods"]));
    /// let (get, list) = (of("get")?, of("list")?);
    /// assert_eq!(get.intersection_within(&list, 1000)?, get.intersection(&list)?);
    /// assert!(get.intersection_within(&list, 1).is_err());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    pub fn intersection_within(&self, other: &Self, limit: usize) -> Result<Self, TooLarge> {
        self.combine(other, Op::Intersection, limit)
    }

    /// The requests in this set that are not in the other.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, PermissionSet, model::PolicyRule};
    /// let of = |verbs: &[&str]| PermissionSet::from_rule(&PolicyRule::resources(verbs.iter().copied(), [""], ["pods"]));
    /// let more = of(&["*"])?.difference(&of(&["get", "list"])?)?;
    /// assert!(more.contains(&Attributes::resource("impersonate", "pods")) && !more.contains(&Attributes::resource("get", "pods")));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    ///
    /// # Errors
    /// When it takes more than [`LIMIT`](Self::LIMIT) steps.
    pub fn difference(&self, other: &Self) -> Result<Self, TooLarge> {
        self.difference_within(other, Self::LIMIT)
    }

    /// The requests in this set that are not in the other, found in so many steps.
    ///
    /// # Errors
    /// When it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |verb| PermissionSet::from_rule(&PolicyRule::resources([verb], [""], ["pods"]));
    /// let (get, list) = (of("get")?, of("list")?);
    /// assert_eq!(get.difference_within(&list, 1000)?, get.difference(&list)?);
    /// assert!(get.difference_within(&list, 1).is_err());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    pub fn difference_within(&self, other: &Self, limit: usize) -> Result<Self, TooLarge> {
        self.combine(other, Op::Difference, limit)
    }

    fn combine(&self, other: &Self, op: Op, limit: usize) -> Result<Self, TooLarge> {
        let mut walk = Walk::new(limit);
        let resources = self.resources.combine(&other.resources, op, &mut Default::default(), &mut walk)?;
        let urls = self.urls.combine(&other.urls, op, &mut Default::default(), &mut walk)?;
        Ok(Self { resources, urls })
    }

    /// The requests that are not in the set. Cost: `O(edges)`; the result has as many.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, PermissionSet, model::PolicyRule};
    /// let rest = PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["pods"]))?.complement();
    /// assert!(rest.contains(&Attributes::resource("get", "nodes")) && rest.contains(&Attributes::non_resource("get", "/healthz")));
    /// assert!(!rest.contains(&Attributes::resource("get", "pods")));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn complement(&self) -> Self {
        Self {
            resources: self.resources.complement(&mut Default::default()),
            urls: self.urls.complement(&mut Default::default()),
        }
    }

    /// Whether there is no request in the set. Cost: `O(1)`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.as_constant() == Some(false) && self.urls.as_constant() == Some(false)
    }

    /// Whether every request is in the set. Cost: `O(1)`.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.resources.as_constant() == Some(true) && self.urls.as_constant() == Some(true)
    }

    /// Whether the request is in the set. Its user and namespace are not looked at. Cost: `O(log edges)`, no allocation.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::PermissionSet, request::Attributes};
    /// let set = PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["*/log"]))?;
    /// assert!(set.contains(&Attributes::resource("get", "pods").subresource("log")));
    /// assert!(!set.contains(&Attributes::resource("get", "pods/log")));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn contains(&self, request: &Attributes<'_>) -> bool {
        if !request.resource_request {
            return self.urls.at(request.verb).contains(request.path);
        }
        let resources = self.resources.at(request.api_group).at(request.subresource);
        *resources.at(request.resource).at(request.verb).at(request.name)
    }

    /// Whether every request in the other set is in this one.
    ///
    /// Builds nothing, and stops at the first that is not. Cost: at most the pairs of nodes that meet, `O(edges of the other)` lookups
    /// where neither set has wildcards next to exceptions from them.
    ///
    /// ```
    /// use k8s_rbac::{model::PolicyRule, permission::PermissionSet};
    /// let all = PermissionSet::from_rule(&PolicyRule::resources(["*"], ["*"], ["*"]))?;
    /// assert!(all.covers(&PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["pods"]))?));
    /// assert!(!all.covers(&PermissionSet::from_rule(&PolicyRule::urls(["get"], ["/healthz"]))?));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        !other.meets(self, Op::Difference, usize::MAX).unwrap_or(true)
    }

    /// [`covers`](Self::covers), answered in so many steps.
    ///
    /// # Errors
    /// When it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |verb| PermissionSet::from_rule(&PolicyRule::resources([verb], [""], ["pods"]));
    /// let (get, list) = (of("get")?, of("list")?);
    /// assert!(get.covers_within(&get, 1000)? && !get.covers_within(&list, 1000)?);
    /// assert!(get.covers_within(&list, 1).is_err());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    pub fn covers_within(&self, other: &Self, limit: usize) -> Result<bool, TooLarge> {
        other.meets(self, Op::Difference, limit).map(|more| !more)
    }

    /// Whether some request is in both sets. Builds nothing, and stops at the first. Cost: as [`covers`](Self::covers).
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let named = PermissionSet::from_rule(&PolicyRule::resources(["get"], [""], ["secrets"]).named(["tls"]))?;
    /// let all = PermissionSet::from_rule(&PolicyRule::resources(["*"], ["*"], ["*"]))?;
    /// assert!(named.intersects(&all));
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.meets(other, Op::Intersection, usize::MAX).unwrap_or(true)
    }

    /// [`intersects`](Self::intersects), answered in so many steps.
    ///
    /// # Errors
    /// When it takes more than `limit` steps.
    ///
    /// ```
    /// use k8s_rbac::{PermissionSet, model::PolicyRule};
    /// let of = |verb| PermissionSet::from_rule(&PolicyRule::resources([verb], [""], ["pods"]));
    /// let (get, list) = (of("get")?, of("list")?);
    /// assert!(get.intersects_within(&get, 1000)? && !get.intersects_within(&list, 1000)?);
    /// assert!(get.intersects_within(&list, 1).is_err());
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    pub fn intersects_within(&self, other: &Self, limit: usize) -> Result<bool, TooLarge> {
        self.meets(other, Op::Intersection, limit)
    }

    fn meets(&self, other: &Self, op: Op, limit: usize) -> Result<bool, TooLarge> {
        let (mut budget, mut void) = (Budget::new(limit), Seen::new());
        let met = self.urls.meets(&other.urls, op, &mut void, &mut budget)?;
        Ok(met || self.resources.meets(&other.resources, op, &mut void, &mut budget)?)
    }
}

/// No request.
impl Default for PermissionSet {
    fn default() -> Self {
        Self::empty()
    }
}

/// Whether the two allow the same requests. Cost: `O(edges)`, `O(1)` as a rule where they do not.
impl PartialEq for PermissionSet {
    fn eq(&self, other: &Self) -> bool {
        let mut equal = Seen::new();
        self.urls.same(&other.urls, &mut equal) && self.resources.same(&other.resources, &mut equal)
    }
}

impl Eq for PermissionSet {}

/// Equal sets have equal hashes. Cost: `O(1)`.
impl std::hash::Hash for PermissionSet {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(self.resources.digest());
        state.write_u64(self.urls.digest());
    }
}

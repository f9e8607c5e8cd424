//! The catalogue of resources: what a cluster serves under which name, and how kubectl finds a resource by what a user typed.
//!
//! The built-in entries are those of Kubernetes 1.37 (`api/discovery/*.json` of upstream's repository); a caller adds the custom ones of
//! their cluster. The authorizer never looks here: a rule about a resource that nobody serves is ordinary data.

use indexmap::IndexMap;

use crate::quote::lower_case;

mod built_in;
mod lookup;

pub use lookup::ResourceArg;

/// The verbs of a resource that can be stored, listed and watched.
pub const STORED_VERBS: [&str; 8] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// A resource as a cluster's discovery tells it.
///
/// ```
/// use k8s_rbac::resources::Catalogue;
/// let catalogue = Catalogue::built_in();
/// let pods = catalogue.get("", "pods").unwrap();
/// assert!(pods.namespaced && pods.short_names == ["po"]);
/// assert_eq!(pods.subresource("log").map(|log| log.verbs.as_slice()), Some(["get".to_owned()].as_slice()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resource {
    /// The API group; empty for the core group.
    pub group: String,
    /// The versions of the group that serve it, the preferred one first.
    pub versions: Vec<String>,
    /// The name that rules use: plural, in lower case.
    pub plural: String,
    /// The name of one of them, in lower case.
    pub singular: String,
    /// The kind of its objects.
    pub kind: String,
    /// Abbreviations that kubectl understands.
    pub short_names: Vec<String>,
    /// The sets of resources that it belongs to, such as `all`.
    pub categories: Vec<String>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// The verbs that it serves, sorted. Verbs that are only checked, such as `bind` or `impersonate`, are not among them.
    pub verbs: Vec<String>,
    /// Its subresources, sorted by name.
    pub subresources: Vec<Subresource>,
}

impl Resource {
    /// A custom resource with the verbs that every stored one has. The singular is the kind in lower case.
    ///
    /// ```
    /// use k8s_rbac::resources::{Catalogue, Resource};
    /// let mut catalogue = Catalogue::built_in();
    /// catalogue.insert(Resource::custom("example.com", "v1", "widgets", "Widget", true));
    /// assert_eq!(catalogue.find("widget").map(|found| found.plural.as_str()), Some("widgets"));
    /// ```
    pub fn custom(
        group: impl Into<String>,
        version: impl Into<String>,
        plural: impl Into<String>,
        kind: impl Into<String>,
        namespaced: bool,
    ) -> Self {
        let kind = kind.into();
        Self {
            group: group.into(),
            versions: vec![version.into()],
            plural: plural.into(),
            singular: lower_case(&kind),
            kind,
            namespaced,
            verbs: STORED_VERBS.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    /// The subresource of this name: `log` of `pods`.
    #[must_use]
    pub fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources.iter().find(|subresource| subresource.name == name)
    }

    /// Whether the resource, or the subresource if one is named, serves the verb.
    #[must_use]
    pub fn serves(&self, verb: &str, subresource: &str) -> bool {
        let verbs = if subresource.is_empty() { Some(&self.verbs) } else { self.subresource(subresource).map(|sub| &sub.verbs) };
        verbs.is_some_and(|verbs| verbs.iter().any(|served| served == verb))
    }

    /// The name with its group: `deployments.apps`, and `pods` in the core group.
    #[must_use]
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }
}

/// A part of a resource that is asked for, and granted, by a name of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subresource {
    /// The name after the slash.
    pub name: String,
    /// The verbs that it serves, sorted.
    pub verbs: Vec<String>,
}

/// The resources of a cluster, in the order in which a name that several groups share is resolved.
///
/// ```
/// use k8s_rbac::resources::Catalogue;
/// let catalogue = Catalogue::built_in();
/// assert_eq!(catalogue.find("deploy").map(|found| found.qualified()), Some("deployments.apps".to_owned()));
/// assert_eq!(catalogue.find("events").map(|found| found.qualified()), Some("events".to_owned()));
/// assert_eq!(catalogue.find("sc.storage").map(|found| found.qualified()), Some("storageclasses.storage.k8s.io".to_owned()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    resources: IndexMap<(String, String), Resource>,
}

impl Catalogue {
    /// A catalogue without resources.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a 1.37 API server serves unless it is told otherwise: the built-in resources that have a stable version.
    #[must_use]
    pub fn built_in() -> Self {
        let mut catalogue = Self::with_previews();
        catalogue.resources.retain(|_, resource| {
            resource.versions.retain(|version| is_stable(version));
            !resource.versions.is_empty()
        });
        catalogue
    }

    /// Every built-in resource of 1.37, with those that are served in alpha and beta versions only.
    #[must_use]
    pub fn with_previews() -> Self {
        built_in::resources().collect()
    }

    /// Adds a resource at the end, or puts it in the place of the one with its group and plural name; gives back the replaced one.
    pub fn insert(&mut self, resource: Resource) -> Option<Resource> {
        self.resources.insert((resource.group.clone(), resource.plural.clone()), resource)
    }

    /// The resource of this group and plural name. Cost: `O(length)`.
    #[must_use]
    pub fn get(&self, group: &str, plural: &str) -> Option<&Resource> {
        self.resources.get(&GroupPlural(group, plural))
    }

    /// The resources in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Resource> + ExactSizeIterator {
        self.resources.values()
    }

    /// The resources that kubectl means by a category, such as `all`.
    pub fn in_category<'a>(&'a self, category: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.iter().filter(move |resource| resource.categories.iter().any(|name| name == category))
    }

    /// How many resources there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }
}

impl Extend<Resource> for Catalogue {
    fn extend<I: IntoIterator<Item = Resource>>(&mut self, resources: I) {
        for resource in resources {
            self.insert(resource);
        }
    }
}

impl FromIterator<Resource> for Catalogue {
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Self {
        let mut catalogue = Self::default();
        catalogue.extend(resources);
        catalogue
    }
}

/// A borrowed key of the catalogue; hashes as the owned pair does.
#[derive(Hash)]
struct GroupPlural<'a>(&'a str, &'a str);

impl indexmap::Equivalent<(String, String)> for GroupPlural<'_> {
    fn equivalent(&self, key: &(String, String)) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}

/// Whether a version is a stable one: `v1`, not `v1beta1`.
fn is_stable(version: &str) -> bool {
    version.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

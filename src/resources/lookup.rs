//! How kubectl finds a resource by what a user typed.
//!
//! Models `client-go/restmapper` (`shortcut.go`, `discovery.go`) over `apimachinery/pkg/api/meta` (`restmapper.go`, `priority.go`) as far
//! as the choice of a resource goes; versions are not told apart beyond that.

use super::{Catalogue, Resource};
use crate::quote::lower_case;

/// A resource as it is typed: `resource`, `resource.group` or `resource.version.group` (`schema.ParseResourceArg`).
///
/// ```
/// use k8s_rbac::resources::ResourceArg;
/// let arg = ResourceArg::parse("deployments.v1.apps");
/// assert_eq!((arg.resource, arg.group), ("deployments", "v1.apps"));
/// assert_eq!(arg.versioned, Some(("v1", "apps")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResourceArg<'a> {
    /// What stands before the first dot.
    pub resource: &'a str,
    /// What stands after the first dot.
    pub group: &'a str,
    /// The version and the group, where there are two dots or more: the reading that is tried first.
    pub versioned: Option<(&'a str, &'a str)>,
}

impl<'a> ResourceArg<'a> {
    /// Takes a text apart. Every text is legal.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let (resource, group) = text.split_once('.').unwrap_or((text, ""));
        Self { resource, group, versioned: group.split_once('.') }
    }
}

impl Catalogue {
    /// The resource that kubectl takes the text for: `pods`, `po`, `pod`, `deploy.apps`, `deployments.v1.apps`, in any case.
    ///
    /// Cost: `O(resources)`.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Resource> {
        let text = lower_case(text);
        let arg = ResourceArg::parse(&text);
        let versioned = arg.versioned.and_then(|(version, group)| self.find_version(arg.resource, version, group));
        versioned.or_else(|| self.find_in_group(arg.resource, arg.group))
    }

    /// The resource that kubectl takes a name and a group for; an empty group is any, and the beginning of a group does.
    ///
    /// The name may be plural, singular or short. Where several groups have it, the core group wins, then the order of the catalogue
    /// decides. Cost: `O(resources)`.
    #[must_use]
    pub fn find_in_group(&self, name: &str, group: &str) -> Option<&Resource> {
        let (name, group) = self.expand_short_name(name, group);
        let name = lower_case(name);
        self.iter().find(|resource| resource.group.starts_with(group) && resource.is_called(&name))
    }

    fn find_version(&self, name: &str, version: &str, group: &str) -> Option<&Resource> {
        let (name, group) = self.expand_short_name(name, group);
        self.iter().find(|resource| {
            resource.group == group && resource.is_called(name) && resource.versions.iter().any(|served| served == version)
        })
    }

    /// Replaces a short name by the name and group that it stands for (`expandResourceShortcut`). A full name wins over a short one.
    fn expand_short_name<'a>(&'a self, name: &'a str, group: &'a str) -> (&'a str, &'a str) {
        let in_group = |resource: &&Resource| group.is_empty() || resource.group == group;
        if self.iter().filter(in_group).any(|resource| resource.is_called(name)) {
            return (name, group);
        }
        let is_short = |resource: &&Resource| resource.short_names.iter().any(|short| short == name);
        let exact = self.iter().filter(in_group).find(is_short);
        let prefixed = || self.iter().filter(|resource| !group.is_empty() && resource.group.starts_with(group)).find(is_short);
        exact.or_else(prefixed).map_or((name, group), |resource| (&resource.plural, &resource.group))
    }
}

impl Resource {
    fn is_called(&self, name: &str) -> bool {
        self.plural == name || self.singular == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_kubectl_finds_them() {
        let mut catalogue = Catalogue::built_in();
        catalogue.insert(Resource::custom("apps.example.com", "v1", "deployments", "Deployment", true));
        catalogue
            .insert(Resource { short_names: vec!["po".into()], ..Resource::custom("pool.io", "v1", "pools", "Pool", false) });
        let rows = [
            ("pods", Some("pods")),
            ("POD", Some("pods")),
            ("po", Some("pods")),
            ("po.pool", Some("pools.pool.io")),
            ("deployments", Some("deployments.apps")),
            ("deployments.ap", Some("deployments.apps")),
            ("deployments.apps.e", Some("deployments.apps.example.com")),
            ("deployments.v1.apps", Some("deployments.apps")),
            ("deployments.v2.apps", None),
            ("deploy.v2.apps", None),
            ("hpa.v1.autoscaling", Some("horizontalpodautoscalers.autoscaling")),
            ("ev.events", Some("events.events.k8s.io")),
            ("endpoints", Some("endpoints")),
            ("crds", Some("customresourcedefinitions.apiextensions.k8s.io")),
            ("pods.apps", None),
            ("users", None),
            ("*", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(catalogue.find(text).map(Resource::qualified).as_deref(), expected, "{text}");
        }
    }
}

//! How one rule differs from one request: which of the questions it answers with no, and the look-alike behind it.

use std::fmt;

use serde::Serialize;

use crate::model::PolicyRule;
use crate::request::Attributes;
use crate::rule::{api_group_matches, non_resource_url_matches, resource_matches, resource_name_matches, verb_matches};

/// Where a rule differs from a request; what is `None` matches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuleMiss {
    /// The verb is not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verb: Option<WordMiss>,
    /// The API group is not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_group: Option<WordMiss>,
    /// The resource is not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceMiss>,
    /// The rule is limited to other names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<NameMiss>,
    /// The URL path is not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<WordMiss>,
}

impl RuleMiss {
    /// In how many things the rule differs.
    #[must_use]
    pub fn count(&self) -> usize {
        [self.verb.is_some(), self.api_group.is_some(), self.resource.is_some(), self.name.is_some(), self.path.is_some()]
            .into_iter()
            .filter(|differs| *differs)
            .count()
    }
}

/// How a list misses a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WordMiss {
    /// The word is not listed.
    NotListed {
        /// The word of the request.
        wanted: String,
    },
    /// An entry differs in case only.
    Case {
        /// The entry.
        entry: String,
    },
    /// An entry looks like a pattern for the word, and is none.
    NoPattern {
        /// The entry.
        entry: String,
    },
}

/// How a rule misses a resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ResourceMiss {
    /// The resource is listed, its subresource is not: `pods` does not cover `pods/log`.
    SubresourceNotListed {
        /// What the request asks for.
        wanted: String,
    },
    /// Only a subresource is listed: `pods/log` does not cover `pods`.
    OnlySubresource {
        /// The entry.
        entry: String,
    },
    /// The word is missed in one of the general ways.
    Word(WordMiss),
}

/// How the names of a rule miss a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum NameMiss {
    /// The request has no name (as `list`, `watch`, `create` and `deletecollection` have none), so that no listed name can match.
    NoNameInRequest,
    /// The name is missed.
    Word(WordMiss),
}

/// How the rule differs from the request; `None` if it allows it. Cost: `O(entries)`.
///
/// ```
/// use k8s_rbac::{Attributes, explain::{ResourceMiss, WordMiss, rule_miss}, model::PolicyRule};
/// let rule = PolicyRule::resources(["get"], [""], ["pods/*"]);
/// let miss = rule_miss(&rule, &Attributes::resource("get", "pods").subresource("log")).unwrap();
/// assert_eq!(miss.resource, Some(ResourceMiss::Word(WordMiss::NoPattern { entry: "pods/*".into() })));
/// assert_eq!(miss.to_string(), r#""pods/*" is no pattern for the resource"#);
/// ```
#[must_use]
pub fn rule_miss(rule: &PolicyRule, request: &Attributes<'_>) -> Option<RuleMiss> {
    let verb = (!verb_matches(rule, request.verb)).then(|| word_miss(&rule.verbs, request.verb));
    let mut miss = RuleMiss { verb, ..RuleMiss::default() };
    if request.resource_request {
        miss.api_group = (!api_group_matches(rule, request.api_group)).then(|| word_miss(&rule.api_groups, request.api_group));
        miss.resource = (!resource_matches(rule, request.resource, request.subresource)).then(|| resource_miss(rule, request));
        miss.name = (!resource_name_matches(rule, request.name)).then(|| name_miss(rule, request.name));
    } else {
        miss.path = (!non_resource_url_matches(rule, request.path)).then(|| word_miss(&rule.non_resource_urls, request.path));
    }
    (miss.count() > 0).then_some(miss)
}

fn word_miss(entries: &[String], wanted: &str) -> WordMiss {
    let like = |matches: &dyn Fn(&str) -> bool| entries.iter().find(|entry| matches(entry)).cloned();
    if let Some(entry) = like(&|entry| entry.to_lowercase() == wanted.to_lowercase()) {
        return WordMiss::Case { entry };
    }
    if let Some(entry) = like(&|entry| looks_like_pattern_of(entry, wanted)) {
        return WordMiss::NoPattern { entry };
    }
    WordMiss::NotListed { wanted: wanted.to_owned() }
}

/// Whether the entry would match if its stars stood for any text: the reading that people have in mind.
fn looks_like_pattern_of(entry: &str, wanted: &str) -> bool {
    let mut parts = entry.split('*');
    let Some(mut rest) = parts.next().and_then(|first| wanted.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return false;
    };
    for part in parts {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn resource_miss(rule: &PolicyRule, request: &Attributes<'_>) -> ResourceMiss {
    let wanted = request.combined_resource();
    let has = |entry: &&String| entry.as_str() == request.resource;
    if !request.subresource.is_empty() && rule.resources.iter().any(|entry| has(&entry)) {
        return ResourceMiss::SubresourceNotListed { wanted: wanted.into_owned() };
    }
    let of_resource =
        |entry: &&String| entry.strip_prefix(request.resource).is_some_and(|rest| rest.starts_with('/') && rest != "/*");
    match rule.resources.iter().find(of_resource) {
        Some(entry) if request.subresource.is_empty() => ResourceMiss::OnlySubresource { entry: entry.clone() },
        _ => ResourceMiss::Word(pattern_for_parent(rule, request).unwrap_or_else(|| word_miss(&rule.resources, &wanted))),
    }
}

/// `pods/*` for a request on `pods` itself is taken for a pattern too.
fn pattern_for_parent(rule: &PolicyRule, request: &Attributes<'_>) -> Option<WordMiss> {
    let whole = format!("{}/*", request.resource);
    rule.resources.contains(&whole).then_some(WordMiss::NoPattern { entry: whole })
}

fn name_miss(rule: &PolicyRule, name: &str) -> NameMiss {
    if name.is_empty() { NameMiss::NoNameInRequest } else { NameMiss::Word(word_miss(&rule.resource_names, name)) }
}

impl fmt::Display for RuleMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [("verb", &self.verb), ("API group", &self.api_group), ("path", &self.path)];
        let mut parts: Vec<String> =
            words.into_iter().filter_map(|(what, miss)| miss.as_ref().map(|miss| miss.about(what))).collect();
        parts.extend(self.resource.as_ref().map(ToString::to_string));
        parts.extend(self.name.as_ref().map(ToString::to_string));
        f.write_str(&parts.join("; "))
    }
}

impl WordMiss {
    fn about(&self, what: &str) -> String {
        match self {
            Self::NotListed { wanted } => format!("the {what} {wanted:?} is not listed"),
            Self::Case { entry } => format!("{entry:?} differs from the {what} in case"),
            Self::NoPattern { entry } => format!("{entry:?} is no pattern for the {what}"),
        }
    }
}

impl fmt::Display for ResourceMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubresourceNotListed { wanted } => write!(f, "the resource is listed, its subresource {wanted:?} is not"),
            Self::OnlySubresource { entry } => write!(f, "{entry:?} is listed, which does not cover the resource itself"),
            Self::Word(miss) => f.write_str(&miss.about("resource")),
        }
    }
}

impl fmt::Display for NameMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNameInRequest => f.write_str("the rule is limited to names, and the request has none"),
            Self::Word(miss) => f.write_str(&miss.about("name")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rule: &PolicyRule, request: Attributes<'_>) -> String {
        rule_miss(rule, &request).map(|miss| miss.to_string()).unwrap_or_default()
    }

    #[test]
    fn each_difference_is_named() {
        let pods = PolicyRule::resources(["get"], [""], ["pods"]);
        let rows = [
            (pods.clone(), Attributes::resource("get", "pods"), ""),
            (pods.clone(), Attributes::resource("list", "pods"), r#"the verb "list" is not listed"#),
            (pods.clone(), Attributes::resource("GET", "pods"), r#""get" differs from the verb in case"#),
            (pods.clone(), Attributes::resource("get", "pods").in_group("apps"), r#"the API group "apps" is not listed"#),
            (
                pods.clone(),
                Attributes::resource("get", "pods").subresource("log"),
                r#"the resource is listed, its subresource "pods/log" is not"#,
            ),
            (
                pods.clone().named(["a"]),
                Attributes::resource("get", "pods"),
                "the rule is limited to names, and the request has none",
            ),
            (pods.clone().named(["a*"]), Attributes::resource("get", "pods").named("ab"), r#""a*" is no pattern for the name"#),
            (
                PolicyRule::resources(["get"], [""], ["pods/log"]),
                Attributes::resource("get", "pods"),
                r#""pods/log" is listed, which does not cover the resource itself"#,
            ),
            (
                PolicyRule::resources(["get"], [""], ["pods/*"]),
                Attributes::resource("get", "pods"),
                r#""pods/*" is no pattern for the resource"#,
            ),
            (
                PolicyRule::resources(["get"], [""], ["po*"]),
                Attributes::resource("get", "pods"),
                r#""po*" is no pattern for the resource"#,
            ),
            (
                PolicyRule::urls(["get"], ["/healthz"]),
                Attributes::non_resource("get", "/healthz/"),
                r#"the path "/healthz/" is not listed"#,
            ),
            (
                PolicyRule::urls(["get"], ["/a*/b"]),
                Attributes::non_resource("get", "/ax/b"),
                r#""/a*/b" is no pattern for the path"#,
            ),
        ];
        for (rule, request, text) in rows {
            assert_eq!(said(&rule, request), text);
        }
    }
}

//! `kubectl auth can-i` and `kubectl auth whoami` (`kubectl/pkg/cmd/auth`).
//!
//! A [`Question`] is made of the arguments and asked by the caller, of an authorizer or of a cluster; the words of the answer are here.

use super::rows;
use super::{Columns, Error, Kind, Style};
use crate::identity::UserInfo;
use crate::model::{List, PolicyRule};
use crate::quote::lower_case;
use crate::request::Attributes;
use crate::resources::{Catalogue, Resource, ResourceArg};
use crate::version::{Behaviour, KubeVersion};

/// The verbs about resources that kubectl does not warn of.
const RESOURCE_VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "*",
    "approve",
    "sign",
    "escalate",
    "attest",
];
/// The verbs about URL paths that kubectl does not warn of.
const URL_VERBS: &[&str] = &["get", "put", "post", "head", "options", "delete", "patch", "*"];
/// Resources that rules speak of and no server serves.
const NOT_SERVED: &[&str] = &["users", "groups"];

/// The flags of `kubectl auth can-i` that shape the question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags<'a> {
    /// `-n`, or the namespace of the context.
    pub namespace: &'a str,
    /// `-A`: ask about all namespaces.
    pub all_namespaces: bool,
    /// `--subresource`.
    pub subresource: &'a str,
}

/// What is asked of the server, and what kubectl warns of before.
///
/// ```
/// use k8s_rbac::kubectl::can_i::{Flags, Question};
/// use k8s_rbac::{KubeVersion, resources::Catalogue};
/// let flags = Flags { namespace: "default", ..Flags::default() };
/// let question = Question::new(&["get", "deploy/web"], flags, &Catalogue::built_in(), KubeVersion::V1_37)?;
/// assert_eq!((question.group.as_str(), question.resource.as_str(), question.name.as_str()), ("apps", "deployments", "web"));
/// assert!(question.warnings.is_empty());
///
/// let question = Question::new(&["get", "nodes"], flags, &Catalogue::built_in(), KubeVersion::V1_37)?;
/// assert_eq!(question.warnings, ["Warning: resource 'nodes' is not namespace scoped\n\n"]);
/// assert_eq!(question.namespace, "default");
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Question {
    /// The verb, as it was typed.
    pub verb: String,
    /// The API group.
    pub group: String,
    /// The resource; what was typed if nobody serves it.
    pub resource: String,
    /// The subresource.
    pub subresource: String,
    /// The name of the object.
    pub name: String,
    /// The namespace; asked about for resources that live in none, too.
    pub namespace: String,
    /// The URL path, if that is what is asked about.
    pub path: Option<String>,
    /// What is printed on standard error, with line ends.
    pub warnings: Vec<String>,
}

impl Question {
    /// The question that two arguments ask: a verb, and a type, `type/name` or a path.
    ///
    /// # Errors
    ///
    /// There are not two arguments, or a subresource of a path is asked about; in kubectl's words.
    pub fn new<S: AsRef<str>>(
        arguments: &[S],
        flags: Flags<'_>,
        catalogue: &Catalogue,
        version: KubeVersion,
    ) -> Result<Self, Error> {
        let [verb, target] = arguments else { return Err(usage(version)) };
        let (verb, target) = (verb.as_ref(), target.as_ref());
        if target.starts_with('/') {
            return Self::about_path(verb, target, flags, version);
        }
        let (typed, name) = target.split_once('/').unwrap_or((target, ""));
        let mut question = Self {
            verb: verb.to_owned(),
            subresource: flags.subresource.to_owned(),
            name: name.to_owned(),
            namespace: if flags.all_namespaces { String::new() } else { flags.namespace.to_owned() },
            ..Self::default()
        };
        let found = question.resolve(typed, catalogue, version);
        if !flags.all_namespaces && !question.resource.is_empty() {
            question.warn_of_scope(found, version);
            question.warn_of_verb(RESOURCE_VERBS, version);
        }
        Ok(question)
    }

    fn about_path(verb: &str, path: &str, flags: Flags<'_>, version: KubeVersion) -> Result<Self, Error> {
        if !flags.subresource.is_empty() {
            return Err(Kind::Usage("--subresource can not be used with NonResourceURL".to_owned()).into());
        }
        let mut question = Self { verb: verb.to_owned(), path: Some(path.to_owned()), ..Self::default() };
        question.warn_of_verb(URL_VERBS, version);
        Ok(question)
    }

    /// Looks up the type; without a resource of that name the text itself is asked about.
    fn resolve<'c>(&mut self, typed: &str, catalogue: &'c Catalogue, version: KubeVersion) -> Option<&'c Resource> {
        let found = if typed == "*" { None } else { catalogue.find(typed) };
        if let Some(found) = found {
            self.group.clone_from(&found.group);
            self.resource.clone_from(&found.plural);
            return Some(found);
        }
        if typed != "*" {
            self.warn_of_type(&lower_case(typed), version);
        }
        typed.clone_into(&mut self.resource);
        None
    }

    fn warn_of_type(&mut self, typed: &str, version: KubeVersion) {
        let ResourceArg { resource, group, .. } = ResourceArg::parse(typed);
        if version.has(Behaviour::CustomVerbsAreWarnedOf) && NOT_SERVED.contains(&typed) {
            return;
        }
        let in_group = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
        self.warn(&format!("the server doesn't have a resource type '{resource}'{in_group}"), version);
    }

    fn warn_of_scope(&mut self, found: Option<&Resource>, version: KubeVersion) {
        let Some(Resource { plural, group, .. }) = found.filter(|found| !found.namespaced) else { return };
        if version.has(Behaviour::CanIWarnsOfScope) {
            let in_group = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
            self.warn(&format!("resource '{plural}' is not namespace scoped{in_group}"), version);
        }
    }

    fn warn_of_verb(&mut self, known: &[&str], version: KubeVersion) {
        if version.has(Behaviour::CustomVerbsAreWarnedOf) && !known.contains(&self.verb.as_str()) {
            self.warn(&format!("verb '{}' is not a known verb", self.verb), version);
        }
    }

    fn warn(&mut self, text: &str, version: KubeVersion) {
        let end = if version.has(Behaviour::WarningsEndInEmptyLine) { "\n\n" } else { "\n" };
        self.warnings.push(format!("Warning: {text}{end}"));
    }

    /// The request that the server is asked about, as if this user made it.
    #[must_use]
    pub fn attributes<'a>(&'a self, user: &'a UserInfo) -> Attributes<'a> {
        let about = match &self.path {
            Some(path) => Attributes::non_resource(&self.verb, path),
            None => Attributes::resource(&self.verb, &self.resource)
                .in_group(&self.group)
                .subresource(&self.subresource)
                .named(&self.name)
                .in_namespace(&self.namespace),
        };
        about.by(user)
    }
}

fn usage(version: KubeVersion) -> Error {
    let text = if version.has(Behaviour::CanIWarnsOfScope) {
        "you must specify two arguments: verb resource or verb resource/resourceName.\n\
         See 'kubectl auth can-i -h' for help and examples."
    } else {
        "you must specify two or three arguments: verb, resource, and optional resourceName"
    };
    Kind::Usage(text.to_owned()).into()
}

/// The line on standard output: `yes`, `no`, or `no - ` and what the server says; with `-q` it is not printed.
///
/// ```
/// use k8s_rbac::kubectl::can_i::answer;
/// assert_eq!(answer(true, "RBAC: allowed by …", ""), "yes\n");
/// assert_eq!(answer(false, "", ""), "no\n");
/// assert_eq!(answer(false, "because", "so"), "no - because - so\n");
/// ```
#[must_use]
pub fn answer(allowed: bool, reason: &str, evaluation_error: &str) -> String {
    if allowed {
        return "yes\n".to_owned();
    }
    let said = [reason, evaluation_error].into_iter().filter(|text| !text.is_empty());
    let said: String = said.map(|text| format!(" - {text}")).collect();
    format!("no{said}\n")
}

/// What kubectl exits with after an answer.
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::can_i::exit_code};
/// assert_eq!((exit_code(true, false, KubeVersion::V1_37), exit_code(false, false, KubeVersion::V1_37)), (0, 1));
/// // Until 1.10 a no was only told, unless -q asked for the exit code.
/// assert_eq!((exit_code(false, false, KubeVersion::new(1, 10)), exit_code(false, true, KubeVersion::new(1, 10))), (0, 1));
/// ```
#[must_use]
pub fn exit_code(allowed: bool, quiet: bool, version: KubeVersion) -> u8 {
    u8::from(!allowed && (quiet || version.has(Behaviour::CanIFails)))
}

/// The table of `--list` from the rules that apply to a user, in the order in which the authorizer finds them.
///
/// # Errors
///
/// The rules break down into more than [`MAX_RULES`](super::MAX_RULES), or the table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{KubeVersion, kubectl::can_i, model::PolicyRule};
/// let rules = [PolicyRule::urls(["get"], ["/healthz"]), PolicyRule::resources(["list", "get"], [""], ["pods"])];
/// assert_eq!(
///     can_i::list(&rules, false, KubeVersion::V1_37)?,
///     "\
/// Resources   Non-Resource URLs   Resource Names   Verbs
///             [/healthz]          []               [get]
/// pods        []                  []               [list get]
/// ",
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn list(rules: &[PolicyRule], no_headers: bool, version: KubeVersion) -> Result<String, Error> {
    let reported: Vec<PolicyRule> = resource_parts(rules).chain(url_parts(rules)).collect();
    let mut columns = Columns::new(Style::TABLE);
    if !no_headers {
        columns.push("Resources\tNon-Resource URLs\tResource Names\tVerbs\n");
    }
    for line in rows::lines(&reported, version)? {
        columns.push(&line);
        columns.push("\n");
    }
    columns.finish()
}

/// What is printed on standard error when the server says that its list may not be whole.
#[must_use]
pub fn incomplete(evaluation_error: &str) -> String {
    format!("Warning: the list may be incomplete: {evaluation_error}\n")
}

/// The rules without their URLs, as a rules review reports them: those that name a resource.
fn resource_parts(rules: &[PolicyRule]) -> impl Iterator<Item = PolicyRule> {
    let about_resources = rules.iter().filter(|rule| !rule.resources.is_empty());
    about_resources.map(|rule| PolicyRule { non_resource_urls: List::default(), ..rule.clone() })
}

fn url_parts(rules: &[PolicyRule]) -> impl Iterator<Item = PolicyRule> {
    let about_urls = rules.iter().filter(|rule| !rule.non_resource_urls.is_empty());
    about_urls.map(|rule| PolicyRule {
        verbs: rule.verbs.clone(),
        non_resource_urls: rule.non_resource_urls.clone(),
        ..PolicyRule::default()
    })
}

/// The table of `kubectl auth whoami`: what there is of a user.
///
/// # Errors
///
/// The table is longer than [`MAX_PAGE`](super::MAX_PAGE).
///
/// ```
/// use k8s_rbac::{identity::UserInfo, kubectl::can_i::whoami};
/// assert_eq!(
///     whoami(&UserInfo::authenticated("jane", ["dev"]))?,
///     "ATTRIBUTE   VALUE\nUsername    jane\nGroups      [dev system:authenticated]\n",
/// );
/// # Ok::<(), k8s_rbac::kubectl::Error>(())
/// ```
pub fn whoami(user: &UserInfo) -> Result<String, Error> {
    let mut columns = Columns::new(Style::TABLE);
    columns.push("ATTRIBUTE\tVALUE\n");
    for (attribute, value) in [("Username", &user.username), ("UID", &user.uid)] {
        if !value.is_empty() {
            columns.push(&format!("{attribute}\t{value}\n"));
        }
    }
    if !user.groups.is_empty() {
        columns.push(&format!("Groups\t[{}]\n", user.groups.join(" ")));
    }
    for (key, values) in &user.extra {
        columns.push(&format!("Extra: {key}\t[{}]\n", values.join(" ")));
    }
    columns.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(target: &str, version: KubeVersion) -> Question {
        let flags = Flags { namespace: "default", ..Flags::default() };
        Question::new(&["get", target], flags, &Catalogue::built_in(), version).unwrap()
    }

    #[test]
    fn a_type_that_nobody_serves_is_asked_about_as_it_was_typed() {
        let asked = question("Foo.bar/x", KubeVersion::V1_37);
        assert_eq!((asked.resource.as_str(), asked.group.as_str(), asked.name.as_str()), ("Foo.bar", "", "x"));
        assert_eq!(asked.warnings, ["Warning: the server doesn't have a resource type 'foo' in group 'bar'\n\n"]);
        assert_eq!(
            question("nosuch", KubeVersion::V1_11).warnings,
            ["Warning: the server doesn't have a resource type 'nosuch'\n"]
        );
    }

    #[test]
    fn users_and_groups_are_known_though_nobody_serves_them() {
        assert!(question("users", KubeVersion::V1_37).warnings.is_empty());
        assert_eq!(question("users", KubeVersion::V1_11).warnings.len(), 1);
        assert!(question("*", KubeVersion::V1_37).warnings.is_empty());
    }

    #[test]
    fn scope_and_verb_are_warned_of_by_late_kubectls_only() {
        let flags = Flags { namespace: "default", ..Flags::default() };
        let asked = |flags, version| Question::new(&["frob", "csr"], flags, &Catalogue::built_in(), version).unwrap().warnings;
        assert_eq!(
            asked(flags, KubeVersion::V1_37),
            [
                "Warning: resource 'certificatesigningrequests' is not namespace scoped in group 'certificates.k8s.io'\n\n",
                "Warning: verb 'frob' is not a known verb\n\n",
            ]
        );
        assert!(asked(flags, KubeVersion::V1_11).is_empty());
        assert!(asked(Flags { all_namespaces: true, ..flags }, KubeVersion::V1_37).is_empty());
    }

    #[test]
    fn questions_that_are_none_are_refused() {
        let ask = |arguments: &[&str], subresource, version| {
            let flags = Flags { subresource, ..Flags::default() };
            Question::new(arguments, flags, &Catalogue::built_in(), version).unwrap_err().line()
        };
        assert_eq!(
            ask(&["get"], "", KubeVersion::V1_37),
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.\n"
        );
        assert_eq!(
            ask(&[], "", KubeVersion::V1_11),
            "error: you must specify two or three arguments: verb, resource, and optional resourceName\n"
        );
        assert_eq!(ask(&["get", "/x"], "log", KubeVersion::V1_37), "error: --subresource can not be used with NonResourceURL\n");
    }

    #[test]
    fn the_exit_code_says_no_since_1_11() {
        let codes = [KubeVersion::new(1, 10), KubeVersion::V1_11]
            .map(|version| [false, true].map(|quiet| exit_code(false, quiet, version)));
        assert_eq!(codes, [[0, 1], [1, 1]]);
        assert_eq!(exit_code(true, true, KubeVersion::V1_37), 0);
    }
}

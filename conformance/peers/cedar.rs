//! RBAC in Cedar: a `permit` for each rule of each role. Verbs are actions, the namespace is the resource, and what is asked for stands in the
//! context. A grant is an entity whose members are the subjects of the bindings: one for a role in the whole cluster, and one for a
//! role in a namespace, which the namespace has as an attribute that is called as the role.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use ::cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use k8s_rbac::model::PolicyRule;

use super::work::{Rules, Work};
use super::{Engine, Error, work};

struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

impl Engine for Cedar {
    fn ask(&mut self, request: usize) -> Result<bool, Error> {
        let response = self.authorizer.is_authorized(&self.requests[request], &self.policies, &self.entities);
        match response.diagnostics().errors().next() {
            Some(error) => Err(error.to_string().into()),
            None => Ok(response.decision() == Decision::Allow),
        }
    }
}

pub fn build(work: &Work) -> Result<Box<dyn Engine>, Error> {
    let text: String = work.roles().flat_map(|role| permits(&role)).collect();
    let requests =
        work.requests.iter().enumerate().map(|(number, asked)| request(number, asked)).collect::<Result<_, Error>>()?;
    let (authorizer, policies) = (Authorizer::new(), PolicySet::from_str(&text)?);
    Ok(Box::new(Cedar { authorizer, policies, entities: entities(work)?, requests }))
}

/// The policies of a role.
fn permits(role: &Rules<'_>) -> Vec<String> {
    let resources = role.rules.iter().filter(|rule| !rule.resources.is_empty()).map(|rule| on_resources(role, rule));
    let urls = role.rules.iter().filter(|rule| !rule.non_resource_urls.is_empty()).map(|rule| on_urls(role, rule));
    resources.chain(urls).collect()
}

fn on_resources(role: &Rules<'_>, rule: &PolicyRule) -> String {
    let name = &role.role;
    let place = if role.namespace.is_empty() { "is Namespace".to_owned() } else { format!("== Namespace::{:?}", role.namespace) };
    let local = format!("resource has {name:?} && principal in resource[{name:?}]");
    let holds = if role.namespace.is_empty() { format!("(principal in Grant::{name:?} || ({local}))") } else { local };
    let is_any = |list: &[String]| list.iter().any(|entry| entry == "*");
    let mut conditions = vec![holds];
    if !is_any(&rule.api_groups) {
        conditions.push(one_of("context.group", &rule.api_groups));
    }
    if !is_any(&rule.resources) {
        let (of_any, named): (Vec<String>, Vec<String>) = rule.resources.iter().cloned().partition(|name| name.starts_with("*/"));
        let of_any = (!of_any.is_empty()).then(|| one_of("context.any", &of_any));
        let tests: Vec<String> =
            (!named.is_empty()).then(|| one_of("context.resource", &named)).into_iter().chain(of_any).collect();
        conditions.push(format!("({})", tests.join(" || ")));
    }
    if !rule.resource_names.is_empty() {
        conditions.push(one_of("context.name", &rule.resource_names));
    }
    format!("permit(principal, {}, resource {place}) when {{ {} }};\n", actions(&rule.verbs), conditions.join(" && "))
}

/// URLs are granted in the whole cluster only.
fn on_urls(role: &Rules<'_>, rule: &PolicyRule) -> String {
    let tests: Vec<String> = rule
        .non_resource_urls
        .iter()
        .map(|url| if url.ends_with('*') { format!("context.path like {url:?}") } else { format!("context.path == {url:?}") })
        .collect();
    let (holder, verbs) = (&role.role, actions(&rule.verbs));
    format!("permit(principal in Grant::{holder:?}, {verbs}, resource is Url) when {{ {} }};\n", tests.join(" || "))
}

fn actions(verbs: &[String]) -> String {
    if verbs.iter().any(|verb| verb == "*") {
        return "action".to_owned();
    }
    let verbs: Vec<String> = verbs.iter().map(|verb| format!("Action::{verb:?}")).collect();
    format!("action in [{}]", verbs.join(", "))
}

fn one_of(what: &str, list: &[String]) -> String {
    let list: Vec<String> = list.iter().map(|entry| format!("{entry:?}")).collect();
    format!("[{}].contains({what})", list.join(", "))
}

/// Principals below subjects below grants, and namespaces with the grants that hold in them.
fn entities(work: &Work) -> Result<Entities, Error> {
    let mut subjects: HashMap<String, HashSet<EntityUid>> = HashMap::new();
    let mut namespaces: HashMap<&str, HashMap<String, RestrictedExpression>> = HashMap::new();
    let mut granted = HashSet::new();
    for grant in work.grants() {
        let held = if grant.namespace.is_empty() { grant.role.clone() } else { format!("{} in {}", grant.role, grant.namespace) };
        let held = uid("Grant", &held)?;
        if !grant.namespace.is_empty() {
            let roles = namespaces.entry(grant.namespace).or_default();
            roles.insert(grant.role, RestrictedExpression::new_entity_uid(held.clone()));
        }
        for subject in grant.subjects {
            subjects.entry(subject).or_default().insert(held.clone());
        }
        granted.insert(held);
    }
    let mut all: Vec<Entity> = granted.into_iter().map(Entity::with_uid).collect();
    for (number, request) in work.requests.iter().enumerate() {
        let of: Vec<String> = request.subjects().into_iter().collect();
        let parents = of.iter().map(|subject| uid("Subject", subject)).collect::<Result<_, _>>()?;
        all.push(Entity::new_no_attrs(principal(number)?, parents));
        for subject in of {
            subjects.entry(subject).or_default();
        }
    }
    for (subject, parents) in subjects {
        all.push(Entity::new_no_attrs(uid("Subject", &subject)?, parents));
    }
    for (namespace, roles) in namespaces {
        all.push(Entity::new(uid("Namespace", namespace)?, roles, HashSet::new())?);
    }
    Ok(Entities::from_entities(all, None)?)
}

/// Users come with the groups of their request, so each request has a principal of its own.
fn principal(number: usize) -> Result<EntityUid, Error> {
    uid("Principal", &number.to_string())
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, Error> {
    Ok(EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind)?, EntityId::new(id)))
}

fn request(number: usize, asked: &work::Request) -> Result<Request, Error> {
    let (resource, pairs) = match &asked.path {
        Some(path) => (uid("Url", "")?, vec![("path", path.clone())]),
        None => (
            uid("Namespace", &asked.namespace)?,
            vec![
                ("group", asked.api_group.clone()),
                ("resource", asked.resource()),
                ("any", asked.any_resource()),
                ("name", asked.name.clone()),
            ],
        ),
    };
    let pairs = pairs.into_iter().map(|(key, value)| (key.to_owned(), RestrictedExpression::new_string(value)));
    let (principal, action) = (principal(number)?, uid("Action", &asked.verb)?);
    Ok(Request::new(principal, action, resource, Context::from_pairs(pairs)?, None)?)
}

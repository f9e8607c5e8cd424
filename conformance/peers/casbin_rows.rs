//! RBAC in casbin: a row for each combination of role, verb, group, resource and name that a rule grants, and role links by domain: the
//! namespace, or `cluster`. The matcher compares what is cheap and rarely equal first.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ::casbin::{CachedApi, CachedEnforcer, CoreApi, DefaultCache, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use k8s_rbac::model::PolicyRule;

use super::work::{Request, Rules, Work};
use super::{Engine, Error};

/// `url` stands for the API group of a URL, and `` for any name.
const MODEL: &str = r#"
[request_definition]
r = sub, dom, verb, group, res, any, name

[policy_definition]
p = role, verb, group, res, name

[role_definition]
g = _, _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = (p.res == r.res || p.res == "*" || p.res == r.any || (r.group == "url" && keyMatch(r.res, p.res))) && (p.verb == r.verb || p.verb == "*") && (p.group == r.group || (p.group == "*" && r.group != "url")) && (p.name == "" || p.name == r.name) && (g(r.sub, p.role, "cluster") || g(r.sub, p.role, r.dom))
"#;

/// What is asked: the subject, domain, verb, group, resource, resource as a rule for all writes it, and name.
type Row = [String; 7];

struct Casbin<E> {
    enforcer: E,
    requests: Vec<Row>,
}

impl<E: CoreApi> Engine for Casbin<E> {
    fn ask(&mut self, request: usize) -> Result<bool, Error> {
        let [a, b, c, d, e, f, g] = self.requests[request].each_ref().map(String::as_str);
        Ok(self.enforcer.enforce((a, b, c, d, e, f, g))?)
    }
}

pub fn plain(work: &Work) -> Result<Box<dyn Engine>, Error> {
    build::<Enforcer>(work, |_| ())
}

/// With a cache of decisions that has room for every request, so that it is hit from the second time on.
pub fn cached(work: &Work) -> Result<Box<dyn Engine>, Error> {
    build::<CachedEnforcer>(work, |enforcer| enforcer.set_cache(Box::new(DefaultCache::new(100_000))))
}

fn build<E: CoreApi + MgmtApi + 'static>(work: &Work, set_up: fn(&mut E)) -> Result<Box<dyn Engine>, Error> {
    let mut enforcer: E = wait(async { E::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await })?;
    let rows: Vec<Vec<String>> = work.roles().flat_map(|role| rows(&role)).map(Vec::from).collect();
    wait(enforcer.add_policies(distinct(rows)))?;
    wait(enforcer.add_grouping_policies(distinct(links(work))))?;
    set_up(&mut enforcer);
    Ok(Box::new(Casbin {
        enforcer,
        requests: work.requests.iter().enumerate().map(|(number, asked)| request(number, asked)).collect(),
    }))
}

/// Adding a row twice refuses all.
fn distinct(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(row.clone()));
    rows
}

/// Nothing that is awaited here ever waits.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn rows(role: &Rules<'_>) -> Vec<[String; 5]> {
    role.rules.iter().flat_map(|rule| combinations(&role.role, rule)).collect()
}

fn combinations(role: &str, rule: &PolicyRule) -> Vec<[String; 5]> {
    let any = [String::new()];
    let names: &[String] = if rule.resource_names.is_empty() { &any } else { &rule.resource_names };
    let mut rows = Vec::new();
    for verb in rule.verbs.iter() {
        for group in &rule.api_groups {
            for resource in &rule.resources {
                rows.extend(names.iter().map(|name| [role, verb, group, resource, name].map(str::to_owned)));
            }
        }
        rows.extend(rule.non_resource_urls.iter().map(|url| [role, verb, "url", url, ""].map(str::to_owned)));
    }
    rows
}

/// The subjects of each request below its principal, and the roles above the subjects.
fn links(work: &Work) -> Vec<Vec<String>> {
    let domain = |namespace: &str| if namespace.is_empty() { "cluster".to_owned() } else { format!("ns:{namespace}") };
    let granted = work.grants().flat_map(|grant| {
        let domain = domain(grant.namespace);
        grant.subjects.into_iter().map(move |subject| vec![subject, grant.role.clone(), domain.clone()])
    });
    let principals = work.requests.iter().enumerate().flat_map(|(number, asked)| {
        let domains = ["cluster".to_owned(), domain(&asked.namespace)];
        let subjects = asked.subjects();
        domains.into_iter().flat_map(move |domain| {
            subjects.clone().into_iter().map(move |subject| vec![principal(number), subject, domain.clone()])
        })
    });
    granted.chain(principals).collect()
}

fn principal(number: usize) -> String {
    format!("principal:{number}")
}

fn request(number: usize, asked: &Request) -> Row {
    let domain = if asked.namespace.is_empty() { "cluster".to_owned() } else { format!("ns:{}", asked.namespace) };
    match &asked.path {
        Some(path) => {
            let of = |text: &str| text.to_owned();
            [principal(number), of("cluster"), asked.verb.clone(), of("url"), path.clone(), path.clone(), String::new()]
        }
        None => [
            principal(number),
            domain,
            asked.verb.clone(),
            asked.api_group.clone(),
            asked.resource(),
            asked.any_resource(),
            asked.name.clone(),
        ],
    }
}

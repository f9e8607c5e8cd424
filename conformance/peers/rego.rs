//! RBAC in Rego, for regorus: bindings by namespace and subject, the rules of a role by its name, lists as objects whose keys are looked up. The
//! policy walks the roles of the request's subjects only.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_rbac::model::PolicyRule;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::{CompiledPolicy, Value};

use super::work::{Request, Rules, Work};
use super::{Engine, Error};

/// The entries of a rule's list are keys; `true` is the key of a list of names that is empty, and so names all.
const POLICY: &str = r#"
package rbac

default allow := false

allow if {
    input.resources
    some place in input.places
    some subject in input.subjects
    some role in data.bindings[place][subject]
    some rule in data.resources[role]
    some resource in input.resources
    rule.resources[resource]
    some verb in input.verbs
    rule.verbs[verb]
    some group in input.groups
    rule.groups[group]
    some name in input.names
    rule.names[name]
}

allow if {
    input.path
    some subject in input.subjects
    some role in data.bindings[""][subject]
    some rule in data.urls[role]
    some verb in input.verbs
    rule.verbs[verb]
    reaches(rule, input.path)
}

reaches(rule, path) if rule.paths[path]

reaches(rule, path) if {
    some prefix in rule.prefixes
    startswith(path, prefix)
}
"#;

const RULE: &str = "data.rbac.allow";

struct Interpreter {
    policy: CompiledPolicy,
    requests: Vec<Value>,
}

impl Engine for Interpreter {
    fn ask(&mut self, request: usize) -> Result<bool, Error> {
        is_true(&self.policy.eval_with_input(self.requests[request].clone())?)
    }
}

struct Machine {
    vm: RegoVM,
    requests: Vec<Value>,
}

impl Engine for Machine {
    fn ask(&mut self, request: usize) -> Result<bool, Error> {
        self.vm.set_input(self.requests[request].clone());
        is_true(&self.vm.execute()?)
    }
}

fn is_true(answer: &Value) -> Result<bool, Error> {
    match answer {
        Value::Bool(answer) => Ok(*answer),
        other => Err(format!("answered {other}").into()),
    }
}

pub fn interpreter(work: &Work) -> Result<Box<dyn Engine>, Error> {
    Ok(Box::new(Interpreter { policy: compile(data(work))?, requests: work.requests.iter().map(input).collect() }))
}

pub fn machine(work: &Work) -> Result<Box<dyn Engine>, Error> {
    let data = data(work);
    let mut vm = RegoVM::new();
    vm.load_program(Compiler::compile_from_policy(&compile(data.clone())?, &[RULE])?);
    vm.set_data(data)?;
    Ok(Box::new(Machine { vm, requests: work.requests.iter().map(input).collect() }))
}

fn compile(data: Value) -> Result<CompiledPolicy, Error> {
    let module = regorus::PolicyModule { id: "rbac.rego".into(), content: POLICY.into() };
    Ok(regorus::compile_policy_with_entrypoint(data, &[module], Arc::from(RULE))?)
}

fn data(work: &Work) -> Value {
    let mut bindings: BTreeMap<Value, BTreeMap<Value, Vec<Value>>> = BTreeMap::new();
    for grant in work.grants() {
        let here = bindings.entry(grant.namespace.into()).or_default();
        for subject in grant.subjects {
            here.entry(subject.into()).or_default().push(grant.role.as_str().into());
        }
    }
    let bindings = bindings.into_iter().map(|(namespace, subjects)| {
        (namespace, object(subjects.into_iter().map(|(subject, roles)| (subject, Value::from(roles)))))
    });
    let rules = |of: fn(&PolicyRule) -> Option<Value>| {
        let roles =
            work.roles().map(|Rules { role, rules, .. }| (role.into(), rules.iter().filter_map(of).collect::<Vec<_>>().into()));
        object(roles.collect::<Vec<_>>())
    };
    object([("bindings".into(), object(bindings)), ("resources".into(), rules(on_resources)), ("urls".into(), rules(on_urls))])
}

fn keys(list: &[String]) -> Value {
    object(list.iter().map(|entry| (entry.as_str().into(), true.into())))
}

fn on_resources(rule: &PolicyRule) -> Option<Value> {
    let names = if rule.resource_names.is_empty() { object([(true.into(), true.into())]) } else { keys(&rule.resource_names) };
    let lists = [
        ("verbs", keys(&rule.verbs)),
        ("groups", keys(&rule.api_groups)),
        ("resources", keys(&rule.resources)),
        ("names", names),
    ];
    (!rule.resources.is_empty()).then(|| object(lists.map(|(name, list)| (name.into(), list))))
}

fn on_urls(rule: &PolicyRule) -> Option<Value> {
    let (prefixes, paths): (Vec<String>, Vec<String>) =
        rule.non_resource_urls.iter().cloned().partition(|url| url.ends_with('*'));
    let prefixes: Vec<Value> = prefixes.iter().map(|url| url.trim_end_matches('*').into()).collect();
    let lists = [("verbs", keys(&rule.verbs)), ("paths", keys(&paths)), ("prefixes", prefixes.into())];
    (!rule.non_resource_urls.is_empty()).then(|| object(lists.map(|(name, list)| (name.into(), list))))
}

/// Each attribute with everything that a rule may write for it.
fn input(request: &Request) -> Value {
    let list = |entries: &[&str]| Value::from(entries.iter().map(|entry| Value::from(*entry)).collect::<Vec<_>>());
    let subjects: Vec<Value> = request.subjects().into_iter().map(Value::from).collect();
    let mut all = vec![("subjects".into(), subjects.into()), ("verbs".into(), list(&[&request.verb, "*"]))];
    match &request.path {
        Some(path) => all.push(("path".into(), path.as_str().into())),
        None => all.extend([
            ("places".into(), if request.namespace.is_empty() { list(&[""]) } else { list(&["", &request.namespace]) }),
            ("groups".into(), list(&[&request.api_group, "*"])),
            ("resources".into(), list(&[&request.resource(), &request.any_resource(), "*"])),
            ("names".into(), vec![true.into(), request.name.as_str().into()].into()),
        ]),
    }
    object(all)
}

fn object(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
    entries.into_iter().collect::<BTreeMap<_, _>>().into()
}

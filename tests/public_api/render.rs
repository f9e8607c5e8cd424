//! Types, bounds and signatures of rustdoc's JSON as Rust writes them, near enough to be compared.

use std::collections::BTreeMap;

use serde_json::Value;

/// The public path of each item of the crate, by its id.
pub type Names = BTreeMap<String, String>;

pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub fn texts(values: &Value, between: &str, text: impl Fn(&Value) -> String) -> String {
    list(values).iter().map(text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

/// What an item, a type or a bound is: the one key of the object, or the string that stands in its place.
pub fn kind(item: &Value) -> &str {
    let value = item.get("inner").unwrap_or(item);
    value.as_str().or_else(|| value.as_object()?.keys().next().map(String::as_str)).unwrap_or_default()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The public path without the name of the crate; of items from elsewhere the last word.
fn path(value: &Value, names: &Names) -> String {
    let written = if value["path"].is_null() { word(&value["name"]) } else { word(&value["path"]) };
    let last = || written.rsplit("::").next().unwrap_or_default().to_owned();
    let name = names.get(&value["id"].to_string()).map_or_else(last, |name| name.trim_start_matches("k8s_rbac::").to_owned());
    name + &arguments(&value["args"], names)
}

pub fn trait_path(value: &Value, names: &Names) -> String {
    path(value, names)
}

/// The last word of the trait that is implemented.
pub fn trait_of(implementation: &Value) -> Option<String> {
    let name = path(&implementation["trait"], &Names::new());
    (!name.is_empty()).then_some(name)
}

fn arguments(value: &Value, names: &Names) -> String {
    let called = &value["parenthesized"];
    if !called.is_null() {
        return format!("({}){}", texts(&called["inputs"], ", ", |input| ty(input, names)), output(&called["output"], names));
    }
    let angles = &value["angle_bracketed"];
    let given = list(&angles["args"]).iter().map(|argument| argument_text(argument, names));
    let constrained = list(&angles["constraints"]).iter().map(|constraint| {
        let bound_to = &constraint["binding"]["equality"]["type"];
        let to = if bound_to.is_null() {
            format!(": {}", texts(&constraint["binding"]["constraint"], " + ", |one| bound(one, names)))
        } else {
            format!(" = {}", ty(bound_to, names))
        };
        format!("{}{to}", word(&constraint["name"]))
    });
    let all: Vec<String> = given.chain(constrained).collect();
    if all.is_empty() { String::new() } else { format!("<{}>", all.join(", ")) }
}

fn argument_text(argument: &Value, names: &Names) -> String {
    match kind(argument) {
        "lifetime" => word(&argument["lifetime"]).to_owned(),
        "type" => ty(&argument["type"], names),
        "const" => word(&argument["const"]["expr"]).to_owned(),
        _ => "_".to_owned(),
    }
}

pub fn ty(value: &Value, names: &Names) -> String {
    let inner = &value[kind(value)];
    match kind(value) {
        "resolved_path" => path(inner, names),
        "generic" | "primitive" => word(inner).to_owned(),
        "tuple" => format!("({})", texts(inner, ", ", |one| ty(one, names))),
        "slice" => format!("[{}]", ty(inner, names)),
        "array" => format!("[{}; {}]", ty(&inner["type"], names), word(&inner["len"])),
        "impl_trait" => format!("impl {}", texts(inner, " + ", |one| bound(one, names))),
        "borrowed_ref" => {
            let lifetime = inner["lifetime"].as_str().map(|name| format!("{name} ")).unwrap_or_default();
            let mutable = if inner["is_mutable"] == true { "mut " } else { "" };
            format!("&{lifetime}{mutable}{}", ty(&inner["type"], names))
        }
        "dyn_trait" => {
            let traits = texts(&inner["traits"], " + ", |one| path(&one["trait"], names));
            let lifetime = inner["lifetime"].as_str().map(|name| format!(" + {name}")).unwrap_or_default();
            format!("dyn {traits}{lifetime}")
        }
        "qualified_path" => {
            let name = format!("{}{}", word(&inner["name"]), arguments(&inner["args"], names));
            if inner["trait"].is_null() || word(&inner["trait"]["path"]).is_empty() {
                return format!("{}::{name}", ty(&inner["self_type"], names));
            }
            format!("<{} as {}>::{name}", ty(&inner["self_type"], names), path(&inner["trait"], names))
        }
        "function_pointer" => format!("fn{}", parameters(&inner["sig"], names)),
        "infer" => "_".to_owned(),
        other => other.to_owned(),
    }
}

pub fn bound(value: &Value, names: &Names) -> String {
    let inner = &value[kind(value)];
    match kind(value) {
        "trait_bound" => {
            let maybe = if inner["modifier"] == "maybe" { "?" } else { "" };
            format!("{maybe}{}{}", higher(&inner["generic_params"]), path(&inner["trait"], names))
        }
        "outlives" => word(inner).to_owned(),
        "use" => format!("use<{}>", texts(inner, ", ", |one| one.as_str().unwrap_or_else(|| word(&one[kind(one)])).to_owned())),
        other => other.to_owned(),
    }
}

fn higher(parameters: &Value) -> String {
    let named = texts(parameters, ", ", |parameter| word(&parameter["name"]).to_owned());
    if named.is_empty() { named } else { format!("for<{named}> ") }
}

/// `<'a, T: Bound>`, or nothing.
pub fn generics(value: &Value, names: &Names) -> String {
    let parameters = texts(&value["params"], ", ", |parameter| {
        let of = &parameter["kind"];
        if of["type"]["is_synthetic"] == true {
            return String::new();
        }
        let name = word(&parameter["name"]);
        let bounds = match kind(of) {
            "lifetime" => texts(&of["lifetime"]["outlives"], " + ", |one| word(one).to_owned()),
            "type" => texts(&of["type"]["bounds"], " + ", |one| bound(one, names)),
            _ => return format!("const {name}: {}", ty(&of["const"]["type"], names)),
        };
        let default = &of["type"]["default"];
        let default = if default.is_null() { String::new() } else { format!(" = {}", ty(default, names)) };
        if bounds.is_empty() { format!("{name}{default}") } else { format!("{name}: {bounds}{default}") }
    });
    if parameters.is_empty() { parameters } else { format!("<{parameters}>") }
}

/// ` where T: Bound`, or nothing.
pub fn where_clause(value: &Value, names: &Names) -> String {
    let clauses = texts(&value["where_predicates"], ", ", |predicate| {
        let inner = &predicate[kind(predicate)];
        match kind(predicate) {
            "bound_predicate" => {
                let bounds = texts(&inner["bounds"], " + ", |one| bound(one, names));
                format!("{}{}: {bounds}", higher(&inner["generic_params"]), ty(&inner["type"], names))
            }
            "lifetime_predicate" => {
                format!("{}: {}", word(&inner["lifetime"]), texts(&inner["outlives"], " + ", |one| word(one).to_owned()))
            }
            other => other.to_owned(),
        }
    });
    if clauses.is_empty() { clauses } else { format!(" where {clauses}") }
}

fn parameters(signature: &Value, names: &Names) -> String {
    let inputs = texts(&signature["inputs"], ", ", |input| {
        let (name, of) = (word(&input[0]), ty(&input[1], names));
        match of.strip_suffix("Self") {
            Some(reference) if name == "self" && !reference.contains('<') => format!("{reference}self"),
            _ => format!("{name}: {of}"),
        }
    });
    format!("({inputs}){}", output(&signature["output"], names))
}

fn output(value: &Value, names: &Names) -> String {
    if value.is_null() { String::new() } else { format!(" -> {}", ty(value, names)) }
}

/// Generics, parameters, result and conditions of a function.
pub fn signature(function: &Value, names: &Names) -> String {
    let constant = if function["header"]["is_const"] == true { " const" } else { "" };
    let (shape, limits) = (generics(&function["generics"], names), where_clause(&function["generics"], names));
    format!("{constant}{shape}{}{limits}", parameters(&function["sig"], names))
}

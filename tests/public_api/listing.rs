//! The public items of a crate, a line for each, sorted by path.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::render::{Names, generics, kind, list, signature, texts, trait_of, trait_path, ty, where_clause};

/// A listing of everything that a user of the crate can name.
pub fn of(json: &Value) -> String {
    let mut crawl = Crawl { index: &json["index"], names: BTreeMap::new(), lines: BTreeSet::new() };
    let root = crawl.item(&json["root"]);
    crawl.name_modules(root, "k8s_rbac");
    crawl.name_uses(root, "k8s_rbac");
    crawl.module(root, "k8s_rbac");
    crawl.for_others();
    let mut text = String::from("# Every public item, with all features on. Written by .ci/api --bless.\n");
    crawl.lines.iter().for_each(|line| {
        text.push_str(line);
        text.push('\n');
    });
    text
}

struct Crawl<'a> {
    index: &'a Value,
    names: Names,
    lines: BTreeSet<String>,
}

impl<'a> Crawl<'a> {
    fn item(&self, id: &Value) -> &'a Value {
        &self.index[id.to_string().trim_matches('"')]
    }

    fn items(&self, ids: &'a Value) -> impl Iterator<Item = &'a Value> + use<'a> {
        let index = self.index;
        list(ids).iter().map(move |id| &index[id.to_string().trim_matches('"')]).filter(|item| !item.is_null())
    }

    /// Items are called by the module that they are written in, if that is public.
    fn name_modules(&mut self, module: &'a Value, path: &str) {
        for item in self.items(&module["inner"]["module"]["items"]) {
            let Some(name) = item["name"].as_str() else { continue };
            let path = format!("{path}::{name}");
            if kind(item) == "module" {
                self.name_modules(item, &path);
            }
            self.names.insert(item["id"].to_string(), path);
        }
    }

    /// Else by the first place that they are exported from.
    fn name_uses(&mut self, module: &'a Value, path: &str) {
        for item in self.items(&module["inner"]["module"]["items"]) {
            let used = &item["inner"]["use"];
            if !used.is_null() && !self.item(&used["id"]).is_null() {
                let called = format!("{path}::{}", used["name"].as_str().unwrap_or_default());
                self.names.entry(used["id"].to_string()).or_insert(called);
            }
        }
        for item in self.items(&module["inner"]["module"]["items"]).filter(|item| kind(item) == "module") {
            self.name_uses(item, &format!("{path}::{}", item["name"].as_str().unwrap_or_default()));
        }
    }

    fn module(&mut self, module: &'a Value, path: &str) {
        self.lines.insert(format!("{path}: mod"));
        for item in self.items(&module["inner"]["module"]["items"]) {
            let used = &item["inner"]["use"];
            if used.is_null() {
                self.public(item, &format!("{path}::{}", item["name"].as_str().unwrap_or_default()));
                continue;
            }
            let called = format!("{path}::{}", used["name"].as_str().unwrap_or_default());
            match self.names.get(&used["id"].to_string()) {
                Some(name) if *name == called => self.public(self.item(&used["id"]), &called),
                Some(name) => drop(self.lines.insert(format!("{called}: use {name}"))),
                None => drop(self.lines.insert(format!("{called}: use {}", used["source"].as_str().unwrap_or_default()))),
            }
        }
    }

    fn public(&mut self, item: &'a Value, path: &str) {
        let inner = &item["inner"][kind(item)];
        let open = if is_non_exhaustive(item) { " (non-exhaustive)" } else { "" };
        let shape = format!("{}{}", generics(&inner["generics"], &self.names), where_clause(&inner["generics"], &self.names));
        match kind(item) {
            "module" => self.module(item, path),
            "function" => drop(self.lines.insert(format!("{path}: fn{}", signature(inner, &self.names)))),
            "constant" => drop(self.lines.insert(format!("{path}: const {}", ty(&inner["type"], &self.names)))),
            "type_alias" => drop(self.lines.insert(format!("{path}: type{shape} = {}", ty(&inner["type"], &self.names)))),
            "macro" => drop(self.lines.insert(format!("{path}: macro"))),
            "trait" => self.of_trait(inner, path, &shape),
            "struct" => {
                let hidden = if hides_fields(inner) { ", hidden fields" } else { "" };
                self.lines.insert(format!("{path}: struct{shape}{open}{hidden}"));
                self.fields(&inner["kind"], path);
                self.implementations(&inner["impls"], path);
            }
            "enum" => {
                self.lines.insert(format!("{path}: enum{shape}{open}"));
                for variant in self.items(&inner["variants"]) {
                    let path = format!("{path}::{}", variant["name"].as_str().unwrap_or_default());
                    let open = if is_non_exhaustive(variant) { " (non-exhaustive)" } else { "" };
                    self.lines.insert(format!("{path}: variant{open}"));
                    self.fields(&variant["inner"]["variant"]["kind"], &path);
                }
                self.implementations(&inner["impls"], path);
            }
            other => drop(self.lines.insert(format!("{path}: {other}"))),
        }
    }

    fn fields(&mut self, shape: &'a Value, path: &str) {
        let named = [&shape["plain"]["fields"], &shape["struct"]["fields"], &shape["tuple"]];
        let fields: Vec<&Value> = named.into_iter().flat_map(|fields| self.items(fields)).collect();
        for field in fields {
            let of = ty(&field["inner"]["struct_field"], &self.names);
            self.lines.insert(format!("{path}.{}: {of}", field["name"].as_str().unwrap_or_default()));
        }
    }

    fn of_trait(&mut self, inner: &'a Value, path: &str, shape: &str) {
        let bounds = texts(&inner["bounds"], " + ", |bound| crate::render::bound(bound, &self.names));
        let bounds = if bounds.is_empty() { bounds } else { format!(": {bounds}") };
        self.lines.insert(format!("{path}: trait{shape}{bounds}"));
        for item in self.items(&inner["items"]) {
            self.associated(item, path, true);
        }
    }

    fn associated(&mut self, item: &'a Value, path: &str, in_trait: bool) {
        let inner = &item["inner"][kind(item)];
        let name = format!("{path}::{}", item["name"].as_str().unwrap_or_default());
        let provided = if in_trait && inner["has_body"] == true { " (provided)" } else { "" };
        let line = match kind(item) {
            "function" => format!("{name}: fn{}{provided}", signature(inner, &self.names)),
            "assoc_const" => format!("{name}: const {}", ty(&inner["type"], &self.names)),
            "assoc_type" if inner["type"].is_null() => format!("{name}: type"),
            "assoc_type" => format!("{name}: type = {}", ty(&inner["type"], &self.names)),
            other => format!("{name}: {other}"),
        };
        self.lines.insert(line);
    }

    /// What is implemented for types of other crates.
    fn for_others(&mut self) {
        for item in self.index.as_object().into_iter().flatten().map(|(_, item)| item) {
            let inner = &item["inner"]["impl"];
            let ours = self.names.contains_key(&inner["for"]["resolved_path"]["id"].to_string());
            let generated = inner["is_synthetic"] == true || !inner["blanket_impl"].is_null();
            if item["crate_id"] == 0 && !inner["trait"].is_null() && !ours && !generated {
                let (name, of) = (trait_path(&inner["trait"], &self.names), ty(&inner["for"], &self.names));
                self.lines.insert(format!("impl{} {name} for {of}", generics(&inner["generics"], &self.names)));
            }
        }
    }

    /// The functions of the type's own, and the traits that it has; what the compiler derives for every type is left out.
    fn implementations(&mut self, ids: &'a Value, path: &str) {
        let mut traits = BTreeSet::new();
        for implementation in self.items(ids) {
            let inner = &implementation["inner"]["impl"];
            if inner["is_synthetic"] == true || !inner["blanket_impl"].is_null() {
                continue;
            }
            if inner["trait"].is_null() {
                let public = self.items(&inner["items"]).filter(|item| item["visibility"] == "public");
                public.for_each(|item| self.associated(item, path, false));
            } else if let Some(name) = trait_of(inner).filter(|name| !name.starts_with("Structural")) {
                let whole = trait_path(&inner["trait"], &self.names);
                let open = generics(&inner["generics"], &self.names);
                traits.insert(if has_types(inner) {
                    format!("{open} {whole}")
                } else if whole.contains('<') {
                    whole
                } else {
                    name
                });
            }
        }
        if !traits.is_empty() {
            self.lines.insert(format!("{path}: impl {}", traits.into_iter().collect::<Vec<_>>().join(", ")));
        }
    }
}

/// Whether the implementation is one for many types.
fn has_types(implementation: &Value) -> bool {
    list(&implementation["generics"]["params"]).iter().any(|parameter| !parameter["kind"]["type"].is_null())
}

fn is_non_exhaustive(item: &Value) -> bool {
    list(&item["attrs"]).iter().any(|attribute| attribute.to_string().contains("non_exhaustive"))
}

fn hides_fields(inner: &Value) -> bool {
    inner["kind"]["plain"]["has_stripped_fields"] == true || list(&inner["kind"]["tuple"]).iter().any(Value::is_null)
}

//! Documents to objects: which type a map has, and lists unfolded.

use serde::Deserialize;

use super::decode::Decoder;
use super::entries::{find, folded};
use super::node::{Content, NodeId, Tree};
use super::problem::ProblemKind;
use super::report::Report;
use super::scalar;
use super::server::Undecoded;
use crate::model::Object;

/// The `apiVersion` and `kind` of an object.
#[derive(Debug, Clone, Default)]
struct Header {
    api_version: String,
    kind: String,
}

/// Reads the objects of a document into the report.
pub(super) fn document(tree: &Tree<'_>, root: NodeId, report: &mut Report<'_>) {
    if tree.target(root).content != Content::Null {
        report.document();
        object(tree, root, &Header::default(), report.limits().depth(), report);
    }
}

/// Reads an object, or a list of them. `outer` stands for the fields that elements of a typed list may leave out.
fn object(tree: &Tree<'_>, node: NodeId, outer: &Header, depth: usize, report: &mut Report<'_>) {
    let target = tree.target(node);
    if !matches!(target.content, Content::Map(_)) {
        let found = scalar::found(target, report.text());
        return report.problem((target.start, target.end), "", ProblemKind::NotAnObject { found });
    }
    let (Some(api_version), Some(kind)) = (
        header_field(tree, node, "apiVersion", &outer.api_version, report),
        header_field(tree, node, "kind", &outer.kind, report),
    ) else {
        return;
    };
    let Some(api_version) = group_version(&api_version) else {
        // As `schema.ParseGroupVersion` says it.
        let message = format!("unexpected GroupVersion string: {api_version}");
        let bytes =
            find(tree, node, "apiVersion", report.limits().depth()).map_or((target.start, target.end), |value| tree.bytes(value));
        return report.problem(bytes, "apiVersion", ProblemKind::Value { message });
    };
    let header = Header { api_version, kind };
    match element_kind(&header) {
        Some(elements) => list(tree, node, &elements, depth, report),
        None if Object::is_known(&header.api_version, &header.kind) => single(tree, node, &header, report),
        None => report.skip(header.api_version, header.kind, (target.start, target.end)),
    }
}

/// An `apiVersion` as it is written where it is written well: a slash before the version of the core group counts for nothing.
fn group_version(api_version: &str) -> Option<String> {
    let version = api_version.strip_prefix('/').unwrap_or(api_version);
    let slashes = api_version.matches('/').count();
    (slashes < 2 && !version.is_empty() && !version.ends_with('/')).then(|| version.to_owned())
}

/// A field of the header: a string that is not empty, under a key that is the field's whatever the case of its letters
/// (`SimpleMetaFactory.Interpret`); in a list of one kind only under the key itself. That another key is no field is told where the object is
/// decoded.
fn header_field(tree: &Tree<'_>, node: NodeId, field: &'static str, outer: &str, report: &mut Report<'_>) -> Option<String> {
    let (mut text, mut last) = (None, node);
    let depth = report.limits().depth();
    let exact = if outer.is_empty() { None } else { find(tree, node, field, depth) };
    let folded = outer.is_empty().then(|| folded(tree, node, field, depth)).into_iter().flatten();
    for value in exact.into_iter().chain(folded) {
        let target = tree.target(value);
        match &target.content {
            Content::Null => {}
            Content::Merge => text = Some("<<"),
            Content::Text(written) => text = Some(written),
            _ => {
                let found = scalar::found(target, report.text());
                report.problem(
                    (target.start, target.end),
                    field,
                    ProblemKind::WrongType { found, expected: "a string", fix: None },
                );
                return None;
            }
        }
        last = value;
    }
    let text = text.filter(|text| !text.is_empty()).unwrap_or(outer);
    if text.is_empty() {
        let target = tree.target(last);
        report.problem((target.start, target.end), "", ProblemKind::Missing { field });
        return None;
    }
    Some(text.to_owned())
}

/// What the elements of a list are if they do not say it; none if the object is no list.
fn element_kind(header: &Header) -> Option<Header> {
    let Header { api_version, kind } = header;
    let element = kind.strip_suffix("List")?;
    if element.is_empty() {
        return (api_version == "v1").then(Header::default);
    }
    Object::is_known(api_version, element).then(|| Header { api_version: api_version.clone(), kind: element.to_owned() })
}

/// The fields of a list, so far as they are checked in its frame; the elements are objects of their own.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListFrame {
    kind: Option<String>,
    api_version: Option<String>,
    metadata: Option<ListMeta>,
    items: Option<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListMeta {
    self_link: Option<String>,
    resource_version: Option<String>,
    r#continue: Option<String>,
    remaining_item_count: Option<i64>,
    shard_info: Option<ShardInfo>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShardInfo {
    selector: Option<String>,
}

fn list(tree: &Tree<'_>, node: NodeId, elements: &Header, depth: usize, report: &mut Report<'_>) {
    Decoder::new(tree, report, Undecoded::new("", "")).read(node, |at| ListFrame::deserialize(at));
    let Some(items) = find(tree, node, "items", report.limits().depth()) else {
        return;
    };
    let target = tree.target(items);
    match (&target.content, depth.checked_sub(1)) {
        (Content::List(_), Some(depth)) => {
            for &item in tree.items(items) {
                if tree.target(item).content != Content::Null {
                    object(tree, item, elements, depth, report);
                }
            }
        }
        (Content::Null, _) => {}
        _ => {
            let found = scalar::found(target, report.text());
            report.problem((target.start, target.end), "items", ProblemKind::WrongType { found, expected: "a list", fix: None });
        }
    }
}

fn single(tree: &Tree<'_>, node: NodeId, header: &Header, report: &mut Report<'_>) {
    let undecoded = Undecoded::new(&header.api_version, &header.kind);
    let mut decoder = Decoder::new(tree, report, undecoded);
    let read = decoder.read(node, |at| match Object::deserialize_as(&header.api_version, &header.kind, at) {
        Some(object) => object,
        None => Err(serde::de::Error::custom("expected a kind that there is a type for")),
    });
    let (places, refused) = decoder.finish();
    match read {
        Some(object) => report.object(object, tree.bytes(node), places),
        None => report.refused(refused),
    }
}

//! `docs/API.txt` lists every public item: made from rustdoc's JSON, so it needs that first. `.ci/api` does both; see there.

mod listing;
mod render;

use std::path::Path;

use serde_json::Value;

/// The format of rustdoc's JSON that this was written for; a toolchain of another format is told of and not compared.
const FORMAT: u64 = 57;

const PAGE: &str = "docs/API.txt";

fn json() -> Value {
    let path =
        std::env::var_os("K8S_RBAC_RUSTDOC_JSON").expect("K8S_RBAC_RUSTDOC_JSON: the file that rustdoc wrote (run .ci/api)");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", Path::new(&path).display()));
    serde_json::from_str(&text).expect("rustdoc writes JSON")
}

#[test]
#[ignore = "needs rustdoc's JSON: .ci/api makes it and runs this"]
fn the_public_api_is_the_listed_one() {
    let json = json();
    let format = json["format_version"].as_u64().unwrap_or_default();
    if format != FORMAT {
        println!("not compared: rustdoc's JSON has format {format}, and the listing is made from format {FORMAT}");
        return;
    }
    let listed = listing::of(&json);
    assert!(listed.lines().count() > 1000, "{listed}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("K8S_RBAC_BLESS").is_some() {
        std::fs::write(&page, &listed).unwrap();
    }
    let written = std::fs::read_to_string(&page).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (old, new) = (lines(&written), lines(&listed));
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    let come = new.difference(&old).map(|line| format!("+ {line}"));
    let changed: Vec<String> = gone.chain(come).collect();
    assert!(
        changed.is_empty() && written == listed,
        "the public API changed: .ci/api --bless, if it is meant\n{}",
        changed.join("\n")
    );
}

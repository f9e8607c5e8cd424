//! Tables of features, of hostile input and of the guide's chapters against what there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::{read, root, rows};

/// The features of the manifest but `default`, and whether each is one of the default.
fn features() -> BTreeMap<String, bool> {
    let manifest = read("Cargo.toml");
    let section = manifest.split("[features]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with(char::is_alphabetic)).filter_map(|line| line.split_once(" = "));
    let all: BTreeMap<&str, &str> = lines.collect();
    let default = all["default"];
    let named = all.keys().filter(|name| **name != "default");
    named.map(|name| ((*name).to_owned(), default.contains(&format!("\"{name}\"")))).collect()
}

#[test]
fn the_readme_and_the_front_page_list_the_features() {
    let known = features();
    assert!(known.len() >= 7 && known["yaml"], "{known:?}");
    for page in ["README.md", "src/lib.rs"] {
        let listed: BTreeMap<String, bool> = rows(&read(page))
            .into_iter()
            .filter(|row| row.len() == 3 && ["yes", "no"].contains(&row[1].as_str()))
            .map(|row| (row[0].trim_matches('`').to_owned(), row[1] == "yes"))
            .collect();
        assert_eq!(listed, known, "the table of features in {page}");
    }
}

#[test]
fn the_minimum_rust_version_is_said_as_it_is() {
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"').to_owned();
    for page in ["README.md", "src/lib.rs"] {
        assert!(read(page).contains(&format!("The minimum Rust version is {version};")), "{page}");
    }
}

#[test]
fn every_hostile_input_has_its_test() {
    let page = read("SECURITY.md");
    let named: Vec<(String, String)> = rows(&page)
        .into_iter()
        .filter(|row| row.len() == 3 && row[0] != "input")
        .map(|row| {
            let (file, test) = row[2].trim_matches('`').split_once("::").unwrap_or_else(|| panic!("no file and test: {row:?}"));
            (file.to_owned(), test.to_owned())
        })
        .collect();
    assert!(named.len() >= 8, "{named:?}");
    for (file, test) in &named {
        let text = read(file);
        assert!(text.contains(&format!("#[test]\nfn {test}() {{")), "{file} has no test {test}");
    }
    let hostile: BTreeSet<&str> =
        named.iter().filter(|(file, _)| file == "tests/hostile.rs").map(|(_, test)| test.as_str()).collect();
    let text = read("tests/hostile.rs");
    let tests = text.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name);
    let untold: Vec<&str> = tests.filter(|name| !hostile.contains(name) && !name.starts_with("work_grows")).collect();
    assert!(untold.is_empty(), "SECURITY.md does not tell of {untold:?}");
}

#[test]
fn every_chapter_is_listed_and_leads_to_the_next() {
    let module = read("src/guide/mod.rs");
    let listed: Vec<String> = rows(&module)
        .into_iter()
        .filter(|row| row[0].starts_with("[`"))
        .map(|row| row[0].trim_matches(['[', ']', '`']).to_owned())
        .collect();
    let files: BTreeSet<String> = std::fs::read_dir(root().join("src/guide"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_string_lossy().strip_suffix(".md").map(str::to_owned))
        .collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), files);
    for pair in listed.windows(2) {
        let text = read(&format!("src/guide/{}.md", pair[0]));
        assert!(text.contains("```"), "{} shows no code", pair[0]);
        let next = format!("Next: [`{0}`](crate::guide::{0}).", pair[1]);
        assert!(text.trim_end().ends_with(&next), "{} does not end with {next}", pair[0]);
    }
}

#[test]
fn the_comparison_names_each_tool_of_its_table() {
    let rows = rows(&read("docs/COMPARE.md"));
    let tools: BTreeSet<&String> = rows.iter().filter(|row| row.len() == 4 && row[0].len() == 3).map(|row| &row[0]).collect();
    let head = rows.iter().find(|row| row.len() > 10).unwrap();
    assert_eq!(head[2..].iter().collect::<BTreeSet<_>>(), tools);
    let odd: Vec<_> = rows
        .iter()
        .filter(|row| row.len() == head.len() && *row != head)
        .flat_map(|row| &row[1..])
        .filter(|cell| !["yes", "part", "–", ""].contains(&cell.as_str()))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

//! Every name in `docs/QUESTIONS.md` is one of the crate.

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What stands between backquotes and is a path of names.
fn names(page: &str) -> Vec<&str> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted
        .filter(|text| text.split("::").all(|part| part.chars().all(|c| c.is_alphanumeric() || c == '_')))
        .filter(|text| text.contains("::"))
        .collect()
}

/// Whether the text declares the item: a function, a type, a module, or a variant of an enum.
fn declares(text: &str, item: &str) -> bool {
    let kinds = ["fn", "struct", "enum", "trait", "const", "mod"];
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_here = |line: &str| {
        let words = line.trim_start();
        let item_after = |kind: &str| words.split_once(&format!("{kind} {item}")).is_some_and(|(_, rest)| ends(rest));
        kinds.iter().any(|kind| item_after(kind))
            || words.strip_prefix(item).is_some_and(|rest| rest == "," || rest.starts_with(" {"))
    };
    text.lines().any(is_here)
}

#[test]
fn every_name_is_one_of_the_crate() {
    let page = std::fs::read_to_string(root("docs/QUESTIONS.md")).unwrap();
    let sources: Vec<(String, String)> = files(&root("src"))
        .into_iter()
        .map(|path| {
            (path.strip_prefix(root("src")).unwrap().display().to_string(), std::fs::read_to_string(&path).unwrap_or_default())
        })
        .collect();
    let in_room = |room: &str, item: &str| {
        let here = sources.iter().filter(|(path, _)| path.starts_with(&format!("{room}/")) || *path == format!("{room}.rs"));
        here.into_iter().any(|(path, text)| declares(text, item) || path.ends_with(&format!("/{item}.rs")))
    };
    let anywhere = |item: &str| sources.iter().any(|(_, text)| declares(text, item));
    let names = names(&page);
    assert!(names.len() > 40, "{names:?}");
    let missing: Vec<&str> = names
        .into_iter()
        .filter(|name| {
            let parts: Vec<&str> = name.split("::").collect();
            let is_room = parts[0].starts_with(char::is_lowercase);
            !parts[1..].iter().all(|item| if is_room { in_room(parts[0], item) } else { anywhere(parts[0]) && anywhere(item) })
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_request_is_answered() {
    let page = std::fs::read_to_string(root("docs/QUESTIONS.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| U")).collect();
    assert_eq!(rows.len(), 40);
    for (at, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("| U{} |", at + 1)), "{row}");
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert!(cells[2..].iter().any(|cell| !cell.trim().is_empty()), "{row}");
    }
}

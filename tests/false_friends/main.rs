//! Where other tools and the real authorizer part: a test for each mistake, by its number in `docs/FALSE_FRIENDS.md`.
//!
//! Each test first lets the naive reading answer, then asks the authorizer, and shows that the two differ. Every question that is asked of the
//! authorizer here was also asked of upstream's own code (`tests/data/false-friends-1.37.jsonl`), and the answers are compared.

mod escalation;
mod groups_and_verbs;
mod naive;
mod names;
mod resources;
mod roles;
mod scope;
mod subjects;
mod union;
mod upstream;
mod urls;

use std::collections::BTreeMap;

/// The tests of this folder by their numbers, from the names of their functions.
fn tests() -> BTreeMap<u32, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/false_friends");
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let mut found = BTreeMap::new();
    for name in files.flat_map(|text| text.lines().filter_map(name_of_test).map(str::to_owned).collect::<Vec<_>>()) {
        let number = name[1..3].parse().unwrap();
        assert!(found.insert(number, name).is_none(), "F{number} has two tests");
    }
    found
}

fn name_of_test(line: &str) -> Option<&str> {
    let name = line.strip_prefix("fn ")?.split_once('(')?.0;
    let rest = name.strip_prefix('f')?;
    (rest.len() > 3 && rest[..2].bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

#[test]
fn the_page_lists_the_tests() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/FALSE_FRIENDS.md")).unwrap();
    let listed: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("- F")?.split_once(": ")).map(|(head, _)| head).collect();
    let tests = tests();
    let expected: Vec<String> = tests.iter().map(|(number, name)| format!("{number} `{name}`")).collect();
    assert_eq!(listed, expected);
    assert_eq!(expected.len(), 85, "none is left out");
}

//! The changelog keeps the form of Keep a Changelog.

use std::collections::BTreeSet;

use crate::read;

const SECTIONS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

fn problems(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut sections: BTreeSet<&str> = BTreeSet::new();
    let mut entries: BTreeSet<&str> = BTreeSet::new();
    let mut releases = Vec::new();
    for line in text.lines() {
        if let Some(release) = line.strip_prefix("## ") {
            releases.push(release);
            sections.clear();
        } else if let Some(section) = line.strip_prefix("### ") {
            if !SECTIONS.contains(&section) || !sections.insert(section) {
                wrong.push(format!("section {section} of {releases:?}"));
            }
        } else if line.starts_with("- ") && !entries.insert(line) {
            wrong.push(format!("twice: {line}"));
        }
    }
    if releases.first() != Some(&"[Unreleased]") {
        wrong.push(format!("the first release is not [Unreleased]: {releases:?}"));
    }
    wrong.extend(
        releases.iter().skip(1).filter(|release| !is_release(release)).map(|release| format!("no version and date: {release}")),
    );
    wrong
}

/// `[1.2.3] - 2026-11-24`.
fn is_release(text: &str) -> bool {
    let Some((version, date)) = text.strip_prefix('[').and_then(|text| text.split_once("] - ")) else { return false };
    let numbers = |text: &str, by: char| text.split(by).filter(|part| part.parse::<u32>().is_ok()).count();
    numbers(version, '.') == 3 && numbers(date, '-') == 3 && date.len() == 10
}

#[test]
fn the_changelog_is_in_form() {
    assert_eq!(problems(&read("CHANGELOG.md")), [""; 0]);
}

#[test]
fn the_check_sees_what_is_wrong() {
    assert_eq!(problems("## [Unreleased]\n### Added\n- a\n\n## [0.1.0] - 2026-11-24\n### Fixed\n- b\n"), [""; 0]);
    assert_eq!(problems("## 0.1.0\n### New\n- a\n- a\n").len(), 3);
}

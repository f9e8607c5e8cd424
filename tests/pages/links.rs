//! Links to files of the repository lead to one, and to a heading that it has.

use std::collections::{BTreeSet, HashMap};

use crate::{pages, prose, read, root};

/// What the documentation site shows of a file in the package.
const SOURCE: &str = "https://docs.rs/crate/k8s-rbac/latest/source/";

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 20, "{pages:?}");
    let mut wrong = Vec::new();
    let mut followed = 0;
    for page in &pages {
        for target in targets(&prose(&read(page))) {
            followed += 1;
            if let Err(problem) = follow(page, &target) {
                wrong.push(format!("{page}: {target}: {problem}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(followed > 60, "{followed}");
}

#[test]
fn every_page_for_readers_is_linked_from_another() {
    let linked: BTreeSet<String> = pages().iter().flat_map(|page| files_linked_from(page)).collect();
    let alone: Vec<String> = pages().into_iter().filter(|page| page.starts_with("docs/") && !linked.contains(page)).collect();
    assert!(alone.is_empty(), "no page leads to {alone:?}");
}

#[test]
fn ten_questions_have_a_page_each() {
    let page = read("docs/START.md");
    let rows: Vec<Vec<String>> = crate::rows(&page).into_iter().filter(|row| row[0].parse::<u32>().is_ok()).collect();
    assert_eq!(rows.len(), 10);
    for row in rows {
        assert!(row[1].contains('?') || row[1].ends_with('.'), "{row:?}");
        assert!(!targets(&row[3]).is_empty(), "{row:?}");
    }
}

#[test]
fn the_checks_see_what_is_wrong() {
    let found = |target: &str| follow("docs/START.md", target);
    assert!(found("../README.md#the-guarantee").is_ok());
    assert!(found("../README.md#no-such-heading").is_err());
    assert!(found("NOWHERE.md").is_err());
    assert!(found("https://docs.rs/crate/k8s-rbac/latest/source/docs/NOWHERE.md").is_err());
    assert_eq!(targets("[a](b.md) `x` [c](d.md#e), [`f`](crate::g)"), ["b.md", "d.md#e", "crate::g"]);
    assert_eq!(slug("Why is there no `Deny`?"), "why-is-there-no-deny");
    assert_eq!(slug("RB1: Credentials and identities"), "rb1-credentials-and-identities");
}

/// What stands in the parentheses of links.
fn targets(text: &str) -> Vec<String> {
    let after = text.split("](").skip(1);
    after.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

fn files_linked_from(page: &str) -> Vec<String> {
    let targets = targets(&prose(&read(page)));
    let files = targets.iter().filter_map(|target| resolve(page, target)).map(|(file, _)| file);
    files.filter(|file| file != page).collect()
}

/// The file of the repository that a link on the page means, and the heading in it; `None` for links to elsewhere.
fn resolve(page: &str, target: &str) -> Option<(String, String)> {
    let (target, from) = match target.strip_prefix(SOURCE) {
        Some(inside) => (inside, ""),
        None => (target, page.rsplit_once('/').map_or("", |(folder, _)| folder)),
    };
    if target.contains("://")
        || target.contains("::")
        || target.starts_with("mailto:")
        || (target == "crate" && page.starts_with("src/"))
    {
        return None;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    if file.is_empty() {
        return Some((page.to_owned(), heading.to_owned()));
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), heading.to_owned()))
}

fn follow(page: &str, target: &str) -> Result<(), String> {
    let Some((file, heading)) = resolve(page, target) else { return Ok(()) };
    if !root().join(&file).exists() {
        return Err(format!("there is no {file}"));
    }
    if heading.is_empty() || headings(&read(&file)).contains(&heading) {
        return Ok(());
    }
    Err(format!("{file} has no heading {heading}"))
}

/// The anchors of the headings of a page; the second of a name gets a number.
fn headings(page: &str) -> BTreeSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let prose = prose(page);
    let titles = prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let anchors = titles.map(|title| {
        let count = counts.entry(slug(title)).or_default();
        *count += 1;
        if *count == 1 { slug(title) } else { format!("{}-{}", slug(title), *count - 1) }
    });
    anchors.collect()
}

/// The anchor of a heading as forges make it.
fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

//! The pages for readers hold together: links lead somewhere, tables say what the crate has, tests that are named exist.

mod changelog;
mod links;
mod tables;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Markdown file of the repository, by its path from the root; what was built or downloaded is left out.
fn pages() -> Vec<String> {
    let mut found = Vec::new();
    collect(&root(), &mut found);
    let mut pages: Vec<String> =
        found.iter().map(|path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")).collect();
    pages.sort();
    pages
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir()
            && !name.starts_with('.')
            && !["target", "corpus", "artifacts", "bin", "node_modules"].contains(&name.as_str())
        {
            collect(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// The text of a page without its blocks of code.
fn prose(page: &str) -> String {
    let mut inside = false;
    let lines = page.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The rows of every table of a page, each as its cells; the rows of dashes are left out.
fn rows(page: &str) -> Vec<Vec<String>> {
    let of_tables = page.lines().map(|line| line.trim_start_matches("//! ")).filter(|line| line.starts_with('|'));
    let cells = of_tables.map(|line| line.trim().trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect());
    cells.filter(|row: &Vec<String>| !row.iter().all(|cell| cell.contains("---"))).collect()
}

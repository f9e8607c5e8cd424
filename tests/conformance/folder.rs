//! Every file of the folder of vectors.

use std::path::{Path, PathBuf};

use crate::CHECKS;
use crate::harness::Tally;

#[test]
fn answers_are_those_of_upstream() {
    let folder = folder();
    let files = files(&folder);
    assert!(!files.is_empty(), "no *.jsonl in {}", folder.display());
    let failed: Vec<String> = files.iter().filter_map(|file| run(file)).collect();
    assert!(failed.is_empty(), "answers differ from upstream's\n{}", failed.join("\n"));
}

fn folder() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    std::env::var_os("K8S_RBAC_VECTORS").map_or(default, PathBuf::from)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    files
}

/// Runs one file; gives back what failed.
fn run(file: &Path) -> Option<String> {
    let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
    let mut tally = Tally::default();
    match CHECKS.iter().find(|(name, _)| *name == stem) {
        Some((_, check)) => {
            let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                tally.at_line(number + 1);
                check(line, &mut tally);
            }
            if tally.total() == 0 {
                tally.fail("the file holds no case", &"at least one", &"none");
            }
        }
        None => tally.fail("no check has this name", &CHECKS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), &stem),
    }
    println!("{stem}: {} passed, {} failed", tally.passed, tally.failed);
    (tally.failed > 0).then(|| format!("{stem}: {} failed\n{}", tally.failed, tally.shown()))
}

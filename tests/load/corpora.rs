//! Manifests of a folder, as a table: `K8S_RBAC_CORPORA=folder cargo test --test load corpora -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use k8s_rbac::load::Loader;
use k8s_rbac::render;

#[test]
#[ignore = "needs the folder that K8S_RBAC_CORPORA names"]
fn corpora() {
    let folder = PathBuf::from(std::env::var_os("K8S_RBAC_CORPORA").expect("K8S_RBAC_CORPORA names a folder"));
    println!(
        "| folder | files | bytes | documents | objects | skipped | problems |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for project in entries(&folder).into_iter().filter(|entry| entry.is_dir()) {
        let files: Vec<PathBuf> = entries(&project).into_iter().filter(|file| is_manifest(file)).collect();
        row(&project, &files, &mut kinds);
    }
    kinds.iter().for_each(|(kind, count)| println!("{count} {kind}"));
}

/// Files are read one by one: they are no one cluster's.
fn row(project: &Path, files: &[PathBuf], kinds: &mut BTreeMap<String, usize>) {
    let (mut bytes, mut documents, mut objects, mut skipped, mut problems) = (0, 0, 0, 0, 0);
    for file in files {
        let loaded = Loader::new().read_path(file).unwrap();
        bytes += loaded.texts.iter().map(|text| text.text().len()).sum::<usize>();
        documents += loaded.documents;
        objects += loaded.objects.len();
        skipped += loaded.skipped.iter().map(|kind| kind.count).sum::<usize>();
        problems += loaded.problems.len();
        loaded.objects.iter().for_each(|object| *kinds.entry(object.kind().to_owned()).or_default() += 1);
        loaded
            .skipped
            .iter()
            .for_each(|kind| *kinds.entry(format!("skipped {} {}", kind.api_version, kind.kind)).or_default() += kind.count);
        if !loaded.problems.is_empty() {
            eprintln!("{}", render::loaded(&loaded));
        }
    }
    let name = project.file_name().unwrap().to_string_lossy();
    println!("| {name} | {} | {bytes} | {documents} | {objects} | {skipped} | {problems} |", files.len());
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn is_manifest(file: &Path) -> bool {
    file.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
}

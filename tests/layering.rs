//! The rooms of the house use only rooms on lower levels: the table of `docs/DESIGN.md` against the paths in `src`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[test]
fn rooms_use_only_lower_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let levels = levels(&std::fs::read_to_string(root.join("docs/DESIGN.md")).unwrap());
    let mut wrong = Vec::new();
    for file in rust_files(&root.join("src")) {
        let inside = file.strip_prefix(root.join("src")).unwrap().to_owned();
        let room = inside.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        if room == "lib" {
            continue;
        }
        let Some(&level) = levels.get(&room) else {
            wrong.push(format!("{}: the room `{room}` is not in the table", inside.display()));
            continue;
        };
        for used in used_rooms(&std::fs::read_to_string(&file).unwrap()) {
            let allowed = used == room || levels.get(&used).is_some_and(|&other| other < level);
            if !allowed {
                wrong.push(format!("{} (level {level}) uses `{used}` ({:?})", inside.display(), levels.get(&used)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_sees_grouped_and_inline_paths() {
    let text = "use crate::{model::Role, request::{self, Attributes}};\nfn f() { crate::rule::same(); }\n/// [`crate::lint`]\n#[cfg(test)]\nuse crate::load::x;";
    assert_eq!(used_rooms(text), ["model", "request", "rule"]);
}

fn levels(design: &str) -> HashMap<String, u32> {
    let rows = design.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?.parse::<u32>().ok()?, cells.next()?))
    });
    rows.flat_map(|(level, rooms)| rooms.split(", ").map(move |room| (room.trim_matches('`').to_owned(), level))).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The rooms that the code of a file names after `crate::`, outside comments and outside its test module, which stands last.
fn used_rooms(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    code.split("crate::")
        .skip(1)
        .filter(|after| !after.is_empty())
        .flat_map(rooms_after_crate)
        .filter(|room| room.chars().next().is_some_and(char::is_lowercase))
        .collect()
}

fn rooms_after_crate(after: &str) -> Vec<String> {
    let Some(group) = after.strip_prefix('{') else {
        return vec![word(after)];
    };
    let mut depth = 1;
    let mut rooms = vec![word(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => rooms.push(word(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    rooms
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

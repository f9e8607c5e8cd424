//! The known name that a misspelt one is nearest to.

const LONGEST: usize = 40;

/// The known name with the fewest letters changed, if those are few for its length; the first of equals.
pub(super) fn nearest(written: &str, known: &[&'static str]) -> Option<&'static str> {
    if written.is_empty() || written.len() > LONGEST {
        return None;
    }
    let close = known.iter().filter(|name| name.len() <= LONGEST).map(|name| (distance(written, name), *name));
    let (changes, name) = close.min_by_key(|&(changes, _)| changes)?;
    (changes <= 1 + name.len() / 4).then_some(name)
}

/// Letters to be added, left out, replaced or swapped; letter case counts for nothing.
fn distance(from: &str, to: &str) -> usize {
    let from = from.to_ascii_lowercase().into_bytes();
    let to = to.to_ascii_lowercase().into_bytes();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let swapped = column > 0 && row > 0 && from.get(row - 1) == Some(other) && to.get(column - 1) == Some(letter);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const FIELDS: &[&str] = &["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"];

    #[test]
    fn misspelt_fields_are_known_again() {
        for (written, meant) in [
            ("resource", Some("resources")),
            ("verb", Some("verbs")),
            ("apigroups", Some("apiGroups")),
            ("apiGroup", Some("apiGroups")),
            ("nonResourceUrls", Some("nonResourceURLs")),
            ("vebrs", Some("verbs")),
            ("effect", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, FIELDS), meant, "{written}");
        }
        assert_eq!(nearest(&"resources".repeat(1000), FIELDS), None);
    }
}

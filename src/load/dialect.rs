//! Where YAML 1.1, which `go-yaml` v2 reads for Kubernetes, refuses what YAML 1.2, which our parser reads, allows.

/// Characters that end a line in YAML 1.1 only.
const OTHER_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// What is said of a tab that is refused.
pub(super) const TAB: &str = "expected spaces, found a tab";

/// What is refused before anything is read, where, and why.
///
/// The line breaks that only YAML 1.1 knows are refused wherever they stand: a text that means one thing here and another in a cluster is
/// none to read.
pub(super) fn refused(yaml: &str) -> Option<(usize, &'static str)> {
    if let Some(at) = yaml.find(OTHER_BREAKS) {
        return Some((at, "expected `\\n` or `\\r` for a line break, found one of YAML 1.1 alone: escape it in double quotes"));
    }
    match first_of(yaml) {
        Some((at, line)) => {
            byte_order_mark(line).map(|mark| (at + mark, "expected a byte order mark nowhere but at the start, found another"))
        }
        None => tab(yaml, true).map(|at| (at, TAB)),
    }
}

/// Where a byte order mark stands before the first thing of a line: a character like others to `go-yaml`.
fn byte_order_mark(line: &str) -> Option<usize> {
    let first = line.trim_start();
    first.starts_with('\u{feff}').then_some(line.len() - first.len())
}

/// What is said of a document's end where none began.
pub(super) const END: &str = "expected a document before its end, found none";

/// Where the mark of a document's end stands, if nothing is before it.
pub(super) fn ends_at_once(yaml: &str) -> Option<usize> {
    let (first, line) = first_of(yaml)?;
    let behind = line.strip_prefix("...")?;
    behind.chars().next().is_none_or(char::is_whitespace).then_some(first)
}

/// Where the first thing stands behind the mark of an end.
pub(super) fn behind_end(yaml: &str, end: usize) -> Option<usize> {
    let start = end + "...".len();
    let (at, line) = first_of(yaml.get(start..)?)?;
    Some(start + at + (line.len() - line.trim_start().len()))
}

/// Where a directive stands that nothing is before: `go-yaml` takes it for the next document's.
pub(super) fn directive(yaml: &str) -> Option<usize> {
    first_of(yaml).filter(|(_, line)| line.starts_with('%')).map(|(at, _)| at)
}

/// Where the list or map in brackets or braces ends that a text begins with. Cost: `O(yaml)`.
pub(super) fn flow_end(yaml: &str) -> Option<usize> {
    let (at, line) = first_of(yaml)?;
    let start = at + (line.len() - line.trim_start().len());
    let mut bytes = yaml.bytes().enumerate().skip(start);
    let (mut depth, mut closing, mut before) = (0_usize, None, b' ');
    while let Some((at, byte)) = bytes.next() {
        match (closing, byte) {
            (Some(b'"'), b'\\') => drop(bytes.next()),
            (Some(end), _) if end == byte => closing = None,
            (Some(_), _) => {}
            (None, b'[' | b'{') => depth += 1,
            (None, _) if depth == 0 => return None,
            (None, b']' | b'}') if depth == 1 => return Some(at + 1),
            (None, b']' | b'}') => depth -= 1,
            (None, b'#') if before.is_ascii_whitespace() => closing = Some(b'\n'),
            (None, b'"' | b'\'') if before.is_ascii_whitespace() || b"[{,:?'".contains(&before) => closing = Some(byte),
            _ => {}
        }
        before = byte;
    }
    None
}

/// The first line that is neither blank nor a comment, and where it begins.
fn first_of(yaml: &str) -> Option<(usize, &str)> {
    lines(yaml).find(|(_, line)| !matches!(line.trim_start().chars().next(), None | Some('#')))
}

/// Whether there is nothing but spaces, line ends and comments of printable ASCII, so that no parser is needed to find no document; or nothing
/// but a byte order mark, which is the second one.
pub(super) fn is_blank(yaml: &str) -> bool {
    if let Some(behind) = yaml.strip_prefix('\u{feff}') {
        return behind.trim_matches([' ', '\r', '\n']).is_empty();
    }
    let printable = |comment: &str| comment.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    yaml.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line).trim_start_matches(' '))
        .all(|line| line.is_empty() || (line.starts_with('#') && printable(line)))
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// Where an escape stands that YAML 1.1 does not know, in a double-quoted scalar as it is written: `\/` and half a surrogate pair.
pub(super) fn unknown_escape(written: &str) -> Option<usize> {
    let mut rest = written;
    while let Some((before, escape)) = rest.split_once('\\') {
        let surrogate = escape.strip_prefix(['u']).and_then(|digits| digits.get(..2)).is_some_and(is_surrogate);
        if escape.starts_with('/') || surrogate {
            return Some(written.len() - rest.len() + before.len());
        }
        let mut escaped = escape.chars();
        escaped.next();
        rest = escaped.as_str();
    }
    None
}

/// Where a tab stands that `go-yaml` refuses in a block scalar: before the text of a line, as long as the indentation is not known or not
/// reached. `before` ends behind the header, blank lines and the indentation of the first line; `written` is the rest. An indentation that
/// the header gives is kept by the parser.
pub(super) fn tab_in_block(before: &str, written: &str) -> Option<usize> {
    if !written.contains('\t') && !before.contains('\t') {
        return None;
    }
    let (at, header) = lines(before).filter(|(_, line)| !line.trim().is_empty()).last()?;
    let first = at + header.len();
    let header = header.split(" #").next().unwrap_or_default().trim_end();
    if header.trim_end_matches(['+', '-']).ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let indented = before.get(first..)?;
    let leading = lines(indented).find_map(|(at, line)| line.trim_start_matches(' ').starts_with('\t').then_some(first + at));
    leading.or_else(|| below_indentation(written, indented).map(|at| before.len() + at))
}

fn below_indentation(written: &str, indented: &str) -> Option<usize> {
    let indentation = lines(indented).last().map_or(0, |(_, line)| line.len());
    lines(written).enumerate().find_map(|(number, (at, line))| {
        let column = line.len() - line.trim_start_matches(' ').len();
        let early = number == 0 || column < indentation;
        (early && line.get(column..)?.starts_with('\t')).then_some(at + column)
    })
}

/// Whether a scalar that is not there, inside of brackets or braces, has a tag up to the mark that follows: that mark is part of the tag
/// for `go-yaml`. `before` is what stands between the scalar and the last thing, `behind` what follows.
pub(super) fn runs_into_mark(before: &str, behind: &str) -> bool {
    let property = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    property.trim_start_matches([',', ':', '?']).starts_with('!') && behind.starts_with([',', ':', ']', '}'])
}

fn is_surrogate(digits: &str) -> bool {
    u8::from_str_radix(digits, 16).is_ok_and(|high| (0xd8..0xe0).contains(&high))
}

/// Where a tab stands that `go-yaml` refuses, in what lies between two scalars of a block: before the first thing of a line, and behind a
/// dash or question mark.
pub(super) fn tab(gap: &str, starts_line: bool) -> Option<usize> {
    if !gap.contains('\t') {
        return None;
    }
    let (mut refused, mut comment, mut before) = (starts_line, false, ' ');
    for (at, c) in gap.char_indices() {
        let starts_word = std::mem::replace(&mut before, c).is_whitespace();
        match c {
            '\n' => (refused, comment) = (true, false),
            _ if comment => {}
            '\t' if refused => return Some(at),
            '#' => comment = true,
            ' ' | '\t' | '\r' => {}
            '-' | '?' if starts_word => refused = true,
            // The value of a key with a question mark may be a map that begins in this line.
            ':' if refused => {}
            _ => refused = false,
        }
    }
    None
}

/// Where a tab stands, in a plain scalar with the blanks behind it, that `go-yaml` refuses: before column `indentation` of a line.
pub(super) fn tab_in_plain(written: &str, indentation: usize) -> Option<usize> {
    if !written.contains('\t') {
        return None;
    }
    lines(written).skip(1).find_map(|(at, line)| {
        let column = line.len() - line.trim_start_matches(' ').len();
        (column < indentation && line.get(column..)?.starts_with('\t')).then_some(at + column)
    })
}

/// How many bytes of blanks and line breaks a text begins with.
pub(super) fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

/// Whether a name is one of an anchor for `go-yaml`, with what stands behind it: no bracket or brace that opens.
pub(super) fn is_anchor(name: &str, behind: &str) -> bool {
    !behind.starts_with(['[', '{']) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether what lies before a key marks it as one.
pub(super) fn has_question_mark(gap: &str) -> bool {
    outside_comments(gap, &['?']).is_some()
}

/// Where the first tag or anchor begins, in what lies before a scalar.
pub(super) fn property(gap: &str) -> Option<usize> {
    outside_comments(gap, &['!', '&'])
}

fn outside_comments(gap: &str, marks: &[char]) -> Option<usize> {
    lines(gap).find_map(|(at, line)| line.split('#').next()?.find(marks).map(|mark| at + mark))
}

/// Where the first line begins that begins with a dash, in what lies between a key and what its value holds.
pub(super) fn first_dash(gap: &str) -> Option<usize> {
    let dash =
        |line: &str| Some(line.len() - line.trim_start().len()).filter(|&at| line.get(at..).unwrap_or_default().starts_with('-'));
    lines(gap).skip(1).find_map(|(at, line)| dash(line).map(|dash| at + dash))
}

/// Whether a line ends in a key without a `?`, or between it and its colon. The key goes from `start` to `end`.
pub(super) fn breaks_key(text: &str, start: usize, end: usize) -> bool {
    let key = text.get(start..end).unwrap_or_default();
    let breaks = |text: &str| text.contains(['\r', '\n']);
    before_colon(text.get(end..).unwrap_or_default()).is_some_and(|blank| breaks(key) || breaks(blank))
}

/// The blanks and comments before a colon, if that is what comes next.
fn before_colon(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n')?.1.trim_start();
    }
    text.get(..text.len() - rest.len()).filter(|_| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_refused_where_a_key_could_begin() {
        for (gap, at) in [
            ("\n\t", Some(1)),
            ("-\t", Some(1)),
            (":\t", None),
            ("\n:\t", Some(2)),
            (":\n \t\n", Some(3)),
            (" #\t\n", None),
            ("\t# x\n", None),
        ] {
            assert_eq!(tab(gap, false), at, "{gap:?}");
        }
        assert_eq!(tab("\t", true), Some(0));
    }

    #[test]
    fn escapes_of_json_are_none_of_yaml_1_1() {
        for (written, at) in [(r"a\/", None), (r"a\\/", None), (r"\u0041", None), (r"\ud83d\ude00", Some(0)), (r"é\/", Some(2))]
        {
            assert_eq!(unknown_escape(written), at.or((written == r"a\/").then_some(1)), "{written}");
        }
    }

    #[test]
    fn tabs_are_refused_where_a_block_has_no_text_yet() {
        for (before, written, at) in [
            (": |\n  ", "\tx\n", Some(6)),
            (": |\n\t\n  ", "x\n", Some(4)),
            (": |\n  ", "x\n \ty\n", Some(9)),
            (": |\n  ", "x\n  \ty\n", None),
            (": >-2 # c\n  ", "\tx\n", None),
            (": |\t\n  ", "x\n", None),
        ] {
            assert_eq!(tab_in_block(before, written), at, "{before:?} {written:?}");
        }
    }

    #[test]
    fn a_list_or_map_ends_with_its_last_mark() {
        for (yaml, end) in [
            ("{a: [b]}}", Some(8)),
            ("# c\n {\"}\\\"\": '}''}', # }\n}[", Some(26)),
            ("[a'b, x\"]\"", Some(9)),
            ("a: {}", None),
            ("{a: [}", None),
            ("]", None),
            ("", None),
        ] {
            assert_eq!(flow_end(yaml), end, "{yaml:?}");
        }
    }

    #[test]
    fn a_tag_takes_the_mark_behind_it() {
        assert!(runs_into_mark(", !a", "]"));
        assert!(runs_into_mark(":!", ", b"));
        assert!(!runs_into_mark("!a ", "]"));
        assert!(!runs_into_mark("!a &b", "]"));
    }

    #[test]
    fn the_dash_of_a_list_is_the_first_of_its_line() {
        for (gap, at) in [(":\n- ", Some(2)), (": !a-b # -\n # -\n  - - ", Some(18)), (": # - x\n", None), (":\n  ", None)] {
            assert_eq!(first_dash(gap), at, "{gap:?}");
        }
    }

    #[test]
    fn a_document_does_not_begin_with_its_end() {
        assert_eq!(ends_at_once("# a\n...\n"), Some(4));
        assert_eq!(ends_at_once("a: ...\n"), None);
        assert_eq!(ends_at_once("....\n"), None);
        assert_eq!(behind_end("...\n# a\n  b\n", 0), Some(10));
        assert_eq!(behind_end("... # a\n", 0), None);
    }
}

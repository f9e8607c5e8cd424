//! Transcripts of kubectl at a real cluster, command by command, and what of them no two clusters share.

/// A command, what it printed, and what it exited with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub line: String,
    pub output: String,
    pub code: u8,
}

/// The commands of a transcript. Lines that start with `# ` between them are remarks.
pub fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("$ kubectl ") {
        let whole = &rest[at + 2..];
        let (body, after) = whole.split_once("[exit ").unwrap();
        let (code, after) = after.split_once(']').unwrap();
        let (line, output) = split_command(body);
        commands.push(Command { line, output, code: code.parse().unwrap() });
        rest = after;
    }
    commands
}

/// A command with its here-document, and the output after it.
fn split_command(body: &str) -> (String, String) {
    let end = if body.lines().next().unwrap().ends_with("<<EOF") {
        body.find("\nEOF\n").unwrap() + 4
    } else {
        body.find('\n').unwrap()
    };
    (body[..end].to_owned(), body[end + 1..].to_owned())
}

/// The text with ages, times, ids, versions and random suffixes replaced; the blanks after an age depend on its length and go with it.
pub fn without_chance(text: &str) -> String {
    text.split_inclusive('\n').map(line_without_chance).collect()
}

fn line_without_chance(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word_end = rest.find([' ', '\n']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        let blanks = after.len() - after.trim_start_matches(' ').len();
        let number = shown.trim_start().trim_start_matches('"').starts_with("resourceVersion");
        let replaced = if is_age(word) { Some("AGE") } else { stand_in(word, number) };
        shown.push_str(replaced.unwrap_or(word));
        shown.push_str(if is_age(word) && blanks > 0 { " " } else { &after[..blanks] });
        rest = &after[blanks..];
        if let Some(next) = rest.strip_prefix('\n') {
            shown.push('\n');
            rest = next;
        }
    }
    shown
}

fn stand_in(word: &str, number: bool) -> Option<&'static str> {
    let bare = word.trim_matches(['"', ',']);
    let is_uid = bare.len() == 36 && bare.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_time = bare.len() == 20 && bare.ends_with('Z') && bare.contains('T') && bare.starts_with("20");
    match () {
        () if is_uid => Some("UID"),
        () if is_time => Some("TIME"),
        () if word.starts_with("kube-api-access-") => Some("kube-api-access-SUFFIX"),
        () if number => Some("VERSION"),
        () => None,
    }
}

/// `6s`, `2m5s`, `3d`.
fn is_age(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.ends_with(['s', 'm', 'h', 'd', 'y'])
        && word.chars().all(|c| c.is_ascii_digit() || "smhdy".contains(c))
}

#[test]
fn commands_and_their_output_are_parted() {
    let text = "$ kubectl get x\nNAME\nx\n[exit 0]\n\n# a remark\n$ kubectl apply -f - <<EOF\nkind: X\nEOF\nrefused\n[exit 1]\n";
    let [first, second] = &commands(text)[..] else { panic!() };
    assert_eq!((first.line.as_str(), first.output.as_str(), first.code), ("kubectl get x", "NAME\nx\n", 0));
    assert_eq!(
        (second.line.as_str(), second.output.as_str(), second.code),
        ("kubectl apply -f - <<EOF\nkind: X\nEOF", "refused\n", 1)
    );
    assert_eq!(
        without_chance("a  6s   b\nx 2m5s\n  resourceVersion: \"285\"\n"),
        "a  AGE b\nx AGE\n  resourceVersion: VERSION\n"
    );
}

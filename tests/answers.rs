//! The answers that `docs/ANSWERS.md` shows are those of the examples.
#![allow(dead_code, reason = "the examples have a main function of their own")]
#![allow(clippy::duplicate_mod, reason = "each example brings what the examples share")]

#[path = "../examples/matrix.rs"]
mod matrix;
#[path = "../examples/who_can.rs"]
mod who_can;
#[path = "../examples/why.rs"]
mod why;

const COMMAND: &str = "$ cargo run --example ";

fn answer(command: &str) -> String {
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    let [name, dashes, words @ ..] = words.as_slice() else { panic!("expected an example and its arguments: {command}") };
    assert_eq!(dashes, "--", "{command}");
    match name.as_str() {
        "who_can" => who_can::answer(words),
        "why" => why::answer(words).map(|(_, text)| text),
        "matrix" => matrix::answer(words),
        _ => panic!("no example is named {name}"),
    }
    .unwrap()
}

#[test]
fn the_page_shows_what_the_examples_print() {
    let page = include_str!("../docs/ANSWERS.md");
    let mut shown = 0;
    for block in page.split("```").filter_map(|block| block.strip_prefix("console\n")) {
        let (command, expected) = block.strip_prefix(COMMAND).and_then(|block| block.split_once('\n')).unwrap();
        assert_eq!(answer(command), expected, "{command}");
        shown += 1;
    }
    assert_eq!(shown, 5);
}

//! The walkthrough on 1.37 against the same story as a real cluster and kubectl told it.

#[allow(dead_code, reason = "the story of 1.11 has no transcript")]
#[path = "../../examples/walkthrough/story.rs"]
mod walkthrough;

use crate::transcript::{Command, commands, without_chance};

fn golden() -> Vec<Command> {
    commands(include_str!("data/seed-story-1.37.txt"))
}

fn ours() -> Vec<Command> {
    commands(&walkthrough::Story::now().unwrap().tell().unwrap())
}

#[test]
fn the_story_is_that_of_a_real_cluster() {
    let (real, ours) = (golden(), ours());
    assert_eq!(real.len(), 18);
    for (real, ours) in real.iter().zip(&ours) {
        assert_eq!((&real.line, real.code), (&ours.line, ours.code));
        if !real.line.starts_with("kubectl get pod ") {
            assert_eq!(without_chance(&real.output), without_chance(&ours.output), "{}", real.line);
        }
    }
    assert!(ours.len() > real.len(), "the walkthrough goes on with a Role");
}

/// Of a Pod, what the admission of its ServiceAccount sets: the account, the volume, and its mount.
#[test]
fn the_pod_gets_what_a_real_cluster_gives_it() {
    let pod = |commands: Vec<Command>| commands.into_iter().find(|command| command.line.starts_with("kubectl get pod ")).unwrap();
    let [real, ours] = [pod(golden()), pod(ours())].map(|command| without_chance(&command.output));
    let blocks = ["    volumeMounts:\n", "  serviceAccount: ", "  serviceAccountName: ", "  volumes:\n", "metadata:\n"];
    for title in blocks {
        let block = |text: &str| {
            let lines = text[text.find(title).unwrap()..].split_inclusive('\n');
            let indent = title.len() - title.trim_start().len();
            let deeper = |line: &str| {
                line.len() - line.trim_start().len() > indent
                    || line.trim_start().starts_with("- ") && line.starts_with(&" ".repeat(indent))
            };
            let mut lines = lines.peekable();
            let first = lines.next().unwrap().to_owned();
            first + &lines.take_while(|line| deeper(line)).filter(|line| !line.contains("generation:")).collect::<String>()
        };
        assert_eq!(block(&real), block(&ours), "{title}");
    }
}

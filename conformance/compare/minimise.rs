//! A line whose answers differ, made as small as it gets while they still do.
//!
//! Each smaller line goes to the oracle for upstream's answers, so what is left is a true case and not a torn one.

use std::io::Result;

use serde_json::Value;

use super::oracle::Answers;
use super::{Verdict, judge};
use crate::harness::Tally;

/// Where a value stands in a line: the number of the entry at each level, of lists and of objects alike.
type Path = Vec<usize>;

/// The smallest line that was found, and the tally of its one check.
pub fn minimise(kind: &str, check: fn(&str, &mut Tally), line: &str, verdict: Verdict) -> Result<(String, Tally)> {
    let mut search = Search { oracle: Answers::start(kind)?, check, verdict, best: line.trim_end().to_owned() };
    // The check is run on hundreds of lines: what a panic prints is wanted once, at the end.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let searched = search.run();
    std::panic::set_hook(hook);
    searched?;
    let mut tally = Tally::default();
    judge(check, &search.best, &mut tally);
    Ok((search.best, tally))
}

struct Search {
    oracle: Answers,
    check: fn(&str, &mut Tally),
    verdict: Verdict,
    best: String,
}

impl Search {
    /// Passes over the line until one of them takes nothing away.
    fn run(&mut self) -> Result<()> {
        loop {
            let before = self.best.len();
            self.pass(remove)?;
            self.pass(shorten)?;
            if self.best.len() == before {
                return Ok(());
            }
        }
    }

    /// Tries one kind of change at every place, the later places first: they are inside the earlier ones.
    fn pass(&mut self, change: fn(&mut Value, &[usize]) -> Option<()>) -> Result<()> {
        let mut place = usize::MAX;
        loop {
            let whole: Value = serde_json::from_str(&self.best)?;
            let mut paths = Vec::new();
            collect(&whole, &mut Vec::new(), &mut paths);
            place = place.min(paths.len());
            let Some(next) = place.checked_sub(1) else { return Ok(()) };
            place = next;
            let mut smaller = whole;
            if change(&mut smaller, &paths[place]).is_some() && self.try_line(&smaller)? {
                place += 1;
            }
        }
    }

    /// Takes a line that is shorter once it is answered, and still fails in the way that the first one did: a line that the check cannot
    /// read would be a panic.
    fn try_line(&mut self, line: &Value) -> Result<bool> {
        let answered = self.oracle.ask(&line.to_string())?;
        if answered.trim_end() == "null" || answered.trim_end().len() >= self.best.len() {
            return Ok(false);
        }
        let same = judge(self.check, &answered, &mut Tally::default()) == self.verdict;
        if same {
            answered.trim_end().clone_into(&mut self.best);
        }
        Ok(same)
    }
}

fn collect(value: &Value, path: &mut Path, paths: &mut Vec<Path>) {
    let children: Vec<&Value> = match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return,
    };
    for (number, child) in children.into_iter().enumerate() {
        path.push(number);
        paths.push(path.clone());
        collect(child, path, paths);
        path.pop();
    }
}

fn remove(whole: &mut Value, path: &[usize]) -> Option<()> {
    let (last, parents) = path.split_last()?;
    match at(whole, parents)? {
        Value::Array(list) => drop(list.remove(*last)),
        Value::Object(members) => {
            let key = members.keys().nth(*last)?.clone();
            members.remove(&key);
        }
        _ => return None,
    }
    Some(())
}

/// A text without its last character.
fn shorten(whole: &mut Value, path: &[usize]) -> Option<()> {
    let Value::String(text) = at(whole, path)? else { return None };
    text.pop().map(drop)
}

fn at<'a>(whole: &'a mut Value, path: &[usize]) -> Option<&'a mut Value> {
    path.iter().try_fold(whole, |value, &number| match value {
        Value::Array(list) => list.get_mut(number),
        Value::Object(members) => members.values_mut().nth(number),
        _ => None,
    })
}

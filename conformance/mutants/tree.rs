//! The copy of the tree in which the switches are: written, checked, and rid of the mutants that do not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::list::Mutant;
use crate::switch::{self, switch};

const CONSTANT: &str = "const fn ";
const PLAIN: &str = "      fn ";

pub struct Tree<'a> {
    work: &'a Path,
    mutants: &'a [Mutant],
    /// The texts as they were.
    texts: BTreeMap<&'a str, String>,
    /// Those that did not compile.
    refused: BTreeSet<usize>,
    /// The names of the functions that constants ask, and so ask no switch.
    constant: BTreeSet<String>,
    pub held: BTreeSet<usize>,
}

impl<'a> Tree<'a> {
    /// The texts are those of the tree in which the program runs. `left` are names of mutants that an earlier run could not hold.
    pub fn new(work: &'a Path, mutants: &'a [Mutant], left: &str) -> Result<Self> {
        let files: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
        let texts = files.into_iter().map(|file| Ok((file, fs::read_to_string(file)?))).collect::<Result<_>>()?;
        let library = work.join("src/lib.rs");
        let text = fs::read_to_string(&library)?;
        if !text.ends_with(switch::MODULE) {
            fs::write(&library, text + switch::MODULE)?;
        }
        let left: BTreeSet<&str> = left.lines().collect();
        let refused = mutants.iter().enumerate().filter(|(_, mutant)| left.contains(mutant.name.as_str())).map(|(id, _)| id);
        Ok(Self { work, mutants, texts, refused: refused.collect(), constant: BTreeSet::new(), held: BTreeSet::new() })
    }

    /// Writes the texts and takes mutants out until they compile.
    pub fn settle(&mut self) -> Result<()> {
        loop {
            self.write()?;
            let errors = self.errors()?;
            if errors.is_empty() {
                return Ok(());
            }
            let before = (self.refused.len(), self.constant.len());
            for error in &errors {
                match asked_by_constant(error) {
                    Some(name) => drop(self.constant.insert(name.to_owned())),
                    None => self.refused.extend(self.blamed(error)?),
                }
            }
            eprintln!(
                "{} errors, {} mutants taken out, {} functions stay constant",
                errors.len(),
                self.refused.len(),
                self.constant.len()
            );
            if (self.refused.len(), self.constant.len()) == before {
                return Err(errors[0]["rendered"].as_str().unwrap_or("no error to show").into());
            }
        }
    }

    /// The names of the mutants that no switch holds.
    pub fn left(&self) -> Vec<&'a str> {
        let left = self.mutants.iter().enumerate().filter(|(id, _)| !self.held.contains(id));
        left.map(|(_, mutant)| mutant.name.as_str()).collect()
    }

    fn write(&mut self) -> Result<()> {
        self.held.clear();
        for (file, text) in &self.texts {
            let of_file = |(id, mutant): &(usize, &Mutant)| mutant.file == *file && !self.refused.contains(id);
            let mutants: Vec<_> = self.mutants.iter().enumerate().filter(of_file).collect();
            let (switched, held) = switch(&self.softened(text), &mutants)?;
            // What does not change is not built again.
            let path = self.work.join(file);
            if fs::read_to_string(&path)? != switched {
                fs::write(path, switched)?;
            }
            self.held.extend(held);
        }
        Ok(())
    }

    /// The text, its constant functions made plain ones that can ask a switch, and every place as it was.
    fn softened(&self, text: &str) -> String {
        let mut parts = text.split(CONSTANT);
        let mut soft = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let name = part.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
            soft += if self.constant.contains(name) { CONSTANT } else { PLAIN };
            soft += part;
        }
        soft
    }

    fn errors(&self) -> Result<Vec<Value>> {
        let output = self.cargo(&["check", "--quiet", "--lib"]).stderr(Stdio::inherit()).output()?;
        let messages = messages(&output.stdout).map(|message| message["message"].clone());
        let errors: Vec<Value> =
            messages.filter(|message| message["level"] == "error" && message["spans"][0].is_object()).collect();
        if errors.is_empty() && !output.status.success() {
            return Err("cargo check fails without an error".into());
        }
        Ok(errors)
    }

    /// The mutants whose switch stands last before the places of an error; of a match that lacks arms, those that take arms away.
    fn blamed(&self, error: &Value) -> Result<Vec<usize>> {
        let spans = error["spans"].as_array().map_or(&[][..], Vec::as_slice);
        let mut blamed = Vec::new();
        for span in spans.iter().filter(|span| span["is_primary"] == true).map(written) {
            let (Some(file), Some(start)) = (span["file_name"].as_str(), span["byte_start"].as_u64()) else { continue };
            let text = fs::read_to_string(self.work.join(file))?;
            if error["code"]["code"] == "E0004" {
                blamed.extend(arms(&text, usize::try_from(start)?));
                continue;
            }
            let before = &text.as_bytes()[..usize::try_from(start)?.min(text.len())];
            let before = String::from_utf8_lossy(before);
            let id: Option<usize> =
                before.rsplit_once("crate::switch::on(").and_then(|(_, rest)| rest.split(')').next()?.parse().ok());
            blamed.extend(id);
        }
        Ok(blamed)
    }

    /// Builds the test programs: the name and the path of each.
    pub fn programs(&self) -> Result<BTreeMap<String, PathBuf>> {
        let output = self.cargo(&["test", "--quiet", "--no-run", "--lib", "--tests"]).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err("the tests do not compile".into());
        }
        let program = |message: Value| {
            let (kind, path) = (message["target"]["kind"][0].as_str()?.to_owned(), message["executable"].as_str()?.to_owned());
            let name = if kind == "test" { message["target"]["name"].as_str()?.to_owned() } else { kind };
            Some((name, PathBuf::from(path)))
        };
        Ok(messages(&output.stdout).filter_map(program).collect())
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).args(["--all-features", "--message-format=json"]).current_dir(self.work);
        // What is switched is not written as the lints would have it.
        cargo.env("RUSTFLAGS", "--cap-lints=allow").env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
        cargo
    }
}

/// Where the macro is called that the place lies in.
fn written(mut span: &Value) -> &Value {
    while span["expansion"].is_object() {
        span = &span["expansion"]["span"];
    }
    span
}

/// The function that was made a plain one, and that a constant or a constant function asks.
fn asked_by_constant(error: &Value) -> Option<&str> {
    let message = error["message"].as_str().filter(|_| error["code"]["code"] == "E0015")?;
    let path = message.split('`').nth(1)?;
    let path = path.split("::<").next()?;
    path.rsplit("::").next().filter(|name| *name != "on")
}

/// The mutants that take an arm away in the match whose head stands there: to the brace that is indented as its line is.
fn arms(text: &str, head: usize) -> Vec<usize> {
    let line = text[..head].rfind('\n').map_or(0, |end| end + 1);
    let indented = text[line..].len() - text[line..].trim_start().len();
    let close = format!("\n{}}}", &text[line..line + indented]);
    let body = text[head..].split(&close).next().unwrap_or_default();
    body.split(" if !crate::switch::on(").skip(1).filter_map(|rest| rest.split(')').next()?.parse().ok()).collect()
}

fn messages(lines: &[u8]) -> impl Iterator<Item = Value> {
    lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

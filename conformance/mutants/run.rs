//! Every mutant against the test programs that reach it, the quickest first, until one fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::list::Mutant;
use crate::tree::Tree;

/// These count what the switches themselves do, or look at the text of the tree.
const WITHOUT: [&str; 6] = ["allocations", "memory", "hostile", "layering", "api", "live"];
/// Tests that find in the tree of a run no other files than those of the library, and one of how a failing case shrinks.
const SKIPPED: [&str; 2] = ["links::", "shrinks"];
/// A test program that computes this many times as long as without a mutant hangs.
const PATIENCE: u64 = 5;
/// The signals by which a process ends that computes too long.
const TOO_LONG: [i32; 2] = [9, 24];
const DEADLOCK: Duration = Duration::from_secs(1800);

/// A test program, perhaps with the words that choose some of its tests.
struct Stage {
    name: String,
    program: PathBuf,
    filter: Option<String>,
    took: Duration,
    reached: BTreeSet<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Passed,
    Failed,
    Hung,
}

pub fn run(mutants: &[Mutant], tree: &Tree<'_>, work: &Path, out: &Path) -> Result<()> {
    let stages = stages(mutants, tree, work)?;
    let done = done(out);
    let mut lines = OpenOptions::new().create(true).append(true).open(out)?;
    for id in shuffled(mutants, &tree.held).into_iter().filter(|id| !done.contains(mutants[*id].name.as_str())) {
        let outcome = try_out(id, &mutants[id], &stages, work)?;
        writeln!(lines, "{outcome}\t{}", mutants[id].name)?;
    }
    summary(out)
}

/// In an order that has nothing to do with where they lie, so that a run that is stopped has tried a sample.
fn shuffled(mutants: &[Mutant], held: &BTreeSet<usize>) -> Vec<usize> {
    let mut order: Vec<usize> = held.iter().copied().collect();
    order.sort_by_cached_key(|id| {
        let mut hasher = DefaultHasher::new();
        mutants[*id].name.hash(&mut hasher);
        hasher.finish()
    });
    order
}

/// The names of the mutants that were tried by an earlier run.
fn done(out: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(out).unwrap_or_default();
    text.lines().filter_map(|line| Some(line.split_once('\t')?.1.to_owned())).collect()
}

fn summary(out: &Path) -> Result<()> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for line in fs::read_to_string(out)?.lines() {
        let outcome = line.split(['\t', ' ']).next().unwrap_or_default();
        *counted.entry(outcome.to_owned()).or_default() += 1;
    }
    println!("{counted:?}");
    Ok(())
}

/// The unit tests of each room alone, then the programs by the time that they take. What each reaches is found by running it.
fn stages(mutants: &[Mutant], tree: &Tree<'_>, work: &Path) -> Result<Vec<Stage>> {
    let programs = tree.programs()?;
    let rooms: BTreeSet<&str> = mutants.iter().map(Mutant::room).collect();
    let mut stages = Vec::new();
    let library = programs.get("lib").ok_or("no unit tests")?;
    for room in rooms {
        stages.extend(measured(room.to_owned(), library.clone(), Some(format!("{room}::")), work)?);
    }
    let mut whole = Vec::new();
    for (name, program) in programs.into_iter().filter(|(name, _)| !WITHOUT.contains(&name.as_str())) {
        whole.extend(measured(name, program, None, work)?);
    }
    whole.sort_by_key(|stage| stage.took);
    stages.extend(whole);
    Ok(stages)
}

/// None for a program that fails without a mutant: it needs more of the tree than there is of it.
fn measured(name: String, program: PathBuf, filter: Option<String>, work: &Path) -> Result<Option<Stage>> {
    let notes = work.join("reached");
    File::create(&notes)?;
    let mut stage = Stage { name, program, filter, took: Duration::from_secs(60), reached: BTreeSet::new() };
    let begun = Instant::now();
    let ended = end(start(&stage, None, Some(&notes), work)?)?;
    if ended != Ended::Passed {
        eprintln!("{} is left out: it fails without a mutant", stage.name);
        return Ok(None);
    }
    stage.took = begun.elapsed();
    stage.reached = fs::read_to_string(&notes)?.lines().filter_map(|id| id.parse().ok()).collect();
    eprintln!("{}: {:?}, reaches {}", stage.name, stage.took, stage.reached.len());
    Ok(Some(stage))
}

fn try_out(id: usize, mutant: &Mutant, stages: &[Stage], work: &Path) -> Result<String> {
    let mut reached = false;
    for stage in stages.iter().filter(|stage| stage.reached.contains(&id)) {
        reached = true;
        // Of the unit tests by room only those of the mutant's own.
        if stage.filter.is_some() && stage.name != mutant.room() {
            continue;
        }
        match end(start(stage, Some(id), None, work)?)? {
            Ended::Passed => {}
            Ended::Failed => return Ok(format!("caught by {}", stage.name)),
            Ended::Hung => return Ok(format!("hung in {}", stage.name)),
        }
    }
    Ok(if reached { "missed" } else { "unreached" }.to_owned())
}

/// A mutant may ask for memory or time without end, so it gets no more than 6 GB, and a time that a busy machine does not count against it.
fn start(stage: &Stage, mutant: Option<usize>, notes: Option<&Path>, work: &Path) -> Result<Child> {
    let mut command = Command::new("sh");
    let seconds = stage.took.as_secs() * PATIENCE + 10;
    command
        .args(["-c", &format!("ulimit -v 6000000; ulimit -t {seconds}; exec \"$0\" \"$@\"")])
        .arg(&stage.program)
        .args(&stage.filter);
    command.args(SKIPPED.iter().flat_map(|test| ["--skip", test]));
    command.current_dir(work).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("PROPTEST_RNG_SEED", "42").env("PROPTEST_CASES", "32").env("RUST_TEST_THREADS", "1");
    command
        .env("INSTA_WORKSPACE_ROOT", work)
        .env("INSTA_UPDATE", "no")
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1")
        .env("PROPTEST_MAX_SHRINK_ITERS", "0");
    if let Some(id) = mutant {
        command.env("MUTANT", id.to_string());
    }
    if let Some(notes) = notes {
        command.env("MUTANTS_REACHED", notes);
    }
    Ok(command.spawn()?)
}

fn end(mut child: Child) -> Result<Ended> {
    let begun = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(Ended::Passed),
            Some(status) if status.signal().is_some_and(|signal| TOO_LONG.contains(&signal)) => return Ok(Ended::Hung),
            Some(_) => return Ok(Ended::Failed),
            // Waiting for what never comes takes no time of the processor.
            None if begun.elapsed() > DEADLOCK => child.kill()?,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

//! `mutants LIST WORK OUT`, started by `conformance/mutants/run`: all mutants of cargo-mutants' list in one program, tried one by one.
//!
//! Building a program for each mutant takes most of the time of a run. Here each is built in behind a switch that the environment
//! sets (`switch`); those that do not compile so are taken out and named (`tree`); then the test programs run once for each mutant (`run`).

mod list;
mod run;
mod switch;
mod tree;

use std::path::Path;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list, work, out] = arguments.as_slice() else {
        eprintln!("usage: mutants LIST WORK OUT");
        return ExitCode::from(2);
    };
    match all(Path::new(list), Path::new(work), Path::new(out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::FAILURE
        }
    }
}

fn all(list: &Path, work: &Path, out: &Path) -> Result<()> {
    let mutants = list::read(list)?;
    let names = out.with_extension("left");
    let mut tree = tree::Tree::new(work, &mutants, &std::fs::read_to_string(&names).unwrap_or_default())?;
    tree.settle()?;
    let left = tree.left();
    std::fs::write(&names, left.join("\n") + "\n")?;
    println!("{} mutants, {} of them behind switches, {} left", mutants.len(), mutants.len() - left.len(), left.len());
    run::run(&mutants, &tree, work, out)
}

//! How the default policy of Kubernetes answers, version by version.
//!
//! `cargo run --example presets` prints each question with its answers and the versions that give them.

mod questions;

fn main() {
    print!("{}", questions::table());
}

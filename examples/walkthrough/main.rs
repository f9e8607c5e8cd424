//! The story of a service account, from nothing to its first allowed request, on the policy of a real cluster.
//!
//! ```sh
//! cargo run --example walkthrough
//! ```

mod story;

use story::Story;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    print!("{}", Story::sample().tell()?);
    Ok(())
}

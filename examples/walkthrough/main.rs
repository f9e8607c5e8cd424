//! The story of a service account, from nothing to its first allowed request, as a cluster and kubectl of then or of now tell it.
//!
//! ```sh
//! cargo run --example walkthrough
//! cargo run --example walkthrough -- --kubernetes 1.11
//! ```

mod story;

use k8s_rbac::KubeVersion;
use story::Story;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let story = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Story::now()?,
        ["--kubernetes", version] => match version.parse::<KubeVersion>()? {
            KubeVersion::V1_37 => Story::now()?,
            KubeVersion::V1_11 => Story::then()?,
            other => return Err(format!("the story is told of Kubernetes 1.11 and 1.37, not of {other}").into()),
        },
        _ => return Err("usage: walkthrough [--kubernetes 1.11|1.37]".into()),
    };
    print!("{}", story.tell()?);
    Ok(())
}

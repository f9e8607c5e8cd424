//! The policy of the files, and the newest one of them that could be read.

use std::fs::Metadata;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use k8s_rbac::Authorizer;
use k8s_rbac::load::Loader;
use tokio::sync::watch;

use crate::metrics::Metrics;

pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The authorizer of some files. Whoever asks holds on to the one that was current then.
pub struct Watched {
    paths: Vec<PathBuf>,
    current: RwLock<Arc<Authorizer>>,
    metrics: Arc<Metrics>,
}

impl Watched {
    /// Reads the files. A first policy that is broken is an error: nothing could be answered from it.
    pub fn read(paths: Vec<PathBuf>, metrics: Arc<Metrics>) -> Result<Self, Error> {
        let current = RwLock::new(Arc::new(read(&paths)?));
        metrics.policy_read(current_len(&current));
        Ok(Self { paths, current, metrics })
    }

    pub fn current(&self) -> Arc<Authorizer> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again. When they are broken the policy stays, and the failure is counted and told.
    pub fn renew(&self) {
        match read(&self.paths) {
            Ok(rbac) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rbac);
                self.metrics.policy_read(current_len(&self.current));
            }
            Err(error) => {
                self.metrics.policy_broken();
                eprintln!("the policy stays as it was: {error}");
            }
        }
    }

    /// What tells one state of the files from another.
    fn state(&self) -> Vec<Option<(SystemTime, u64)>> {
        let state = |metadata: Metadata| Some((metadata.modified().ok()?, metadata.len()));
        self.paths.iter().map(|path| std::fs::metadata(path).ok().and_then(state)).collect()
    }
}

fn current_len(current: &RwLock<Arc<Authorizer>>) -> usize {
    current.read().unwrap_or_else(PoisonError::into_inner).policy().len()
}

fn read(paths: &[PathBuf]) -> Result<Authorizer, Error> {
    let objects = Loader::new().spans(false).read_paths(paths)?.into_result()?;
    Ok(Authorizer::new(objects.into_iter().collect()))
}

/// Renews the policy when a file has changed, until the server stops.
pub async fn follow(watched: Arc<Watched>, every: Duration, mut stopping: watch::Receiver<bool>) {
    let mut seen = watched.state();
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let state = watched.state();
        if state != seen {
            seen = state;
            let watched = Arc::clone(&watched);
            // A large policy takes seconds, in which reviews are answered.
            tokio::task::spawn_blocking(move || watched.renew()).await.ok();
        }
    }
}

//! An authorization webhook for kube-apiserver that answers as its own RBAC authorizer would.
//!
//! Reviews come over HTTPS, the policy from files that are read again when they change. See the README for how an API server is told of it.

mod answer;
mod metrics;
mod options;
mod policy;
mod routes;
mod serve;
mod tls;

use std::process::ExitCode;
use std::sync::Arc;

use metrics::Metrics;
use options::{Command, HELP, Options};
use policy::Watched;
use tokio::net::TcpListener;
use tokio::sync::watch;

fn main() -> ExitCode {
    let options = match Options::parse() {
        Ok(Command::Help) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Serve(options)) => options,
        Err(error) => {
            eprintln!("error: {error}; try --help");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(options: Options) -> Result<(), policy::Error> {
    let metrics = Arc::new(Metrics::default());
    let watched = Arc::new(Watched::read(options.policy, Arc::clone(&metrics))?);
    let acceptor = tls::acceptor(&options.certificate, &options.key, options.client_ca.as_deref())?;
    let (reviews, health) = (TcpListener::bind(options.listen).await?, TcpListener::bind(options.health).await?);
    eprintln!(
        "{} objects; reviews on https://{}, health on http://{}",
        watched.current().policy().len(),
        options.listen,
        options.health
    );

    let (stop, stopping) = watch::channel(false);
    let background = tokio::spawn(policy::follow(Arc::clone(&watched), options.every, stopping.clone()));
    let reviewing =
        serve::https(reviews, acceptor, routes::reviews(Arc::clone(&watched), Arc::clone(&metrics)), stopping.clone());
    let telling = serve::http(health, routes::health(watched, metrics), stopping);
    let signalled = async {
        serve::signal().await;
        eprintln!("stopping");
        // The receivers live as long as the servers below.
        stop.send(true).ok();
    };
    tokio::join!(signalled, reviewing, telling);
    background.await?;
    Ok(())
}

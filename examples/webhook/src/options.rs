//! The command line.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

pub const HELP: &str = "\
Answers SubjectAccessReviews as kube-apiserver's RBAC authorizer would.

usage: webhook --policy FILE… --tls-cert FILE --tls-key FILE [options]

  -f, --policy FILE       YAML or JSON with the RBAC objects of the cluster; may be given several times
      --tls-cert FILE     the certificate chain of the webhook, PEM
      --tls-key FILE      its private key, PEM
      --client-ca FILE    accept only clients whose certificate one of these authorities signed, PEM
      --listen ADDRESS    where reviews are posted to /authorize (default: 127.0.0.1:8443)
      --health ADDRESS    where /healthz, /readyz and /metrics are told, without TLS (default: 127.0.0.1:8081)
      --every SECONDS     how often the files are looked at for changes (default: 1)
  -h, --help              this text";

pub enum Command {
    Help,
    Serve(Options),
}

#[derive(Debug)]
pub struct Options {
    pub policy: Vec<PathBuf>,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub client_ca: Option<PathBuf>,
    pub listen: SocketAddr,
    pub health: SocketAddr,
    pub every: Duration,
}

impl Options {
    pub fn parse() -> Result<Command, lexopt::Error> {
        Self::from_words(Parser::from_env())
    }

    fn from_words(mut words: Parser) -> Result<Command, lexopt::Error> {
        let (mut policy, mut certificate, mut key, mut client_ca) = (Vec::new(), None, None, None);
        let mut listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8443));
        let mut health = SocketAddr::from((Ipv4Addr::LOCALHOST, 8081));
        let mut every = Duration::from_secs(1);
        while let Some(word) = words.next()? {
            match word {
                Arg::Short('f') | Arg::Long("policy") => policy.push(words.value()?.into()),
                Arg::Long("tls-cert") => certificate = Some(words.value()?.into()),
                Arg::Long("tls-key") => key = Some(words.value()?.into()),
                Arg::Long("client-ca") => client_ca = Some(words.value()?.into()),
                Arg::Long("listen") => listen = words.value()?.parse()?,
                Arg::Long("health") => health = words.value()?.parse()?,
                Arg::Long("every") => every = Duration::from_secs(words.value()?.parse::<u32>()?.max(1).into()),
                Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
                other => return Err(other.unexpected()),
            }
        }
        let (Some(certificate), Some(key), false) = (certificate, key, policy.is_empty()) else {
            return Err("--policy, --tls-cert and --tls-key are needed".into());
        };
        Ok(Command::Serve(Self { policy, certificate, key, client_ca, listen, health, every }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Command, String> {
        Options::from_words(Parser::from_args(words)).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_are_those_of_the_loopback_unless_told_otherwise() {
        let Ok(Command::Serve(options)) = parse(&["-f", "a", "--policy=b", "--tls-cert", "c", "--tls-key", "k"]) else {
            panic!()
        };
        assert!(options.listen.ip().is_loopback() && options.health.ip().is_loopback());
        assert_eq!(options.policy.len(), 2);
    }

    #[test]
    fn what_is_missing_or_unknown_is_told() {
        assert_eq!(parse(&["-f", "a"]).err().unwrap(), "--policy, --tls-cert and --tls-key are needed");
        assert_eq!(parse(&["--polcy", "a"]).err().unwrap(), "invalid option '--polcy'");
        assert!(matches!(parse(&["-h"]), Ok(Command::Help)));
    }
}

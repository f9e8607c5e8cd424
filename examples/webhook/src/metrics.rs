//! What is counted, in the text format of Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Debug, Default)]
pub struct Metrics {
    allowed: AtomicU64,
    no_opinion: AtomicU64,
    refused: AtomicU64,
    nanoseconds: AtomicU64,
    policy_objects: AtomicU64,
    policy_read_at: AtomicU64,
    policies_read: AtomicU64,
    policy_failures: AtomicU64,
}

impl Metrics {
    pub fn answered(&self, allowed: bool, took: Duration) {
        if allowed { &self.allowed } else { &self.no_opinion }.fetch_add(1, Relaxed);
        self.nanoseconds.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    /// A body that is no review.
    pub fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub fn policy_read(&self, objects: usize) {
        self.policies_read.fetch_add(1, Relaxed);
        self.policy_objects.store(objects as u64, Relaxed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.policy_read_at.store(now.as_secs(), Relaxed);
    }

    pub fn policy_broken(&self) {
        self.policy_failures.fetch_add(1, Relaxed);
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(&str, f64)]| {
            // Writing into a String does not fail.
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").ok();
            for (labels, value) in samples {
                writeln!(text, "{name}{labels} {value}").ok();
            }
        };
        let of = |number: &AtomicU64| number.load(Relaxed) as f64;
        let answers = [
            (r#"{answer="allowed"}"#, of(&self.allowed)),
            (r#"{answer="no_opinion"}"#, of(&self.no_opinion)),
            (r#"{answer="refused"}"#, of(&self.refused)),
        ];
        family("webhook_reviews_total", "counter", "Reviews, by what was answered.", &answers);
        family("webhook_review_seconds_total", "counter", "Time spent on deciding.", &[("", of(&self.nanoseconds) / 1e9)]);
        family("webhook_policy_objects", "gauge", "Objects of the policy in use.", &[("", of(&self.policy_objects))]);
        family("webhook_policy_read_timestamp_seconds", "gauge", "When that policy was read.", &[("", of(&self.policy_read_at))]);
        family("webhook_policies_read_total", "counter", "Policies that were read.", &[("", of(&self.policies_read))]);
        family(
            "webhook_policy_failures_total",
            "counter",
            "Changed policies that could not be read.",
            &[("", of(&self.policy_failures))],
        );
        text
    }
}

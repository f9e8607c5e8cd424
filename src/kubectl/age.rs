//! Points in time, and the ages that kubectl tells from them (`apimachinery/pkg/util/duration/duration.go`).

use std::fmt;
use std::str::FromStr;

use crate::date::{self, Date};
use crate::version::{Behaviour, KubeVersion};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Ages know no leap years.
const YEAR: i64 = 365 * DAY;

/// A point in time, to the second. Reads and prints the form of `creationTimestamp` (RFC 3339).
///
/// ```
/// use k8s_rbac::kubectl::age::Timestamp;
/// let time: Timestamp = "2019-01-05T23:07:40.5+02:00".parse()?;
/// assert_eq!(time.to_string(), "2019-01-05T21:07:40Z");
/// assert_eq!(time, Timestamp::from_unix(1_546_722_460));
/// # Ok::<(), k8s_rbac::kubectl::age::ParseTimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time this many seconds after 1970 began.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The seconds since 1970 began.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The age at `now` of what was created at this time, in kubectl's words.
    ///
    /// ```
    /// use k8s_rbac::{kubectl::age::Timestamp, version::KubeVersion};
    /// let (created, now) = (Timestamp::from_unix(0), Timestamp::from_unix(185));
    /// assert_eq!(created.age(now, KubeVersion::V1_37), "3m5s");
    /// assert_eq!(created.age(now, KubeVersion::V1_11), "3m");
    /// ```
    #[must_use]
    pub fn age(self, now: Self, version: KubeVersion) -> String {
        let seconds = now.0.saturating_sub(self.0);
        match seconds {
            ..-1 => "<invalid>".to_owned(),
            -1 => "0s".to_owned(),
            _ if version.has(Behaviour::AgesInTwoUnits) => in_two_units(seconds),
            _ => in_one_unit(seconds),
        }
    }
}

fn in_one_unit(seconds: i64) -> String {
    match seconds {
        _ if seconds < MINUTE => format!("{seconds}s"),
        _ if seconds < HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < DAY => format!("{}h", seconds / HOUR),
        _ if seconds < YEAR => format!("{}d", seconds / DAY),
        _ => format!("{}y", seconds / YEAR),
    }
}

fn in_two_units(seconds: i64) -> String {
    match seconds {
        _ if seconds < 2 * MINUTE => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE => two(seconds, (MINUTE, "m"), (1, "s")),
        _ if seconds < 3 * HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < 8 * HOUR => two(seconds, (HOUR, "h"), (MINUTE, "m")),
        _ if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 8 * DAY => two(seconds, (DAY, "d"), (HOUR, "h")),
        _ if seconds < 2 * YEAR => format!("{}d", seconds / DAY),
        _ if seconds < 8 * YEAR => two(seconds, (YEAR, "y"), (DAY, "d")),
        _ => format!("{}y", seconds / YEAR),
    }
}

/// Whole large units and the whole small units that are left, which are not told if there are none.
fn two(seconds: i64, (large, large_name): (i64, &str), (small, small_name): (i64, &str)) -> String {
    match seconds % large / small {
        0 => format!("{}{large_name}", seconds / large),
        rest => format!("{}{large_name}{rest}{small_name}", seconds / large),
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / HOUR, second % HOUR / MINUTE, second % MINUTE);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", Date::of_unix(self.0))
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        date::unix_of(text).map(Self).ok_or_else(|| ParseTimestampError { text: text.to_owned() })
    }
}

/// A text that is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 2019-01-05T21:07:40Z, found {text:?}")]
pub struct ParseTimestampError {
    text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_as_by_kubectl_of_the_version() {
        let rows = [
            (-2, "<invalid>", "<invalid>"),
            (-1, "0s", "0s"),
            (0, "0s", "0s"),
            (59, "59s", "59s"),
            (60, "60s", "1m"),
            (119, "119s", "1m"),
            (120, "2m", "2m"),
            (125, "2m5s", "2m"),
            (599, "9m59s", "9m"),
            (605, "10m", "10m"),
            (3 * HOUR - 1, "179m", "2h"),
            (3 * HOUR, "3h", "3h"),
            (7 * HOUR + 61, "7h1m", "7h"),
            (8 * HOUR + 61, "8h", "8h"),
            (47 * HOUR, "47h", "1d"),
            (48 * HOUR, "2d", "2d"),
            (7 * DAY + HOUR, "7d1h", "7d"),
            (8 * DAY + HOUR, "8d", "8d"),
            (365 * DAY, "365d", "1y"),
            (730 * DAY, "2y", "2y"),
            (731 * DAY, "2y1d", "2y"),
            (8 * YEAR - 1, "7y364d", "7y"),
            (8 * YEAR + DAY, "8y", "8y"),
        ];
        for (seconds, new, old) in rows {
            let age = |version| Timestamp::from_unix(1000).age(Timestamp::from_unix(1000 + seconds), version);
            assert_eq!((age(KubeVersion::V1_37).as_str(), age(KubeVersion::V1_11).as_str()), (new, old), "{seconds}");
        }
    }

    #[test]
    fn times_are_read_and_printed() {
        let rows = [
            ("1970-01-01T00:00:00Z", 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2024-12-31T23:59:59Z", 1_735_689_599),
            ("1969-12-31T23:59:59Z", -1),
        ];
        for (text, seconds) in rows {
            assert_eq!(text.parse(), Ok(Timestamp::from_unix(seconds)));
            assert_eq!(Timestamp::from_unix(seconds).to_string(), text);
        }
        for text in [
            "",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-1-01T00:00:00Z",
            "2023-01-01T00:00:00",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_read_as_it_is_printed() {
        for day in (0..146_097 * 2).step_by(13) {
            let time = Timestamp::from_unix((day - 146_097) * DAY + 43_200);
            assert_eq!(time.to_string().parse(), Ok(time));
        }
    }
}

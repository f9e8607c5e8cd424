//! Days and instants as the labels and timestamps of objects write them, in UTC.

use std::fmt;
use std::str::FromStr;

const DAY: i64 = 86_400;

/// A day of the calendar, written `2026-11-24`. Ordered by time.
///
/// ```
/// use k8s_rbac::controller::Date;
/// assert_eq!(Date::of_unix(1_795_500_000).to_string(), "2026-11-24");
/// assert_eq!("2024-02-29".parse::<Date>().map(Date::start), Ok(1_709_164_800));
/// assert!("2026-02-29".parse::<Date>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i64,
    month: i64,
    day: i64,
}

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as 2026-11-24, found {text:?}")]
pub struct ParseDateError {
    text: String,
}

impl Date {
    /// The day of an instant, in seconds since 1970.
    #[must_use]
    pub const fn of_unix(seconds: i64) -> Self {
        // Days are counted in years that begin on 1 March, so that the leap day comes last.
        let days = seconds.div_euclid(DAY) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        Self { year, month, day: of_year - (153 * shifted + 2) / 5 + 1 }
    }

    /// The first instant of the day, in seconds since 1970.
    #[must_use]
    pub const fn start(self) -> i64 {
        let Self { year, month, day } = self;
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        (era * 146_097 + of_era - 719_468) * DAY
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        date(text).ok_or_else(|| ParseDateError { text: text.to_owned() })
    }
}

fn date(text: &str) -> Option<Date> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    let date = Date { year, month, day };
    // A day that the month does not have comes back as one of the next month.
    ((1..=12).contains(&month) && day >= 1 && Date::of_unix(date.start()) == date).then_some(date)
}

/// Numbers of so many digits each, with a separator between them.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        *number = self::number(parts.next()?, digits..=digits)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    (digits.contains(&text.len()) && is_digits(text)).then(|| text.parse().ok())?
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An instant as RFC 3339 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    /// The seconds since 1970, without the fraction.
    pub(crate) unix: i64,
    /// Whether a fraction of a second is left.
    pub(crate) has_fraction: bool,
}

/// The instant of an RFC 3339 timestamp, in seconds since 1970; fractions are cut off.
pub(crate) fn unix_of(timestamp: &str) -> Option<i64> {
    instant(timestamp).map(|instant| instant.unix)
}

/// Reads what Go's `time.Parse(time.RFC3339, …)` reads: an hour may have one digit, a fraction may follow a comma.
pub(crate) fn instant(timestamp: &str) -> Option<Instant> {
    let (day, time) = timestamp.split_once('T')?;
    let (clock, offset) = time.split_at_checked(time.find(['Z', '+', '-'])?)?;
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let (hours, rest) = clock.split_once(':')?;
    let hours = number(hours, 1..=2).filter(|hours| *hours < 24)?;
    let [minutes, seconds] = numbers(rest, ':', [2, 2])?;
    let fraction = fraction.map_or(Some(false), |digits| is_digits(digits).then(|| has_nanoseconds(digits)));
    let unix = date(day)?.start() + hours * 3600 + minutes * 60 + seconds - seconds_of(offset)?;
    Some(Instant { unix, has_fraction: fraction? }).filter(|_| minutes < 60 && seconds < 60)
}

fn has_nanoseconds(digits: &str) -> bool {
    digits.bytes().take(9).any(|digit| digit != b'0')
}

/// Go lets an offset be 24 hours, and 60 minutes.
fn seconds_of(offset: &str) -> Option<i64> {
    if offset == "Z" {
        return Some(0);
    }
    let (direction, clock) = match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
        (Some(ahead), _) => (1, ahead),
        (_, Some(behind)) => (-1, behind),
        _ => return None,
    };
    let [hours, minutes] = numbers(clock, ':', [2, 2])?;
    (hours <= 24 && minutes <= 60).then_some(direction * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_as_the_calendar_does() {
        for (text, days) in
            [("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2100-03-01", 47_541)]
        {
            let date: Date = text.parse().unwrap();
            assert_eq!((date.start(), Date::of_unix(date.start() + DAY - 1).to_string()), (days * DAY, text.to_owned()));
        }
        let mut day = "1890-01-01".parse::<Date>().unwrap();
        for _ in 0..200_000 {
            let next = Date::of_unix(day.start() + DAY);
            assert!(next > day && next.start() == day.start() + DAY);
            day = next;
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-11",
            "2026-11-24-1",
            "26-11-24",
            "2026-1-24",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-02-29",
            "2026-11-00",
            "x",
        ] {
            assert_eq!(
                text.parse::<Date>().unwrap_err().to_string(),
                format!("expected a day such as 2026-11-24, found {text:?}")
            );
        }
    }

    #[test]
    fn timestamps_are_instants() {
        let noon = "2026-11-24".parse::<Date>().unwrap().start() + 12 * 3600;
        for text in ["2026-11-24T12:00:00Z", "2026-11-24T12:00:00.999Z", "2026-11-24T13:30:00+01:30", "2026-11-24T11:00:00-01:00"]
        {
            assert_eq!(unix_of(text), Some(noon), "{text}");
        }
        for text in
            ["", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24T12:00Z", "2026-11-24T12:00:00+1", "2026-11-24T12:00:00Z01:00"]
        {
            assert_eq!(unix_of(text), None, "{text}");
        }
    }
}

//! The formats of strings that upstream's types check when they are read.

/// Whether Go's `time.Parse(time.RFC3339, text)` takes the text: an hour may have one digit, seconds a fraction.
pub(super) fn is_time(text: &str) -> bool {
    let mut rest = text.as_bytes();
    parse(&mut rest).is_some() && rest.is_empty()
}

fn parse(rest: &mut &[u8]) -> Option<()> {
    let year = number(rest, 4)?;
    byte(rest, b"-")?;
    let month = number(rest, 2).filter(|month| (1..=12).contains(month))?;
    byte(rest, b"-")?;
    number(rest, 2).filter(|day| (1..=days(year, month)).contains(day))?;
    byte(rest, b"T")?;
    let digits = rest.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    number(rest, digits.max(1)).filter(|hour| *hour < 24)?;
    for _ in 0..2 {
        byte(rest, b":")?;
        number(rest, 2).filter(|part| *part < 60)?;
    }
    fraction(rest)?;
    zone(rest)
}

fn fraction(rest: &mut &[u8]) -> Option<()> {
    if byte(rest, b".,").is_none() {
        return Some(());
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    *rest = rest.get(digits..)?;
    (digits > 0).then_some(())
}

fn zone(rest: &mut &[u8]) -> Option<()> {
    if byte(rest, b"Z").is_some() {
        return Some(());
    }
    byte(rest, b"+-")?;
    number(rest, 2).filter(|hours| *hours <= 24)?;
    byte(rest, b":")?;
    number(rest, 2).filter(|minutes| *minutes <= 60).map(|_| ())
}

fn byte(rest: &mut &[u8], any_of: &[u8]) -> Option<()> {
    let (first, after) = rest.split_first()?;
    any_of.contains(first).then(|| *rest = after)
}

fn number(rest: &mut &[u8], digits: usize) -> Option<u32> {
    let (text, after) = rest.split_at_checked(digits)?;
    let value = text.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))?;
    *rest = after;
    Some(value)
}

const fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn times_are_those_that_go_parses() {
        for good in ["2023-11-14T22:13:20Z", "2024-02-29T1:00:00.5+01:00", "2023-11-14T22:13:20,123-24:00"] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "",
            "2023-11-14",
            "2023-02-29T00:00:00Z",
            "2023-11-14T22:13:2Z",
            "2023-11-14t22:13:20Z",
            "2023-11-14T24:00:00Z",
            "2023-11-14T22:13:20",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }
}

//! Which style a string needs in YAML, and what characters need to be escaped.
//!
//! Models the analysis of scalars of `go.yaml.in/yaml/v2` (`emitterc.go`, `yamlprivateh.go`) and its reading of plain ones (`resolve.go`).

use std::borrow::Cow;

/// A string as `sigs.k8s.io/yaml` has it before it writes it: it reads JSON as YAML, where U+0085 is a line end even between quotes. One
/// is read as a blank, several as one line end less, and blanks around them are lost.
pub(super) fn read_from_json(text: &str) -> Cow<'_, str> {
    const NEXT_LINE: char = '\u{85}';
    if !text.contains(NEXT_LINE) {
        return Cow::Borrowed(text);
    }
    let mut read = String::new();
    let mut rest = text;
    while let Some((line, after)) = rest.split_once(NEXT_LINE) {
        read.push_str(line.trim_end_matches(' '));
        rest = after.trim_start_matches([' ', NEXT_LINE]);
        let skipped = after.get(..after.len() - rest.len()).unwrap_or_default();
        match skipped.matches(NEXT_LINE).count() {
            0 => read.push(' '),
            more => read.extend(std::iter::repeat_n('\n', more)),
        }
    }
    read.push_str(rest);
    Cow::Owned(read)
}

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// What the styles allow for a string.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scalar<'a> {
    text: &'a str,
    has_breaks: bool,
    plain: bool,
    single_quoted: bool,
    block: bool,
}

impl<'a> Scalar<'a> {
    /// Looks at a string once. Cost: `O(length)`.
    pub(super) fn of(text: &'a str) -> Self {
        let shape = Shape::of(text);
        let ends = shape.leading_space || shape.leading_break || shape.trailing_space || shape.trailing_break;
        let special = shape.space_break || shape.special;
        Self {
            text,
            has_breaks: shape.has_breaks,
            plain: !(ends || shape.break_space || special || shape.has_breaks || shape.indicators),
            single_quoted: !(shape.break_space || special),
            block: !(text.is_empty() || shape.trailing_space || special),
        }
    }

    /// The style that keeps the string a string; `key` is whether it stands in front of a colon.
    pub(super) fn style(&self, key: bool, quotes_timestamps: bool) -> Style {
        if self.text.contains('\n') {
            return if self.block && !key { Style::Literal } else { Style::DoubleQuoted };
        }
        let timestamp = quotes_timestamps && is_timestamp(self.text);
        let reads_back = !(timestamp || is_word(self.text) || is_number(self.text) || is_base_60(self.text));
        match (reads_back, self.plain && !(key && self.text.is_empty())) {
            (false, _) => Style::DoubleQuoted,
            (true, _) if key && self.has_breaks => Style::DoubleQuoted,
            (true, true) => Style::Plain,
            (true, false) if self.single_quoted => Style::SingleQuoted,
            (true, false) => Style::DoubleQuoted,
        }
    }
}

/// What is met in a string.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "upstream's analysis is a set of flags")]
struct Shape {
    indicators: bool,
    has_breaks: bool,
    special: bool,
    leading_space: bool,
    leading_break: bool,
    trailing_space: bool,
    trailing_break: bool,
    break_space: bool,
    space_break: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let starts_document = text.starts_with("---") || text.starts_with("...");
        let mut shape = Self { indicators: starts_document, ..Self::default() };
        let mut before = None;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            shape.indicators |= is_indicator(c, before, next);
            shape.special |= !is_printable(c);
            shape.note_blank(c, before, next);
            before = Some(c);
        }
        shape
    }

    fn note_blank(&mut self, c: char, before: Option<char>, next: Option<char>) {
        if c == ' ' {
            self.leading_space |= before.is_none();
            self.trailing_space |= next.is_none();
            self.break_space |= before.is_some_and(is_break);
        } else if is_break(c) {
            self.has_breaks = true;
            self.leading_break |= before.is_none();
            self.trailing_break |= next.is_none();
            self.space_break |= before == Some(' ');
        }
    }
}

/// Whether the character would mean something in a plain scalar outside brackets.
fn is_indicator(c: char, before: Option<char>, next: Option<char>) -> bool {
    let blank_follows = next.is_none_or(|next| matches!(next, ' ' | '\t'));
    match (before, c) {
        (None, '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`') => true,
        (None, '?' | ':' | '-') | (Some(_), ':') => blank_follows,
        (Some(before), '#') => matches!(before, ' ' | '\t' | '\0') || is_break(before),
        _ => false,
    }
}

/// A line end in YAML 1.1.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Whether a character is written as an escape between double quotes.
pub(super) fn is_escaped(c: char) -> bool {
    !is_printable(c) || is_break(c) || c == '"' || c == '\\'
}

/// A character as an escape.
pub(super) fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0b' => 'v',
        '\x0c' => 'f',
        '\r' => 'r',
        '\x1b' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        '\0'..='\u{ff}' => return format!("\\x{:02X}", u32::from(c)),
        '\0'..='\u{ffff}' => return format!("\\u{:04X}", u32::from(c)),
        _ => return format!("\\U{:08X}", u32::from(c)),
    };
    format!("\\{short}")
}

/// The mark that tells a literal block how many line ends it ends in: none, one, or more.
pub(super) fn chomping(text: &str) -> &'static str {
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        (Some(end), _) if !is_break(end) => "-",
        (Some(_), Some(before)) if !is_break(before) => "",
        (None, _) => "-",
        _ => "+",
    }
}

/// Whether the text is a word for a truth value, for nothing, or for a number that digits cannot tell.
fn is_word(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "yes", "true", "on", "n", "no", "false", "off", "null", ".inf", "+.inf", "-.inf"];
    matches!(text, "" | "~" | ".nan" | ".NaN" | ".NAN") || WORDS.iter().any(|word| in_some_case(text, word))
}

/// Whether the text is the word in lower case, upper case, or with a capital as its first letter.
fn in_some_case(text: &str, word: &str) -> bool {
    if !text.eq_ignore_ascii_case(word) {
        return false;
    }
    let mut letters = text.chars().skip_while(|c| !c.is_ascii_alphabetic());
    let first_upper = letters.next().is_some_and(|c| c.is_ascii_uppercase());
    let rest: Vec<bool> = letters.map(|c| c.is_ascii_uppercase()).collect();
    rest.iter().all(|upper| !upper) || (first_upper && rest.iter().all(|upper| *upper))
}

/// Whether the text is a date, or a date with a time.
fn is_timestamp(text: &str) -> bool {
    let Some((year, rest)) = text.split_once('-') else { return false };
    let Some((month, rest)) = rest.split_once('-') else { return false };
    let (day, clock) = rest.find(['T', 't', ' ']).map_or((rest, ""), |at| rest.split_at(at));
    let date = year.len() == 4 && digits(year).is_some();
    let (Some(month), Some(day)) = (one_or_two(month), one_or_two(day)) else { return false };
    let in_range = (1..=12).contains(&month) && (1..=days_in_month(digits(year).unwrap_or(0), month)).contains(&day);
    date && in_range && (clock.is_empty() || is_clock(clock))
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A time of the day behind `T`, `t` (with a zone) or a blank (without one).
fn is_clock(text: &str) -> bool {
    let with_zone = !text.starts_with(' ');
    let Some(clock) = text.get(1..) else { return false };
    let (clock, zone) = clock.find(['Z', '+', '-']).map_or((clock, ""), |at| clock.split_at(at));
    let zone_fits = if with_zone { is_zone(zone) } else { zone.is_empty() };
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    let (second, fraction) = second.split_once(['.', ',']).map_or((*second, None), |(second, rest)| (second, Some(rest)));
    let fits = |part: &str, limit: u32| one_or_two(part).is_some_and(|number| number < limit);
    zone_fits
        && fits(hour, 24)
        && fits(minute, 60)
        && fits(second, 60)
        && fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()))
}

fn is_zone(text: &str) -> bool {
    let clock = text.strip_prefix(['+', '-']).and_then(|clock| clock.split_once(':'));
    let fits = |(hour, minute): (&str, &str)| {
        hour.len() == 2 && minute.len() == 2 && digits(hour).is_some_and(|h| h <= 24) && digits(minute).is_some_and(|m| m <= 60)
    };
    text == "Z" || clock.is_some_and(fits)
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn one_or_two(text: &str) -> Option<u32> {
    digits(text).filter(|_| text.len() <= 2)
}

/// Whether the text is a whole number in one of Go's notations, or a decimal number.
fn is_number(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    if text.starts_with('.') {
        return underscores_part_digits(text) && is_decimal(&plain);
    }
    if !text.starts_with(['+', '-']) && !text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    is_integer(&plain) || is_decimal(&plain)
}

/// `strconv.underscoreOK` of a number without a prefix for its base.
fn underscores_part_digits(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let mut parts = text.split('_').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some_and(|next| !part.ends_with(digit) || !next.starts_with(digit)) {
            return false;
        }
    }
    true
}

/// `strconv.ParseInt` with base 0, or an unsigned number beyond it.
fn is_integer(text: &str) -> bool {
    let (negative, signed, number) = match text.strip_prefix('-') {
        Some(number) => (true, true, number),
        None => text.strip_prefix('+').map_or((false, false, text), |number| (false, true, number)),
    };
    let lower = number.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)),
        Some("0b") => (2, lower.get(2..)),
        Some("0o") => (8, lower.get(2..)),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, lower.get(1..)),
        _ => (10, Some(lower.as_str())),
    };
    let digits = digits.filter(|digits| digits.starts_with(|c: char| c.is_digit(radix)));
    let Some(value) = digits.and_then(|digits| u128::from_str_radix(digits, radix).ok()) else { return false };
    let limit = if negative {
        1 << 63
    } else if signed {
        (1 << 63) - 1
    } else {
        u128::from(u64::MAX)
    };
    value <= limit
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, within the range of a double.
fn is_decimal(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = number.split_once(['e', 'E']).map_or((number, None), |(m, e)| (m, Some(e)));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let mantissa_fits =
        all_digits(whole) && fraction.is_none_or(all_digits) && (!whole.is_empty() || fraction.is_some_and(|f| !f.is_empty()));
    let digits = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    mantissa_fits && digits.is_none_or(|d| !d.is_empty() && all_digits(d)) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A number in base 60, which other readers know: `1:30`.
fn is_base_60(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (clock, fraction) = number.split_once('.').map_or((number, ""), |(clock, fraction)| (clock, fraction));
    let mut parts = clock.split(':');
    let first = parts.next().unwrap_or_default();
    let digits_or_underscores = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let rest: Vec<&str> = parts.collect();
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits_or_underscores(first)
        && digits_or_underscores(fraction)
        && !rest.is_empty()
        && rest.iter().all(|part| one_or_two(part).is_some_and(|number| number < 60))
}

//! Go's `strings.ToLower` and `strings.ToUpper`, which map a character to one character and look at none beside it.

/// The text in lower case, as Go has it: a final sigma is not told apart.
pub(crate) fn lower_case(text: &str) -> String {
    text.chars().map(|c| if c == 'İ' { 'i' } else { c.to_lowercase().next().unwrap_or(c) }).collect()
}

/// The text in upper case, as Go has it: `ß` stays, since no one character is its upper case.
pub(crate) fn upper_case(text: &str) -> String {
    text.chars().map(upper).collect()
}

fn upper(c: char) -> char {
    let title = |distance| char::from_u32(u32::from(c) + distance).unwrap_or(c);
    match c {
        // Greek letters with an iota below: their simple mapping is to the title case.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => title(8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => title(9),
        _ => {
            let mut mapped = c.to_uppercase();
            if mapped.len() == 1 { mapped.next().unwrap_or(c) } else { c }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_becomes_one() {
        assert_eq!(lower_case("ΑΣ İA"), "ας ia".replace('ς', "σ"));
        assert_eq!(upper_case("straße ŉ ᾳ é"), "STRAßE ŉ ᾼ É");
    }
}

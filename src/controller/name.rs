//! Names that end in a random suffix (`apiserver/pkg/storage/names/generate.go`).

use super::Supply;

/// The letters of a suffix: no vowels, so that no words come out, and no digits that look like them.
const ALPHABET: [char; 27] = [
    'b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'z', '2', '4', '5', '6', '7',
    '8', '9',
];
const SUFFIX_LETTERS: u32 = 5;
const BASE_BYTES: usize = 58;

/// How many suffixes there are.
pub const SUFFIXES: u32 = 27_u32.pow(SUFFIX_LETTERS);

/// The base and a suffix. A base of more than 58 bytes loses its end, with the separator that it ends in.
///
/// ```
/// use k8s_rbac::controller::{Counted, name::generate};
/// assert_eq!(generate("sample-token-", &mut Counted::default()), "sample-token-bbbbb");
/// assert_eq!(generate(&"a".repeat(70), &mut Counted::default()).len(), 63);
/// ```
pub fn generate(base: &str, supply: &mut dyn Supply) -> String {
    let mut name = base.get(..floor(base, BASE_BYTES)).unwrap_or_default().to_owned();
    name.extend(suffix(supply.suffix()));
    name
}

/// The length of the longest beginning of the text that has at most so many bytes.
fn floor(text: &str, bytes: usize) -> usize {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// The letters of a number, the most significant first.
fn suffix(number: u32) -> impl Iterator<Item = char> {
    let letters = ALPHABET.len() as u32;
    (0..SUFFIX_LETTERS).rev().filter_map(move |place| {
        let digit = number / letters.pow(place) % letters;
        ALPHABET.get(digit as usize).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ServiceAccount;

    struct Fixed(u32);

    impl Supply for Fixed {
        fn suffix(&mut self) -> u32 {
            self.0
        }

        fn token(&mut self, _: &ServiceAccount, _: &str) -> String {
            String::new()
        }

        fn uid(&mut self) -> String {
            String::new()
        }
    }

    #[test]
    fn every_suffix_has_its_number() {
        for (number, suffix) in
            [(0, "bbbbb"), (1, "bbbbc"), (26, "bbbb9"), (27, "bbbcb"), (SUFFIXES - 1, "99999"), (SUFFIXES, "bbbbb")]
        {
            assert_eq!(generate("x-", &mut Fixed(number)), format!("x-{suffix}"));
        }
    }

    #[test]
    fn a_long_base_loses_its_end() {
        let long = format!("{}-token-", "a".repeat(52));
        assert_eq!(generate(&long, &mut Fixed(0)), format!("{}-tokenbbbbb", "a".repeat(52)));
        let longer = format!("{}-token-", "a".repeat(60));
        assert_eq!(generate(&longer, &mut Fixed(0)), format!("{}bbbbb", "a".repeat(58)));
        let wide = "é".repeat(40);
        assert_eq!(generate(&wide, &mut Fixed(0)), format!("{}bbbbb", "é".repeat(29)));
    }
}

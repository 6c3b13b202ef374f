//! Base62: bytes as one big-endian number in the digits `0-9A-Za-z`. A zero byte in front is a `0` in front, as base-x
//! writes it.
//!
//! The work grows with the square of the length, so what is longer than [`MAX_DIGITS`] is not read.

use crate::work;

/// Digits that are read: half as many again as a browser keeps in a cookie.
pub const MAX_DIGITS: usize = 6_144;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// So many digits are taken at once: 62 to the tenth still fits into a limb.
const CHUNK: usize = 10;

fn value(digit: u8) -> Option<u64> {
    let value = match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'Z' => digit - b'A' + 10,
        b'a'..=b'z' => digit - b'a' + 36,
        _ => return None,
    };
    Some(u64::from(value))
}

/// The first character of `text` that is no digit, with its byte offset.
pub fn odd_character(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| !c.is_ascii_alphanumeric())
}

/// The first bytes of what `text` spells, about: the first one, and the others behind the point. Takes no more work for a
/// longer text than looking at its characters.
#[expect(clippy::cast_precision_loss)]
pub fn leading(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches('0').as_bytes();
    let first =
        digits.get(..CHUNK)?.iter().try_fold(0, |number, &digit| Some(number * 62 + value(digit)?))?;
    if !digits.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let bits = (first as f64).log2() + (digits.len() - CHUNK) as f64 * 62_f64.log2();
    Some((bits % 8.0).exp2())
}

/// The bytes that `text` spells. `None` if it has other characters, or more than [`MAX_DIGITS`].
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = Some(text.as_bytes()).filter(|digits| digits.len() <= MAX_DIGITS)?;
    // As much as so many bytes cost elsewhere.
    work::spend_on(digits.len() * digits.len() / 1_000, 0);
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    // The lowest limb first.
    let mut limbs: Vec<u64> = Vec::new();
    for chunk in digits.get(zeros..)?.chunks(CHUNK) {
        let (mut factor, mut carry) = (1_u64, 0_u64);
        for &digit in chunk {
            carry = carry * 62 + value(digit)?;
            factor *= 62;
        }
        for limb in &mut limbs {
            let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            (*limb, carry) = halves(wide);
        }
        limbs.extend((carry != 0).then_some(carry));
    }
    let number: Vec<u8> = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    let mut bytes = vec![0; zeros];
    bytes.extend(number.into_iter().skip_while(|&byte| byte == 0));
    Some(bytes)
}

/// `bytes` in digits.
pub fn encode(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    // The highest limb first; the first chunk is the short one.
    let mut limbs: Vec<u64> = bytes
        .rchunks(8)
        .rev()
        .map(|chunk| chunk.iter().fold(0, |limb, &byte| (limb << 8) | u64::from(byte)))
        .collect();
    let chunk = u128::from(62_u64.pow(CHUNK as u32));
    let mut digits = Vec::new();
    while limbs.iter().any(|&limb| limb != 0) {
        let mut rest = 0;
        for limb in &mut limbs {
            let wide = (u128::from(rest) << 64) | u128::from(*limb);
            // Below 2^64 both, since the rest is below the divisor.
            *limb = halves(wide / chunk).0;
            rest = halves(wide % chunk).0;
        }
        for _ in 0..CHUNK {
            let digit = usize::try_from(rest % 62).ok().and_then(|digit| DIGITS.get(digit));
            digits.extend(digit);
            rest /= 62;
        }
        let filled = limbs.iter().take_while(|&&limb| limb == 0).count();
        limbs.drain(..filled);
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    digits.extend(std::iter::repeat_n(b'0', zeros));
    digits.iter().rev().map(|&digit| char::from(digit)).collect()
}

/// The lower half, and the upper one.
#[expect(clippy::cast_possible_truncation)]
const fn halves(wide: u128) -> (u64, u64) {
    (wide as u64, (wide >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_digits() {
        // 0x48656c6c6f20776f726c6421, computed with Python's integers.
        assert_eq!(encode(b"Hello world!"), "T8dgcjRGuYUueWht");
        for (bytes, text) in [(&[][..], ""), (&[0], "0"), (&[0, 0, 61], "00z"), (&[62], "10"), (&[255], "47")]
        {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut state = 1_u32;
        for length in 0..300 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state.to_be_bytes()[0]
                })
                .collect();
            let text = encode(&bytes);
            if let (Some(leading), [first, second, ..]) = (leading(&text).filter(|_| bytes[0] > 0), &*bytes) {
                assert!((leading - f64::from(*first) - f64::from(*second) / 256.0).abs() < 0.01, "{text}");
            }
            assert_eq!(decode(&text), Some(bytes));
        }
    }

    #[test]
    fn other_characters_and_long_texts_are_not_read() {
        for text in ["-", "a b", "é", "aa\n"] {
            assert_eq!(decode(text), None);
            assert!(odd_character(text).is_some());
            assert_eq!(leading(&format!("{}{text}", "z".repeat(20))), None);
        }
        assert!(decode(&"z".repeat(MAX_DIGITS)).is_some());
        assert_eq!(decode(&"z".repeat(MAX_DIGITS + 1)), None);
    }
}

//! Base64 as Python's `binascii.a2b_base64` reads it: leniently. Characters outside the alphabet are passed over, spare
//! bits are ignored, and what follows the padding is not looked at. (`Modules/binascii.c`, not in strict mode.)

/// The two characters in which the alphabets differ: `b64decode` knows `+/`, `urlsafe_b64decode` knows `-_` as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    Standard,
    UrlSafe,
}

/// The bytes that `text` spells.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part.
pub fn decode(text: &[u8], alphabet: Alphabet) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut in_quad, mut pads) = (0_u32, 0, 0);
    for &byte in text {
        if byte == b'=' {
            pads += 1;
            if in_quad >= 2 && in_quad + pads >= 4 {
                return Ok(bytes);
            }
            continue;
        }
        let Some(value) = sextet(byte, alphabet) else { continue };
        pads = 0;
        bits = (bits << 6) | u32::from(value);
        in_quad = (in_quad + 1) % 4;
        let spare = match in_quad {
            2 => 4,
            3 => 2,
            0 => 0,
            _ => continue,
        };
        // The eight bits above the spare ones.
        bytes.extend(u8::try_from((bits >> spare) & 0xff));
    }
    match in_quad {
        0 => Ok(bytes),
        1 => Err("is not Base64: it has one character too many or lacks one".into()),
        _ => Err("is not Base64: its padding is missing".into()),
    }
}

/// The same with the padding left out, as itsdangerous and Django read it: they fill up with `=` by the text's length.
///
/// # Errors
/// As [`decode`].
pub fn decode_unpadded(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut padded = text.to_vec();
    padded.resize(text.len().next_multiple_of(4), b'=');
    decode(&padded, Alphabet::UrlSafe)
}

fn sextet(byte: u8, alphabet: Alphabet) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        b'-' if alphabet == Alphabet::UrlSafe => 62,
        b'_' if alphabet == Alphabet::UrlSafe => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_lenient_in_its_own_way() {
        let url = |text: &str| decode_unpadded(text.as_bytes());
        // Each as Python 3.12 answers.
        assert_eq!(url("YWJj").as_deref(), Ok(&b"abc"[..]));
        assert_eq!(url("YR").as_deref(), Ok(&b"a"[..]), "spare bits");
        assert_eq!(url("-_+/").as_deref(), Ok(&b"\xfb\xff\xbf"[..]));
        assert_eq!(url("YW.Jj").as_deref(), Ok(&b"abc"[..]), "a dot is passed over");
        assert_eq!(url("YQ==YQ").as_deref(), Ok(&b"a"[..]), "the padding ends it");
        assert_eq!(url("").as_deref(), Ok(&b""[..]));
        assert!(url("abcde").is_err());
        assert!(url("YW!").is_err(), "filled up to four with what does not count");
        assert!(decode(b"YQ", Alphabet::Standard).is_err());
        assert_eq!(decode(b"YQ==", Alphabet::Standard).as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode(b"-Y_Q==", Alphabet::Standard).as_deref(), Ok(&b"a"[..]));
    }
}

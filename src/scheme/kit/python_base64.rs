//! Base64 as Python's `binascii.a2b_base64` reads it when it is not told to be strict, which is how `b64decode` and
//! `urlsafe_b64decode` call it: characters of no alphabet are skipped, and spare bits may be anything.
//!
//! Source: Modules/binascii.c of CPython.

/// `base64.b64decode(text)`.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part.
pub fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, String> {
    read(text.as_ref(), |byte| match byte {
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    })
}

/// `base64.urlsafe_b64decode(text)`: both alphabets are read.
///
/// # Errors
/// As [`decode`].
pub fn decode_urlsafe(text: impl AsRef<[u8]>) -> Result<Vec<u8>, String> {
    read(text.as_ref(), |byte| match byte {
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    })
}

/// [`decode_urlsafe`] where the padding was left out: as Python code does, it is put back first, by the text's length.
///
/// # Errors
/// As [`decode`].
pub fn decode_unpadded(text: impl AsRef<[u8]>) -> Result<Vec<u8>, String> {
    let mut text = text.as_ref().to_vec();
    text.resize(text.len().next_multiple_of(4), b'=');
    decode_urlsafe(text)
}

fn read(text: &[u8], last_two: fn(u8) -> Option<u8>) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    // Characters of the group of four so far, the bits that are left of them, and `=` behind them.
    let (mut place, mut left, mut pads) = (0_u8, 0_u8, 0_u8);
    for &byte in text {
        if byte == b'=' {
            if place >= 2 {
                pads += 1;
                if place + pads >= 4 {
                    // Nothing behind the padding is looked at.
                    return Ok(out);
                }
            }
            continue;
        }
        let bits = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            _ => match last_two(byte) {
                Some(bits) => bits,
                None => continue,
            },
        };
        pads = 0;
        match place {
            0 => left = bits,
            1 => {
                out.push((left << 2) | (bits >> 4));
                left = bits & 0x0f;
            }
            2 => {
                out.push((left << 4) | (bits >> 2));
                left = bits & 0x03;
            }
            _ => out.push((left << 6) | bits),
        }
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(out),
        1 => Err("is not Base64: one character is missing or too many".into()),
        _ => Err("is not Base64: its padding is missing or cut".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_python_reads() {
        // Compared with CPython 3.13.
        assert_eq!(decode("YW5u").as_deref(), Ok(&b"ann"[..]));
        assert_eq!(decode("Y W-5\nu").as_deref(), Ok(&b"ann"[..]));
        assert_eq!(decode("YR==").as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode("YQ==YQ==").as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode("Y=Q==").as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode("+/+/").as_deref(), decode_urlsafe("-_+/").as_deref());
        assert!(decode("YQ").is_err() && decode("YWJjZ").is_err() && decode("gAAAA!").is_err());
        assert_eq!(decode("").as_deref(), Ok(&b""[..]));
        assert_eq!(decode("-Y_Q==").as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode_unpadded("YQ").as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode_unpadded("YW.Jj").as_deref(), Ok(&b"abc"[..]), "a dot is passed over");
        assert!(decode_unpadded("YW!").is_err(), "filled up to four with what does not count");
    }
}

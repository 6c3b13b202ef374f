//! Percent-decoding (RFC 3986 section 2.1) that remembers where each byte stood.

/// Decodes every `%XX` of `text`, which stands at byte `offset` of what was pasted.
///
/// Gives the decoded text and, for each of its bytes and its end, the place where it stood. `None` if there is nothing
/// to decode, or if the result is not UTF-8: `decodeURIComponent` fails there, and servers then take the text as it is.
pub fn decode(text: &str, offset: usize) -> Option<(String, Vec<usize>)> {
    if !text.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut rest = text.as_bytes();
    let mut at = offset;
    let mut changed = false;
    while let [first, after @ ..] = rest {
        places.push(at);
        let taken = match (first, escaped(after)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                changed = true;
                3
            }
            _ => {
                bytes.push(*first);
                1
            }
        };
        at += taken;
        rest = rest.get(taken..).unwrap_or_default();
    }
    places.push(at);
    let decoded = String::from_utf8(bytes).ok()?;
    changed.then_some((decoded, places))
}

/// The byte that two hexadecimal digits at the beginning of `after` stand for.
fn escaped(after: &[u8]) -> Option<u8> {
    let [high, low, ..] = after else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_knows_where_it_stood() {
        let (text, places) = decode("s%3Aé%C3%A9.", 10).expect("has escapes");
        assert_eq!(text, "s:éé.");
        assert_eq!(places, [10, 11, 14, 15, 16, 19, 22, 23]);
    }

    #[test]
    fn what_is_no_escape_stays() {
        assert_eq!(decode("plain", 0), None);
        assert_eq!(decode("100%", 0), None);
        assert_eq!(decode("%zz%2", 0), None);
        assert_eq!(decode("%ff", 0), None, "not UTF-8");
        assert_eq!(decode("%25zz%", 0).map(|(text, _)| text).as_deref(), Some("%zz%"));
    }
}

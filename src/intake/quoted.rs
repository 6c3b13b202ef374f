//! Cookies as Python writes those whose characters a cookie cannot hold: in double quotes, with `\"`, `\\` and, for a
//! byte, `\ooo` in octal. Python's `http.cookies` and Werkzeug read them so.

/// Decodes the escapes of `text`, which stood between double quotes at byte `offset` of what was pasted.
///
/// Gives the decoded text and, for each of its bytes and its end, the place where it stood; `None` if there is nothing to
/// decode. Werkzeug writes UTF-8, Django a byte for a character of Latin-1: what is not UTF-8 is read as that.
pub fn decode(text: &str, offset: usize) -> Option<(String, Vec<usize>)> {
    if !text.contains('\\') {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut characters = String::new();
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (c, is_byte, length) = next(rest)?;
        let place = offset + at;
        let mut buffer = [0; 4];
        match u8::try_from(c) {
            Ok(byte) if is_byte => bytes.push(byte),
            _ => bytes.extend(c.encode_utf8(&mut buffer).bytes()),
        }
        places.resize(bytes.len(), place);
        characters.push(c);
        starts.resize(characters.len(), place);
        at += length;
    }
    let (text, mut places) = match String::from_utf8(bytes) {
        Ok(text) => (text, places),
        Err(_) => (characters, starts),
    };
    places.push(offset + at);
    Some((text, places))
}

/// The first character of `rest`, whether it stands for a byte, and how many bytes it took.
fn next(rest: &str) -> Option<(char, bool, usize)> {
    let octal = rest.strip_prefix('\\').and_then(|digits| digits.get(..3));
    let octal = octal.filter(|digits| digits.starts_with(['0', '1', '2', '3']));
    if let Some(byte) = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
        return Some((char::from(byte), true, 4));
    }
    let mut chars = rest.chars();
    match (chars.next()?, chars.next()) {
        ('\\', Some(escaped)) => Some((escaped, false, 1 + escaped.len_utf8())),
        (c, _) => Some((c, false, c.len_utf8())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_knows_where_it_stood() {
        let (text, places) = decode(r#"a\054 \"b\" \\\303\253|"#, 1).expect("has escapes");
        assert_eq!(text, "a, \"b\" \\ë|");
        assert_eq!(places, [1, 2, 6, 7, 9, 10, 12, 13, 15, 19, 23, 24]);
        let (latin, places) = decode(r"Gr\366\337e", 0).expect("has escapes");
        assert_eq!(latin, "Größe");
        assert_eq!(places, [0, 1, 2, 2, 6, 6, 10, 11]);
    }

    #[test]
    fn what_is_no_escape_stays() {
        assert_eq!(decode("plain", 0), None);
        let text = |text: &str| decode(text, 0).map(|(text, _)| text);
        assert_eq!(text(r"a\").as_deref(), Some(r"a\"));
        assert_eq!(text(r"\400\8é\é").as_deref(), Some("4008éé"));
        assert_eq!(text(r"\+12").as_deref(), Some("+12"));
    }
}

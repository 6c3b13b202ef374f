//! How Python's `repr` writes values. (CPython, Objects/unicodeobject.c and Python/pystrtod.c.)

/// `repr` of a float: the shortest digits, and an exponent of at least two digits from 1e16 on and below 1e-4.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".into() } else { "-inf".into() };
    }
    // Rust's debug form changes to an exponent at the same two places.
    let shown = format!("{number:?}");
    match shown.split_once('e') {
        None => shown,
        Some((digits, exponent)) => {
            let (sign, exponent) =
                exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
            format!("{digits}e{sign}{exponent:0>2}")
        }
    }
}

/// `repr` of a text.
pub fn text(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() => out += &format!("\\x{:02x}", u32::from(c)),
            c if c.is_whitespace() && c != ' ' => out += &format!("\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `repr` of bytes.
pub fn bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            _ if char::from(byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out += &format!("\\x{byte:02x}"),
        }
    }
    out.push(quote);
    out
}

const fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs_are_pythons() {
        let floats = [(1.5, "1.5"), (1e22, "1e+22"), (1e-5, "1e-05"), (0.0001, "0.0001"), (1e100, "1e+100")];
        floats.iter().for_each(|(number, shown)| assert_eq!(float(*number), *shown));
        assert_eq!(text("it's\n\u{7f}"), "\"it's\\n\\x7f\"");
        assert_eq!(text("'\""), "'\\'\"'");
        assert_eq!(bytes(b"\0a'\xff"), "b\"\\x00a'\\xff\"");
    }
}

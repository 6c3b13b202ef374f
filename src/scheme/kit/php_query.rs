//! A query string as PHP reads it into arrays (`parse_str`, `main/php_variables.c`) and writes it again
//! (`http_build_query`, `ext/standard/http.c`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// What `urlencode` leaves as it is, but for the blank, which becomes `+`.
const URLENCODE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b' ');

/// `max_input_vars` and `max_input_nesting_level`: more is dropped.
const MAX_VARIABLES: usize = 1000;
const MAX_NESTING: usize = 64;

/// An array of PHP, in order. Keys that are integers are kept as their digits.
pub type Variables = Vec<(Vec<u8>, Variable)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    Text(Vec<u8>),
    Array(Variables),
}

/// `parse_str`
pub fn parse(query: &str) -> Variables {
    let mut variables = Variables::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()).take(MAX_VARIABLES) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        set(&mut variables, &decoded(name), decoded(value));
    }
    variables
}

/// `urldecode`
pub fn decoded(text: &str) -> Vec<u8> {
    percent_decode(text.replace('+', " ").as_bytes()).collect()
}

/// Sets the variable of that name, which may have indices behind it: `a[b][]`.
fn set(variables: &mut Variables, name: &[u8], value: Vec<u8>) {
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let blanks = name.iter().take_while(|byte| **byte == b' ').count();
    let name = name.get(blanks..).unwrap_or_default();
    let open = name.iter().position(|byte| *byte == b'[').unwrap_or(name.len());
    let (first, mut rest) = name.split_at_checked(open).unwrap_or_default();
    if first.is_empty() {
        return;
    }
    let plain = |name: &[u8]| -> Vec<u8> {
        name.iter().map(|byte| if matches!(byte, b' ' | b'.' | b'[') { b'_' } else { *byte }).collect()
    };
    let mut path = vec![Some(plain(first))];
    while let Some(inside) = rest.strip_prefix(b"[") {
        let Some(end) = inside.iter().position(|byte| *byte == b']') else {
            if path.len() == 1 {
                // No index at all: the bracket is part of the name.
                path = vec![Some(plain(name))];
            }
            break;
        };
        let (index, behind) = inside.split_at_checked(end).unwrap_or_default();
        let is_empty = index.is_empty() || (index.len() == 1 && index.iter().all(u8::is_ascii_whitespace));
        path.push((!is_empty).then(|| index.to_vec()));
        rest = behind.get(1..).unwrap_or_default();
        if path.len() > MAX_NESTING + 1 {
            return;
        }
    }
    put(variables, &path, value);
}

fn put(variables: &mut Variables, path: &[Option<Vec<u8>>], value: Vec<u8>) {
    let Some((key, rest)) = path.split_first() else { return };
    let key = key.clone().unwrap_or_else(|| next_index(variables));
    let place = variables.iter().position(|(known, _)| *known == key);
    let place = place.unwrap_or_else(|| {
        variables.push((key, Variable::Text(Vec::new())));
        variables.len() - 1
    });
    let Some((_, variable)) = variables.get_mut(place) else { return };
    if rest.is_empty() {
        *variable = Variable::Text(value);
        return;
    }
    if let Variable::Text(_) = variable {
        *variable = Variable::Array(Variables::new());
    }
    if let Variable::Array(inner) = variable {
        put(inner, rest, value);
    }
}

/// One more than the largest integer among the keys.
fn next_index(variables: &Variables) -> Vec<u8> {
    let number = |key: &[u8]| {
        let text = std::str::from_utf8(key).ok()?;
        text.parse::<i64>().ok().filter(|number| number.to_string() == text)
    };
    let largest = variables.iter().filter_map(|(key, _)| number(key)).max();
    largest.map_or(0, |largest| largest.saturating_add(1).max(0)).to_string().into_bytes()
}

/// `http_build_query`
pub fn build(variables: &Variables) -> String {
    let mut pairs = Vec::new();
    for (key, variable) in variables {
        push(&mut pairs, encoded(key), variable);
    }
    pairs.join("&")
}

fn push(pairs: &mut Vec<String>, name: String, variable: &Variable) {
    match variable {
        Variable::Text(text) => pairs.push(format!("{name}={}", encoded(text))),
        Variable::Array(inner) => {
            for (key, variable) in inner {
                push(pairs, format!("{name}%5B{}%5D", encoded(key)), variable);
            }
        }
    }
}

fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, URLENCODE).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_come_back_as_php_writes_them() {
        for (query, built) in [
            ("z=1&a=2", "z=1&a=2"),
            ("ids[]=1&ids[]=2&o[k]=v", "ids%5B0%5D=1&ids%5B1%5D=2&o%5Bk%5D=v"),
            ("a[5]=x&a[]=y", "a%5B5%5D=x&a%5B6%5D=y"),
            ("a=1&b=2&a=3", "a=3&b=2"),
            ("t=a~b+c", "t=a%7Eb+c"),
            ("a.b%20c=1&%20d=2&=3&e", "a_b_c=1&d=2&e="),
            ("a[b=1&c[d]e=2&x[y][z=3", "a_b=1&c%5Bd%5D=2&x%5By%5D=3"),
            ("a=1&a[b]=2", "a%5Bb%5D=2"),
        ] {
            assert_eq!(build(&parse(query)), built, "{query}");
        }
        assert_eq!(build(&parse(&format!("a{}=1", "[b]".repeat(70)))), "");
    }
}

//! Words about words: counts, first sentences, and text without its marks.

/// `text` without its backticks, for where there are no styles.
pub fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// The first sentence without its full stop, and what follows it.
pub fn first_sentence(text: &str) -> (&str, &str) {
    let ends = |(at, _): &(usize, &str)| {
        text.get(at + 2..).and_then(|rest| rest.chars().next()).is_some_and(|c| c.is_uppercase() || c == '`')
    };
    match text.match_indices(". ").find(ends) {
        Some((at, _)) => (text.get(..at).unwrap_or(text), text.get(at + 2..).unwrap_or("")),
        None => (text.strip_suffix('.').unwrap_or(text), ""),
    }
}

/// `1 note`, `2 notes`.
pub fn count(number: usize, name: &str) -> String {
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

/// `text` with a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

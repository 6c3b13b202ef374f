//! `.env`: the file that applications load themselves.
//!
//! There is no one format. Three readers cover nearly all uses, and they differ:
//!
//! | | npm `dotenv` 18 | Node 20's `--env-file` | PyPI `python-dotenv` 1.2 |
//! |---|---|---|---|
//! | `'…'` | literal | literal, ends at the first `'` | `\\` and `\'` are escapes |
//! | `"…"` | `\n`, `\r` are escapes | `\n` is an escape, ends at the first `"` | `\\ \' \" \a \b \f \n \r \t \v` are escapes |
//! | `` `…` `` | literal | literal | part of the value |
//! | no quotes | ends at `#` | ends at `#` | ends at a blank and `#` |
//! | text after the closing quote | the quotes become part of the value | ignored | the line is dropped |
//! | `${X}` | kept | kept | replaced, within any quotes |
//! | carriage return | becomes a line feed | dropped | becomes a line feed |
//!
//! So a value is written in the first way that all three read alike: between single quotes, between double quotes,
//! without quotes. If there is none it is refused, and the reader that differs is named. The tests show for each refused
//! value that no spelling would do.
//!
//! The package `dotenv-expand`, which some front-end tools add, replaces `$X` as well. No key that Keyjar draws has a
//! dollar sign.

use super::Target;

pub static TARGET: Target = Target {
    id: "dotenv",
    label: ".env",
    file_name: ".env",
    language: "sh",
    hint: "Keep `.env` out of Git, and readable by its owner only.",
    head: "",
    indent: "",
    assign,
};

fn assign(name: &str, value: &str) -> Result<String, String> {
    if value.split_once("${").is_some_and(|(_, rest)| rest.contains('}')) {
        Err("python-dotenv replaces ${…} by another variable, within any quotes".into())
    } else if value.contains('\r') {
        Err("Node drops a carriage return, npm dotenv and python-dotenv make a line feed of it".into())
    } else if literal_between('\'', "", value) {
        Ok(format!("{name}='{value}'"))
    } else if literal_between('"', "'abfnrtv", value) {
        Ok(format!("{name}=\"{value}\""))
    } else if literal_without_quotes(value) {
        Ok(format!("{name}={value}"))
    } else if value.contains('\'') && value.contains('"') {
        Err("it has both kinds of quotes, and python-dotenv does not know backticks as a third".into())
    } else {
        Err("python-dotenv takes a backslash in it for an escape, npm dotenv and Node do not".into())
    }
}

/// Whether all readers take what stands between these quotes as it is. python-dotenv decodes a backslash before another
/// and before one of `escaped`, and one at the end takes the closing quote with it.
fn literal_between(quote: char, escaped: &str, value: &str) -> bool {
    // What follows each backslash: nothing, where that is another one or the end.
    let literal = |after: &str| after.starts_with(|c| !escaped.contains(c));
    !value.contains(quote) && value.split('\\').skip(1).all(literal)
}

/// Whether all readers take the rest of the line as it is. Blanks at its ends are lost, `#` may begin a comment, and a
/// quote in front begins a quoted value, which ends at the next one, be it lines below.
fn literal_without_quotes(value: &str) -> bool {
    let inside = |c: char| {
        matches!(c, ' ' | '\t') || !(c.is_whitespace() || c.is_control() || matches!(c, '#' | '\u{feff}'))
    };
    value.trim() == value && value.chars().all(inside) && !value.starts_with(['\'', '"', '`'])
}

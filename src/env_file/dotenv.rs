//! `.env`: the file that applications load themselves.
//!
//! There is no one format. Three readers cover nearly all uses, and they differ:
//!
//! | | npm `dotenv` | Node's `--env-file` | PyPI `python-dotenv` |
//! |---|---|---|---|
//! | `'…'` | literal | literal | `\\` and `\'` are escapes |
//! | `"…"` | `\n` and `\r` are escapes | `\n` is an escape | nine escapes |
//! | `` `…` `` | literal | literal | no quotes |
//! | `${X}` | kept | kept | replaced, within any quotes |
//! | carriage return | becomes a line feed | depends on the version | kept |
//!
//! So a value is written in the first way that all three read alike, or refused with the reader that differs named.
//! (The package `dotenv-expand`, which some front-end tools add, replaces `$X` too: see the hint.)

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
    if value.contains("${") {
        return Err("python-dotenv replaces ${…} by another variable, within any quotes".into());
    }
    if value.contains('\r') {
        return Err("npm dotenv turns a carriage return into a line feed".into());
    }
    if literal_in_single_quotes(value) {
        Ok(format!("{name}='{value}'"))
    } else if !value.contains(['"', '\\']) {
        Ok(format!("{name}=\"{value}\""))
    } else if literal_without_quotes(value) {
        Ok(format!("{name}={value}"))
    } else if value.contains('\\') {
        Err("python-dotenv reads a backslash before a quote or another backslash as an escape, npm dotenv and Node do not".into())
    } else {
        Err("it has both kinds of quotes, and python-dotenv does not know backticks as a third".into())
    }
}

/// A backslash at the end would take the closing quote with it.
fn literal_in_single_quotes(value: &str) -> bool {
    !value.contains('\'') && !value.contains(r"\\") && !value.ends_with('\\')
}

/// Without quotes, blanks at the ends are lost, `#` begins a comment, and a quote in front begins a quoted value.
fn literal_without_quotes(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_graphic() && c != '#') && !value.starts_with(['\'', '"', '`'])
}

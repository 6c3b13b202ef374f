//! Lines that put a value into an environment variable: one file a target, each with its quoting and its limits.
//!
//! The promise: what the target's program reads back is byte for byte the value, or the value is refused with the
//! reason. `tests/env_readers.rs` holds it against the programs themselves.

use std::fmt;

use crate::limits::MAX_SECRET;

mod compose;
mod docker;
mod dotenv;
mod kubernetes;
mod powershell;
mod shell;
mod systemd;
mod yaml;

/// Somewhere that environment variables are written.
#[derive(Debug)]
pub struct Target {
    /// Lower-case kebab, for addresses and element ids.
    pub id: &'static str,
    /// A tab's name: `.env`.
    pub label: &'static str,
    /// What to save it as.
    pub file_name: &'static str,
    /// The file's language, for highlighting: `sh`, `yaml` or `powershell`.
    pub language: &'static str,
    /// One or two sentences on how it is used. Code stands between backticks.
    pub hint: &'static str,
    /// What comes before the lines in a whole file.
    head: &'static str,
    /// How far the lines stand in.
    indent: &'static str,
    /// The assignment of a value that holds no NUL to a good name; or why the target cannot hold the value.
    assign: fn(name: &str, value: &str) -> Result<String, String>,
}

/// Every target, the most usual first.
pub static ALL: &[&Target] = &[
    &dotenv::TARGET,
    &shell::TARGET,
    &docker::TARGET,
    &compose::TARGET,
    &systemd::TARGET,
    &kubernetes::TARGET,
    &powershell::TARGET,
];

/// The target of that id.
pub fn by_id(id: &str) -> Option<&'static Target> {
    ALL.iter().copied().find(|target| target.id == id)
}

/// A variable and what stands above it.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub name: &'a str,
    pub value: &'a str,
    /// A line for people; none if empty.
    pub comment: &'a str,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {} bytes)", self.name, self.value.len())
    }
}

impl Target {
    /// One assignment, without a line end. A value with line ends in it may take several lines.
    ///
    /// # Errors
    /// If the name is none, or the target's program would not read the value back byte for byte.
    pub fn line(&self, name: &str, value: &str) -> Result<String, EnvError> {
        check_name(name)?;
        check_value(value).and_then(|()| (self.assign)(name, value)).map_err(|reason| EnvError::Value {
            target: self.label,
            name: name.into(),
            reason,
        })
    }

    /// A whole file with an assignment for each entry, its comment above it.
    ///
    /// # Errors
    /// As [`Target::line`], for the first entry that cannot be written.
    pub fn file(&self, entries: &[Entry<'_>]) -> Result<String, EnvError> {
        let mut file = self.head.to_owned();
        for entry in entries {
            for comment in entry.comment.lines() {
                file.extend([self.indent, "# ", comment, "\n"]);
            }
            file.extend([self.indent, &self.line(entry.name, entry.value)?, "\n"]);
        }
        Ok(file)
    }
}

/// Why a variable cannot be written. Never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvError {
    /// The variable's name is no name: the byte offset of the character that cannot stand there, and a sentence.
    Name { at: usize, message: String },
    /// The target cannot hold the value.
    Value { target: &'static str, name: String, reason: String },
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { message, .. } => f.write_str(message),
            Self::Value { target, name, reason } => {
                write!(f, "{target} cannot hold this value of {name}: {reason}.")
            }
        }
    }
}

impl std::error::Error for EnvError {}

/// Names as POSIX has them (XBD section 8.1), in either case: what every target takes.
fn check_name(name: &str) -> Result<(), EnvError> {
    let fail = |at, message| Err(EnvError::Name { at, message });
    if name.is_empty() {
        return fail(0, "The variable has no name: give it one such as SESSION_SECRET.".into());
    }
    let fits = |(at, c): (usize, char)| c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit());
    match name.char_indices().enumerate().find(|&(_, place)| !fits(place)) {
        None => Ok(()),
        Some((_, (0, c))) if c.is_ascii_digit() => fail(
            0,
            format!(
                "The variable's name begins with the digit {c}: begin it with a letter or an underscore."
            ),
        ),
        Some((index, (at, c))) => fail(
            at,
            format!(
                "The variable's name has {c:?} as character {}: only letters A to Z, digits and underscores can stand \
                 in it.",
                index + 1
            ),
        ),
    }
}

fn check_value(value: &str) -> Result<(), String> {
    if let Some(at) = value.find('\0') {
        return Err(format!("byte {} is NUL, which no environment variable can hold", at + 1));
    }
    if value.len() > MAX_SECRET {
        return Err(format!("it is {} bytes long; the limit is {MAX_SECRET}", value.len()));
    }
    Ok(())
}

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
        Some((index, (at, c))) => {
            let shown = if c.is_whitespace() { "a blank".to_owned() } else { format!("`{c}`") };
            fail(
                at,
                format!(
                    "Character {} of the variable's name is {shown}: only letters A to Z, digits and underscores can \
                     stand in it.",
                    index + 1
                ),
            )
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, value: &str) -> Result<String, EnvError> {
        by_id(id).expect("a target").line("KEY", value)
    }

    #[test]
    fn an_ordinary_key_in_every_target() {
        let lines: Vec<_> = ALL.iter().map(|target| target.line("KEY", "ab+/=").expect("holdable")).collect();
        assert_eq!(
            lines,
            [
                "KEY='ab+/='",
                "export KEY='ab+/='",
                "KEY=ab+/=",
                "KEY: \"ab+/=\"",
                "KEY=\"ab+/=\"",
                "KEY: \"YWIrLz0=\"",
                "$env:KEY = 'ab+/='",
            ]
        );
    }

    #[test]
    fn each_target_quotes_in_its_own_way() {
        let value = "it's $5";
        assert_eq!(line("dotenv", value).expect("holdable"), "KEY=\"it's $5\"");
        assert_eq!(line("shell", value).expect("holdable"), r"export KEY='it'\''s $5'");
        assert_eq!(line("docker", value).expect("holdable"), "KEY=it's $5");
        assert_eq!(line("compose", value).expect("holdable"), "KEY: \"it's $$5\"");
        assert_eq!(line("systemd", value).expect("holdable"), r#"KEY="it's \$5""#);
        assert_eq!(line("powershell", value).expect("holdable"), "$env:KEY = 'it''s $5'");
    }

    #[test]
    fn a_refusal_says_which_program_and_why() {
        let refused = |id: &str, value: &str| line(id, value).expect_err("not holdable").to_string();
        assert_eq!(
            refused("dotenv", "a${B}"),
            ".env cannot hold this value of KEY: python-dotenv replaces ${…} by another variable, within any quotes."
        );
        assert!(refused("docker", "a\nb").contains("a line feed ends the value"));
        assert!(refused("systemd", "a\u{7}").contains("U+0007"));
        assert!(refused("powershell", "").contains("before 7.5"));
        for target in ALL {
            assert!(refused(target.id, "a\0b").contains("byte 2 is NUL"));
            assert!(refused(target.id, &"x".repeat(MAX_SECRET + 1)).contains("the limit is 65536"));
        }
    }

    #[test]
    fn a_name_that_is_none_is_refused_with_the_place() {
        let refused = |name| dotenv::TARGET.line(name, "x").expect_err("no name");
        assert!(matches!(refused(""), EnvError::Name { at: 0, .. }));
        assert!(refused("1A").to_string().contains("begins with the digit 1"));
        assert!(refused("ÄA").to_string().starts_with("Character 1 of the variable's name is `Ä`:"));
        assert!(matches!(refused("A-B"), EnvError::Name { at: 1, .. }));
        assert_eq!(
            refused("A B").to_string(),
            "Character 2 of the variable's name is a blank: only letters A to Z, digits and underscores can stand in it."
        );
        assert!(dotenv::TARGET.line("_a1", "x").is_ok());
    }

    #[test]
    fn a_file_has_a_line_for_each_entry_and_its_comment() {
        let entries =
            [Entry { name: "A", value: "1", comment: "Signs" }, Entry { name: "B", value: "2", comment: "" }];
        assert_eq!(dotenv::TARGET.file(&entries).expect("a file"), "# Signs\nA='1'\nB='2'\n");
        assert_eq!(
            compose::TARGET.file(&entries).expect("a file"),
            "services:\n  app:\n    environment:\n      # Signs\n      A: \"1\"\n      B: \"2\"\n"
        );
    }

    #[test]
    fn ids_are_different() {
        for target in ALL {
            assert!(std::ptr::eq(by_id(target.id).expect("known"), *target));
        }
    }
}

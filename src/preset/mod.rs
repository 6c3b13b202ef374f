//! What each framework wants of its secret: one table ([`ALL`]), and the judgement whether a key fits.

use crate::keygen::{Recipe, Written};
use crate::secret::SecretEncoding;

pub mod strength;
mod table;

pub use table::ALL;

/// What one framework wants.
#[derive(Debug)]
pub struct Preset {
    /// Lower-case kebab.
    pub id: &'static str,
    /// `Django`
    pub title: &'static str,
    /// The group in the list: `Python`. Plain JWT stands in `Any language`.
    pub language: &'static str,
    /// What to set: the variable that the page's key is for.
    pub main: Variable,
    /// What to set besides.
    pub others: &'static [Variable],
    /// Why this size and form: one or two sentences.
    pub why: &'static str,
    /// How the framework turns the text into key bytes.
    pub encoding: SecretEncoding,
    /// The same for people: `Text: the characters are the key, the hex is not decoded`. No full stop.
    pub read_as: &'static str,
    /// How long it must be and what happens when it is shorter. No full stop.
    pub minimum: &'static str,
    /// Where the old key goes when a new one comes. No full stop.
    pub rotation: &'static str,
    /// Where the variable is read.
    pub snippet: Snippet,
    /// The framework's documentation.
    pub docs: &'static str,
    /// The id of the scheme in Keyjar that the secret signs with, if Keyjar has it.
    pub scheme: Option<&'static str>,
}

/// An environment variable that a framework's configuration reads. In all texts code stands between backticks.
#[derive(Debug)]
pub struct Variable {
    pub name: &'static str,
    /// A comment to stand above it: `Django signs sessions, CSRF tokens and reset links with this`.
    pub purpose: &'static str,
    pub recipe: Recipe,
    pub rule: Rule,
}

/// Lines of code to paste.
#[derive(Debug)]
pub struct Snippet {
    /// `settings.py`
    pub file: &'static str,
    /// For highlighting: `python`, `javascript`, `ruby`, `php`, `elixir`, `go`, `rust`, `java`, `csharp`, `toml`, `sh`.
    pub language: &'static str,
    pub code: &'static str,
}

/// The length that a framework asks for.
#[derive(Debug)]
pub struct Rule {
    pub lengths: Lengths,
    /// Whether another length is refused, or only advised against.
    pub enforced: bool,
    /// Who says so, as the end of a sentence: `` `check --deploy` asks for at least 50 characters ``.
    pub says: &'static str,
}

/// Lengths in bytes as the framework reads the value: of text read as it stands, its characters.
#[derive(Debug)]
pub enum Lengths {
    AtLeast(usize),
    OneOf(&'static [usize]),
}

/// Whether a key fits a framework. The sentence says why, and begins with "It".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is what the framework asks for.
    Fits(String),
    /// It works, and is less than the framework advises.
    Works(String),
    /// The framework refuses it, or reads another key than was meant.
    Refused(String),
}

/// The preset of that id.
pub fn by_id(id: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.id == id)
}

impl Preset {
    /// All that is to be set, the main one first.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        std::iter::once(&self.main).chain(self.others)
    }

    /// What to draw for each variable when the person has chosen a size and form.
    ///
    /// The choice is for the main variable and for those of the same size and form; the others keep their own. A prefix
    /// names a form, so it is left out with another.
    pub fn recipes(&self, bytes: usize, written: Written) -> impl Iterator<Item = (&Variable, Recipe)> {
        let asked = self.main.recipe;
        self.variables().map(move |variable| {
            let own = variable.recipe;
            if (own.bytes, own.written) != (asked.bytes, asked.written) {
                return (variable, own);
            }
            let prefix = if written == own.written { own.prefix } else { "" };
            (variable, Recipe { bytes, written, prefix, ..own })
        })
    }

    /// Whether keys of this size and form are what the framework wants: the first variable's that are not, else the
    /// main one's.
    pub fn fits(&self, bytes: usize, written: Written) -> Fit {
        let mut fits = self.recipes(bytes, written).map(|(variable, recipe)| self.judge(variable, recipe));
        let main = fits.next().unwrap_or_else(|| Fit::Fits(String::new()));
        if matches!(main, Fit::Fits(_)) {
            fits.find(|fit| !matches!(fit, Fit::Fits(_))).unwrap_or(main)
        } else {
            main
        }
    }

    fn judge(&self, _variable: &Variable, _recipe: Recipe) -> Fit {
        Fit::Fits(String::new())
    }
}

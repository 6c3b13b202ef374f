//! What each framework wants of its secret: one table ([`ALL`]), and the judgement whether a key fits.

use crate::keygen::{Recipe, Written};
use crate::secret::SecretEncoding;

pub mod algorithm;
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
    /// Options of that scheme which the framework does not leave at their defaults.
    pub options: &'static [(&'static str, &'static str)],
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

/// What a framework asks of a value's length and form.
#[derive(Debug)]
pub struct Rule {
    /// Whether a value made so is what it asks for.
    pub meets: fn(&Recipe) -> bool,
    /// Whether another is refused, or read as another key than was meant; or only advised against.
    pub enforced: bool,
    /// Who asks for what, as a sentence: `` `check --deploy` asks for at least 50 characters. ``
    pub says: &'static str,
}

/// Whether a key fits a framework. The sentences say why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is what the framework asks for.
    Fits(String),
    /// It works, and is less than the framework advises or this preset draws.
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
        self.variables().map(move |variable| (variable, self.chosen(variable, bytes, written)))
    }

    /// Whether keys of this size and form are what the framework wants. With several variables, the first that does not
    /// fit is spoken of.
    pub fn fits(&self, bytes: usize, written: Written) -> Fit {
        self.recipes(bytes, written)
            .map(|(variable, recipe)| judge(variable, recipe))
            .find(|fit| !matches!(fit, Fit::Fits(_)))
            .unwrap_or_else(|| judge(&self.main, self.chosen(&self.main, bytes, written)))
    }

    fn chosen(&self, variable: &Variable, bytes: usize, written: Written) -> Recipe {
        let (main, own) = (self.main.recipe, variable.recipe);
        if (own.bytes, own.written) != (main.bytes, main.written) {
            return own;
        }
        let prefix = if written == own.written { own.prefix } else { "" };
        Recipe { bytes, written, prefix, ..own }
    }
}

fn judge(variable: &Variable, recipe: Recipe) -> Fit {
    let Rule { meets, enforced, says } = variable.rule;
    let sentences = format!("It is {recipe}. {says}");
    if !meets(&recipe) {
        return if enforced { Fit::Refused(sentences) } else { Fit::Works(sentences) };
    }
    let (bits, usual) = (recipe.bits(), variable.recipe.bits());
    if bits < usual {
        return Fit::Works(format!("It has {bits} bits of randomness; {usual} are usual here."));
    }
    Fit::Fits(sentences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keygen::{Key, LETTERS_DIGITS};
    use crate::limits::KEY_BYTES;

    fn preset(id: &str) -> &'static Preset {
        by_id(id).expect("a preset of that id")
    }

    #[test]
    fn every_preset_fits_itself() {
        for preset in ALL {
            let Recipe { bytes, written, .. } = preset.main.recipe;
            let fit = preset.fits(bytes, written);
            assert!(matches!(fit, Fit::Fits(_)), "{}: {fit:?}", preset.id);
            for variable in preset.variables() {
                assert!(KEY_BYTES.contains(&variable.recipe.bytes), "{}", variable.name);
                assert!((variable.rule.meets)(&variable.recipe), "{}", variable.name);
            }
        }
    }

    #[test]
    fn every_preset_is_complete() {
        for (index, preset) in ALL.iter().enumerate() {
            let id = preset.id;
            assert!(ALL.iter().skip(index + 1).all(|other| other.id != id), "{id} is there twice");
            assert!(preset.docs.starts_with("https://"), "{id}");
            assert!(preset.snippet.code.ends_with('\n'), "{id}");
            assert!(preset.why.ends_with('.') && preset.main.rule.says.ends_with('.'), "{id}");
            for clause in [preset.read_as, preset.minimum, preset.rotation, preset.main.purpose] {
                assert!(!clause.ends_with('.'), "{id}: {clause}");
            }
            for text in [preset.why, preset.read_as, preset.minimum, preset.rotation, preset.main.rule.says] {
                assert!(text.matches('`').count().is_multiple_of(2), "{id}: {text}");
                assert!(!text.contains("  "), "{id}: {text}");
            }
            if let Some(scheme) = preset.scheme {
                let about = crate::scheme::by_id(scheme).expect("Keyjar has it").about();
                for (name, _) in preset.options {
                    assert!(about.options.iter().any(|spec| spec.name == *name), "{id}: {name}");
                }
            }
        }
    }

    #[test]
    fn what_a_framework_refuses_does_not_fit() {
        let hex = Written::Hex;
        assert_eq!(
            preset("rack").fits(24, hex),
            Fit::Refused(
                "It is 24 bytes, written as 48 characters of hex. Rack refuses secrets under 64 bytes."
                    .into()
            )
        );
        assert!(matches!(preset("phoenix").fits(32, Written::Base64), Fit::Refused(_)));
        assert!(matches!(preset("laravel").fits(32, hex), Fit::Refused(_)));
        assert!(matches!(preset("rocket").fits(32, hex), Fit::Fits(_)));
        assert!(matches!(preset("rocket").fits(64, hex), Fit::Refused(_)));
        assert!(matches!(preset("spring-jwt").fits(32, Written::Base64url), Fit::Refused(_)));
        assert!(matches!(preset("gorilla").fits(64, Written::Base64), Fit::Refused(_)));
    }

    #[test]
    fn less_than_advised_works() {
        let django = preset("django");
        let short = django.fits(16, Written::Base64);
        assert!(matches!(&short, Fit::Works(why) if why.contains("at least 50 characters")));
        // Long enough in characters, but not in randomness.
        assert_eq!(
            preset("jwt-hs256").fits(16, Written::Hex),
            Fit::Works("It has 128 bits of randomness; 256 are usual here.".into())
        );
    }

    #[test]
    fn a_choice_is_for_the_variables_like_the_main_one() {
        let sizes = |id: &str| -> Vec<usize> {
            preset(id).recipes(48, Written::Hex).map(|(_, recipe)| recipe.bytes).collect()
        };
        assert_eq!(sizes("gorilla"), [48, 32]);
        assert_eq!(sizes("strapi"), [48; 6]);
    }

    #[test]
    fn a_prefix_stays_with_its_form() {
        let text = |bytes, written| {
            let (_, recipe) = preset("laravel").recipes(bytes, written).next().expect("APP_KEY");
            Key::generate(recipe).expect("a key").text().to_owned()
        };
        let key = text(32, Written::Base64);
        assert!(key.starts_with("base64:") && key.len() == 51, "{key}");
        assert!(!text(32, Written::Hex).contains(':'));
    }

    #[test]
    fn keys_have_the_lengths_that_the_frameworks_make() {
        let length = |id: &str| preset(id).main.recipe.characters();
        assert_eq!(length("django"), 64);
        assert_eq!(length("rails"), 128);
        assert_eq!(length("phoenix"), 64);
        assert_eq!(length("authjs"), 44);
        assert_eq!(length("wordpress"), 64);
        let strapi = Key::generate(preset("strapi").main.recipe).expect("a key");
        assert_eq!((strapi.text().split(',').count(), strapi.values().count()), (4, 4));
        assert_eq!(preset("wordpress").variables().count(), 8);
    }

    /// The key goes from Generate to Sign at one press: it must be one that the scheme takes.
    #[test]
    fn the_scheme_of_a_preset_signs_with_its_key() {
        use crate::protocol::{CookieDraft, Draft, Options, PayloadDraft};
        use crate::secret::SecretText;

        for preset in ALL {
            let Some(about) = preset.scheme.and_then(crate::scheme::by_id).map(|scheme| scheme.about())
            else {
                continue;
            };
            let set = preset.options.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
            let mut options: Options = set.collect();
            if preset.id == "phoenix" {
                // The one thing that every application makes for itself.
                options.insert("signing_salt".into(), "Xy9kQ2pL".into());
            }
            let key = Key::generate(preset.main.recipe).expect("a key");
            let made = crate::sign::sign(&Draft {
                scheme: about.id.to_string(),
                payload: PayloadDraft {
                    form: *about.payload_forms.first().expect("it can be made"),
                    text: about.example.to_string(),
                },
                secrets: key
                    .values()
                    .map(|text| SecretText { text, encoding: Some(preset.encoding) })
                    .collect(),
                options,
                cookie: CookieDraft::default(),
                now: Some(1_800_000_000),
                patient: false,
            });
            assert!(made.is_ok(), "{}: {made:?}", preset.id);
        }
    }

    #[test]
    fn letters_and_digits_do_for_frameworks_that_take_text() {
        for id in ["django", "flask", "express", "iron-session", "fastify", "jwt-hs256"] {
            let fit = preset(id).fits(48, Written::Characters(LETTERS_DIGITS));
            assert!(matches!(fit, Fit::Fits(_)), "{id}: {fit:?}");
        }
    }
}

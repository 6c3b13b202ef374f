//! New keys, drawn from the system's secure random source (in a browser `crypto.getRandomValues`).
//!
//! A key comes about in one of two ways, and [`Written`] says in which:
//!
//! - **Bytes that are written down.** Hex, Base64 and Base64url are spellings of the same random bytes: a key can be
//!   [written otherwise](Key::rewritten) and stays the same key.
//! - **Characters that are drawn.** The text itself is the key and there are no bytes behind it, so a key of characters
//!   is always a draw of its own.
//!
//! There is one source of randomness and no second: if it fails, so does the key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::limits::KEY_BYTES;
use crate::secret::Secret;

/// Random bytes asked for at once when characters are drawn.
const BLOCK: usize = 64;

/// What kind of key to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Random bytes in each value: [`KEY_BYTES`]. For drawn characters: they carry at least so many.
    pub bytes: usize,
    pub written: Written,
    /// Stands before each value, as a framework wants it: Laravel's `base64:`.
    pub prefix: &'static str,
    /// Values in the key, joined by commas: Strapi's `APP_KEYS` holds four. At least one.
    pub count: usize,
}

impl Recipe {
    /// One value without a prefix.
    pub const fn new(bytes: usize, written: Written) -> Self {
        Self { bytes, written, prefix: "", count: 1 }
    }

    /// Bits of randomness in each value, at least.
    pub const fn bits(&self) -> usize {
        self.bytes * 8
    }

    /// Characters in each value, the prefix not counted. All are ASCII, so these are also its bytes as text.
    pub fn characters(&self) -> usize {
        self.written.characters(self.bytes)
    }
}

impl fmt::Display for Recipe {
    /// `32 bytes, written as 64 characters of hex`; `43 letters and digits`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, characters, form) = (self.bytes, self.characters(), self.written.label());
        if self.count > 1 {
            write!(f, "{} values, each of ", self.count)?;
        }
        match self.written {
            Written::Characters(_) => write!(f, "{characters} {form}"),
            _ => write!(f, "{bytes} bytes, written as {characters} characters of {form}"),
        }
    }
}

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Two lower-case digits a byte.
    Hex,
    /// RFC 4648 section 4, padded.
    Base64,
    /// RFC 4648 section 5, unpadded.
    Base64url,
    /// Characters drawn one by one: the text is the key.
    Characters(Alphabet),
}

impl Written {
    /// The forms that any key is offered in.
    pub const OFFERED: [Self; 4] =
        [Self::Hex, Self::Base64, Self::Base64url, Self::Characters(LETTERS_DIGITS)];

    /// The name that people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "Base64",
            Self::Base64url => "Base64url",
            Self::Characters(alphabet) => alphabet.label,
        }
    }

    /// How many characters write `bytes` bytes, or carry at least as much randomness: of an alphabet of `n` symbols
    /// the next whole number above `8 × bytes / log2(n)`.
    pub fn characters(self, bytes: usize) -> usize {
        match self {
            Self::Hex => bytes * 2,
            Self::Base64 => bytes.div_ceil(3) * 4,
            Self::Base64url => (bytes * 4).div_ceil(3),
            // Of numbers this small the logarithm is exact enough: at most 8,192 bits.
            Self::Characters(alphabet) => ((bytes * 8) as f64 / alphabet.bits_each()).ceil() as usize,
        }
    }
}

/// Different ASCII characters, each of which is drawn as often as any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alphabet {
    label: &'static str,
    symbols: &'static [u8],
}

/// `A` to `Z`, `a` to `z`, `0` to `9`: 62 characters, which need no quoting anywhere.
pub const LETTERS_DIGITS: Alphabet =
    Alphabet::new("letters and digits", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

impl Alphabet {
    /// # Panics
    /// If there are not 2 to 256 symbols, or one is not ASCII; a constant then does not compile.
    pub const fn new(label: &'static str, symbols: &'static [u8]) -> Self {
        assert!(symbols.len() >= 2 && symbols.len() <= 256 && symbols.is_ascii());
        Self { label, symbols }
    }

    /// The bits of randomness in each character.
    fn bits_each(self) -> f64 {
        (self.symbols.len() as f64).log2()
    }

    /// The symbol that a random byte stands for, if it stands for one.
    ///
    /// 256 is seldom a multiple of the number of symbols. The bytes above the last multiple are refused, because taking
    /// them in (`byte % n`) would favour the first symbols: with 62, the first eight by a quarter.
    fn pick(self, byte: u8) -> Option<char> {
        let n = self.symbols.len();
        let byte = usize::from(byte);
        let taken = 256 - 256 % n;
        if byte >= taken {
            return None;
        }
        self.symbols.get(byte % n).map(|&symbol| char::from(symbol))
    }
}

/// A new key. Wiped when dropped; `Debug` tells only what kind it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    recipe: Recipe,
    values: Vec<Value>,
    text: Zeroizing<String>,
}

/// One value of a key: bytes that are written down, or characters that were drawn.
#[derive(Clone, PartialEq, Eq)]
enum Value {
    Bytes(Secret),
    Drawn(Zeroizing<String>),
}

impl Key {
    /// Draws a key from the system's secure random source.
    ///
    /// # Errors
    /// As [`Key::generate_from`].
    pub fn generate(recipe: Recipe) -> Result<Self, KeygenError> {
        Self::generate_from(recipe, &mut system_random)
    }

    /// Draws a key from `source`, which fills a buffer with random bytes.
    ///
    /// # Errors
    /// If the recipe asks for fewer or more bytes than [`KEY_BYTES`], or the source fails. There is no fallback.
    pub fn generate_from(recipe: Recipe, source: &mut Source<'_>) -> Result<Self, KeygenError> {
        if !KEY_BYTES.contains(&recipe.bytes) {
            return Err(KeygenError::Size(recipe.bytes));
        }
        let values =
            (0..recipe.count.max(1)).map(|_| Value::draw(recipe, source)).collect::<Result<_, _>>()?;
        Ok(Self::of(recipe, values))
    }

    /// A key of `bytes` that were drawn elsewhere, written as `written`.
    ///
    /// # Errors
    /// If there are fewer or more of them than [`KEY_BYTES`], or if `written` draws characters, which are not bytes.
    pub fn of_bytes(bytes: Vec<u8>, written: Written) -> Result<Self, KeygenError> {
        let recipe = Recipe::new(bytes.len(), written);
        if !KEY_BYTES.contains(&recipe.bytes) || matches!(written, Written::Characters(_)) {
            return Err(KeygenError::Size(recipe.bytes));
        }
        Ok(Self::of(recipe, vec![Value::Bytes(Secret::new(bytes))]))
    }

    /// The same key written otherwise; `None` where that would be another key, because characters are drawn.
    #[must_use]
    pub fn rewritten(&self, written: Written, prefix: &'static str) -> Option<Self> {
        let same =
            |value: &Value| matches!(value, Value::Bytes(_)) && !matches!(written, Written::Characters(_));
        (written == self.recipe.written || self.values.iter().all(same))
            .then(|| Self::of(Recipe { written, prefix, ..self.recipe }, self.values.clone()))
    }

    pub const fn recipe(&self) -> Recipe {
        self.recipe
    }

    /// What goes into the environment variable: each value with its prefix, joined by commas.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Each value with its prefix, as the framework finds it: what signs and verifies.
    pub fn values(&self) -> impl Iterator<Item = Zeroizing<String>> {
        let Recipe { prefix, written, .. } = self.recipe;
        self.values.iter().map(move |value| {
            let value = value.write(written);
            let mut text = Zeroizing::new(String::with_capacity(prefix.len() + value.len()));
            text.push_str(prefix);
            text.push_str(&value);
            text
        })
    }

    fn of(recipe: Recipe, values: Vec<Value>) -> Self {
        // Room for all from the start: a string that grows leaves copies behind that nobody wipes.
        let room = values.len() * (recipe.prefix.len() + recipe.characters() + 1);
        let mut text = Zeroizing::new(String::with_capacity(room));
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(recipe.prefix);
            text.push_str(&value.write(recipe.written));
        }
        Self { recipe, values, text }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("recipe", &self.recipe).finish_non_exhaustive()
    }
}

impl Value {
    fn draw(recipe: Recipe, source: &mut Source<'_>) -> Result<Self, KeygenError> {
        if let Written::Characters(alphabet) = recipe.written {
            return draw_characters(alphabet, recipe.characters(), source).map(Self::Drawn);
        }
        let mut bytes = Zeroizing::new(vec![0; recipe.bytes]);
        source(&mut bytes)?;
        Ok(Self::Bytes(Secret::new(std::mem::take(&mut *bytes))))
    }

    fn write(&self, written: Written) -> Zeroizing<String> {
        match (self, written) {
            (Self::Drawn(text), _) => text.clone(),
            (Self::Bytes(key), Written::Base64) => Zeroizing::new(STANDARD.encode(key.bytes())),
            (Self::Bytes(key), Written::Base64url) => Zeroizing::new(URL_SAFE_NO_PAD.encode(key.bytes())),
            // `rewritten` never asks for bytes as characters.
            (Self::Bytes(key), Written::Hex | Written::Characters(_)) => {
                Zeroizing::new(hex::encode(key.bytes()))
            }
        }
    }
}

fn draw_characters(
    alphabet: Alphabet,
    count: usize,
    source: &mut Source<'_>,
) -> Result<Zeroizing<String>, KeygenError> {
    let mut text = Zeroizing::new(String::with_capacity(count));
    let mut block = Zeroizing::new([0; BLOCK]);
    while text.len() < count {
        source(block.as_mut_slice())?;
        let before = text.len();
        text.extend(block.iter().filter_map(|&byte| alphabet.pick(byte)).take(count - before));
        // Every byte stands for a symbol with a chance above one half, so a block without any does not happen (below
        // 2⁻⁶⁴) unless the source is stuck; without this, a stuck source would be asked for ever.
        if text.len() == before {
            return Err(RandomError::new("it gives the same bytes again and again").into());
        }
    }
    Ok(text)
}

/// Fills a buffer with random bytes, or says why it cannot.
pub type Source<'a> = dyn FnMut(&mut [u8]) -> Result<(), RandomError> + 'a;

/// The system's secure random source; in a browser `crypto.getRandomValues`.
///
/// # Errors
/// If the system has none or it fails.
pub fn system_random(buffer: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(buffer).map_err(|error| RandomError(error.to_string()))
}

/// Why the random source gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomError(String);

impl RandomError {
    /// `reason` ends a sentence that begins "The secure random source failed:".
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeygenError {
    /// So many bytes are not made.
    Size(usize),
    /// The random source failed.
    Random(RandomError),
}

impl From<RandomError> for KeygenError {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}

impl fmt::Display for KeygenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(bytes) => write!(
                f,
                "A key of {bytes} bytes is not made: choose {} to {} bytes ({} to {} bits).",
                KEY_BYTES.start(),
                KEY_BYTES.end(),
                KEY_BYTES.start() * 8,
                KEY_BYTES.end() * 8
            ),
            Self::Random(RandomError(reason)) => write!(
                f,
                "The secure random source failed: {reason}. No key was made, because a key from any other source could \
                 be guessed. Try another browser."
            ),
        }
    }
}

impl std::error::Error for KeygenError {}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTUAL: Written = Written::Characters(LETTERS_DIGITS);

    #[test]
    fn a_key_of_given_bytes_is_those_bytes() {
        let key = Key::of_bytes((0..32).collect(), Written::Hex).expect("32 bytes");
        assert!(key.text().starts_with("000102") && key.text().len() == 64);
        assert!(Key::of_bytes(vec![0; 8], Written::Hex).is_err());
        assert!(Key::of_bytes(vec![0; 32], TEXTUAL).is_err());
    }

    /// The bytes 0, 1, 2 … again and again.
    fn counting() -> impl FnMut(&mut [u8]) -> Result<(), RandomError> {
        let mut next = 0_u8;
        move |buffer| {
            for byte in buffer {
                *byte = next;
                next = next.wrapping_add(1);
            }
            Ok(())
        }
    }

    /// Good enough randomness, the same in every run (SplitMix64).
    fn seeded(mut state: u64) -> impl FnMut(&mut [u8]) -> Result<(), RandomError> {
        move |buffer| {
            for byte in buffer {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                *byte = (mixed >> 56) as u8;
            }
            Ok(())
        }
    }

    fn counted(recipe: Recipe) -> Key {
        Key::generate_from(recipe, &mut counting()).expect("a key")
    }

    #[test]
    fn the_forms_are_spellings_of_the_same_bytes() {
        let hex = counted(Recipe::new(16, Written::Hex));
        assert_eq!(hex.text(), "000102030405060708090a0b0c0d0e0f");
        let base64 = hex.rewritten(Written::Base64, "base64:").expect("the same bytes");
        assert_eq!(base64.text(), "base64:AAECAwQFBgcICQoLDA0ODw==");
        let base64url = base64.rewritten(Written::Base64url, "").expect("the same bytes");
        assert_eq!(base64url.text(), "AAECAwQFBgcICQoLDA0ODw");
        assert!(base64url.rewritten(Written::Hex, "").expect("the same bytes") == hex);
    }

    #[test]
    fn drawn_characters_are_a_key_of_their_own() {
        let drawn = counted(Recipe::new(16, TEXTUAL));
        assert_eq!(drawn.text(), "ABCDEFGHIJKLMNOPQRSTUV");
        assert!(drawn.rewritten(Written::Hex, "").is_none());
        assert!(counted(Recipe::new(16, Written::Hex)).rewritten(TEXTUAL, "").is_none());
        assert!(drawn.rewritten(TEXTUAL, "").expect("unchanged") == drawn);
    }

    #[test]
    fn a_key_may_hold_several_values() {
        let key = counted(Recipe { prefix: "k:", count: 2, ..Recipe::new(16, Written::Hex) });
        let values: Vec<_> = key.values().collect();
        assert_eq!(key.text(), format!("{},{}", *values[0], *values[1]));
        assert_eq!(values[1].as_str(), "k:101112131415161718191a1b1c1d1e1f");
    }

    #[test]
    fn texts_are_as_long_as_the_recipe_says() {
        for written in Written::OFFERED {
            for bytes in [16, 17, 18, 32, 48, 64, 65, 1024] {
                let recipe = Recipe::new(bytes, written);
                let key = Key::generate_from(recipe, &mut seeded(1)).expect("a key");
                assert_eq!(key.text().len(), recipe.characters(), "{bytes} bytes as {}", written.label());
            }
        }
        // log2(62) is 5.954…: 43 characters carry 256.03 bits, 42 only 250.1.
        assert_eq!([16, 32, 48, 64].map(|bytes| TEXTUAL.characters(bytes)), [22, 43, 65, 86]);
        // A power of two has no fraction to round: 64 symbols carry 6 bits each.
        let sixty_four = Alphabet::new("", &[b'x'; 64]);
        assert_eq!(Written::Characters(sixty_four).characters(48), 64);
    }

    #[test]
    fn a_recipe_says_what_it_makes() {
        assert_eq!(Recipe::new(32, TEXTUAL).to_string(), "43 letters and digits");
        assert_eq!(
            Recipe { count: 4, ..Recipe::new(16, Written::Base64) }.to_string(),
            "4 values, each of 16 bytes, written as 24 characters of Base64"
        );
    }

    /// Pearson's chi-squared of how often each symbol came, against all as often.
    fn chi_squared(symbols: &[u8], text: &str) -> f64 {
        let expected = text.len() as f64 / symbols.len() as f64;
        let square = |&symbol: &u8| {
            let seen = text.bytes().filter(|&byte| byte == symbol).count() as f64;
            (seen - expected).powi(2) / expected
        };
        symbols.iter().map(square).sum()
    }

    #[test]
    fn every_character_is_drawn_as_often_as_any_other() {
        const DRAWN: usize = 100_000;
        // Of 61 degrees of freedom: the mean is 61, and above 120 lies one of some 100,000 fair draws.
        const BOUND: f64 = 120.0;
        let symbols = LETTERS_DIGITS.symbols;
        let fair = draw_characters(LETTERS_DIGITS, DRAWN, &mut seeded(2026)).expect("characters");
        let found = chi_squared(symbols, &fair);
        assert!(found < BOUND, "chi-squared {found}");

        // The bound is one that the usual mistake exceeds by far.
        let mut bytes = vec![0; DRAWN];
        seeded(2026)(&mut bytes).expect("bytes");
        let biased: String = bytes.iter().map(|&byte| char::from(symbols[usize::from(byte) % 62])).collect();
        let found = chi_squared(symbols, &biased);
        assert!(found > 4.0 * BOUND, "chi-squared {found}");
    }

    #[test]
    fn a_failing_source_gives_an_error_and_no_key() {
        for written in Written::OFFERED {
            let mut calls = 0;
            let mut source = |_: &mut [u8]| {
                calls += 1;
                Err(RandomError::new("it is not there"))
            };
            let error =
                Key::generate_from(Recipe::new(32, written), &mut source).expect_err("the source fails");
            assert_eq!(error, KeygenError::Random(RandomError::new("it is not there")));
            assert!(error.to_string().starts_with("The secure random source failed: it is not there."));
            assert_eq!(calls, 1);
        }
    }

    #[test]
    fn a_stuck_source_is_not_asked_for_ever() {
        let mut stuck = |buffer: &mut [u8]| {
            buffer.fill(0xff);
            Ok(())
        };
        let error = Key::generate_from(Recipe::new(32, TEXTUAL), &mut stuck).expect_err("no symbol is 0xff");
        assert!(error.to_string().contains("the same bytes again and again"), "{error}");
    }

    #[test]
    fn sizes_out_of_bounds_are_refused() {
        for bytes in [0, 15, 1025] {
            let error = Key::generate(Recipe::new(bytes, Written::Hex)).expect_err("out of bounds");
            assert_eq!(
                error.to_string(),
                format!("A key of {bytes} bytes is not made: choose 16 to 1024 bytes (128 to 8192 bits).")
            );
        }
    }

    #[test]
    fn the_system_gives_another_key_each_time() {
        for written in Written::OFFERED {
            let recipe = Recipe::new(16, written);
            assert_ne!(
                Key::generate(recipe).expect("a key").text(),
                Key::generate(recipe).expect("a key").text()
            );
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let key = counted(Recipe::new(16, Written::Hex));
        assert!(!format!("{key:?}").contains("000102"));
    }
}

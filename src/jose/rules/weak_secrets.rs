//! Secrets that everybody knows: the words that documentation, templates and tutorials print, and that end up in
//! production (RFC 8725 section 2.2). Only what those publish themselves; the commonest first.

/// Known secrets, as text.
pub const WORDS: &[&str] = &[
    "secret",
    "your-256-bit-secret",
    "changeme",
    "a-string-secret-at-least-256-bits-long",
    "supersecret",
    "shhhhh",
    "password",
    "test",
    "secret-key",
    "secret_key",
    "secretkey",
    "secretKey",
    "mysecret",
    "mysecretkey",
    "my-secret",
    "my-secret-key",
    "my_secret_key",
    "your-secret-key",
    "your_secret_key",
    "your-secret-key-here",
    "your_jwt_secret",
    "your-jwt-secret",
    "jwt_secret",
    "jwt-secret",
    "JWT_SECRET",
    "SECRET_KEY",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "GQDstcKsx0NHjPOuXOYg5MbeJ1XT0uFiwDVvVBrk",
    "DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.",
    "pleaseChangeThisSecretForANewOne",
    "reallyreallyreallyreallyverysafe",
    "youradminjwtsecret",
    "tobemodified",
    "your-super-secret-jwt-key",
    "bezKoderSecretKey",
    "javainuse",
    "super-secret",
    "super secret",
    "SuperSecretKey",
    "ThisIsMySuperSecret",
    "topsecret",
    "verysecret",
    "change_me",
    "change-me",
    "changeMe",
    "CHANGEME",
    "changeit",
    "REPLACE_ME",
    "YOUR_SECRET_HERE",
    "dev",
    "development",
    "dev-secret",
    "default",
    "insecure",
    "not-a-secret",
    "foobar",
    "fastify",
    "123456",
    "qwerty",
    "keyboard cat",
    "keyboard_cat",
    "s3cr3t",
    "12345678901234567890123456789012",
    "example-hmac-key",
    "temporary_key",
    "hard to guess string",
    "you-will-never-guess",
    "development key",
    "JWTSecretMustBeAtLeast32CharactersLong!",
    "complex_password_at_least_32_characters_long",
    "a secret with minimum length of 32 characters",
];

/// A known secret that libraries read as Base64, and most others as text: the hex of a tutorial about Spring Boot.
pub const BASE64_WORD: &str = "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970";

/// Whether `text` is a known secret.
pub fn is_known(text: &str) -> bool {
    WORDS.contains(&text) || text == BASE64_WORD
}

/// Pieces of so many bytes at most are looked for as repeated ones.
const MAX_PERIOD: usize = 20;

/// Bits that a guesser has to try at most for a text, from the kinds of characters in it and its length without
/// repetitions. Words are easier still. `None` if `bytes` are not printable ASCII.
pub fn most_bits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || !bytes.iter().all(|b| (0x20..0x7f).contains(b)) {
        return None;
    }
    let has = |kind: fn(&u8) -> bool| bytes.iter().any(kind);
    let is_hex = bytes.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
        || bytes.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b));
    let kinds = [
        (has(u8::is_ascii_digit), 10),
        (has(u8::is_ascii_lowercase), if is_hex { 6 } else { 26 }),
        (has(u8::is_ascii_uppercase), if is_hex { 6 } else { 26 }),
        (has(|b| !b.is_ascii_alphanumeric()), 33),
    ];
    let alphabet: u32 = kinds.into_iter().filter_map(|(there, size)| there.then_some(size)).sum();
    // What repeats a short piece is worth no more than the piece.
    let repeats = |&period: &usize| bytes.iter().zip(bytes.iter().skip(period)).all(|(a, b)| a == b);
    let length = (1..=MAX_PERIOD).find(repeats).unwrap_or(bytes.len()).min(bytes.len());
    let effective = u32::try_from(length).unwrap_or(u32::MAX);
    Some(effective.saturating_mul(hundredths(alphabet)) / 100)
}

/// The logarithm to base 2, a hundred times, of an alphabet's size; close enough.
const fn hundredths(alphabet: u32) -> u32 {
    match alphabet {
        0..=10 => 332,
        11..=16 => 400,
        17..=26 => 470,
        27..=36 => 517,
        37..=52 => 570,
        53..=62 => 595,
        _ => 650,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_stands_once() {
        for (i, word) in WORDS.iter().enumerate() {
            assert!(!WORDS[..i].contains(word), "{word}");
        }
        assert!(is_known("secret") && is_known(BASE64_WORD) && !is_known("Secret 17"));
    }

    #[test]
    fn random_texts_are_worth_their_length() {
        let bits = |text: &str| most_bits(text.as_bytes());
        assert_eq!(bits("9f3c1d7a5be80624c1937fe2a84d06bb"), Some(128));
        assert!(bits("q7Kp2vXw9LrT4mZs8BnY1cJd6GhF3a").is_some_and(|bits| bits >= 128));
        assert!(bits("correct horse battery").is_some_and(|bits| bits < 128));
        assert!(bits(&"a".repeat(64)).is_some_and(|bits| bits < 128));
        assert!(bits(&"deadbeef".repeat(8)).is_some_and(|bits| bits < 128));
        assert!(bits(&"0123456789".repeat(5)).is_some_and(|bits| bits < 128));
        assert_eq!(bits("\u{0}\u{1}"), None);
        assert_eq!(bits(""), None);
    }
}

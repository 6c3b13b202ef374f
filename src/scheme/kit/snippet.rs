//! Fills in what a scheme gives as its framework's code: the words that [`Snippet`] describes.

use crate::protocol::{About, Draft, OptionKind, Options, Snippet};
use crate::scheme::Scheme;
use crate::secret::SecretEncoding;

/// The snippets of `scheme` for `draft`. The word `SECRET_ENV` stays for the page, which knows what the variable is called.
///
/// None where the framework would read the secret in another way than the draft says, for then it would make another value.
pub fn filled(scheme: &dyn Scheme, draft: &Draft) -> Vec<Snippet> {
    let about = scheme.about();
    let reading =
        draft.secrets.first().map_or(about.secret_encoding, |s| s.encoding_or(about.secret_encoding));
    let fill = |snippet: Snippet| {
        let takes_bytes = words(&snippet.code).any(|word| word == "KEY_BYTES");
        if !takes_bytes && reading != about.secret_encoding {
            return None;
        }
        let key = if takes_bytes { key(&snippet.language, reading)? } else { "" };
        let meaning = |word: &str| match word {
            "NAME" => Some(draft.cookie.name.clone()),
            "KEY_BYTES" => Some(key.to_owned()),
            _ => option(about, &draft.options, word),
        };
        let is_set = |line: &&str| words(line).all(|word| meaning(word).is_none_or(|text| !text.is_empty()));
        let lines: Vec<String> =
            snippet.code.lines().filter(is_set).map(|line| replaced(line, meaning)).collect();
        let code = lines.join("\n");
        Some(Snippet { code: code.into(), ..snippet })
    };
    scheme.snippets().into_iter().filter_map(fill).collect()
}

/// What stands for an option's word, if `word` is one. Never a secret.
fn option(about: &About, options: &Options, word: &str) -> Option<String> {
    let (form, name) = word.split_once('_')?;
    let spec = about.options.iter().find(|spec| spec.name == name && spec.kind != OptionKind::Secret)?;
    let set = match options.get(name) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => spec.default.to_string(),
    };
    match form {
        "OPTION" => Some(set),
        "HASH" => Some(set.replace('-', "").to_lowercase()),
        "SYMBOL" if set.starts_with(|c: char| c.is_ascii_lowercase()) => Some(format!(":{set}")),
        "SYMBOL" => Some(set),
        _ => None,
    }
}

/// The bytes of the secret from the environment, in the language; `None` for a reading that it has no word for.
fn key(language: &str, reading: SecretEncoding) -> Option<&'static str> {
    use SecretEncoding::{Base64, Base64url, Hex, Utf8};
    Some(match (language, reading) {
        ("javascript", Utf8) => "Buffer.from(process.env.SECRET_ENV)",
        ("javascript", Hex) => r#"Buffer.from(process.env.SECRET_ENV, "hex")"#,
        ("javascript", Base64) => r#"Buffer.from(process.env.SECRET_ENV, "base64")"#,
        ("javascript", Base64url) => r#"Buffer.from(process.env.SECRET_ENV, "base64url")"#,
        ("python", Utf8) => r#"os.environ["SECRET_ENV"].encode()"#,
        ("python", Hex) => r#"bytes.fromhex(os.environ["SECRET_ENV"])"#,
        ("python", Base64) => r#"base64.b64decode(os.environ["SECRET_ENV"] + "==")"#,
        ("python", Base64url) => r#"base64.urlsafe_b64decode(os.environ["SECRET_ENV"] + "==")"#,
        ("ruby", Utf8) => r#"ENV.fetch("SECRET_ENV")"#,
        ("ruby", Hex) => r#"[ENV.fetch("SECRET_ENV")].pack("H*")"#,
        ("ruby", Base64) => r#"ENV.fetch("SECRET_ENV").unpack1("m")"#,
        _ => return None,
    })
}

/// Whole words: letters, digits and `_`.
fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !is_word(c))
}

/// `code` with the words that `by` knows replaced.
fn replaced(code: &str, by: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(by(word).as_deref().unwrap_or(word));
        let end = after.find(is_word).unwrap_or(after.len());
        let (between, after) = after.split_at(end);
        out.push_str(between);
        rest = after;
    }
    out
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft, PayloadForm};
    use crate::scheme::{ALL, by_id};
    use crate::secret::SecretText;

    fn draft(scheme: &str, reading: Option<SecretEncoding>) -> Draft {
        Draft {
            scheme: scheme.into(),
            payload: PayloadDraft { form: PayloadForm::Text, text: String::new() },
            secrets: vec![SecretText::new("a secret", reading)],
            options: Options::new(),
            cookie: CookieDraft { name: "sid".into(), ..CookieDraft::default() },
            now: None,
            patient: false,
        }
    }

    #[test]
    fn every_scheme_that_can_be_made_has_a_snippet_with_nothing_left_open() {
        for scheme in ALL {
            let about = scheme.about();
            if about.payload_forms.is_empty() {
                continue;
            }
            let snippets = filled(*scheme, &draft(&about.id, None));
            assert!(!snippets.is_empty(), "{}", about.id);
            for snippet in snippets {
                let code = &snippet.code;
                assert!(words(code).any(|word| word == "SECRET_ENV"), "{}: no secret: {code}", about.id);
                let open = |word: &&str| {
                    *word == "NAME"
                        || word.starts_with("OPTION_")
                        || word.starts_with("HASH_")
                        || word.starts_with("SYMBOL_")
                };
                assert_eq!(words(code).find(open), None, "{}: {code}", about.id);
                assert!(!code.ends_with('\n') && code.lines().count() <= 16, "{}", about.id);
            }
        }
    }

    #[test]
    fn names_options_and_readings_are_filled_in() {
        let jwt = by_id("jws-hmac").expect("is there");
        let mut draft = draft("jws-hmac", Some(SecretEncoding::Hex));
        draft.options.insert("alg".into(), "HS384".into());
        let code = filled(jwt, &draft).swap_remove(0).code;
        assert!(code.contains("cookies[\"sid\"]") && code.contains("\"HS384\""), "{code}");
        assert!(code.contains("Buffer.from(process.env.SECRET_ENV, \"hex\")"), "{code}");
        draft.secrets = vec![SecretText::new("{}", Some(SecretEncoding::Jwk))];
        assert!(filled(jwt, &draft).is_empty(), "no word for a JWK");
    }

    #[test]
    fn a_framework_that_reads_its_secret_otherwise_has_no_code_for_it() {
        let express = by_id("express-cookie-signature").expect("is there");
        assert!(!filled(express, &draft("", None)).is_empty());
        assert!(filled(express, &draft("", Some(SecretEncoding::Hex))).is_empty());
    }
}

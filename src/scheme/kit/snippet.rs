//! Fills in what a scheme gives as its framework's code: the words that [`Snippet`] describes.

use std::borrow::Cow;

use serde_json::Value;

use crate::protocol::{About, Draft, OptionKind, OptionSpec, Options, Snippet};
use crate::scheme::Scheme;
use crate::secret::SecretEncoding;

/// The snippets of `scheme` for `draft`. The word `SECRET_ENV` stays for the page, which knows what the variable is called.
///
/// None that would make another value: where the framework would read the secret in another way than the draft says, or where
/// an option is set of which the snippet says nothing.
pub fn filled(scheme: &dyn Scheme, draft: &Draft) -> Vec<Snippet> {
    let about = scheme.about();
    let usual = about.reading(&draft.options);
    let reading = draft.secrets.first().map_or(usual, |secret| secret.encoding_or(usual));
    let fill = |snippet: Snippet| {
        let takes = |form: &str| words(&snippet.code).any(|word| word == form);
        let is_pem = reading == SecretEncoding::Pem;
        let key = match (takes("KEY_BYTES"), takes("KEY_PEM")) {
            (true, _) => key(&snippet.language, reading)?,
            (_, true) => pem(&snippet.language).filter(|_| is_pem)?,
            _ if reading == usual => "",
            _ => return None,
        };
        let mut said = Vec::new();
        let mut lines = Vec::new();
        for line in snippet.code.lines() {
            let mut said_here = Vec::new();
            let Some(line) = standing(line, about, &draft.options, &mut said_here) else { continue };
            let meaning = |word: &str| match word {
                "NAME" => Some(draft.cookie.name.clone()),
                "KEY_BYTES" | "KEY_PEM" => Some(key.to_owned()),
                _ => option(about, &draft.options, word),
            };
            if words(line).all(|word| meaning(word).is_none_or(|text| !text.is_empty())) {
                lines.push(replaced(line, &snippet.language, meaning));
                said.append(&mut said_here);
                said.extend(words(line).filter_map(|word| Some(word.split_once('_')?.1)));
            }
        }
        let is_said = |spec: &OptionSpec| {
            !spec.when_making
                || setting(spec, &draft.options) == spec.default
                || said.contains(&spec.name.as_ref())
        };
        let code = lines.join("\n").into();
        about.options.iter().all(is_said).then_some(Snippet { code, ..snippet })
    };
    scheme.snippets().into_iter().filter_map(fill).collect()
}

/// `line` without the conditions before it, if they hold. The options that they speak of are added to `said`.
fn standing<'a>(line: &'a str, about: &About, options: &Options, said: &mut Vec<&'a str>) -> Option<&'a str> {
    let mut rest = line;
    while let Some((condition, line)) = rest.strip_prefix('?').and_then(|rest| rest.split_once(": ")) {
        rest = line;
        let (name, values) = condition.split_once('=').unwrap_or((condition, ""));
        let spec = about.options.iter().find(|spec| spec.name == name.trim_matches('!'))?;
        let set = setting(spec, options);
        let is_it = if values.is_empty() { set != spec.default } else { values.split('|').any(|v| v == set) };
        if is_it == name.contains('!') {
            return None;
        }
        said.extend((!name.starts_with('!')).then_some(name.trim_end_matches('!')));
    }
    Some(rest)
}

/// What stands for an option's word, if `word` is one. Never a secret.
fn option(about: &About, options: &Options, word: &str) -> Option<String> {
    let (form, name) = word.split_once('_')?;
    let spec = about.options.iter().find(|spec| spec.name == name && spec.kind != OptionKind::Secret)?;
    let set = setting(spec, options);
    match form {
        "OPTION" => Some(set.into_owned()),
        "HASH" => Some(set.replace('-', "").to_lowercase()),
        "SYMBOL" if set.starts_with(|c: char| c.is_ascii_lowercase()) => Some(format!(":{set}")),
        "SYMBOL" => Some(set.into_owned()),
        _ => None,
    }
}

/// What an option is set to, as text; its default if it is not.
fn setting<'a>(spec: &'a OptionSpec, options: &'a Options) -> Cow<'a, str> {
    match options.get(spec.name.as_ref()) {
        None => Cow::Borrowed(&*spec.default),
        Some(Value::Null) if spec.kind != OptionKind::Json => Cow::Borrowed(&*spec.default),
        Some(Value::String(text)) if spec.kind == OptionKind::Number => text.trim().into(),
        Some(Value::String(text)) => text.into(),
        Some(value) => value.to_string().into(),
    }
}

/// The bytes of the secret from the environment, in the language; `None` for a reading that it has no word for.
pub(crate) fn key(language: &str, reading: SecretEncoding) -> Option<&'static str> {
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
        ("ruby", Base64url) => r#"ENV.fetch("SECRET_ENV").tr("-_", "+/").unpack1("m")"#,
        ("php", Utf8) => "getenv('SECRET_ENV')",
        ("php", Hex) => "hex2bin(getenv('SECRET_ENV'))",
        ("php", Base64) => "base64_decode(getenv('SECRET_ENV'))",
        ("php", Base64url) => "base64_decode(strtr(getenv('SECRET_ENV'), '-_', '+/'))",
        // Of the variable that was read before, as it may be missing.
        ("rust", Utf8) => "secret.as_bytes()",
        ("rust", Hex) => "&hex::decode(secret)?",
        ("rust", Base64) => "&BASE64_STANDARD_NO_PAD.decode(secret.trim_end_matches('='))?",
        ("rust", Base64url) => "&BASE64_URL_SAFE_NO_PAD.decode(secret.trim_end_matches('='))?",
        ("java", Utf8) => r#"System.getenv("SECRET_ENV").getBytes(StandardCharsets.UTF_8)"#,
        ("java", Hex) => r#"HexFormat.of().parseHex(System.getenv("SECRET_ENV"))"#,
        ("java", Base64) => r#"Base64.getDecoder().decode(System.getenv("SECRET_ENV"))"#,
        ("java", Base64url) => r#"Base64.getUrlDecoder().decode(System.getenv("SECRET_ENV"))"#,
        ("csharp", Utf8) => r#"Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("SECRET_ENV")!)"#,
        ("csharp", Hex) => r#"Convert.FromHexString(Environment.GetEnvironmentVariable("SECRET_ENV")!)"#,
        ("csharp", Base64) => {
            r#"Convert.FromBase64String(Environment.GetEnvironmentVariable("SECRET_ENV")!)"#
        }
        ("csharp", Base64url) => {
            r#"Base64UrlEncoder.DecodeBytes(Environment.GetEnvironmentVariable("SECRET_ENV"))"#
        }
        _ => return None,
    })
}

/// The text of a key in PEM form from the environment, in the language.
fn pem(language: &str) -> Option<&'static str> {
    match language {
        "javascript" => Some("process.env.SECRET_ENV"),
        "python" => Some(r#"os.environ["SECRET_ENV"]"#),
        _ => None,
    }
}

/// Whole words: letters, digits and `_`.
pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !is_word(c))
}

/// `code` with the words that `by` knows replaced, as the language writes them behind a quote.
pub(crate) fn replaced(code: &str, language: &str, by: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match (by(word), out.chars().last()) {
            (None, _) => out.push_str(word),
            (Some(text), Some(quote @ ('"' | '\'' | '`'))) => push_quoted(&mut out, &text, quote, language),
            (Some(text), _) => out.push_str(&text),
        }
        let end = after.find(is_word).unwrap_or(after.len());
        let (between, after) = after.split_at(end);
        out.push_str(between);
        rest = after;
    }
    out
}

/// `text` within a literal that `quote` began.
fn push_quoted(out: &mut String, text: &str, quote: char, language: &str) {
    let interpolates = match (language, quote) {
        ("ruby" | "elixir", _) => '#',
        (_, '`') => '$',
        _ => '\\',
    };
    for c in text.chars() {
        match c {
            '\n' if quote == '"' => out.push_str("\\n"),
            '\r' if quote == '"' => out.push_str("\\r"),
            _ => {
                out.extend((c == quote || c == '\\' || c == interpolates).then_some('\\'));
                out.push(c);
            }
        }
    }
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

    /// Options that change the value, and of which the code rightly says nothing: scheme, option, why.
    const UNSAID: &[(&str, &str, &str)] = &[];

    #[test]
    fn the_code_says_what_is_set_or_is_not_there() {
        for scheme in ALL {
            let about = scheme.about();
            let usual = filled(*scheme, &draft(&about.id, None));
            for spec in about.options.iter().filter(|spec| spec.when_making) {
                for value in others(spec) {
                    let mut draft = draft(&about.id, None);
                    draft.options.insert(spec.name.to_string(), value.clone());
                    let is_said = filled(*scheme, &draft) != usual;
                    let may_be_unsaid =
                        UNSAID.iter().any(|(id, name, _)| *id == about.id && *name == spec.name);
                    assert_ne!(is_said, may_be_unsaid, "{}: {} = {value}", about.id, spec.name);
                }
            }
        }
    }

    /// What an option can be set to, other than its default.
    fn others(spec: &OptionSpec) -> Vec<Value> {
        match &spec.kind {
            OptionKind::Choice(choices) => {
                choices.iter().filter(|choice| **choice != spec.default).map(|c| Value::from(&**c)).collect()
            }
            OptionKind::Text | OptionKind::Secret => vec!["another".into()],
            OptionKind::Number => vec![123.into(), "1234".into()],
            OptionKind::Hex => vec!["00ff".into()],
            OptionKind::Json => vec![serde_json::json!({ "iterations": 3 }), serde_json::json!(["v"])],
        }
    }

    #[test]
    fn conditions_are_on_options_that_there_are() {
        for scheme in ALL {
            let about = scheme.about();
            for snippet in scheme.snippets() {
                for line in snippet.code.lines() {
                    let mut rest = line;
                    while let Some((condition, line)) =
                        rest.strip_prefix('?').and_then(|rest| rest.split_once(": "))
                    {
                        rest = line;
                        let (name, values) = condition.split_once('=').unwrap_or((condition, ""));
                        let spec = about.options.iter().find(|spec| spec.name == name.trim_matches('!'));
                        let spec = spec.unwrap_or_else(|| panic!("{}: no option {name}", about.id));
                        let is_one = |value: &str| match &spec.kind {
                            OptionKind::Choice(choices) => choices.iter().any(|choice| choice == value),
                            _ => true,
                        };
                        assert!(
                            values.is_empty() || values.split('|').all(is_one),
                            "{}: {condition}",
                            about.id
                        );
                    }
                    assert!(!rest.starts_with('?'), "{}: {line}", about.id);
                }
            }
        }
    }

    #[test]
    fn lines_stand_when_their_options_are_set() {
        let gorilla = by_id("gorilla-securecookie").expect("is there");
        let code = |options: &[(&str, &str)]| {
            let mut draft = draft("gorilla-securecookie", None);
            draft.options.extend(options.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
            filled(gorilla, &draft).pop().map(|snippet| snippet.code)
        };
        let plain = code(&[]).expect("is there");
        assert!(
            !plain.contains("HashFunc") && !plain.contains("blockKey") && !plain.contains('?'),
            "{plain}"
        );
        let hashed = code(&[("hash_func", "sha384"), ("block_key", "00")]).expect("is there");
        assert!(
            hashed.contains("HashFunc(sha512.New384)") && hashed.contains("hex.DecodeString"),
            "{hashed}"
        );
        let read = code(&[("block_key", "00"), ("block_key_encoding", "utf8")]).expect("is there");
        assert!(read.contains(r#"[]byte(os.Getenv("BLOCK_KEY"))"#), "{read}");
        assert_eq!(code(&[("serializer", "NopEncoder")]), None);
    }

    #[test]
    fn what_would_end_a_literal_is_escaped() {
        let text = "a\"b'c\\d`e#{f}${g}\n";
        let filled = |code, language| replaced(code, language, |word| (word == "NAME").then(|| text.into()));
        let python = r##"x = "a\"b'c\\d`e#{f}${g}\n""##;
        assert_eq!(filled("x = \"NAME\"", "python"), python);
        assert_eq!(filled("x = \"NAME\"", "ruby"), python.replace('#', "\\#"));
        assert_eq!(
            filled("x = 'NAME'", "php"),
            format!("x = '{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
        );
        let template = text.replace('\\', r"\\").replace('`', r"\`").replace('$', r"\$");
        assert_eq!(filled("`NAME=${x}`", "javascript"), format!("`{template}=${{x}}`"));
    }

    #[test]
    fn names_options_and_readings_are_filled_in() {
        let jwt = by_id("jws").expect("is there");
        let mut draft = draft("jws", Some(SecretEncoding::Hex));
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

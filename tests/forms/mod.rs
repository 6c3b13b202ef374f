//! What the files of vectors are of: Keyjar's scheme for each, and schemes that no one can tell apart by form and name.

use keyjar::protocol::Options;
use serde_json::Value;

/// The scheme that reads the cases of a file, by the file's name for it; a set of all kinds of tokens says the kind of each
/// case.
pub fn scheme_of(file: &str, case: &Value) -> String {
    let kind = case["options"]["kind"].as_str().unwrap_or_default();
    let id = match (file, kind) {
        (_, "jws" | "jwe" | "jwk") => kind,
        ("jwe-json" | "wycheproof-jwe", _) => "jwe",
        (
            "jws-hmac" | "jws-rsa" | "jws-ec" | "jws-eddsa" | "jws-json" | "jwt-claims" | "wycheproof-jws",
            _,
        ) => "jws",
        (id, _) => PARTS.iter().find(|(part, ..)| *part == id).map_or(id, |(_, scheme, _)| scheme),
    };
    id.to_owned()
}

/// The options that the name of a file stands for.
// Detection knows no options.
#[allow(dead_code)]
pub fn implied(file: &str) -> Options {
    let options = PARTS.iter().find(|(part, ..)| *part == file).map_or(&[][..], |(.., options)| options);
    options.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

/// Files that are of one way in which a scheme is used: the file's `scheme`, Keyjar's, and the options that it stands for.
const PARTS: &[Part] = &[
    ("branca-official", "branca", &[]),
    ("paseto-official", "paseto", &[]),
    ("paseto-v1-local", "paseto", &[("version", "1"), ("purpose", "local")]),
    ("paseto-v1-public", "paseto", &[("version", "1"), ("purpose", "public")]),
    ("paseto-v2-local", "paseto", &[("version", "2"), ("purpose", "local")]),
    ("paseto-v2-public", "paseto", &[("version", "2"), ("purpose", "public")]),
    ("paseto-v3-local", "paseto", &[("version", "3"), ("purpose", "local")]),
    ("paseto-v3-public", "paseto", &[("version", "3"), ("purpose", "public")]),
    ("paseto-v4-local", "paseto", &[("version", "4"), ("purpose", "local")]),
    ("paseto-v4-public", "paseto", &[("version", "4"), ("purpose", "public")]),
];

type Part = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Schemes whose values have the same form, byte for byte: each counts as the others. What tells them apart is the secret.
pub const SAME_FORM: &[&[&str]] = &[
    // Quart's interface is Flask's, with the same salt; only an object whose keys are not sorted cannot be Flask's.
    &["flask-session", "quart-session"],
    // Django 5.2.15 changed the salt that the key is derived with, and the value shows nothing of it.
    &["django-signed-cookie", "django-signed-cookie-legacy"],
    // `session_data` is `signing.dumps` with another salt, and has no cookie's name.
    &["django-signing", "django-session-data"],
    // h3 v2 derives its keys with more iterations, and the seal does not say with how many.
    &["h3-session", "h3-session-v2"],
    // Both are value, dot, and Base64 of HMAC-SHA256 without padding, under names of the application's choice.
    &["fastify-cookie", "elysia-cookie"],
    // The defaults of other versions of one framework: of the key generator's digest, the serializer and the envelope.
    // A reader of either version takes the other's form.
    &["rails-signed-cookie", "rails8-signed-cookie"],
    &["rails-encrypted-cookie", "rails8-encrypted-cookie"],
    &["rails-message-verifier", "rails8-message-verifier"],
    &["rails-message-encryptor", "rails8-message-encryptor"],
];

/// What stands for a scheme and those of the same form: the first of them.
pub fn form_of(scheme: &str) -> String {
    let group = SAME_FORM.iter().find(|group| group.contains(&scheme));
    group.map_or(scheme, |group| group[0]).to_owned()
}

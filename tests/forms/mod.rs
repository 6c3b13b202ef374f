//! What the files of vectors are of: Keyjar's scheme for each, and schemes that no one can tell apart by form and name.

use keyjar::protocol::Options;

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

/// Keyjar's scheme for a case with these options of the file whose `scheme` is `file`. What the file's name says of the
/// options is added to them.
pub fn scheme_of<'a>(file: &'a str, options: &mut Options) -> &'a str {
    let Some((_, scheme, implied)) = PARTS.iter().find(|(part, ..)| *part == file) else { return file };
    options.extend(implied.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    scheme
}

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

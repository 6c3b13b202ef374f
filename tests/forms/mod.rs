//! Schemes that no one can tell apart by form and name.

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

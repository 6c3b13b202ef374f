//! Whether one of the keys that were given holds for a token: chosen by its type and by what it says of itself, never
//! tried as a key of another type.

use serde_json::Value;

use super::alg::{self, Alg, Use};
use super::jws::{Header, Refusal};
use super::key::Key;
use super::key::given::{Given, GivenKey};
use super::key_management;
use crate::protocol::{Caveat, CaveatKind, Options, Verdict, Why};
use crate::scheme::kit::excerpt::short;
use crate::secret::{SecretEncoding, SecretText};
use crate::span::Span;

/// The algorithm that the header names.
///
/// # Errors
/// If it is `none`, one that encrypts, or not known: a token with it is never valid.
pub fn algorithm(name: &str, at: Span) -> Result<Alg, Refusal> {
    let wrong = |message: String| Err(Refusal::new(Why::WrongAlgorithm, message, Some(at)));
    if name.trim().eq_ignore_ascii_case("none") {
        return wrong(format!(
            "`alg` is {}: the token is not signed, so anyone can write it. Servers must refuse it.",
            short(name)
        ));
    }
    if let Some(alg) = alg::by_name(name) {
        return Ok(alg);
    }
    if key_management::by_name(name).is_some() || name == key_management::REFUSED.0 {
        return wrong(format!("`alg` is {name}, which encrypts; this token is signed."));
    }
    let known = alg::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    wrong(match known {
        Some((known, _)) => format!("`alg` is {name}; names are case-sensitive, and it is written {known}."),
        None => format!("`alg` is {}, which is no algorithm that Keyjar knows.", short(name)),
    })
}

/// An option that lists what the server is set to accept as the header's `member`, `name` among it.
///
/// # Errors
/// If it lists others only.
pub fn allowed(options: &Options, option: &str, member: &str, name: &str, at: Span) -> Result<(), Refusal> {
    let Some(allowed) = options.get(option).and_then(Value::as_array) else { return Ok(()) };
    if allowed.iter().any(|allowed| allowed == name) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
    let (name, names) = (short(name), names.join(", "));
    let message = format!("`{member}` is {name}, and the server accepts only {}.", short(&names));
    Err(Refusal::new(Why::WrongAlgorithm, message, Some(at)))
}

/// The places in [`Given::keys`] of those that may be used with the algorithm: of its type, allowed by what they say of
/// themselves, and those of the header's `kid` where some have it.
///
/// # Errors
/// If keys were given, and none may be used: why.
pub fn fitting(
    given: &Given,
    name: &str,
    wants: &str,
    header: &Header,
    usage: Use,
    at: Span,
    takes: impl Fn(&Key) -> bool,
) -> Result<Vec<usize>, Refusal> {
    let of_type: Vec<usize> = places(given, |key| takes(&key.jwk.key)).collect();
    if of_type.is_empty() {
        let has: Vec<String> = given.keys.iter().take(3).map(|key| key.jwk.key.title()).collect();
        let more = if given.keys.len() > 3 { " and others" } else { "" };
        let message = format!("{name} takes {wants}; what was given is: {}{more}.", has.join("; "));
        return Err(Refusal::new(Why::WrongAlgorithm, message, Some(at)));
    }
    let enc = header.get("enc").and_then(|enc| enc.as_str());
    let allowed =
        |at: &usize| given.keys.get(*at).is_some_and(|key| key.jwk.allows(name, enc, usage).is_ok());
    let mut fitting: Vec<usize> = of_type.iter().copied().filter(allowed).collect();
    if fitting.is_empty() {
        let key = of_type.first().and_then(|at| given.keys.get(*at));
        let why = key.and_then(|key| key.jwk.allows(name, enc, usage).err()).unwrap_or_default();
        let message = format!("The key {why}, so it is not used for {name}.");
        return Err(Refusal::new(Why::WrongAlgorithm, message, Some(at)));
    }
    let Some(kid) = header.get("kid").and_then(|kid| kid.as_str()) else { return Ok(fitting) };
    let is_named = |at: &usize| given.keys.get(*at).is_some_and(|key| key.jwk.kid.as_deref() == Some(kid));
    if fitting.iter().any(is_named) {
        fitting.retain(is_named);
        return Ok(fitting);
    }
    // In a set the key's id chooses. Alone, a key is what the person says it is.
    fitting.retain(|at| given.keys.get(*at).is_some_and(|key| key.encoding != SecretEncoding::Jwks));
    if fitting.is_empty() {
        let message = format!("The set has no key of the header's `kid`, {:?}.", short(kid));
        return Err(Refusal::new(Why::BadSignature, message, Some(at)));
    }
    Ok(fitting)
}

fn places(given: &Given, is_one: impl Fn(&GivenKey) -> bool) -> impl Iterator<Item = usize> {
    given.keys.iter().enumerate().filter(move |(_, key)| is_one(key)).map(|(at, _)| at)
}

/// The key confusion attack (RFC 8725 section 2.1): a header that asks for HMAC, where the server has a public key.
///
/// # Errors
/// If what was given is no shared secret, or the text of a key of a pair that is to be read as one.
pub fn refuse_confusion(
    alg: Alg,
    name: &str,
    given: &Given,
    secrets: &[SecretText],
    at: Span,
) -> Result<(), Refusal> {
    if !matches!(alg, Alg::Hmac(_)) {
        return Ok(());
    }
    let pair = given.keys.iter().find(|key| !matches!(key.jwk.key, Key::Oct(_)));
    let is_only = given.keys.iter().all(|key| !matches!(key.jwk.key, Key::Oct(_)));
    let is_text = secrets.iter().any(|secret| secret.text.contains("-----BEGIN "));
    let what = match pair.filter(|_| is_only) {
        Some(pair) => pair.jwk.key.title(),
        None if is_text && given.keys.iter().all(|key| matches!(key.jwk.key, Key::Oct(_))) => {
            "key in PEM form".into()
        }
        None => return Ok(()),
    };
    let message = format!(
        "`alg` is {name}, a shared secret's algorithm, but what was given is: {what}. If a server took the text of a public \
         key as that secret, anyone could sign: this is the key confusion attack, so the key is not used. The token should be \
         RS256, ES256 or the like, or the secret another."
    );
    Err(Refusal::new(Why::WrongAlgorithm, message, Some(at)))
}

/// The verdict where the key at `used` is the one that holds. (How long a key is that decrypts, its algorithm says.)
pub fn valid(given: &Given, used: usize, usage: Use) -> Verdict {
    let key = given.keys.get(used);
    Verdict::Valid {
        secret: key.map(|key| key.index).unwrap_or_default(),
        encoding: key.map_or(SecretEncoding::Utf8, |key| key.encoding),
        but: key
            .and_then(|key| weakness(&key.jwk.key))
            .filter(|_| usage == Use::Verify)
            .into_iter()
            .collect(),
    }
}

/// Keys that are too short for what they protect.
fn weakness(key: &Key) -> Option<Caveat> {
    let message = match key {
        Key::Oct(secret) if secret.len() < 32 => format!(
            "The secret has {} bits; at least 256 are wanted. Whoever has one signed value can search for a short secret \
             offline.",
            secret.len() * 8
        ),
        Key::Rsa(rsa) if rsa.bits() < 2048 => format!(
            "The RSA key has {} bits; at least 2,048 are wanted, and many libraries refuse it (RFC 7518 section 3.3).",
            rsa.bits()
        ),
        _ => return None,
    };
    Some(Caveat { kind: CaveatKind::WeakSecret, message })
}

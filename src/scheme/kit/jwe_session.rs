//! A session in a JWE: `alg` is `dir`, and the content's key comes from the framework's secret by HKDF-SHA256.
//!
//! Frameworks differ in HKDF's salt and info, in the content encryption that they write and accept, in whether the header
//! names the key by its thumbprint (`kid`, RFC 7638), and in where the times stand. A [`Recipe`] says all that.

use std::borrow::Cow;

use serde_json::Value;

use super::age;
use super::base64::BASE64URL;
use super::digest::Digest;
use super::excerpt::secret_step;
use super::jwe::{self, Enc, Jwe};
use super::mac::{Key, Keys};
use super::making;
use super::opened;
use super::options;
use super::random;
use super::verdict;
use crate::finding::Finding;
use crate::intake::Item;
use crate::jose::claims::{self, Claims};
use crate::jose::jws::{Header, Refusal};
use crate::jose::rules::{self, Subject};
use crate::payload::member;
use crate::protocol::{
    About, Ask, Candidate, Caveat, Draft, Field, Opened, OptionKind, OptionSpec, Payload, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::scheme::Made;
use crate::secret::Secret;

/// How a framework builds and reads its token.
#[expect(missing_debug_implementations, reason = "most of it is functions")]
pub struct Recipe<'a> {
    pub about: &'static About,
    /// The content encryptions that it accepts; the first is the one that it writes.
    pub encs: &'static [Enc],
    /// Salt and info of HKDF; those that are possible, the usual first.
    pub derivations: Vec<Derivation>,
    /// The hash of the thumbprint that `kid` holds; none where the framework writes and reads no `kid`.
    pub thumbprint: Option<fn(Enc) -> Digest>,
    /// Whether a token without `kid` is tried with the first secret alone.
    pub first_without_kid: bool,
    /// Where the times stand.
    pub claims: fn(&Header, Option<&Payload>) -> Option<Claims>,
    /// What the framework checks in a token that it could decrypt.
    pub check: Check<'a>,
}

/// Looks at a decrypted token's claims and payload: reasons not to trust it, or a refusal.
pub type Check<'a> = &'a dyn Fn(&Claims, &Payload) -> Result<Vec<Caveat>, Refusal>;

/// Seconds that clocks may differ, where frameworks give `jose` a `clockTolerance`: they all give this one.
pub const TOLERANCE: i64 = 15;

/// The option for the seconds from `iat` to `exp`.
pub const MAX_AGE: &str = "maxAge";

/// What the scheme says of [`MAX_AGE`].
pub const fn max_age_option(default: &'static str) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(MAX_AGE),
        kind: OptionKind::Number,
        default: Cow::Borrowed(default),
        help: Cow::Borrowed("Seconds from `iat` to `exp`."),
        when_making: true,
        when_opening: false,
    }
}

/// Salt and info of one HKDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    pub salt: String,
    pub info: String,
}

impl Derivation {
    pub fn new(salt: impl Into<String>, info: impl Into<String>) -> Self {
        Self { salt: salt.into(), info: info.into() }
    }

    fn key(&self, secret: &Secret, enc: Enc) -> Option<Secret> {
        Digest::Sha256.hkdf(self.salt.as_bytes(), secret.bytes(), self.info.as_bytes(), enc.key_size())
    }

    fn formula(&self, enc: Enc) -> String {
        let salt = if self.salt.is_empty() { "no salt".into() } else { format!("salt \"{}\"", self.salt) };
        format!("HKDF-SHA256(secret, {salt}, info \"{}\", {} bytes)", self.info, enc.key_size())
    }
}

/// What was decrypted, and with what.
struct Found<'a> {
    key: &'a Key,
    plain: Vec<u8>,
    derivation: &'a Derivation,
}

/// A candidate for a token whose header `fits` says something of; the likelihood it gives is 1 to 100, with a reason.
pub fn detect(about: &About, item: &Item, fits: impl Fn(&Jwe) -> Option<(u8, String)>) -> Option<Candidate> {
    let jwe = Jwe::read(&item.value).ok()?;
    jwe.check_direct(&Enc::ALL).ok()?;
    let (mut likelihood, reason) = fits(&jwe)?;
    let mut reasons = vec![
        format!(
            "Five parts of Base64url: a JWE, encrypted with {} and a key that both sides have.",
            jwe.enc.name()
        ),
        reason,
    ];
    if let Some(name) = item.name.as_deref().filter(|name| opened::is_prefixed(about, name)) {
        likelihood = likelihood.saturating_add(40).min(97);
        reasons.push(format!("The name `{name}` is {}'s.", about.framework));
    }
    Some(Candidate { scheme: about.id.to_string(), likelihood, reasons, percent_decoded: false })
}

/// The header's `kid` as bytes, if it is Base64url.
pub fn kid_bytes(header: &Header) -> Option<Vec<u8>> {
    BASE64URL.decode_canonical(header.get("kid")?.as_str()?)
}

pub fn open(item: &Item, ask: &Ask, recipe: &Recipe) -> Opened {
    let token = item.value.as_str();
    let jwe = match Jwe::read(token) {
        Ok(jwe) => jwe,
        Err(refusal) => {
            let refusal = of_chunk(refusal, item.name.as_deref());
            return Opened {
                segments: jwe::segments(token, None),
                ..opened::bare(recipe.about, refusal.into())
            };
        }
    };
    let keys = Keys::of(&ask.secrets, recipe.about.secret_encoding);
    let allowed = jwe.check_direct(recipe.encs);
    let found = if allowed.is_ok() { recipe.find(&jwe, &keys) } else { None };
    let payload = found.as_ref().map(|found| Payload::of(found.plain.clone()));
    let claims = (recipe.claims)(&jwe.header, payload.as_ref());
    let verdict = match allowed {
        Err(refusal) => Verdict::from(refusal),
        Ok(()) => {
            let verdict = verdict::sealed(ask, &keys, found.as_ref().map(|found| found.key), &[]);
            let checked = match (&claims, &payload) {
                (Some(claims), Some(payload)) => (recipe.check)(claims, payload),
                _ => Err(no_object()),
            };
            recipe.explain(verdict::settle(verdict, checked), &jwe, &keys)
        }
    };
    let with =
        found.as_ref().map(|found| (&found.key.secret, found.derivation)).or_else(|| recipe.first(&keys));
    let content_key = with.and_then(|(secret, derivation)| derivation.key(secret, jwe.enc));
    Opened {
        token: None,
        scheme: recipe.about.id.to_string(),
        title: format!("{}, {}", recipe.about.title, jwe.enc.name()),
        verdict,
        segments: jwe::segments(token, payload.as_ref()),
        encrypted: true,
        facts: claims.as_ref().map(|claims| claims::facts(claims, ask.now)).unwrap_or_default(),
        steps: with
            .map(|(secret, derivation)| {
                steps(&jwe, secret, derivation, found.as_ref().map(|found| &*found.plain))
            })
            .unwrap_or_default(),
        signature: Some(SignaturePair {
            found: jwe.parts.tag.of(token).to_owned(),
            expected: content_key.and_then(|key| jwe.expected_tag(&key)),
        }),
        findings: findings(token, ask, claims),
        payload,
    }
}

fn findings(token: &str, ask: &Ask, claims: Option<Claims>) -> Vec<Finding> {
    let input = rules::Input {
        pasted: token,
        token,
        options: &ask.options,
        now: ask.now,
        keys: &[],
        secrets: &[],
        verdict: None,
        plaintext: None,
    };
    rules::review_session(&Subject::of(&input).with_claims(claims))
}

/// Makes a token of `plain`; `members` follow `alg` and `enc` in its header.
///
/// # Errors
/// If there is no usable secret, or no randomness.
pub fn make(draft: &Draft, recipe: &Recipe, members: Header, plain: &[u8]) -> Result<Made, SignError> {
    let keys = Keys::of(&draft.secrets, recipe.about.secret_encoding);
    let secret = keys.signing()?;
    let iv: [u8; 16] = random::bytes()?;
    let made = recipe.derivations.first().zip(recipe.encs.first()).and_then(|(derivation, &enc)| {
        let key = derivation.key(secret, enc)?;
        let mut header =
            Header::from_iter([("alg".to_owned(), "dir".into()), ("enc".to_owned(), enc.name().into())]);
        if let Some(thumbprint) = recipe.thumbprint {
            header.insert("kid".into(), self::thumbprint(&key, thumbprint(enc)).into());
        }
        header.extend(members);
        let token = jwe::write(&header, enc, b"", &key, iv.get(..enc.iv_size())?, plain)?;
        let steps =
            Jwe::read(&token).map(|jwe| steps(&jwe, secret, derivation, Some(plain))).unwrap_or_default();
        Some(Made { value: token, steps })
    });
    made.ok_or_else(|| SignError {
        field: Field::Scheme,
        message: "The token could not be encrypted.".into(),
        hint: "Choose other options.".into(),
        at: None,
    })
}

/// The claims of a JWT as the library `jose` writes them: the payload's own, and those of `own`, `iat`, `exp` and
/// `jti` that it does not have. `max_age` is the framework's default for [`MAX_AGE`].
///
/// # Errors
/// If the payload is not a JSON object, or there is no clock.
pub fn jwt_claims(draft: &Draft, own: &[(&str, String)], max_age: i64) -> Result<Vec<u8>, SignError> {
    let object = making::object(draft)?;
    let now = age::now(draft)?;
    let max_age = options::number(&draft.options, MAX_AGE)?.unwrap_or(max_age);
    let mut added = own.to_vec();
    added.push(("iat", now.to_string()));
    added.push(("exp", now.saturating_add(max_age).to_string()));
    added.push(("jti", format!("\"{}\"", random::uuid()?)));
    Ok(member::complete(&object, &added).unwrap_or(object).into_bytes())
}

/// The claims of a decrypted JWT.
pub fn payload_claims(_: &Header, payload: Option<&Payload>) -> Option<Claims> {
    claims::of(payload?)
}

/// What `jose` checks in a decrypted JWT: `exp` and `nbf` are numbers, and what they say, with [`TOLERANCE`].
///
/// # Errors
/// If one of them is no number.
pub fn jwt_check(claims: &Claims, now: Option<i64>) -> Result<Vec<Caveat>, Refusal> {
    if let Some(name) =
        ["exp", "nbf"].into_iter().find(|name| claims.get(*name).is_some_and(|c| !c.is_number()))
    {
        return Err(Refusal::new(
            Why::Malformed,
            format!("It decrypts, but its `{name}` is not a number."),
            None,
        ));
    }
    Ok(now.map(|now| claims::caveats_with(claims, now, TOLERANCE)).unwrap_or_default())
}

/// RFC 7638: the hash of the key as a JWK with its required members only.
fn thumbprint(key: &Secret, digest: Digest) -> String {
    let jwk = format!("{{\"k\":\"{}\",\"kty\":\"oct\"}}", BASE64URL.encode(key.bytes()));
    BASE64URL.encode(&digest.hash(jwk.as_bytes()))
}

/// Frameworks cut a long value into several cookies, `NAME.0`, `NAME.1` and so on.
fn of_chunk(mut refusal: Refusal, name: Option<&str>) -> Refusal {
    let number = name.and_then(|name| name.rsplit_once('.')).map(|(_, number)| number);
    if number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
        refusal
            .message
            .push_str(" By its name it is one of several pieces of a long value: paste the others with it.");
    }
    refusal
}

fn no_object() -> Refusal {
    Refusal::new(Why::Malformed, "It decrypts, but what is in it is not a JSON object.", None)
}

impl Recipe<'_> {
    /// The first secret, with the first derivation, whose key the header names (if it names one) and that decrypts.
    fn find<'a>(&'a self, jwe: &Jwe, keys: &'a Keys) -> Option<Found<'a>> {
        let named = self.thumbprint.filter(|_| jwe.header.contains_key("kid"));
        let tried = if named.is_none() && self.first_without_kid { 1 } else { keys.usable.len() };
        keys.usable.iter().take(tried).find_map(|key| {
            self.derivations.iter().find_map(|derivation| {
                let content_key = derivation.key(&key.secret, jwe.enc)?;
                if named.is_some() && !self.is_named(jwe, &content_key) {
                    return None;
                }
                Some(Found { key, plain: jwe.open(&content_key)?, derivation })
            })
        })
    }

    fn is_named(&self, jwe: &Jwe, key: &Secret) -> bool {
        let Some(digest) = self.thumbprint else { return false };
        jwe.header.get("kid").and_then(Value::as_str) == Some(&thumbprint(key, digest(jwe.enc)))
    }

    fn first<'a>(&'a self, keys: &'a Keys) -> Option<(&'a Secret, &'a Derivation)> {
        Some((keys.first()?, self.derivations.first()?))
    }

    /// A token that names its key tells a changed value from another secret.
    fn explain(&self, verdict: Verdict, jwe: &Jwe, keys: &Keys) -> Verdict {
        let Verdict::Invalid { why: Why::BadSignature, message, at } = verdict else { return verdict };
        let named = self.thumbprint.is_some() && jwe.header.contains_key("kid");
        let fits = keys.usable.iter().any(|key| {
            self.derivations
                .iter()
                .filter_map(|derivation| derivation.key(&key.secret, jwe.enc))
                .any(|key| self.is_named(jwe, &key))
        });
        let message = match (named, fits) {
            (false, _) => message,
            (true, true) => "The header's `kid` names the key of this secret, but the tag does not fit: the value was changed \
                             after it was made."
                .into(),
            (true, false) => format!(
                "The header's `kid` names another key: this is not the secret that the server reads{}.",
                if self.derivations.iter().any(|derivation| !derivation.salt.is_empty()) {
                    ", or the salt is another"
                } else {
                    ""
                }
            ),
        };
        Verdict::Invalid { why: Why::BadSignature, message, at }
    }
}

fn steps(jwe: &Jwe, secret: &Secret, derivation: &Derivation, plain: Option<&[u8]>) -> Vec<Step> {
    let Some(key) = derivation.key(secret, jwe.enc) else { return Vec::new() };
    let mut steps = vec![
        secret_step("Secret", "", secret.bytes()),
        secret_step("Content key", derivation.formula(jwe.enc), key.bytes()),
    ];
    steps.extend(jwe.steps(&key, plain));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, Options, PayloadDraft, PayloadForm};
    use crate::scheme;
    use crate::secret::SecretText;

    #[test]
    fn what_is_made_is_found_opens_and_ends() {
        for id in ["authjs-jwe", "better-auth-jwe", "express-openid-connect", "nextauth-jwe"] {
            let scheme = scheme::by_id(id).expect("is in the list");
            let about = scheme.about();
            let name = about.cookie_names.first().expect("has a name").to_string();
            let secrets = vec![SecretText::new("a secret of more than thirty-two characters", None)];
            let draft = Draft {
                scheme: id.into(),
                payload: PayloadDraft { form: PayloadForm::Json, text: about.example.to_string() },
                secrets: secrets.clone(),
                options: Options::new(),
                cookie: CookieDraft { name: name.clone(), ..CookieDraft::default() },
                now: Some(1_800_000_000),
                patient: false,
            };
            let made = scheme.make(&draft).expect("can be made");
            assert!(made.steps.len() > 6, "{id}");
            let item = Item::bare(Some(&name), &made.value);
            assert!(scheme.detect(&item).expect("detected").likelihood > 85, "{id}");
            let open = |now| scheme.open(&item, &Ask { secrets: secrets.clone(), now, ..Ask::default() });
            let opened = open(Some(1_800_000_001));
            assert!(
                matches!(&opened.verdict, Verdict::Valid { but, .. } if but.is_empty()),
                "{:?}",
                opened.verdict
            );
            let pair = opened.signature.expect("has a tag");
            assert_eq!(pair.expected, Some(pair.found), "{id}");
            assert!(opened.facts.len() >= 2 && opened.payload.is_some());
            assert!(
                matches!(open(Some(1_900_000_000)).verdict, Verdict::Valid { but, .. } if but.len() == 1),
                "{id}"
            );
        }
    }
}

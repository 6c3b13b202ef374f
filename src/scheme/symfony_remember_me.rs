//! Symfony: the signed remember-me cookie (`SignatureRememberMeHandler`, 5.3 and later).
//!
//! CLASS + `:` + u(user identifier) + `:` + expires + `:` + HASH; u is the standard Base64 with `-_~` for `+/=`. HASH is
//! u(HMAC-SHA256(secret, FIELDS + `:` + expires + `:` + user identifier)) + FIELDS, and FIELDS is u(SHA-256) over the
//! user's properties (the password hash, say): whether they are still so only the server knows. The class is not
//! covered. Sources: `RememberMe/RememberMeDetails.php` and `Signature/SignatureHasher.php` of symfony/security.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{bare, segment};
use super::kit::options;
use super::kit::php_base64;
use super::kit::verdict::{doubt, malformed};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::moment;
use crate::payload::draft;
use crate::protocol::{
    Ask, Candidate, CaveatKind, Draft, Excerpt, Fact, FactValue, Field, Opened, Payload, PayloadForm, Role,
    Segment, SignError, SignaturePair, Step, Verdict,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct SymfonyRememberMe;

static ABOUT: About = About {
    id: Cow::Borrowed("symfony-remember-me"),
    title: Cow::Borrowed("Symfony remember-me cookie"),
    framework: Cow::Borrowed("Symfony"),
    language: Cow::Borrowed("PHP"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE)]),
    docs: Cow::Borrowed("https://symfony.com/doc/current/security/remember_me.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "class : base64(user) : expires : base64(HMAC-SHA256(secret, fields:expires:user)) fields",
    ),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed(
        "{ \"class\": \"App\\\\Entity\\\\User\", \"user_identifier\": \"ada\", \
         \"properties_hash\": \"th2XVu8uHSEKqu2olJNn7t9eBSPkR2tBBmaAnNs91XU~\" }",
    ),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed("lifetime"),
        kind: OptionKind::Number,
        default: Cow::Borrowed("31536000"),
        help: Cow::Borrowed("Seconds that a new cookie holds, if its payload has no `expires`."),
        when_making: true,
        when_opening: false,
    }]),
};

const COOKIE: &str = "REMEMBERME";
const YEAR: i64 = 31_536_000;
const DIGEST: Digest = Digest::Sha256;
/// Characters of a SHA-256 hash in Base64 with padding: the HMAC, with FIELDS behind it.
const HASH: usize = 44;

/// The four parts of a cookie.
struct Details {
    class: String,
    user: Vec<u8>,
    expires: i64,
    hmac: String,
    fields: String,
}

impl Details {
    /// Reads `text` as `fromRawCookie` does. Places are in `text`.
    fn of(text: &str) -> Result<Self, Verdict> {
        let parts: Vec<&str> = text.splitn(4, ':').collect();
        let [class, user, expires, hash] = parts[..] else {
            let message = format!("It has {} parts with `:` between them instead of four.", parts.len());
            return Err(malformed(message, Span::new(text.len(), text.len())));
        };
        let at = class.len() + 1;
        let user_place = Span::new(at, at + user.len());
        let expires_place = Span::new(user_place.end + 1, user_place.end + 1 + expires.len());
        let decoded = php_base64::strict(&from_url(user))
            .ok_or_else(|| malformed("The user identifier is not Base64.", user_place))?;
        let expires = expires
            .parse()
            .map_err(|_| malformed("The time at which it expires is no whole number.", expires_place))?;
        // A hash that is cut is another hash.
        let (hmac, fields) = hash.split_at_checked(HASH).unwrap_or((hash, ""));
        Ok(Self {
            class: class.replace('.', "\\"),
            user: decoded,
            expires,
            hmac: hmac.into(),
            fields: fields.into(),
        })
    }

    fn signed(&self) -> Vec<u8> {
        let mut signed = format!("{}:{}:", self.fields, self.expires).into_bytes();
        signed.extend(&self.user);
        signed
    }

    fn json(&self) -> String {
        let members = Map::from_iter([
            ("class".to_owned(), Value::from(self.class.as_str())),
            ("user_identifier".to_owned(), String::from_utf8_lossy(&self.user).into()),
            ("expires".to_owned(), self.expires.into()),
            ("properties_hash".to_owned(), self.fields.as_str().into()),
        ]);
        Value::Object(members).to_string()
    }

    fn segments(&self, text: &str) -> Vec<Segment> {
        let mut at = 0;
        let mut next = |name: &str, role, length: usize, decoded| {
            let span = Span::new(at, at + length);
            at += length + 1;
            segment(name, role, span, decoded)
        };
        let lengths: Vec<usize> = text.splitn(4, ':').map(str::len).collect();
        let [class, user, expires, _] = lengths[..] else { return Vec::new() };
        let mut segments = vec![
            next("User class", Role::Header, class, Some(Payload::Text(self.class.clone()))),
            next("User identifier", Role::Payload, user, Some(Payload::of(self.user.clone()))),
            next("Expires", Role::Meta, expires, None),
            next("Signature", Role::Signature, self.hmac.len(), None),
        ];
        let rest = Span::new(text.len() - self.fields.len(), text.len());
        segments.push(segment("Properties hash", Role::Payload, rest, None));
        segments
    }

    fn facts(&self, now: Option<i64>) -> Vec<Fact> {
        let compared =
            "Symfony also compares it with the user's present properties, which only the server has.";
        vec![
            Fact {
                term: "Expires".into(),
                from: Some("expires".into()),
                value: moment::fact(self.expires, now),
            },
            Fact { term: "Properties hash".into(), from: None, value: FactValue::Text(compared.into()) },
        ]
    }

    fn steps(&self, keys: &Keys) -> Vec<Step> {
        let signed = self.signed();
        let mut steps = vec![
            Step::new(
                "Properties hash",
                "url(base64(SHA-256(the user's properties)))",
                Excerpt::text(&self.fields),
                None,
            ),
            Step::new("MAC input", "properties hash:expires:user identifier", Excerpt::of(&signed), None),
        ];
        steps.extend(keys.steps(DIGEST, "MAC input", &signed, url, "url(base64)"));
        steps
    }
}

/// The standard Base64 of `bytes` with `-_~` for `+/=`.
fn url(bytes: &[u8]) -> String {
    BASE64_PADDED.encode(bytes).replace('+', "-").replace('/', "_").replace('=', "~")
}

fn from_url(text: &str) -> String {
    text.replace('-', "+").replace('_', "/").replace('~', "=")
}

impl Scheme for SymfonyRememberMe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let details = Details::of(&item.value).ok()?;
        let is_hash = |text: &str| {
            BASE64_PADDED.decode_canonical(&from_url(text)).is_some_and(|hash| hash.len() == DIGEST.size())
        };
        if !is_hash(&details.hmac) || !is_hash(&details.fields) {
            return None;
        }
        let mut reasons = vec![
            "A class, a user in Base64, a time and two SHA-256 hashes, as Symfony's remember-me cookie has them."
                .to_owned(),
        ];
        let mut likelihood = 90;
        if item.name.as_deref() == Some(COOKIE) {
            likelihood = 98;
            reasons.push("The name `REMEMBERME` is Symfony's.".into());
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let whole = Span::new(0, item.value.len());
        let is_plain = item.value.contains(':');
        // Symfony reads a value without colons as Base64 of one with them.
        let text = if is_plain {
            item.value.clone()
        } else {
            String::from_utf8_lossy(&php_base64::lenient(&item.value)).into_owned()
        };
        let details = match Details::of(&text) {
            Ok(details) => details,
            Err(Verdict::Invalid { why, message, at }) => {
                let at = if is_plain { at } else { Some(whole) };
                return bare(&ABOUT, Verdict::Invalid { why, message, at });
            }
            Err(verdict) => return bare(&ABOUT, verdict),
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let found = BASE64_PADDED.decode_canonical(&from_url(&details.hmac));
        let signed = details.signed();
        let mut verdict = mac::verdict(ask, &keys, DIGEST, &signed, found.as_deref());
        if let Some(now) = ask.now.filter(|now| details.expires < *now) {
            let distance = moment::distance(details.expires, now);
            doubt(&mut verdict, CaveatKind::Expired, format!("It expired {distance}. Symfony refuses it."));
        }
        let expected = keys.first().map(|key| url(&DIGEST.tag(key.bytes(), &signed)));
        let payload = Payload::Json(details.json());
        let segments = if is_plain {
            details.segments(&item.value)
        } else {
            vec![segment("Base64", Role::Payload, whole, Some(Payload::Text(text)))]
        };
        Opened {
            findings: mac::remarks(&verdict, &keys, DIGEST),
            segments,
            payload: Some(payload),
            facts: details.facts(ask.now),
            steps: details.steps(&keys),
            signature: Some(SignaturePair { found: details.hmac.clone(), expected }),
            ..bare(&ABOUT, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let json = draft::json(&draft.payload.text)?;
        let object: Map<String, Value> = serde_json::from_str(&json).unwrap_or_default();
        let text = |name: &str| {
            let text = object.get(name).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(|| wrong(format!("There is no text `{name}` in the payload.")))
        };
        let lifetime = options::number(&draft.options, "lifetime")?.unwrap_or(YEAR);
        let expires = match object.get("expires") {
            Some(expires) => expires.as_i64().ok_or_else(|| wrong("`expires` is no whole number.".into()))?,
            None => draft.now.and_then(|now| now.checked_add(lifetime)).ok_or_else(|| {
                options::bad_option(
                    "lifetime",
                    "There is no clock to count from.",
                    "Give `expires` in the payload.",
                )
            })?,
        };
        let mut details = Details {
            class: text("class")?,
            user: text("user_identifier")?.into_bytes(),
            expires,
            hmac: String::new(),
            fields: text("properties_hash")?,
        };
        if details.class.contains([':', '.']) {
            return Err(wrong("A class of PHP has no `:` and no `.` in its name.".into()));
        }
        details.hmac = url(&DIGEST.tag(key.bytes(), &details.signed()));
        let (class, user) = (details.class.replace('\\', "."), url(&details.user));
        let value = format!("{class}:{user}:{expires}:{}{}", details.hmac, details.fields);
        Ok(Made { value, steps: details.steps(&keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "security.yaml and an authenticator",
            "yaml",
            r#"# config/packages/security.yaml
security:
  firewalls:
    main:
      remember_me:
        secret: "%env(SECRET_ENV)%"
        name: "NAME"
        lifetime: OPTION_lifetime
        secure: true
        samesite: lax

# Set where the authenticator's passport holds a `RememberMeBadge` that is enabled, and read when the session has ended."#,
        )]
    }
}

fn wrong(message: String) -> SignError {
    SignError {
        field: Field::Payload,
        message,
        hint:
            "Write an object with `class`, `user_identifier`, `properties_hash` and, if you like, `expires`."
                .into(),
        at: None,
    }
}

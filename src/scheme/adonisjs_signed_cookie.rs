//! AdonisJS: signed cookies.
//!
//! `s:` + E + `.` + T, percent-encoded in the header. E is the Base64url of `{"message":VALUE,"purpose":"NAME"}`, T the
//! Base64url of HMAC-SHA256 over E, its key the SHA-256 of the app key's text. Tags are compared as text; then the purpose
//! must be the cookie's name, the end (if one is set) not past, and the message not falsy. Sources:
//! `src/cookies/serializer.ts` of the npm package @adonisjs/http-server; `src/message_verifier.ts` of
//! @boringnode/encryption.

use std::borrow::Cow;

use super::kit::adonis_message;
use super::kit::base64::BASE64URL;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::making::signed_name;
use super::kit::opened::bare;
use super::kit::verdict::malformed;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Opened, Payload, PayloadForm, Role, Segment, SignError, SignaturePair,
    Step, Verdict,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct AdonisjsSignedCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("adonisjs-signed-cookie"),
    title: Cow::Borrowed("AdonisJS signed cookie"),
    framework: Cow::Borrowed("AdonisJS"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("adonis-session")]),
    docs: Cow::Borrowed("https://docs.adonisjs.com/guides/basics/cookies"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "s: E . base64url(HMAC-SHA256(SHA-256(app key), E)), E = base64url({ message, purpose: NAME })",
    ),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[]),
};

const PREFIX: &str = "s:";
const DIGEST: Digest = Digest::Sha256;

impl Scheme for AdonisjsSignedCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (encoded, tag) = cut(&item.value).ok()?;
        let is_message = BASE64URL.decode(encoded).is_ok_and(|json| json.starts_with(b"{\"message\":"));
        let is_tag = BASE64URL.decode(tag).is_ok_and(|tag| tag.len() == DIGEST.size());
        (is_message && is_tag).then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 95,
            reasons: vec![
                "It begins with `s:`, and behind it stands JSON with the member `message` in Base64url."
                    .into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let (encoded, tag) = match cut(&item.value) {
            Ok(parts) => parts,
            Err(broken) => return bare(&ABOUT, broken),
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let found = BASE64URL.decode_canonical(tag);
        let right = keys.find(|secret| {
            let key = app_key(secret);
            DIGEST.verifies(key.bytes(), encoded.as_bytes(), found.as_deref()?).then_some(())
        });
        let verdict = mac::judge(ask, &keys, right.map(|(key, ())| key));
        let message = BASE64URL.decode(encoded).ok();
        let dot = PREFIX.len() + encoded.len();
        let at = Span::new(PREFIX.len(), dot);
        let segment = |name: &str, role, span, decoded| Segment { name: name.into(), role, span, decoded };
        let mut opened = Opened {
            findings: mac::remarks(&verdict, &keys, DIGEST),
            segments: vec![
                segment("Prefix", Role::Prefix, Span::new(0, PREFIX.len()), None),
                segment("Message", Role::Payload, at, message.clone().map(Payload::of)),
                segment("Signature", Role::Signature, Span::new(dot + 1, item.value.len()), None),
            ],
            steps: steps(message.as_deref().unwrap_or_default(), encoded, &keys),
            signature: Some(SignaturePair {
                found: tag.to_owned(),
                expected: keys.first().map(|secret| sign(secret, encoded)),
            }),
            ..bare(&ABOUT, verdict)
        };
        let purpose = item.name.as_deref().map(Some);
        adonis_message::read(&mut opened, &message.unwrap_or_default(), at, purpose, ask);
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let secret = keys.signing()?;
        let name = signed_name(&draft.cookie.name)?;
        let message = adonis_message::build(&draft.payload, Some(name))?;
        let encoded = BASE64URL.encode(message.as_bytes());
        let tag = sign(secret, &encoded);
        Ok(Made {
            value: format!("{PREFIX}{encoded}.{tag}"),
            steps: steps(message.as_bytes(), &encoded, &keys),
        })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "start/routes.ts",
            "javascript",
            r#"import router from "@adonisjs/core/services/router"

// config/app.ts: export const appKey = new Secret(env.get("SECRET_ENV"))
router.get("/", ({ request, response }) => {
  const before = request.cookie("NAME", null) // null if it is not right
  response.cookie("NAME", { user_id: 7 }, { httpOnly: true, secure: true, sameSite: "lax" })
  return { before }
})"#,
        )]
    }
}

/// The key that AdonisJS makes of the app key.
pub fn app_key(secret: &Secret) -> Secret {
    Secret::new(Digest::Sha256.hash(secret.bytes()))
}

/// The encoded message and the signature.
fn cut(value: &str) -> Result<(&str, &str), Verdict> {
    let end = Span::new(value.len(), value.len());
    let Some(signed) = value.strip_prefix(PREFIX) else {
        let message = "It does not begin with `s:`, so AdonisJS takes it for no signed cookie.";
        return Err(malformed(message, Span::new(0, 0)));
    };
    match signed.split_once('.') {
        Some((_, tag)) if tag.contains('.') => {
            Err(malformed("It has more than two parts with dots between them.", end))
        }
        Some((encoded, tag)) if !encoded.is_empty() && !tag.is_empty() => Ok((encoded, tag)),
        _ => Err(malformed("It is not a message and a signature with a dot between them.", end)),
    }
}

fn sign(secret: &Secret, encoded: &str) -> String {
    BASE64URL.encode(&DIGEST.tag(app_key(secret).bytes(), encoded.as_bytes()))
}

fn steps(message: &[u8], encoded: &str, keys: &Keys) -> Vec<Step> {
    let mut steps = vec![
        Step::new("Message", "JSON.stringify({ message, purpose })", Excerpt::of(message), None),
        Step::new("Encoded message", "base64url(message)", Excerpt::text(encoded), Some(Role::Payload)),
    ];
    if let Some(secret) = keys.first() {
        let key = app_key(secret);
        let tag = DIGEST.tag(key.bytes(), encoded.as_bytes());
        steps.extend(keys.step("App key"));
        steps.push(Step::new("Key", "SHA-256(app key)", Excerpt::key(key.bytes()), None));
        steps.push(Step::new("Tag", "HMAC-SHA256(key, encoded message)", Excerpt::hex(&tag), None));
        let text = BASE64URL.encode(&tag);
        steps.push(Step::new("Signature", "base64url(tag)", Excerpt::text(&text), Some(Role::Signature)));
    }
    steps
}

//! The plain signed value that the Guide explains: `base64url(payload).base64url(HMAC(secret, base64url(payload)))`.
//!
//! No framework's format, but the idea under most of them, and what people write who build it by hand. The MAC covers
//! the encoded payload as it stands in the value, as in JWS, so nothing is decoded before it is verified.

use std::borrow::Cow;

use super::kit::base64::BASE64URL;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::bare;
use super::kit::verdict::malformed;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct SignedValue;

static ABOUT: About = About {
    id: Cow::Borrowed("signed-value"),
    title: Cow::Borrowed("Plain signed value"),
    framework: Cow::Borrowed("None"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://www.rfc-editor.org/rfc/rfc2104"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64url(payload) . base64url(HMAC(secret, base64url(payload)))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed("digest"),
        kind: OptionKind::Choice(Cow::Borrowed(&[
            Cow::Borrowed("SHA-256"),
            Cow::Borrowed("SHA-384"),
            Cow::Borrowed("SHA-512"),
        ])),
        default: Cow::Borrowed("SHA-256"),
        help: Cow::Borrowed("The hash function of the HMAC. A value shows its own by the length of its tag."),
        when_making: true,
        when_opening: false,
    }]),
};

impl Scheme for SignedValue {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (payload, tag) = item.value.split_once('.')?;
        let digest = digest_of(BASE64URL.decode_canonical(tag)?.len())?;
        let readable = !payload.is_empty() && BASE64URL.decode(payload).is_ok();
        readable.then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 50,
            reasons: vec![
                "Two pieces of Base64url with a dot between them.".into(),
                format!(
                    "The second has {} bytes, the length of an HMAC-{} tag.",
                    digest.size(),
                    digest.name()
                ),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let Some((encoded, tag)) = item.value.split_once('.') else {
            return no_dot(&item.value);
        };
        let dot = encoded.len();
        let decoded = BASE64URL.decode(encoded);
        let found = BASE64URL.decode(tag);
        let digest = found.as_ref().ok().and_then(|tag| digest_of(tag.len())).unwrap_or(Digest::Sha256);
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let verdict = match (&decoded, &found) {
            (Err((at, what)), _) => malformed(format!("The payload is not Base64url: {what}."), *at),
            (_, Err((at, what))) => {
                malformed(format!("The signature is not Base64url: {what}."), at.moved(dot + 1))
            }
            (Ok(_), Ok(found)) => mac::verdict(ask, &keys, digest, encoded.as_bytes(), Some(found)),
        };
        let payload = decoded.ok().map(Payload::of);
        let expected = keys.first().map(|key| BASE64URL.encode(&digest.tag(key.bytes(), encoded.as_bytes())));
        Opened {
            token: None,
            scheme: ABOUT.id.to_string(),
            title: format!("Signed value, HMAC-{}", digest.name()),
            findings: mac::remarks(&verdict, &keys, digest),
            verdict,
            segments: vec![
                Segment {
                    name: "Payload".into(),
                    role: Role::Payload,
                    span: Span::new(0, dot),
                    decoded: payload.clone(),
                },
                Segment {
                    name: "Signature".into(),
                    role: Role::Signature,
                    span: Span::new(dot + 1, item.value.len()),
                    decoded: None,
                },
            ],
            steps: payload
                .as_ref()
                .map(|payload| steps(payload.bytes(), encoded, digest, &keys))
                .unwrap_or_default(),
            payload,
            encrypted: false,
            facts: Vec::new(),
            signature: Some(SignaturePair { found: tag.to_owned(), expected }),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let digest = chosen_digest(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let payload = payload::draft::bytes(&draft.payload)?;
        let encoded = BASE64URL.encode(&payload);
        let tag = BASE64URL.encode(&digest.tag(key.bytes(), encoded.as_bytes()));
        Ok(Made { value: format!("{encoded}.{tag}"), steps: steps(&payload, &encoded, digest, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![
            super::Snippet::new(
                "Node",
                "javascript",
                r#"import { createHmac, timingSafeEqual } from "node:crypto"

const tag = (encoded) => createHmac("HASH_digest", KEY_BYTES).update(encoded).digest()

const encoded = Buffer.from('{"user":7}').toString("base64url")
const value = `${encoded}.${tag(encoded).toString("base64url")}`
res.cookie("NAME", value, { httpOnly: true, secure: true, sameSite: "lax" })

const [payload, signature = ""] = req.cookies["NAME"].split(".")
const found = Buffer.from(signature, "base64url")
const expected = tag(payload)
if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw new Error("changed")
const text = Buffer.from(payload, "base64url").toString()"#,
            ),
            super::Snippet::new(
                "Python",
                "python",
                r#"import base64, hmac, os

key = KEY_BYTES
encode = lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")
decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
tag = lambda encoded: hmac.digest(key, encoded.encode(), "HASH_digest")

encoded = encode(b'{"user":7}')
response.set_cookie("NAME", f"{encoded}.{encode(tag(encoded))}", httponly=True, secure=True, samesite="Lax")

payload, _, signature = request.cookies["NAME"].partition(".")
if not hmac.compare_digest(tag(payload), decode(signature)):
    raise ValueError("not signed with this secret")
text = decode(payload).decode()"#,
            ),
        ]
    }
}

fn digest_of(tag_length: usize) -> Option<Digest> {
    Digest::USUAL.into_iter().find(|digest| digest.size() == tag_length)
}

fn chosen_digest(options: &Options) -> Result<Digest, SignError> {
    let Some(chosen) = options.get("digest") else { return Ok(Digest::Sha256) };
    let name = chosen.as_str().unwrap_or_default();
    Digest::USUAL.into_iter().find(|digest| digest.name() == name).ok_or_else(|| SignError {
        field: Field::Option("digest".into()),
        message: format!("{chosen} is not a digest of this scheme."),
        hint: "Choose SHA-256, SHA-384 or SHA-512.".into(),
        at: None,
    })
}

fn no_dot(value: &str) -> Opened {
    let end = Span::new(value.len(), value.len());
    bare(&ABOUT, malformed("There is no dot in it, so there is no signature behind a payload.", end))
}

fn steps(payload: &[u8], encoded: &str, digest: Digest, keys: &Keys) -> Vec<Step> {
    let mut steps = vec![
        Step::new("Payload", "", Excerpt::of(payload), None),
        Step::new("Encoded payload", "base64url(payload)", Excerpt::text(encoded), Some(Role::Payload)),
    ];
    steps.extend(keys.steps(
        digest,
        "encoded payload",
        encoded.as_bytes(),
        |tag| BASE64URL.encode(tag),
        "base64url",
    ));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft, Verdict, Why};
    use crate::secret::SecretText;

    fn made(digest: &str) -> String {
        let draft = Draft {
            scheme: ABOUT.id.to_string(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{ \"user\": 7 }".into() },
            secrets: vec![SecretText::new("correct horse battery staple", None)],
            options: Options::from([("digest".into(), digest.into())]),
            cookie: CookieDraft::default(),
            now: None,
            patient: false,
        };
        SignedValue.make(&draft).expect("can be made").value
    }

    fn verdict(value: &str, secret: &str) -> Verdict {
        let ask = Ask { secrets: vec![SecretText::new(secret, None)], ..Ask::default() };
        SignedValue.open(&Item::bare(None, value), &ask).verdict
    }

    #[test]
    fn what_is_made_verifies_and_a_changed_copy_does_not() {
        // Computed with Python's hmac module.
        assert_eq!(made("SHA-256"), "eyJ1c2VyIjo3fQ.XnAdGC37APHPNlEJkTxe_1sdpDKcnmbfmTtygJWM_PY");
        for digest in Digest::USUAL {
            let value = made(digest.name());
            assert!(SignedValue.detect(&Item::bare(None, &value)).is_some());
            assert!(matches!(verdict(&value, "correct horse battery staple"), Verdict::Valid { .. }));
            let bad = Verdict::Invalid { why: Why::BadSignature, message: String::new(), at: None };
            let kind = std::mem::discriminant(&bad);
            assert_eq!(std::mem::discriminant(&verdict(&value, "another secret")), kind);
            assert_eq!(std::mem::discriminant(&verdict(&value.replace("eyJ", "eyK"), "x")), kind);
        }
    }

    #[test]
    fn a_broken_value_says_where() {
        let Verdict::Invalid { why: Why::Malformed, at, .. } = verdict("eyJ1c2VyIjo3fQ.a+b", "x") else {
            panic!("+ is not Base64url")
        };
        assert_eq!(at, Some(Span::new(16, 17)));
        assert!(matches!(verdict("eyJ1c2VyIjo3fQ", "x"), Verdict::Invalid { why: Why::Malformed, .. }));
    }
}

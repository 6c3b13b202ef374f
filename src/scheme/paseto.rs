//! PASETO: tokens whose version and purpose say which cryptography they have, versions 1 to 4.
//!
//! `v4.local.` or `v4.public.`, the Base64url of the body, and where there is a footer, a dot and its Base64url. The body of
//! a `local` token is nonce, ciphertext and tag, that of a `public` one the message and its signature; see
//! [`kit::paseto`](super::kit::paseto). Strict as the official test vectors are: no padding, no stray bits in a last
//! character. The claims `exp`, `nbf` and `iat` are texts as RFC 3339 writes times. Source: the PASETO specification.

use std::borrow::Cow;

use super::kit::base64::BASE64URL;
use super::kit::option_spec::{Uses, opening, spec, typed};
use super::kit::options::{self, bad_option};
use super::kit::paseto::{self, Beside, Derived, Purpose, Sealed, Version};
use super::kit::paseto_key::{self, Ring};
use super::kit::verdict;
use super::kit::{opened, random};
use super::{About, Made, OptionKind, Scheme};
use crate::finding::{Finding, Severity};
use crate::intake::Item;
use crate::jose::claims::{self, Claims};
use crate::jose::expect::Expect;
use crate::jose::jws::{Header, Refusal};
use crate::jose::key::Key;
use crate::limits::MAX_WORK;
use crate::moment;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Caveat, CaveatKind, Check, CheckOutcome, Draft, Excerpt, Field, Opened, Options, Payload,
    PayloadForm, Role, Segment, SignError, SignaturePair, Step, TokenReport, Verdict, Why, Words,
};
use crate::secret::SecretEncoding;
use crate::span::Span;
use crate::work::{self, Share};

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Paseto;

static ABOUT: About = About {
    id: Cow::Borrowed("paseto"),
    title: Cow::Borrowed("PASETO"),
    framework: Cow::Borrowed("PASETO"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://github.com/paseto-standard/paseto-spec"),
    secret_encoding: SecretEncoding::Hex,
    built: Cow::Borrowed(
        "v4.local. + base64url(nonce + ciphertext + tag), v4.public. + base64url(message + signature)",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"sub\": \"user-7\", \"exp\": \"2099-01-01T00:00:00Z\" }"),
    options: Cow::Borrowed(&[
        spec(
            VERSION,
            OptionKind::Choice(Cow::Borrowed(&VERSIONS)),
            "4",
            "4 for new tokens, 3 where only NIST's algorithms may be used; 2 and 1 are what they replaced.",
            Uses::Making,
        ),
        spec(
            PURPOSE,
            OptionKind::Choice(Cow::Borrowed(&PURPOSES)),
            LOCAL,
            "`local` encrypts with a shared key of 32 bytes; `public` signs with a private key, and can be read.",
            Uses::Making,
        ),
        spec(
            FOOTER,
            OptionKind::Text,
            "",
            "Stands in the token for all to read, and is authenticated: `{\"kid\":\"…\"}`.",
            Uses::Making,
        ),
        typed(
            ASSERTION,
            OptionKind::Text,
            "",
            "What both sides know and no token holds. Only versions 4 and 3 have it.",
        ),
        opening("iss", OptionKind::Text, "", "The issuer that the server accepts; several as a JSON list."),
        opening("aud", OptionKind::Text, "", "The audience that the server is; several as a JSON list."),
        opening("sub", OptionKind::Text, "", "The subject that it has to be."),
        opening("leeway", OptionKind::Number, "0", "Seconds by which clocks may differ."),
        opening(
            "require",
            OptionKind::Json,
            "",
            "Claims that have to be there, as a JSON list: [\"exp\", \"sub\"].",
        ),
        opening(
            "now",
            OptionKind::Number,
            "",
            "The moment of the check, in Unix seconds; empty for this moment.",
        ),
        spec(
            NONCE_HEX,
            OptionKind::Hex,
            "",
            "For test vectors only: the random bytes of a `local` token. Those that are used twice give away what they hide.",
            Uses::Making,
        ),
    ]),
};

const VERSION: &str = "version";
const PURPOSE: &str = "purpose";
const FOOTER: &str = "footer";
const ASSERTION: &str = "implicit_assertion";
const NONCE_HEX: &str = "nonce_hex";
const LOCAL: &str = "local";
static VERSIONS: [Words; 4] =
    [Cow::Borrowed("4"), Cow::Borrowed("3"), Cow::Borrowed("2"), Cow::Borrowed("1")];
static PURPOSES: [Words; 2] = [Cow::Borrowed(LOCAL), Cow::Borrowed("public")];

impl Scheme for Paseto {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if let Ok((version, purpose)) = kind(&item.value) {
            let reason = format!("It begins with `{}`, as these tokens do.", version.header(purpose));
            return Some(opened::candidate(&ABOUT, 98, &[&reason]));
        }
        let lower = item.value.get(..PREFIX)?.to_ascii_lowercase();
        let begins = ["v1.", "v2.", "v3.", "v4."].iter().any(|version| lower.starts_with(version));
        let is_alike = begins
            && PURPOSES.iter().any(|purpose| lower.get(3..).is_some_and(|rest| rest.starts_with(&**purpose)));
        is_alike.then(|| opened::candidate(&ABOUT, 60, &["It begins nearly as a PASETO does."]))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let mut opened = match Token::read(&item.value) {
            Ok(token) => open(&token, item, ask),
            Err(refusal) => {
                // What the server does not take at all is not looked at more closely.
                let pinned = kind(&item.value).and_then(|kind| pinned(kind, &ask.options));
                opened::bare(&ABOUT, pinned.err().unwrap_or(refusal).into())
            }
        };
        if opened.segments.is_empty() {
            opened.segments = rough_segments(&item.value);
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let options = &draft.options;
        let version = options::choice(options, VERSION, ["4", "3", "2", "1"])?;
        let purpose = options::choice(options, PURPOSE, [LOCAL, "public"])?;
        let (Some(version), Some(purpose)) = (Version::by_digit(version), Purpose::by_word(purpose)) else {
            return Err(bad_option(VERSION, "There is no such version.", "Choose 4."));
        };
        let beside = beside(options)?;
        let ring = Ring::of(&draft.secrets, ABOUT.secret_encoding, version, purpose);
        let key = making_key(&ring, version, purpose)?;
        let message = payload::draft::bytes(&draft.payload)?;
        let body = match (purpose, key) {
            (Purpose::Local, Key::Oct(secret)) => {
                let nonce = nonce(options, version, &message)?;
                paseto::encrypt(version, secret.bytes(), &nonce, &message, beside)
            }
            _ => {
                let input = paseto::signed(version, key, &message, beside);
                version.alg().sign(key, &input).map(|signature| [&*message, &signature].concat())
            }
        };
        let body = body.ok_or_else(|| cannot_make(version, purpose, key))?;
        let mut value = version.header(purpose) + &BASE64URL.encode(&body);
        if !beside.footer.is_empty() {
            value.push('.');
            value.push_str(&BASE64URL.encode(beside.footer));
        }
        let footer = beside.footer.to_vec();
        let token = Token { version, purpose, body, body_at: Span::default(), footer, footer_at: None };
        Ok(Made { steps: token.steps(Some(key), Some(&message), beside.assertion), value })
    }

    fn shown(&self, item: &Item, _opened: &Opened) -> Options {
        let mut options = Options::new();
        let Ok(token) = Token::read(&item.value) else { return options };
        if token.version != Version::V4 {
            options.insert(VERSION.into(), token.version.digit().into());
        }
        if token.purpose != Purpose::Local {
            options.insert(PURPOSE.into(), token.purpose.word().into());
        }
        if let Some(footer) = String::from_utf8(token.footer).ok().filter(|footer| !footer.is_empty()) {
            options.insert(FOOTER.into(), footer.into());
        }
        options
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![
            super::Snippet::new(
                "Node, paseto-ts",
                "javascript",
                r#"?version=4: import { decrypt, encrypt } from "paseto-ts/v4"

?purpose=local: const key = "k4.local." + KEY_BYTES.toString("base64url")
const token = encrypt(key, { sub: "user-7", exp: "2099-01-01T00:00:00Z" }, {
  footer: "OPTION_footer",
  assertion: "OPTION_implicit_assertion",
})
res.cookie("NAME", token, { httpOnly: true, secure: true, sameSite: "lax" })

const { payload } = decrypt(key, req.cookies["NAME"], {
  assertion: "OPTION_implicit_assertion",
})"#,
            ),
            super::Snippet::new(
                "Python, pyseto",
                "python",
                r#"import base64, json, os
import pyseto

?purpose=local: key = pyseto.Key.new(version=OPTION_version, purpose="local", key=KEY_BYTES)
token = pyseto.encode(
    key, {"sub": "user-7", "exp": "2099-01-01T00:00:00Z"},
    footer="OPTION_footer",
    implicit_assertion="OPTION_implicit_assertion",
)
response.set_cookie("NAME", token.decode(), httponly=True, secure=True, samesite="Lax")

token = pyseto.decode(
    key, request.cookies["NAME"],
    implicit_assertion="OPTION_implicit_assertion",
)
claims = json.loads(token.payload)  # and look at exp"#,
            ),
            super::Snippet::new(
                "Python, pyseto",
                "python",
                r#"import json, os
import pyseto

?purpose=public: key = pyseto.Key.new(version=OPTION_version, purpose="public", key=KEY_PEM)
token = pyseto.encode(
    key, {"sub": "user-7", "exp": "2099-01-01T00:00:00Z"},
    footer="OPTION_footer",
    implicit_assertion="OPTION_implicit_assertion",
)
response.set_cookie("NAME", token.decode(), httponly=True, secure=True, samesite="Lax")

token = pyseto.decode(  # which needs only the public key
    key, request.cookies["NAME"],
    implicit_assertion="OPTION_implicit_assertion",
)
claims = json.loads(token.payload)  # and look at exp"#,
            ),
        ]
    }
}

/// Characters of `v4.public.`, the longer of the two.
const PREFIX: usize = 10;

/// The version and purpose that the text begins with.
fn kind(text: &str) -> Result<(Version, Purpose), Refusal> {
    let mut parts = text.splitn(3, '.');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    let version = first.strip_prefix('v').and_then(Version::by_digit);
    let purpose = second.and_then(Purpose::by_word);
    let refused = |message: &str, at: Span| Err(Refusal::new(Why::Malformed, message, Some(at)));
    match (version, purpose, parts.next()) {
        (Some(version), Some(purpose), Some(_)) => Ok((version, purpose)),
        (Some(_), Some(_), None) => refused(
            "There is nothing behind version and purpose: a token has three parts, or four with a footer.",
            Span::new(0, text.len()),
        ),
        (None, ..) => refused(
            "It does not begin with a version that there is: `v4.`, `v3.`, `v2.` or `v1.`, in small letters.",
            Span::new(0, first.len()),
        ),
        (_, None, _) => refused(
            "Behind the version stands no purpose: `local.` or `public.`, in small letters.",
            Span::new(first.len(), first.len() + second.map_or(0, |second| second.len() + 1)),
        ),
    }
}

/// A token, decoded but not yet verified.
struct Token {
    version: Version,
    purpose: Purpose,
    /// As long as one of its kind has to be.
    body: Vec<u8>,
    body_at: Span,
    footer: Vec<u8>,
    footer_at: Option<Span>,
}

impl Token {
    fn read(text: &str) -> Result<Self, Refusal> {
        let (version, purpose) = kind(text)?;
        let start = version.header(purpose).len();
        let rest = text.get(start..).unwrap_or_default();
        let (body, footer) = rest.split_once('.').map_or((rest, None), |(body, footer)| (body, Some(footer)));
        let body_at = Span::new(start, start + body.len());
        let footer_at = footer.map(|footer| Span::new(body_at.end + 1, body_at.end + 1 + footer.len()));
        if let Some((dot, _)) = footer.and_then(|footer| footer.split_once('.')) {
            let at = body_at.end + 1 + dot.len();
            let message = "There is a fourth dot: a token has three parts, or four with a footer.";
            return Err(Refusal::new(Why::Malformed, message, Some(Span::new(at, text.len()))));
        }
        let bytes = decode(body, body_at, "body")?;
        let footer = footer_at.map(|at| decode(at.of(text), at, "footer")).transpose()?.unwrap_or_default();
        let least = match purpose {
            Purpose::Local => version.nonce_size() + version.tag_size(),
            Purpose::Public => version.signature_size(),
        };
        if bytes.len() < least {
            let message = format!(
                "The body has {} bytes; one of {} has at least {least}. It was probably cut.",
                bytes.len(),
                version.header(purpose).trim_end_matches('.')
            );
            return Err(Refusal::new(Why::Malformed, message, Some(body_at)));
        }
        Ok(Self { version, purpose, body: bytes, body_at, footer, footer_at })
    }

    fn title(&self) -> String {
        format!("PASETO v{}.{}", self.version.digit(), self.purpose.word())
    }

    fn sealed(&self) -> Option<Sealed<'_>> {
        Sealed::cut(self.version, &self.body).filter(|_| self.purpose == Purpose::Local)
    }

    /// Message and signature.
    fn parts(&self) -> (&[u8], &[u8]) {
        let at = self.body.len().saturating_sub(self.version.signature_size());
        self.body.split_at_checked(at).unwrap_or_default()
    }

    fn beside<'a>(&'a self, assertion: &'a [u8]) -> Beside<'a> {
        Beside { footer: &self.footer, assertion }
    }

    fn segments(&self, text: &str, payload: Option<&Payload>) -> Vec<Segment> {
        let mut segments = vec![opened::segment(
            "Version and purpose",
            Role::Prefix,
            Span::new(0, self.body_at.start),
            None,
        )];
        let (nonce, end) = (self.version.nonce_size(), self.body.len());
        let pieces = match self.purpose {
            Purpose::Local => vec![
                ("Nonce", Role::Meta, nonce, None),
                ("Ciphertext", Role::Payload, end.saturating_sub(self.version.tag_size()), None),
                ("Tag", Role::Signature, end, None),
            ],
            Purpose::Public => vec![
                ("Message", Role::Payload, self.parts().0.len(), payload.cloned()),
                ("Signature", Role::Signature, end, None),
            ],
        };
        segments.extend(opened::pieces(
            self.body_at.of(text),
            self.body_at.start,
            &self.body,
            &BASE64URL,
            pieces,
        ));
        let footer = || Payload::of(self.footer.clone());
        segments.extend(self.footer_at.map(|at| opened::segment("Footer", Role::Header, at, Some(footer()))));
        segments
    }

    /// How it is made; what the key makes is only there with the key that holds.
    fn steps(&self, key: Option<&Key>, message: Option<&[u8]>, assertion: &[u8]) -> Vec<Step> {
        let mut steps: Vec<Step> =
            message.map(|message| Step::new("Message", "", Excerpt::of(message), None)).into_iter().collect();
        if !self.footer.is_empty() {
            steps.push(Step::new("Footer", "", Excerpt::of(&self.footer), Some(Role::Header)));
        }
        match self.sealed() {
            Some(sealed) => self.sealing(sealed, key, assertion, &mut steps),
            None => self.signing(key, assertion, &mut steps),
        }
        let footer = if self.footer.is_empty() { "" } else { " + \".\" + base64url(footer)" };
        let formula = format!("\"{}\" + base64url(body){footer}", self.version.header(self.purpose));
        steps.push(Step::new("Token", formula, Excerpt::text(&BASE64URL.encode(&self.body)), None));
        steps
    }

    fn sealing(&self, sealed: Sealed, key: Option<&Key>, assertion: &[u8], steps: &mut Vec<Step>) {
        let secret = if let Some(Key::Oct(secret)) = key { Some(secret) } else { None };
        steps.extend(secret.map(|key| Step::new("Key", "", Excerpt::key(key.bytes()), None)));
        let random = match self.version {
            Version::V1 => "HMAC-SHA384(32 random bytes, message)[0..32]",
            Version::V2 => "BLAKE2b-192(24 random bytes, message)",
            Version::V3 | Version::V4 => "32 random bytes",
        };
        steps.push(Step::new("Nonce", random, Excerpt::hex(sealed.nonce), Some(Role::Meta)));
        let derived = secret.and_then(|key| Derived::of(self.version, key.bytes(), sealed.nonce));
        let (from, cipher, mac) = match self.version {
            Version::V1 | Version::V3 => ("HKDF-SHA384", "AES-256-CTR", "HMAC-SHA384"),
            Version::V2 | Version::V4 => ("BLAKE2b", "XChaCha20", "BLAKE2b"),
        };
        let keys = derived.iter().flat_map(|derived| {
            [
                ("Encryption key", "paseto-encryption-key", &derived.encryption),
                ("Authentication key", "paseto-auth-key-for-aead", &derived.authentication),
            ]
        });
        steps.extend(keys.map(|(name, info, key)| {
            Step::new(name, format!("{from}(key, \"{info}\", nonce)"), Excerpt::key(key.bytes()), None)
        }));
        let input = paseto::tag_input(self.version, sealed.nonce, sealed.ciphertext, self.beside(assertion));
        let pieces = match self.version {
            Version::V1 => "PAE(header, nonce, ciphertext, footer)",
            Version::V2 => "PAE(header, nonce, footer)",
            Version::V3 | Version::V4 => "PAE(header, nonce, ciphertext, footer, implicit assertion)",
        };
        let input = Step::new("Authenticated", pieces, Excerpt::hex(&input), None);
        let ciphertext = |formula: String| {
            Step::new("Ciphertext", formula, Excerpt::hex(sealed.ciphertext), Some(Role::Payload))
        };
        let tag =
            |formula: String| Step::new("Tag", formula, Excerpt::hex(sealed.tag), Some(Role::Signature));
        if self.version == Version::V2 {
            steps.push(input);
            steps.push(ciphertext("XChaCha20-Poly1305(key, nonce, message, authenticated)".into()));
            steps.push(tag("of the same".into()));
        } else {
            steps.push(ciphertext(format!("{cipher}(encryption key, message)")));
            steps.push(input);
            steps.push(tag(format!("{mac}(authentication key, authenticated)")));
        }
        steps.push(Step::new("Body", "nonce + ciphertext + tag", Excerpt::hex(&self.body), None));
    }

    fn signing(&self, key: Option<&Key>, assertion: &[u8], steps: &mut Vec<Step>) {
        let (message, signature) = self.parts();
        let (pieces, formula) = match self.version {
            Version::V1 => ("PAE(header, message, footer)", "RSASSA-PSS with SHA-384(private key, signed)"),
            Version::V2 => ("PAE(header, message, footer)", "Ed25519(private key, signed)"),
            Version::V3 => (
                "PAE(public key, header, message, footer, implicit assertion)",
                "ECDSA on P-384 with SHA-384(private key, signed)",
            ),
            Version::V4 => {
                ("PAE(header, message, footer, implicit assertion)", "Ed25519(private key, signed)")
            }
        };
        // Version 3 signs the public key as well, which is not known without it.
        if let Some(key) = key {
            steps.push(Step::new("Key", "", Excerpt::text(&key.title()), None));
            let input = paseto::signed(self.version, key, message, self.beside(assertion));
            steps.push(Step::new("Signed", pieces, Excerpt::hex(&input), None));
        }
        steps.push(Step::new("Signature", formula, Excerpt::hex(signature), Some(Role::Signature)));
        steps.push(Step::new("Body", "message + signature", Excerpt::hex(&self.body), None));
    }
}

/// Base64url with one spelling for each bytes: no padding, no stray bits.
fn decode(text: &str, at: Span, name: &str) -> Result<Vec<u8>, Refusal> {
    let refused = |message: String, at: Span| Refusal::new(Why::Malformed, message, Some(at));
    let bytes = BASE64URL.decode(text).map_err(|(place, what)| {
        refused(format!("The {name} is not Base64url: {what}."), place.moved(at.start))
    })?;
    if BASE64URL.decode_canonical(text).is_none() {
        let message = format!(
            "The last character of the {name} holds bits that belong to no byte, so a second text means the same token. \
             PASETO refuses it."
        );
        return Err(refused(message, Span::new(at.end.saturating_sub(1), at.end)));
    }
    Ok(bytes)
}

/// The parts between the dots of what is no token.
fn rough_segments(text: &str) -> Vec<Segment> {
    let roles = [
        ("Version", Role::Prefix),
        ("Purpose", Role::Prefix),
        ("Body", Role::Payload),
        ("Footer", Role::Header),
    ];
    let mut start = 0;
    let mut segments = Vec::new();
    for (part, (name, role)) in text.splitn(4, '.').zip(roles) {
        let span = Span::new(start, start + part.len());
        start = span.end + 1;
        if !span.is_empty() {
            segments.push(opened::segment(name, role, span, None));
        }
    }
    segments
}

fn open(token: &Token, item: &Item, ask: &Ask) -> Opened {
    let bare = |verdict| Opened { title: token.title(), ..opened::bare(&ABOUT, verdict) };
    let (beside, expect) = match (beside(&ask.options), Expect::of(&ask.options, ask.now)) {
        (Ok(beside), Ok(expect)) => (beside, expect),
        (Err(error), _) | (_, Err(error)) => return bare(verdict::unusable(&error)),
    };
    let ring = Ring::of(&ask.secrets, ABOUT.secret_encoding, token.version, token.purpose);
    let accepted = pinned((token.version, token.purpose), &ask.options);
    let checked = match accepted.and_then(|()| expected_footer(token, beside)) {
        Ok(()) => check(token, ask, &ring, beside.assertion),
        Err(refusal) => Checked { verdict: refusal.into(), used: None, plain: None },
    };
    let payload = match (token.purpose, checked.plain) {
        (Purpose::Local, plain) => plain.map(Payload::of),
        (Purpose::Public, _) => Some(Payload::of(token.parts().0.to_vec())),
    };
    let claims = payload.as_ref().and_then(claims::of);
    let timed = claims.as_ref().map(timed);
    let checks = timed.as_ref().map(|timed| timed.checks(&expect)).unwrap_or_default();
    let caveats = timed.as_ref().map(|timed| timed.caveats(&checks, &expect)).unwrap_or_default();
    let verdict = verdict::settle(checked.verdict, Ok(caveats));
    let key =
        checked.used.or((!ring.given.keys.is_empty()).then_some(0)).and_then(|at| ring.given.keys.get(at));
    let key = key.map(|key| &key.jwk.key);
    let mut facts = timed.as_ref().map(|timed| claims::facts(&timed.claims, expect.now)).unwrap_or_default();
    facts.extend(footer_facts(token));
    Opened {
        segments: token.segments(&item.value, payload.as_ref()),
        encrypted: token.purpose == Purpose::Local,
        facts,
        steps: token.steps(key, payload.as_ref().map(Payload::bytes), beside.assertion),
        signature: pair(token, key, beside.assertion),
        findings: findings(token, beside.assertion, claims.as_ref(), payload.as_ref()),
        token: Some(Box::new(TokenReport {
            checks,
            keys: ring.given.notes(checked.used),
            mended: item.mended.clone(),
            ..TokenReport::default()
        })),
        payload,
        ..bare(verdict)
    }
}

/// What came of the tag's or the signature's check.
struct Checked {
    verdict: Verdict,
    /// The place of the key that holds.
    used: Option<usize>,
    plain: Option<Vec<u8>>,
}

/// The options that say what the server takes: another version or purpose is refused whatever key there is.
fn pinned((version, purpose): (Version, Purpose), options: &Options) -> Result<(), Refusal> {
    let set = |name| options::word(options, name).map(|set| set.filter(|set| !set.is_empty()));
    let (versions, purposes) = (set(VERSION)?, set(PURPOSE)?);
    let is_it = versions.as_deref().is_none_or(|set| set.trim_start_matches('v') == version.digit())
        && purposes.as_deref().is_none_or(|set| set == purpose.word());
    if is_it {
        return Ok(());
    }
    let header = version.header(purpose);
    let taken: Vec<String> = versions.into_iter().chain(purposes).collect();
    let message = format!("It is a token of `{header}`, and the server takes {} only.", taken.join(" and "));
    Err(Refusal::new(Why::WrongAlgorithm, message, Some(Span::new(0, header.len()))))
}

/// The footer that is expected, if one is.
fn expected_footer(token: &Token, beside: Beside) -> Result<(), Refusal> {
    if beside.footer.is_empty() || beside.footer == token.footer {
        return Ok(());
    }
    let message = "The footer is another than the one that is expected.";
    Err(Refusal::new(Why::WrongOption, message, token.footer_at))
}

fn check(token: &Token, ask: &Ask, ring: &Ring, assertion: &[u8]) -> Checked {
    let given = &ring.given;
    let refused = |verdict| Checked { verdict, used: None, plain: None };
    if given.keys.is_empty() {
        return refused(match (&ring.misfit, &given.trouble) {
            (Some(misfit), _) => verdict::invalid(misfit.why, &*misfit.message),
            (None, Some(trouble)) => Verdict::Unchecked { missing: trouble.clone() },
            (None, None) => Verdict::Unchecked { missing: missing(token) },
        });
    }
    let beside = token.beside(assertion);
    let opens = |key: &Key| -> Option<Option<Vec<u8>>> {
        match (token.sealed(), key) {
            (Some(sealed), Key::Oct(secret)) => {
                paseto::decrypt(token.version, secret.bytes(), sealed, beside).map(Some)
            }
            (Some(_), _) => None,
            (None, key) => {
                let (message, signature) = token.parts();
                let input = paseto::signed(token.version, key, message, beside);
                token.version.alg().verify(key, &input, signature).then_some(None)
            }
        }
    };
    let share = Share::of(MAX_WORK);
    let mut tried = 0;
    let found = given.keys.iter().enumerate().take_while(|_| !share.is_used_up()).find_map(|(at, key)| {
        tried += 1;
        work::spend_on_key(&key.jwk.key, token.body.len());
        Some((at, key, opens(&key.jwk.key)?))
    });
    match found {
        Some((at, key, plain)) => Checked {
            verdict: Verdict::Valid { secret: key.index, encoding: key.encoding, but: Vec::new() },
            used: Some(at),
            plain,
        },
        None => refused(verdict::invalid(Why::BadSignature, mismatch(token, ring, tried, assertion, ask))),
    }
}

fn missing(token: &Token) -> String {
    let version = token.version.digit();
    match token.purpose {
        Purpose::Local => {
            format!("Give the shared key to decrypt it: 32 bytes, or PASERK (`k{version}.local.…`).")
        }
        Purpose::Public => format!(
            "Give the public key to check the signature: {} as PEM, JWK or PASERK (`k{version}.public.…`).",
            paseto_key::wanted(token.version, Purpose::Public)
        ),
    }
}

fn mismatch(token: &Token, ring: &Ring, tried: usize, assertion: &[u8], ask: &Ask) -> String {
    let with = match ring.given.keys.len() {
        1 => "this key".to_owned(),
        count if tried < count => {
            format!("the first {tried} of the {count} keys; all of them would take too long")
        }
        count => format!("any of the {count} keys"),
    };
    let mut message = match token.purpose {
        Purpose::Local => format!("It cannot be decrypted with {with}."),
        Purpose::Public => format!("The signature does not match with {with}."),
    };
    message.push_str(" The token or its footer was changed after it was made, or the server has another key");
    message.push_str(match (token.version.has_assertion(), assertion.is_empty()) {
        (true, true) => ", or it was made with an implicit assertion.",
        (true, false) => ", or another implicit assertion.",
        (false, _) => ".",
    });
    let given = ask.secrets.iter().filter(|secret| !secret.text.is_empty()).count();
    if given > 1 {
        let other = ring.misfit.as_ref().map(|misfit| &misfit.message).or(ring.given.trouble.as_ref());
        message.extend(other.map(|other| format!(" One could not be tried: {other}")));
    }
    message
}

/// Claims with their times as seconds, as [`expect`] takes them.
struct Timed {
    claims: Claims,
    /// Those that are no texts as RFC 3339 writes times.
    odd: Vec<(&'static str, String)>,
}

const TIMES: [&str; 3] = ["exp", "nbf", "iat"];

fn timed(claims: &Claims) -> Timed {
    let mut timed = Timed { claims: claims.clone(), odd: Vec::new() };
    for name in TIMES {
        let Some(found) = timed.claims.remove(name) else { continue };
        match found.as_str().and_then(moment::rfc3339) {
            Some(time) => drop(timed.claims.insert(name.into(), time.into())),
            None => timed.odd.push((name, found.to_string())),
        }
    }
    timed
}

impl Timed {
    fn checks(&self, expect: &Expect) -> Vec<Check> {
        let mut checks = expect.check(&Header::new(), &self.claims);
        checks.retain(|check| check.name != "typ");
        for check in &mut checks {
            if let Some((_, found)) = self.odd.iter().find(|(name, _)| *name == check.name) {
                check.outcome = CheckOutcome::Failed;
                check.message = format!(
                    "It is {found}, which is not a text such as \"2026-11-24T07:52:21Z\" (RFC 3339)."
                );
            }
            if check.name == "iat"
                && let Some(ahead) = self.issued_ahead(expect)
            {
                check.outcome = CheckOutcome::Failed;
                check.message = ahead;
            }
        }
        checks
    }

    /// The reference rules refuse what was issued in the future.
    fn issued_ahead(&self, expect: &Expect) -> Option<String> {
        let (iat, now) = (claims::time(&self.claims, "iat")?, expect.now?);
        (iat > now.saturating_add(expect.leeway))
            .then(|| format!("It is from the future: issued {}.", moment::distance(iat, now)))
    }

    /// What speaks against the token; times only where there is a clock.
    fn caveats(&self, checks: &[Check], expect: &Expect) -> Vec<Caveat> {
        let failed = checks.iter().filter(|check| check.outcome == CheckOutcome::Failed);
        let caveat = |check: &Check| {
            let is_odd = self.odd.iter().any(|(odd, _)| *odd == check.name);
            let kind = match &*check.name {
                _ if is_odd && expect.now.is_none() => return None,
                _ if is_odd => CaveatKind::Claim,
                "exp" => CaveatKind::Expired,
                "nbf" | "iat" => CaveatKind::NotYetValid,
                _ => CaveatKind::Claim,
            };
            let message = match kind {
                CaveatKind::Claim => format!("`{}`: {}", check.name, check.message),
                _ => format!("{} Servers refuse it.", check.message),
            };
            Some(Caveat { kind, message })
        };
        failed.filter_map(caveat).collect()
    }
}

fn footer_facts(token: &Token) -> Vec<crate::protocol::Fact> {
    let Ok(text) = std::str::from_utf8(&token.footer) else { return Vec::new() };
    if text.is_empty() {
        return Vec::new();
    }
    let members: Option<Claims> = serde_json::from_str(text).ok();
    let kid = members.as_ref().and_then(|members| members.get("kid")?.as_str());
    let footer = opened::text_fact("Footer", None, text);
    std::iter::once(footer).chain(kid.map(|kid| opened::text_fact("Key ID", Some("kid"), kid))).collect()
}

/// The tag or signature as it stands, and the one that the key makes, where that is always the same.
fn pair(token: &Token, key: Option<&Key>, assertion: &[u8]) -> Option<SignaturePair> {
    let beside = token.beside(assertion);
    match token.sealed() {
        Some(sealed) => {
            let input = paseto::tag_input(token.version, sealed.nonce, sealed.ciphertext, beside);
            let derived = match key? {
                Key::Oct(secret) => Derived::of(token.version, secret.bytes(), sealed.nonce)?,
                _ => return None,
            };
            let expected = derived.tag(token.version, &input).map(|tag| BASE64URL.encode(&tag));
            Some(SignaturePair { found: BASE64URL.encode(sealed.tag), expected })
        }
        None => {
            let (message, signature) = token.parts();
            let expected =
                key.filter(|_| matches!(token.version, Version::V2 | Version::V4)).and_then(|key| {
                    token.version.alg().sign(key, &paseto::signed(token.version, key, message, beside))
                });
            let expected = expected.map(|signature| BASE64URL.encode(&signature));
            Some(SignaturePair { found: BASE64URL.encode(signature), expected })
        }
    }
}

fn findings(
    token: &Token,
    assertion: &[u8],
    claims: Option<&Claims>,
    payload: Option<&Payload>,
) -> Vec<Finding> {
    let finding = |rule: &str, severity, message: String, fix: &str, source: &str| Finding {
        rule: rule.into(),
        severity,
        about: None,
        message,
        fix: fix.into(),
        corrected: None,
        source: source.into(),
    };
    let mut findings = Vec::new();
    let version = token.version.digit();
    if !token.version.has_assertion() {
        findings.push(finding(
            "paseto-old-version",
            Severity::Low,
            format!("Version {version} is one that a newer has replaced."),
            "Make new tokens of version 4, or of version 3 where only NIST's algorithms may be used.",
            "PASETO specification, Rationale for V3/V4",
        ));
        if !assertion.is_empty() {
            findings.push(finding(
                "paseto-assertion-ignored",
                Severity::Medium,
                format!("Version {version} has no implicit assertion: the one that is set protects nothing."),
                "Use version 4, or put what is asserted into the footer.",
                "PASETO specification, Implementation Details: Implicit Assertions",
            ));
        }
    }
    if payload.is_some() && claims.is_none() {
        findings.push(finding(
            "paseto-payload-no-object",
            Severity::Low,
            "The message is not a JSON object, and many libraries refuse that.".into(),
            "Write {\"name\": value}.",
            "PASETO specification, Payload Processing",
        ));
    }
    if claims.is_some_and(|claims| !claims.contains_key("exp")) {
        findings.push(finding(
            "exp-missing",
            Severity::Medium,
            "This token never expires: a stolen copy works until the key is changed.".into(),
            "Add `exp`, a time such as \"2026-11-24T07:52:21Z\".",
            "PASETO specification, Registered Claims",
        ));
    }
    findings
}

/// What the options say is authenticated beside the message.
fn beside(options: &Options) -> Result<Beside<'_>, SignError> {
    let bytes = |name| Ok(options::text(options, name)?.unwrap_or_default().as_bytes());
    Ok(Beside { footer: bytes(FOOTER)?, assertion: bytes(ASSERTION)? })
}

fn nonce(options: &Options, version: Version, message: &[u8]) -> Result<Vec<u8>, SignError> {
    let size = version.nonce_size();
    let wrong = || {
        bad_option(
            NONCE_HEX,
            format!("This is not the hex of {size} bytes."),
            "Leave it empty: random ones are taken.",
        )
    };
    let bytes = match options::filled(options, NONCE_HEX)? {
        None => random::bytes::<32>()?.get(..size).map(<[u8]>::to_vec),
        Some(hex) => hex::decode(hex).ok().filter(|bytes| bytes.len() == size),
    };
    bytes.and_then(|bytes| paseto::nonce(version, &bytes, message)).ok_or_else(wrong)
}

/// The key that makes a token: the first.
fn making_key(ring: &Ring, version: Version, purpose: Purpose) -> Result<&Key, SignError> {
    let key = ring.given.keys.first().map(|key| &key.jwk.key);
    key.ok_or_else(|| {
        let (message, hint) = match (&ring.misfit, &ring.given.trouble) {
            (Some(misfit), _) => {
                (misfit.message.clone(), "Give a key of that kind, or choose another version or purpose.")
            }
            (None, Some(trouble)) => (trouble.clone(), "Choose how the key is read, or mend its text."),
            (None, None) => (
                format!("There is no key: it takes {}.", paseto_key::wanted(version, purpose)),
                "Paste your application's, or make one in Generate.",
            ),
        };
        SignError { field: Field::Secret, message, hint: hint.into(), at: None }
    })
}

fn cannot_make(version: Version, purpose: Purpose, key: &Key) -> SignError {
    let message = if key.is_secret() {
        format!("No v{}.{} token can be made with this key.", version.digit(), purpose.word())
    } else {
        "This is a public key, which only verifies; a token is signed with the private one.".to_owned()
    };
    let hint = match version {
        Version::V2 | Version::V4 => {
            "Give the private key: PEM, PASERK, or 64 bytes, the seed and the public key."
        }
        Version::V1 | Version::V3 => "Give the private key, as PEM or PASERK.",
    };
    SignError { field: Field::Secret, message, hint: hint.into(), at: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft};
    use crate::secret::SecretText;

    const KEY: &str = "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8";
    /// From PASERK's own examples.
    const PRIVATE: &str =
        "k4.secret.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8c5WpIyC_5kWKhS8VEYSZ05dYfuTF-ZdQFV4D9vLTcNQ";
    const PUBLIC: &str = "k4.public.HOVqSMgv-ZFioUvFRGEmdOXWH7kxfmXUBVeA_by03DU";

    fn options(set: &[(&str, &str)]) -> Options {
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
    }

    fn draft(secret: &str, text: &str, set: &[(&str, &str)]) -> Draft {
        Draft {
            scheme: ABOUT.id.to_string(),
            payload: PayloadDraft { form: PayloadForm::Json, text: text.into() },
            secrets: vec![SecretText::new(secret, None)],
            options: options(set),
            cookie: CookieDraft::default(),
            now: None,
            patient: false,
        }
    }

    fn open(token: &str, secret: &str, set: &[(&str, &str)], now: Option<i64>) -> Opened {
        let secrets = vec![SecretText::new(secret, None)];
        Paseto.open(&Item::bare(None, token), &Ask { secrets, options: options(set), now, ..Ask::default() })
    }

    fn why(opened: &Opened) -> Why {
        match &opened.verdict {
            Verdict::Invalid { why, .. } => *why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn times_are_texts_and_judged_by_the_clock() {
        let kinds = |claims: &str, now| {
            let token = Paseto.make(&draft(KEY, claims, &[])).expect("made").value;
            match open(&token, KEY, &[], now).verdict {
                Verdict::Valid { but, .. } => but.into_iter().map(|caveat| caveat.kind).collect::<Vec<_>>(),
                other => panic!("{other:?}"),
            }
        };
        let at = |name: &str| format!(r#"{{"{name}":"1970-01-01T00:01:40.9+00:00"}}"#);
        assert_eq!([kinds(&at("exp"), Some(99)), kinds(&at("exp"), None)], [vec![], vec![]]);
        assert_eq!(kinds(&at("exp"), Some(100)), [CaveatKind::Expired]);
        assert_eq!(kinds(&at("nbf"), Some(100)), []);
        assert_eq!(kinds(&at("nbf"), Some(99)), [CaveatKind::NotYetValid]);
        assert_eq!(kinds(&at("iat"), Some(100)), []);
        assert_eq!(kinds(&at("iat"), Some(99)), [CaveatKind::NotYetValid]);
        for odd in [r#"{"exp":200}"#, r#"{"iat":"yesterday"}"#, r#"{"nbf":null}"#] {
            assert_eq!(kinds(odd, Some(100)), [CaveatKind::Claim], "{odd}");
            assert_eq!(kinds(odd, None), []);
        }
    }

    #[test]
    fn what_the_server_does_not_take_is_refused() {
        let token = Paseto.make(&draft(KEY, "{}", &[("footer", "f")])).expect("made").value;
        assert!(matches!(
            open(&token, KEY, &[("version", "v4"), ("purpose", "local")], None).verdict,
            Verdict::Valid { .. }
        ));
        for other in [("version", "3"), ("purpose", "public")] {
            assert_eq!(why(&open(&token, KEY, &[other], None)), Why::WrongAlgorithm);
            assert_eq!(why(&open("v4.local.AA", KEY, &[other], None)), Why::WrongAlgorithm, "however short");
        }
        assert_eq!(why(&open(&token, KEY, &[("footer", "g")], None)), Why::WrongOption);
        assert_eq!(why(&open(&token, PUBLIC, &[], None)), Why::WrongAlgorithm);
    }

    #[test]
    fn each_text_is_one_token() {
        let token = Paseto.make(&draft(KEY, "{}", &[("footer", "{\"kid\":\"1\"}")])).expect("made").value;
        let (body, footer) = token.rsplit_once('.').expect("has a footer");
        let stray = format!("{body}.{}", footer.strip_suffix('0').expect("ends so").to_owned() + "1");
        for odd in [
            format!("{token}="),
            stray,
            format!("{body}=.{footer}"),
            format!("{token}.AA"),
            token.replacen('v', "V", 1),
            token.replacen("local", "lokal", 1),
            "v4.local".into(),
            "v4.local.".into(),
            "v5.local.AAAA".into(),
        ] {
            assert_eq!(why(&open(&odd, KEY, &[], None)), Why::Malformed, "{odd}");
        }
    }

    #[test]
    fn the_segments_are_the_whole_token() {
        for (secret, set) in [
            (KEY, &[("footer", "f")][..]),
            (KEY, &[]),
            (PRIVATE, &[("purpose", "public"), ("footer", "f")]),
            (PRIVATE, &[("purpose", "public")]),
        ] {
            let token = Paseto.make(&draft(secret, r#"{"a":1}"#, set)).expect("made").value;
            let opened = open(&token, secret, &[], None);
            let text: Vec<&str> = opened.segments.iter().map(|segment| segment.span.of(&token)).collect();
            assert_eq!(text.concat(), token.replace(".Zg", "Zg"));
            assert_eq!(opened.payload, Some(Payload::Json(r#"{"a":1}"#.into())));
            let shown = Paseto.shown(&Item::bare(None, &token), &opened);
            assert_eq!(shown, options(set));
            let pair = opened.signature.expect("has one");
            assert_eq!(Some(pair.found), pair.expected);
        }
        // What anyone may read is there without a key, what is encrypted is not.
        let public = Paseto.make(&draft(PRIVATE, "{}", &[("purpose", "public")])).expect("made").value;
        let local = Paseto.make(&draft(KEY, "{}", &[])).expect("made").value;
        assert!(
            open(&public, "", &[], None).payload.is_some() && open(&local, "", &[], None).payload.is_none()
        );
    }

    #[test]
    fn an_implicit_assertion_counts_in_versions_3_and_4() {
        let hex = "07".repeat(32);
        for version in ["1", "2", "3", "4"] {
            let made = Paseto.make(&draft(&hex, "{}", &[("version", version), (ASSERTION, "a")]));
            let token = made.expect("made").value;
            let is_valid = |set: &[_]| matches!(open(&token, &hex, set, None).verdict, Verdict::Valid { .. });
            assert!(is_valid(&[(ASSERTION, "a")]));
            let counts = version > "2";
            assert_eq!([is_valid(&[]), is_valid(&[(ASSERTION, "b")])], [!counts; 2], "{version}");
            let findings = open(&token, &hex, &[(ASSERTION, "a")], None).findings;
            assert_eq!(findings.iter().any(|finding| finding.rule == "paseto-assertion-ignored"), !counts);
        }
    }

    #[test]
    fn what_cannot_be_made_says_which_field() {
        let error = |secret: &str, set: &[_]| Paseto.make(&draft(secret, "{}", set)).expect_err("refused");
        let public = error(PUBLIC, &[("purpose", "public")]);
        assert!(public.field == Field::Secret && public.message.contains("public key"));
        assert_eq!(error("", &[]).field, Field::Secret);
        assert_eq!(error(KEY, &[("version", "3")]).field, Field::Secret);
        assert_eq!(error(KEY, &[("version", "5")]).field, Field::Option(VERSION.into()));
        assert_eq!(error(KEY, &[(NONCE_HEX, "00")]).field, Field::Option(NONCE_HEX.into()));
    }
}

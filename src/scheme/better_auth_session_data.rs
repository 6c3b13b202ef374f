//! Better Auth: the cache of a session in the cookie `better-auth.session_data` (strategy `compact`).
//!
//! Base64url of the JSON `{"session": DATA, "expiresAt": ms, "signature": T}`. T is the Base64url of HMAC-SHA256 over the
//! text that `JSON.stringify({...DATA, expiresAt})` gives: DATA is parsed and written again, with `expiresAt` behind its
//! members. Base64 of either alphabet is read, and the tag compared as bytes. Refused: past its own end or the session's,
//! of another version than is set, or without the members that Better Auth's tables have. Sources: `src/cookies/index.ts`
//! and `src/cookies/cache.ts` of the npm package better-auth.

use std::borrow::Cow;

use super::kit::age;
use super::kit::base64::BASE64URL;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::making::bad_payload;
use super::kit::opened::bare;
use super::kit::options::bad_option;
use super::kit::verdict::{malformed, wrong_option};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::moment;
use crate::payload::javascript;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step, Verdict,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct BetterAuthSessionData;

static ABOUT: About = About {
    id: Cow::Borrowed("better-auth-session-data"),
    title: Cow::Borrowed("Better Auth session cache"),
    framework: Cow::Borrowed("Better Auth"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("better-auth.session_data"),
        Cow::Borrowed("__Secure-better-auth.session_data"),
    ]),
    docs: Cow::Borrowed("https://www.better-auth.com/docs/concepts/session-management"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url({ session: DATA, expiresAt, signature: base64url(HMAC-SHA256(secret, { ...DATA, expiresAt })) })",
    ),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed(EXAMPLE),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed("maxAge"),
            kind: OptionKind::Number,
            default: Cow::Borrowed("300"),
            help: Cow::Borrowed("Seconds until the cache ends (session.cookieCache.maxAge)."),
            when_making: true,
            when_opening: false,
        },
        OptionSpec {
            name: Cow::Borrowed("version"),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "The version of the cache that is wanted, if one is set (session.cookieCache.version).",
            ),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const EXAMPLE: &str = r#"{
  "session": { "id": "s1", "userId": "u1", "token": "GxK2yP0mWq7sT4vB9nJcRfLhZdAe3uXo", "expiresAt": "2030-01-09T08:00:00.000Z" },
  "user": { "id": "u1", "name": "Ada", "email": "ada@example.com", "emailVerified": true }
}"#;
const DIGEST: Digest = Digest::Sha256;
const MAX_AGE: i64 = 300;

/// The cache of a session, however it is written.
pub const SPLIT: Split = Split::dotted(
    Room::Line(4050),
    "https://github.com/better-auth/better-auth/blob/main/packages/better-auth/src/cookies/session-store.ts",
);

impl Scheme for BetterAuthSessionData {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let is_json = item.value.starts_with("ey") && !item.value.contains('.');
        is_json.then(|| Cache::read(&item.value).ok())??;
        Some(Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 96,
            reasons: vec![
                "It is JSON in Base64url with the members `session`, `expiresAt` and `signature`.".into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let cache = match Cache::read(&item.value) {
            Ok(cache) => cache,
            Err(broken) => return bare(&ABOUT, broken),
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let message = cache.message();
        let whole = Span::new(0, item.value.len());
        let found = base64url(&cache.signature).ok();
        let verdict = mac::verdict(ask, &keys, DIGEST, message.as_bytes(), found.as_deref());
        let mut opened = Opened {
            findings: mac::remarks(&verdict, &keys, DIGEST),
            segments: vec![Segment {
                name: "Session data".into(),
                role: Role::Payload,
                span: whole,
                decoded: Some(Payload::Json(cache.json.clone())),
            }],
            payload: Some(Payload::Json(cache.data())),
            steps: steps(&message, &keys),
            signature: Some(SignaturePair {
                found: cache.signature.clone(),
                expected: keys.first().map(|key| tag(&message, key)),
            }),
            ..bare(&ABOUT, verdict)
        };
        if let (Verdict::Valid { .. }, Some(refused)) = (&opened.verdict, cache.refused(ask, whole)) {
            opened.verdict = refused;
        }
        if let Some(end) = cache.ends() {
            age::note(&mut opened, "expiresAt", end, ask.now);
        }
        if let Some(end) = cache.session_ends() {
            age::note(&mut opened, "session.expiresAt", end, ask.now);
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let now = draft.now.ok_or_else(|| SignError {
            field: Field::Scheme,
            message: "The value carries its end, and the time is not known here.".into(),
            hint: "Set the clock.".into(),
            at: None,
        })?;
        let max_age = match draft.options.get("maxAge") {
            None => Some(MAX_AGE),
            Some(set) => set.as_i64(),
        };
        let milliseconds = |seconds: i64| seconds.checked_mul(1000);
        let (Some(updated), Some(end)) =
            (milliseconds(now), max_age.and_then(|age| milliseconds(now.checked_add(age)?)))
        else {
            return Err(bad_option("maxAge", "`maxAge` is not a number of seconds.", "Give a whole number."));
        };
        let json = javascript::typed(&draft.payload.text)?;
        let data = javascript::members(&json).ok_or_else(lacking)?;
        let mut cache = Cache { json, data, end: end.to_string(), signature: String::new() };
        if cache.member("updatedAt").is_none() {
            cache.data.push(("\"updatedAt\"".into(), updated.to_string()));
        }
        if cache.member("version").is_none() {
            let version = draft.options.get("version").and_then(|version| version.as_str());
            let version = version.filter(|version| !version.is_empty()).unwrap_or("1");
            cache.data.push(("\"version\"".into(), javascript::quoted(version)));
        }
        if !cache.has_its_members() {
            return Err(lacking());
        }
        let message = cache.message();
        let signature = javascript::quoted(&tag(&message, key));
        let json = javascript::object([
            ("\"session\"", cache.data().as_str()),
            ("\"expiresAt\"", cache.end.as_str()),
            ("\"signature\"", signature.as_str()),
        ]);
        Ok(Made { value: BASE64URL.encode(json.as_bytes()), steps: steps(&message, &keys) })
    }

    fn split(&self) -> Option<Split> {
        Some(SPLIT)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "auth.js",
            "javascript",
            r#"import { betterAuth } from "better-auth"

export const auth = betterAuth({
  secret: process.env.SECRET_ENV,
  session: {
    cookieCache: {
      enabled: true, maxAge: OPTION_maxAge, strategy: "compact",
      version: "OPTION_version",
    },
  },
})

// Set when someone signs in, and read without the database until it ends:
const session = await auth.api.getSession({ headers: request.headers })"#,
        )]
    }
}

/// What the cookie holds.
struct Cache {
    json: String,
    /// The members of DATA, as `JSON.stringify` writes them.
    data: Vec<(String, String)>,
    /// `expiresAt`, as JSON.
    end: String,
    signature: String,
}

impl Cache {
    fn read(value: &str) -> Result<Self, Verdict> {
        let whole = Span::new(0, value.len());
        let bytes = base64url(value)
            .map_err(|(at, what)| malformed(format!("The value is not Base64url: {what}."), at))?;
        let json = String::from_utf8(bytes).map_err(|_| malformed("It does not decode to text.", whole))?;
        let members = javascript::members(&json)
            .ok_or_else(|| malformed("It does not decode to a JSON object.", whole))?;
        let member = |name: &str| {
            let found = members.iter().find(|(key, _)| key.trim_matches('"') == name);
            found
                .map(|(_, value)| value.as_str())
                .ok_or_else(|| malformed(format!("The JSON in it has no `{name}`."), whole))
        };
        let data = javascript::members(member("session")?)
            .ok_or_else(|| malformed("`session` is not an object.", whole))?;
        let end = member("expiresAt")?.to_owned();
        let signature = serde_json::from_str(member("signature")?)
            .map_err(|_| malformed("`signature` is not a text.", whole))?;
        if end.parse::<f64>().is_err() {
            return Err(malformed("`expiresAt` is not a number.", whole));
        }
        Ok(Self { json, data, end, signature })
    }

    /// What is signed: `{...DATA, expiresAt}`.
    fn message(&self) -> String {
        let name = "\"expiresAt\"";
        let own = self.data.iter().any(|(key, _)| key == name);
        let members = self
            .data
            .iter()
            .map(|(key, value)| (key.as_str(), if key == name { self.end.as_str() } else { value.as_str() }));
        javascript::object(members.chain((!own).then_some((name, self.end.as_str()))))
    }

    fn data(&self) -> String {
        javascript::object(self.data.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    fn member(&self, name: &str) -> Option<&str> {
        self.data.iter().find(|(key, _)| key.trim_matches('"') == name).map(|(_, value)| value.as_str())
    }

    /// A member of `session` or `user`.
    fn column(&self, table: &str, name: &str) -> Option<String> {
        let columns = javascript::members(self.member(table)?)?;
        columns.into_iter().find(|(key, _)| key.trim_matches('"') == name).map(|(_, value)| value)
    }

    /// The members without which Better Auth takes DATA for something else.
    fn has_its_members(&self) -> bool {
        let text = |table, name| self.column(table, name).is_some_and(|value| value.starts_with('"'));
        self.session_ends().is_some()
            && [("session", "id"), ("session", "token"), ("user", "id"), ("user", "name"), ("user", "email")]
                .into_iter()
                .all(|(table, name)| text(table, name))
            && self.member("updatedAt").is_some_and(|number| number.parse::<f64>().is_ok())
    }

    /// The second in which the cache ends.
    #[expect(clippy::cast_possible_truncation)]
    fn ends(&self) -> Option<i64> {
        // The cast saturates, and a saturated time is as far away as a time can be.
        self.end.parse::<f64>().ok().map(|milliseconds| (milliseconds / 1000.0).floor() as i64)
    }

    fn session_ends(&self) -> Option<i64> {
        let end = self.column("session", "expiresAt")?;
        moment::parse(end.strip_prefix('"')?.strip_suffix('"')?)
    }

    /// Why it is refused though its signature is right.
    fn refused(&self, ask: &Ask, whole: Span) -> Option<Verdict> {
        if !self.has_its_members() {
            return Some(malformed(lacking().message, whole));
        }
        let wanted = ask.options.get("version")?.as_str().filter(|version| !version.is_empty())?;
        let own: Option<String> = self.member("version").and_then(|json| serde_json::from_str(json).ok());
        let own = own.filter(|version| !version.is_empty()).unwrap_or_else(|| "1".into());
        (own != wanted).then(|| {
            wrong_option(format!("The cache is of version {own}; the option `version` is {wanted}."))
        })
    }
}

fn lacking() -> SignError {
    bad_payload(
        "It lacks a member that Better Auth's tables have: `session` with `id`, `token` and `expiresAt`, `user` with `id`, \
         `name` and `email`.",
        "Begin with the example.",
    )
}

/// Base64 of either alphabet, padded or not.
fn base64url(text: &str) -> Result<Vec<u8>, (Span, String)> {
    BASE64URL.decode(text.replace('+', "-").replace('/', "_").trim_end_matches('='))
}

fn tag(message: &str, key: &Secret) -> String {
    BASE64URL.encode(&DIGEST.tag(key.bytes(), message.as_bytes()))
}

fn steps(message: &str, keys: &Keys) -> Vec<Step> {
    let formula = "JSON.stringify({ ...DATA, expiresAt })";
    let mut steps = vec![Step::new("Signing input", formula, Excerpt::text(message), None)];
    steps.extend(keys.steps(
        DIGEST,
        "signing input",
        message.as_bytes(),
        |tag| BASE64URL.encode(tag),
        "base64url",
    ));
    steps
}

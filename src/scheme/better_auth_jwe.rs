//! Better Auth: the session cache in a cookie, with the strategy `jwe`.
//!
//! A JWE with `dir` and A256CBC-HS512. The key is HKDF-SHA256 of the secret with the salt `better-auth-session` and the
//! info `BetterAuth.js Generated Encryption Key`; the header's `kid` is the key's JWK thumbprint with SHA-256. Inside are
//! `session`, `user`, `updatedAt`, `version`, and `iat`, `exp` and `jti`. When reading, `kid` must fit if there is one,
//! clocks may differ by 15 seconds, the session itself must not be over, and `version` must be the server's if that has one.
//! Sources: `packages/better-auth/src/crypto/jwt.ts`, `packages/better-auth/src/cookies/index.ts`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::age;
use super::kit::digest::Digest;
use super::kit::jwe::{Enc, Jwe};
use super::kit::jwe_session::{self, Derivation, Recipe, jwt_check, payload_claims};
use super::kit::options;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::Split;
use crate::jose::claims::Claims;
use crate::jose::jws::{Header, Refusal};
use crate::moment;
use crate::protocol::{
    Ask, Candidate, Caveat, CaveatKind, Draft, Fact, Opened, PayloadForm, SignError, Verdict, Why,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct BetterAuthJwe;

static ABOUT: About = About {
    id: Cow::Borrowed("better-auth-jwe"),
    title: Cow::Borrowed("Better Auth session data"),
    framework: Cow::Borrowed("Better Auth"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("better-auth.session_data")]),
    docs: Cow::Borrowed("https://www.better-auth.com/docs/concepts/session-management"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("JWE(dir, A256CBC-HS512, HKDF-SHA256(secret, \"better-auth-session\"), claims)"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed(
        "{ \"session\": { \"id\": \"s1\", \"userId\": \"u1\", \"token\": \"t1\", \"expiresAt\": \"2030-01-01T00:00:00.000Z\", \
         \"createdAt\": \"2026-01-01T00:00:00.000Z\", \"updatedAt\": \"2026-01-01T00:00:00.000Z\" }, \"user\": { \"id\": \"u1\", \
         \"name\": \"Ada\", \"email\": \"ada@example.com\", \"emailVerified\": true, \"createdAt\": \
         \"2026-01-01T00:00:00.000Z\", \"updatedAt\": \"2026-01-01T00:00:00.000Z\" } }",
    ),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(VERSION),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "The cache's version: cookies of another are refused. Written as 1 if there is none.",
            ),
            when_making: true,
            when_opening: true,
        },
        jwe_session::max_age_option("300"),
    ]),
};

const VERSION: &str = "version";
const DEFAULT_VERSION: &str = "1";
const DEFAULT_MAX_AGE: i64 = 300;
/// Bytes of a SHA-256 thumbprint.
const KID_BYTES: usize = 32;
/// What the tables of Better Auth always have.
const TABLES: [(&str, &[&str]); 2] = [
    ("session", &["id", "userId", "token", "expiresAt", "createdAt", "updatedAt"]),
    ("user", &["id", "email", "name", "emailVerified", "createdAt", "updatedAt"]),
];

impl Scheme for BetterAuthJwe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        jwe_session::detect(&ABOUT, item, fits)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let check = |claims: &_, _: &_| check(claims, ask);
        let mut opened = jwe_session::open(item, ask, &recipe(&check));
        if matches!(opened.verdict, Verdict::Valid { .. })
            && let Some(end) =
                opened.payload.as_ref().and_then(crate::jose::claims::of).as_ref().and_then(session_end)
        {
            opened.facts.push(Fact {
                term: "Session expires".into(),
                from: Some("session.expiresAt".into()),
                value: moment::fact(end, ask.now),
            });
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let version = options::word(&draft.options, VERSION)?.unwrap_or_else(|| DEFAULT_VERSION.into());
        let updated = age::now(draft)?.saturating_mul(1000);
        let own = [("updatedAt", updated.to_string()), (VERSION, Value::from(version).to_string())];
        let claims = jwe_session::jwt_claims(draft, &own, DEFAULT_MAX_AGE)?;
        jwe_session::make(draft, &recipe(&|_, _| Ok(Vec::new())), Header::new(), &claims)
    }

    fn split(&self) -> Option<Split> {
        Some(super::better_auth_session_data::SPLIT)
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
      enabled: true, maxAge: OPTION_maxAge, strategy: "jwe",
      version: "OPTION_version",
    },
  },
})

// Set when someone signs in, and read without the database until it ends:
const session = await auth.api.getSession({ headers: request.headers })"#,
        )]
    }
}

fn recipe<'a>(check: jwe_session::Check<'a>) -> Recipe<'a> {
    Recipe {
        about: &ABOUT,
        // The library would accept A256GCM too, but its key always has 64 bytes, which that does not take.
        encs: &[Enc::A256CbcHs512],
        derivations: vec![Derivation::new("better-auth-session", "BetterAuth.js Generated Encryption Key")],
        thumbprint: Some(|_| Digest::Sha256),
        first_without_kid: false,
        claims: payload_claims,
        check,
    }
}

fn fits(jwe: &Jwe) -> Option<(u8, String)> {
    let kid = jwe_session::kid_bytes(&jwe.header)?;
    let fits = jwe.enc == Enc::A256CbcHs512 && kid.len() == KID_BYTES;
    fits.then(|| (85, "Its `kid` is as long as a SHA-256 thumbprint, as Better Auth writes it.".into()))
}

fn check(claims: &Claims, ask: &Ask) -> Result<Vec<Caveat>, Refusal> {
    for (table, members) in TABLES {
        let row = claims.get(table).and_then(Value::as_object);
        let missing = members.iter().find(|member| !row.is_some_and(|row| row.contains_key(**member)));
        if let Some(member) = missing {
            let message =
                format!("It decrypts, but it is no session of Better Auth: there is no `{table}.{member}`.");
            return Err(Refusal::new(Why::Malformed, message, None));
        }
    }
    check_version(claims, ask)?;
    let mut caveats = jwt_check(claims, ask.now)?;
    if let (Some(end), Some(now)) = (session_end(claims), ask.now)
        && end < now
        && caveats.is_empty()
    {
        let message =
            format!("The session in it ended {}. The server starts another.", moment::distance(end, now));
        caveats.push(Caveat { kind: CaveatKind::Expired, message });
    }
    Ok(caveats)
}

fn check_version(claims: &Claims, ask: &Ask) -> Result<(), Refusal> {
    let Some(wanted) = options::word(&ask.options, VERSION)?.filter(|version| !version.is_empty()) else {
        return Ok(());
    };
    let found = match claims.get(VERSION) {
        Some(Value::String(version)) if !version.is_empty() => version.clone(),
        None | Some(Value::Null | Value::String(_)) => DEFAULT_VERSION.into(),
        Some(other) => other.to_string(),
    };
    if found == wanted {
        return Ok(());
    }
    let message = format!("It decrypts, but its `version` is {found}, and the server wants {wanted}.");
    Err(Refusal::new(Why::WrongOption, message, None))
}

/// When the session itself ends, in Unix seconds.
fn session_end(claims: &Claims) -> Option<i64> {
    match claims.get("session")?.get("expiresAt")? {
        Value::String(text) => moment::parse(text),
        Value::Number(millis) => Some(millis.as_i64()?.div_euclid(1000)),
        _ => None,
    }
}

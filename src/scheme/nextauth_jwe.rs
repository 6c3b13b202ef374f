//! NextAuth.js 4 (`next-auth`): the session as an encrypted JWT.
//!
//! A JWE with `dir` and A256GCM. The key is HKDF-SHA256 of the secret with the info `NextAuth.js Generated Encryption Key`.
//! The session cookie uses no salt; for the state, nonce and PKCE cookies the cookie's whole name is the salt, and stands
//! behind the info in brackets. The claims get `iat`, `exp` and `jti`. When reading, clocks may differ by 15 seconds.
//! Source: `packages/next-auth/src/jwt/index.ts` (version 4).

use std::borrow::Cow;

use super::kit::jwe::{Enc, Jwe};
use super::kit::jwe_session::{self, Derivation, Recipe, jwt_check, payload_claims};
use super::kit::opened;
use super::kit::options;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::jose::jws::Header;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct NextauthJwe;

static ABOUT: About = About {
    id: Cow::Borrowed("nextauth-jwe"),
    title: Cow::Borrowed("NextAuth.js session"),
    framework: Cow::Borrowed("NextAuth.js"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("next-auth.session-token"),
        Cow::Borrowed("next-auth.state"),
        Cow::Borrowed("next-auth.nonce"),
        Cow::Borrowed("next-auth.pkce.code_verifier"),
    ]),
    docs: Cow::Borrowed("https://next-auth.js.org/configuration/options#jwt"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("JWE(dir, A256GCM, HKDF-SHA256(secret), claims)"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"name\": \"Ada\", \"email\": \"ada@example.com\", \"sub\": \"7\" }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(SALT),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "Empty for the session; the cookie's whole name for state, nonce and PKCE cookies.",
            ),
            when_making: true,
            when_opening: true,
        },
        jwe_session::max_age_option("2592000"),
    ]),
};

const SPLIT_SOURCE: &str =
    "https://github.com/nextauthjs/next-auth/blob/v4/packages/next-auth/src/core/lib/cookie.ts";
const SALT: &str = "salt";
/// 30 days.
const DEFAULT_MAX_AGE: i64 = 30 * 86_400;
const SALTED: [&str; 3] = ["next-auth.state", "next-auth.nonce", "next-auth.pkce.code_verifier"];

impl Scheme for NextauthJwe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        jwe_session::detect(&ABOUT, item, fits)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let check = |claims: &_, _: &_| jwt_check(claims, ask.now);
        match derivation(&ask.options, item.name.as_deref()) {
            Ok(derivation) => jwe_session::open(item, ask, &recipe(derivation, &check)),
            Err(bad) => opened::bare(&ABOUT, verdict::unusable(&bad)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let claims = jwe_session::jwt_claims(draft, &[], DEFAULT_MAX_AGE)?;
        let derivation = derivation(&draft.options, Some(&draft.cookie.name))?;
        jwe_session::make(draft, &recipe(derivation, &|_, _| Ok(Vec::new())), Header::new(), &claims)
    }

    fn split(&self) -> Option<Split> {
        Some(Split::dotted(Room::Value(4096 - 163), SPLIT_SOURCE))
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "An API route",
            "javascript",
            r#"import { decode, encode } from "next-auth/jwt" // NextAuth.js 4

const secret = process.env.SECRET_ENV
const salt = "OPTION_salt"

export default async function handler(req, res) {
?!salt:   const claims = await decode({ token: req.cookies["NAME"], secret })
?!salt:   const token = await encode({ token: { sub: "7" }, secret, maxAge: OPTION_maxAge })
?salt:   const claims = await decode({ token: req.cookies["NAME"], secret, salt })
?salt:   const token = await encode({ token: { sub: "7" }, secret, salt, maxAge: OPTION_maxAge })
  res.setHeader("Set-Cookie", `NAME=${token}; Path=/; HttpOnly; Secure; SameSite=Lax`)
  res.json({ claims })
}"#,
        )]
    }
}

fn recipe<'a>(derivation: Derivation, check: jwe_session::Check<'a>) -> Recipe<'a> {
    Recipe {
        about: &ABOUT,
        // The library names no content encryptions, so whatever takes a key of 32 bytes is read.
        encs: &[Enc::A256Gcm, Enc::A128CbcHs256],
        derivations: vec![derivation],
        thumbprint: None,
        first_without_kid: false,
        claims: payload_claims,
        check,
    }
}

fn derivation(options: &Options, name: Option<&str>) -> Result<Derivation, SignError> {
    let by_name =
        || name.filter(|name| SALTED.contains(&opened::plain_name(name))).unwrap_or_default().to_owned();
    let salt = options::word(options, SALT)?.unwrap_or_else(by_name);
    let behind = if salt.is_empty() { String::new() } else { format!(" ({salt})") };
    let info = format!("NextAuth.js Generated Encryption Key{behind}");
    Ok(Derivation::new(salt, info))
}

fn fits(jwe: &Jwe) -> Option<(u8, String)> {
    let plain = jwe.enc == Enc::A256Gcm && jwe.header.len() == 2;
    plain.then(|| (50, "Its header has `alg` and `enc` only, as NextAuth.js 4 writes it.".into()))
}

//! Auth.js 5 (`@auth/core`): the session as an encrypted JWT.
//!
//! A JWE with `dir` and A256CBC-HS512. The key is HKDF-SHA256 of the secret, with the cookie's whole name as the salt and
//! `Auth.js Generated Encryption Key (<salt>)` as the info; the header's `kid` is the key's JWK thumbprint, with the hash
//! that has as many bytes as the key. The claims get `iat`, `exp` and `jti`. When reading, A256GCM (a key of 32 bytes) is
//! accepted too, `kid` chooses among the secrets (without one the first is taken), and clocks may differ by 15 seconds.
//! Source: `packages/core/src/jwt.ts`.

use std::borrow::Cow;

use super::kit::digest::Digest;
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
pub struct AuthjsJwe;

static ABOUT: About = About {
    id: Cow::Borrowed("authjs-jwe"),
    title: Cow::Borrowed("Auth.js session"),
    framework: Cow::Borrowed("Auth.js"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("authjs.session-token"),
        Cow::Borrowed("authjs.pkce.code_verifier"),
        Cow::Borrowed("authjs.state"),
        Cow::Borrowed("authjs.nonce"),
    ]),
    docs: Cow::Borrowed("https://authjs.dev/reference/core/jwt"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("JWE(dir, A256CBC-HS512, HKDF-SHA256(secret, cookie name), claims)"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"name\": \"Ada\", \"email\": \"ada@example.com\", \"sub\": \"7\" }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(SALT),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "What the key is derived with: the cookie's whole name, if nothing is given.",
            ),
            when_making: true,
            when_opening: true,
        },
        jwe_session::max_age_option("2592000"),
    ]),
};

const SPLIT_SOURCE: &str =
    "https://github.com/nextauthjs/next-auth/blob/main/packages/core/src/lib/utils/cookie.ts";
const SALT: &str = "salt";
/// 30 days.
const DEFAULT_MAX_AGE: i64 = 30 * 86_400;
/// Characters of a SHA-512 thumbprint, which is what the library writes.
const KID_BYTES: usize = 64;

impl Scheme for AuthjsJwe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        jwe_session::detect(&ABOUT, item, fits)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let check = |claims: &_, _: &_| jwt_check(claims, ask.now);
        match derivations(&ask.options, item.name.as_deref()) {
            Ok(derivations) => jwe_session::open(item, ask, &recipe(derivations, &check)),
            Err(bad) => opened::bare(&ABOUT, verdict::unusable(&bad)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let claims = jwe_session::jwt_claims(draft, &[], DEFAULT_MAX_AGE)?;
        let derivations = derivations(&draft.options, Some(&draft.cookie.name))?;
        jwe_session::make(draft, &recipe(derivations, &|_, _| Ok(Vec::new())), Header::new(), &claims)
    }

    fn split(&self) -> Option<Split> {
        Some(Split::dotted(Room::Value(4096 - 160), SPLIT_SOURCE))
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "A route handler",
            "javascript",
            r#"import { cookies } from "next/headers"
import { decode, encode } from "next-auth/jwt" // elsewhere: "@auth/core/jwt"

const secret = process.env.SECRET_ENV
?!salt: const salt = "NAME" // Auth.js takes the cookie's name
?salt: const salt = "OPTION_salt"
const jar = await cookies()
const claims = await decode({ token: jar.get("NAME")?.value, secret, salt })
const token = await encode({ token: { sub: "7" }, secret, salt, maxAge: OPTION_maxAge })
jar.set("NAME", token, { httpOnly: true, secure: true, sameSite: "lax" })"#,
        )]
    }
}

fn recipe<'a>(derivations: Vec<Derivation>, check: jwe_session::Check<'a>) -> Recipe<'a> {
    Recipe {
        about: &ABOUT,
        encs: &[Enc::A256CbcHs512, Enc::A256Gcm],
        derivations,
        thumbprint: Some(|enc| if enc.key_size() == 64 { Digest::Sha512 } else { Digest::Sha256 }),
        first_without_kid: true,
        claims: payload_claims,
        check,
    }
}

/// The salt that was given, else the cookie's name, else (a bare value) the names that the library uses itself.
fn derivations(options: &Options, name: Option<&str>) -> Result<Vec<Derivation>, SignError> {
    let named = || name.filter(|name| !name.is_empty()).map(str::to_owned);
    let salts = match options::word(options, SALT)?.or_else(named) {
        Some(salt) => vec![salt],
        None => vec!["authjs.session-token".to_owned(), "__Secure-authjs.session-token".to_owned()],
    };
    let derivation = |salt: String| {
        let info = format!("Auth.js Generated Encryption Key ({salt})");
        Derivation::new(salt, info)
    };
    Ok(salts.into_iter().map(derivation).collect())
}

fn fits(jwe: &Jwe) -> Option<(u8, String)> {
    match (jwe.enc, jwe_session::kid_bytes(&jwe.header).map(|kid| kid.len())) {
        (Enc::A256CbcHs512, Some(KID_BYTES)) => {
            Some((90, "Its `kid` is as long as a SHA-512 thumbprint, as Auth.js writes it.".into()))
        }
        (Enc::A256CbcHs512, None) | (Enc::A256Gcm, _) => {
            Some((20, "Auth.js would read such a token, though it writes others.".into()))
        }
        _ => None,
    }
}

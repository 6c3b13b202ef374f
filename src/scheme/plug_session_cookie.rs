//! Plug: the session cookies of `Plug.Session` with `store: :cookie`, which Phoenix uses.
//!
//! The session, a map, in Erlang's term format; signed with the key of `signing_salt`, or encrypted with the key of
//! `encryption_salt` if that is set, both as [`kit::plug_crypto`](super::kit::plug_crypto) does. Neither the cookie's
//! name nor a time is in it. Source: `lib/plug/session/cookie.ex`.

use std::borrow::Cow;

use super::kit::opened::bare;
use super::kit::options;
use super::kit::plug_crypto::{self, Salts, salt_option};
use super::kit::verdict::{unusable, wrong_option};
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload::{self, etf};
use crate::protocol::{
    Ask, Candidate, Draft, Field, Opened, Options, Payload, PayloadForm, SignError, Verdict,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct PlugSessionCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("plug-session-cookie"),
    title: Cow::Borrowed("Plug session cookie"),
    framework: Cow::Borrowed("Phoenix, Plug"),
    language: Cow::Borrowed("Elixir"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://hexdocs.pm/plug/Plug.Session.COOKIE.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "SFMyNTY . base64url(term) . base64url(HMAC-SHA256(PBKDF2(secret_key_base, signing_salt), all before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        salt_option("signing_salt", "`signing_salt` of the session's options, in `endpoint.ex`."),
        salt_option(
            "encryption_salt",
            "`encryption_salt` of the session's options; without it nothing is encrypted.",
        ),
        plug_crypto::ITERATIONS,
        plug_crypto::LENGTH,
        plug_crypto::DIGEST,
        plug_crypto::VERSION,
    ]),
};

/// Bytes that `Plug.Session` asks of `secret_key_base`.
const LEAST: usize = 64;

/// `_my_app_key`, as a new Phoenix application names its session.
fn is_usual_name(name: &str) -> bool {
    name.ends_with("_key") || name.contains("session")
}

impl Scheme for PlugSessionCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (likelihood, reason) = match plug_crypto::form(&item.value)? {
            (true, _) if item.name.as_deref().is_some_and(is_usual_name) => {
                (92, "A cookie that plug_crypto encrypted, under a name that Phoenix gives to sessions.")
            }
            (true, _) if item.name.is_some() => (84, "A cookie that plug_crypto encrypted."),
            (true, _) => (75, "plug_crypto encrypted it."),
            // A map.
            (false, Some(content)) if content.starts_with(&[131, 116]) => {
                (95, "plug_crypto signed it, and it holds a map in Erlang's term format.")
            }
            (false, _) => (40, "plug_crypto signed it."),
        };
        Some(Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood,
            reasons: vec![reason.into()],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let salts = match salts(&ask.options) {
            Ok(salts) => salts,
            Err(error) => return bare(&ABOUT, unusable(&error)),
        };
        let known = salts.unwrap_or(Salts { salt: "", beside: None, encrypts: is_encrypted(&item.value) });
        let (mut opened, content) = plug_crypto::open(&ABOUT, &item.value, ask, known);
        if salts.is_none() && !is_malformed(&opened.verdict) {
            opened.verdict = Verdict::Unchecked {
                missing: "Give `signing_salt` (and `encryption_salt`) of the session's options.".into(),
            };
            opened.steps.clear();
            opened.signature = None;
        }
        if let Some(bytes) = content {
            opened.payload = Some(match etf::read(&bytes) {
                Ok(term) => etf::payload(&term, bytes),
                Err(what) => {
                    if matches!(opened.verdict, Verdict::Valid { .. }) {
                        opened.verdict =
                            wrong_option(format!("The signature is right, but the content {what}."));
                    }
                    Payload::Bytes(bytes)
                }
            });
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let salts = salts(&draft.options)?.ok_or_else(|| {
            options::bad_option("signing_salt", "`signing_salt` is not given.", "It stands in `endpoint.ex`.")
        })?;
        let json = payload::draft::json(&draft.payload.text)?;
        let value: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        if !value.is_object() || draft.payload.form != PayloadForm::Json {
            return Err(SignError {
                field: Field::Payload,
                message: "A session is a map.".into(),
                hint: "Write a JSON object.".into(),
                at: None,
            });
        }
        let made =
            plug_crypto::make(&etf::whole(&etf::from_json(&value)), &draft.secrets, &draft.options, salts)?;
        let secret = draft.secrets.iter().find(|secret| !secret.text.is_empty());
        match secret.and_then(|secret| secret.read(ABOUT.secret_encoding).ok()) {
            Some(key) if key.len() < LEAST => Err(SignError {
                field: Field::Secret,
                message: format!(
                    "Plug takes a secret_key_base of at least {LEAST} bytes; this has {}.",
                    key.len()
                ),
                hint: "Make one with `mix phx.gen.secret`, or in Generate.".into(),
                at: None,
            }),
            _ => Ok(made),
        }
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "runtime.exs, endpoint.ex, a controller",
            "elixir",
            r#"# config/runtime.exs
config :my_app, MyAppWeb.Endpoint, secret_key_base: System.fetch_env!("SECRET_ENV")

# lib/my_app_web/endpoint.ex
?plug_crypto_version: # mix.exs: {:plug_crypto, "OPTION_plug_crypto_version"}
plug Plug.Session, store: :cookie, key: "NAME", same_site: "Lax", secure: true,
?key_iterations:   key_iterations: OPTION_key_iterations,
?key_length:   key_length: OPTION_key_length,
?key_digest:   key_digest: :OPTION_key_digest,
  encryption_salt: "OPTION_encryption_salt",
  signing_salt: "OPTION_signing_salt"

# A controller
def index(conn, _params) do
  before = get_session(conn, "user_id") # nil if the cookie is not right
  conn |> put_session("user_id", 7) |> json(%{before: before})
end"#,
        )]
    }
}

/// The salts, if they are given.
fn salts(options: &Options) -> Result<Option<Salts<'_>>, SignError> {
    let signing = options::text(options, "signing_salt")?;
    let encryption = options::text(options, "encryption_salt")?;
    Ok(match (signing, encryption) {
        (signing, Some(salt)) => Some(Salts { salt, beside: signing, encrypts: true }),
        (Some(salt), None) => Some(Salts { salt, beside: None, encrypts: false }),
        (None, None) => None,
    })
}

fn is_encrypted(value: &str) -> bool {
    plug_crypto::form(value).is_some_and(|(encrypted, _)| encrypted)
}

fn is_malformed(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Invalid { why: crate::protocol::Why::Malformed, .. })
}

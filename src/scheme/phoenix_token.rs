//! Phoenix.Token, and the cookies that Plug signs or encrypts in the same way (`put_resp_cookie` with `sign: true` or
//! `encrypt: true`).
//!
//! The content is `{data, signed_at in milliseconds, max_age in seconds}` in Erlang's term format (older releases: a
//! tuple of two, or a map), signed or encrypted as [`kit::plug_crypto`](super::kit::plug_crypto) does with the key of
//! the salt. A cookie's salt is its name + `_cookie`. Expired when signed_at + max_age lies before now; the reader's
//! `max_age` replaces the one inside. Sources: `lib/plug/crypto.ex`, `lib/phoenix/token.ex`, `lib/plug/conn.ex`.

use std::borrow::Cow;

use super::kit::opened::{self, bare};
use super::kit::options;
use super::kit::plug_crypto::{self, Salts, salt_option};
use super::kit::verdict::{doubt, nameless, unusable, wrong_option};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::moment;
use crate::payload::draft;
use crate::payload::etf::{self, Term};
use crate::protocol::{
    Ask, Candidate, CaveatKind, Draft, Fact, FactValue, Field, Opened, Options, Payload, PayloadForm,
    SignError, Verdict, Why,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct PhoenixToken {
    about: &'static About,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Signed,
    Encrypted,
    /// Either, and the name of the cookie is the salt.
    Cookie,
}

/// `Phoenix.Token.sign`
pub static SIGNED: PhoenixToken = PhoenixToken { about: &SIGNED_ABOUT, kind: Kind::Signed };

/// `Phoenix.Token.encrypt`
pub static ENCRYPTED: PhoenixToken = PhoenixToken { about: &ENCRYPTED_ABOUT, kind: Kind::Encrypted };

/// `Plug.Conn.put_resp_cookie`
pub static COOKIE: PhoenixToken = PhoenixToken { about: &COOKIE_ABOUT, kind: Kind::Cookie };

const SALT: OptionSpec =
    salt_option("salt", "The salt that is given to `sign` or `encrypt`, such as `user auth`.");

const MAX_AGE: OptionSpec = OptionSpec {
    name: Cow::Borrowed("max_age"),
    kind: OptionKind::Text,
    default: Cow::Borrowed("86400"),
    help: Cow::Borrowed("Seconds, or `infinity`. When a token is opened, it replaces the one inside."),
    when_making: true,
    when_opening: true,
};

static SIGNED_ABOUT: About = About {
    id: Cow::Borrowed("phoenix-token"),
    title: Cow::Borrowed("Phoenix token"),
    framework: Cow::Borrowed("Phoenix"),
    language: Cow::Borrowed("Elixir"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://hexdocs.pm/phoenix/Phoenix.Token.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "SFMyNTY . base64url(term) . base64url(HMAC-SHA256(PBKDF2(secret_key_base, salt), all before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(FORMS),
    example: Cow::Borrowed(EXAMPLE),
    options: Cow::Borrowed(&[
        SALT,
        MAX_AGE,
        plug_crypto::ITERATIONS,
        plug_crypto::LENGTH,
        plug_crypto::DIGEST,
    ]),
};

static ENCRYPTED_ABOUT: About = About {
    id: Cow::Borrowed("phoenix-token-encrypted"),
    title: Cow::Borrowed("Encrypted Phoenix token"),
    framework: Cow::Borrowed("Phoenix"),
    language: Cow::Borrowed("Elixir"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://hexdocs.pm/phoenix/Phoenix.Token.html#encrypt/4"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "XCP . base64url(iv tag XChaCha20-Poly1305(PBKDF2(secret_key_base, salt), term {data, signed_at, max_age}))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(FORMS),
    example: Cow::Borrowed(EXAMPLE),
    options: Cow::Borrowed(&[
        SALT,
        MAX_AGE,
        plug_crypto::ITERATIONS,
        plug_crypto::LENGTH,
        plug_crypto::DIGEST,
        plug_crypto::VERSION,
    ]),
};

static COOKIE_ABOUT: About = About {
    id: Cow::Borrowed("plug-signed-cookie"),
    title: Cow::Borrowed("Plug signed or encrypted cookie"),
    framework: Cow::Borrowed("Phoenix, Plug"),
    language: Cow::Borrowed("Elixir"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://hexdocs.pm/plug/Plug.Conn.html#put_resp_cookie/4"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("a Phoenix token whose salt is the cookie's name and _cookie"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(FORMS),
    example: Cow::Borrowed(EXAMPLE),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed("encrypt"),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("false"), Cow::Borrowed("true")])),
            default: Cow::Borrowed("false"),
            help: Cow::Borrowed("true for `encrypt: true`, false for `sign: true`."),
            when_making: true,
            when_opening: true,
        },
        MAX_AGE,
        plug_crypto::VERSION,
    ]),
};

const FORMS: &[PayloadForm] = &[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex];
const EXAMPLE: &str = "{ \"user_id\": 7 }";

/// Seconds for which a token holds where it does not say so.
const DEFAULT_AGE: i64 = 86_400;

/// How long a token holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Seconds(i64),
    Infinity,
}

impl Age {
    fn of(options: &Options) -> Result<Option<Self>, SignError> {
        if options.get("max_age").and_then(|age| age.as_str()) == Some("infinity") {
            return Ok(Some(Self::Infinity));
        }
        options::number(options, "max_age").map(|seconds| seconds.map(Self::Seconds))
    }
}

/// What a token holds.
struct Content {
    data: Term,
    signed_ms: i64,
    max_age: Age,
}

impl Content {
    fn of(term: Term) -> Option<Self> {
        let usual = Term::Int(DEFAULT_AGE.to_string());
        let (data, signed, max_age) = match term {
            Term::Tuple(terms) => {
                let mut terms = terms.into_iter();
                let first_two = (terms.next()?, terms.next()?);
                let third = terms.next().unwrap_or(usual);
                if terms.next().is_some() {
                    return None;
                }
                (first_two.0, first_two.1, third)
            }
            Term::Map(pairs) => {
                let member =
                    |name: &str| pairs.iter().find(|(key, _)| key.is_atom(name)).map(|(_, v)| v.clone());
                (member("data")?, member("signed")?, usual)
            }
            _ => return None,
        };
        let max_age = match max_age {
            Term::Atom(name) if name == "infinity" => Age::Infinity,
            // The floor of a fraction of a second is near enough to show.
            #[expect(clippy::cast_possible_truncation)]
            Term::Float(seconds) => Age::Seconds(seconds as i64),
            seconds => Age::Seconds(seconds.int()?),
        };
        Some(Self { data, signed_ms: signed.int()?, max_age })
    }

    /// When it expires, in Unix milliseconds.
    const fn ends_ms(&self, age: Age) -> Option<i64> {
        match age {
            Age::Seconds(seconds) => Some(self.signed_ms.saturating_add(seconds.saturating_mul(1000))),
            Age::Infinity => None,
        }
    }
}

impl Scheme for PhoenixToken {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (encrypted, content) = plug_crypto::form(&item.value)?;
        // A tuple of two or three.
        let is_token = content.is_some_and(|content| matches!(content.get(..3), Some([131, 104, 2 | 3])));
        let is_cookie = item.name.is_some();
        let likelihood = match (self.kind, encrypted) {
            (Kind::Signed, true) | (Kind::Encrypted, false) => return None,
            (Kind::Cookie, _) if !is_cookie => return None,
            (Kind::Signed, _) => {
                if is_token {
                    92
                } else {
                    45
                }
            }
            (Kind::Encrypted, _) => {
                if is_cookie {
                    80
                } else {
                    90
                }
            }
            (Kind::Cookie, true) => 88,
            (Kind::Cookie, false) => {
                if is_token {
                    93
                } else {
                    40
                }
            }
        };
        let mut reasons = vec![match (encrypted, is_token) {
            (true, _) => "plug_crypto encrypted it.".to_owned(),
            (false, true) => {
                "plug_crypto signed it, and it holds a tuple in Erlang's term format.".to_owned()
            }
            (false, false) => "plug_crypto signed it.".to_owned(),
        }];
        if self.kind == Kind::Cookie {
            reasons.push("It stands in a cookie.".into());
        }
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let (salt, age) = match (self.salt(item.name.as_deref(), &ask.options), Age::of(&ask.options)) {
            (Ok(salt), Ok(age)) => (salt, age),
            (Err(error), _) | (_, Err(error)) => return bare(self.about, unusable(&error)),
        };
        let encrypts = match self.encrypts(&ask.options) {
            Ok(Some(encrypts)) => encrypts,
            Ok(None) => plug_crypto::form(&item.value).is_some_and(|(encrypted, _)| encrypted),
            Err(error) => return bare(self.about, unusable(&error)),
        };
        let salts = Salts { salt: salt.as_deref().unwrap_or_default(), beside: None, encrypts };
        let (mut opened, content) = plug_crypto::open(self.about, &item.value, ask, salts);
        if salt.is_none() && !matches!(opened.verdict, Verdict::Invalid { why: Why::Malformed, .. }) {
            opened.verdict = match self.kind {
                Kind::Cookie => nameless(),
                _ => Verdict::Unchecked { missing: "Give the salt that the token was made with.".into() },
            };
            opened.steps.clear();
            opened.signature = None;
        }
        if let Some(bytes) = content {
            fill(&mut opened, bytes, age, ask.now);
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let salt = self.salt(Some(&draft.cookie.name), &draft.options)?.ok_or_else(|| {
            options::bad_option(
                "salt",
                "There is no salt.",
                "It is the second argument of `Phoenix.Token.sign`.",
            )
        })?;
        let encrypts = self.encrypts(&draft.options)?.unwrap_or(false);
        let signed_ms = draft.now.and_then(|now| now.checked_mul(1000)).ok_or_else(|| SignError {
            field: Field::Scheme,
            message: "There is no clock, and the token holds the time.".into(),
            hint: "Give the time.".into(),
            at: None,
        })?;
        let age = match Age::of(&draft.options)?.unwrap_or(Age::Seconds(DEFAULT_AGE)) {
            Age::Seconds(seconds) => etf::integer(seconds.into()),
            Age::Infinity => etf::atom("infinity"),
        };
        let bytes = draft::bytes(&draft.payload)?;
        let data = match draft.payload.form {
            PayloadForm::Json => etf::from_json(&serde_json::from_slice(&bytes).unwrap_or_default()),
            PayloadForm::Text | PayloadForm::Hex => etf::text_term(&bytes),
        };
        let content = etf::whole(&etf::tuple(&[data, etf::integer(signed_ms.into()), age]));
        let salts = Salts { salt: &salt, beside: None, encrypts };
        plug_crypto::make(&content, &draft.secrets, &draft.options, salts)
    }

    /// How long it lasts.
    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        let is_endless = opened.facts.iter().any(|fact| {
            fact.from.as_deref() == Some(&*MAX_AGE.name) && matches!(fact.value, FactValue::Text(_))
        });
        let begin = opened::time_of(opened, "signed_at");
        let length =
            opened::time_of(opened, &MAX_AGE.name).zip(begin).map(|(end, begin)| end.saturating_sub(begin));
        let length = length.filter(|length| length.to_string() != MAX_AGE.default);
        let max_age = if is_endless { Some("infinity".into()) } else { length.map(Into::into) };
        max_age.map(|max_age| (MAX_AGE.name.to_string(), max_age)).into_iter().collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        let (make, read) = match &*self.about().id {
            "plug-signed-cookie" => return vec![super::Snippet::new("A controller", "elixir", COOKIE_CODE)],
            "phoenix-token" => ("sign", "verify"),
            _ => ("encrypt", "decrypt"),
        };
        let version = if make == "encrypt" { VERSION_CODE } else { "" };
        let code = format!(
            r#"{version}secret = System.fetch_env!("SECRET_ENV") # or the endpoint, which has it as secret_key_base
salt = "OPTION_salt"

opts = [
?key_iterations:   key_iterations: OPTION_key_iterations,
?key_length:   key_length: OPTION_key_length,
?key_digest:   key_digest: :OPTION_key_digest,
  max_age: SYMBOL_max_age
]

token = Phoenix.Token.{make}(secret, salt, %{{"user_id" => 7}}, opts)

case Phoenix.Token.{read}(secret, salt, token, opts) do
  {{:ok, data}} -> data
  {{:error, reason}} -> reason # :invalid, :expired or :missing
end"#
        );
        vec![super::Snippet { code: code.into(), ..super::Snippet::new("Elixir", "elixir", "") }]
    }
}

const VERSION_CODE: &str =
    "?plug_crypto_version: # mix.exs: {:plug_crypto, \"OPTION_plug_crypto_version\"}\n";

/// No cookie ages `:infinity`: that can be said of tokens only.
const COOKIE_CODE: &str = r#"# config/runtime.exs
?plug_crypto_version: # mix.exs: {:plug_crypto, "OPTION_plug_crypto_version"}
config :my_app, MyAppWeb.Endpoint, secret_key_base: System.fetch_env!("SECRET_ENV")

# A controller
def index(conn, _params) do
?encrypt=false:   conn = fetch_cookies(conn, signed: ["NAME"])
?encrypt=true:   conn = fetch_cookies(conn, encrypted: ["NAME"])
  before = conn.cookies["NAME"] # nil if it is not right
?encrypt=false:   opts = [sign: true, http_only: true, secure: true, same_site: "Lax"]
?encrypt=true:   opts = [encrypt: true, http_only: true, secure: true, same_site: "Lax"]
?max_age: ?max_age!=infinity:   opts = [max_age: OPTION_max_age] ++ opts

  conn |> put_resp_cookie("NAME", %{"user_id" => 7}, opts) |> json(%{before: before})
end"#;

impl PhoenixToken {
    fn salt<'a>(&self, name: Option<&str>, options: &'a Options) -> Result<Option<Cow<'a, str>>, SignError> {
        match self.kind {
            Kind::Cookie => Ok(name.map(|name| Cow::Owned(format!("{name}_cookie")))),
            Kind::Signed | Kind::Encrypted => Ok(options::text(options, "salt")?.map(Cow::Borrowed)),
        }
    }

    /// Whether it is to be encrypted; `None` if a cookie's form decides.
    fn encrypts(&self, options: &Options) -> Result<Option<bool>, SignError> {
        match self.kind {
            Kind::Signed => Ok(Some(false)),
            Kind::Encrypted => Ok(Some(true)),
            Kind::Cookie => options::flag(options, "encrypt"),
        }
    }
}

/// Adds what the content says, and whether it is too old.
fn fill(opened: &mut Opened, bytes: Vec<u8>, reader_age: Option<Age>, now: Option<i64>) {
    let is_right = matches!(opened.verdict, Verdict::Valid { .. });
    let content = etf::read(&bytes).map(Content::of);
    let content = match content {
        Ok(Some(content)) => content,
        other => {
            if is_right {
                let what = other.err().unwrap_or_else(|| "holds no token".into());
                opened.verdict = wrong_option(format!("The key is right, but the content {what}."));
            }
            opened.payload = Some(match etf::read(&bytes) {
                Ok(term) => etf::payload(&term, bytes),
                Err(_) => Payload::Bytes(bytes),
            });
            return;
        }
    };
    let age = reader_age.unwrap_or(content.max_age);
    let ends_ms = content.ends_ms(age);
    let is_never_valid = matches!(age, Age::Seconds(..=0));
    let is_over = now.zip(ends_ms).is_some_and(|(now, ends)| ends < now.saturating_mul(1000));
    if is_never_valid {
        doubt(&mut opened.verdict, CaveatKind::Expired, "A `max_age` of 0 or less lets no token pass.");
    } else if is_over {
        let ends = ends_ms.unwrap_or_default().div_euclid(1000);
        let distance = moment::distance(ends, now.unwrap_or_default());
        let message = format!("It expired {distance}. Phoenix refuses it.");
        doubt(&mut opened.verdict, CaveatKind::Expired, message);
    }
    let time = |ms: i64| moment::fact(ms.div_euclid(1000), now);
    opened.facts.push(Fact {
        term: "Signed".into(),
        from: Some("signed_at".into()),
        value: time(content.signed_ms),
    });
    opened.facts.push(Fact {
        term: "Expires".into(),
        from: Some("max_age".into()),
        value: ends_ms.map_or_else(|| FactValue::Text("never".into()), time),
    });
    opened.payload = Some(etf::payload(&content.data, bytes));
}

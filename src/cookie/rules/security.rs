//! What a single cookie exposes: logins without protection, tokens and secrets in the value, identifiers that can be
//! guessed.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::cookie::edit;
use crate::cookie::parse::AttributeName;
use crate::cookie::rules::{Check, Context, Hit, Rule, quoted};
use crate::cookie::store::Prefix;
use crate::finding::Severity::{High, Info, Low, Medium};
use crate::protocol::SameSite;

pub const RULES: &[Rule] = &[
    Rule {
        id: "session-without-httponly",
        severity: High,
        message: "Any script on the page can read this login cookie.",
        fix: "Add HttpOnly.",
        source: "RFC 6265bis sections 4.1.2.6 and 8.3; OWASP Session Management Cheat Sheet",
        unless: &["http-prefix-violation", "host-http-prefix-violation"],
        check: Check::Cookie(|c| {
            (c.is_live_session() && !c.cookie.http_only).then(|| c.hit_missing("HttpOnly"))
        }),
        triggers: "connect.sid=s%3AJq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Lax",
        does_not_trigger: "connect.sid=s%3AJq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Lax; HttpOnly",
    },
    Rule {
        id: "session-without-secure",
        severity: High,
        message: "This login cookie is also sent over plain HTTP, where anyone on the network can read it.",
        fix: "Add Secure.",
        source: "RFC 6265bis sections 4.1.2.5 and 8.3",
        unless: NEEDS_SECURE,
        check: Check::Cookie(|c| (c.is_live_session() && !c.cookie.secure).then(|| c.hit_missing("Secure"))),
        triggers: "PHPSESSID=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; HttpOnly; SameSite=Lax",
        does_not_trigger: "PHPSESSID=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; HttpOnly; SameSite=Lax; Secure",
    },
    Rule {
        id: "session-without-samesite",
        severity: Medium,
        message: "Firefox and Safari send this login cookie with requests from other sites. Chrome does so with form posts \
                  during the first two minutes.",
        fix: "Add SameSite=Lax, or Strict.",
        source: "RFC 6265bis sections 5.6.7 and 8.8; MDN browser-compat-data, SameSite.Lax_default",
        unless: &["samesite-invalid-value", "partitioned-without-samesite-none"],
        check: Check::Cookie(|c| {
            (c.is_live_session() && c.cookie.same_site.is_none())
                .then(|| c.hit_name().corrected(edit::set(c.line, c.cookie, AttributeName::SameSite, "Lax")))
        }),
        triggers: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly",
        does_not_trigger: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly; SameSite=Lax",
    },
    Rule {
        id: "session-samesite-none",
        severity: Medium,
        message: "This login cookie goes along with requests from any site, so every form needs a CSRF protection of its own.",
        fix: "Use SameSite=Lax, unless the application must work in frames on other sites.",
        source: "RFC 6265bis sections 5.6.7 and 8.8.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_open = c.cookie.same_site == Some(SameSite::None) && !c.cookie.partitioned;
            let same_site = c.last(AttributeName::SameSite).filter(|_| is_open && c.is_live_session())?;
            Some(Hit::at(same_site.text))
        }),
        triggers: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=None",
        does_not_trigger: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=Lax",
    },
    Rule {
        id: "samesite-none-unpartitioned",
        severity: Low,
        message: "Safari, and other browsers where third-party cookies are blocked, do not send this cookie from frames on \
                  other sites.",
        fix: "Add Partitioned if it is only used in frames, or use SameSite=Lax if it is not used there.",
        source: "CHIPS (draft-cutler-httpbis-partitioned-cookies)",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_open =
                c.cookie.same_site == Some(SameSite::None) && c.cookie.secure && !c.cookie.partitioned;
            let same_site = c.last(AttributeName::SameSite).filter(|_| is_open && !c.is_deletion())?;
            Some(Hit::at(same_site.text))
        }),
        triggers: "w=1; Secure; SameSite=None",
        does_not_trigger: "w=1; Secure; SameSite=None; Partitioned",
    },
    Rule {
        id: "samesite-strict-session",
        severity: Info,
        message: "Visitors who follow a link from another site will look logged out on the first page.",
        fix: "Use Lax, or split the login into a Lax cookie for reading and a Strict one for changes.",
        source: "RFC 6265bis section 8.8.2",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_strict = c.cookie.same_site == Some(SameSite::Strict) && c.is_live_session();
            let same_site = c.last(AttributeName::SameSite).filter(|_| is_strict)?;
            Some(Hit::at(same_site.text))
        }),
        triggers: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=Strict",
        does_not_trigger: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=Lax",
    },
    Rule {
        id: "login-state-cookie-blocked-on-post",
        severity: Medium,
        message: "If the provider answers with a form post from its own site (form_post, SAML), this cookie is not sent and \
                  the login fails.",
        fix: "For answers by POST use SameSite=None and Secure with a short Max-Age; for redirects use Lax, not Strict.",
        source: "RFC 6265bis section 8.8.6; OAuth 2.0 Form Post Response Mode",
        unless: &[],
        check: Check::Cookie(|c| {
            let severity = match c.cookie.same_site? {
                SameSite::Strict => Medium,
                // Right for redirects, which are the usual case.
                SameSite::Lax => Info,
                SameSite::None => return None,
            };
            let same_site = c.last(AttributeName::SameSite).filter(|_| !c.is_deletion())?;
            is_login_state(c.base_name()).then(|| Hit::at(same_site.text).as_severity(severity))
        }),
        triggers: "oidc_state=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=Strict",
        does_not_trigger: "oidc_state=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=None; Max-Age=600",
    },
    Rule {
        id: "samesite-missing",
        severity: Low,
        message: "Browsers differ in their default for SameSite: Lax in Chrome and Edge, None in Firefox and Safari.",
        fix: "Add SameSite=Lax.",
        source: "MDN browser-compat-data, SameSite.Lax_default",
        unless: &[
            "session-without-samesite",
            "token-cookie-without-samesite",
            "partitioned-without-samesite-none",
        ],
        check: Check::Cookie(|c| {
            let is_written =
                c.cookie.attributes.iter().any(|attribute| attribute.kind == AttributeName::SameSite);
            (!is_written && !c.is_deletion()).then(|| c.hit_missing("SameSite=Lax"))
        }),
        triggers: "theme=dark; Path=/; Secure",
        does_not_trigger: "theme=dark; Path=/; Secure; SameSite=Lax",
    },
    Rule {
        id: "secure-missing",
        severity: Low,
        message: "The cookie is also sent over plain HTTP, and can be overwritten from there.",
        fix: "Add Secure.",
        source: "RFC 6265bis section 8.6",
        unless: NEEDS_SECURE,
        check: Check::Cookie(|c| {
            let severity = if c.is_live_token() || c.is_live_csrf() { Medium } else { Low };
            let is_missing = !c.cookie.secure && !c.is_live_session() && !c.is_deletion();
            is_missing.then(|| c.hit_missing("Secure").as_severity(severity))
        }),
        triggers: "theme=dark; Path=/; SameSite=Lax",
        does_not_trigger: "theme=dark; Path=/; SameSite=Lax; Secure",
    },
    Rule {
        id: "jwt-in-cookie-readable-by-js",
        severity: High,
        message: "This cookie carries a signed token that any script on the page can read and send elsewhere.",
        fix: "Add HttpOnly.",
        source: "RFC 6265bis section 8.3; RFC 7519 section 11",
        unless: &["session-without-httponly", "http-prefix-violation", "host-http-prefix-violation"],
        check: Check::Cookie(|c| {
            let is_readable = c.holds_jws() && !c.cookie.http_only && !c.is_deletion();
            // A CSRF token must be readable to be of use.
            (is_readable && !c.is_live_csrf())
                .then(|| Hit::at(c.cookie.value_span).corrected(edit::appended(c.line, "HttpOnly")))
        }),
        triggers: "token=eyJhbGciOiJIUzI1NiJ9.e30.AAAA; Secure; Path=/",
        does_not_trigger: "token=eyJhbGciOiJIUzI1NiJ9.e30.AAAA; Secure; HttpOnly; Path=/",
    },
    Rule {
        id: "token-cookie-without-samesite",
        severity: Medium,
        message: "Browsers differ in whether they send this token along with requests from other sites.",
        fix: "Add SameSite=Lax, or Strict.",
        source: "MDN browser-compat-data, SameSite.Lax_default",
        unless: &["samesite-invalid-value", "session-without-samesite", "partitioned-without-samesite-none"],
        check: Check::Cookie(|c| {
            let is_open = c.cookie.same_site.is_none() && (c.is_live_token() || c.is_live_csrf());
            let corrected = || edit::set(c.line, c.cookie, AttributeName::SameSite, "Lax");
            is_open.then(|| c.hit_name().corrected(corrected()))
        }),
        triggers: "XSRF-TOKEN=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure",
        does_not_trigger: "XSRF-TOKEN=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Lax",
    },
    Rule {
        id: "csrf-cookie-httponly-but-read-by-js",
        severity: Medium,
        message: "Front-end code must read this cookie to copy it into a header. HttpOnly prevents that.",
        fix: "Remove HttpOnly from this one cookie, or deliver the token in the page instead.",
        source: "Angular HttpClient, XSRF protection; Axios, xsrfCookieName; Django, CSRF_COOKIE_HTTPONLY",
        unless: &[],
        check: Check::Cookie(|c| {
            let names = ["xsrf-token", "csrftoken", "csrf_token", "_csrf_token"];
            let is_read = names.contains(&c.base_name().to_ascii_lowercase().as_str());
            let http_only = c.last(AttributeName::HttpOnly).filter(|_| is_read && !c.is_deletion())?;
            let is_forced = Prefix::of(&c.cookie.name).is_some_and(Prefix::needs_http_only);
            let corrected = (!is_forced).then(|| edit::unset(c.line, c.cookie, AttributeName::HttpOnly));
            Some(Hit::at(http_only.text).corrected(corrected))
        }),
        triggers: "XSRF-TOKEN=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly",
        does_not_trigger: "XSRF-TOKEN=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Lax",
    },
    Rule {
        id: "csrf-secret-cookie-readable",
        severity: Medium,
        message: "This cookie is the secret half of the CSRF check. No script needs to read it.",
        fix: "Add HttpOnly.",
        source: "csurf, README; ASP.NET Core antiforgery documentation",
        unless: &["http-prefix-violation", "host-http-prefix-violation"],
        check: Check::Cookie(|c| {
            let name = c.base_name().to_ascii_lowercase();
            let is_secret =
                name == "_csrf" || name.starts_with("_csrf-") || name.starts_with(".aspnetcore.antiforgery.");
            (is_secret && !c.cookie.http_only && !c.is_deletion()).then(|| c.hit_missing("HttpOnly"))
        }),
        triggers: "_csrf=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure",
        does_not_trigger: "_csrf=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly",
    },
    Rule {
        id: "csrf-cookie-not-host-bound",
        severity: Low,
        message: "A host below this one can plant a CSRF cookie of its own; a plain comparison of two copies then passes for \
                  the attacker.",
        fix: "Use a __Host- name, and bind the token to the session with an HMAC.",
        source: "OWASP CSRF Prevention Cheat Sheet; RFC 6265bis section 8.6",
        unless: &["prefix-recommended", "prefix-lookalike"],
        check: Check::Cookie(|c| {
            let is_bound = Prefix::of(&c.cookie.name).is_some_and(Prefix::needs_host_binding);
            (c.is_live_csrf() && !is_bound).then(|| c.hit_name())
        }),
        triggers: "csrf_token=Jq3m9h0rU2v8Kx1bYtN5cQ; Domain=example.com; Secure",
        does_not_trigger: "__Host-csrf=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Strict",
    },
    Rule {
        id: "guessable-session-id",
        severity: High,
        message: "This session identifier is short or predictable enough to be guessed.",
        fix: "Use at least 128 random bits from a secure generator.",
        source: "OWASP Session Management Cheat Sheet, Session ID Entropy; RFC 6265bis section 8.4",
        unless: &["secret-in-cookie-value"],
        check: Check::Cookie(|c| {
            let value = c.decoded_value();
            let id = identifier(&value);
            if id.is_empty() || !c.is_live_session() {
                return None;
            }
            let hit = Hit::at(c.cookie.value_span);
            if is_uuid_1(id) {
                return Some(hit.saying(
                    "This session identifier is a UUID of version 1: it holds the time and the machine, and can be guessed."
                        .into(),
                ));
            }
            let bits = bits_at_most(id)?;
            (bits < LEAST_BITS).then(|| {
                hit.saying(format!(
                    "This session identifier has {} characters, which hold at most {bits} bits: it can be guessed.",
                    id.len()
                ))
            })
        }),
        triggers: "sessionid=100234; Secure; HttpOnly; SameSite=Lax",
        does_not_trigger: "sessionid=Jq3m9h0rU2v8Kx1bYtN5cQ; Secure; HttpOnly; SameSite=Lax",
    },
    Rule {
        id: "client-controlled-authorization",
        severity: High,
        message: "Visitors can change this value in their browser and give themselves rights.",
        fix: "Keep rights on the server, or sign the value.",
        source: "CWE-565; CWE-784",
        unless: &[],
        check: Check::Cookie(|c| {
            let name = c.base_name().to_ascii_lowercase();
            let bare = name.strip_prefix("is_").or(name.strip_prefix("is")).unwrap_or(&name);
            let is_right = [
                "admin",
                "role",
                "userrole",
                "user_role",
                "loggedin",
                "logged_in",
                "authenticated",
                "accesslevel",
                "access_level",
                "debug",
            ]
            .contains(&bare);
            (is_right && c.is_plain_value()).then(|| {
                Hit::at(c.cookie.pair).saying(format!(
                    "Visitors can change {} in their browser and give themselves rights.",
                    quoted(c.cookie.pair.of(c.line))
                ))
            })
        }),
        triggers: "role=admin; Path=/",
        does_not_trigger: "__Host-sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly",
    },
    Rule {
        id: "user-id-in-cookie",
        severity: Medium,
        message: "If the server trusts this value, anyone can become another user by changing it.",
        fix: "Use a random session identifier, or a signed value.",
        source: "CWE-565",
        unless: &[],
        check: Check::Cookie(|c| {
            let name = c.base_name().to_ascii_lowercase();
            let is_user =
                ["uid", "user", "userid", "user_id", "account", "customer", "email", "login", "username"]
                    .contains(&name.as_str());
            (is_user && c.is_plain_value()).then(|| Hit::at(c.cookie.pair))
        }),
        triggers: "user_id=42; Path=/",
        does_not_trigger: "__Host-sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly",
    },
    Rule {
        id: "secret-in-cookie-value",
        severity: High,
        message: "A secret is kept in the browser, where it can be read and stolen.",
        fix: "Remove it, and revoke the secret.",
        source: "CWE-315; CWE-522",
        unless: &[],
        check: Check::Cookie(|c| {
            let value = c.decoded_value();
            let name = c.base_name().to_ascii_lowercase();
            let is_named = SECRET_KEYS.contains(&name.as_str()) && !value.is_empty() && !c.is_deletion();
            let what = if is_named { Some("a password or key by its name") } else { secret_shape(&value) }?;
            Some(
                Hit::at(c.cookie.value_span)
                    .saying(format!("The value looks like {what}. In a browser it can be read and stolen.")),
            )
        }),
        triggers: "cfg=password%3Dhunter2; Path=/",
        does_not_trigger: "cfg=theme%3Ddark; Path=/",
    },
    Rule {
        id: "personal-data-in-cookie",
        severity: Medium,
        message: "An e-mail address is readable in this cookie and is sent with every request.",
        fix: "Keep it on the server, and only an identifier here.",
        source: "RFC 6265bis section 8.3; CWE-315",
        unless: &[],
        check: Check::Cookie(|c| {
            let value = c.decoded_value();
            let inner =
                base64_start(&value).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
            let address = e_mail(&value).or_else(|| e_mail(&inner))?;
            Some(Hit::at(c.cookie.value_span).saying(format!(
                "The e-mail address {} is readable in this cookie and is sent with every request.",
                quoted(address)
            )))
        }),
        triggers: "u=ann%40example.com; Path=/",
        does_not_trigger: "u=8f3ac1; Path=/",
    },
    Rule {
        id: "serialized-object-in-cookie",
        severity: High,
        message: "This is a serialized object of a programming language. Reading one that a visitor sent can run code on the \
                  server.",
        fix: "Use JSON, and verify a signature before the value is parsed.",
        source: "CWE-502",
        unless: &[],
        check: Check::Cookie(|c| {
            let language = serialized_by(&c.decoded_value())?;
            Some(Hit::at(c.cookie.value_span).saying(format!(
                "This looks like an object that {language} wrote. Reading one that a visitor sent can run code on the server."
            )))
        }),
        triggers: "prefs=rO0ABXNyABFqYXZhLnV0aWw; Path=/",
        does_not_trigger: "prefs=eyJ0aGVtZSI6ImRhcmsifQ",
    },
    Rule {
        id: "xss-shape-in-value",
        severity: Medium,
        message: "The value contains markup. If a page prints it unescaped, it runs.",
        fix: "Validate the value when it comes in, and escape it where it is printed.",
        source: "CWE-79",
        unless: &[],
        check: Check::Cookie(|c| {
            let value = c.decoded_value().to_ascii_lowercase();
            let is_markup = ["<script", "javascript:", "onerror="].iter().any(|shape| value.contains(shape));
            is_markup.then(|| Hit::at(c.cookie.value_span))
        }),
        triggers: "name=%3Cscript%3Ealert(1)%3C/script%3E",
        does_not_trigger: "name=Ann",
    },
];

/// Rules that already ask for `Secure`.
const NEEDS_SECURE: &[&str] = &[
    "samesite-none-without-secure",
    "partitioned-without-secure",
    "host-prefix-missing-secure",
    "secure-prefix-missing-secure",
    "http-prefix-violation",
    "host-http-prefix-violation",
];

/// Bits below which an identifier can be guessed (OWASP).
const LEAST_BITS: u32 = 64;

const SECRET_KEYS: [&str; 6] = ["password", "passwd", "pwd", "secret", "api_key", "apikey"];

/// Either alphabet is brought to this one; the padding may be missing, and the last bits are not looked at.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Context<'_> {
    /// Whether the value is a plain word, number or address: neither random nor signed.
    fn is_plain_value(&self) -> bool {
        let value = self.decoded_value();
        !self.is_deletion() && !value.is_empty() && (value.len() < 20 || e_mail(&value).is_some())
    }
}

/// `oauth_state`, `oidc.nonce`, `samlTransaction`, or `state`, `nonce`, `pkce` at the beginning.
fn is_login_state(name: &str) -> bool {
    const STEPS: [&str; 6] = ["state", "nonce", "txn", "transaction", "verifier", "correlation"];
    let name = name.to_ascii_lowercase();
    let is_step = |rest: &str| {
        let rest = rest.strip_prefix(['.', '_', '-']).unwrap_or(rest);
        STEPS.iter().any(|step| rest.starts_with(step))
    };
    let is_first = |word: &str| {
        name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_', '-']))
    };
    ["oauth", "oidc", "saml", "auth"]
        .iter()
        .any(|word| name.match_indices(word).any(|(at, _)| name.get(at + word.len()..).is_some_and(is_step)))
        || ["state", "nonce", "pkce"].iter().any(|word| is_first(word))
}

/// The identifier in a session's value: without the mark and the signature of Express.
fn identifier(value: &str) -> &str {
    match value.strip_prefix("s:") {
        Some(signed) => signed.rsplit_once('.').map_or(signed, |(id, _)| id),
        None => value,
    }
}

fn is_uuid_1(id: &str) -> bool {
    let is_form = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_form && id.get(14..15) == Some("1")
}

/// How many bits the characters could hold; `None` for what is no identifier (a masked or shortened value).
fn bits_at_most(id: &str) -> Option<u32> {
    let is_character = |c: char| c.is_ascii_alphanumeric() || "-_.~+/=:|!".contains(c);
    if !id.chars().all(is_character) {
        return None;
    }
    let has = |is_so: fn(&u8) -> bool| id.as_bytes().iter().any(is_so);
    let is_hex = id.bytes().all(|byte| byte.is_ascii_hexdigit()) && has(u8::is_ascii_alphabetic);
    let size = |is_there, size: u32| if is_there { size } else { 0 };
    let alphabet = if is_hex {
        16
    } else {
        size(has(u8::is_ascii_digit), 10)
            + size(has(u8::is_ascii_lowercase), 26)
            + size(has(u8::is_ascii_uppercase), 26)
            + size(has(u8::is_ascii_punctuation), 2)
    };
    let bits = f64::from(alphabet.max(2)).log2() * f64::from(u32::try_from(id.len()).ok()?);
    // Rounded down: at most some thousands.
    Some(bits as u32)
}

/// A form that an issuer gives its secrets.
struct SecretShape {
    starts: &'static [&'static str],
    /// How many characters of the kind below follow at least.
    length: usize,
    is_character: fn(char) -> bool,
    what: &'static str,
}

const SECRET_SHAPES: [SecretShape; 6] = [
    SecretShape {
        starts: &["AKIA"],
        length: 16,
        is_character: |c| c.is_ascii_uppercase() || c.is_ascii_digit(),
        what: "an AWS access key",
    },
    SecretShape {
        starts: &["sk_live_"],
        length: 16,
        is_character: |c| c.is_ascii_alphanumeric(),
        what: "a Stripe secret key",
    },
    SecretShape {
        starts: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        length: 36,
        is_character: |c| c.is_ascii_alphanumeric(),
        what: "a GitHub token",
    },
    SecretShape {
        starts: &["xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-"],
        length: 10,
        is_character: is_url_safe,
        what: "a Slack token",
    },
    SecretShape { starts: &["AIza"], length: 35, is_character: is_url_safe, what: "a Google API key" },
    SecretShape { starts: &["-----BEGIN"], length: 0, is_character: is_url_safe, what: "a PEM key" },
];

fn is_url_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// What kind of secret a value holds, by its form or by a key in it.
fn secret_shape(value: &str) -> Option<&'static str> {
    let holds = |shape: &SecretShape, start: &str| {
        value.match_indices(start).any(|(at, _)| {
            let rest = value.get(at + start.len()..).unwrap_or("");
            rest.chars().take_while(|c| (shape.is_character)(*c)).count() >= shape.length
        })
    };
    let by_form = SECRET_SHAPES.iter().find(|shape| shape.starts.iter().any(|start| holds(shape, start)));
    by_form.map(|shape| shape.what).or_else(|| holds_secret_key(value).then_some("a password or key"))
}

/// Whether the text has a key such as `password` with a value: `password=x`, `"secret":"x"`.
fn holds_secret_key(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    SECRET_KEYS.iter().any(|key| {
        value.match_indices(key).any(|(at, _)| {
            let before = value.get(..at).unwrap_or("");
            let after = value.get(at + key.len()..).unwrap_or("").trim_start_matches(['"', '\'']);
            let content = after.strip_prefix(['=', ':']).unwrap_or("").trim_start_matches([' ', '"', '\'']);
            !before.ends_with(|c: char| c.is_ascii_alphanumeric())
                && content.starts_with(|c: char| !matches!(c, '&' | ';' | ',' | '}'))
        })
    })
}

/// The first e-mail address in a text: a local part, `@`, and a domain with a dot and letters behind the last one.
fn e_mail(text: &str) -> Option<&str> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let is_domain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    text.match_indices('@').find_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        let local = before.len() - before.trim_end_matches(is_local).len();
        let domain = after.len() - after.trim_start_matches(is_domain).len();
        let (name, top) = after.get(..domain)?.trim_end_matches('.').rsplit_once('.')?;
        let is_address = local > 0
            && !name.is_empty()
            && top.len() >= 2
            && top.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_address.then(|| text.get(at - local..at + 1 + name.len() + 1 + top.len())).flatten()
    })
}

/// The bytes of the Base64 (of either alphabet) with which a text begins, if it is long enough to mean anything.
fn base64_start(text: &str) -> Option<Vec<u8>> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let length = text.find(|c| !is_base64(c)).unwrap_or(text.len());
    // Rails and others put the signature behind two hyphens.
    let start = text.get(..length)?.split("--").next()?;
    let whole = start.get(..start.len() - usize::from(start.len() % 4 == 1))?;
    (whole.len() >= 4).then(|| LENIENT.decode(whole.replace('+', "-").replace('/', "_")).ok()).flatten()
}

/// What wrote the object that a text holds, by its first bytes.
fn serialized_by(text: &str) -> Option<&'static str> {
    if is_php(text) {
        return Some("PHP's serialize()");
    }
    match base64_start(text)?.as_slice() {
        [0xAC, 0xED, 0x00, 0x05, ..] => Some("Java"),
        [0x00, 0x01, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, ..] => Some(".NET's BinaryFormatter"),
        // Protocol 4 and 5 begin with a frame; 2 and 3 with one of these opcodes in practice.
        [0x80, 4 | 5, 0x95, ..] | [0x80, 2 | 3, b'}' | b']' | b'(' | b'c' | b'X' | b'K', ..] => {
            Some("Python's pickle")
        }
        [4, 8, b'{' | b'[' | b'o' | b'I' | b'"' | b':' | b'i', ..] => Some("Ruby's Marshal"),
        _ => None,
    }
}

/// `O:8:"stdClass":…` or `a:2:{…`
fn is_php(text: &str) -> bool {
    let after_count = |rest: &'_ str, end: &str| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(end))
    };
    text.strip_prefix("O:").is_some_and(|rest| after_count(rest, ":\""))
        || text.strip_prefix("a:").is_some_and(|rest| after_count(rest, ":{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_measured() {
        assert_eq!(bits_at_most("100234"), Some(19));
        assert_eq!(bits_at_most("9f2c41d077ab5e13"), Some(64));
        assert_eq!(bits_at_most("xyz"), Some(14));
        assert_eq!(bits_at_most("Jq3m9h0rU2v8Kx1bYtN5cQ"), Some(130));
        assert_eq!(bits_at_most("abc…"), None);
        assert_eq!(bits_at_most("<redacted>"), None);
        assert_eq!(identifier("s:abc.def.sig"), "abc.def");
        assert!(is_uuid_1("2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d"));
        assert!(!is_uuid_1("2c5ea4c0-4067-41e9-8bad-9b1deb4d3b7d"));
    }

    #[test]
    fn serialized_objects_are_known_by_their_first_bytes() {
        for (text, language) in [
            ("rO0ABXNyABFqYXZh", "Java"),
            ("AAEAAAD/////AQAAAA", ".NET's BinaryFormatter"),
            ("gAWVCwAAAAAAAAB9lC4", "Python's pickle"),
            ("gAJ9cQAu", "Python's pickle"),
            ("BAh7BkkiD3Nlc3Npb25faWQG--0f3a", "Ruby's Marshal"),
            ("a:1:{s:1:\"a\";i:1;}", "PHP's serialize()"),
            ("O:8:\"stdClass\":0:{}", "PHP's serialize()"),
        ] {
            assert_eq!(serialized_by(text), Some(language), "{text}");
        }
        for text in ["", "a", "gAAAAABh", "eyJhIjoxfQ", "a:b:{", "Jq3m9h0rU2v8Kx1bYtN5cQ", "BAAA"] {
            assert_eq!(serialized_by(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_are_known_by_form_or_key() {
        for text in [
            "AKIAABCDEFGHIJKLMNOP",
            "x=ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "-----BEGIN PRIVATE KEY-----",
            "a=1&password=hunter2",
            "{\"api_key\": \"abc\"}",
        ] {
            assert!(secret_shape(text).is_some(), "{text}");
        }
        for text in
            ["", "AKIA", "password=", "forgotpassword=1", "{\"secret\":}", "secretary=Ann", "sk_live_"]
        {
            assert_eq!(secret_shape(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_are_found_in_text() {
        assert_eq!(e_mail("{\"m\":\"ann.b+c@mail.example.com\"}"), Some("ann.b+c@mail.example.com"));
        assert_eq!(e_mail("ann@example.com."), Some("ann@example.com"));
        for text in ["@", "a@b", "a@b.1", "@example.com", "a@.com", "v@1.2.3"] {
            assert_eq!(e_mail(text), None, "{text}");
        }
    }

    #[test]
    fn login_steps_are_known_by_name() {
        for name in [
            "oidc_state",
            "oauthState",
            "auth.nonce",
            "saml-transaction",
            "state",
            "nonce.x",
            "pkce_verifier",
        ] {
            assert!(is_login_state(name), "{name}");
        }
        for name in ["stateful", "statement", "author", "auth", "estate", "noncense"] {
            assert!(!is_login_state(name), "{name}");
        }
    }
}

//! What sort of cookie it is, by its name and the form of its value: the questions that several rules ask.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use crate::cookie::rules::Context;
use crate::cookie::store::Prefix;

/// Names that frameworks give a session or login cookie and that have no common form, in lower case.
const SESSION_NAMES: &[&str] = &[
    "sessid",
    "phpsessid",
    "jsessionid",
    "asp.net_sessionid",
    ".aspxauth",
    ".aspnetcore.cookies",
    ".aspnetcore.identity.application",
    ".aspnet.applicationcookie",
    "koa:sess",
    "express:sess",
    "cakephp",
    "auth",
    "authtoken",
    "auth_token",
    "auth-token",
    "appsession",
    "iron-session",
    "remember_token",
    "remember_me",
    "rememberme",
    "remember_user_token",
    "sessionid_ss",
    "beaker.session.id",
    "mojolicious",
    "gosessid",
    "mysession",
];

/// Parts of names that hold no login although they look like it.
const NOT_SESSION: &[&str] = &[
    "consent",
    "banner",
    "theme",
    "lang",
    "locale",
    "analytics",
    "session_start",
    "session_count",
    "session_views",
];

const TOKEN_WORDS: &[&str] = &[
    "jwt",
    "token",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "bearer",
    "authorization",
    "apikey",
    "api-key",
    "api_key",
    "api.key",
];

const CSRF_WORDS: &[&str] =
    &["csrf", "xsrf", "authenticity_token", "requestverificationtoken", "antiforgery"];

impl Context<'_> {
    /// The name without its prefix, in whatever letter case that is written.
    pub fn base_name(&self) -> &str {
        let prefix = Prefix::of(&self.cookie.name).map_or(0, |prefix| prefix.as_str().len());
        self.cookie.name.get(prefix..).unwrap_or("")
    }

    /// Whether it names a session or login, and is not being deleted.
    pub fn is_live_session(&self) -> bool {
        !self.is_deletion() && is_session_name(self.base_name())
    }

    /// Whether it holds a token by name or form, and is not being deleted.
    pub fn is_live_token(&self) -> bool {
        !self.is_deletion()
            && (TOKEN_WORDS.iter().any(|word| ends_with_word(&self.base_name().to_ascii_lowercase(), word))
                || self.holds_jws())
    }

    /// Whether it belongs to a CSRF check, and is not being deleted.
    pub fn is_live_csrf(&self) -> bool {
        let name = self.base_name().to_ascii_lowercase();
        !self.is_deletion() && CSRF_WORDS.iter().any(|word| name.contains(word))
    }

    /// Whether it keeps a login on purpose beyond the browser session.
    pub fn is_remember_me(&self) -> bool {
        self.base_name().to_ascii_lowercase().contains("remember")
    }

    /// Whether it deletes the cookie that it names.
    pub fn is_deletion(&self) -> bool {
        self.cookie.is_deletion(self.now)
    }

    /// The value, percent-decoded once.
    pub fn decoded_value(&self) -> Cow<'_, str> {
        percent_decode_str(&self.cookie.value).decode_utf8_lossy()
    }

    /// Whether the value is a JWS in compact form: three parts, the first a JSON object with `alg` (RFC 7515 section
    /// 3.1).
    pub fn holds_jws(&self) -> bool {
        let value = self.decoded_value();
        let mut parts = value.split('.');
        let header = parts.next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
        parts.count() == 2
            && serde_json::from_slice::<serde_json::Value>(&header)
                .is_ok_and(|header| header.get("alg").is_some())
    }
}

fn is_session_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_hex =
        |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if NOT_SESSION.iter().any(|part| name.contains(part)) {
        return false;
    }
    SESSION_NAMES.contains(&name.as_str())
        || has_session_word(&name)
        || name.starts_with("wordpress_logged_in_")
        || name.starts_with("wordpress_sec_")
        || name.strip_prefix("remember_web_").is_some_and(|rest| is_hex(rest, 40))
        // Drupal
        || name.strip_prefix("ssess").or(name.strip_prefix("sess")).is_some_and(|rest| is_hex(rest, 32))
}

/// `connect.sid`, `app_session`, `session_id`, `authjs.session-token`: ends with a word for a session, with or without
/// `id` and `token` behind it.
fn has_session_word(name: &str) -> bool {
    let without_token =
        ["-token", "_token", ".token"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let without_id = ["_id", "-id", "id"].iter().find_map(|end| without_token.strip_suffix(end));
    [Some(without_token), without_id]
        .into_iter()
        .flatten()
        .any(|stem| ["session", "sess", "sessid", "sid"].iter().any(|word| ends_with_word(stem, word)))
}

/// Whether `name` is `word` or ends with it after `.`, `_` or `-`.
fn ends_with_word(name: &str, word: &str) -> bool {
    name.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '_', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_known_by_name() {
        const SESSIONS: &[&str] = &[
            "sid",
            "sess",
            "session",
            "sessionid",
            "session_id",
            "session-id",
            "sessid",
            "PHPSESSID",
            "JSESSIONID",
            "ASP.NET_SessionId",
            ".AspNetCore.Session",
            ".AspNetCore.Cookies",
            "connect.sid",
            "koa.sid",
            "koa.sess",
            "koa:sess",
            "express:sess",
            "rack.session",
            "laravel_session",
            "ci_session",
            "CAKEPHP",
            "PLAY_SESSION",
            "auth",
            "auth_token",
            "remember_token",
            "next-auth.session-token",
            "authjs.session-token",
            "better-auth.session_token",
            "sessionid_ss",
            "tower.sid",
            "_my_app_session",
            "admin_session",
            "wordpress_logged_in_abc",
            "SSESS0123456789abcdef0123456789abcdef",
            "remember_web_59ba36addc2b2f9401580f014c7f58ea4e30989d",
        ];
        const OTHERS: &[&str] = &[
            "",
            "theme",
            "id",
            "token",
            "session_start",
            "cookie_consent_session",
            "inside",
            "possess",
            "obsession",
            "session_views",
            "android",
            "csrf_token",
            "remember_web_x",
            "sess12",
        ];
        for name in SESSIONS {
            assert!(is_session_name(name), "{name}");
        }
        for name in OTHERS {
            assert!(!is_session_name(name), "{name}");
        }
    }

    #[test]
    fn tokens_are_known_by_name_or_form() {
        let is_token = |line: &str| {
            let cookie = crate::cookie::parse(line).expect("a cookie");
            Context { line, cookie: &cookie, now: None }.is_live_token()
        };
        assert!(is_token("access_token=x"));
        assert!(is_token("__Host-JWT=x"));
        assert!(is_token("x=eyJhbGciOiJIUzI1NiJ9.e30.AAAA"));
        assert!(is_token("x=eyJhbGciOiJub25lIn0%2Ee30%2E"));
        assert!(!is_token("access_token=x; Max-Age=0"));
        assert!(!is_token("x=a.b.c"));
        assert!(!is_token("broken=x"));
    }
}

//! Rules about header parameters (RFC 7515 section 4.1).

use serde_json::{Map, Value};

#[cfg(test)]
use super::Example;
use super::address::Address;
use super::subject::{self, KIND, Signer, Subject, TYP, find_in, is_same_type, loose};
use super::{Remark, Rule, alg, leak, quoted, registry};
use crate::finding::Severity;
use crate::jose::key::jwk;
use crate::jose::rules::subject::Part;

/// Members of a JWK that are private (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1; `priv` of type AKP).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// The option with the extensions that a server understands, as an object with a member for each.
const CRIT: &str = "crit";

/// Kinds of tokens with their `typ`, and whether a token of that kind must have it.
const KINDS: [(&str, &str, bool); 3] = [
    (subject::ACCESS_TOKEN_KIND, "at+jwt", false),
    (subject::ID_TOKEN_KIND, "JWT", false),
    ("DPoP proof", "dpop+jwt", true),
];

pub const RULES: &[Rule] = &[
    Rule {
        id: "jku-present",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_header(s.param("jku").is_some()),
        message: "The token says where to fetch the key that checks it (`jku`): a server that believes it accepts anyone's \
                  signature, and can be made to call any address.",
        fix: "Ignore `jku`, or compare it with an exact list of allowed addresses. Keyjar does not fetch it.",
        source: "RFC 7515 section 4.1.2; draft-ietf-oauth-rfc8725bis sections 2.9 and 3.10",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","jku":"https://evil.example/jwks.json"}"#),
            Example::header(r#"{"alg":"RS256","kid":"1"}"#),
        ],
    },
    Rule {
        id: "jku-not-https",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name =
                addresses(s).find(|(_, text)| !Address::read(text).is_some_and(|address| address.is_https()));
            let (name, _) = name?;
            Some(s.on_header(true)?.saying(format!(
                "`{name}` is no https address: whoever is on the way can put another key there."
            )))
        },
        message: "The address of a key must be https.",
        fix: "Refuse it.",
        source: "RFC 7515 sections 4.1.2 and 4.1.5",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","jku":"http://issuer.example/jwks.json"}"#),
            Example::header(r#"{"alg":"RS256","jku":"https://issuer.example/jwks.json"}"#),
        ],
    },
    Rule {
        id: "jku-internal-address",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let (name, why) = addresses(s).find_map(|(name, text)| Some((name, trick(text)?)))?;
            let message = format!(
                "`{name}` {why}: that is the shape of an attack that makes the server call its own network."
            );
            Some(s.on_header(true)?.saying(message))
        },
        message: "The address of a key points inside of a network, or hides its real host.",
        fix: "Refuse it.",
        source: "draft-ietf-oauth-rfc8725bis section 3.10; CWE-918",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","jku":"https://169.254.169.254/"}"#),
            Example::header(r#"{"alg":"RS256","jku":"https://issuer.example/jwks.json"}"#),
        ],
    },
    Rule {
        id: "x5u-present",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_header(s.param("x5u").is_some()),
        message: "The token says where to fetch a certificate (`x5u`): a server that follows it lets the sender choose the key.",
        fix: "Ignore it, or compare it with an exact list of allowed addresses. Keyjar does not fetch it.",
        source: "RFC 7515 section 4.1.5; draft-ietf-oauth-rfc8725bis section 2.9",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","x5u":"https://evil.example/c.pem"}"#),
            Example::header(r#"{"alg":"RS256","x5t#S256":"AAAA"}"#),
        ],
    },
    Rule {
        id: "jwk-embedded",
        severity: Severity::High,
        unless: &["jwk-embedded-verifies"],
        check: |s| s.on_header(s.param("jwk").is_some() && !s.is_dpop_like()),
        message: "The token brings its own key (`jwk`): a server that trusts it accepts any forgery.",
        fix: "Take keys from your configuration only.",
        source: "RFC 7515 section 4.1.3; CVE-2018-0114",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","jwk":{"kty":"RSA"}}"#),
            Example::header(r#"{"alg":"RS256","typ":"dpop+jwt","jwk":{"kty":"RSA"}}"#),
        ],
    },
    Rule {
        id: "jwk-embedded-verifies",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let members = s.param("jwk")?.as_object().filter(|_| !s.is_dpop_like())?;
            let key = jwk::read_members(members.clone()).ok()?.key;
            s.on_header(s.holds(&key))
        },
        message: "The signature holds with the key that the token brings itself (`jwk`), which proves only that the two belong \
                  together: anyone can make such a token.",
        fix: "Check it with a key that you trust already.",
        source: "RFC 7515 sections 4.1.3 and 6; CVE-2018-0114",
        #[cfg(test)]
        examples: [
            Example::header(
                r#"{"alg":"HS256","jwk":{"kty":"oct","k":"nzwdelvoBiTBk3_iqE0Gu1gS98ngOm1PkbLIflpA0_Y"}}"#,
            ),
            Example::header(
                r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAAelvoBiTBk3_iqE0Gu1gS98ngOm1PkbLIflpA0_Y"}}"#,
            ),
        ],
    },
    Rule {
        id: "embedded-key-is-private",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let members = s.param("jwk")?.as_object()?;
            let name = PRIVATE.into_iter().find(|name| members.contains_key(*name))?;
            Some(
                s.on_header(true)?
                    .saying(format!("The token publishes a private key: its `jwk` has the member `{name}`.")),
            )
        },
        message: "The token publishes a private key.",
        fix: "Revoke the key, and put only its public members into the header.",
        source: "RFC 7517 section 9.2; RFC 9449 section 4.2",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}}"#),
            Example::header(r#"{"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}"#),
        ],
    },
    Rule {
        id: "x5c-present",
        severity: Severity::Medium,
        unless: &[],
        check: |s| s.on_header(s.param("x5c").is_some()),
        message: "The token brings its own certificates (`x5c`): they prove something only if the chain ends in a root that you \
                  trust for this purpose.",
        fix: "Check chain, dates, names and usage.",
        source: "RFC 7515 section 4.1.6",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","x5c":["MIIB"]}"#),
            Example::header(r#"{"alg":"RS256","kid":"1"}"#),
        ],
    },
    Rule {
        id: "x5c-bad-encoding",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let x5c = s.param("x5c")?;
            let is_standard = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
            let is_right = |entry: &Value| {
                entry.as_str().is_some_and(|text| !text.is_empty() && text.chars().all(is_standard))
            };
            s.on_header(!x5c.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_right)))
        },
        message: "`x5c` must be a list of certificates in ordinary Base64, unlike everything else in a token: no `-` or `_`, no \
                  lines of PEM.",
        fix: "Encode the DER of each certificate again.",
        source: "RFC 7515 section 4.1.6",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","x5c":["MIIB-_8"]}"#),
            Example::header(r#"{"alg":"RS256","x5c":["MIIB+/8="]}"#),
        ],
    },
    Rule {
        id: "x5t-sha1",
        severity: Severity::Low,
        unless: &[],
        check: |s| s.on_header(s.param("x5t").is_some() && s.param("x5t#S256").is_none()),
        message: "The thumbprint of the certificate (`x5t`) is made with SHA-1, for which others with the same can be found.",
        fix: "Use `x5t#S256`.",
        source: "RFC 7515 sections 4.1.7, 4.1.8 and 10.11",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","x5t":"AAAA"}"#),
            Example::header(r#"{"alg":"RS256","x5t#S256":"AAAA"}"#),
        ],
    },
    Rule {
        id: "kid-path-traversal",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let kid = s.text_param("kid")?;
            let lower = kid.to_ascii_lowercase();
            let inside = ["../", "..\\", "/dev/", "/proc/", ":\\", "%2e%2e", "\0"];
            let begins = ["/", "\\", "file:"];
            let is_path = inside.iter().any(|piece| lower.contains(piece))
                || begins.iter().any(|piece| lower.starts_with(piece));
            on_kid(
                s,
                is_path,
                "looks like the path of a file, chosen so that the server reads a file that the attacker knows as its key",
            )
        },
        message: "The key id looks like the path of a file.",
        fix: "Look keys up in a fixed table; never make a path of `kid`.",
        source: "draft-ietf-oauth-rfc8725bis section 3.10; CWE-22",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","kid":"../../../../dev/null"}"#),
            Example::header(r#"{"alg":"HS256","kid":"keys/2026-01"}"#),
        ],
    },
    Rule {
        id: "kid-sql-injection",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let kid = s.text_param("kid")?;
            let lower = kid.to_ascii_lowercase();
            let words: Vec<&str> = lower.split_whitespace().collect();
            let phrase = words.join(" ");
            let phrases = ["union select", "union all select", "or 1=1", "/*"];
            // Two hyphens also stand in every hundredth thumbprint.
            let comment = lower.contains("--")
                && !lower.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            let is_sql = kid.contains(['\'', '"', ';'])
                || comment
                || phrases.iter().any(|piece| phrase.contains(piece));
            on_kid(s, is_sql, "looks like code in SQL")
        },
        message: "The key id looks like code in SQL.",
        fix: "Use parameters in queries, or a fixed table.",
        source: "draft-ietf-oauth-rfc8725bis section 3.10; CWE-89",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","kid":"x' UNION SELECT '1';--"}"#),
            Example::header(r#"{"alg":"HS256","kid":"NzbLsXh8uDCcd--6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}"#),
        ],
    },
    Rule {
        id: "kid-command-injection",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let kid = s.text_param("kid")?;
            on_kid(
                s,
                kid.contains(['|', '`', '\n', '\r']) || kid.contains("$(") || kid.contains("&&"),
                "looks like a command for a shell",
            )
        },
        message: "The key id looks like a command for a shell.",
        fix: "Never pass it to a shell.",
        source: "CWE-78",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","kid":"key|sleep 10"}"#),
            Example::header(r#"{"alg":"HS256","kid":"key-1"}"#),
        ],
    },
    Rule {
        id: "kid-ldap-or-nosql-injection",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let kid = s.param("kid")?;
            let Some(text) = kid.as_str() else {
                let remark = s.on_header(true)?;
                return Some(remark.saying(
                    "The key id is no text, which it must be: an object in its place is a trick on queries.",
                ));
            };
            let pieces = ["*)(", ")(|", ")(&", "{$", "$ne", "$gt", "$where"];
            on_kid(s, pieces.iter().any(|piece| text.contains(piece)), "looks like a piece of a query")
        },
        message: "The key id has the shape of a trick on queries.",
        fix: "Accept only ids from a short list.",
        source: "draft-ietf-oauth-rfc8725bis section 3.10; RFC 7515 section 4.1.4",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","kid":{"$ne":null}}"#),
            Example::header(r#"{"alg":"HS256","kid":"key-1"}"#),
        ],
    },
    Rule {
        id: "kid-is-url",
        severity: Severity::Medium,
        unless: &[],
        check: |s| s.on_header(Address::read(s.text_param("kid")?).is_some_and(|address| address.is_web())),
        message: "The key id is an address; it must only be compared, never fetched.",
        fix: "Treat it as a label.",
        source: "RFC 7515 section 4.1.4",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","kid":"https://evil.example/k"}"#),
            Example::header(r#"{"alg":"RS256","kid":"did:web:example.com#k1"}"#),
        ],
    },
    Rule {
        id: "kid-missing",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let is_asymmetric = registry::algorithm(s.alg()?)?.needs.is_asymmetric();
            let named = ["kid", "x5t#S256", "x5t", "x5c", "jwk"].iter().any(|name| s.param(name).is_some());
            s.on_header(is_asymmetric && !named)
        },
        message: "Without a key id (`kid`) the receiver has to guess which key it is once keys are changed.",
        fix: "Add `kid`.",
        source: "RFC 7515 section 4.1.4; RFC 7517 section 4.5",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"RS256"}"#), Example::header(r#"{"alg":"RS256","kid":"1"}"#)],
    },
    Rule {
        id: "kid-empty",
        severity: Severity::Medium,
        unless: &[],
        check: |s| s.on_header(s.text_param("kid")?.is_empty()),
        message: "The key id is empty, which may match a key that is missing or the default.",
        fix: "Use a real id.",
        source: "RFC 7515 section 4.1.4",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","kid":""}"#),
            Example::header(r#"{"alg":"RS256","kid":"1"}"#),
        ],
    },
    Rule {
        id: "crit-unknown",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let understood = s.input.options.get(CRIT).and_then(Value::as_object);
            let is_known = |name: &str| {
                name == "b64"
                    || registry::NEVER_CRITICAL.contains(&name)
                    || understood.is_some_and(|names| names.contains_key(name))
            };
            let name = names(s.param("crit")?).find(|name| !is_known(name))?;
            let message = format!(
                "The token demands the extension {}: a verifier that does not know it must refuse it.",
                quoted(name)
            );
            Some(s.on_header(true)?.saying(message))
        },
        message: "The token demands an extension: a verifier that does not know it must refuse the token.",
        fix: "Look whether your verifier knows it.",
        source: "RFC 7515 section 4.1.11",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","crit":["exp"],"exp":1}"#),
            Example::header(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#),
        ],
    },
    Rule {
        id: "crit-malformed",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let why = crit_trouble(s.param("crit")?, s.params()?)?;
            Some(s.on_header(true)?.saying(format!("`crit` {why}: the token must be refused.")))
        },
        message: "The list `crit` is not valid: the token must be refused.",
        fix: "Mend what issues the tokens.",
        source: "RFC 7515 section 4.1.11",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","crit":[]}"#),
            Example::header(r#"{"alg":"HS256","crit":["b64"],"b64":true}"#),
        ],
    },
    Rule {
        id: "crit-unprotected",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let outside = |signer: &Signer| signer.unprotected.contains_key("crit");
            s.on_token(s.signers.iter().any(outside))
        },
        message: "`crit` stands outside of the signed header, where anyone can take it away.",
        fix: "Move it into the protected header.",
        source: "RFC 7515 section 4.1.11",
        #[cfg(test)]
        examples: [
            Example::text(
                r#"{"protected":"eyJhbGciOiJIUzI1NiJ9","header":{"crit":["b64"]},"payload":"e30","signature":"AAAA"}"#,
            ),
            Example::text(
                r#"{"protected":"eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il0sImI2NCI6ZmFsc2V9","payload":"e30","signature":"AAAA"}"#,
            ),
        ],
    },
    Rule {
        id: "typ-missing",
        severity: Severity::Low,
        unless: &["typ-mismatch"],
        check: |s| s.on_header(!s.params()?.contains_key("typ")),
        message: "Without a type (`typ`), one kind of token can be taken for another.",
        fix: "Set an explicit type such as `at+jwt`, and check it.",
        source: "draft-ietf-oauth-rfc8725bis section 3.11",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#),
            Example::header(r#"{"alg":"ES256","typ":"at+jwt"}"#),
        ],
    },
    Rule {
        id: "typ-generic",
        severity: Severity::Info,
        unless: &["typ-mismatch"],
        check: |s| s.on_header(s.is_typ("JWT")),
        message: "The type `JWT` does not say what the token is for.",
        fix: "For new kinds of tokens use a type of their own that ends in `+jwt`.",
        source: "draft-ietf-oauth-rfc8725bis section 3.11",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256","typ":"JWT"}"#),
            Example::header(r#"{"alg":"ES256","typ":"at+jwt"}"#),
        ],
    },
    Rule {
        id: "typ-mismatch",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let found = s.params()?.get("typ");
            let found = found.map(|typ| typ.as_str().unwrap_or_default());
            let wanted = wanted_typ(s, found)?;
            let message = match found {
                Some(found) => format!(
                    "The token is of the type {}, and {} is expected here.",
                    quoted(found),
                    quoted(wanted)
                ),
                None => format!("The token has no `typ`, and {} is expected here.", quoted(wanted)),
            };
            Some(s.on_header(true)?.saying(message))
        },
        message: "The token has another purpose than the one expected here.",
        fix: "Refuse it.",
        source: "draft-ietf-oauth-rfc8725bis sections 3.11 and 3.12; RFC 9068 section 4",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256","typ":"dpop+jwt"}"#).options(r#"{"kind":"access token"}"#),
            Example::header(r#"{"alg":"ES256","typ":"application/AT+JWT"}"#)
                .options(r#"{"kind":"access token","typ":"at+jwt"}"#),
        ],
    },
    Rule {
        id: "typ-refresh-or-logout-used-as-access",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let used =
                [subject::ACCESS_TOKEN_KIND, subject::ID_TOKEN_KIND].iter().any(|kind| s.is_said_to_be(kind));
            let typs = ["logout+jwt", "secevent+jwt", "refresh+jwt"];
            // Keycloak writes it among the claims.
            let says = s.text_claim("typ").is_some_and(|typ| matches!(typ, "Refresh" | "Offline" | "Logout"));
            s.on_token(used && (typs.iter().any(|typ| s.is_typ(typ)) || says || s.claim("events").is_some()))
        },
        message: "This is a notice or a refresh token, not one that proves a login.",
        fix: "Use the right token.",
        source: "OpenID Connect Back-Channel Logout section 2.4; RFC 8417 section 2.3; draft-ietf-oauth-rfc8725bis section 3.12",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256","typ":"logout+jwt"}"#).options(r#"{"kind":"ID token"}"#),
            Example::header(r#"{"alg":"ES256","typ":"logout+jwt"}"#),
        ],
    },
    Rule {
        id: "nested-jwt",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let said = s.text_param("cty").is_some_and(|cty| is_same_type(cty, "JWT"));
            s.on_payload(said || s.nested().is_some())
        },
        message: "There is a token inside of this token; both have to be checked.",
        fix: "Check the inner signature too.",
        source: "RFC 7519 section 5.2; draft-ietf-oauth-rfc8725bis section 3.3",
        #[cfg(test)]
        examples: [
            Example::jws(r#"{"alg":"HS256"}"#, "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"),
            Example::jws(r#"{"alg":"HS256"}"#, "{}"),
        ],
    },
    Rule {
        id: "nested-inner-unsigned",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let inner = s.nested()?;
            let header = Part::of(loose(inner.split('.').next()?)?).object?;
            s.on_payload(header.get("alg")?.as_str().is_some_and(alg::is_none))
        },
        message: "The inner token is not signed: what is around it does not prove who made it.",
        fix: "Sign first and encrypt then, and check both.",
        source: "draft-ietf-oauth-rfc8725bis sections 2.3 and 3.3",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A128GCM","cty":"JWT"}"#, ["", "{00*12}", "00", "{00*16}"])
                .plaintext("eyJhbGciOiJub25lIn0.e30."),
            Example::jwe(r#"{"alg":"dir","enc":"A128GCM","cty":"JWT"}"#, ["", "{00*12}", "00", "{00*16}"])
                .plaintext("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
        ],
    },
    Rule {
        id: "header-claims-replicated",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let copied = ["iss", "sub", "aud"].into_iter().filter(|name| s.param(name).is_some());
            let remark = s.on_header(s.is_jwe() && copied.clone().count() > 0)?;
            let differs = s
                .claims()
                .is_some_and(|claims| copied.into_iter().any(|name| claims.get(name) != s.param(name)));
            Some(if differs {
                remark
                    .as_severity(Severity::High)
                    .saying("A claim in the readable header differs from the encrypted one: refuse it.")
            } else {
                remark
            })
        },
        message: "Claims are copied into the readable header; they must be the same as the encrypted ones.",
        fix: "Compare them after decryption.",
        source: "RFC 7519 section 5.3",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"dir","enc":"A128GCM","iss":"https://a"}"#,
                ["", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(r#"{"alg":"dir","enc":"A128GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        id: "header-contains-secret",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let params = s.params()?;
            let is_secret_name = |name: &str| matches!(name, "k" | "key") || leak::is_secret_name(name);
            if let Some(name) = params.keys().find(|name| is_secret_name(name)) {
                let message =
                    format!("Everyone can read the header, and {} seems to be a secret.", quoted(name));
                return Some(s.on_header(true)?.saying(message));
            }
            let what = find_in(params, &mut |_, value| leak::shape(value.as_str()?))?;
            Some(
                s.on_header(true)?
                    .saying(format!("Everyone can read the header, and there is {what} in it.")),
            )
        },
        message: "Everyone can read the header, and it seems to hold a secret.",
        fix: "Take it out, and change it.",
        source: "CWE-312; RFC 7515 section 4",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","secret":"abc"}"#),
            Example::header(r#"{"alg":"HS256","kid":"1"}"#),
        ],
    },
    Rule {
        id: "header-unknown-member",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let name = s.params()?.keys().find(|name| !registry::PARAMETERS.contains(&name.as_str()))?;
            Some(s.on_header(true)?.saying(format!(
                "{} is no registered header parameter; other software ignores it.",
                quoted(name)
            )))
        },
        message: "A header parameter is not registered; other software ignores it.",
        fix: "Nothing to do if both sides agree on it.",
        source: "RFC 7515 sections 4.2 and 4.3",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","ver":"2"}"#),
            Example::header(r#"{"alg":"HS256","kid":"1"}"#),
        ],
    },
];

/// The addresses of keys that the header names.
fn addresses<'s>(s: &'s Subject<'_>) -> impl Iterator<Item = (&'static str, &'s str)> {
    ["jku", "x5u"].into_iter().filter_map(|name| Some((name, s.text_param(name)?)))
}

/// What is odd about an address that a server is to call.
fn trick(text: &str) -> Option<&'static str> {
    let address = Address::read(text)?;
    if address.user.is_some() || text.contains('\\') {
        return Some("hides its real host behind an `@` or a backslash");
    }
    if address.is_inside() {
        return Some("names a host inside of a network");
    }
    if address.fragment.is_some() {
        return Some("has a fragment, which no key is fetched with");
    }
    // Open redirects lead on from a host that is allowed.
    let redirects = ["url=", "uri=", "redirect", "next=", "return", "goto=", "dest", "target="];
    let query = address.query?.to_ascii_lowercase();
    redirects.iter().any(|word| query.contains(word)).then_some("seems to lead on to another address")
}

fn on_kid(s: &Subject<'_>, applies: bool, what: &str) -> Option<Remark> {
    let remark = s.on_header(applies)?;
    Some(remark.saying(format!("The key id {} {what}.", quoted(s.text_param("kid").unwrap_or_default()))))
}

/// The texts in a list.
fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What is wrong with a `crit`.
fn crit_trouble(crit: &Value, header: &Map<String, Value>) -> Option<String> {
    let Some(list) = crit.as_array().filter(|list| !list.is_empty()) else {
        return Some("is not a list of names with at least one in it".into());
    };
    if list.iter().any(|name| !name.is_string()) {
        return Some("holds something that is not a name".into());
    }
    let mut sorted: Vec<&str> = names(crit).collect();
    sorted.sort_unstable();
    if let Some(name) =
        sorted.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first())?)
    {
        return Some(format!("lists {} twice", quoted(name)));
    }
    if let Some(name) = sorted.iter().find(|name| registry::NEVER_CRITICAL.contains(name)) {
        return Some(format!("lists {}, which every reader must understand anyway", quoted(name)));
    }
    let absent = sorted.iter().find(|name| !header.contains_key(**name))?;
    Some(format!("lists {}, which the header does not have", quoted(absent)))
}

/// The type that is expected, if `found` is another.
fn wanted_typ<'s>(s: &'s Subject<'_>, found: Option<&str>) -> Option<&'s str> {
    if let Some(wanted) = s.option(TYP) {
        return (!found.is_some_and(|found| is_same_type(found, wanted))).then_some(wanted);
    }
    let said = s.option(KIND)?;
    let (_, wanted, must) = KINDS.into_iter().find(|(kind, ..)| kind.eq_ignore_ascii_case(said))?;
    let is_wrong = match found {
        Some(found) => !is_same_type(found, wanted) && (must || !is_same_type(found, "JWT")),
        None => must,
    };
    is_wrong.then_some(wanted)
}

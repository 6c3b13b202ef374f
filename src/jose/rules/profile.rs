//! Rules about profiles of tokens: access tokens (RFC 9068), id tokens (OpenID Connect Core), DPoP proofs (RFC 9449),
//! SD-JWTs (RFC 9901), client assertions (RFC 7523), request objects (RFC 9101) and logout tokens.

use serde_json::{Map, Value};

#[cfg(test)]
use super::Example;
use super::subject::{ACCESS_TOKEN, ACCESS_TOKEN_KIND, CLIENT_ID, CODE, MAX_AGE, NONCE};
use super::{Remark, Rule, Subject, quoted};
use crate::finding::Severity;
use crate::moment;
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::digest::Digest;

/// The member of `events` that makes a token a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4).
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Seconds for which a client's login, and either side of which a DPoP proof, is believed.
const MOMENT: i64 = 300;

pub const RULES: &[Rule] = &[
    // ------------------------------------------------------------------------------------------------ access tokens
    Rule {
        id: "access-token-missing-claims",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            const REQUIRED: [&str; 7] = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];
            let absent = absent(s, &REQUIRED).filter(|_| s.is_typ("at+jwt"))?;
            let message = format!("An access token needs {}, and this one lacks {absent}.", listed(&REQUIRED));
            Some(s.on_payload(true)?.saying(message))
        },
        message: "An access token lacks claims that it needs.",
        fix: "Have the authorization server put them in.",
        source: "RFC 9068 section 2.2",
        #[cfg(test)]
        examples: [
            Example::jws(
                r#"{"alg":"RS256","typ":"at+jwt"}"#,
                r#"{"iss":"https://a.example","exp":1796086800,"aud":"api","sub":"1","iat":1796083200,"jti":"x"}"#,
            ),
            Example::jws(
                r#"{"alg":"RS256","typ":"at+jwt"}"#,
                r#"{"iss":"https://a.example","exp":1796086800,"aud":"api","sub":"1","client_id":"c","iat":1796083200,"jti":"x"}"#,
            ),
        ],
    },
    Rule {
        id: "access-token-alg-none",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_header(s.is_typ("at+jwt") && s.alg()?.eq_ignore_ascii_case("none")),
        message: "It says that it is an access token, and is not signed: anyone can write one.",
        fix: "Sign access tokens, with RS256 or ES256, and refuse those that are not.",
        source: "RFC 9068 section 2.1",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"typ":"at+jwt","alg":"none"}"#),
            Example::header(r#"{"typ":"at+jwt","alg":"RS256"}"#),
        ],
    },
    Rule {
        id: "access-token-generic-typ",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let generic = s.on_header(s.is_access_token_like() && !s.is_typ("at+jwt"))?;
            let typ = s.text_param("typ").map_or("it has none".to_owned(), |typ| format!("it is {}", quoted(typ)));
            Some(generic.saying(format!(
                "It looks like an access token, but `typ` does not say so ({typ}): a token of another kind may be taken in its \
                 place."
            )))
        },
        message: "It looks like an access token, but `typ` does not say so.",
        fix: "Write `at+jwt` as `typ`, and let services check it.",
        source: "RFC 9068 sections 2.1 and 4",
        #[cfg(test)]
        examples: [
            Example::jws(r#"{"alg":"RS256","typ":"JWT"}"#, r#"{"scope":"read"}"#),
            Example::jws(r#"{"alg":"RS256","typ":"at+jwt"}"#, r#"{"scope":"read"}"#),
        ],
    },
    // ---------------------------------------------------------------------------------------------------- id tokens
    Rule {
        id: "id-token-as-access-token",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let pasted = s.input.pasted.trim_start();
            let begins = |prefix: &str| pasted.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
            let is_sent = s.is_said_to_be(ACCESS_TOKEN_KIND) || begins("bearer ") || begins("authorization:");
            s.on_token(is_sent && s.has_id_token_claims())
        },
        message: "It is an id token, and is sent to an API. An id token tells the client who signed in; it gives no access, and \
                  an API that takes it lets any client's in.",
        fix: "Send the access token.",
        source: "OpenID Connect Core section 2; RFC 8725 section 3.12",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"nonce":"a","sub":"1"}"#).options(r#"{"kind":"access token"}"#),
            Example::claims(r#"{"scope":"read","sub":"1"}"#).options(r#"{"kind":"access token"}"#),
        ],
    },
    Rule {
        id: "id-token-missing-claims",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            const REQUIRED: [&str; 5] = ["iss", "sub", "aud", "exp", "iat"];
            let absent = absent(s, &REQUIRED).filter(|_| s.is_id_token_like())?;
            let message = format!("An id token needs {}, and this one lacks {absent}.", listed(&REQUIRED));
            Some(s.on_payload(true)?.saying(message))
        },
        message: "An id token lacks a claim that it needs.",
        fix: "Have the provider put it in, and refuse id tokens without it.",
        source: "OpenID Connect Core section 2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"nonce":"a","iss":"https://a.example","sub":"1","exp":1796086800,"iat":1796083200}"#),
            Example::claims(
                r#"{"nonce":"a","iss":"https://a.example","sub":"1","aud":"c","exp":1796086800,"iat":1796083200}"#,
            ),
        ],
    },
    Rule {
        id: "id-token-nonce-missing",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let expected = s.option(NONCE).is_some() && s.is_id_token_like();
            s.on_payload(expected && !s.claims()?.contains_key("nonce"))
        },
        message: "A nonce was sent, and the id token does not give it back: it may be one of another login, stolen and played in.",
        fix: "Refuse an id token without the nonce that was sent.",
        source: "OpenID Connect Core sections 3.1.3.7 and 3.2.2.11",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"sub":"1"}"#).options(r#"{"kind":"id token","nonce":"n-0S6_WzA2Mj"}"#),
            Example::claims(r#"{"nonce":"n-0S6_WzA2Mj"}"#).options(r#"{"kind":"id token","nonce":"n-0S6_WzA2Mj"}"#),
        ],
    },
    Rule {
        id: "id-token-azp",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let several = s.claim("aud")?.as_array().is_some_and(|list| list.len() > 1);
            let message = match (s.text_claim("azp"), s.option(CLIENT_ID)) {
                (None, _) if several => {
                    "It is meant for several, and does not say which client it was issued to (`azp`).".to_owned()
                }
                (Some(azp), Some(own)) if azp != own => {
                    format!("It was issued to the client {} (`azp`), and not to {}.", quoted(azp), quoted(own))
                }
                _ => return None,
            };
            Some(s.on_payload(s.is_id_token_like())?.saying(message))
        },
        message: "It does not name the client that it was issued to.",
        fix: "Compare `azp` with the client's own id, and refuse the token if it is another.",
        source: "OpenID Connect Core section 3.1.3.7",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"nonce":"a","aud":["a","b"]}"#),
            Example::claims(r#"{"nonce":"a","aud":["a","b"],"azp":"a"}"#),
        ],
    },
    Rule {
        id: "at-hash-mismatch",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let pairs = [("at_hash", ACCESS_TOKEN, "access token"), ("c_hash", CODE, "authorization code")];
            let (name, what) = pairs.into_iter().find_map(|(name, option, what)| {
                let (found, given) = (s.text_claim(name)?, s.option(option)?);
                (half_hash(s, given)? != found).then_some((name, what))
            })?;
            let message = format!("`{name}` is not the hash of the {what} that was given: they do not belong together.");
            Some(s.on_payload(true)?.saying(message))
        },
        message: "The id token and what came with it do not belong together.",
        fix: "Refuse both.",
        source: "OpenID Connect Core sections 3.1.3.6 and 3.3.2.11",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"at_hash":"77QmUPtjPfzWtF2AnpK9RQ"}"#).options(r#"{"access_token":"another"}"#),
            // OpenID Connect Core, the example of section 3.3.2.5 with its appendix A.
            Example::claims(r#"{"at_hash":"77QmUPtjPfzWtF2AnpK9RQ"}"#)
                .options(r#"{"access_token":"jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"}"#),
        ],
    },
    Rule {
        id: "auth-time-old",
        severity: Severity::Low,
        unless: &["time-in-milliseconds"],
        check: |s| {
            let (login, now) = (s.time("auth_time")?, s.input.now?);
            let most = s.option_number(MAX_AGE)?;
            let old = s.on_payload(now.saturating_sub(login) > most.saturating_add(60))?;
            Some(old.saying(format!(
                "The last login was {} (`auth_time`), and {} are allowed.",
                moment::distance(login, now),
                moment::length(most.unsigned_abs())
            )))
        },
        message: "The last login is longer ago than is allowed.",
        fix: "Let the person sign in again.",
        source: "OpenID Connect Core section 3.1.2.1",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"auth_time":1796079600}"#).options(r#"{"max_age":"300"}"#),
            Example::claims(r#"{"auth_time":1796083140}"#).options(r#"{"max_age":"300"}"#),
        ],
    },
    // --------------------------------------------------------------------------------------------------- DPoP proofs
    Rule {
        id: "dpop-header-invalid",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let alg = s.alg().unwrap_or("");
            let key = s.param("jwk").and_then(Value::as_object);
            let is_private = |key: &Map<String, Value>| {
                key.get("kty").is_some_and(|kty| kty == "oct") || ["d", "p", "k", "priv"].iter().any(|it| key.contains_key(*it))
            };
            let what = if !s.is_typ("dpop+jwt") {
                "its `typ` is not `dpop+jwt`".to_owned()
            } else if key.is_none() {
                "its header has no public key (`jwk`)".to_owned()
            } else if key.is_some_and(is_private) {
                "its header gives away the private key (`jwk`)".to_owned()
            } else if alg.eq_ignore_ascii_case("none") || alg.starts_with("HS") {
                format!("its algorithm is {}, which proves no key", quoted(alg))
            } else {
                return None;
            };
            Some(s.on_header(s.is_dpop_like())?.saying(format!("This is a DPoP proof, but {what}: servers refuse it.")))
        },
        message: "The header is not that of a DPoP proof.",
        fix: "Write `dpop+jwt`, a public key and an algorithm with key pairs, such as ES256, into the header.",
        source: "RFC 9449 sections 4.2 and 4.3",
        #[cfg(test)]
        examples: [
            Example::jws(
                r#"{"typ":"JWT","alg":"ES256","jwk":{"kty":"EC"}}"#,
                r#"{"htm":"GET","htu":"https://a.example/"}"#,
            ),
            Example::jws(
                r#"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC"}}"#,
                r#"{"htm":"GET","htu":"https://a.example/"}"#,
            ),
        ],
    },
    Rule {
        id: "dpop-missing-claims",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            if !s.is_dpop_like() {
                return None;
            }
            if let Some(absent) = absent(s, &["jti", "htm", "htu", "iat"]) {
                return Some(s.on_payload(true)?.saying(format!("This is a DPoP proof, and lacks {absent}.")));
            }
            let expected = BASE64URL.encode(&Digest::Sha256.hash(s.option(ACCESS_TOKEN)?.as_bytes()));
            let message = match s.text_claim("ath") {
                None => "This DPoP proof is not for the access token that was given: it has no `ath`.",
                Some(found) if found != expected => "`ath` is not the hash of the access token that was given.",
                Some(_) => return None,
            };
            Some(s.on_payload(true)?.saying(message))
        },
        message: "The DPoP proof lacks a claim that it needs.",
        fix: "Make a proof for each request: with its method, its address, a new `jti` and the hash of the access token.",
        source: "RFC 9449 sections 4.2 and 4.3",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"jti":"a","htm":"GET","htu":"https://a.example/","iat":1796083200}"#)
                .options(r#"{"access_token":"Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"}"#),
            // RFC 9449 section 7.1.
            Example::claims(
                r#"{"jti":"a","htm":"GET","htu":"https://a.example/","iat":1796083200,"ath":"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}"#,
            )
            .options(r#"{"access_token":"Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"}"#),
        ],
    },
    Rule {
        id: "dpop-htu-has-query",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let htu = s.text_claim("htu")?;
            let odd = s.on_payload(s.is_dpop_like() && htu.contains(['?', '#']))?;
            Some(odd.saying(format!("The address in the proof has a query or a fragment: {}.", quoted(htu))))
        },
        message: "The address in the proof has a query or a fragment.",
        fix: "Leave out what follows `?` and `#`.",
        source: "RFC 9449 section 4.2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"htm":"GET","htu":"https://a.example/x?y=1"}"#),
            Example::claims(r#"{"htm":"GET","htu":"https://a.example/x"}"#),
        ],
    },
    Rule {
        id: "dpop-too-old",
        severity: Severity::Medium,
        unless: &["time-in-milliseconds"],
        check: |s| {
            let (iat, now) = (s.time("iat")?, s.input.now?);
            let off = s.on_payload(s.is_dpop_like() && iat.abs_diff(now) > MOMENT.unsigned_abs())?;
            let distance = moment::distance(iat, now);
            Some(off.saying(format!("The proof is made {distance} (`iat`); it is good for moments only.")))
        },
        message: "The proof is not of this moment.",
        fix: "Make a new proof for each request.",
        source: "RFC 9449 sections 4.3 and 11.1",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"htm":"GET","htu":"https://a.example/","iat":1796079600}"#),
            Example::claims(r#"{"htm":"GET","htu":"https://a.example/","iat":1796083200}"#),
        ],
    },
    // ------------------------------------------------------------------------------------------------------- SD-JWTs
    Rule {
        id: "sd-jwt-detected",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let found = s.on_token(s.is_sd_jwt_like())?;
            let left_out = s.presentation.as_ref().map_or(0, |cut| cut.left_out);
            Some(match s.disclosures().len() {
                many if left_out > 0 => found.saying(format!(
                    "This is an SD-JWT. It discloses {} claims, of which the first {many} were looked at.",
                    many + left_out
                )),
                0 => found.saying("This is an SD-JWT, and discloses none of the claims that it hides behind hashes."),
                1 => found.saying("This is an SD-JWT. It discloses one claim, behind `~`, which counts only if its hash is signed."),
                many => found.saying(format!(
                    "This is an SD-JWT. It discloses {many} claims, each behind a `~`, which count only if their hashes are signed."
                )),
            })
        },
        message: "This is an SD-JWT: claims behind `~` count only if their hashes are signed.",
        fix: "Read it with a library for SD-JWTs; one for JWTs alone sees only what is always disclosed.",
        source: "RFC 9901 section 4",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJFUzI1NiJ9.eyJfc2QiOltdfQ.AA~WyJhIiwiYiIsMV0~"),
            Example::claims(r#"{"sub":"1"}"#),
        ],
    },
    Rule {
        id: "sd-jwt-disclosure-unmatched",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let digest = disclosure_digest(s).filter(|_| !s.disclosures().is_empty())?;
            let roots = roots(s);
            let mut signed = digests(&roots);
            signed.sort_unstable();
            for (index, span) in s.disclosures().iter().enumerate() {
                let own = BASE64URL.encode(&digest.hash(span.of(s.input.token).as_bytes()));
                let first = signed.partition_point(|one| **one < *own);
                let what = match signed.iter().skip(first).take(2).filter(|one| **one == own).count() {
                    1 => continue,
                    0 => "is not among the hashes that are signed: someone has added or changed it",
                    _ => "is hashed twice in the token, which is not allowed",
                };
                return Some(Remark::at(*span).saying(format!("Disclosure {} {what}.", index + 1)));
            }
            None
        },
        message: "A disclosed claim is not covered by the signature.",
        fix: "Refuse the token.",
        source: "RFC 9901 section 7.1",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJFUzI1NiJ9.eyJfc2QiOltdfQ.AA~WyJhIiwiYiIsMV0~"),
            Example::text(MATCHED),
        ],
    },
    Rule {
        id: "sd-jwt-weak-hash",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let hash = s.text_claim("_sd_alg")?;
            let weak = s.on_payload(!["sha-256", "sha-384", "sha-512"].contains(&hash))?;
            Some(weak.saying(format!("The hash that hides claims is {}, which is not one of the strong ones.", quoted(hash))))
        },
        message: "The hash that hides claims is not one of the strong ones.",
        fix: "Use `sha-256`.",
        source: "RFC 9901 section 4.1.1",
        #[cfg(test)]
        examples: [Example::claims(r#"{"_sd_alg":"md5"}"#), Example::claims(r#"{"_sd_alg":"sha-256"}"#)],
    },
    Rule {
        id: "sd-jwt-reserved-disclosure-name",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let digest = disclosure_digest(s).filter(|_| !s.disclosures().is_empty())?;
            let roots = roots(s);
            let levels = levels(&roots);
            let mut hidden: Vec<(&str, usize)> = levels
                .iter()
                .enumerate()
                .flat_map(|(at, level)| hidden(level).map(move |digest| (digest, at)))
                .collect();
            hidden.sort_unstable();
            s.disclosures().iter().find_map(|span| {
                let text = span.of(s.input.token);
                let name = disclosed_name(text)?;
                let own = BASE64URL.encode(&digest.hash(text.as_bytes()));
                // One that is nowhere hidden is taken to be put beside the claims of the token.
                let place = hidden.get(hidden.partition_point(|(digest, _)| *digest < &*own));
                let place = place.filter(|(digest, _)| *digest == own).map_or(0, |(_, at)| *at);
                let level = levels.get(place)?;
                if !matches!(&*name, "_sd" | "...") && !level.contains_key(&name) {
                    return None;
                }
                let message = match &*name {
                    "_sd" | "..." => format!("A disclosure is named `{name}`, which SD-JWTs have for themselves."),
                    _ => format!("A disclosure is named {}, and the signed part has such a claim already.", quoted(&name)),
                };
                Some(Remark::at(*span).saying(message))
            })
        },
        message: "A disclosed claim has a name that it must not have.",
        fix: "Refuse the token.",
        source: "RFC 9901 section 7.1",
        #[cfg(test)]
        examples: [
            // {"exp":1}, and ["a","exp",2].
            Example::text("eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjF9.AA~WyJhIiwiZXhwIiwyXQ~"),
            Example::text("eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjF9.AA~WyJhIiwiYiIsMV0~"),
        ],
    },
    // -------------------------------------------------------------------------------------------------------- others
    Rule {
        id: "client-assertion-long-lived",
        severity: Severity::Medium,
        unless: &["time-in-milliseconds"],
        check: |s| {
            let (left, sub) = (s.time("exp")?.checked_sub(s.input.now?)?, s.text_claim("sub")?);
            let is_address = |text: &str| text.starts_with("https://") || text.starts_with("http://");
            let aud = s.claim("aud")?;
            let to_server = aud.as_str().or_else(|| aud.get(0)?.as_str()).is_some_and(is_address);
            let is_assertion = s.text_claim("iss") == Some(sub) && to_server;
            let long = s.on_payload(is_assertion && left > 2 * MOMENT)?;
            let length = moment::length(left.unsigned_abs());
            Some(long.saying(format!("With this a client signs in, and it works for another {length}.")))
        },
        message: "With this a client signs in, and it works for a long time.",
        fix: "Let it last a minute, with a new `jti` each time.",
        source: "RFC 7523 section 3; OpenID Connect Core section 9",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"iss":"c","sub":"c","aud":"https://as.example/token","exp":1796169600}"#),
            Example::claims(r#"{"iss":"c","sub":"c","aud":"https://as.example/token","exp":1796083260}"#),
        ],
    },
    Rule {
        id: "request-object-without-aud",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let absent = absent(s, &["iss", "aud"]).filter(|_| s.is_typ("oauth-authz-req+jwt"))?;
            let message = format!("The authorization request lacks {absent}: it does not say from whom and to whom it is.");
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A signed authorization request says from whom and to whom it is.",
        fix: "Add both: the client as `iss`, the authorization server as `aud`.",
        source: "RFC 9101 sections 4 and 10.8",
        #[cfg(test)]
        examples: [
            Example::jws(r#"{"alg":"RS256","typ":"oauth-authz-req+jwt"}"#, r#"{"iss":"c"}"#),
            Example::jws(r#"{"alg":"RS256","typ":"oauth-authz-req+jwt"}"#, r#"{"iss":"c","aud":"https://as.example"}"#),
        ],
    },
    Rule {
        id: "logout-token-with-nonce",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_payload(s.claim("events")?.get(LOGOUT).is_some() && s.claim("nonce").is_some()),
        message: "This logout token has a nonce, which it must not have: that is how it is told from an id token.",
        fix: "Refuse it.",
        source: "OpenID Connect Back-Channel Logout 1.0 section 2.4; RFC 8725 section 3.11",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"events":{"http://schemas.openid.net/event/backchannel-logout":{}},"nonce":"a"}"#),
            Example::claims(r#"{"events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#),
        ],
    },
];

/// `{"_sd":["an0…"]}` with the disclosure `["a","b",1]`.
#[cfg(test)]
const MATCHED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJfc2QiOlsiYW4wbDFRYUd4ZW9nLTktR3piLU5VT3VtWGdXV1VyWk9ZSXFhLUlvVTY2TSJdfQ.AA~WyJhIiwiYiIsMV0~";

/// The claims that are not there, as a list for people; `None` if all are, or none could be read.
fn absent(s: &Subject<'_>, names: &[&str]) -> Option<String> {
    let claims = s.claims()?;
    let absent: Vec<&str> = names.iter().copied().filter(|name| !claims.contains_key(*name)).collect();
    (!absent.is_empty()).then(|| listed(&absent))
}

/// `` `a`, `b` and `c` ``
fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    for (at, name) in names.iter().enumerate() {
        let joint = match at {
            0 => "`",
            _ if at + 1 == names.len() => " and `",
            _ => ", `",
        };
        out += joint;
        out += name;
        out.push('`');
    }
    out
}

/// The left half of a text's hash, with the hash function of the token's algorithm; `None` where that is not agreed on.
fn half_hash(s: &Subject<'_>, text: &str) -> Option<String> {
    let digest = match s.alg()? {
        // RFC 8032: Ed25519 hashes with SHA-512.
        "EdDSA" | "Ed25519" => Digest::Sha512,
        alg if alg.ends_with("384") => Digest::Sha384,
        alg if alg.ends_with("512") => Digest::Sha512,
        alg if alg.ends_with("256") || alg == "ES256K" => Digest::Sha256,
        _ => return None,
    };
    let hash = digest.hash(text.as_bytes());
    Some(BASE64URL.encode(hash.get(..hash.len() / 2)?))
}

/// The hash with which an SD-JWT hides claims, if it is known (RFC 9901 section 4.1.1).
fn disclosure_digest(s: &Subject<'_>) -> Option<Digest> {
    match s.claims()?.get("_sd_alg") {
        None => Some(Digest::Sha256),
        Some(name) => match name.as_str()? {
            "sha-256" => Some(Digest::Sha256),
            "sha-384" => Some(Digest::Sha384),
            "sha-512" => Some(Digest::Sha512),
            _ => None,
        },
    }
}

fn disclosure(text: &str) -> Option<Vec<Value>> {
    serde_json::from_slice(&BASE64URL.decode(text).ok()?).ok()
}

/// `[salt, name, value]` or, for an element of a list, `[salt, value]`.
fn disclosed_value(text: &str) -> Option<Value> {
    disclosure(text)?.into_iter().skip(1).last()
}

fn disclosed_name(text: &str) -> Option<String> {
    match &*disclosure(text)? {
        [_, Value::String(name), _] => Some(name.clone()),
        _ => None,
    }
}

/// The payload as it is signed, with nothing that is disclosed, and then what is.
fn roots(s: &Subject<'_>) -> Vec<Value> {
    let disclosed = s.disclosures().iter().map(|span| disclosed_value(span.of(s.input.token)));
    let signed = serde_json::from_str(s.payload.text()).ok();
    std::iter::once(signed).chain(disclosed).map(Option::unwrap_or_default).collect()
}

/// The objects in these, the outermost signed one first.
fn levels(roots: &[Value]) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = roots.iter().rev().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(members) => {
                open.extend(members.values());
                found.push(members);
            }
            _ => {}
        }
    }
    found
}

/// The digests of the claims that an object hides.
fn hidden(level: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let list = level.get("_sd").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// The digests in values: in `_sd`, and behind `...`.
fn digests(roots: &[Value]) -> Vec<&str> {
    let mut found = Vec::new();
    for level in levels(roots) {
        found.extend(hidden(level).chain(level.get("...").and_then(Value::as_str)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_found_wherever_they_may_stand() {
        let value = serde_json::json!({"_sd": ["a", 7], "x": [{"...": "b"}, {"_sd": ["c"]}], "_sd_alg": "d"});
        let roots = [value];
        let mut found = digests(&roots);
        found.sort_unstable();
        assert_eq!(found, ["a", "b", "c"]);
    }

    #[test]
    fn an_element_within_a_disclosure_is_covered_by_it() {
        // The example of RFC 9901 section 4.2.2: an element hidden in a list, and a list hidden as a claim.
        let inner = BASE64URL.encode(br#"["lklxF5jMYlGTPUovMNIvCA","FR"]"#);
        let digest = |text: &str| BASE64URL.encode(&Digest::Sha256.hash(text.as_bytes()));
        let outer =
            BASE64URL.encode(format!(r#"["s","nationalities",[{{"...":"{}"}}]]"#, digest(&inner)).as_bytes());
        let payload = BASE64URL.encode(format!(r#"{{"_sd":["{}"]}}"#, digest(&outer)).as_bytes());
        let said = |token: String| {
            let token: &'static str = token.leak();
            Example::text(token).said().contains(&"sd-jwt-disclosure-unmatched".to_owned())
        };
        assert!(!said(format!("eyJhbGciOiJFUzI1NiJ9.{payload}.AA~{outer}~{inner}~")));
        assert!(said(format!("eyJhbGciOiJFUzI1NiJ9.{payload}.AA~{inner}~")));
        assert!(said(format!("eyJhbGciOiJFUzI1NiJ9.{payload}.AA~{outer}~{inner}A~")));
    }

    #[test]
    fn lists_are_written_for_people() {
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}

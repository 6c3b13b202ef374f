//! Rules about how a token is written: serialization, Base64url and JSON (RFC 7515 section 7, RFC 8259).

use serde_json::Value;

#[cfg(test)]
use super::Example;
use super::registry;
use super::subject::{DETACHED, Form, Part, Signer, Subject, bare, has_space, loose};
use super::{Remark, Rule, alg};
use crate::finding::Severity;
use crate::jose::raw;
use crate::limits::{MAX_COOKIE, MAX_JSON_DEPTH};
use crate::moment::grouped;
use crate::scheme::kit::base64::BASE64URL;

/// Bytes of a cookie that its name and `=` take at least, and usually.
const COOKIE_NAME: usize = 32;
/// Bytes of a header's line that common servers read: Apache's `LimitRequestFieldSize` is 8190, nginx's buffer 8192.
const MAX_HEADER_LINE: usize = 8000;
/// Levels of JSON that no token needs.
const DEEP: usize = 16;

pub const RULES: &[Rule] = &[
    Rule {
        id: "not-a-jwt",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let remark = s.on_token(s.form == Form::Other)?;
            let cut_off = s.header.object.is_some() && matches!(s.parts.len(), 2 | 4);
            let message = "A part is missing: a signed token has three parts with dots between them, an encrypted one five. It \
                           was probably cut off.";
            Some(if cut_off { remark.saying(message) } else { remark })
        },
        message: "This is not a JWT: a signed one has three parts with dots between them, an encrypted one five.",
        fix: "Copy the whole token, without quotes or line breaks.",
        source: "RFC 7515 section 3.1; RFC 7516 section 3.1; draft-ietf-oauth-rfc8725bis section 3.14",
        #[cfg(test)]
        examples: [Example::text("abc.def"), Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AAAA")],
    },
    Rule {
        id: "bearer-prefix-or-quotes",
        severity: Severity::Info,
        unless: &[],
        check: |s| s.on_token(bare(s.input.pasted) != s.input.pasted.trim()),
        message: "The prefix or the quotes around it are not part of the token; they were left out here.",
        fix: "Nothing to do, unless your code reads them as part of the token.",
        source: "RFC 6750 section 2.1",
        #[cfg(test)]
        examples: [
            Example::text("Authorization: bearer \"eyJhbGciOiJIUzI1NiJ9.e30.AAAA\""),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"),
        ],
    },
    Rule {
        id: "whitespace-inside-token",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let bare = bare(s.input.pasted);
            s.on_token(s.is_compact() && has_space(bare))
        },
        message: "There is white space inside of the token, which strict libraries refuse.",
        fix: "Copy it again, in one line.",
        source: "RFC 7515 section 2; draft-ietf-oauth-rfc8725bis section 3.14",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOi JIUzI1\nNiJ9.e30.AAAA"),
            Example::text(" eyJhbGciOiJIUzI1NiJ9.e30.AAAA\n"),
        ],
    },
    Rule {
        id: "illegal-character",
        severity: Severity::High,
        unless: &["not-a-jwt"],
        check: |s| {
            let is_odd =
                |b: &u8| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/' | b'='));
            let first = |part: &str| {
                let at = part.as_bytes().iter().position(is_odd)?;
                part.get(at..)?.chars().next()
            };
            let (index, odd) = encoded(s).find_map(|(i, part)| Some((i, first(part)?)))?;
            let message =
                format!("The {} has {odd:?} in it, which Base64url does not have.", part_name(s, index));
            Some(Remark::at(s.span(index)).saying(message))
        },
        message: "A part has a character in it that Base64url does not have.",
        fix: "Find the step that altered it: percent-encoding, escaping, or a cut.",
        source: "RFC 7515 section 2; draft-ietf-oauth-rfc8725bis section 3.14",
        #[cfg(test)]
        examples: [
            Example::text("eyJ%2E.e30.AAAA"),
            Example::jws(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, "{}"),
        ],
    },
    Rule {
        id: "standard-base64-alphabet",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let (index, _) = encoded(s).find(|(_, part)| part.bytes().any(|b| matches!(b, b'+' | b'/')))?;
            let message = format!(
                "The {} is in ordinary Base64, with `+` or `/`; tokens are in Base64url, with `-` and `_`.",
                part_name(s, index)
            );
            Some(Remark::at(s.span(index)).saying(message))
        },
        message: "A part is in ordinary Base64; tokens are in Base64url, with `-` and `_`.",
        fix: "Encode with a function for Base64url.",
        source: "RFC 7515 section 2; RFC 4648 section 5",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AA+/"),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AA-_"),
        ],
    },
    Rule {
        id: "base64-padding-present",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let (index, _) = encoded(s).find(|(_, part)| part.ends_with('='))?;
            let message = format!(
                "The {} ends with `=`: tokens are written without padding, and strict libraries refuse it.",
                part_name(s, index)
            );
            Some(Remark::at(s.span(index)).saying(message))
        },
        message: "A part ends with `=`: tokens are written without padding.",
        fix: "Leave the `=` out where the token is encoded.",
        source: "RFC 7515 section 2",
        #[cfg(test)]
        examples: [Example::text("eyJhbGciOiJub25lIn0=.e30=."), Example::text("eyJhbGciOiJub25lIn0.e30.")],
    },
    Rule {
        id: "base64-impossible-length",
        severity: Severity::High,
        unless: &["not-a-jwt", "illegal-character"],
        check: |s| {
            let (index, part) = encoded(s).find(|(_, part)| part.trim_end_matches('=').len() % 4 == 1)?;
            let message = format!(
                "The {} has {} characters, and nothing encodes to that many: it was cut, or has one too many.",
                part_name(s, index),
                part.trim_end_matches('=').len()
            );
            Some(Remark::at(s.span(index)).saying(message))
        },
        message: "A part has a length that nothing encodes to: it was cut, or has a character too many.",
        fix: "Copy the token again.",
        source: "RFC 4648 section 4",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30AA.AAAA"),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30A.AAAA"),
        ],
    },
    Rule {
        id: "base64-nonzero-trailing-bits",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let (index, _) = encoded(s).find(|(_, part)| has_stray_bits(part))?;
            let message = format!(
                "The last character of the {} carries stray bits, so more than one text decodes to the same bytes.",
                part_name(s, index)
            );
            Some(Remark::at(s.span(index)).saying(message))
        },
        message: "The last character of a part carries stray bits.",
        fix: "Encode strictly; refuse such tokens where the text itself is used as an id.",
        source: "RFC 4648 section 3.5",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AB"),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AA"),
        ],
    },
    Rule {
        id: "non-canonical-signature-text",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let (_, written) = s.written_parts().nth(2).filter(|_| s.is_jws())?;
            let bytes = loose(written)?;
            s.on_signature(BASE64URL.encode(&bytes) != written)
        },
        message: "This signature can be written in another way and still holds, so a list of refused token texts can be got around.",
        fix: "Keep a list of `jti`, not of token texts; or refuse what is not written in the one strict way.",
        source: "RFC 4648 sections 3.5 and 12",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AB"),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AA"),
        ],
    },
    Rule {
        id: "empty-header",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_token(is_cut(s) && s.part(0).is_empty()),
        message: "The token has no header, so it names no algorithm.",
        fix: "Copy the whole token.",
        source: "RFC 7515 section 4",
        #[cfg(test)]
        examples: [Example::text(".e30.AAAA"), Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AAAA")],
    },
    Rule {
        id: "header-not-json-object",
        severity: Severity::High,
        unless: &["invalid-utf8", "utf-bom-or-utf16"],
        check: |s| {
            let decoded = is_cut(s) && !s.header.bytes.is_empty();
            s.on_header(decoded && s.header.object.is_none() && !is_too_deep(&s.header))
        },
        message: "The header must be a JSON object, and this one is not.",
        fix: "Make the token with a JWT library.",
        source: "RFC 7515 section 4",
        #[cfg(test)]
        examples: [Example::header(r#""HS256""#), Example::header(r#"{"alg":"HS256"}"#)],
    },
    Rule {
        id: "payload-not-json-object",
        severity: Severity::Medium,
        unless: &["invalid-utf8", "utf-bom-or-utf16"],
        check: |s| {
            let there = s.is_jws() && !s.payload.bytes.is_empty() && s.payload.object.is_none();
            s.on_payload(there && is_encoded(s) && s.nested().is_none() && !is_too_deep(&s.payload))
        },
        message: "The payload of a JWT must be a JSON object; this is a signed message of another kind.",
        fix: "Put the data into an object with claims.",
        source: "RFC 7519 section 7.2",
        #[cfg(test)]
        examples: [Example::claims(r#""hello""#), Example::claims(r#"{"sub":"1"}"#)],
    },
    Rule {
        id: "duplicate-header-member",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let in_header = s.header.raw.repeated.clone().filter(|repeated| repeated.depth == 1);
            // What is around the headers of the JSON serialization counts as much.
            let repeated = in_header.or_else(|| s.is_json().then(|| raw::read(s.input.token).repeated)?)?;
            let name = super::quoted(&repeated.name);
            let message = format!(
                "The name {name} stands twice in the header, and two parsers may read different values."
            );
            Some(s.on_header(true)?.saying(message))
        },
        message: "A name stands twice in the header, and two parsers may read different values.",
        fix: "Refuse such tokens.",
        source: "RFC 7515 section 4",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"none","alg":"HS256"}"#), Example::header(r#"{"alg":"HS256"}"#)],
    },
    Rule {
        id: "duplicate-claim",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let repeated = s.payload.raw.repeated.as_ref().filter(|_| s.claims().is_some())?;
            let name = super::quoted(&repeated.name);
            let message =
                format!("The claim {name} stands twice; one system may read the first and another the last.");
            Some(s.on_payload(true)?.saying(message).graver_if(repeated.depth > 1, Severity::Medium))
        },
        message: "A claim stands twice; one system may read the first and another the last.",
        fix: "Refuse such tokens.",
        source: "RFC 7519 section 4",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"sub":"1","sub":"2"}"#),
            Example::claims(r#"{"sub":"1","act":{"sub":"1"}}"#),
        ],
    },
    Rule {
        id: "escaped-duplicate-name",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let part =
                |part: &Part| part.raw.disguised.as_ref().map(|disguised| super::quoted(&disguised.name));
            let header = part(&s.header);
            let remark = if header.is_some() { s.on_header(true)? } else { s.on_payload(true)? };
            let name = header.or_else(|| part(&s.payload))?;
            Some(remark.saying(format!(
                "The name {name} stands twice once its escapes are read, a trick to make parsers disagree."
            )))
        },
        message: "Two names are the same once their escapes are read, a trick to make parsers disagree.",
        fix: "Refuse such tokens.",
        source: "RFC 7515 section 4; RFC 8259 section 8.3",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","\u0061lg":"none"}"#),
            Example::header(r#"{"\u0061lg":"HS256"}"#),
        ],
    },
    Rule {
        id: "invalid-utf8",
        severity: Severity::High,
        unless: &["utf-bom-or-utf16"],
        check: |s| on_part(s, |part| std::str::from_utf8(&part.bytes).is_err()),
        message: "The JSON in a token must be UTF-8, and this is not.",
        fix: "Encode the text as UTF-8 before Base64url.",
        source: "RFC 7519 section 7.2; RFC 8725 section 3.7",
        #[cfg(test)]
        examples: [
            Example::bytes("7b22616c67223a224853323536227d", "7b2261223a22e9227d"),
            Example::claims(r#"{"a":"é"}"#),
        ],
    },
    Rule {
        id: "utf-bom-or-utf16",
        severity: Severity::Medium,
        unless: &[],
        check: |s| on_part(s, |part| has_mark(&part.bytes) || is_utf16(&part.bytes)),
        message: "The JSON begins with a byte order mark, or is UTF-16: many parsers refuse that.",
        fix: "Write plain UTF-8 without a mark.",
        source: "RFC 8259 section 8.1; RFC 8725 section 3.7",
        #[cfg(test)]
        examples: [
            Example::bytes("7b22616c67223a224853323536227d", "efbbbf7b7d"),
            Example::bytes("7b22616c67223a224853323536227d", "7b7d"),
        ],
    },
    Rule {
        id: "lone-surrogate",
        severity: Severity::Low,
        unless: &[],
        check: |s| on_part(s, |part| part.raw.lone_surrogate.is_some()),
        message: "A text has half of a character in it (a lone surrogate), which parsers read differently.",
        fix: "Mend what made the text: it cut a character in two.",
        source: "RFC 8259 section 8.2",
        #[cfg(test)]
        examples: [Example::claims(r#"{"n":"\ud800"}"#), Example::claims(r#"{"n":"\ud83d\ude00"}"#)],
    },
    Rule {
        id: "unsafe-integer",
        severity: Severity::Medium,
        unless: &[],
        check: |s| on_part(s, |part| part.raw.unsafe_integer.is_some()),
        message: "There is an integer above 2^53: JavaScript cannot hold it exactly, so it changes when it is parsed.",
        fix: "Send it as a text.",
        source: "RFC 8259 section 6",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"user_id":9007199254740993}"#),
            Example::claims(r#"{"user_id":"9007199254740993"}"#),
        ],
    },
    Rule {
        id: "json-too-deep",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let depth = s.header.raw.depth.max(s.payload.raw.depth);
            let remark = on_part(s, |part| part.raw.depth > DEEP)?;
            let depth = grouped(depth as u64);
            Some(match is_too_deep(&s.header) || is_too_deep(&s.payload) {
                true => remark.as_severity(Severity::Medium).saying(format!(
                    "The JSON is nested {depth} levels deep; Keyjar reads {MAX_JSON_DEPTH}. Parsers fail on that, or exhaust their \
                     stack."
                )),
                false => remark.saying(format!("The JSON is nested {depth} levels deep: parsers may fail or slow down.")),
            })
        },
        message: "The JSON is nested very deeply: parsers may fail or slow down.",
        fix: "Flatten the claims, and limit the depth that your server reads.",
        source: "RFC 8259 section 9",
        #[cfg(test)]
        examples: [Example::claims(r#"{"a":{[*20}{]*20}}"#), Example::claims(r#"{"a":[[{"b":1}]]}"#)],
    },
    Rule {
        id: "proto-member-name",
        severity: Severity::Medium,
        unless: &[],
        check: |s| on_part(s, |part| part.raw.inner_name.is_some()),
        message: "A member is named `__proto__`, `constructor` or `prototype`: JavaScript code that merges claims can be made to \
                  change its own objects with it.",
        fix: "Copy the claims that you know by their names, and nothing else.",
        source: "CWE-1321",
        #[cfg(test)]
        examples: [Example::claims(r#"{"__proto__":{"admin":true}}"#), Example::claims(r#"{"admin":true}"#)],
    },
    Rule {
        id: "json-serialization-used",
        severity: Severity::Low,
        unless: &[],
        check: |s| s.on_token(s.is_json()),
        message: "This is the JSON form of a signed or encrypted message; a JWT must have the form with dots.",
        fix: "Use compact serialization for JWTs, and refuse this form where a JWT is expected.",
        source: "RFC 7519 section 1; draft-ietf-oauth-rfc8725bis sections 2.13 and 3.14",
        #[cfg(test)]
        examples: [
            Example::text(r#"{"payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAA"}"#),
            Example::header(r#"{"alg":"HS256"}"#),
        ],
    },
    Rule {
        id: "json-serialization-unprotected-alg",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let outside = |signer: &Signer| {
                signer.unprotected.contains_key("alg") && !signer.protected.contains_key("alg")
            };
            s.on_token(s.form == Form::JsonJws && s.signers.iter().any(outside))
        },
        message: "The algorithm stands outside of the signed part, so anyone can change it.",
        fix: "Put `alg` into the protected header.",
        source: "RFC 7515 section 10.7",
        #[cfg(test)]
        examples: [
            Example::text(r#"{"header":{"alg":"HS256"},"payload":"e30","signature":"AAAA"}"#),
            Example::text(r#"{"protected":"eyJhbGciOiJIUzI1NiJ9","payload":"e30","signature":"AAAA"}"#),
        ],
    },
    Rule {
        id: "json-serialization-none-among-signatures",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let none = |signer: &Signer| {
                signer.signature.is_empty()
                    || signer.param("alg").and_then(Value::as_str).is_some_and(alg::is_none)
            };
            s.on_token(s.form == Form::JsonJws && s.signers.len() > 1 && s.signers.iter().any(none))
        },
        message: "One of several signatures is no signature at all, and some verifiers are content with any one of them.",
        fix: "Demand the signature of the signer that you trust, not of any.",
        source: "RFC 7515 section 5.2",
        #[cfg(test)]
        examples: [
            Example::text(
                r#"{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJub25lIn0","signature":""},{"protected":"eyJhbGciOiJFUzI1NiJ9","signature":"ERER"}]}"#,
            ),
            Example::text(
                r#"{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJFUzI1NiJ9","signature":"ERER"}]}"#,
            ),
        ],
    },
    Rule {
        id: "json-serialization-header-overlap",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let twice = |signer: &Signer| {
                signer.unprotected.keys().find(|name| signer.protected.contains_key(*name)).cloned()
            };
            let name = s.signers.iter().find_map(twice)?;
            let message = format!(
                "{} stands in the protected header and in the other one; no name may stand in both.",
                super::quoted(&name)
            );
            Some(s.on_token(true)?.saying(message))
        },
        message: "A name stands in the protected header and in the other one.",
        fix: "Refuse it.",
        source: "RFC 7515 section 7.2.1",
        #[cfg(test)]
        examples: [
            Example::text(
                r#"{"protected":"eyJhbGciOiJIUzI1NiJ9","header":{"alg":"HS256"},"payload":"e30","signature":"AAAA"}"#,
            ),
            Example::text(
                r#"{"protected":"eyJhbGciOiJIUzI1NiJ9","header":{"kid":"1"},"payload":"e30","signature":"AAAA"}"#,
            ),
        ],
    },
    Rule {
        id: "polyglot-json-and-compact",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let mut parts = s.input.token.split('.');
            let second = parts.nth(1).filter(|_| s.is_json())?;
            let is_claims = loose(second).is_some_and(|bytes| Part::of(bytes).object.is_some());
            s.on_token(parts.count() == 1 && is_claims)
        },
        message: "This text is one token to a parser that reads JSON and another to one that cuts at dots.",
        fix: "Accept only letters, digits, `-`, `_` and dots where a token is expected.",
        source: "draft-ietf-oauth-rfc8725bis sections 2.13 and 3.14",
        #[cfg(test)]
        examples: [
            Example::text(
                r#"{"x":"eyJhbGciOiJIUzI1NiJ9.e30.AAAA","payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAA"}"#,
            ),
            Example::text(r#"{"payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAA"}"#),
        ],
    },
    Rule {
        id: "detached-payload",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let empty = s.form == Form::Jws && s.part(1).is_empty() && !s.part(2).is_empty();
            s.on_payload(empty && s.option(DETACHED).is_none())
        },
        message: "The payload is sent apart from the token; without it the signature cannot be checked.",
        fix: "Give the payload, as hex, in the option for it.",
        source: "RFC 7515 appendix F",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJIUzI1NiJ9..AAAA"),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"),
        ],
    },
    Rule {
        id: "b64-false",
        severity: Severity::Medium,
        unless: &[],
        check: |s| s.on_header(*s.param("b64")? == Value::Bool(false)),
        message: "The payload is signed as it is, without Base64url: a special mode (`b64`) that JWTs must not use.",
        fix: "Leave `b64` out of JWTs.",
        source: "RFC 7797 sections 3 and 7",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#),
            Example::header(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#),
        ],
    },
    Rule {
        id: "b64-not-critical",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let listed =
                |crit: &Value| crit.as_array().is_some_and(|names| names.iter().any(|name| name == "b64"));
            s.on_header(s.param("b64").is_some() && !s.param("crit").is_some_and(listed))
        },
        message: "`b64` is there without standing in `crit`: a verifier that does not know it checks other bytes than were signed.",
        fix: "Add `\"crit\":[\"b64\"]`.",
        source: "RFC 7797 section 6",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256","b64":false}"#),
            Example::header(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#),
        ],
    },
    Rule {
        id: "token-over-cookie-limit",
        severity: Severity::Medium,
        unless: &["token-over-header-limit"],
        check: |s| {
            let size = s.input.token.len();
            let message = format!(
                "The token has {} bytes: together with a name it does not fit into a cookie, which holds {}.",
                grouped(size as u64),
                grouped(MAX_COOKIE as u64)
            );
            Some(s.on_token(size > MAX_COOKIE - COOKIE_NAME)?.saying(message))
        },
        message: "The token does not fit into a cookie together with a name.",
        fix: "Drop claims, or keep the token on the server and send an id.",
        source: "draft-ietf-httpbis-rfc6265bis section 5.6",
        #[cfg(test)]
        examples: [Example::claims(r#"{"a":"{x*3100}"}"#), Example::claims(r#"{"a":"{x*600}"}"#)],
    },
    Rule {
        id: "token-over-header-limit",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let size = s.input.token.len();
            let message = format!(
                "The token has {} bytes: many servers and proxies refuse a header of that size.",
                grouped(size as u64)
            );
            Some(s.on_token(size > MAX_HEADER_LINE)?.saying(message))
        },
        message: "Many servers and proxies refuse a header of this size.",
        fix: "Take out what is large (groups, roles, pictures), or send an id in its place.",
        source: "Apache LimitRequestFieldSize; nginx large_client_header_buffers; RFC 9110 section 5.4",
        #[cfg(test)]
        examples: [Example::claims(r#"{"a":"{x*8000}"}"#), Example::claims(r#"{"a":"{x*600}"}"#)],
    },
    Rule {
        id: "token-truncated",
        severity: Severity::High,
        unless: &["ecdsa-der-signature", "base64-impossible-length"],
        check: |s| {
            let sizes = registry::signature_sizes(crate::jose::alg::by_name(s.alg()?)?);
            let found = s.signature.len();
            let shorter = (1..*sizes.iter().max()?).contains(&found) && !sizes.contains(&found);
            // An RSA signature between two usual sizes is of an odd key as well as cut: below the usual one it is cut.
            let is_cut_off =
                shorter && found < sizes.iter().copied().find(|&size| size >= 256).unwrap_or(usize::MAX);
            let message = format!(
                "The signature has {found} bytes, fewer than {} has: the token was probably cut off.",
                s.alg().unwrap_or_default()
            );
            Some(s.on_signature(is_cut_off && s.claims().is_some())?.saying(message))
        },
        message: "The signature is too short: the token was probably cut off.",
        fix: "Copy it again; check the sizes of columns and cookies that it goes through.",
        source: "RFC 7518 section 3",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"RS256","kid":"1"}"#).signature("{11*100}"),
            Example::header(r#"{"alg":"RS256","kid":"1"}"#).signature("{11*256}"),
        ],
    },
    Rule {
        id: "published-example-token",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let is_known = |signature: &&str| s.part(2).starts_with(*signature);
            s.on_token(s.is_jws() && (PUBLISHED.iter().any(is_known) || s.input.token == UNSIGNED_EXAMPLE))
        },
        message: "This is an example that is printed in a standard or on a well-known page; its key is public.",
        fix: "Never accept it.",
        source: "RFC 7515 appendix A; RFC 7519 sections 3.1 and 6.1; jwt.io",
        #[cfg(test)]
        examples: [
            Example::text(
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
            ),
            Example::claims(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#),
        ],
    },
];

/// How the signatures of published examples begin.
const PUBLISHED: [&str; 7] = [
    // RFC 7515 appendix A.1 and RFC 7519 section 3.1, then A.2, A.3 and A.4.
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA",
    "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZq",
    // jwt.io: with `secret`, with `your-256-bit-secret`, and of today.
    "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30",
];

/// RFC 7515 appendix A.5 and RFC 7519 section 6.1.
const UNSIGNED_EXAMPLE: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

/// Whether it is cut at dots into as many parts as a token has.
const fn is_cut(s: &Subject<'_>) -> bool {
    matches!(s.form, Form::Jws | Form::Jwe | Form::SdJwt)
}

/// Whether the payload is Base64url (RFC 7797).
fn is_encoded(s: &Subject<'_>) -> bool {
    s.param("b64") != Some(&Value::Bool(false))
}

/// The parts that must be Base64url, as they were written.
fn encoded<'s>(s: &'s Subject<'_>) -> impl Iterator<Item = (usize, &'s str)> {
    let all = is_encoded(s);
    s.written_parts().filter(move |(index, _)| is_cut(s) && (all || *index != 1))
}

fn part_name(s: &Subject<'_>, index: usize) -> &'static str {
    let names = if s.form == Form::Jwe {
        ["header", "encrypted key", "initialization vector", "ciphertext", "tag"]
    } else {
        ["header", "payload", "signature", "", ""]
    };
    names.get(index).copied().unwrap_or_default()
}

/// A remark on the first of header and payload of which `applies` is true.
fn on_part(s: &Subject<'_>, applies: impl Fn(&Part) -> bool) -> Option<Remark> {
    if applies(&s.header) { s.on_header(true) } else { s.on_payload(is_encoded(s) && applies(&s.payload)) }
}

/// Whether it may be JSON, of which only the depth is more than is read.
const fn is_too_deep(part: &Part) -> bool {
    part.raw.depth > MAX_JSON_DEPTH
}

/// Whether bits of the last character are not those of any byte.
fn has_stray_bits(part: &str) -> bool {
    let text = part.trim_end_matches('=');
    let value = match text.bytes().last() {
        Some(b @ b'A'..=b'Z') => b - b'A',
        Some(b @ b'a'..=b'z') => b - b'a' + 26,
        Some(b @ b'0'..=b'9') => b - b'0' + 52,
        Some(b'+' | b'-') => 62,
        Some(b'/' | b'_') => 63,
        _ => return false,
    };
    match text.len() % 4 {
        2 => value & 0b1111 != 0,
        3 => value & 0b11 != 0,
        _ => false,
    }
}

fn has_mark(bytes: &[u8]) -> bool {
    [&b"\xef\xbb\xbf"[..], b"\xfe\xff", b"\xff\xfe"].iter().any(|mark| bytes.starts_with(mark))
}

/// Whether every second byte is 0.
fn is_utf16(bytes: &[u8]) -> bool {
    let zero = |first: usize| bytes.iter().skip(first).step_by(2).all(|&byte| byte == 0);
    bytes.len() >= 4
        && bytes.len().is_multiple_of(2)
        && bytes.iter().any(|&byte| byte != 0)
        && (zero(0) || zero(1))
}

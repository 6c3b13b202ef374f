//! How the line is written: what a browser reads otherwise than it looks, and what servers cannot read back.

use crate::cookie::edit;
use crate::cookie::parse::{Attribute, AttributeName, DropReason};
use crate::cookie::rules::{Check, Context, Hit, Rule, listed, quoted};
use crate::cookie::write::is_token_char;
use crate::finding::Severity::{High, Info, Low, Medium};
use crate::limits::{MAX_ATTRIBUTE, MAX_COOKIE, MAX_COOKIE_LINE};
use crate::moment::grouped;
use crate::protocol::SameSite;
use crate::span::Span;

pub const RULES: &[Rule] = &[
    Rule {
        id: "control-character-in-line",
        severity: High,
        message: "Browsers throw this whole cookie away because the line contains a control character.",
        fix: "Encode the value (Base64url or percent-encoding) before you write it into the header.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Dropped(|dropped| {
            let DropReason::ControlCharacter(byte) = dropped.why else { return None };
            Some(Hit::at(dropped.at).saying(format!(
                "Browsers throw this whole cookie away because byte {} is the control character 0x{byte:02X}.",
                dropped.at.start
            )))
        }),
        triggers: "sid=ab\u{1}cd; Path=/",
        does_not_trigger: "sid=abcd; Path=/",
    },
    Rule {
        id: "empty-name-and-value",
        severity: High,
        message: "There is neither a name nor a value before the first semicolon, so browsers ignore the line.",
        fix: "Begin the line with name=value.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Dropped(|dropped| (dropped.why == DropReason::Empty).then(|| Hit::at(dropped.at))),
        triggers: "=; Path=/",
        does_not_trigger: "a=; Path=/",
    },
    Rule {
        id: "name-value-too-large",
        severity: High,
        message: "Name and value together exceed 4,096 bytes, so browsers drop the cookie.",
        fix: "Keep the data on the server and only a short identifier in the cookie, or split the data.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Dropped(|dropped| {
            let DropReason::TooLarge(bytes) = dropped.why else { return None };
            Some(Hit::at(dropped.at).saying(format!(
                "Name and value together have {} bytes. Browsers drop a cookie above {}.",
                grouped(bytes as u64),
                grouped(MAX_COOKIE as u64)
            )))
        }),
        triggers: "data={x*4093}",
        does_not_trigger: "data={x*4092}",
    },
    Rule {
        id: "line-too-long",
        severity: High,
        message: "This line is longer than any header that servers and proxies pass on, and is not taken apart here.",
        fix: "Shorten the attributes: browsers read at most 1,024 bytes of each.",
        source: "Keyjar's own bound",
        unless: &[],
        check: Check::Dropped(|dropped| {
            let DropReason::LineTooLong(bytes) = dropped.why else { return None };
            Some(Hit::at(dropped.at).saying(format!(
                "This line has {} bytes. Lines above {} are not taken apart here, and servers and proxies refuse \
                 headers of such a size.",
                grouped(bytes as u64),
                grouped(MAX_COOKIE_LINE as u64)
            )))
        }),
        triggers: "a=1; Path=/{x*16384}",
        does_not_trigger: "a=1; Path=/{x*1000}",
    },
    Rule {
        id: "tab-in-line",
        severity: High,
        message: "Chrome drops a cookie with a tab in its name, its value or an attribute's value, although the standard allows it.",
        fix: "Encode the tab as %09, or remove it.",
        source: "Chromium and Firefox, observed; RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let values = c.cookie.attributes.iter().map(|attribute| attribute.value_span);
            let at = [c.cookie.name_span, c.cookie.value_span]
                .into_iter()
                .chain(values)
                .find_map(|span| span.of(c.line).find('\t').map(|at| span.start + at))?;
            Some(Hit::at(Span::new(at, at + 1)))
        }),
        triggers: "city=New\tYork; Path=/",
        does_not_trigger: "city=New%09York;\tPath=/",
    },
    Rule {
        id: "nameless-cookie",
        severity: Medium,
        message: "This cookie has no name. Chrome sends it back as a bare value, Firefox takes a bare word for a name, \
                  and servers read it in different ways.",
        fix: "Give the cookie a name: name=value.",
        source: "RFC 6265bis sections 4.1.1 and 5.6",
        unless: &["name-equals-attribute-name", "nameless-value-mimics-prefix"],
        check: Check::Cookie(|c| c.cookie.name.is_empty().then(|| c.hit_name())),
        triggers: "abc123; Path=/",
        does_not_trigger: "sid=abc123; Path=/",
    },
    Rule {
        id: "name-value-near-limit",
        severity: Low,
        message: "This cookie is close to the 4,096 bytes above which browsers silently drop it.",
        fix: "Shrink the payload, and measure the size after encoding and signing.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let bytes = c.cookie.name.len() + c.cookie.value.len();
            (bytes >= NEAR_LIMIT).then(|| {
                Hit::at(c.cookie.pair).saying(format!(
                    "Name and value together have {} bytes. Browsers silently drop a cookie above {}.",
                    grouped(bytes as u64),
                    grouped(MAX_COOKIE as u64)
                ))
            })
        }),
        triggers: "data={x*3900}",
        does_not_trigger: "data={x*500}",
    },
    Rule {
        id: "attribute-value-too-long",
        severity: Medium,
        message: "An attribute longer than 1,024 bytes is skipped as if it were not there.",
        fix: "Shorten the attribute.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let long = c.cookie.attributes.iter().find(|attribute| attribute.is_too_long())?;
            Some(Hit::at(long.text).saying(format!(
                "The value of {} has {} bytes. Browsers skip an attribute above {} as if it were not there.",
                quoted(&long.name),
                grouped(long.value.len() as u64),
                grouped(MAX_ATTRIBUTE as u64)
            )))
        }),
        triggers: "a=1; Path=/{x*1024}",
        does_not_trigger: "a=1; Path=/shop",
    },
    Rule {
        id: "unknown-attribute",
        severity: Medium,
        message: "Browsers do not know this attribute and ignore it.",
        fix: "Remove it, or check the spelling.",
        source: "RFC 6265bis section 5.6",
        unless: &["value-truncated-at-semicolon"],
        check: Check::Cookie(|c| {
            let unknown = c.strange(|strange| strange == Strange::Unknown);
            let first = unknown.first()?;
            let message = match unknown.len() {
                1 => format!("Browsers do not know the attribute {} and ignore it.", quoted(&first.name)),
                _ => format!("Browsers do not know the attributes {} and ignore them.", names(&unknown)),
            };
            Some(Hit::at(first.text).saying(message))
        }),
        triggers: "a=1; Path=/; Secured-By=me",
        does_not_trigger: "a=1; Path=/; Secure",
    },
    Rule {
        id: "misspelled-attribute",
        severity: Medium,
        message: "This looks like a misspelling of a real attribute. Browsers ignore it, so it has no effect.",
        fix: "Use the exact spelling; only the letter case is free.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            use AttributeName::{HttpOnly, SameSite, Secure};
            let misspelled = c.strange(|strange| matches!(strange, Strange::Misspelled(_)));
            let first = misspelled.first()?;
            let meant: Vec<AttributeName> =
                misspelled.iter().filter_map(|attribute| meant(attribute)).collect();
            let pairs: Vec<String> = misspelled
                .iter()
                .zip(&meant)
                .map(|(attribute, meant)| format!("{} for {}", quoted(&attribute.name), meant.as_str()))
                .collect();
            let is_grave = meant.iter().any(|meant| matches!(meant, Secure | HttpOnly | SameSite));
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "This looks like a misspelling: {}. Browsers ignore what they do not know, so it has no effect.",
                        listed(&pairs)
                    ))
                    .as_severity(if is_grave { High } else { Medium })
                    .corrected(c.respelled(&misspelled)),
            )
        }),
        triggers: "sid=a; Http-Only; Same-Site=Lax",
        does_not_trigger: "sid=a; HTTPONLY; samesite=lax",
    },
    Rule {
        id: "attribute-name-quoted-or-spaced",
        severity: Medium,
        message: "Quotes or more words around an attribute's name make browsers ignore it.",
        fix: "Write the bare attribute name.",
        source: "RFC 6265bis section 5.6",
        unless: &["attribute-separated-by-comma"],
        check: Check::Cookie(|c| {
            let wrapped = c.strange(|strange| matches!(strange, Strange::Wrapped(_)));
            let first = wrapped.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "Browsers ignore {}: the name has quotes or more words around it.",
                        names(&wrapped)
                    ))
                    .corrected(c.respelled(&wrapped)),
            )
        }),
        triggers: "sid=a; \"Secure\"; HttpOnly yes",
        does_not_trigger: "sid=a; Secure; HttpOnly",
    },
    Rule {
        id: "legacy-attribute",
        severity: Info,
        message: "This attribute comes from obsolete cookie RFCs. Browsers ignore it.",
        fix: "Remove it.",
        source: "RFC 6265bis section 5.6; RFC 2109; RFC 2965",
        unless: &[],
        check: Check::Cookie(|c| {
            let legacy = c.strange(|strange| strange == Strange::Legacy);
            let first = legacy.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "{} comes from obsolete cookie RFCs. Browsers ignore it.",
                        names(&legacy)
                    ))
                    .corrected(edit::without(c.line, legacy.iter().map(|attribute| attribute.span))),
            )
        }),
        triggers: "a=1; Version=1; Path=/",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "empty-attribute",
        severity: Info,
        message: "A stray semicolon is ignored, but shows that the header is put together by hand.",
        fix: "Remove the semicolon, or use your framework's function for cookies.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let empty = || c.cookie.attributes.iter().filter(|attribute| attribute.text.is_empty());
            let first = empty().next()?;
            Some(
                Hit::at(first.span).corrected(edit::without(c.line, empty().map(|attribute| attribute.span))),
            )
        }),
        triggers: "a=1; ; Path=/;",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "flag-attribute-with-value",
        severity: Low,
        message: "This flag takes no value. Browsers look only at its presence.",
        fix: "Write the bare word.",
        source: "RFC 6265bis sections 5.6.5 and 5.6.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let valued = c.flags(|attribute| !attribute.value.is_empty() && !says_off(&attribute.value));
            let first = valued.first()?;
            let changes = valued.iter().map(|attribute| (attribute.text, attribute.name.clone()));
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "{} is a flag: browsers look only at its presence, not at {}.",
                        first.kind.as_str(),
                        quoted(&first.value)
                    ))
                    .advising(format!("Write the bare word {}.", first.kind.as_str()))
                    .corrected(edit::replaced_all(c.line, changes)),
            )
        }),
        triggers: "sid=a; HttpOnly=true",
        does_not_trigger: "sid=a; HttpOnly",
    },
    Rule {
        id: "flag-attribute-set-to-false",
        severity: Medium,
        message: "A flag is on as soon as the word is there, whatever its value says.",
        fix: "Leave the attribute out to switch it off.",
        source: "RFC 6265bis sections 5.6.5 and 5.6.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let off = c.flags(|attribute| says_off(&attribute.value));
            let first = off.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "{} does not switch the flag off: it is on as soon as the word is there.",
                        quoted(first.text.of(c.line))
                    ))
                    .advising(format!("Leave {} out to switch it off.", first.kind.as_str()))
                    .corrected(edit::without(c.line, off.iter().map(|attribute| attribute.span))),
            )
        }),
        triggers: "theme=dark; Secure=false",
        does_not_trigger: "theme=dark",
    },
    Rule {
        id: "attribute-without-value",
        severity: Medium,
        message: "This attribute needs a value. Without one browsers fall back to the default.",
        fix: "Give it a value, or remove it.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_bare = |attribute: &&Attribute| {
                use AttributeName::{Expires, MaxAge, Path, Priority, SameSite};
                attribute.value.is_empty()
                    && matches!(attribute.kind, Path | Expires | MaxAge | SameSite | Priority)
            };
            let bare: Vec<&Attribute> = c.cookie.attributes.iter().filter(is_bare).collect();
            let first = bare.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!("{} has no value, so browsers fall back to the default.", names(&bare)))
                    .corrected(edit::without(c.line, bare.iter().map(|attribute| attribute.span))),
            )
        }),
        triggers: "a=1; Path; Max-Age=",
        does_not_trigger: "a=1; Path=/; Max-Age=60",
    },
    Rule {
        id: "duplicate-attribute",
        severity: Low,
        message: "The attribute is written twice. Servers must not do that.",
        fix: "Keep one.",
        source: "RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let (surplus, _) = c.repeated(|one, other| one.eq_ignore_ascii_case(other))?;
            let first = surplus.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!("{} is written twice. Servers must not do that.", first.kind.as_str()))
                    .corrected(edit::without(c.line, surplus.iter().map(|attribute| attribute.span))),
            )
        }),
        triggers: "a=1; Path=/; Path=/",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "conflicting-duplicate-attribute",
        severity: Medium,
        message: "The attribute is written twice with different values, and only one of them counts.",
        fix: "Find out which layer adds the second one, and remove it.",
        source: "RFC 6265bis sections 4.1.1 and 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let (surplus, deciding) = c.repeated(|one, other| !one.eq_ignore_ascii_case(other))?;
            let first = surplus.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "{} is written more than once. {} counts; {} is lost.",
                        first.kind.as_str(),
                        quoted(deciding.text.of(c.line)),
                        quoted(first.text.of(c.line))
                    ))
                    .corrected(edit::without(c.line, surplus.iter().map(|attribute| attribute.span))),
            )
        }),
        triggers: "sid=a; SameSite=Strict; Path=/; SameSite=Lax",
        does_not_trigger: "sid=a; SameSite=Strict; Path=/",
    },
    Rule {
        id: "flag-attribute-duplicated",
        severity: Info,
        message: "The flag is written twice: harmless, but two layers set it.",
        fix: "Set it in one place only.",
        source: "RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let again = c.flags(|attribute| {
                c.cookie.named(attribute.kind).next().is_some_and(|first| first.span != attribute.span)
            });
            let first = again.first()?;
            Some(
                Hit::at(first.text)
                    .saying(format!(
                        "{} is written twice: harmless, but two layers set it.",
                        first.kind.as_str()
                    ))
                    .corrected(edit::without(c.line, again.iter().map(|attribute| attribute.span))),
            )
        }),
        triggers: "sid=a; Secure; Path=/; Secure",
        does_not_trigger: "sid=a; Secure; Path=/",
    },
    Rule {
        id: "attribute-extra-equals",
        severity: Low,
        message: "There is one equals sign too many, so the attribute's value is wrong.",
        fix: "Write Name=value with one equals sign.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let doubled = c.cookie.attributes.iter().find(|attribute| attribute.value.starts_with('='))?;
            let value = doubled.value.trim_start_matches(['=', ' ', '\t']);
            Some(
                Hit::at(doubled.text)
                    .saying(format!(
                        "Browsers read {} as the value of {}: there is one equals sign too many.",
                        quoted(&doubled.value),
                        quoted(&doubled.name)
                    ))
                    .corrected(c.with_value(doubled, value)),
            )
        }),
        triggers: "a=1; Path==/",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "attribute-separated-by-comma",
        severity: High,
        message: "Attributes must be separated by semicolons. After a comma they are lost.",
        fix: "Replace the commas by semicolons.",
        source: "RFC 6265bis sections 4.1.1 and 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let commas: Vec<(Span, &str)> = c
                .cookie
                .attributes
                .iter()
                .flat_map(|attribute| c.after_commas(attribute.text))
                .filter(|(_, word)| AttributeName::of(word) != AttributeName::Other)
                .collect();
            let (first, word) = commas.first()?;
            Some(
                Hit::at(*first)
                    .saying(format!(
                        "{} stands behind a comma and is lost: attributes are separated by semicolons.",
                        quoted(word)
                    ))
                    .corrected(edit::replaced_all(
                        c.line,
                        commas.iter().map(|(comma, _)| (*comma, ";".into())),
                    )),
            )
        }),
        triggers: "sid=a; Path=/, Secure, HttpOnly",
        does_not_trigger: "sid=a; Path=/; Secure; HttpOnly",
    },
    Rule {
        id: "comma-joined-set-cookie",
        severity: High,
        message: "Several cookies were joined with commas into one line. Browsers read only the first.",
        fix: "Send one Set-Cookie header for each cookie, and do not merge headers in proxies or code \
              (in JavaScript, read them with getSetCookie()).",
        source: "RFC 9110 section 5.3; RFC 6265bis section 3",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_pair = |word: &str, at: Span| {
                let rest = c.line.get(at.end..).unwrap_or("").trim_start_matches([' ', '\t']);
                let rest = rest.get(word.len()..).unwrap_or("");
                !word.is_empty() && rest.starts_with('=') && AttributeName::of(word) == AttributeName::Other
            };
            // In the cookie's own value a comma without a blank is more likely a list.
            let is_spaced = |at: Span| c.line.get(at.end..).is_some_and(|rest| rest.starts_with([' ', '\t']));
            let in_value = c.after_commas(c.cookie.value_span).filter(|(at, _)| is_spaced(*at));
            let in_attributes =
                c.cookie.attributes.iter().flat_map(|attribute| c.after_commas(attribute.value_span));
            let (at, word) = in_value.chain(in_attributes).find(|(at, word)| is_pair(word, *at))?;
            Some(Hit::at(at).saying(format!(
                "A second cookie, {}, was joined to this line with a comma. Browsers read only the first.",
                quoted(word)
            )))
        }),
        triggers: "a=1; Path=/, b=2; Path=/",
        does_not_trigger: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT; Path=/",
    },
    Rule {
        id: "samesite-invalid-value",
        severity: Medium,
        message: "SameSite has an unknown value, so each browser applies its own default.",
        fix: "Use Strict, Lax or None.",
        source: "RFC 6265bis section 5.6.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let same_site = c.last(AttributeName::SameSite)?;
            let is_unknown = c.cookie.same_site.is_none() && !same_site.value.is_empty();
            is_unknown.then(|| {
                Hit::at(same_site.text)
                    .saying(format!(
                        "SameSite does not know {}, so each browser applies its own default.",
                        quoted(&same_site.value)
                    ))
                    .corrected(c.with_value(same_site, "Lax"))
            })
        }),
        triggers: "sid=a; Secure; SameSite=Yes",
        does_not_trigger: "sid=a; Secure; SameSite=lax",
    },
    Rule {
        id: "samesite-none-without-secure",
        severity: High,
        message: "Chrome, Edge and Firefox refuse a SameSite=None cookie that is not Secure.",
        fix: "Add Secure and serve over HTTPS, or use SameSite=Lax.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_refused = c.cookie.same_site == Some(SameSite::None) && !c.cookie.secure;
            let same_site = c.last(AttributeName::SameSite).filter(|_| is_refused)?;
            Some(Hit::at(same_site.text).corrected(edit::appended(c.line, "Secure")))
        }),
        triggers: "sid=a; SameSite=None",
        does_not_trigger: "sid=a; SameSite=None; Secure",
    },
    Rule {
        id: "partitioned-without-secure",
        severity: High,
        message: "Browsers drop a Partitioned cookie that is not Secure.",
        fix: "Add Secure.",
        source: "CHIPS (draft-cutler-httpbis-partitioned-cookies)",
        unless: &[],
        check: Check::Cookie(|c| {
            let partitioned = c.last(AttributeName::Partitioned).filter(|_| !c.cookie.secure)?;
            Some(Hit::at(partitioned.text).corrected(edit::appended(c.line, "Secure")))
        }),
        triggers: "w=1; SameSite=None; Partitioned",
        does_not_trigger: "w=1; SameSite=None; Secure; Partitioned",
    },
    Rule {
        id: "partitioned-without-samesite-none",
        severity: Medium,
        message: "Partitioned is meant for cookies of embedded pages, but without SameSite=None this one is not sent \
                  from a frame on another site.",
        fix: "Write SameSite=None and Secure, or remove Partitioned.",
        source: "CHIPS (draft-cutler-httpbis-partitioned-cookies); RFC 6265bis section 5.8.3",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_lost = c.cookie.same_site != Some(SameSite::None);
            let partitioned = c.last(AttributeName::Partitioned).filter(|_| is_lost)?;
            let corrected = edit::set(c.line, c.cookie, AttributeName::SameSite, "None");
            Some(Hit::at(partitioned.text).corrected(corrected))
        }),
        triggers: "w=1; Secure; Partitioned",
        does_not_trigger: "w=1; Secure; SameSite=None; Partitioned",
    },
    Rule {
        id: "partitioned-not-host-prefixed",
        severity: Info,
        message: "A Partitioned cookie is best bound to one host by the prefix __Host-.",
        fix: "Rename it to __Host-…, leave Domain out, and set Path=/.",
        source: "CHIPS (draft-cutler-httpbis-partitioned-cookies)",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_bound = c.cookie.name.starts_with("__Host-") && c.cookie.domain.is_none();
            (c.cookie.partitioned && !is_bound).then(|| c.hit_name())
        }),
        triggers: "w=1; Secure; SameSite=None; Partitioned; Domain=example.com",
        does_not_trigger: "__Host-w=1; Secure; Path=/; SameSite=None; Partitioned",
    },
    Rule {
        id: "priority-invalid-value",
        severity: Low,
        message: "Priority has an unknown value, which Chromium takes for Medium. Other browsers ignore the attribute.",
        fix: "Use Low, Medium or High, or leave Priority out.",
        source: "Chromium, net/cookies/cookie_constants.cc",
        unless: &[],
        check: Check::Cookie(|c| {
            let priority = c.last(AttributeName::Priority).filter(|priority| !priority.value.is_empty())?;
            let is_known =
                ["Low", "Medium", "High"].iter().any(|known| known.eq_ignore_ascii_case(&priority.value));
            (!is_known).then(|| Hit::at(priority.text))
        }),
        triggers: "a=1; Priority=Highest",
        does_not_trigger: "a=1; Priority=High",
    },
    Rule {
        id: "surrounding-whitespace-trimmed",
        severity: Info,
        message: "Browsers cut the blanks around name and value, so what comes back differs from what was sent.",
        fix: "Trim or encode the value on the server.",
        source: "RFC 6265bis section 5.6",
        unless: &["nameless-cookie"],
        check: Check::Cookie(|c| {
            let trimmed = format!("{}={}", c.cookie.name, c.cookie.value);
            (c.cookie.pair.len() > trimmed.len() && !c.cookie.name.is_empty())
                .then(|| Hit::at(c.cookie.pair).corrected(edit::replaced(c.line, c.cookie.pair, &trimmed)))
        }),
        triggers: "a = 1 ; Path=/",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "value-has-whitespace",
        severity: Low,
        message: "Servers may not write blanks in a value, and some parsers cut the value there.",
        fix: "Percent-encode the value, or encode it as Base64url.",
        source: "RFC 6265bis section 4.1.1",
        unless: &["comma-joined-set-cookie", "tab-in-line"],
        check: Check::Cookie(|c| c.hit_in_value(c.cookie.value.find([' ', '\t'])?)),
        triggers: "city=New York; Path=/",
        does_not_trigger: "city=New%20York; Path=/",
    },
    Rule {
        id: "value-has-double-quotes",
        severity: Low,
        message: "The quotes are part of the value and are sent back. Some servers strip them, others do not.",
        fix: "Write the value without quotes; encode it if it needs them.",
        source: "RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| inside_quotes(&c.cookie.value).map(|_| Hit::at(c.cookie.value_span))),
        triggers: "name=\"Ann\"; Path=/",
        does_not_trigger: "name=Ann; Path=/",
    },
    Rule {
        id: "value-has-stray-quote",
        severity: Medium,
        message: "A double quote inside the value is not allowed and breaks strict parsers on servers.",
        fix: "Percent-encode the value, or encode it as Base64url.",
        source: "RFC 6265bis section 4.1.1",
        unless: &["value-truncated-at-semicolon"],
        check: Check::Cookie(|c| {
            let value = &c.cookie.value;
            let at = match inside_quotes(value) {
                Some(inner) => inner.find('"')? + 1,
                None => value.find('"')?,
            };
            c.hit_in_value(at)
        }),
        triggers: "cfg={\"a\":1}; Path=/",
        does_not_trigger: "cfg=eyJhIjoxfQ; Path=/",
    },
    Rule {
        id: "value-truncated-at-semicolon",
        severity: Medium,
        message: "The value seems to have been cut at a semicolon. Quotes and brackets do not protect one.",
        fix: "Encode the value so that it contains no semicolon: %3B, or Base64url.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let next = c.cookie.attributes.first().filter(|attribute| Strange::of(attribute).is_some())?;
            has_open_bracket(&c.cookie.value).then(|| {
                Hit::at(c.cookie.value_span).saying(format!(
                    "The value seems to have been cut at the semicolon before {}: browsers store {}. Quotes and \
                     brackets do not protect a semicolon.",
                    quoted(next.text.of(c.line)),
                    quoted(&c.cookie.value)
                ))
            })
        }),
        triggers: "msg=\"hello; world\"; Path=/",
        does_not_trigger: "msg=hello%3B%20world; Path=/",
    },
    Rule {
        id: "value-has-comma",
        severity: Low,
        message: "Servers may not write a comma in a value, and it is dangerous where Set-Cookie lines get joined.",
        fix: "Encode the comma as %2C.",
        source: "RFC 6265bis section 4.1.1; RFC 9110 section 5.3",
        unless: &["comma-joined-set-cookie"],
        check: Check::Cookie(|c| c.hit_in_value(c.cookie.value.find(',')?)),
        triggers: "ids=1,2,3; Path=/",
        does_not_trigger: "ids=1-2-3; Path=/",
    },
    Rule {
        id: "value-has-backslash",
        severity: Low,
        message: "Servers may not write a backslash in a value; some read it as an escape.",
        fix: "Encode the backslash as %5C.",
        source: "RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| c.hit_in_value(c.cookie.value.find('\\')?)),
        triggers: "p=a\\b; Path=/",
        does_not_trigger: "p=a%5Cb; Path=/",
    },
    Rule {
        id: "non-ascii-in-name-or-value",
        severity: Medium,
        message: "Characters outside ASCII are not portable between browsers and servers: Chrome sends the bytes back, \
                  WebKitGTK cuts the value there.",
        fix: "Percent-encode the UTF-8 bytes, or use Base64url.",
        source: "RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let pair = c.cookie.pair;
            let (at, strange) =
                pair.of(c.line).char_indices().find(|(_, character)| !character.is_ascii())?;
            let at = pair.start + at;
            Some(Hit::at(Span::new(at, at + strange.len_utf8())))
        }),
        triggers: "city=Köln; Path=/",
        does_not_trigger: "city=K%C3%B6ln; Path=/",
    },
    Rule {
        id: "non-ascii-in-attribute",
        severity: Medium,
        message: "Characters outside ASCII in an attribute are ignored or make the cookie fail, depending on the \
                  attribute.",
        fix: "Use ASCII: the percent-encoding of the URL in Path, xn-- names in Domain.",
        source: "RFC 6265bis sections 4.1.1 and 5.7",
        unless: &["domain-non-ascii"],
        check: Check::Cookie(|c| {
            let strange =
                c.cookie.attributes.iter().find(|attribute| !attribute.text.of(c.line).is_ascii())?;
            Some(Hit::at(strange.text))
        }),
        triggers: "a=1; Path=/café",
        does_not_trigger: "a=1; Path=/caf%C3%A9",
    },
    Rule {
        id: "name-not-token",
        severity: Medium,
        message: "The name has a character that names may not have. Strict servers will not read the cookie back.",
        fix: "Use letters, digits, “-”, “_” and “.” in names.",
        source: "RFC 6265bis section 4.1.1; RFC 9110 section 5.6.2",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_wrong = |character: char| character.is_ascii() && !is_token_char(character);
            let (at, wrong) = c.cookie.name.char_indices().find(|(_, character)| is_wrong(*character))?;
            let at = c.cookie.name_span.start + at;
            Some(Hit::at(Span::new(at, at + 1)).saying(format!(
                "The name {} has the character “{wrong}”, which names may not have. Strict servers will not read the \
                 cookie back.",
                quoted(&c.cookie.name)
            )))
        }),
        triggers: "my[cart]=1; Path=/",
        does_not_trigger: "my_cart=1; Path=/",
    },
    Rule {
        id: "name-starts-with-dollar",
        severity: Low,
        message: "Names that begin with “$” were reserved by older cookie RFCs, and some servers swallow them.",
        fix: "Rename the cookie.",
        source: "RFC 2965 section 3.2; RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| c.cookie.name.starts_with('$').then(|| c.hit_name())),
        triggers: "$Version=1; Path=/",
        does_not_trigger: "Version2=1; Path=/",
    },
    Rule {
        id: "name-equals-attribute-name",
        severity: Medium,
        message: "The first item is always the cookie itself: this line makes a cookie that is named like an attribute.",
        fix: "Put name=value first.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let named = AttributeName::of(&c.cookie.name) != AttributeName::Other;
            let bare = c.cookie.name.is_empty() && AttributeName::of(&c.cookie.value).is_flag();
            (named || bare).then(|| {
                c.hit_name().saying(format!(
                    "The first item is always the cookie itself: this line makes a cookie out of {}.",
                    quoted(c.cookie.pair.of(c.line))
                ))
            })
        }),
        triggers: "Path=/; sid=abc",
        does_not_trigger: "sid=abc; Path=/",
    },
    Rule {
        id: "encoded-crlf-in-value",
        severity: High,
        message: "The value carries an encoded line break and the name of a header behind it, a sign of attempted \
                  response splitting.",
        fix: "Refuse CR and LF in everything that is written to a header.",
        source: "CWE-113",
        unless: &[],
        check: Check::Cookie(|c| {
            let value = c.cookie.value.to_ascii_lowercase();
            let at = value.match_indices("%0a").map(|(at, _)| at).find(|at| {
                let rest = value.get(at + 3..).unwrap_or("");
                let name = rest.trim_start_matches(|character: char| {
                    character.is_ascii_alphabetic() || character == '-'
                });
                name.len() < rest.len() && (name.starts_with(':') || name.starts_with("%3a"))
            })?;
            let at = c.cookie.value_span.start + at;
            Some(Hit::at(Span::new(at, at + 3)))
        }),
        triggers: "lang=en%0d%0aSet-Cookie:%20admin=1",
        does_not_trigger: "lang=en%0A",
    },
    Rule {
        id: "value-double-encoded",
        severity: Low,
        message: "The value looks percent-encoded twice.",
        fix: "Encode once: many frameworks already encode for you.",
        source: "RFC 6265bis section 5.6",
        unless: &[],
        check: Check::Cookie(|c| {
            let at = c.cookie.value.match_indices("%25").map(|(at, _)| at).find(|at| {
                let digits = c.cookie.value.get(at + 3..at + 5);
                digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            })?;
            let at = c.cookie.value_span.start + at;
            Some(Hit::at(Span::new(at, at + 5)))
        }),
        triggers: "q=a%2520b; Path=/",
        does_not_trigger: "q=a%20b; Path=/",
    },
];

/// Bytes of name and value from which on a little more data is too much.
const NEAR_LIMIT: usize = 3800;

/// An attribute that browsers do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strange {
    /// Of RFC 2109 or RFC 2965.
    Legacy,
    /// A known one in quotes, or with more words behind it.
    Wrapped(AttributeName),
    /// Nearly a known one.
    Misspelled(AttributeName),
    Unknown,
}

impl Strange {
    /// `None` for an attribute that browsers know, and for an empty one.
    fn of(attribute: &Attribute) -> Option<Self> {
        if attribute.kind != AttributeName::Other || attribute.name.is_empty() {
            return None;
        }
        let name = attribute.name.to_ascii_lowercase();
        if ["version", "comment", "commenturl", "discard", "port"].contains(&name.as_str()) {
            return Some(Self::Legacy);
        }
        let bare = name.trim_matches(['"', '\'']);
        let word = bare.split([' ', '\t', ',']).next().unwrap_or("");
        match AttributeName::of(word) {
            AttributeName::Other => Some(misspelled(bare).map_or(Self::Unknown, Self::Misspelled)),
            known => Some(Self::Wrapped(known)),
        }
    }
}

/// The known attribute that a strange one stands for.
fn meant(attribute: &Attribute) -> Option<AttributeName> {
    match Strange::of(attribute)? {
        Strange::Wrapped(meant) | Strange::Misspelled(meant) => Some(meant),
        Strange::Legacy | Strange::Unknown => None,
    }
}

/// The attribute that is meant by a name that is nearly its own: one edit off for `Path`, two for the longer ones.
fn misspelled(name: &str) -> Option<AttributeName> {
    const LONGEST: usize = 16;
    let plain = |name: &str| name.to_ascii_lowercase().replace([' ', '-', '_'], "");
    let written = plain(name);
    if written.len() > LONGEST {
        return None;
    }
    AttributeName::KNOWN.into_iter().find(|known| {
        let allowed = if *known == AttributeName::Path { 1 } else { 2 };
        let known = plain(known.as_str());
        known.len().abs_diff(written.len()) <= allowed && edit_distance(&written, &known) <= allowed
    })
}

/// Levenshtein's distance in bytes.
fn edit_distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, above) in other.bytes().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(a != b)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

impl Context<'_> {
    fn strange(&self, is_wanted: impl Fn(Strange) -> bool) -> Vec<&Attribute> {
        let wanted = |attribute: &&Attribute| Strange::of(attribute).is_some_and(&is_wanted);
        self.cookie.attributes.iter().filter(wanted).collect()
    }

    /// The line with the names that these attributes stand for.
    fn respelled(&self, attributes: &[&Attribute]) -> String {
        let names = attributes
            .iter()
            .filter_map(|attribute| Some((attribute.name_span, meant(attribute)?.as_str().to_owned())));
        edit::replaced_all(self.line, names)
    }

    fn flags(&self, is_wanted: impl Fn(&Attribute) -> bool) -> Vec<&Attribute> {
        let wanted = |attribute: &&Attribute| attribute.kind.is_flag() && is_wanted(attribute);
        self.cookie.attributes.iter().filter(wanted).collect()
    }

    /// The first attribute with a value that is written more than once and of whose surplus values one is to the
    /// deciding value as `is_so` says: the surplus ones, and the deciding one.
    fn repeated(&self, is_so: impl Fn(&str, &str) -> bool) -> Option<(Vec<&Attribute>, &Attribute)> {
        let kinds = AttributeName::KNOWN.into_iter().filter(|kind| !kind.is_flag());
        kinds
            .filter_map(|kind| {
                let deciding = self.cookie.deciding(kind)?;
                let surplus: Vec<_> =
                    self.cookie.named(kind).filter(|other| other.span != deciding.span).collect();
                surplus
                    .iter()
                    .any(|other| is_so(&other.value, &deciding.value))
                    .then_some((surplus, deciding))
            })
            .next()
    }

    /// The places of the commas in a part of the line, each with the word behind it.
    fn after_commas(&self, part: Span) -> impl Iterator<Item = (Span, &str)> {
        let text = part.of(self.line);
        text.match_indices(',').map(move |(at, _)| {
            let rest = text.get(at + 1..).unwrap_or("").trim_start_matches([' ', '\t']);
            let word = rest.split(|character: char| !is_token_char(character)).next().unwrap_or("");
            (Span::new(part.start + at, part.start + at + 1), word)
        })
    }

    /// A remark on the ASCII character at this byte of the value.
    fn hit_in_value(&self, at: usize) -> Option<Hit> {
        let at = self.cookie.value_span.start + at;
        Some(Hit::at(Span::new(at, at + 1)))
    }
}

fn names(attributes: &[&Attribute]) -> String {
    listed(&attributes.iter().map(|attribute| quoted(&attribute.name)).collect::<Vec<_>>())
}

fn says_off(value: &str) -> bool {
    ["false", "0", "no", "off"].iter().any(|off| off.eq_ignore_ascii_case(value))
}

fn inside_quotes(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Whether a quote or bracket is opened and not closed.
fn has_open_bracket(value: &str) -> bool {
    let count = |character: char| value.matches(character).count();
    let is_open = |(opening, closing)| count(opening) > count(closing);
    count('"') % 2 == 1 || [('{', '}'), ('[', ']'), ('(', ')')].into_iter().any(is_open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::review;

    fn finding(line: &str, rule: &str) -> crate::finding::Finding {
        let found = review(line, None).findings.into_iter().find(|finding| finding.rule == rule);
        found.unwrap_or_else(|| panic!("{rule} is silent on {line}"))
    }

    #[test]
    fn misspellings_name_what_is_meant() {
        let http_only = finding("sid=a; Http-Only; Same_Site=Lax", "misspelled-attribute");
        assert_eq!(http_only.severity, High);
        assert!(http_only.message.contains("“Http-Only” for HttpOnly and “Same_Site” for SameSite"));
        assert_eq!(http_only.corrected.as_deref(), Some("sid=a; HttpOnly; SameSite=Lax"));
        assert_eq!(finding("a=1; Pth=/", "misspelled-attribute").severity, Medium);
        assert_eq!(
            finding("a=1; maxage=60", "misspelled-attribute").corrected.as_deref(),
            Some("a=1; Max-Age=60")
        );
    }

    #[test]
    fn distances_are_counted_in_edits() {
        assert_eq!(edit_distance("", "path"), 4);
        assert_eq!(edit_distance("path", "path"), 0);
        assert_eq!(edit_distance("secrue", "secure"), 2);
        assert_eq!(edit_distance("httponly", "http"), 4);
    }

    #[test]
    fn sizes_are_named() {
        let large = finding(&format!("data={}", "x".repeat(5000)), "name-value-too-large");
        assert_eq!(
            large.message,
            "Name and value together have 5,004 bytes. Browsers drop a cookie above 4,096."
        );
    }

    #[test]
    fn commas_become_semicolons_only_between_attributes() {
        let commas = finding(
            "sid=a; Path=/, Secure, HttpOnly; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
            "attribute-separated-by-comma",
        );
        assert_eq!(
            commas.corrected.as_deref(),
            Some("sid=a; Path=/; Secure; HttpOnly; Expires=Tue, 01 Jun 2027 00:00:00 GMT")
        );
        let rules = |line: &str| {
            review(line, None).findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        assert!(!rules("prefs=lang=en,theme=dark").contains(&"comma-joined-set-cookie".into()));
        assert!(rules("a=1, b=2").contains(&"comma-joined-set-cookie".into()));
    }

    #[test]
    fn of_several_values_the_one_that_counts_stays() {
        let ages = finding("a=1; Max-Age=60; Path=/; Max-Age=abc", "conflicting-duplicate-attribute");
        assert_eq!(ages.corrected.as_deref(), Some("a=1; Max-Age=60; Path=/"));
    }
}

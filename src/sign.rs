//! The way back: a payload and a secret become a value, a `Set-Cookie` line, and a command that sends it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cookie;
use crate::finding::{self, Finding, Severity};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::moment::grouped;
use crate::protocol::{Ask, Draft, Field, SignError, Signed};
use crate::scheme::kit::snippet;
use crate::scheme::{self, Scheme};
use crate::secret;
use crate::work::Call;

/// What JavaScript's `encodeURIComponent` leaves as it is (ECMA-262, section 19.2.6.4).
pub(crate) const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Makes what `draft` asks for.
///
/// # Errors
/// If a field cannot be used: which, where, and what to try.
pub fn sign(draft: &Draft) -> Result<Signed, SignError> {
    let _call = Call::begin();
    let scheme = scheme::by_id(&draft.scheme).ok_or_else(|| SignError {
        field: Field::Scheme,
        message: format!("There is no scheme `{}`.", draft.scheme),
        hint: "Choose one from the list.".into(),
        at: None,
    })?;
    if let Some(message) = secret::too_long(&draft.secrets) {
        let hint = "Give only the one that signs.".into();
        return Err(SignError { field: Field::Secret, message, hint, at: None });
    }
    let made = scheme.make(draft)?;
    let cookie_value = if scheme.about().percent_encoded {
        utf8_percent_encode(&made.value, URI_COMPONENT).to_string()
    } else {
        made.value.clone()
    };
    let cookies = cookies(scheme, draft, &made.value, &cookie_value)?;
    let written: Result<Vec<String>, SignError> =
        cookies.iter().map(|(name, value)| cookie::write(name, value, &draft.cookie)).collect();
    let lines = written?;
    let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let line = lines.first().map(String::as_str).unwrap_or_default();
    let mut findings = remarks(draft, scheme, &made.value, line);
    if let Some(split) = scheme.split().filter(|_| cookies.len() > 1) {
        findings.push(cut(scheme, &split, cookies.len(), cookie_value.len()));
    }
    Ok(Signed {
        curl: curl(&pairs.join("; ")),
        snippets: snippet::filled(scheme, draft),
        findings,
        set_cookie: lines.iter().map(|line| format!("{HEADER}{line}")).collect::<Vec<_>>().join("\n"),
        value: made.value,
        cookie_value,
        steps: made.steps,
    })
}

const HEADER: &str = "Set-Cookie: ";

/// The cookies that the framework sets, by name: one; its parts, where it is too long for one; and one that stands beside
/// it.
fn cookies(
    scheme: &dyn Scheme,
    draft: &Draft,
    value: &str,
    cookie_value: &str,
) -> Result<Vec<(String, String)>, SignError> {
    let name = &draft.cookie.name;
    let room = |split: &Split| match split.room {
        Room::Value(bytes) => Ok(bytes),
        Room::Line(bytes) => {
            let empty = cookie::write(&split.name(name, split.first), "", &draft.cookie)?;
            Ok(bytes.saturating_sub(empty.len()).max(1))
        }
    };
    if let Some(split) = scheme.split() {
        let room = room(&split)?;
        if cookie_value.len() > room {
            let parts: Vec<&[u8]> = cookie_value.as_bytes().chunks(room).collect();
            let head =
                (!split.head.is_empty()).then(|| (name.clone(), format!("{}{}", split.head, parts.len())));
            let parts = parts.into_iter().enumerate().map(|(index, part)| {
                (split.name(name, split.first + index), String::from_utf8_lossy(part).into_owned())
            });
            return Ok(head.into_iter().chain(parts).collect());
        }
    }
    let beside = scheme.companion(draft, value).map(|(suffix, value)| (format!("{name}{suffix}"), value));
    Ok(std::iter::once((name.clone(), cookie_value.to_owned())).chain(beside).collect())
}

/// Says that the value is cut.
fn cut(scheme: &dyn Scheme, split: &Split, count: usize, size: usize) -> Finding {
    let (size, only) = (grouped(size as u64), split.only);
    Finding {
        rule: "cookie-cut".into(),
        severity: Severity::Info,
        about: None,
        message: format!(
            "The value has {size} bytes, more than {} puts into one cookie: it is cut over {count} cookies, and joined again when it \
             is read{only}.",
            scheme.about().framework
        ),
        fix: "Keep less in the session: each request carries all of it, and many servers take 8 KiB of headers.".into(),
        corrected: None,
        source: split.source.into(),
    }
}

/// The remark on a private key where a public one would do.
const PRIVATE_KEY: &str = "pem-private-pasted";

/// What Inspect would say of it: on the line, and on the value and its secret. The gravest first.
fn remarks(draft: &Draft, scheme: &dyn Scheme, value: &str, line: &str) -> Vec<Finding> {
    let ask = Ask {
        secrets: draft.secrets.clone(),
        options: draft.options.clone(),
        now: draft.now,
        ..Ask::default()
    };
    let opened = scheme.open(&Item::bare(Some(&draft.cookie.name), value), &ask);
    let on_line = cookie::review(line, draft.now)
        .findings
        .into_iter()
        .map(|finding| Finding { about: finding.about.map(|about| about.moved(HEADER.len())), ..finding });
    // Places in the value mean nothing in the line; and here a private key is what is wanted.
    let on_value = opened
        .findings
        .into_iter()
        .filter(|finding| finding.rule != PRIVATE_KEY)
        .map(|finding| Finding { about: None, ..finding });
    let mut findings: Vec<Finding> = on_line.chain(on_value).collect();
    finding::gravest_first(&mut findings);
    findings
}

/// `curl` in a POSIX shell. The header is written by hand, since `--cookie` would take a value with `=` for a list.
fn curl(pairs: &str) -> String {
    let header = format!("Cookie: {pairs}").replace('\'', r"'\''");
    format!("curl --header '{header}' https://example.com/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::protocol::{CookieDraft, Options, PayloadDraft, PayloadForm, Verdict};
    use crate::secret::SecretText;

    fn draft(secret: &str, cookie: CookieDraft) -> Draft {
        Draft {
            scheme: "express-cookie-signature".into(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{\"it's\": 1}".into() },
            secrets: vec![SecretText::new(secret, None)],
            options: Options::new(),
            cookie,
            now: None,
            patient: false,
        }
    }

    #[test]
    fn a_value_is_percent_encoded_as_express_does() {
        let signed = sign(&draft(&"k".repeat(32), CookieDraft::default())).expect("can be signed");
        assert!(signed.value.starts_with("s:j:{\"it's\":1}."));
        assert!(signed.cookie_value.starts_with("s%3Aj%3A%7B%22it's%22%3A1%7D."));
        assert!(signed.set_cookie.starts_with("Set-Cookie: __Host-session=s%3Aj"));
        assert!(signed.curl.contains(r"it'\''s"), "quoted for the shell: {}", signed.curl);
        assert!(
            signed.findings.iter().all(|finding| finding.severity == Severity::Info),
            "{:?}",
            signed.findings
        );
    }

    #[test]
    fn a_cookie_that_the_framework_sets_beside_it_is_there_too() {
        let mut draft =
            draft("keyboard cat", CookieDraft { name: "session".into(), ..CookieDraft::default() });
        draft.scheme = "keygrip".into();
        draft.payload.text = "{\"user_id\":7}".into();
        let signed = sign(&draft).expect("can be signed");
        // From tests/vectors/keygrip.json: made by cookie-session.
        let value = "P7xreicNnf-oLV8_yDcjZ8H0FLI";
        assert!(
            signed.set_cookie.contains(&format!("\nSet-Cookie: session.sig={value}; Path=/")),
            "{signed:?}"
        );
        assert!(signed.curl.contains(&format!("; session.sig={value}'")), "{}", signed.curl);
    }

    #[test]
    fn a_short_secret_and_a_missing_attribute_are_remarked_on() {
        let cookie = CookieDraft { http_only: false, ..CookieDraft::default() };
        let findings = sign(&draft("short", cookie)).expect("can be signed").findings;
        let rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert!(
            rules.contains(&"session-without-httponly") && rules.contains(&"hmac-key-too-short"),
            "{rules:?}"
        );
    }

    #[test]
    fn the_value_is_remarked_on_as_the_options_say() {
        let draft = Draft {
            scheme: "signed-value".into(),
            options: Options::from([("digest".into(), "SHA-512".into())]),
            ..draft("short", CookieDraft::default())
        };
        let findings = sign(&draft).expect("can be signed").findings;
        assert!(findings.iter().any(|finding| finding.message.contains("HMAC-SHA-512")), "{findings:?}");
    }

    /// Every scheme whose framework cuts a long value: what is made is cut as the framework does, and opens as a whole,
    /// from the lines and from the command; without one of its parts the report names it.
    #[test]
    fn a_long_value_is_cut_and_joined_again() {
        let mut ids = Vec::new();
        for scheme in scheme::ALL.iter().filter(|scheme| scheme.split().is_some()) {
            let about = scheme.about();
            let name = about.cookie_names.first().map_or("session", |name| name);
            let mut payload: serde_json::Value = serde_json::from_str(&about.example).expect("is JSON");
            let member = if payload.get("user").is_some_and(serde_json::Value::is_object) {
                payload.get_mut("user").expect("is there")
            } else {
                &mut payload
            };
            member.as_object_mut().expect("an object").insert("filler".into(), "ab".repeat(5000).into());
            let draft = Draft {
                scheme: about.id.to_string(),
                payload: PayloadDraft { form: PayloadForm::Json, text: payload.to_string() },
                now: Some(1_800_000_000),
                ..draft(
                    "0123456789abcdef0123456789abcdef",
                    CookieDraft { name: name.to_owned(), ..CookieDraft::default() },
                )
            };
            let signed = sign(&draft).unwrap_or_else(|error| panic!("{}: {error:?}", about.id));
            let parts = signed.set_cookie.lines().count();
            assert!(parts > 3, "{}: {}", about.id, signed.set_cookie);
            assert!(signed.set_cookie.lines().all(|line| line.len() - HEADER.len() <= 4096), "{}", about.id);
            assert!(signed.findings.iter().any(|finding| finding.rule == "cookie-cut"), "{}", about.id);
            let ask = Ask { secrets: draft.secrets.clone(), now: Some(1_800_000_001), ..Ask::default() };
            for pasted in [&signed.set_cookie, &signed.curl] {
                let report = inspect(pasted, &ask);
                let [item] = &report.items[..] else { panic!("{}: {} items", about.id, report.items.len()) };
                let opened = item.opened.as_ref().expect("recognised");
                assert!(
                    matches!(opened.verdict, Verdict::Valid { .. }),
                    "{}: {:?}",
                    about.id,
                    opened.verdict
                );
                assert_eq!((&*opened.scheme, item.name.as_deref()), (&*about.id, Some(name)));
                assert_eq!(item.size(), signed.cookie_value.len(), "{}", about.id);
                let shown: usize = opened.segments.iter().map(|segment| segment.span.of(pasted).len()).sum();
                assert!(shown * 10 > item.size() * 9, "{}: the parts are coloured", about.id);
            }
            let lines: Vec<&str> = signed.set_cookie.lines().collect();
            let (gone, kept): (Vec<_>, Vec<_>) = lines.iter().enumerate().partition(|(index, _)| *index == 2);
            let gone = gone[0].1[HEADER.len()..].split('=').next().expect("a name");
            let kept: Vec<&str> = kept.into_iter().map(|(_, line)| *line).collect();
            let report = inspect(&kept.join("\n"), &ask);
            let [item] = &report.items[..] else { panic!("{}: {} items", about.id, report.items.len()) };
            let verdict = item.opened.as_ref().map(|opened| &opened.verdict);
            assert!(
                matches!(verdict, Some(Verdict::Invalid { message, .. }) if message.contains(&format!("`{gone}` is not there"))),
                "{}: {verdict:?}",
                about.id
            );
            assert!(
                item.findings.iter().any(|finding| finding.rule == "cookie-part-missing"),
                "{}",
                about.id
            );
            ids.push(about.id.to_string());
        }
        assert_eq!(ids.len(), 8, "{ids:?}");
    }
}

//! The way back: a payload and a secret become a value, a `Set-Cookie` line, and a command that sends it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cookie;
use crate::finding::Finding;
use crate::intake::Item;
use crate::protocol::{Ask, Draft, Field, SignError, Signed};
use crate::scheme::kit::snippet;
use crate::scheme::{self, Scheme};
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
    let made = scheme.make(draft)?;
    let cookie_value = if scheme.about().percent_encoded {
        utf8_percent_encode(&made.value, URI_COMPONENT).to_string()
    } else {
        made.value.clone()
    };
    let name = &draft.cookie.name;
    let line = cookie::write(name, &cookie_value, &draft.cookie)?;
    let mut set_cookie = format!("{HEADER}{line}");
    let mut pairs = format!("{name}={cookie_value}");
    if let Some((suffix, value)) = scheme.companion(draft, &made.value) {
        let name = format!("{name}{suffix}");
        set_cookie = format!("{set_cookie}\n{HEADER}{}", cookie::write(&name, &value, &draft.cookie)?);
        pairs = format!("{pairs}; {name}={value}");
    }
    Ok(Signed {
        curl: curl(&pairs),
        snippets: snippet::filled(scheme, draft),
        findings: remarks(draft, scheme, &made.value, &line),
        set_cookie,
        value: made.value,
        cookie_value,
        steps: made.steps,
    })
}

const HEADER: &str = "Set-Cookie: ";

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
    // Places in the value mean nothing in the line.
    let on_value = opened.findings.into_iter().map(|finding| Finding { about: None, ..finding });
    let mut findings: Vec<Finding> = on_line.chain(on_value).collect();
    findings.sort_by_key(|finding| finding.severity);
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
    use crate::finding::Severity;
    use crate::protocol::{CookieDraft, Options, PayloadDraft, PayloadForm};
    use crate::secret::SecretText;

    fn draft(secret: &str, cookie: CookieDraft) -> Draft {
        Draft {
            scheme: "express-cookie-signature".into(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{\"it's\": 1}".into() },
            secrets: vec![SecretText::new(secret, None)],
            options: Options::new(),
            cookie,
            now: None,
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
}

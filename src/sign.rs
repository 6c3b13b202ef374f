//! The way back: a payload and a secret become a value, a `Set-Cookie` line, and a command that sends it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cookie;
use crate::protocol::{Draft, Field, SignError, Signed};
use crate::scheme;

/// What JavaScript's `encodeURIComponent` leaves as it is (ECMA-262, section 19.2.6.4).
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
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
    let line = cookie::write::write(&draft.cookie.name, &cookie_value, &draft.cookie)?;
    Ok(Signed {
        curl: curl(&draft.cookie.name, &cookie_value),
        findings: cookie::review(&line, draft.now).findings,
        set_cookie: format!("Set-Cookie: {line}"),
        value: made.value,
        cookie_value,
        steps: made.steps,
    })
}

/// `curl` in a POSIX shell. The header is written by hand, since `--cookie` would take a value with `=` for a list.
fn curl(name: &str, value: &str) -> String {
    let header = format!("Cookie: {name}={value}").replace('\'', r"'\''");
    format!("curl --header '{header}' https://example.com/")
}

//! Verdicts beside those of a MAC (see [`super::mac`]): a value is refused for its form, for an option or for its
//! content.

use super::mac::{self, Key, Keys};
use crate::jose::jws::Refusal;
use crate::protocol::{Ask, Caveat, CaveatKind, Field, SignError, Verdict, Why};
use crate::span::Span;

/// It is refused, and no place in it is to blame.
pub fn invalid(why: Why, message: impl Into<String>) -> Verdict {
    Verdict::Invalid { why, message: message.into(), at: None }
}

/// It is not of the format's form; `at` is where.
pub fn malformed(message: impl Into<String>, at: impl Into<Option<Span>>) -> Verdict {
    Verdict::Invalid { why: Why::Malformed, message: message.into(), at: at.into() }
}

/// What is encoded or encrypted in it is not of the format's form.
pub fn unreadable(message: impl Into<String>) -> Verdict {
    invalid(Why::Malformed, message)
}

/// It is of the form that another setting of an option gives.
pub fn wrong_option(message: impl Into<String>) -> Verdict {
    invalid(Why::WrongOption, message)
}

/// The same, with the place that tells.
pub fn wrong_option_at(message: impl Into<String>, at: Span) -> Verdict {
    Verdict::Invalid { why: Why::WrongOption, message: message.into(), at: Some(at) }
}

/// An option cannot be used.
pub fn unusable(error: &SignError) -> Verdict {
    wrong_option(about_option(error))
}

fn about_option(SignError { field, message, hint, .. }: &SignError) -> String {
    match field {
        Field::Option(name) => format!("The option `{name}`: {message} {hint}"),
        _ => format!("{message} {hint}"),
    }
}

impl From<SignError> for Refusal {
    fn from(error: SignError) -> Self {
        Self::new(Why::WrongOption, about_option(&error), None)
    }
}

/// The cookie's name is part of what is authenticated, and only the value was pasted.
pub fn nameless() -> Verdict {
    let missing = "The cookie's name is authenticated with the value: paste the cookie as NAME=VALUE.";
    Verdict::Unchecked { missing: missing.into() }
}

impl From<Refusal> for Verdict {
    fn from(Refusal { why, message, at }: Refusal) -> Self {
        Self::Invalid { why, message, at }
    }
}

/// The verdict on an encrypted value, where `right` is the key that decrypted it, if one did. `sizes` are the lengths that
/// a key can have, where not every length will do.
pub fn sealed(ask: &Ask, keys: &Keys, right: Option<&Key>, sizes: &[usize]) -> Verdict {
    let fits = |key: &Key| sizes.is_empty() || sizes.contains(&key.secret.len());
    match mac::judge(ask, keys, right) {
        Verdict::Unchecked { .. } if keys.trouble.is_none() => {
            Verdict::Unchecked { missing: "Give the secret to decrypt it.".into() }
        }
        Verdict::Invalid { .. } if !keys.usable.iter().any(fits) => {
            let lengths: Vec<String> = keys.usable.iter().map(|key| key.secret.len().to_string()).collect();
            let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
            let message = format!(
                "The secret has {} bytes, as it is read now; it must have {}.",
                lengths.join(" and "),
                sizes.join(" or ")
            );
            invalid(Why::BadSignature, message)
        }
        Verdict::Invalid { .. } => {
            let which = if keys.usable.len() > 1 { "any of these secrets" } else { "this secret" };
            let trouble = keys
                .trouble
                .as_ref()
                .map(|what| format!(" One secret could not be tried: {what}."))
                .unwrap_or_default();
            let message = format!(
                "It cannot be decrypted with {which}. The value was changed after it was made, or the server reads another \
                 secret.{trouble}"
            );
            invalid(Why::BadSignature, message)
        }
        valid => valid,
    }
}

/// `verdict`, or what `check` finds wrong with a value whose MAC is right.
pub fn once_valid(verdict: Verdict, check: impl FnOnce() -> Option<Verdict>) -> Verdict {
    match verdict {
        Verdict::Valid { .. } => check().unwrap_or(verdict),
        other => other,
    }
}

/// `verdict` with what its content says of a value whose MAC is right: reasons against it, or a refusal.
pub fn settle(verdict: Verdict, content: Result<Vec<Caveat>, Refusal>) -> Verdict {
    match (verdict, content) {
        (Verdict::Valid { secret, encoding, but }, Ok(mut caveats)) => {
            caveats.extend(but);
            Verdict::Valid { secret, encoding, but: caveats }
        }
        (Verdict::Valid { .. }, Err(refusal)) => refusal.into(),
        (other, _) => other,
    }
}

/// `verdict` with what makes a server refuse the value although its MAC is right.
pub fn with_caveats(mut verdict: Verdict, caveats: impl IntoIterator<Item = Caveat>) -> Verdict {
    if let Verdict::Valid { but, .. } = &mut verdict {
        but.extend(caveats);
    }
    verdict
}

/// Adds one such reason.
pub fn doubt(verdict: &mut Verdict, kind: CaveatKind, message: impl Into<String>) {
    if let Verdict::Valid { but, .. } = verdict {
        but.push(Caveat { kind, message: message.into() });
    }
}

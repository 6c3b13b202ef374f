//! How options are described to the page's forms. How they are read is in [`options`](super::options).

use std::borrow::Cow;

use crate::protocol::{OptionKind, OptionSpec, Words};

/// An option's description: name, kind, default, and one line of help.
pub const fn spec(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
    uses: Uses,
) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(name),
        kind,
        default: Cow::Borrowed(default),
        help: Cow::Borrowed(help),
        when_making: !matches!(uses, Uses::Opening),
        when_opening: !matches!(uses, Uses::Making),
    }
}

/// When an option matters.
#[derive(Clone, Copy, Debug)]
pub enum Uses {
    Both,
    Making,
    Opening,
}

/// True or false.
pub const FLAG: OptionKind =
    OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("true"), Cow::Borrowed("false")]));

/// The hash functions that are in use.
pub const DIGESTS: OptionKind = OptionKind::Choice(Cow::Borrowed(&[
    Cow::Borrowed("SHA1"),
    Cow::Borrowed("SHA256"),
    Cow::Borrowed("SHA384"),
    Cow::Borrowed("SHA512"),
]));

/// Those of the key generator.
pub const KEY_DIGESTS: OptionKind =
    OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("SHA1"), Cow::Borrowed("SHA256")]));

/// An option that is typed.
pub const fn typed(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    spec(name, kind, default, help, Uses::Both)
}

/// An option with a list to choose from.
pub const fn choice(
    name: &'static str,
    choices: &'static [Words],
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    typed(name, OptionKind::Choice(Cow::Borrowed(choices)), default, help)
}

/// An option that matters only when a value is opened.
pub const fn opening(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    spec(name, kind, default, help, Uses::Opening)
}

/// A limit of age.
pub const fn age(name: &'static str, default: &'static str, help: &'static str) -> OptionSpec {
    opening(name, OptionKind::Number, default, help)
}

/// The hash functions that Python programs choose.
pub static HASHES: [Words; 5] = [
    Cow::Borrowed("sha1"),
    Cow::Borrowed("sha224"),
    Cow::Borrowed("sha256"),
    Cow::Borrowed("sha384"),
    Cow::Borrowed("sha512"),
];

//! Rules about keys and sets of keys (RFC 7517, RFC 7518 section 6).

use super::Rule;

pub const RULES: &[Rule] = &[];

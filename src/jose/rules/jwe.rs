//! Rules about encrypted tokens (RFC 7516, RFC 7518 sections 4 and 5).

use super::Rule;

pub const RULES: &[Rule] = &[];

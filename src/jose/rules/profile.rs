//! Rules about profiles of tokens: access tokens, id tokens, DPoP proofs, SD-JWTs (RFC 9068, OpenID Connect Core, RFC 9449, RFC 9901).

use super::Rule;

pub const RULES: &[Rule] = &[];

//! JOSE: JSON Web Signature (RFC 7515) with the algorithms of RFC 7518, and the claims of JSON Web Token (RFC 7519).

pub mod claims;
pub mod glossary;
pub mod jws;
pub mod key;
pub mod raw;
pub mod rules;

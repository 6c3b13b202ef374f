//! JOSE: JSON Web Signature (RFC 7515) with the algorithms of RFC 7518, and the claims of JSON Web Token (RFC 7519).

pub mod alg;
pub mod check;
pub mod claims;
pub mod code;
pub mod encrypted;
pub mod expect;
pub mod glossary;
pub mod jws;
pub mod key;
pub mod key_management;
pub mod primitive;
pub mod raw;
pub mod rules;
pub mod signed;
pub mod token;

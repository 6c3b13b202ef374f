//! Why a signature does not verify though "the secret is right": one file a family of slips.

pub mod reading;
pub mod settings;

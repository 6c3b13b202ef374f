//! The table. (in work)

use super::Preset;

/// Every preset, by language.
pub static ALL: &[Preset] = &[];

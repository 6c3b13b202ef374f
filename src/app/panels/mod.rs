//! The four panels.

pub mod generate;
pub mod guide;
pub mod inspect;
pub mod sign;

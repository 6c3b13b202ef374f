//! What is inside a value, made readable and never executed.

pub mod json;

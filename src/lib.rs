//! Keyjar's engine: makes session-signing secrets, and takes signed cookies and session tokens apart.
//!
//! Text goes in at one door, walks one straight corridor, and comes out as one report that the page draws:
//!
//! ```text
//! what was pasted → intake → candidates → open (decode, verify) → review → Report
//! ```
//!
//! [`inspect::inspect`] is that corridor; [`sign::sign`] is the way back. Nothing in this library knows that a browser
//! exists: the clock, the random source and the secrets are passed in, so every step is a plain function. The page
//! (`src/app`) and the worker (`src/bin/engine.rs`) know the library; the library never knows them.
#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]

pub mod advice;
pub mod cookie;
pub mod diagnose;
pub mod engine;
pub mod env_file;
pub mod finding;
pub mod inspect;
pub mod intake;
pub mod jose;
pub mod keygen;
pub mod limits;
pub mod moment;
pub mod opaque;
pub mod payload;
pub mod preset;
pub mod protocol;
pub mod scheme;
pub mod secret;
pub mod sign;
pub mod span;
pub mod work;

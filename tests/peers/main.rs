//! Real servers and libraries accept what Keyjar makes, and Keyjar what they make.
//!
//! Each is a small script in this folder that a test starts:
//!
//! - Servers, asked over HTTP for a cookie and for what they read in one. Those of one secret and one cookie are a line
//!   or two in [`frameworks`]: what there is to say of a [`peer::Peer`]. `serve.mjs` says how a script is asked.
//! - [`better_auth`], whose cookies hang together.
//! - Libraries for JSON Web Tokens, in [`tokens`]: asked on standard input.
//!
//! A new one: its script here, its package in `package.json` or `requirements-test.txt`, and its line in
//! [`frameworks`]. `make test-peers` installs what they need (Node packages in `node_modules/`, Python's in `.venv/`) and
//! runs them all; with a name behind it, `cargo test --test peers koa` runs one.

mod better_auth;
mod frameworks;
mod peer;
mod process;
mod tokens;

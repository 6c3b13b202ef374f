//! Real servers and libraries accept what Keyjar makes, and Keyjar what they make.
//!
//! Each is a small script in this folder that a test starts:
//!
//! - Servers, asked over HTTP for a cookie and for what they read in one. Those of one secret and one cookie are a line
//!   or two in [`frameworks`] (JavaScript), [`python`] or [`debian`] (Ruby, PHP, Go): what there is to say of a
//!   [`peer::Peer`]. `serve.mjs` says how a script is asked.
//! - [`better_auth`], whose cookies hang together.
//! - Libraries for JSON Web Tokens, in [`tokens`]: asked on standard input.
//! - The code that the Sign panel shows, in [`snippets`]: run as it is, where its framework is installed; and the code that
//!   Inspect shows for a token, in [`code`].
//!
//! No script has the crate cookie, in [`rust`].
//!
//! A new one: its script here, its package in `package.json`, `requirements-test.txt` or `install_debian_peers` of
//! `scripts/install.sh`, and its line in one of these modules. `make test-peers` installs what they need (Node packages
//! in `node_modules/`, Python's in `.venv/`, Debian's with apt) and runs them all; with a name behind it, `cargo test
//! --test peers koa` runs one.

mod better_auth;
mod code;
mod debian;
mod frameworks;
mod peer;
mod process;
mod python;
mod rust;
mod snippets;
mod tokens;
mod values;

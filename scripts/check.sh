#!/usr/bin/env bash
# `make check`: stops at the first thing that is not in order, and says which.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { # WHAT ADVICE COMMAND...
    local what=$1 advice=$2
    shift 2
    printf '%s\n' "check: $what"
    "$@" || {
        printf '%s\n' "check: $what: not in order. $advice" >&2
        exit 1
    }
}
native() { scripts/rust.sh native "$@"; }
wasm() { scripts/rust.sh wasm "$@"; }

step "format" "Run: cargo fmt" native cargo fmt --check
step "clippy, natively" "Each warning above says what to change." \
    native cargo clippy --locked --lib --tests --benches -- -D warnings

if wasm cargo clippy --version >/dev/null 2>&1; then
    step "clippy, for the page and the engine's worker" "Each warning above says what to change." \
        wasm cargo clippy --locked --target wasm32-unknown-unknown --bins -- -D warnings
else
    echo "check: NO CLIPPY for wasm32-unknown-unknown: the toolchain in .tools has none. Only the compiler looks at the page."
    RUSTFLAGS="-D warnings" step "compiling the page and the engine's worker" "Each warning above says what to change." \
        wasm cargo check --locked --target wasm32-unknown-unknown --bins
fi

RUSTDOCFLAGS="-D warnings" step "documentation" "Each warning above says what to change." \
    native cargo doc --locked --no-deps --lib

export PATH="$PWD/.tools/bin:$PWD/.venv/bin:$PATH"
deny() { native cargo deny --locked "$@"; }
step "licences, duplicates and sources of dependencies" "deny.toml says what is allowed, and why." \
    deny check licenses bans sources
if GIT_TERMINAL_PROMPT=0 timeout 120 scripts/rust.sh native cargo deny --locked fetch db >/dev/null 2>&1; then
    step "advisories on dependencies" "Update the crate, or give the reason in deny.toml." deny check advisories
else
    echo "check: ADVISORIES NOT CHECKED: the advisory database could not be fetched."
fi
echo "check: all in order"

#!/usr/bin/env bash
# Runs a command with the Rust toolchain that builds natively or for WebAssembly: scripts/rust.sh native|wasm COMMAND...
# It is the one of rust-toolchain.toml, unless scripts/install.sh had to note another in .tools.
set -euo pipefail
noted="$(dirname "$0")/../.tools/$1-toolchain"
shift
if [ -f "$noted" ]; then RUSTUP_TOOLCHAIN=$(cat "$noted") && export RUSTUP_TOOLCHAIN; fi
exec "$@"

#!/usr/bin/env bash
# Runs a command with the Rust toolchain that builds natively or for WebAssembly: scripts/rust.sh native|wasm COMMAND...
# It is the one of rust-toolchain.toml, unless scripts/install.sh had to note another in .tools.
set -euo pipefail
kind=$1
noted="$(dirname "$0")/../.tools/$kind-toolchain"
shift
if [ -f "$noted" ]; then RUSTUP_TOOLCHAIN=$(cat "$noted") && export RUSTUP_TOOLCHAIN; fi

# A panic's place is written into the program: as `crates/…`, not as the builder's folders. Cargo adds these flags to those
# of .cargo/config.toml.
if [ "$kind" = wasm ]; then
    for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" --remap-path-prefix=$crates=crates/"
    done
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS
fi
exec "$@"

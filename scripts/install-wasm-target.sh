#!/usr/bin/env bash
# A Rust toolchain that builds for wasm32-unknown-unknown, without rustup's downloads: scripts/install-wasm-target.sh FOLDER
#
# Debian has a current compiler (rustc-web, cargo-web) and the standard library's source with the crates it needs
# (rust-web-src). The library is built from that once, offline, and FOLDER becomes a toolchain for rustup: set
# RUSTUP_TOOLCHAIN to its path.
set -euo pipefail

folder=$1
target=wasm32-unknown-unknown
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() {
    printf '%s\n' "install-wasm-target: $*" >&2
    exit 1
}
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$work/apt.log" 2>&1; }
file_of() { dpkg -L "$1" | grep -E -m1 -- "$2"; } # PACKAGE PATTERN

command -v apt-get >/dev/null || die "there is no apt-get here. Install by hand a Rust that has the target $target."
if [ -x "$folder/bin/rustc" ] && "$folder/bin/rustc" --print target-libdir --target $target >/dev/null 2>&1; then exit 0; fi

echo "install-wasm-target: Debian's rustc-web, cargo-web and rust-web-src"
apt_install rustc-web cargo-web rust-web-src || { as_root apt-get update >/dev/null && apt_install rustc-web cargo-web rust-web-src; } ||
    { tail -n 15 "$work/apt.log" >&2 && die "apt-get could not install them."; }
rustc=$(file_of rustc-web '/bin/rustc$') && cargo=$(file_of cargo-web '/bin/cargo$') || die "the packages brought no compiler."
system=$("$rustc" --print sysroot)
source=$system/lib/rustlib/src/rust
host=$("$rustc" -vV | sed -n 's/^host: //p')
llvm=$("$rustc" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
apt_install "lld-$llvm" || die "apt-get could not install the linker lld-$llvm."
lld=$(file_of "lld-$llvm" "/bin/lld(-$llvm)?\$") || die "lld-$llvm brought no linker."

# An empty crate, only to have cargo build the standard library. Bitcode is kept, so that lto works.
echo "install-wasm-target: the standard library for $target, from source (a minute or two)"
mkdir -p "$work/std/src"
echo '#![no_std]' >"$work/std/src/lib.rs"
printf '%s\n' '[package]' 'name = "empty"' 'edition = "2021"' '[profile.release]' 'codegen-units = 1' '[workspace]' >"$work/std/Cargo.toml"
if ! (cd "$work/std" && env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER \
    RUSTC="$rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cembed-bitcode=yes" \
    "$cargo" build --release --target $target --target-dir "$work/target" -Zbuild-std=std,panic_abort,proc_macro \
    --offline --config 'source.crates-io.replace-with="vendored"' --config "source.vendored.directory=\"$source/library/vendor\"" \
    --message-format=json-render-diagnostics >"$work/built.json" 2>"$work/std.log"); then
    tail -n 30 "$work/std.log" >&2
    die "the standard library could not be built."
fi

rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/lib/rustlib/$host/bin" "$folder/lib/rustlib/$target/lib"
grep -o '"[^"]*/lib[^"/]*\.rlib"' "$work/built.json" | tr -d '"' | sort -u | grep -v '/libempty-' |
    xargs -d '\n' cp -t "$folder/lib/rustlib/$target/lib"
ln -s "$system/lib/rustlib/$host/lib" "$folder/lib/rustlib/$host/lib"
ln -s "$lld" "$folder/lib/rustlib/$host/bin/rust-lld"
ln -s "$cargo" "$folder/bin/cargo"
printf '%s\n' '#!/bin/sh' "exec \"$rustc\" --sysroot \"$folder\" \"\$@\"" >"$folder/bin/rustc"
chmod +x "$folder/bin/rustc"

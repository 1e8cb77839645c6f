#!/usr/bin/env bash
# What `make test` needs beyond a Rust toolchain. As root, or where sudo asks for no password or there is somebody to ask, what
# is missing is installed; otherwise it is listed, with how to get it. Where nothing is missing it says nothing.
#
# Some tools are needed by parts of tests alone. Where they cannot be had these parts are left out, but not under CI=true.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
cargo_deny=0.20.2

# What has to be done by hand: one line each.
by_hand=()
needed=

# A tool that is missing, whether there is no doing without it, and the way to get it.
lacking() {
    by_hand+=("$1: $3")
    if [ "$2" = needed ] || [ "${CI:-}" = true ]; then
        needed=yes
    fi
}

# Each line: a command, the Debian package that has it, and whether all of `make test` needs it or parts of tests.
packages=()
parts=()
whole=()
while read -r command package use; do
    command -v "$command" >/dev/null && continue
    packages+=("$package")
    if [ "$use" = needed ]; then whole+=("$command"); else parts+=("$command"); fi
done <<'END'
make make needed
cc gcc needed
g++ g++ needed
nm binutils needed
cmake cmake needed
pkg-config pkg-config needed
doxygen doxygen needed
clang clang parts
valgrind valgrind parts
abidiff abigail-tools parts
END
# Headers have no command to look for.
if [ ! -f /usr/include/eigen3/Eigen/Core ]; then
    packages+=(libeigen3-dev)
    parts+=(Eigen)
fi

# Any Python with NumPy serves: that of the search path, or that of the system, whose packages these are.
has_numpy() { "$1" -c 'import sys, numpy; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; }
has_pip() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }
if ! has_numpy "${ASCRIBE_PYTHON:-python3}" && ! has_numpy /usr/bin/python3; then
    packages+=(python3 python3-numpy)
    parts+=("python3 with NumPy")
fi
if ! has_pip "${ASCRIBE_PYTHON:-python3}" && ! has_pip /usr/bin/python3; then
    packages+=(python3-venv)
    parts+=("python3 with venv")
fi

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null || return 1
    [ -t 0 ] || sudo -n true 2>/dev/null
}

if [ ${#packages[@]} -gt 0 ]; then
    installed=
    if may_install; then
        echo "installing ${packages[*]}"
        if .ci/apt_get.sh update -qq && .ci/apt_get.sh install -y -qq --no-install-recommends "${packages[@]}"; then
            installed=yes
        fi
    fi
    if [ -z "$installed" ]; then
        kind=needed
        [ ${#whole[@]} -gt 0 ] || kind=parts
        lacking "${whole[*]} ${parts[*]}" "$kind" "apt-get install ${packages[*]}, or your system's packages of these names"
    fi
fi

if ! command -v julia >/dev/null; then
    how="Julia 1.5 or newer, from julialang.org or the system"
    if ! may_install; then
        lacking julia parts "$how"
    elif ! .ci/install_julia.sh; then
        lacking julia parts "$how (.ci/install_julia.sh failed, see above)"
    fi
fi

if ! command -v cargo >/dev/null; then
    lacking cargo needed "https://rustup.rs"
else
    for component in rustfmt:fmt clippy:clippy; do
        cargo "${component#*:}" --version >/dev/null 2>&1 && continue
        rustup component add "${component%:*}" ||
            lacking "cargo ${component#*:}" needed "rustup component add ${component%:*}, or the package ${component%:*}"
    done
    # Unoptimized it compiles in about a minute on two cores, and the tree here is small.
    if [ "$(cargo deny --version 2>/dev/null || true)" != "cargo-deny $cargo_deny" ]; then
        CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
            CARGO_PROFILE_RELEASE_DEBUG=false cargo install --locked --version "$cargo_deny" cargo-deny ||
            lacking "cargo deny" needed "cargo install --locked --version $cargo_deny cargo-deny"
    fi
fi

if [ ${#by_hand[@]} -gt 0 ]; then
    printf 'missing, to be installed by hand:\n' >&2
    printf '  %s\n' "${by_hand[@]}" >&2
    if [ -n "$needed" ]; then
        exit 1
    fi
    echo "parts of tests are left out without these; the rest goes on" >&2
fi

#!/usr/bin/env bash
# Installs to a temporary prefix, looks at what came there, builds strangers' projects against it with CMake and with
# pkg-config, moves the prefix and does so again, builds a stranger's project from the sources, and uninstalls.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
ship=${CARGO_TARGET_DIR:-$PWD/target}/ship
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
prefix=$place/prefix
version=$(sed -n '/^version = /{s/^version = "\(.*\)"$/\1/p;q;}' Cargo.toml)

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

step() { printf -- '-- %s\n' "$*"; }

step "make install PREFIX=$prefix"
make --no-print-directory --silent install PREFIX="$prefix" SHIP="$ship"

# Whether optimization at link time reached the shared library shows in the call of the compiler alone. It is not called
# where the library is up to date; then what it is made of is thrown away once.
if [ ! -f "$ship/library.log" ]; then
    cargo clean --quiet --profile dist --package ascribe
    bindings/cpp/build.sh "$ship" library
fi
grep -Eq -- '--crate-name ascribe .*--crate-type cdylib.* -C lto(=(thin|fat))?( |`|$)' "$ship/library.log" ||
    fail "the shared library is built without link-time optimization:" "$(cat "$ship/library.log")"
step "link-time optimization: $(grep -Eo -- '-C lto(=[a-z]+)?' "$ship/library.log" | tail -n 1)"

step "files"
files=$(cd "$prefix" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort)
expected=$( (
    printf '%s\n' bin/ascribe include/ascribe.h lib/libascribe.so lib/libascribe.so.0 "lib/libascribe.so.$version" \
        lib/pkgconfig/ascribe.pc lib/cmake/ascribe/ascribe-config.cmake lib/cmake/ascribe/ascribe-config-version.cmake
    cd bindings/cpp && find include -name '*.hpp'
) | LC_ALL=C sort)
diff <(echo "$expected") <(echo "$files") || fail "these are not the files that are expected below the prefix"

library=$prefix/lib/libascribe.so.$version
[ "$(readlink -f "$prefix/lib/libascribe.so")" = "$(readlink -f "$library")" ] || fail "libascribe.so is no link to $library"
soname=$(readelf -d "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
[ "$soname" = libascribe.so.0 ] || fail "the soname is '$soname', not libascribe.so.0"
foreign=$(nm -D --defined-only "$library" | awk '{ print $NF }' | grep -v '^ascribe_' || true)
[ -z "$foreign" ] || fail "the installed library exports what is not called ascribe_*:" "$foreign"
dynamic=$(readelf -d "$library")
[[ $dynamic != *RPATH* && $dynamic != *RUNPATH* ]] || fail "the library has a path of where it was built"
for file in "$library" "$prefix/bin/ascribe"; do
    for place_of_build in "$repository/" "${CARGO_HOME:-$HOME/.cargo}/"; do
        ! grep -qaF "$place_of_build" "$file" || fail "$file says where it was built: $place_of_build"
    done
done
step "$(nm -D --defined-only "$library" | wc -l) symbols, all called ascribe_*; $(stat -c %s "$library") bytes after strip," \
    "$(stat -c %s "$ship/libascribe.so") before"
"$prefix/bin/ascribe" --version >"$place/version"
grep -qF "$version" "$place/version" || fail "the program says it is $(cat "$place/version"), not $version"

# A header that includes what is not installed, or in the wrong way, fails here.
strangers() {
    step "a stranger's project with CMake, $1"
    rm -rf "$place/stranger" && cp -r "$repository/tests/cmake-project" "$place/stranger"
    cmake -S "$place/stranger" -B "$place/stranger/build" -DCMAKE_PREFIX_PATH="$1" >"$place/log" || fail "$(cat "$place/log")"
    cmake --build "$place/stranger/build" >"$place/log" || fail "$(cat "$place/log")"
    (cd "$place/stranger/build" && ctest --output-on-failure >"$place/log") || fail "$(cat "$place/log")"
    step "a stranger's project with pkg-config, $1"
    rm -rf "$place/other" && cp -r "$repository/tests/make-project" "$place/other"
    PKG_CONFIG_PATH="$1/lib/pkgconfig" make --no-print-directory --silent -C "$place/other" SOURCES="$place/stranger"
    [ "$(PKG_CONFIG_PATH="$1/lib/pkgconfig" pkg-config --modversion ascribe)" = "$version" ] ||
        fail "pkg-config knows another version than $version"
}
strangers "$prefix"

step "versions that CMake is to find or to refuse"
for asked in "0.1:yes" "$version:yes" "$version EXACT:yes" "0.1...0.9:yes" "0.0:no" "0.2:no" "1:no" "0.1.99:no" "0.0...<0.1:no"; do
    mkdir -p "$place/asks" && printf '%s\n' 'cmake_minimum_required(VERSION 3.19)' 'project(asks LANGUAGES NONE)' \
        "find_package(ascribe ${asked%:*} REQUIRED)" >"$place/asks/CMakeLists.txt"
    answer=no
    cmake -S "$place/asks" -B "$place/asks/build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null 2>&1 && answer=yes
    [ "$answer" = "${asked#*:}" ] || fail "find_package(ascribe ${asked%:*}) says $answer, not ${asked#*:}"
done

mv "$prefix" "$place/elsewhere"
strangers "$place/elsewhere"

step "a stranger's project with the sources"
rm -rf "$place/stranger" && cp -r tests/cmake-project "$place/stranger"
cmake -S "$place/stranger" -B "$place/stranger/build" -DASCRIBE_SOURCE="$repository" \
    -DASCRIBE_CARGO_TARGET_DIR="${ship%/ship}" -DCMAKE_INSTALL_PREFIX="$place/by-cmake" -DCMAKE_INSTALL_LIBDIR=lib \
    >"$place/log" || fail "$(cat "$place/log")"
cmake --build "$place/stranger/build" >"$place/log" 2>&1 || fail "$(cat "$place/log")"
(cd "$place/stranger/build" && ctest --output-on-failure >"$place/log") || fail "$(cat "$place/log")"
cmake --install "$place/stranger/build" >"$place/log" || fail "$(cat "$place/log")"
diff -r --exclude bin "$place/elsewhere" "$place/by-cmake" || fail "CMake installs other files than make"

step "DESTDIR and other folders"
make --no-print-directory --silent install NO_BUILD=1 DESTDIR="$place/stage" PREFIX=/usr LIBDIR=/usr/lib/x86_64-linux-gnu SHIP="$ship"
flags=$(PKG_CONFIG_PATH="$place/stage/usr/lib/x86_64-linux-gnu/pkgconfig" pkg-config --variable=includedir ascribe)
[ -f "$flags/ascribe.h" ] || fail "pkg-config looks for headers in $flags"

step "make uninstall"
make --no-print-directory --silent uninstall PREFIX="$place/elsewhere"
left=$(cd "$place/elsewhere" && find . ! -type d)
[ -z "$left" ] || fail "this is left after uninstalling:" "$left"
step "all is well"

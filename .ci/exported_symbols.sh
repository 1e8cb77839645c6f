#!/usr/bin/env bash
# Builds the shared library as it is shipped and holds the list of symbols it exports: they all
# begin with `ascribe_`, and they are exactly those of tests/abi/exported_symbols.txt. No other
# name is let through: a cdylib keeps the symbols of std and of its dependencies to itself.
# `BLESS=1` rewrites the list instead of comparing.
set -euo pipefail
cd "$(dirname "$0")/.."
list=tests/abi/exported_symbols.txt

# The same build as that of `make install`, which is then not built twice.
ship=${CARGO_TARGET_DIR:-$PWD/target}/ship
bindings/cpp/build.sh "$ship" library
library=$ship/libascribe.so

exported=$(nm -D --defined-only "$library" | awk '{ print $NF }' | LC_ALL=C sort)
foreign=$(grep -v '^ascribe_' <<<"$exported" | sed '/^$/d' || true)
if [ -n "$foreign" ]; then
    printf 'exported, but not named ascribe_*:\n%s\n' "$foreign" >&2
    exit 1
fi

if [ "${BLESS:-}" = 1 ]; then
    printf '%s' "${exported:+$exported$'\n'}" >"$list"
elif ! diff -u --label "$list" "$list" --label "$library" <(printf '%s' "${exported:+$exported$'\n'}"); then
    echo "the exported symbols changed; if that is meant, run: BLESS=1 .ci/exported_symbols.sh" >&2
    exit 1
fi
echo "exported symbols: $(wc -l <"$list"), all named ascribe_*"

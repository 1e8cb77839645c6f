#!/usr/bin/env bash
# Holds the binary interface to the one that is kept in tests/abi/ascribe.abi: functions, what they take and return, the
# fields of structs, and the numbers of constants. `BLESS=1` writes that file instead, after a change that is meant.
#
# What is looked at is a library of empty functions made of the header, for its debug information has C's types and no others;
# that of the real one is tens of megabytes of Rust's. The tests of header, exports and layout hold header and library together.
# Constants are no part of a library, and become one type of it here.
set -euo pipefail
cd "$(dirname "$0")/.."
kept=tests/abi/ascribe.abi

for tool in abidw abidiff; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is not installed (Debian: abigail-tools): the binary interface is not compared" >&2
        [ "${CI:-}" != true ] && exit 0
        exit 1
    fi
done

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
{
    echo '#include <ascribe.h>'
    echo '#include <stdlib.h>'
    # Declarations of functions are what ends with a parenthesis outside of braces and is no type.
    "${CC:-cc}" -E -P -Iinclude include/ascribe.h | awk 'BEGIN { RS = ";" } {
        outside = depth == 0
        depth += gsub(/{/, "{") - gsub(/}/, "}")
        if (outside && depth == 0 && $0 !~ /typedef/ && $0 ~ /ascribe_[a-z0-9_]*\(/) print $0 " { abort(); }"
    }'
    echo 'enum ascribe_constants {'
    # But for the versions, which change without harm.
    sed -n 's/^#define \(ASCRIBE_[A-Z0-9_]*\) [-0-9A-Z(].*/  VALUE_OF_\1 = \1,/p' include/ascribe.h | grep -v 'ASCRIBE_VERSION_'
    echo '};'
    echo 'enum ascribe_constants ascribe_constants(void) { abort(); }'
} >"$place/interface.c"
"${CC:-cc}" -g -O0 -fPIC -shared -Iinclude "$place/interface.c" -o "$place/libascribe.so" -Wl,-soname,libascribe.so.0
abidw --no-show-locs --no-corpus-path --no-comp-dir-path "$place/libascribe.so" --out-file "$place/ascribe.abi"
# Where the compiler found its own headers, and what it calls itself, is no part of it.
sed -i -e "s| path='[^']*'||" -e "s| comp-dir-path='[^']*'||" "$place/ascribe.abi"

functions=$(grep -c "<elf-symbol .*type='func-type'" "$place/ascribe.abi")
declared=$(grep -cE '^[a-z].*[ *]ascribe_[a-z0-9_]+\(' include/ascribe.h)
# And the one that has the constants.
if [ "$functions" != $((declared + 1)) ]; then
    echo "$declared functions are declared, and $((functions - 1)) were found" >&2
    exit 1
fi
if [ "${BLESS:-}" = 1 ]; then
    cp "$place/ascribe.abi" "$kept"
elif ! abidiff --no-show-locs --no-added-syms "$kept" "$place/ascribe.abi" >"$place/log"; then
    cat "$place/log" >&2
    echo "the binary interface is not that of $kept. A new constant and a new field at the end of a struct with struct_size" \
        "break nothing; for anything else raise ASCRIBE_ABI_VERSION. If it is meant, run:" \
        "BLESS=1 .ci/check_abi.sh" >&2
    exit 1
elif ! abidiff --no-show-locs "$kept" "$place/ascribe.abi" >"$place/log"; then
    cat "$place/log" >&2
    echo "functions were added, which breaks nothing: run BLESS=1 .ci/check_abi.sh to keep them" >&2
    exit 1
fi
echo "binary interface: $declared functions, as in $kept"

#!/usr/bin/env bash
# Builds what is shipped and copies it to a folder: build.sh FOLDER [library] [program]; both, if neither is named.
#
# Both are of the profile `dist`, with link-time optimization; the command line is left out of the library. The compiler's call
# is kept in FOLDER/library.log for whoever wants to see.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
cd "$(dirname "$0")/../.."

# The name that programs record when they are linked: a library with another number is another library to the loader.
soname=libascribe.so.$(sed -n 's/^#define ASCRIBE_ABI_VERSION \([0-9]*\).*/\1/p' include/ascribe.h)

# Where it is built is nobody's business who installs it: messages of panics and debug information name files from these places on.
sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
remap="build.rustflags=['--remap-path-prefix=$sources=registry', '--remap-path-prefix=$PWD=ascribe']"

messages=$(mktemp)
trap 'rm -f "$messages"' EXIT

# The one file of what Cargo says it made that matches a pattern.
made() {
    local file
    file=$(sed -n "s/.*\"$1\":\[\{0,1\}\"\([^\"]*$2\)\".*/\1/p" "$messages" | tail -n 1)
    if [ ! -f "$file" ]; then
        echo "cargo names no $2 among what it built: this is written for Linux" >&2
        exit 1
    fi
    echo "$file"
}

[ $# -gt 0 ] || set -- library program
for what in "$@"; do
    case $what in
    library)
        # With -v Cargo tells every call of the compiler, which is for the log and not for the eyes of whoever installs.
        cargo --config "$remap" rustc -v --locked --profile dist --lib --crate-type cdylib --no-default-features \
            --message-format json-render-diagnostics -- -C "link-arg=-Wl,-soname,$soname" 2>&1 >"$messages" |
            tee "$folder/library.log.new" | { grep -Ev '^ +(Running|Fresh|Dirty) ' >&2 || true; }
        # Where nothing had to be built the log of the last time stays.
        if grep -q 'Running.*--crate-name ascribe ' "$folder/library.log.new"; then
            mv "$folder/library.log.new" "$folder/library.log"
        else
            rm "$folder/library.log.new"
        fi
        cp "$(made filenames libascribe.so)" "$folder/libascribe.so"
        ;;
    program)
        cargo --config "$remap" build --locked --profile dist --bin ascribe --message-format json-render-diagnostics >"$messages"
        cp "$(made executable ascribe)" "$folder/ascribe"
        ;;
    *)
        echo "usage: $0 FOLDER [library] [program]" >&2
        exit 1
        ;;
    esac
done

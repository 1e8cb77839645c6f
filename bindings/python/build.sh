#!/usr/bin/env bash
# Builds a wheel that carries the library: build.sh FOLDER LIBRARY; the Python is that of ASCRIBE_PYTHON, or python3.
#
# It is built in a copy, so that no library is left among the sources, where it would be found before the one that is wanted. The only
# thing that comes over the network is setuptools, which pip fetches.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
library=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$(dirname "$0")/../.."
python=${ASCRIBE_PYTHON:-python3}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -r bindings/python/. LICENSE-MIT LICENSE-APACHE "$stage"
rm -rf "$stage/build" "$stage"/src/*.egg-info
install -m 755 "$library" "$stage/src/ascribe/libascribe.so"
"${STRIP:-strip}" --strip-unneeded "$stage/src/ascribe/libascribe.so"

# The oldest C library that has every function ours asks for.
glibc=$(objdump -T "$stage/src/ascribe/libascribe.so" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -Vu | tail -n 1)
machine=$(uname -m)
export ASCRIBE_WHEEL_PLATFORM="linux_$machine"
[[ $glibc != 2.* ]] || export ASCRIBE_WHEEL_PLATFORM="manylinux_2_${glibc#2.}_$machine"

rm -f "$folder"/ascribe-*.whl
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$folder" "$stage"
echo "$folder"/ascribe-*.whl

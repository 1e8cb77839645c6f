#!/usr/bin/env bash
# Builds the wheel for Python, installs it into an empty environment, and runs there what the first pages show, from a folder that has no
# sources of the package in it.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
target=${CARGO_TARGET_DIR:-$PWD/target}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset PYTHONPATH PYTHONHOME ASCRIBE_LIBRARY LD_LIBRARY_PATH

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

step() { printf -- '-- %s\n' "$*"; }

# One that can make environments: that of the search path, or that of the system.
python=
for candidate in "${ASCRIBE_PYTHON:-python3}" /usr/bin/python3; do
    if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    [ "${CI:-}" != true ] || fail "no python3 from 3.9 on that has venv: .ci/setup.sh installs it"
    step "no python3 from 3.9 on that has venv (.ci/setup.sh installs it): no wheel is built"
    exit 0
fi

step "$("$python" --version), an empty environment"
"$python" -m venv "$place/environment"
export ASCRIBE_PYTHON=$place/environment/bin/python PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
if ! "$ASCRIBE_PYTHON" -m pip download --quiet --no-deps --dest "$place/reached" numpy >"$place/log" 2>&1; then
    [ "${CI:-}" != true ] || fail "pip cannot fetch NumPy:" "$(cat "$place/log")"
    step "pip cannot fetch NumPy: no wheel is built"
    exit 0
fi

step "make wheel"
make --no-print-directory --silent wheel SHIP="$target/ship" WHEEL="$place/wheel" >"$place/log" 2>&1 || fail "$(cat "$place/log")"
wheel=$(echo "$place"/wheel/*.whl)
[[ $wheel == *-py3-none-manylinux_2_* ]] || fail "the wheel is called ${wheel##*/}, expected one for every Python on a manylinux platform"
files=$("$ASCRIBE_PYTHON" -m zipfile --list "$wheel")
[[ $files == *ascribe/libascribe.so* ]] || fail "the wheel has no library in it:" "$files"
[[ $files == *ascribe/py.typed* && $files == *licenses/LICENSE-MIT* ]] || fail "the wheel lacks types or licenses:" "$files"
for source in bindings/python/src/ascribe/*.py; do
    [[ $files == *"ascribe/${source##*/} "* ]] || fail "the wheel lacks ${source##*/}:" "$files"
done
step "${wheel##*/}, $(stat -c %s "$wheel") bytes"

"$ASCRIBE_PYTHON" -m pip install --quiet --only-binary :all: "$wheel"
loaded=$(cd "$place" && "$ASCRIBE_PYTHON" -c 'import ascribe; print(ascribe.capi.LIBRARY)')
[[ $loaded == "$place"/environment/lib/*/ascribe/libascribe.so ]] || fail "the package has loaded $loaded, not the wheel's library"

# The programs of a page, one after the other.
programs() { sed -n '/^```python$/,/^```$/{/^```/!p;}' "$1"; }

# runs PAGE FOLDER EXPECTED: as many lines as a pattern is to match in what they print.
runs() {
    programs "$repository/$1" >"$place/program.py"
    [ -s "$place/program.py" ] || fail "$1 shows no Python"
    (cd "$2" && "$ASCRIBE_PYTHON" -W error "$place/program.py") >"$place/said" || fail "what $1 shows fails"
    found=$(grep -c -- "$3" "$place/said" || true)
    [ "$found" = "$4" ] || fail "what $1 shows prints $found lines with '$3', expected $4:" "$(cat "$place/said")"
    step "what $1 shows: $found lines"
}
runs README.md . "row [0-9]" 3
runs bindings/python/README.md data/nations "row [0-9]" 3

step "the package's own tests"
(cd "$place" && "$ASCRIBE_PYTHON" -m unittest discover --start-directory "$repository/bindings/python/tests" >"$place/said" 2>&1) ||
    fail "$(cat "$place/said")"
step "$(tail -n 1 "$place/said"), $(sed -n 's/^Ran //p' "$place/said")"
step "all is well"

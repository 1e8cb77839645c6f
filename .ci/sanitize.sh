#!/usr/bin/env bash
# Runs the C and C++ tests under the sanitizers and prints a table. What is instrumented is these programs and the headers:
# stable Rust cannot instrument the library. Its allocations, frees and block copies go through the sanitizers all the same, so
# leaks, double frees and copies to buffers that are too short are seen beyond the border (single stores of the library are
# not: valgrind sees those, in the tests). Races between the programs' threads are seen, races within the library are not (the
# borrow checker and Send and Sync stand for them).
set -euo pipefail
cd "$(dirname "$0")/.."
# LIBRARY names one that is built already; it should have debug assertions, for which the programs ask.
library=${LIBRARY:-$(cargo rustc --locked --lib --crate-type cdylib --message-format json-render-diagnostics |
    sed -n 's/.*"filenames":\["\([^"]*libascribe\.so\)".*/\1/p')}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp "$library" "$place/libascribe.so.0"
ln -s libascribe.so.0 "$place/libascribe.so"

export RUST_BACKTRACE=0
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# Rust's locks are not seen, so what happens within the library would look like races.
export TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:second_deadlock_stack=1
# The thread sanitizer of older compilers does not find its way in an address space that is too random.
fixed=(setarch "$(uname -m)" -R)
"${fixed[@]}" true 2>/dev/null || fixed=()

flags=(-g -O1 -fno-omit-frame-pointer -Wall -Wextra -Iinclude -Ibindings/cpp/include -Itests/c -isystem /usr/include/eigen3)
failed=0

# One program under one sanitizer; prints a word.
attempt() {
    local name=$1 sanitizer=$2 program work
    shift 2
    work=$place/work
    rm -rf "$work" && mkdir "$work"
    program=$place/program
    if ! "$@" "${flags[@]}" "-fsanitize=$sanitizer" -o "$program" -L"$place" -Wl,-rpath,"$place" -lascribe -lm -lpthread \
        >"$place/log" 2>&1; then
        word="does not compile"
    elif "${fixed[@]}" "$program" data "$work" >"$place/log" 2>&1; then
        word=ok
        return
    else
        word=FAILED
    fi
    failed=1
    { echo "== $name, $sanitizer: $word"; tail -n 60 "$place/log"; } >&2
}

# That they are on: each has to see a mistake of its kind, two of them beyond the border to the library.
mistake() {
    local sanitizer=$1 number=$2
    "${CXX:-g++}" -std=c++17 "${flags[@]}" -Itests/cpp "-fsanitize=$sanitizer" "-DMISTAKE=$number" -x c++ - -o "$place/program" \
        -L"$place" -Wl,-rpath,"$place" -lascribe -lpthread <<'END'
#include <thread>
#include "check.hpp"
int main() {
  const Line line;
  if (MISTAKE == 1) line.data().release();  // nobody frees it
  if (MISTAKE == 2) {
    std::vector<double> small(2);  // and C is told twenty
    ascribe_model_predict(line.model().get(), nullptr, line.view().get(), small.data(), 20, nullptr);
  }
  if (MISTAKE == 3) {
    int number = 0;
    std::thread other([&] { ++number; });
    ++number;
    other.join();
  }
}
END
    if "${fixed[@]}" "$place/program" >"$place/log" 2>&1; then
        echo "-fsanitize=$sanitizer does not see mistake $number: it says nothing about the programs either" >&2
        exit 1
    fi
}
mistake address,undefined 1
mistake address,undefined 2
mistake thread 3

printf '%-28s %-20s %s\n' program address,undefined thread
for source in tests/c/*.c tests/cpp/*.cpp; do
    [ -f "$source" ] || continue
    case $source in
    tests/cpp/handles_too.cpp) continue ;; # the second file of handles.cpp
    tests/cpp/handles.cpp) build=("${CXX:-g++}" -std=c++17 "$source" tests/cpp/handles_too.cpp) ;;
    tests/cpp/span.cpp) build=("${CXX:-g++}" -std=c++20 "$source") ;;
    *.cpp) build=("${CXX:-g++}" -std=c++17 "$source") ;;
    *) build=("${CC:-cc}" -std=c99 -D_POSIX_C_SOURCE=200809L "$source") ;;
    esac
    attempt "$source" address,undefined "${build[@]}"
    first=$word
    attempt "$source" thread "${build[@]}"
    printf '%-28s %-20s %s\n' "${source#tests/}" "$first" "$word"
done
exit "$failed"

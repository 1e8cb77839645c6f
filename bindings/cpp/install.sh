#!/bin/sh
# Copies the library, the headers, the program and what CMake and pkg-config need below $DESTDIR$PREFIX, or removes them:
#
#   install.sh install FOLDER     with what build.sh has put there
#   install.sh uninstall
#
# PREFIX, LIBDIR, INCLUDEDIR, BINDIR and DESTDIR come from the environment; the folders are below PREFIX. What is
# installed finds its parts from where it lies, so that a prefix may be moved as a whole. Called by `make install`.
set -eu
ship=$(cd "${2:-.}" && pwd)
cd "$(dirname "$0")/../.."

prefix=${PREFIX:-/usr/local}
case $prefix in
/*) ;;
*) echo "PREFIX is '$prefix': give an absolute path" >&2; exit 1 ;;
esac

# A folder by its name below the prefix, whether it is given so or in full.
below() {
    case $2 in
    "$prefix"/*) echo "${2#"$prefix"/}" ;;
    /*) echo "$1 is '$2', which is not below PREFIX, '$prefix'" >&2; exit 1 ;;
    *) echo "$2" ;;
    esac
}
libdir=$(below LIBDIR "${LIBDIR:-lib}")
includedir=$(below INCLUDEDIR "${INCLUDEDIR:-include}")
bindir=$(below BINDIR "${BINDIR:-bin}")
root=${DESTDIR:-}$prefix
package=$libdir/cmake/ascribe

version=$(sed -n '/^version = /{s/^version = "\(.*\)"$/\1/p;q;}' Cargo.toml)
abi=$(sed -n 's/^#define ASCRIBE_ABI_VERSION \([0-9]*\).*/\1/p' include/ascribe.h)
library=libascribe.so.$version
soname=libascribe.so.$abi
headers=$(cd bindings/cpp/include && find . -name '*.hpp' | sed 's|^\./||' | sort)

# A template with its places filled, as CMake's configure_file does.
fill() {
    up=$(echo "$3" | sed 's|[^/][^/]*|..|g')
    sed -e "s|@PROJECT_VERSION@|$version|g" -e "s|@ASCRIBE_LIBRARY@|$library|g" -e "s|@ASCRIBE_SONAME@|$soname|g" \
        -e "s|@ASCRIBE_LIBDIR@|$libdir|g" -e "s|@ASCRIBE_INCLUDEDIR@|$includedir|g" -e "s|@ASCRIBE_UP@|$up|g" \
        "bindings/cpp/cmake/$1" >"$root/$2"
    chmod 644 "$root/$2"
}

case ${1:-} in
install)
    install -d "$root/$libdir/pkgconfig" "$root/$package" "$root/$includedir/ascribe" "$root/$bindir"
    install -m 755 "$ship/libascribe.so" "$root/$libdir/$library"
    "${STRIP:-strip}" --strip-unneeded "$root/$libdir/$library"
    ln -sf "$library" "$root/$libdir/$soname"
    ln -sf "$soname" "$root/$libdir/libascribe.so"
    install -m 755 "$ship/ascribe" "$root/$bindir/ascribe"
    "${STRIP:-strip}" "$root/$bindir/ascribe"
    install -m 644 include/ascribe.h "$root/$includedir/ascribe.h"
    for header in $headers; do
        install -m 644 "bindings/cpp/include/$header" "$root/$includedir/$header"
    done
    fill ascribe.pc.in "$libdir/pkgconfig/ascribe.pc" "$libdir/pkgconfig"
    fill ascribe-config.cmake.in "$package/ascribe-config.cmake" "$package"
    fill ascribe-config-version.cmake.in "$package/ascribe-config-version.cmake" "$package"
    echo "installed ascribe $version below $root"
    ;;
uninstall)
    rm -f "$root/$libdir/$library" "$root/$libdir/$soname" "$root/$libdir/libascribe.so" "$root/$bindir/ascribe" \
        "$root/$includedir/ascribe.h" "$root/$libdir/pkgconfig/ascribe.pc" \
        "$root/$package/ascribe-config.cmake" "$root/$package/ascribe-config-version.cmake"
    for header in $headers; do
        rm -f "$root/$includedir/$header"
    done
    # Only folders of our own, and only if nobody else has put something there.
    rmdir "$root/$package" "$root/$includedir/ascribe" 2>/dev/null || true
    echo "removed ascribe $version below $root"
    ;;
*)
    echo "usage: $0 install FOLDER | uninstall" >&2
    exit 1
    ;;
esac

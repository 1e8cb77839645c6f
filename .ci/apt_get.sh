#!/usr/bin/env bash
# apt-get as root, which waits while another process holds one of apt's locks: apt_get.sh ARGUMENT...
#
# DPkg::Lock::Timeout knows neither the lock of the package lists nor, in older versions, that of the archives. So the attempt
# is repeated, for ASCRIBE_APT_WAIT seconds (600); what it waits for is said once.
set -euo pipefail

limit=${ASCRIBE_APT_WAIT:-600}
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
said=$(mktemp)
trap 'rm -f "$said"' EXIT

waiting=
while true; do
    status=0
    "${as_root[@]}" env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=30 -o Acquire::Retries=3 "$@" 2>"$said" || status=$?
    if [ "$status" = 0 ]; then
        cat "$said" >&2
        exit 0
    fi
    lock=$(sed -n 's/^E: \(Could not get lock .*\|Unable to lock .*\|Unable to acquire .* lock.*\)/\1/p' "$said")
    if [ -z "$lock" ]; then
        cat "$said" >&2
        echo "apt-get $* ended with $status" >&2
        exit "$status"
    fi
    if [ "$SECONDS" -ge "$limit" ]; then
        cat "$said" >&2
        echo "another process has held apt's lock for $limit seconds: try again when it has ended" >&2
        exit "$status"
    fi
    if [ -z "$waiting" ]; then
        waiting=yes
        printf 'waiting for another process to let go of apt (%s seconds at most):\n%s\n' "$limit" "$lock" >&2
    fi
    sleep "${ASCRIBE_APT_PAUSE:-5}"
done

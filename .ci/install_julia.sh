#!/usr/bin/env bash
# Installs Julia where there is none. Debian 12 has no package of it, so Debian 11's is taken: from the very
# mirror this machine uses already, whose first entry is read and given the other suite's name. The suite is
# pinned below everything else, so that nothing but what is asked for (and what only it has) comes from there.
#
# `install_julia.sh --mirror` prints "options<TAB>uri" of that entry and installs nothing; APT_FOLDER stands for /etc/apt.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${APT_FOLDER:-/etc/apt}
suite=bullseye
own=$folder/sources.list.d/julia-of-$suite.list

if [ "${1:-}" != --mirror ] && command -v julia >/dev/null; then
    exit 0
fi

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# Sets `entry` to "options<TAB>uri" of the first binary entry for Debian itself: of *.list lines, and of deb822 stanzas. Nothing
# is read through a pipe that is closed early: whoever still writes to one gets a signal, and pipefail ends the script.
first_entry() {
    local file
    entry=
    for file in "$folder"/sources.list "$folder"/sources.list.d/*.list; do
        # What an earlier run has written says what was true then.
        [ -f "$file" ] && [ "$file" != "$own" ] || continue
        entry=$(awk '$1 == "deb" && $0 !~ /security/ {
            line = $0; options = ""
            sub(/^deb[ \t]+/, "", line)
            if (match(line, /^\[[^]]*\][ \t]+/)) {
                options = substr(line, 1, RLENGTH); sub(/[ \t]+$/, "", options)
                line = substr(line, RLENGTH + 1)
            }
            split(line, word, /[ \t]+/)
            if (word[1] ~ /debian/) { print options "\t" word[1]; exit }
        }' "$file")
        [ -z "$entry" ] || return 0
    done
    for file in "$folder"/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        # One stanza a record; comments and continuation lines (an inlined key) are left out.
        entry=$(awk 'BEGIN { RS = ""; FS = "\n" } {
            types = ""; uri = ""; key = ""; enabled = "yes"
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^#/ || $i ~ /^[ \t]/) continue
                value = $i; sub(/^[^:]*:[ \t]*/, "", value)
                name = tolower($i); sub(/:.*/, "", name)
                if (name == "types") types = value
                if (name == "uris") { split(value, word, /[ \t]+/); uri = word[1] }
                if (name == "signed-by") key = value
                if (name == "enabled") enabled = tolower(value)
            }
            if (types ~ /(^| )deb( |$)/ && uri ~ /debian/ && uri !~ /security/ && enabled != "no") {
                print (key == "" ? "" : "[signed-by=" key "]") "\t" uri; exit
            }
        }' "$file")
        [ -z "$entry" ] || return 0
    done
}

first_entry
if [ -z "$entry" ]; then
    echo "no Debian entry among apt's sources, so there is no mirror to take Julia from; install julia 1.5 or newer" >&2
    exit 1
fi
if [ "${1:-}" = --mirror ]; then
    echo "$entry"
    exit
fi
options=${entry%%$'\t'*}
uri=${entry##*$'\t'}

echo "installing Julia from $uri, $suite"
echo "deb ${options:+$options }$uri $suite main" | "${as_root[@]}" tee "$own" >/dev/null
printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$suite" |
    "${as_root[@]}" tee "$folder/preferences.d/julia-of-$suite" >/dev/null

.ci/apt_get.sh update -qq
.ci/apt_get.sh install -y -qq --no-install-recommends julia
julia --version

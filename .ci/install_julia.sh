#!/usr/bin/env bash
# Installs Julia where there is none. Debian 12 has no package of it, so Debian 11's is taken: from the very
# mirror this machine uses already, whose first entry is read and given the other suite's name. The suite is
# pinned below everything else, so that nothing but what is asked for (and what only it has) comes from there.
set -euo pipefail

if command -v julia >/dev/null; then
    exit 0
fi

suite=bullseye
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# Prints "options uri" of the first binary entry for Debian itself: of *.list lines, and of deb822 stanzas.
first_entry() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] || continue
        awk '$1 == "deb" && $0 !~ /security/ {
            line = $0; options = ""
            sub(/^deb[ \t]+/, "", line)
            if (match(line, /^\[[^]]*\][ \t]+/)) {
                options = substr(line, 1, RLENGTH); sub(/[ \t]+$/, "", options)
                line = substr(line, RLENGTH + 1)
            }
            split(line, word, /[ \t]+/)
            if (word[1] ~ /debian/) { print options "\t" word[1]; exit }
        }' "$file"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        # One stanza a record; comments and continuation lines (an inlined key) are left out.
        awk 'BEGIN { RS = ""; FS = "\n" } {
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
        }' "$file"
    done
}

entry=$(first_entry | head -n 1)
if [ -z "$entry" ]; then
    echo "no Debian entry among apt's sources, so there is no mirror to take Julia from; install julia 1.5 or newer" >&2
    exit 1
fi
options=${entry%%$'\t'*}
uri=${entry##*$'\t'}

echo "deb ${options:+$options }$uri $suite main" |
    "${as_root[@]}" tee /etc/apt/sources.list.d/julia-of-$suite.list >/dev/null
printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$suite" |
    "${as_root[@]}" tee /etc/apt/preferences.d/julia-of-$suite >/dev/null

"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends julia
julia --version

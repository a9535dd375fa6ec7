#!/usr/bin/env bash
# Counts the instructions that an item takes on each path, in a natively compiled program under valgrind, and compares them with instructions.txt.
# Instructions are not time, but they are the same on every run, however busy the machine is: what has grown by more than 3 % has grown.
# usage: test/AotApp/instructions.sh [--update]        needs gcc, valgrind and the native compiler's package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

recorded=instructions.txt
program=$(mktemp -d)
trap 'rm -rf "$program"' EXIT
dotnet publish -c Release -p:Native=true -p:CppCompilerAndLinker=gcc -p:IlcInstructionSet=x86-64-v2 -o "$program" -v quiet -nologo
# Valgrind cannot read the symbols of newer compilers, and does not need them.
rm -f "$program"/*.dbg
strip "$program/AotApp"

# The instructions of a whole run. On one core: which thread does what is then up to nobody else.
count() {
    taskset -c 0 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program/AotApp" "$1" "$2" 2>&1 >/dev/null | awk '/Collected/ { print $4 }'
}

# From two runs of different lengths, so that the start of the program is left out.
per_item() {
    local few many
    few=$(count "$1" 100000)
    many=$(count "$1" 300000)
    awk -v few="$few" -v many="$many" 'BEGIN { printf "%.1f", (many - few) / 200000 }'
}

status=0
paths="range sequence select-5 where buffer buffer-sequence tee async yield-16 yield-bare"
new=$(for path in $paths; do echo "$path $(per_item "$path")"; done)
if [[ ${1-} == --update ]]; then
    echo "$new" >"$recorded"
fi

while read -r path now; do
    before=$(awk -v path="$path" '$1 == path { print $2 }' "$recorded")
    printf '%-18s %8s   recorded %8s' "$path" "$now" "${before:-none}"
    if awk -v now="$now" -v before="${before:-0}" 'BEGIN { exit !(now > 1.03 * before) }'; then
        printf '   MORE\n'
        status=1
    else
        printf '\n'
    fi
done <<<"$new"
exit "$status"

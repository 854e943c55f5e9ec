#!/bin/sh
# -audit names exactly the sensitive instructions that ran outside ring 0: t/sens.asm runs each of
# them in every state, and knows how many of these do not fault. Its labels at_... are their
# addresses.
. "$(dirname "$0")/common"
need nasm
name=sens

nasm -D MAP="$name.map" -I "$here/t/" -f bin -o "$name.img" "$here/t/$name.asm" || exit 1
truncate -s 1440K "$name.img"
"$TWIN86" -display none -speed max -max-time 300 -max-guest-time 60 -rtc base=2026-01-01T00:00:00 \
    -snapshot -m 16 -audit -debugcon file:"$name.said" "$name.img" >"$name.log" 2>&1 || exit 1
due=$(sed -n 's/^%define SILENT \([0-9]*\).*/\1/p' "$here/t/$name.asm")

# "audit N times, MODE ring R: CS:EIP ..." at the labels; in virtual-8086 mode CS is 1000h.
found=$(awk '
    NR == FNR { if ($3 ~ /^at_.*_(16|32)_(16|32)$/) known[tolower($2)] = 1; next }
    /^audit .* times,/ {
        split($7, place, ":")
        at = place[2]
        if ($4 == "virtual-8086") at = "1" substr(at, 5)
        else sub(/^0*/, "", at)
        if (at in known) sum += $2
    }
    END { print sum + 0 }' "$name.map" "$name.log")
[ "$found" = "$due" ] || {
    echo "of $due instructions -audit found $found: $(cat "$name.said")"
    exit 1
}
echo "$found"

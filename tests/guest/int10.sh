#!/bin/sh
# Every function of INT 10h, called from within by the disk of bios/vga/test.c.
. "$(dirname "$0")/common"
make -s -C "$here/../../bios/vga" OUT="$PWD" test || exit 1
twin86 vgatest.img <<'S'
wait text /INT 10h: .* passed/ 60
screen
assert text "checks, all passed"
S

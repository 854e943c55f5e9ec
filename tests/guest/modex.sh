#!/bin/sh
# Mode X: a program that the guest's own assembler makes, its picture, scrolling by start address.
. "$(dirname "$0")/common"
need mcopy
unpack freedos-tools-720k.img tools.img
mcopy -o -i tools.img "$here/modex.asm" ::
twin86 -snapshot tools.img <<'S'
wait text "A:\>" 60
type "nasm -f bin -o modex.com modex.asm\n"
run 1
wait text /asm\n+A:\\>/ 60
type "modex\n"
run 3
screenshot "modex.png"
# the bars, the diagonal, the square that the latches copied over the bars
assert pixel 10 60 #0000ff
assert pixel 170 60 #ff0000
assert pixel 60 60 #ffffff
assert pixel 125 130 #0000ff
key space
run 4
screenshot "scrolled.png"
assert pixel 100 0 #ffffff
S

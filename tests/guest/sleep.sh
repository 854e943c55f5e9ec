#!/bin/sh
# Asleep until somebody presses the power button: the test program t/d-sleep.asm, which waits for it
# for as long as it takes; keys do not wake it.
. "$(dirname "$0")/common"
need nasm
nasm -D BUTTON -I "$here/t/" -f bin -o sleep.img "$here/t/d-sleep.asm" &&
    truncate -s 1440K sleep.img || exit 1
rm -f said
twin86 -m 16 -debugcon file:said -d reset -D reset.log sleep.img <<'S' || exit 1
run 5
key enter
mouse move 1 1
run 600
power
run 2
S
cat said
grep -q '^S3 ok$' said

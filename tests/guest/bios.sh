#!/bin/sh
# Every function of the system BIOS, called from within by the disk of bios/test/test.c: with a small
# hard disk, whose geometry INT 13h shows as it is, and with two that it translates.
. "$(dirname "$0")/common"
make -s -C "$here/../../bios/test" OUT="$PWD" || exit 1
for size in 20643840 1073741824 21474836480; do
    rm -f disk.img && truncate -s $size disk.img
    twin86 -snapshot -hda disk.img -fda biostest.img -boot a <<'S' || exit 1
wait text /BIOS resets: .* passed/ 120
screen
assert text /BIOS calls: [0-9]+ checks, all passed/
assert text /BIOS resets: [0-9]+ checks, all passed/
S
done

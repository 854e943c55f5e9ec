#!/bin/sh
# Every function of the system BIOS, called from within by the disk of bios/test/test.c: on hard disks
# whose geometry INT 13h shows as it is, and on translated ones; on both channels; with PCI and without.
. "$(dirname "$0")/common"
make -s -C "$here/../../bios/test" OUT="$PWD" || exit 1
rm -f small.img big.img huge.img
truncate -s 20643840 small.img
truncate -s 1G big.img
truncate -s 20G huge.img
for disks in "-hda big.img" "-machine isapc -hda big.img" "-cpu 386 -hda small.img" \
    "-cpu pentium -hda small.img -hdb huge.img -hdc big.img"; do
    # shellcheck disable=SC2086 # several words
    twin86 -snapshot $disks -fda biostest.img -boot a <<'S' || exit 1
wait text /BIOS resets: .* passed/ 120
screen
assert text /BIOS calls: [0-9]+ checks, all passed/
assert text /BIOS resets: [0-9]+ checks, all passed/
S
done

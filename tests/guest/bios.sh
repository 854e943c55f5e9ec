#!/bin/sh
# Every function of the system BIOS, called from within by the disk of bios/test/test.c: on hard disks
# whose geometry INT 13h shows as it is, and on translated ones; on both channels; with PCI and without;
# and on a CD with what bios/test/cd.c wants there.
. "$(dirname "$0")/common"
make -s -C "$here/../../bios/test" OUT="$PWD" || exit 1
rm -f small.img small2.img big.img huge.img
truncate -s 20643840 small.img small2.img
truncate -s 1G big.img
truncate -s 20G huge.img
awk 'BEGIN { printf "%-32768s\1CD001\1%-32761s", "", ""; for (i = 0; i < 5760; i++) printf "%-512d", i }' >cd.iso
printf '\200\1\1\0\6\3\21\11\21\0\0\0\227\2\0\0\0\0\0\0\0\0' |
    dd of=cd.iso bs=1 seek=$((65536 + 446)) conv=notrunc 2>/dev/null
while read -r cd disks; do
    # shellcheck disable=SC2086 # several words
    twin86 -snapshot $disks -fda biostest.img -boot a <<S || exit 1
wait text /BIOS resets: .* passed/ 120
screen
assert text /CD-ROM: .*$cd/
assert text /BIOS calls: [0-9]+ checks, all passed/
assert text /BIOS resets: [0-9]+ checks, all passed/
S
done <<'D'
empty -hda big.img
disc -machine isapc -hda big.img -cdrom cd.iso
empty -cpu 386 -hda small.img
disc -cpu pentium -hda small.img -hdb huge.img -hdc big.img -cdrom cd.iso
none -hda small.img -hdb huge.img -hdc big.img -hdd small2.img
D

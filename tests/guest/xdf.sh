#!/bin/sh
# An XDF disk that mtools made, with files on it, is known as one and starts (its sector 1 is a boot
# sector of ours, as on real ones that of a small disk is); the guest copies one file over another,
# cylinder by cylinder, in sectors of four sizes, and mtools reads what it wrote.
. "$(dirname "$0")/common"
need nasm mformat mcopy
bad=0
nasm -f bin -o boot.bin "$here/xdf.asm" || exit 1

put() { # bytes in octal, sector: clusters 2 to 6 have no place on the disk
    printf "$1" | dd of=disk.xdf bs=1 seek=$(($2 * 512 + 3)) conv=notrunc status=none
}

rm -f disk.xdf && truncate -s 1840K disk.xdf && mformat -X -v XDF -i disk.xdf :: || exit 1
put '\367\177\377\367\177\377\367\017' 1 && put '\367\177\377\367\177\377\367\017' 12 || exit 1
for file in first:2048:1 from:918528:2 between:23552:3 to:918528:4; do # to fill cylinders 0, 1 to 39, 40, 41 to 79
    name=${file%%:*} rest=${file#*:}
    random_file "$name" "${rest%:*}" "${rest#*:}"
    mcopy -i disk.xdf "$name" :: || exit 1
done
dd if=boot.bin of=disk.xdf bs=512 seek=12 conv=notrunc status=none || exit 1
twin86 -fda disk.xdf >run.log 2>&1 <<'S' || exit 1
wait text "copied" 200
S
cat run.log
grep -q 'disk.xdf: 1.84 MB XDF floppy (FAT12) -> A:' run.log || bad=1
mdir -i disk.xdf :: || bad=1
for pair in first=first from=from between=between to=from; do
    mcopy -n -o -i disk.xdf "::${pair%=*}" back && cmp back "${pair#*=}" || bad=1
done
exit $bad

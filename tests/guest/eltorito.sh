#!/bin/sh
# CDs that xorriso makes are started: without emulation, as diskettes of three sizes, as hard disk; with
# the real diskette and hard disk moved up; and some that are damaged, after which the next disk's turn
# comes.
. "$(dirname "$0")/common"
need xorriso nasm mcopy
rm -rf tree && mkdir tree

# make_cd OPTION ...: from the folder tree, into cd.iso
make_cd() {
    xorriso -as mkisofs -quiet -o cd.iso -c boot.cat "$@" tree 2>xorriso.log || {
        cat xorriso.log
        exit 1
    }
}

says() { # file, text
    nasm -D "TEXT='$2'" -f bin -o "$1" "$here/says.asm" || exit 1
}

# Bytes in octal at an offset.
patch() { # offset, bytes
    printf "$2" | dd of=cd.iso bs=1 seek="$1" conv=notrunc 2>/dev/null
}

nasm -f bin -o tree/boot.bin "$here/cdboot.asm" || exit 1
make_cd -b boot.bin -no-emul-boot -boot-load-size 4
catalogue=$(($(od -An -tu4 -j $((17 * 2048 + 71)) -N 4 cd.iso) * 2048))
cp cd.iso good.iso
for segment in '\0\0' '\0\20' '\64\22' '\140\0'; do # 0: the usual one
    patch $((catalogue + 34)) "$segment"
    twin86 cd.iso <<'S' || exit 1
wait text /started from the CD: [0-9]+ checks, all passed/ 30
screenshot "plain.png"
S
done

# The first entry is for another platform, the second one for us.
dd if=/dev/zero of=tree/efi.img bs=2048 count=4 2>/dev/null
make_cd -e efi.img -no-emul-boot -eltorito-alt-boot -b boot.bin -no-emul-boot -boot-load-size 4
twin86 -boot d -cdrom cd.iso <<'S' || exit 1
wait text /started from the CD: [0-9]+ checks, all passed/ 30
S

# An entry with selection criteria is for those who can judge them, unless there is no other.
says tree/judged.bin "whom criteria choose"
says tree/free.bin "whoever comes"
judged="-eltorito-alt-boot -b judged.bin -no-emul-boot -boot-load-size 1 -eltorito-selcrit 0102"
free="-eltorito-alt-boot -b free.bin -no-emul-boot -boot-load-size 1"
while read -r wanted entries; do
    eval "make_cd -e efi.img -no-emul-boot $entries"
    twin86 cd.iso <<S || exit 1
wait text /$wanted.*, drive E0/ 30
S
done <<'D'
whoever $judged $free
whoever $free $judged
whom $judged
D

# Damaged ones, and the diskette after them.
says floppy.img "the diskette"
truncate -s 1474560 floppy.img
while read -r offset bytes text; do
    cp good.iso cd.iso
    eval "at=\$(($offset))"
    patch "$at" "$bytes"
    twin86 -boot da -cdrom cd.iso -fda floppy.img <<S || { echo "$text"; exit 1; }
wait text "the diskette, drive 00" 30
screenshot "damaged.png"
assert text "CD-ROM: $text"
S
done <<B
catalogue+4 x its boot catalogue is damaged
catalogue+30 \\0 its boot catalogue is damaged
17*2048+74 \\100 its boot catalogue cannot be read
catalogue+32 \\0 its boot catalogue has no program for a PC
catalogue+33 \\11 its boot image is of no known kind
catalogue+33 \\4\\0\\0\\0\\0\\1\\0\\0\\0\\0\\0 its boot image, of a hard disk, has no partition
catalogue+38 \\0\\0 its boot image has the length 0
catalogue+38 \\377\\377 its boot image does not fit into memory
catalogue+43 \\100 its boot image cannot be read
B

# A CD without a boot record, and none at all: nothing is said of them.
xorriso -as mkisofs -quiet -o cd.iso tree 2>/dev/null
for cd in "-cdrom cd.iso" ""; do
    # shellcheck disable=SC2086 # two words
    twin86 -boot da $cd -fda floppy.img <<'S' || exit 1
wait text /CD-ROM\n+(Press F12.*\n+)?the diskette, drive 00/ 30
S
done

# Diskettes of three sizes: DOS on the CD, and the real A: as B:.
unpack freedos-1440k.img tree/1440.img
unpack freedos-1200k.img tree/1200.img
mcopy -o -i tree/1440.img ::KERNEL.SYS ::COMMAND.COM . || exit 1
cp tree/1440.img tree/2880.img && truncate -s 2949120 tree/2880.img
mformat -C -f 1440 -v REAL -i data.img :: && echo 'from the real diskette' >real.txt &&
    mcopy -o -i data.img real.txt :: || exit 1
for size in 1200 1440; do
    make_cd -b $size.img
    twin86 -boot d -cdrom cd.iso -fda data.img <<'S' || exit 1
wait text "A:\>" 60
type "dir\n"
wait text /KERNEL +SYS.*\n/ 20
wait text "bytes free" 20
screenshot "floppy.png"
type "cls\n"
run 1
type "type b:real.txt\n"
wait text /from the real diskette\n+A:/ 30
type "copy b:real.txt a:\\\n"
wait text /[Ww]rite.protect/ 30
screenshot "protected.png"
S
done
says big.img "a large diskette"
truncate -s 2949120 big.img && mv big.img tree/2880.img
make_cd -b 2880.img
twin86 cd.iso <<'S' || exit 1
wait text "a large diskette, drive 00" 30
S

# A hard disk: DOS on the CD as C:, the real disk as D:.
make_hard_disk d.img 41 && echo 'from the real hard disk' >real.txt && mcopy -o real.txt x: || exit 1
printf 'ver\r\n' >AUTOEXEC.BAT # without one it asks for the date
make_hard_disk tree/c.img 41 && mcopy -o KERNEL.SYS COMMAND.COM AUTOEXEC.BAT x: || exit 1
make_cd -b c.img -hard-disk-boot
twin86 -boot d -cdrom cd.iso -hda d.img <<'S' || exit 1
wait text "C:\>" 60
type "dir\n"
wait text /KERNEL +SYS.*\n/ 20
wait text "bytes free" 20
type "type d:real.txt\n"
wait text /from the real hard disk\n+C:/ 30
screenshot "hard-disk.png"
S

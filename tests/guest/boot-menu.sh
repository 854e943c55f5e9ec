#!/bin/sh
# What the machine starts from: the order of -boot and of the images, and the menu of F12.
. "$(dirname "$0")/common"
need nasm
says() { # file, text, bytes
    nasm -D "TEXT='$2'" -f bin -o "$1" "$here/says.asm" && truncate -s "$3" "$1" || exit 1
}
says a.img "the diskette" 1474560
says c.img "the first disk" 20643840
says d.img "the second disk" 41287680
# A CD, by hand: volume descriptor, boot record, catalogue, program.
says cd.bin "the CD" 512
truncate -s 40960 cd.iso
put() { # offset, bytes in octal
    printf "$2" | dd of=cd.iso bs=1 seek="$1" conv=notrunc 2>/dev/null
}
put 32768 '\1CD001\1'
put 34816 '\0CD001\1EL TORITO SPECIFICATION'
put 34887 '\22'
put 36864 '\1'
put 36892 '\252\125\125\252'
put 36896 '\210'
put 36902 '\1'
put 36904 '\23'
dd if=cd.bin of=cd.iso bs=2048 seek=19 conv=notrunc 2>/dev/null

starts() { # text, arguments
    what=$1
    shift
    twin86 "$@" <<S || exit 1
wait text "$what" 30
S
}
starts "the diskette, drive 00" -fda a.img -hda c.img -cdrom cd.iso
starts "the first disk, drive 80" -boot c -fda a.img -hda c.img -cdrom cd.iso
starts "the CD, drive E0" -boot order=dca -fda a.img -hda c.img -cdrom cd.iso
starts "the CD, drive E0" -hda c.img cd.iso
starts "the first disk, drive 80" -hda c.img -cdrom cd.iso
starts "the first disk, drive 80" c.img cd.iso a.img
starts "the CD, drive E0" -boot acd -cdrom cd.iso # one after the other
starts "the CD, drive E0" -machine isapc cd.iso

menu() { # twin86's standard input is the script
    twin86 "$@" -fda a.img -hda c.img -hdb d.img -cdrom cd.iso || exit 1
}
list='wait text /1 +Diskette A:\n +2 +Hard disk +.+, 19 MB\n +3 +Hard disk +.+, 39 MB\n +4 +CD-ROM +.+/ 10'
ask="wait text \"Press F12\" 10
key f12
$list"
menu <<S
$ask
assert text /> +1 +Disk/
screenshot "menu.png"
type "3"
wait text "the second disk, drive 80" 10
screenshot "chosen.png"
S
menu <<S
$ask
key down
key down
key down
key down
key up
run 0.3
assert text /> +3 +Hard/
key down
run 0.3
assert text /> +4 +CD/
screenshot "arrows.png"
key ret
wait text "the CD, drive E0" 10
S
menu <<S
$ask
type "2"
wait text "the first disk, drive 80" 10
S
menu <<S
$ask
key down
type "9x"
key esc
wait text "the diskette, drive 00" 10
S
menu -boot c,menu=on <<S
$list
type "1"
wait text "the diskette, drive 00" 10
S
menu -boot menu=off <<'S'
wait text "the diskette, drive 00" 0.8
assert text /CD-ROM\n+the diskette/
S
# Who has one disk is not asked.
twin86 -fda a.img <<'S' || exit 1
wait text "the diskette, drive 00" 10
assert text /CD-ROM\n+the diskette/
S
# Another key is for the program, and ends the wait.
menu <<'S'
wait text "Press F12" 10
key x
wait text "the diskette, drive 00" 0.8
S

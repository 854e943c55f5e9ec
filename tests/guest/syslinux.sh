#!/bin/sh
# ISOLINUX from CD, SYSLINUX from diskette and hard disk: their menus in text and in a VESA mode, the
# command line, files; and the one on the CD starting the one on the hard disk.
. "$(dirname "$0")/common"
need syslinux mcopy
modules=/usr/lib/syslinux/modules/bios
cat >menu.cfg <<'C'
UI menu.c32
MENU TITLE Chosen by a test
LABEL first
 MENU LABEL The ^first entry
 KERNEL nothing
LABEL file
 MENU LABEL A file
 KERNEL cat.c32
 APPEND hello.txt
LABEL vesa
 MENU LABEL In graphics
 KERNEL vesamenu.c32
LABEL disk
 MENU LABEL Hard ^disk
 KERNEL chain.c32
 APPEND hd0
C
echo 'read by the loader' >hello.txt
mkdir -p tree && cp hello.txt tree || exit 1
make_isolinux_cd menu vesamenu cat chain libmenu <menu.cfg || exit 1

files() { # mtools' drive
    (cd $modules && mcopy -o libcom32.c32 libutil.c32 menu.c32 vesamenu.c32 cat.c32 "$1") &&
        mcopy -o hello.txt "$1" && mcopy -o menu.cfg "$1"SYSLINUX.CFG || exit 1
}
make_hard_disk c.img 41 && syslinux --install --offset 32256 c.img && files x: || exit 1
mformat -C -f 1440 -i a.img :: && syslinux --install a.img || exit 1
echo "drive y: file=\"$PWD/a.img\"" >>mtoolsrc && files y:

n=0
for disk in "-cdrom cd.iso" "-fda a.img" "-hda c.img"; do
    n=$((n + 1))
    # shellcheck disable=SC2086 # two words
    twin86 $disk <<S || exit 1
wait text "Press [Tab] to edit options" 60
screenshot "text-$n.png"
type "\t"
wait text /> nothing/ 5
key esc
run 0.5
key esc
wait text "boot:" 5
type "cat.c32 hello.txt\n"
wait text "read by the loader" 10
type "vesa\n"
run 3
screenshot "vesa-$n.png"
key esc
wait text "boot:" 5
S
done
twin86 -cdrom cd.iso -hda c.img -boot d <<'S'
wait text "Press [Tab] to edit options" 60
type "d"
run 0.5
key ret
wait text "SYSLINUX" 30
wait text "Press [Tab] to edit options" 30
S
# Other BIOSes take the order from CMOS too.
for bios in /usr/share/seabios/bios.bin /usr/share/bochs/BIOS-bochs-latest; do
    need $bios
    for order in "-boot d" "-boot acd" "-boot menu=off"; do
        # shellcheck disable=SC2086 # two words
        twin86 -bios $bios $order -cdrom cd.iso <<'S' || exit 1
wait text "Press [Tab] to edit options" 60
S
    done
    twin86 -bios $bios -boot c -cdrom cd.iso -hda c.img <<'S' || exit 1
wait text "SYSLINUX" 60
S
done

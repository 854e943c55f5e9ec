#!/bin/sh
# GRUB's rescue floppy to its prompt: it changes between real and protected mode for each BIOS call.
. "$(dirname "$0")/common"
floppy=/usr/lib/grub-rescue/grub-rescue-floppy.img
need $floppy
make_hard_disk c.img 41 || exit 1
echo 'read by GRUB' >hello.txt && mcopy -o hello.txt x:HELLO.TXT || exit 1
mformat -C -f 1440 -i b.img :: || exit 1 # no empty drive: other BIOSes take minutes to see that
twin86 -snapshot -fda $floppy -fdb b.img -hda c.img -boot a <<'S'
wait text "Press enter to boot" 60
type "c"
wait text "grub>" 20
screenshot "prompt.png"
type "cat (hd0,1)/hello.txt\n"
wait text /read by GRUB\n+grub>/ 120
type "ls\n"
wait text /\(hd0,msdos1\) \(fd0\).*\n+grub>/ 120
screenshot "grub.png"
S

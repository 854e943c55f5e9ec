#!/bin/sh
# DOS copies files to and from a hard disk; mtools compares them on the host. Then the disk gets a
# system and DOS starts from it.
. "$(dirname "$0")/common"
need mcopy
unpack freedos-1440k.img system.img
make_hard_disk c.img 81 || exit 1
random_file in.bin 300000 1
random_file out.bin 700000 2
mcopy -o out.bin x:OUT.BIN
mformat -C -f 1440 -i data.img ::
mcopy -o -i data.img in.bin ::IN.BIN

twin86 -fda system.img -fdb data.img -hda c.img -boot a <<'S' || exit 1
wait text "A:\>" 60
type "copy b:in.bin c:\\\n"
wait text /=> c:.in\.bin\n+A:.>/ 120
type "cls\n"
run 1
type "copy c:\\out.bin b:\\\n"
wait text /=> b:.out\.bin\n+A:.>/ 240
type "md c:\\deep\n"
type "copy c:\\in.bin c:\\deep\\again.bin\n"
wait text /again\.bin\n+A:.>/ 60
type "dir c:\n"
wait text "bytes free" 20
screenshot "copied.png"
S
for file in x:IN.BIN x:DEEP/AGAIN.BIN; do
    mcopy -o "$file" back.bin && cmp in.bin back.bin || { echo "$file differs"; exit 1; }
done
mcopy -o -i data.img ::OUT.BIN back.bin && cmp out.bin back.bin || { echo 'OUT.BIN differs'; exit 1; }

# What SYS does, the boot sector being there already: the image has no SYS.COM.
mcopy -o -i system.img ::KERNEL.SYS ::COMMAND.COM . && mcopy -o KERNEL.SYS COMMAND.COM x: &&
    printf 'ver\r\n' >AUTOEXEC.BAT && mcopy -o AUTOEXEC.BAT x: || exit 1
twin86 c.img <<'S' || exit 1
wait text "C:\>" 60
wait text "FreeCom version 0.82 pl 3" 10
type "dir deep\n"
wait text /AGAIN +BIN +300/ 20
screenshot "from-hard-disk.png"
type "del in.bin\n"
run 2
S
mdir -b x: | grep -q IN.BIN && { echo 'IN.BIN is still there'; exit 1; }
exit 0

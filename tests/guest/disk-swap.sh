#!/bin/sh
# Disks are changed while DOS copies from them: between two files, and in the middle of one. There
# the wrong disk is one that cannot be read (720 KB, in a drive set for 1.44 MB), so DOS asks, and
# goes on when the right one is back. (A readable one it would read: it does not look until the
# next file.)
. "$(dirname "$0")/common"
need mcopy
unpack freedos-1440k.img system.img
make_hard_disk c.img 41 || exit 1
for i in 1 2; do
    random_file "file$i.bin" 600000 $i
    mformat -C -f 1440 -v "DISK$i" -i "disk$i.img" :: && mcopy -o -i "disk$i.img" "file$i.bin" :: ||
        exit 1
done
mformat -C -f 720 -i other.img :: || exit 1
twin86 -fda system.img -fdb disk1.img -hda c.img -boot a <<'S' || exit 1
wait text "A:\>" 60
type "copy b:file1.bin c:\\\n"
wait text /file1\.bin\n+A:.>/ 240
floppy b disk2.img
type "dir b:\n"
wait text /FILE2 +BIN/ 20
type "copy b:file2.bin c:\\\n"
wait text /file2\.bin\n+A:.>/ 240
type "copy b:file2.bin c:\\again.bin\n"
run 0.3
floppy b other.img
wait text "(A)bort, (I)gnore, (R)etry" 60
screenshot "asks.png"
floppy b disk2.img
type "r"
wait text /etry, .*\n+A:.>/ 240
screenshot "copied.png"
screen
S
for pair in FILE1=file1.bin FILE2=file2.bin AGAIN=file2.bin; do
    mcopy -o "x:${pair%=*}.BIN" back.bin && cmp back.bin "${pair#*=}" || exit 1
done

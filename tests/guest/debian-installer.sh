#!/bin/sh
# debian-installer started by -kernel, to its first dialog: on COM1, and on the VGA, where the kernel draws
# in the linear frame buffer.
. "$(dirname "$0")/common"
files=${INSTALLER:-/usr/lib/debian-installer/images/12/i386/text/debian-installer/i386}
need "$files/linux" "$files/initrd.gz"
echo 'on COM1'
twin86 -m 512 -kernel "$files/linux" -initrd "$files/initrd.gz" -append 'console=ttyS0,115200' \
    -serial file:serial.log <<'S' || exit 1
wait serial "Select a language" 300
wait serial "English" 10
S
echo 'on the VGA'
twin86 -m 512 -kernel "$files/linux" -initrd "$files/initrd.gz" <<'S'
run 240
screenshot "dialog.png"
# around the dialog, the dialog, the line "English"
assert pixel 5 5 #0000aa
assert pixel 40 220 #aaaaaa
assert pixel 450 371 #aa0000
key down
run 2
screenshot "down.png"
assert pixel 450 371 #aaaaaa
assert pixel 450 387 #aa0000
S

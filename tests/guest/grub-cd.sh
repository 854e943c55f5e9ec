#!/bin/sh
# GRUB from its rescue CD to the prompt, without emulation; and the same image as a hard disk.
# NO_EDID: of a VGA BIOS that does not describe the monitor.
. "$(dirname "$0")/common"
monitor='wait text /EDID version: 1.3\n +Preferred mode: 1024x768/ 10'
[ -z "$NO_EDID" ] || monitor=
mkdir -p tree && echo 'read by GRUB' >tree/hello.txt || exit 1
make_grub_cd
for drive in a b; do # no empty drive: other BIOSes take minutes to see that
    mformat -C -f 1440 -i $drive.img :: || exit 1
done
while read -r name disk; do
    # shellcheck disable=SC2086 # several words
    twin86 $disk -fda a.img -fdb b.img <<S || exit 1
wait text "grub>" 60
screenshot "prompt-$name.png"
type "ls\n"
wait text /\($name[,)].*\n+grub>/ 20
type "cat /hello.txt\n"
wait text /read by GRUB\n+grub>/ 20
type "lspci\n"
wait text /00:01.1 8086:7010.*IDE/ 10
type "clear\n"
type "insmod vbe\n"
type "videoinfo\n"
wait text /0x[0-9a-f]+ +800 x +600 x 32.*Direct color/ 20
$monitor
screenshot "modes-$name.png"
S
done <<'D'
cd -boot d -cdrom cd.iso
hd0 -boot c -hda cd.iso
D

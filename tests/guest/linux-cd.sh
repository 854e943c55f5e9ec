#!/bin/sh
# Debian's Linux from a CD: ISOLINUX loads it, and it finds the disc again by ATAPI and DMA, tries
# itself, and switches the power off.
. "$(dirname "$0")/common"
iso=$GUESTS/linux/linux-i686.iso.xz
need xz "$iso"
xz -dc "$iso" >cd.iso
twin86 -serial file:serial.log -cdrom cd.iso <<'S' || exit 1
wait text "ISOLINUX" 20
wait serial /LINUX-SELFTEST PASS/ 300
run 20
S
grep '^disk /dev/sr0 ' serial.log
md5=$(head -c 1048576 cd.iso | md5sum | cut -d ' ' -f 1)
grep -q "^disk /dev/sr0 $md5" serial.log && grep -q 'Power down' serial.log

#!/bin/sh
# Linux without ACPI asks the Plug and Play BIOS, in protected mode: every node is understood.
. "$(dirname "$0")/common"
hd=$GUESTS/linux/linux-i686-hd.img.xz
need xz mcopy "$hd"
xz -dc "$hd" >hd.img
echo "drive x: file=\"$PWD/hd.img\" offset=1048576" >mtoolsrc
mcopy -n x:vmlinuz . || exit 1
twin86 -m 64 -serial file:serial.log -kernel vmlinuz -append "acpi=off console=ttyS0,115200" <<'S' || exit 1
wait serial /PnPBIOS: 15 nodes reported by PnP BIOS; 15 recorded/ 60
S
grep 'PnPBIOS' serial.log

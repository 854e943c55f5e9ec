#!/bin/sh
# SeaBIOS with its VGA BIOS boots what ours boots.
. "$(dirname "$0")/common"
. "$(dirname "$0")/other-bios"
boots_everything /usr/share/seabios/bios-256k.bin /usr/share/seabios/vgabios-stdvga.bin

#!/bin/sh
# iPXE, from a CD and loaded by ISOLINUX, to its prompt: it changes between real and protected mode for
# each BIOS call and hides itself from INT 15h E820h.
. "$(dirname "$0")/common"
ipxe=/boot/ipxe.lkrn
need $ipxe
mkdir -p tree && cp $ipxe tree/ipxe || exit 1
make_isolinux_cd <<'C' || exit 1
DEFAULT ipxe
C
twin86 -cdrom cd.iso <<'S'
wait text "Ctrl-B" 60
key ctrl-b
wait text "iPXE>" 30
screenshot "prompt.png"
type "cpuid --ext 29 && echo long || echo no long mode\n"
wait text /no long mode\n+iPXE>/ 10
type "show builtin/version\n"
wait text /builtin.version:string = 1.*\n+iPXE>/ 10
type "help\n"
wait text /sanboot/ 10
screenshot "help.png"
S

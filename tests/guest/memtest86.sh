#!/bin/sh
# memtest86+, from a FAT hard disk by the GRUB floppy: protected mode with paging, every byte of
# memory, the time-stamp counter, the timer, the keyboard. Tests advance and find no error, with one
# processor and with four that share the work.
. "$(dirname "$0")/common"
floppy=/usr/lib/grub-rescue/grub-rescue-floppy.img
memtest=/boot/memtest86+ia32.bin
need $floppy $memtest
make_hard_disk c.img 41 || exit 1
mcopy -o $memtest x:MT.BIN || exit 1

# What the screen says of the processors is PARALLEL.
memtest() { # processors, PARALLEL
    echo "-smp $1"
    twin86 -m 8 -smp "$1" -snapshot -fda $floppy -hda c.img -boot a <<S || exit 1
wait text "Press enter to boot" 60
type "c"
wait text "grub>" 20
type "linux16 (hd0,1)/mt.bin\n"
run 2
type "boot\n"
wait text /Memtest86\+/ 60
wait text "Test #4" 120
assert text "SMP: $2"
screenshot "test-4.png"
wait text "Test #9" 300
assert text /Errors: 0/
wait text /Pass: +1 +Errors: 0/ 600
screenshot "passed.png"
S
}

[ -n "$LOCKSTEP" ] || memtest 1 Disabled
"$TWIN86" --print-config | grep -q '^machine = isapc' || memtest 4 "4T (PAR)"

#!/bin/sh
# memtest86+ from a CD, loaded by ISOLINUX: a whole pass over 16 MB without an error.
. "$(dirname "$0")/common"
memtest=/boot/memtest86+ia32.bin
need $memtest
mkdir -p tree && cp $memtest tree/memtest || exit 1
make_isolinux_cd <<'C' || exit 1
DEFAULT memtest
C
twin86 -m 16 -cdrom cd.iso <<'S'
wait text /Memtest86\+/ 60
wait text "Test #5" 300
screenshot "test-5.png"
wait text /Pass: +1 +Errors: 0/ 600
screenshot "passed.png"
S

#!/bin/sh
# GRUB's functional tests, from CD and one by one on the serial port: its arithmetic, its long jumps,
# its ciphers, its clock, its timer, and what it draws in memory. Not among them is cmdline_cat_test:
# its sums are those of another version of the font than GRUB finds here, on every machine.
. "$(dirname "$0")/common"
tests='bswap cmp ctz div legacy_password mul pbkdf2 setjmp shift signature sleep strtoull xnu_uuid'
mkdir -p tree/boot/grub && {
    echo 'serial --unit=0 --speed=115200'
    echo 'terminal_output serial console'
    for test in $tests; do
        echo "insmod ${test}_test"
        echo functional_test
        echo "rmmod ${test}_test"
    done
    echo insmod videotest_checksum
    echo functional_test
    echo 'echo end of tests'
} >tree/boot/grub/grub.cfg || exit 1
make_grub_cd
twin86 -serial file:serial.log -cdrom cd.iso <<'S' || exit 1
wait serial "end of tests" 500
S
tr -d '\r' <serial.log >said
for test in $tests; do
    grep -qx "${test}_test: PASS" said || bad="$bad $test"
done
grep -qx 'videotest_checksum: PASS' said || bad="$bad videotest_checksum"
echo "failed:${bad:- none}"
[ -z "$bad" ] && [ "$(grep -cx 'ALL TESTS PASSED' said)" = 14 ]

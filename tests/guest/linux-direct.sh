#!/bin/sh
# Linux started without a boot loader by -kernel, -initrd and -append: its self-test passes with little
# and with much memory, and damaged kernels have their line.
. "$(dirname "$0")/common"
need xz mcopy "$GUESTS/linux/linux-i686-hd.img.xz"
xz -dc "$GUESTS/linux/linux-i686-hd.img.xz" >hd.img &&
    mcopy -n -i hd.img@@1M ::vmlinuz ::initrd.gz . || exit 1
for memory in ${MEMORY:-48 64 512 3072}; do
    twin86 -m "$memory" -kernel vmlinuz -initrd initrd.gz -serial file:serial.log \
        -append 'console=tty0 console=ttyS0,115200' <<'S' || exit 1
wait serial "LINUX-SELFTEST PASS" 300
wait serial "Power down" 60
S
done

wrong() { # a part of the line, arguments
    text=$1
    shift
    "$TWIN86" -display none "$@" >out 2>&1
    code=$?
    [ $code = 2 ] && [ "$(wc -l <out)" = 1 ] && grep -qF -- "$text" out || {
        echo "$*: exit code $code, not \"$text\":"
        cat out
        exit 1
    }
}
head -c 3000000 vmlinuz >short
head -c 4000 vmlinuz >shorter
wrong 'short: truncated' short
wrong 'setup sectors' shorter
wrong 'does not fit into memory' -m 16 vmlinuz -initrd initrd.gz
wrong '-append has 3000 letters' vmlinuz -append "$(printf %03000d 0)"

#!/bin/sh
# Debian's Linux from a hard disk, by SYSLINUX: it tries itself, with one processor and with several, with
# little memory and with much, and switches the power off before the time is up. Then somebody works with
# its shell on COM1. LINUX_RUNS: other numbers of processors and MB.
. "$(dirname "$0")/common"
image=$GUESTS/linux/linux-i686-hd.img.xz
need xz "$image"
xz -dc "$image" >hd.img || exit 1
md5=$(head -c 1048576 hd.img | md5sum | cut -d ' ' -f 1)

said() { # what, where
    grep -q -- "$1" "$2" || {
        echo "no \"$1\""
        exit 1
    }
}

selftest() { # processors, MB
    echo "-smp $1 -m $2"
    twin86 -snapshot -max-guest-time 300 -serial file:serial.log -smp "$1" -m "$2" hd.img <<'S' || exit 1
wait serial /LINUX-SELFTEST PASS/ 300
run 300
S
    said "smp: Brought up 1 node, $1 CPU" serial.log
    said "^disk /dev/sda $md5" serial.log
    said 'Power down' serial.log
    awk -v mb="$2" '/^MemTotal:/ { kb = $2; print }
        END { exit !(kb > mb * 1000 - 20000 && kb < mb * 1024) }' serial.log || exit 1
}

for run in ${LINUX_RUNS:-1,64 2,64 8,64 1,48 1,512 1,3072}; do
    selftest "${run%,*}" "${run#*,}"
done

echo 'the shell'
cat >shell.script <<'S'
wait text /Press F12|Booting from/ 20
key scroll-lock
wait text "boot:" 20
type "shell\n"
wait serial "GUEST-READY" 120
wait serial "CPUs: 2" 600
run 600
S
rm -f keys && mkfifo keys || exit 1
: >shell.log
"$TWIN86" -display none -speed max -max-time 600 -max-guest-time 600 -snapshot -smp 2 -serial stdio \
    -script shell.script hd.img <keys >shell.log &
exec 3>keys
until grep -q GUEST-READY shell.log || ! kill -0 $! 2>/dev/null; do
    sleep 1
done
cat >&3 <<'S'
echo "CPUs: $(grep -c ^processor /proc/cpuinfo)"
dd if=/dev/sda bs=1024 count=1024 2>/dev/null | md5sum
exit
S
exec 3>&-
wait $! || exit 1
said "$md5" shell.log
said 'Power down' shell.log

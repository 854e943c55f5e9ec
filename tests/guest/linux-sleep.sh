#!/bin/sh
# Debian's Linux, with one processor and with two, goes to sleep in S3 and is woken by the clock's alarm
# and by the power button: the text screen shows again what it did, keyboard, disk and COM1 work, and
# the clock has gone on. SLEEP_RUNS: other numbers of processors. SLEEP_DARK: of a BIOS that does not set
# the display again (SeaBIOS: on QEMU too) and leaves the diskette controller in its reset, for whose
# interrupt Linux waits some seconds.
# COM1 stays open, since Linux finds the settings of a console that nobody uses only once.
. "$(dirname "$0")/common"
image=$GUESTS/linux/linux-i686-hd.img.xz
need xz "$image"
xz -dc "$image" >hd.img || exit 1
md5=$(md5sum <hd.img | cut -d ' ' -f 1)
screen='assert text "GUEST-READY"'
[ -z "$SLEEP_DARK" ] || screen=
for cpus in ${SLEEP_RUNS:-1 2}; do
    echo "-smp $cpus"
    twin86 -m 64 -smp "$cpus" -max-guest-time 300 -serial file:serial.log -snapshot hd.img <<S || exit 1
wait text /Press F12|Booting from/ 20
key scroll-lock
wait text "boot:" 20
type "vmlinuz initrd=initrd.gz console=ttyS0,115200 console=tty0 shell\n"
wait text "/ #" 120
type "cd /sys/class/rtc/rtc0; exec 3>/dev/ttyS0\n"
type "sleeps() { a=\$(cat since_epoch); echo mem >/sys/power/state; b=\$(cat since_epoch); }\n"
type "echo +5 >wakealarm; sleeps; echo Slept \$((b - a)) s | tee /dev/ttyS0\n"
wait serial /Slept ([4-9]|1[0-2]) s/ 60
run 1
$screen
type "sleeps; echo Slept \$((b - a)) s | tee /dev/ttyS0\n"
run 60
power
wait serial /Slept (6[0-9]|7[0-2]) s/ 60
run 1
$screen
screenshot "awake-$cpus.png"
type "{ md5sum /dev/sda; grep -c ^processor /proc/cpuinfo; } >&3\n"
wait serial "$md5  /dev/sda" 60
wait serial /^$cpus\$/ 20
type "exit\n"
run 600
S
done

#!/bin/sh
# The test programs of t/ on other emulators, for comparison: peers.sh FOLDER [name ...]. Prints what
# each says. Bochs checks nearly everything the processor does; QEMU few segment limits.
here=$(cd "$(dirname "$0")" && pwd) || exit 1 # the folder of the programs
[ -n "$1" ] || {
    echo "usage: $0 folder [name ...]" >&2
    exit 2
}
mkdir -p "$1" && cd "$1" || exit 1
shift
share=${BXSHARE:-/usr/share/bochs}
[ $# -gt 0 ] || set -- $(cd "$here" && ls -- *.asm | sed 's/\.asm$//')

bochs_disks() {
    case $disks in *a.disk*) echo "ata0-master: type=disk, path=a.disk, mode=flat" ;; esac
    case $disks in *b.disk*) echo "ata0-slave: type=disk, path=b.disk, mode=flat" ;; esac
}

on_bochs() { # name
    command -v bochs >/dev/null && [ -r "$share/BIOS-bochs-latest" ] || {
        echo "bochs: skipped, it is not installed"
        return
    }
    cat >"$1.bochsrc" <<RC
config_interface: textconfig
display_library: term
megs: 16
romimage: file=$share/BIOS-bochs-latest
vgaromimage: file=$share/VGABIOS-lgpl-latest
cpu: model=${BOCHS_CPU:-p3_katmai}, count=1, ips=50000000, reset_on_triple_fault=1
clock: sync=none, time0=utc
floppya: 1_44=$1.img, status=inserted
${cd:+ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
ata1-master: type=cdrom, path=$cd, status=inserted}
$(bochs_disks)
boot: floppy
com1: enabled=1, mode=file, dev=$1.bochs
log: $1.bochslog
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
RC
    rm -f "$1.bochs"
    echo c >go # Debian's waits in its debugger
    TERM=vt100 timeout 60 script -qc "bochs -q -f $1.bochsrc -rc go" /dev/null </dev/null \
        >"$1.bochsout" 2>&1
    echo "bochs: $(cat "$1.bochs")"
}

on_qemu() { # name
    command -v qemu-system-i386 >/dev/null || {
        echo "qemu: skipped, it is not installed"
        return
    }
    timeout 60 qemu-system-i386 -accel tcg -cpu "${QEMU_CPU:-pentium3}" -m 16 -display none $reboot \
        -drive file="$1.img",format=raw,if=floppy ${cd:+-cdrom "$cd"} $disks -serial file:"$1.qemu" \
        -device isa-debug-exit,iobase=0xf4 >/dev/null 2>&1
    echo "qemu:  $(cat "$1.qemu")"
}

for name; do
    cd=$(sed -n 's/^; Cd: yes$/cd.iso/p' "$here/$name.asm")
    [ -z "$cd" ] || nasm -f bin -o "$cd" "$here/cd-image.inc" || exit 1
    reboot=-no-reboot
    ! grep -q '^; Reboots: yes' "$here/$name.asm" || reboot=
    disks=
    for letter in $(sed -n 's/^; Disks: //p' "$here/$name.asm"); do
        rm -f "$letter.disk"
        truncate -s 41287680 "$letter.disk"
        disks="$disks -hd$letter $letter.disk"
    done
    nasm -I "$here/" -D PEER -f bin -o "$name.img" "$here/$name.asm" && truncate -s 1440K "$name.img" ||
        exit 1
    echo "$name"
    on_bochs "$name"
    on_qemu "$name"
done

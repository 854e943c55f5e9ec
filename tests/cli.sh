#!/bin/sh
# The program from outside: exit codes, one clear line for each wrong input, and that what the guest
# wrote is in its image however the program ends. Run from the build folder.
program=$PWD/twin86
[ -x "$program" ] || exit 77
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
bad=0

fail() {
    echo "FAIL: $1"
    bad=1
}

# Arguments after "--"; the exit code; a part of the one line on standard error.
expect() { # code, text, arguments
    code=$1 text=$2
    shift 2
    timeout 60 "$program" -display none "$@" >out 2>err </dev/null
    got=$?
    [ $got = "$code" ] || fail "twin86 $*: exit code $got, wanted $code: $(cat err)"
    grep -qF -- "$text" err || fail "twin86 $*: no \"$text\" in: $(cat err)"
    [ "$code" != 2 ] || [ "$(wc -l <err)" = 1 ] || fail "twin86 $*: not one line: $(cat err)"
}

# A floppy whose boot sector holds these bytes, in octal escapes.
floppy() { # file, bytes
    truncate -s 1474560 "$1" || exit 1
    # shellcheck disable=SC2059
    printf "$2" | dd of="$1" conv=notrunc 2>/dev/null
    printf '\125\252' | dd of="$1" bs=1 seek=510 conv=notrunc 2>/dev/null
}

# ---- wrong input ----
floppy good.img '\364\353\375' # hlt; jmp
before=$(cksum <good.img)
mkdir folder
: >empty.img
truncate -s 12345 odd.img
truncate -s 1000 short.rom
truncate -s 65536 blank.rom
head -c 262144 /dev/zero | tr '\0' '\220' >large.rom
printf 'wait text\n' >bad.script
printf 'run 1\ntyp "x"\n' >typo.script
expect 2 'missing.img' missing.img
expect 2 'missing.img' -fda missing.img
expect 2 'missing.img' -hda missing.img good.img
expect 2 'folder' folder
expect 2 'empty.img' empty.img
expect 2 'odd.img' odd.img
expect 2 '/dev/null' /dev/null
expect 2 'did you mean -snapshot?' -snapshoot good.img
expect 2 'x.iso: there is no such file' -cdrom x.iso
expect 2 'good.img: is no CD image' -cdrom good.img
expect 2 'wants MiB' -m plenty
expect 2 'short.rom' -bios short.rom good.img
expect 2 'no code at its start address' -bios blank.rom good.img
expect 2 'large.rom: an AT' -bios large.rom -machine isapc good.img
expect 2 'not a VGA BIOS' -vgabios blank.rom good.img
expect 2 'missing.rom' -bios missing.rom good.img
expect 2 'bad.script:1' -script bad.script good.img
expect 2 'typo.script:2' -script typo.script good.img
expect 2 'missing.script' -script missing.script good.img
expect 2 '-serial' -serial file:/no/such/folder/file good.img
expect 2 '-D' -D /no/such/folder/file good.img
expect 2 'missing.ini' -config missing.ini
if [ "$(id -u)" != 0 ]; then
    cp good.img secret.img
    chmod 0 secret.img
    expect 2 'secret.img' secret.img
fi
[ "$before" = "$(cksum <good.img)" ] || fail 'a wrong command line wrote to an image'

# ---- what is not wrong ----
truncate -s 100G large.img
expect 124 'large.img' -max-guest-time 0.2 -speed max -boot c -hda large.img
gzip -k good.img
expect 124 'good.img.gz: 1.44 MB floppy' -max-guest-time 0.2 -speed max good.img.gz
expect 124 '' -max-time 0.3 good.img
expect 124 '' -max-insns 100000 -speed max good.img
"$program" --help | grep -q -- '-snapshot' || fail '--help'
"$program" --version | grep -q '^twin86 [0-9]' || fail '--version'
"$program" --map | grep -q 'port   03f8-03ff' || fail '--map'
"$program" -cpu help | grep -q max || fail '-cpu help'
"$program" -d help | grep -q guest_errors || fail '-d help'
"$program" -m 8 --print-config >kept.ini && "$program" -config kept.ini --print-config |
    cmp - kept.ini || fail '--print-config and -config'

# ---- how it ends ----
floppy exit.img '\260\041\346\364\353\376' # mov al,21h; out f4h,al; jmp $
expect 67 '' -device isa-debug-exit,iobase=0xf4 -max-time 20 exit.img
expect 124 '' -max-guest-time 1 -speed max exit.img
floppy triple.img '\372\017\001\036\000\176\314\353\376' # cli; lidt [7e00h]; int3; jmp $
expect 3 '' -no-reboot -max-time 20 triple.img
expect 124 '' -max-guest-time 1 -speed max triple.img
printf 'run 0.1\nassert text "not there"\n' >wrong.script
expect 1 'wrong.script:2' -script wrong.script good.img
printf 'run 0.1\nscreen\nquit\n' >right.script
expect 0 '' -script right.script good.img

# The boot sector writes itself to sector 5, tells so on the debug console, and then: DL is the
# drive. xor ax,ax; mov es,ax; mov ds,ax; mov ax,301h; mov bx,7c00h; mov cx,5; mov dh,0; int 13h;
# mov al,'K'; out e9h,al
write='\061\300\216\300\216\330\270\001\003\273\000\174\271\005\000\266\000\315\023\260\113\346\351'
written() { # image: is sector 5 the boot sector?
    dd if="$1" bs=512 skip=4 count=1 2>/dev/null | cmp -s - boot.bin
}
# ... power off: mov si,7c22h; mov dx,8900h; lodsb; out dx,al; jmp
floppy off.img "$write"'\276\041\174\272\000\211\254\356\353\374Shutdown'
dd if=off.img of=boot.bin bs=512 count=1 2>/dev/null
cp off.img fresh.img
expect 0 '' -max-time 20 off.img
expect 124 '' -max-time 1 -no-shutdown off.img
written off.img || fail 'a write is lost at power-off'
cp fresh.img snap.img
expect 0 '' -max-time 20 -snapshot snap.img
written snap.img && fail '-snapshot wrote to the image'
if [ "$(id -u)" != 0 ]; then
    chmod a-w fresh.img
    expect 0 'write-protected' -max-time 20 fresh.img
    written fresh.img && fail 'a write-protected file was written'
fi

# ... hlt; jmp, until a signal comes
floppy halt.img "$write"'\364\353\375'
dd if=halt.img of=boot.bin bs=512 count=1 2>/dev/null
for signal in INT TERM HUP; do
    cp halt.img signal.img
    timeout --preserve-status -s $signal 3 "$program" -display none -speed max signal.img >out 2>err </dev/null
    [ $? -gt 128 ] || fail "SIG$signal: the exit code does not tell it"
    written signal.img || fail "a write is lost at SIG$signal"
done

# ---- one image, two programs ----
wait_text() { # file
    n=100
    until [ -s "$1" ] || [ $n = 0 ]; do
        sleep 0.1
        n=$((n - 1))
    done
}
cp halt.img shared.img
rm -f told
"$program" -display none -debugcon file:told shared.img >out.first 2>&1 </dev/null &
child=$!
wait_text told
expect 2 'shared.img' shared.img
expect 2 'shared.img' -fda good.img shared.img
kill $child
wait $child 2>/dev/null

# ---- a full disk under the image ----
mkdir small
if mount -t tmpfs -o size=1m none small 2>/dev/null; then
    # to sector 12, which has no place yet: mov cx,12
    floppy small/full.img "$(printf '%s' "$write" | sed 's/271.005/271\\014/')"'\364\353\375'
    dd if=/dev/zero of=small/filler bs=1024 2>/dev/null
    expect 124 'No space left' -max-guest-time 3 -speed max small/full.img
    umount small
fi

[ $bad = 0 ] && echo 'cli: every wrong input has its line, every end its code, no write is lost'
exit $bad

#!/bin/sh
# Serial and parallel ports from outside: files, sockets, pseudo terminals and pipes at the far end,
# peers that come and go, that do not read, disks that are full. Run from the build folder.
program=$PWD/twin86
[ -x "$program" ] || exit 77
for tool in nasm socat; do
    command -v $tool >/dev/null || { echo "no $tool: skipped"; exit 77; }
done
dir=$(mktemp -d) || exit 1
running='' peer='' bad=0
finish() {
    [ -z "$running" ] || kill "$running" 2>/dev/null
    [ -z "$peer" ] || kill "$peer" 2>/dev/null
    umount "$dir/small" 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT
cd "$dir" || exit 1

fail() {
    echo "FAIL: $1"
    bad=1
}
wait_for() { # command: until it succeeds, 10 s
    n=100
    until "$@"; do
        [ $n -gt 0 ] || return 1
        n=$((n - 1))
        sleep 0.1
    done
}
has() { grep -qF -- "$1" "$2" 2>/dev/null; } # text, file
holds() { [ "$(cat "$2" 2>/dev/null)" = "$1" ] || fail "$2 holds \"$(head -c 200 "$2")\", not \"$1\""; }
floppy() { # name; the code on standard input, which begins with DS = ES = 0
    { printf 'org 0x7c00\nxor ax, ax\nmov ds, ax\nmov es, ax\nmov ss, ax\nmov sp, 0x7c00\n'
        cat
        printf 'times 510 - ($ - $$) db 0\ndw 0xaa55\n'; } >"$1.asm"
    nasm -f bin -o "$1.img" "$1.asm" && truncate -s 1440K "$1.img" || exit 1
}
start() { # arguments; in the background
    "$program" -display none -snapshot -max-time 60 "$@" >out 2>err </dev/null &
    running=$!
}
stop() {
    kill "$running" 2>/dev/null
    wait "$running" 2>/dev/null
    running=''
}
alive() { kill -0 "$running" 2>/dev/null || fail "$1: twin86 has ended: $(cat err)"; }

# A word on each port, LPT1 by way of INT 17h; then power off.
floppy words <<'A'
        mov dx, 0x3f8
        mov si, one
        call say
        mov dx, 0x2f8
        mov si, two
        call say
        mov si, paper
.print: lodsb
        test al, al
        jz .last
        xor dx, dx
        mov ah, 0
        int 0x17
        test ah, 0x29
        jz .print
        mov al, '!'
        out 0xe9, al
.last:  mov dx, 0x8900
        mov si, off
        mov cx, 8
        rep outsb
        jmp $
say:    add dx, 5
.wait:  in al, dx
        test al, 0x20
        jz .wait
        sub dx, 5
        lodsb
        test al, al
        jz .done
        out dx, al
        jmp say
.done:  ret
one:    db "on COM1", 10, 0
two:    db "on COM2", 10, 0
paper:  db "on paper", 10, 12, 0
off:    db "Shutdown"
A
"$program" -display none -snapshot -max-time 60 -serial file:one -serial file:two -parallel file:paper \
    -debugcon stdio words.img >out 2>err </dev/null || fail "words: $(cat err)"
holds 'on COM1' one
holds 'on COM2' two
holds "$(printf 'on paper\n\014')" paper
[ -s out ] && fail 'INT 17h reported an error'

# Each byte that comes on COM1 goes back with bit 5 turned over. A star on the debug console says
# that it listens.
floppy echo <<'A'
        mov al, '*'
        out 0xe9, al
.next:  mov dx, 0x3fd
        in al, dx
        test al, 1
        jz .next
        mov dx, 0x3f8
        in al, dx
        xor al, 0x20
        out dx, al
        jmp .next
A
talk() { # what it is about, socat address
    printf 'abc' | timeout 10 socat -t 1 - "$2" >answer 2>socat.err
    [ "$(cat answer)" = ABC ] || fail "$1: \"$(cat answer)\", not ABC; $(cat socat.err)"
}
start -debugcon file:star -serial unix:sock,server,nowait echo.img
wait_for has '*' star || fail "no star: $(cat err)"
talk 'a unix socket' UNIX-CONNECT:sock
talk 'a unix socket again' UNIX-CONNECT:sock
alive 'unix socket'
stop
[ -e sock ] && fail 'the socket was left behind'

# With ,server alone the guest waits too.
rm -f star
start -debugcon file:star -serial unix:sock,server echo.img
wait_for has 'waiting for a connection' err || fail "does not wait: $(cat err)"
[ -s star ] && fail 'the guest did not wait for the peer'
(sleep 2; printf 'abc'; sleep 1) | timeout 10 socat - UNIX-CONNECT:sock >answer 2>socat.err
[ "$(cat answer)" = ABC ] || fail "server: \"$(cat answer)\", not ABC; $(cat socat.err)"
alive 'server'
stop

# As a client, whose server goes away.
rm -f star
(sleep 2; printf 'abc'; sleep 1) | timeout 20 socat -t 1 - UNIX-LISTEN:there >answer 2>socat.err &
peer=$!
wait_for test -S there
start -debugcon file:star -serial unix:there echo.img
wait_for has ABC answer || fail "client: \"$(cat answer)\", not ABC; $(cat socat.err err)"
wait_for has 'the far end has closed' err || fail "client: not told: $(cat err)"
alive 'client'
stop
wait "$peer" 2>/dev/null
peer=''
"$program" -display none -serial unix:there echo.img >out 2>err </dev/null
[ $? = 2 ] && has 'cannot connect' err || fail "a client without a server: $(cat err)"

# TCP, at a port that is free.
for port in 47101 47211 47321 47431; do
    rm -f star
    start -debugcon file:star -serial "tcp::$port,server=on,wait=off" echo.img
    sleep 1
    kill -0 "$running" 2>/dev/null && break
done
wait_for has '*' star || fail "tcp: no star: $(cat err)"
talk 'tcp' "TCP:127.0.0.1:$port"
alive 'tcp'
stop

# A pseudo terminal, opened twice.
rm -f star
start -debugcon file:star -serial pty echo.img
wait_for has '*' star || fail "pty: no star: $(cat err)"
pty=$(sed -n 's/^COM1 -> //p' err)
[ -c "$pty" ] || fail "pty: no name in: $(cat err)"
talk 'a pty' "$pty,raw,echo=0"
talk 'a pty again' "$pty,raw,echo=0"
alive 'pty'
stop

# Standard input and output.
{ sleep 1; printf abc; sleep 1; } | timeout 20 "$program" -display none -snapshot -max-time 3 \
    -serial stdio echo.img >answer 2>err
[ "$(cat answer)" = ABC ] || fail "stdio: \"$(cat answer)\", not ABC"

# A guest that prints without end, to a peer that stops reading: the guest goes on.
floppy flood <<'A'
        mov si, 0x7c00
        mov dx, 0xe9
        cld
.next:  mov si, 0x7c00
        mov cx, 0x4000
        rep outsb
        jmp .next
A
mkfifo slow
exec 3<>slow
"$program" -display none -snapshot -speed max -max-guest-time 3 -debugcon file:slow flood.img \
    >out 2>err </dev/null
code=$?
exec 3<&-
[ $code = 124 ] || fail "a pipe that nobody reads: exit code $code: $(cat err)"
[ "$(grep -c 'reads too slowly' err)" = 1 ] || fail "a pipe that nobody reads: $(cat err)"
timeout 60 "$program" -display none -snapshot -speed max -max-guest-time 3 -debugcon stdio flood.img \
    2>err </dev/null | head -c 100000 | wc -c >size
[ "$(cat size)" = 100000 ] || fail "a pipe that ends: $(cat size) bytes"
[ "$(grep -c 'the output is lost' err)" = 1 ] || fail "a pipe that ends: $(cat err)"

# A full disk: told once, and the guest goes on.
mkdir small
if mount -t tmpfs -o size=1m none small 2>/dev/null; then
    "$program" -display none -snapshot -speed max -max-guest-time 3 -debugcon file:small/log flood.img \
        >out 2>err </dev/null
    [ $? = 124 ] || fail "a full disk: $(cat err)"
    [ "$(grep -c 'No space left' err)" = 1 ] || fail "a full disk: $(cat err)"
    [ "$(stat -c %s small/log)" = 1048576 ] || fail "a full disk holds $(stat -c %s small/log) bytes"
    umount small
fi

[ $bad = 0 ] && echo 'ports: files, sockets, pseudo terminals and pipes carry what they should'
exit $bad

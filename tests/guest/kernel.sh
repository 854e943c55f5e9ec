#!/bin/sh
# -kernel: a Multiboot kernel, ELF and flat, with modules and a command line, by name and by content, on
# both boards; and the line for each wrong one.
. "$(dirname "$0")/common"
need nasm
nasm -f bin -D ELF -o kernel.elf "$here/kernel.asm" && nasm -f bin -o kernel.bin "$here/kernel.asm" ||
    exit 1
echo 'the first module' >one.txt
echo 'the second' >two.txt
bad=0

run() { # arguments
    rm -f said
    timeout 120 "$TWIN86" -display none -speed max -max-guest-time 60 -m 16 -debugcon file:said \
        -device isa-debug-exit,iobase=0xf4 "$@" >out 2>&1
}

expect() { # the first line that the kernel says, arguments
    first=$1
    shift
    printf '%s\none.txt a, b: the first module\ntwo.txt: the second\ntwin86\n' "$first" >once
    { cat once && echo 'once more' && cat once && echo twice; } >wanted
    run -initrd 'one.txt a,, b,two.txt' "$@"
    code=$?
    [ $code = 33 ] && cmp said wanted || {
        echo "$*: exit code $code"
        cat out said
        bad=1
    }
}

expect 'kernel.elf' -kernel kernel.elf
expect 'kernel.bin root=7 quiet' -kernel kernel.bin -append 'root=7 quiet'
expect 'kernel.elf x' kernel.elf -append x
expect 'kernel.bin' kernel.bin -machine isapc
grep -q '^kernel.bin: Multiboot kernel -> started' out || { echo "not announced"; bad=1; }

wrong() { # a part of the line, arguments
    text=$1
    shift
    run "$@"
    code=$?
    [ $code = 2 ] && [ "$(wc -l <out)" = 1 ] && grep -qF -- "$text" out && [ ! -e said ] || {
        echo "$*: exit code $code, not \"$text\":"
        cat out
        bad=1
    }
}

head -c 300 kernel.bin >short.bin
: >empty
echo 'not a kernel' >text
wrong 'short.bin: truncated' -kernel short.bin
wrong 'text: no kernel' -kernel text
wrong 'empty: the file is empty' -kernel empty
wrong 'no-such-file: No such file' -kernel no-such-file
wrong 'no-such-file: No such file' -kernel kernel.elf -initrd one.txt,no-such-file
wrong 'empty: the file is empty' -kernel kernel.elf -initrd empty
wrong '-initrd: wants a kernel' -initrd one.txt
wrong '-append: wants a kernel' -append text
wrong 'kernel.bin: a second kernel' -kernel kernel.elf kernel.bin
[ $bad = 0 ]

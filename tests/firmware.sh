#!/bin/sh
# Rebuilds the ROMs and the demo disk from bios/ and compares them with roms/ byte for byte. With
# --build it puts what it built into roms/ instead ("make firmware").
cd "${srcdir:-$(dirname "$0")/..}" || exit 1
case $(uname -m) in
x86_64 | i?86) ;;
*) echo "skipped: the firmware is built by the host's compiler, and this is no x86"; exit 77 ;;
esac
iasl=$(iasl -v 2>/dev/null | sed -n 's/.* version //p')
compiler="gcc $(gcc -dumpfullversion 2>/dev/null), $(ld -v 2>/dev/null), iasl $iasl"
if [ "$1" != --build ] && [ "$compiler" != "$(cat roms/COMPILER)" ]; then
    echo "skipped: built by $(cat roms/COMPILER), here is $compiler"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bios/build bios "$work/bios.bin" || exit 1
make -s -C bios/vga OUT="$work" >/dev/null || exit 1
make -s -C bios/demo OUT="$work" >/dev/null || exit 1
if [ "$1" = --build ]; then
    echo "$compiler" >roms/COMPILER
    for file in bios.bin vgabios.bin demo.img; do
        cp "$work/$file" roms/$file
    done
    cd roms && sha256sum bios.bin vgabios.bin demo.img >SHA256SUMS
    exit
fi
bad=0
for file in bios.bin vgabios.bin demo.img; do
    cmp "$work/$file" roms/$file || bad=1
done
(cd roms && sha256sum --quiet -c SHA256SUMS) || bad=1
[ $bad = 0 ] && echo "firmware: three images as in roms/"
exit $bad

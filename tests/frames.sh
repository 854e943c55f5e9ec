#!/bin/sh
# Fast handlers end in jumps and have no stack frame: disassemble them and name those that push,
# make room on the stack, call or return. See cpu/dispatch.h.
objects=$(ls cpu/libfast_a-*.o 2>/dev/null)
if [ -z "$objects" ]; then
    echo "skipped: this build has no fast engine"
    exit 77
fi
if grep -q '^#define PARANOID' config.h; then
    echo "skipped: the paranoid build has portable code in the place of the host's, with frames"
    exit 77
fi
case $(objdump -f $objects | sed -n 's/^architecture: \([^,]*\),.*/\1/p' | head -n 1) in
i386:x86-64) ;;
*)
    echo "skipped: the disassembly is understood for x86-64 only"
    exit 77
    ;;
esac
# What may return: the end of a block, which leaves the engine when the time is up.
returns='^(f_(J_|LOOP|JCXZ|JMP|CALL|RET)|(cmp|test|and|sub|or|dec)_|fused_find$)'
# What may have a frame: with gcc, rotates by a count and what x87 instructions do with 128 bits,
# for want of registers; clang saves one register in more of them, but jumps all the same.
frames='^f_(ROL_|ROR_|F[A-Z])'
if grep -aq "clang version" $objects; then
    frames='^(f_|cmp_|test_|and_|sub_|or_|dec_)'
fi
bad=$(objdump -d --no-show-raw-insn $objects | awk -v returns="$returns" -v frames="$frames" '
    /^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3); next }
    / *[0-9a-f]+:\t/ {
        if ($2 ~ /^ret/ && name !~ returns) print name ": " $2
        if (($2 ~ /^push/ || ($2 == "sub" && $3 ~ /,%rsp$/)) && name !~ frames) print name ": " $2
        if ($2 ~ /^call/) print name ": " $2
    }' | sort -u)
if [ -n "$bad" ]; then
    echo "$bad"
    exit 1
fi
echo "frames: $(nm $objects | grep -c ' [tT] ') handlers without a frame"

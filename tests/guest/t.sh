#!/bin/sh
# The test programs of t/: small guests without a system, each of which prints "NAME ok" or the first
# difference. Assembled, and run on both engines, where the whole machine must stay the same.
# A line "; Models: ..." at the head of a program names the processors it runs on; "; Cd: yes": it
# finds a disc in the CD-ROM drive (t/cd-image.inc); "; Disks: a c": empty hard disks of 80 cylinders,
# 16 heads, 63 sectors, first and third; "; Floppies: 360 720": a disk of so many KB in drive B:, one
# after the other, first.floppy, beside which the script finds other.floppy (1840: XDF); "; Cpus: 8":
# on so many processors, and there they must stay the same more often; "; Script: yes": NAME.script is
# somebody in front of it; "; Mice: mouse mouse:3": with such a serial mouse on COM2, one after the
# other; each "; With: ARGUMENTS": once more with these, without looking at the whole machine. TESTS:
# names of programs instead of all.
. "$(dirname "$0")/common"
need nasm
bad=0
with=

run() { # name, engine, model
    "$TWIN86" -display none -speed max -max-time 300 -max-guest-time 60 -snapshot -m 16 \
        ${cd:+-cdrom "$cd"} $disks ${floppy:+-fdb first.floppy} ${cpus:+-smp "$cpus"} -cpu "$3" \
        -rtc base=2026-01-01T00:00:00 -engine "$2" ${with:--hash-every 0.${cpus:+0}5} \
        ${mouse:+-serial null -serial "$mouse"} ${script:+-script "$script"} \
        -debugcon file:"$1.$2" "$1.img" >"$1.$2.log" 2>&1 </dev/null
    code=$?
    [ $code = 0 ] && [ "$(cat "$1.$2")" = "$(said "$1") ok" ] || {
        echo "$2 engine, $3${floppy:+, $floppy KB}${mouse:+, $mouse}${with:+, $with}: exit code $code: $(cat "$1.$2")"
        bad=1
        return
    }
    [ -z "$with" ] || return
    grep '^hash ' "$1.$2.log" >"$1.$2.hashes"
    cmp "$1.fast.hashes" "$1.$2.hashes" || bad=1
}

make_floppies() { # KB; they begin with that and their names
    at=0
    [ "$1" != 1840 ] || at=12 # where the image of an XDF disk has its sector 1
    for disk in first other; do
        truncate -s 0 $disk.floppy && truncate -s "$1K" $disk.floppy &&
            printf '%04d %s' "$1" $disk |
            dd of=$disk.floppy bs=512 seek=$at conv=notrunc status=none || exit 1
    done
}

said() { # name; what the program calls itself
    sed -n 's/^%define NAME "\(.*\)"/\1/p' "$here/t/$1.asm"
}

for name in ${TESTS:-$(cd "$here/t" && ls -- *.asm | sed 's/\.asm$//')}; do
    nasm -I "$here/t/" -f bin -o "$name.img" "$here/t/$name.asm" || exit 1
    [ "$(stat -c %s "$name.img")" -le 64512 ] || { # what the boot sector loads
        echo "$name is too long"
        exit 1
    }
    truncate -s 1440K "$name.img"
    cd=$(sed -n 's/^; Cd: yes$/cd.iso/p' "$here/t/$name.asm")
    [ -z "$cd" ] || nasm -f bin -o "$cd" "$here/t/cd-image.inc" || exit 1
    cpus=$(sed -n 's/^; Cpus: //p' "$here/t/$name.asm")
    script=$(sed -n "s,^; Script: yes\$,$here/t/$name.script,p" "$here/t/$name.asm")
    disks=
    for letter in $(sed -n 's/^; Disks: //p' "$here/t/$name.asm"); do
        truncate -s 41287680 "$letter.disk"
        disks="$disks -hd$letter $letter.disk"
    done
    models=$(sed -n 's/^; Models: //p' "$here/t/$name.asm")
    mice=$(sed -n 's/^; Mice: //p' "$here/t/$name.asm")
    floppies=$(sed -n 's/^; Floppies: //p' "$here/t/$name.asm")
    for floppy in ${floppies:-''}; do
        [ -z "$floppy" ] || make_floppies "$floppy"
        for mouse in ${mice:-''}; do
            for model in ${models:-pentium3}; do
                for engine in fast plain; do
                    run "$name" $engine "$model"
                done
            done
        done
    done
    sed -n 's/^; With: //p' "$here/t/$name.asm" >with.list
    while read -r with; do
        for engine in fast plain; do
            run "$name" $engine pentium3
        done
    done <with.list
    with=
    [ $bad = 0 ] && said "$name"
done
exit $bad

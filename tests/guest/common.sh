# SPDX-License-Identifier: MIT
# For the guest tests that prepare disks; sourced by them in their working folder.
# TWIN86: the program; GUESTS: the images of others; here: the folder of the tests.
here=$(cd "$(dirname "$0")" && pwd)
MTOOLS_SKIP_CHECK=1
MTOOLSRC=$PWD/mtoolsrc
export MTOOLS_SKIP_CHECK MTOOLSRC

need() { # tools and files: else the test cannot be tried
    for thing; do
        command -v "$thing" >/dev/null || [ -r "$thing" ] || {
            echo "no $thing"
            exit 77
        }
    done
}

unpack() { # guest's image, file
    need "$GUESTS/$1.gz"
    gzip -dc "$GUESTS/$1.gz" >"$2"
}

# A hard disk of so many cylinders (of 504 KiB) with one active FAT16 partition that starts KERNEL.SYS
# once it is there; drive x: for mtools.
make_hard_disk() { # file, cylinders
    need nasm mformat
    nasm -D CYLINDERS="$2" -f bin -o mbr.bin "$here/mbr.asm" &&
        nasm -f bin -o boot.bin "$here/fat16boot.asm" &&
        rm -f "$1" && cp mbr.bin "$1" && truncate -s $(($2 * 516096)) "$1" &&
        echo "drive x: file=\"$PWD/$1\" offset=32256" >mtoolsrc &&
        mformat -B boot.bin -H 63 -h 16 -s 63 -T $(($2 * 1008 - 63)) x:
}

# Run twin86 with a script from standard input.
twin86() { # arguments
    cat >script
    "$TWIN86" -display none -speed max -max-time 600 -script script "$@"
}

# N bytes that no compression and no wrong sector order gets past.
random_file() { # file, bytes, seed
    awk -v n="$2" -v s="$3" 'BEGIN { srand(s); for (i = 0; i < n; i += 8) printf "%08x", rand() * 4294967295 }' >"$1"
}

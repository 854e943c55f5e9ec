#!/bin/sh
# -profile: what the guest finds of CPU, memory and tables (windows.md G11). A 486DX2 has no CPUID.
. "$(dirname "$0")/common"
need nasm
nasm -f bin -o profile.img "$here/profile.asm" && truncate -s 1440K profile.img || exit 1

finds() { # what, arguments
    what=$1
    shift
    twin86 "$@" -fda profile.img -boot a <<S || exit 1
wait text "memory" 60
run 0.1
assert text "$what."
S
}

finds "leaf 2 family 6 apic 1 acpi 1 mp 1 pnp 1 apm 1 memory 64448" -cpu pentium3
finds "leaf 0 acpi 0 mp 0 pnp 1 apm 0 memory 15360" -profile dos
finds "leaf 2 family 6 apic 0 acpi 0 mp 0 pnp 1 apm 1 memory 64512" -profile win9x
finds "leaf 1 family 5 apic 0 acpi 0 mp 0 pnp 1 apm 1 memory 64512" -profile nt
finds "leaf 2 family 6 apic 1 acpi 1 mp 1 pnp 1 apm 1 memory 64512" -profile win2000
finds "leaf 1 family 5 apic 0 acpi 0 mp 0 pnp 1 apm 1 memory 64512" -profile os2
finds "leaf 0 acpi 0 mp 0 pnp 1 apm 1 memory 7168" -profile os2-1
finds "leaf 1 family 5 apic 1 acpi 0 mp 1 pnp 1 apm 1 memory 19456" -profile nt -m 20 -machine pc,acpi=off
finds "leaf 2 family 6 apic 0 acpi 0 mp 0 pnp 0 apm 0 memory 64512" -machine isapc
finds "leaf 2 family 6 apic 1 acpi 1 mp 1 pnp 0 apm 1 memory 64448" -cpu pentium3 -machine pc,pnp=off

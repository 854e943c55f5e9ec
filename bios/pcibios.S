/* SPDX-License-Identifier: MIT */
/*
 * INT 1Ah AH=B1h, PCI BIOS 2.1, in its three forms: real mode, 16-bit protected mode (a far call of
 * F000:FE6E with flags pushed), and 32-bit protected mode, found through the BIOS32 directory.
 *
 * The functions use the stack, ports and what CS shows: in protected mode no selector of ours
 * exists, and the segment's base is the caller's choice.
 */

#define CONFADD  0xcf8
#define CONFDATA 0xcfc
#define ENABLE   0x80000000
#define ELCR     0x4d0

#define PIR_SLOTS     32                /* of the table at tables_room, see pir.c */
#define PIR_SLOT_BYTES 128
#define PIR_EXCLUSIVE 0x0c00
#define ISA_BRIDGE    0x08              /* device and function number */
#define PIRQ          0x60
#define IRQS          0xdef8

#define NO_FUNCTION   0x81              /* what AH says */
#define BAD_VENDOR    0x83
#define NOT_FOUND     0x86
#define BAD_REGISTER  0x87
#define SET_FAILED    0x88
#define TOO_SMALL     0x89

#define PASTE(a, b)   PASTE_(a, b)
#define PASTE_(a, b)  a ## b
#define N(name)       PASTE(name, BITS)

        .text
        .code16
#define BITS 16
#include "pcibios.inc"
#undef BITS

/* Without PCI these are unknown functions like others. */
        .globl  entry_1ah
entry_1ah:
        cmpb    $0xb1, %ah
        jne     entry_1ah_time
        pushl   %eax
        pushw   %dx
        movl    $ENABLE, %eax
        movw    $CONFADD, %dx
        outl    %eax, %dx
        inl     %dx, %eax
        cmpl    $ENABLE, %eax
        popw    %dx
        popl    %eax
        jne     entry_1ah_time
        call    pci_bios_16

/* The end of an interrupt that tells by CF. BP has 16 bits, as ESP has in every caller's mode. */
        .globl  iret_with_carry
iret_with_carry:
        pushw   %bp
        movw    %sp, %bp
        jc      1f
        andb    $0xfe, 6(%bp)
        popw    %bp
        iretw
1:      orb     $0x01, 6(%bp)
        popw    %bp
        iretw

        .code32
#define BITS 32
#include "pcibios.inc"
#undef BITS

pci_bios_entry:
        call    pci_bios_32
        lret

/* EAX: which service; EBX: 0. AL: 0, 80h unknown, 81h no such function; EBX, ECX, EDX: where. */
        .globl  bios32_entry
bios32_entry:
        testb   %bl, %bl
        jnz     2f
        cmpl    $0x49435024, %eax       /* $PCI */
        jne     1f
        movb    $0, %al
        movl    $0xf0000, %ebx
        movl    $0x10000, %ecx
        movl    $pci_bios_entry, %edx
        lret
1:      movb    $0x80, %al
        lret
2:      movb    $0x81, %al
        lret
        .section .note.GNU-stack, "", @progbits

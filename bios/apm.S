/* SPDX-License-Identifier: MIT */
/*
 * INT 15h AH=53h, Advanced Power Management BIOS 1.2, in its three forms. There is no battery and no
 * event: what it can do is to sleep until the next interrupt, and to switch the machine off.
 *
 * Like the PCI BIOS the functions use the stack and ports only. What they have to remember is in
 * the PIIX4's APM status port, which is nothing but a byte that keeps its value.
 */

#define PM_CONTROL  0xb004
#define SOFT_OFF    0x2001              /* SLP_EN, SLP_TYP 0, SCI_EN */

#define STATE       0xb3
#define CONNECTED   0x03                /* 1 real mode, 2 16-bit, 3 32-bit */
#define DISENGAGED  0x10

#define NOT_CONNECTED 0x03              /* what AH says */
#define NO_DEVICE     0x09
#define OUT_OF_RANGE  0x0a
#define NO_FUNCTION   0x0c
#define NO_STATE      0x60
#define NO_EVENT      0x80

#define ALL_DEVICES   0x0001

#define PASTE(a, b)   PASTE_(a, b)
#define PASTE_(a, b)  a ## b
#define N(name)       PASTE(name, BITS)

        .text
        .code16
#define BITS 16
#include "apm.inc"
#undef BITS

/* Unless POST offers it, this is an unknown function like others. */
        .globl  entry_15h
entry_15h:
        cmpb    $0x53, %ah
        jne     entry_15h_rest
        cmpb    $0, %cs:apm_offered
        je      entry_15h_rest
        call    apm_16
        jmp     iret_with_carry

apm_entry_16:
        call    apm_16
        lretw

        .code32
#define BITS 32
#include "apm.inc"
#undef BITS

apm_entry_32:
        call    apm_32
        lret
        .section .note.GNU-stack, "", @progbits

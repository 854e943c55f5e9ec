/* SPDX-License-Identifier: MIT */
/* Tables that programs look for at the AT's addresses: system configuration, baud rates, diskette
   and CGA parameters, and room for the hard disk tables. */

/* INT 15h AH=C0h. */
        .section .at.e6f5, "a"
        .globl  configuration
configuration:
        .word   8
        .byte   0xfc, 0x01, 0x00        /* AT, submodel 1, revision 0 */
        .byte   0x74                    /* second 8259, clock, INT 15h AH=4Fh, extended data area */
        .byte   0x40                    /* INT 16h AH=09h */
        .byte   0, 0, 0

/* Divisors for INT 14h: 110, 150, 300, 600, 1200, 2400, 4800, 9600 and, AH=04h, 19200 baud. */
        .section .at.e729, "a"
        .globl  baud_divisors
baud_divisors:
        .word   1047, 768, 384, 192, 96, 48, 24, 12

/* Diskette parameters, INT 1Eh: step rate and unload, load and DMA, motor off, 512-byte sectors,
   18 a track, gap, data length, format gap and fill, settle, motor start. */
        .section .at.efc7, "a"
        .globl  diskette_table
diskette_table:
        .byte   0xaf, 0x02, 0x25, 0x02, 0x12, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08

/* CGA parameters, INT 1Dh: 6845 registers of four modes, buffer lengths, columns, mode bytes. */
        .section .at.f0a4, "a"
        .byte   0x38, 0x28, 0x2d, 0x0a, 0x1f, 0x06, 0x19, 0x1c, 0x02, 0x07, 0x06, 0x07, 0, 0, 0, 0
        .byte   0x71, 0x50, 0x5a, 0x0a, 0x1f, 0x06, 0x19, 0x1c, 0x02, 0x07, 0x06, 0x07, 0, 0, 0, 0
        .byte   0x38, 0x28, 0x2d, 0x0a, 0x7f, 0x06, 0x64, 0x70, 0x02, 0x01, 0x06, 0x07, 0, 0, 0, 0
        .byte   0x61, 0x50, 0x52, 0x0f, 0x19, 0x06, 0x19, 0x19, 0x02, 0x0d, 0x0b, 0x0c, 0, 0, 0, 0
        .word   2048, 4096, 16384, 16384
        .byte   40, 40, 80, 80, 40, 40, 80, 80
        .byte   0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29

/* Hard disk parameters, INT 41h and 46h: POST writes them here if the board lets it. */
        .section .at.e401, "a"
        .globl  fdpt_room
fdpt_room:
        .skip   32, 0

/* What POST writes for systems to find, where it can: see shadow.c. */
        .section .at.d600, "a"
        .globl  tables_room, reserved_blocks, apm_offered, pnp_nodes, pnp_largest, pnp_count
tables_room:
        .skip   2551, 0
pnp_nodes:                              /* where in this segment they begin */
        .word   0
pnp_largest:
        .word   0
pnp_count:
        .byte   0
reserved_blocks:                        /* 64 KiB each, at the top of memory */
        .word   0
apm_offered:
        .byte   0
        .section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: MIT */
/*
 * The ROM header and the interrupt entries of the VGA BIOS.
 *
 * Segments while C code runs: DS = CS (constants), SS = the caller's (stack), FS = SS (the frame of
 * the caller's registers), GS = 40h (the BIOS data area); ES is scratch for far memory. The stack
 * is the caller's, so nothing takes the address of a local variable: it could not be reached
 * through DS.
 */
    .code16
    .section .header, "ax"
    .globl rom_header
rom_header:
    .byte 0x55, 0xaa
    .byte 0                         /* size in 512-byte units: romsum writes it */
    jmp post                        /* offset 3: entry of the POST; may take two or three bytes */
    .org 0x18
    .word pci_data                  /* PCI Firmware Specification, "PCI Data Structure" */
    .word 0
    .org 0x1e
    .asciz "IBM VGA compatible BIOS, twin86"
    .balign 4
pci_data:
    .ascii "PCIR"
    .word 0x1234, 0x1111            /* the Bochs and QEMU standard VGA */
    .word 0
    .word 24                        /* length of this structure */
    .byte 0
    .byte 0x00, 0x00, 0x03          /* class: VGA controller */
    .word 96                        /* image length in 512-byte units */
    .word 0
    .byte 0                         /* code type: PC-AT */
    .byte 0x80                      /* the last image */
    .word 0

    .text
/* Far call from the system BIOS during its POST. */
post:
    pushfw
    cld
    call save_all
    calll vga_post
    call restore_all
    popfw
    lretw

/* INT 10h. With the VGA switched to inactive (40:87 bit 3) the other adapter's BIOS answers
   what the first adapters knew; everything from AH = 10h on stays here. */
    .globl int10_entry
int10_entry:
    cmpb $0x0f, %ah
    ja 1f
    pushw %ds
    pushw $0x40
    popw %ds
    testb $8, 0x87
    popw %ds
    jnz 2f
1:  sti
    cld
    call save_all
    calll int10_main
    call restore_all
    iretw
2:  int $0x42
    iretw

/* INT 5: the print screen that INT 10h AH=12h BL=20h installs. */
    .globl int05_entry
int05_entry:
    sti
    cld
    call save_all
    calll print_screen
    call restore_all
    iretw

/* INT 42h when there was no handler before this ROM, and the end of what is not supported. */
    .globl int42_none
int42_none:
    iretw

/* Builds struct frame (vga.h) under the return address and enters the C world; EAX = the frame.
   The upper half of ESP may hold anything in 16-bit code: PUSHAL keeps it, C code needs it 0. */
save_all:
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    pushal
    movzwl %sp, %esp
    movl %esp, %eax
    pushw 40(%esp)                  /* the return address, above the frame */
    pushw %cs
    popw %ds
    pushw %ss
    popw %fs
    pushw $0x40
    popw %gs
    retw

/* The way back: the caller's registers as C code left them, its ESP whole. */
restore_all:
    popw %bx                        /* the return address into the place save_all had it */
    movl 12(%esp), %eax             /* ESP as PUSHAL saw it, for its upper half */
    movw %bx, 40(%esp)
    movw %sp, %ax
    movl %eax, %esp
    popal
    popw %gs
    popw %fs
    popw %es
    popw %ds
    retw

/* The tables that 40:A8 leads to, with far pointers, which C cannot spell. A VGA BIOS is always
   found at C0000h. */
    .section .rodata.tables, "a"
    .balign 2
    .globl save_table
save_table:
    .word params_table, 0xc000
    .word 0, 0                      /* no dynamic save area */
    .word 0, 0                      /* no text font of the user's */
    .word 0, 0                      /* no graphics font */
    .word secondary_table, 0xc000
    .word 0, 0, 0, 0
secondary_table:
    .word 26
    .word display_table, 0xc000
    .word 0, 0                      /* no second font */
    .word 0, 0                      /* no palette profile */
    .word 0, 0, 0, 0, 0, 0

/* SPDX-License-Identifier: MIT */
/*
 * The Plug and Play BIOS (Plug and Play BIOS Specification 1.0A): how it is found (4.4), a node for
 * each device of the board that no bus tells of (4.2), and the functions (4.5, 4.7). pnp.c writes
 * the first two for systems to find.
 *
 * PCI's devices have no node, so neither has the disk controller; nor has power management, which
 * INT 15h AH=53h tells of. Nothing on this board can be moved or switched off, and so all there is
 * to do is to tell. Resources are those of the Plug and Play ISA Specification 1.0a (6.2), the same
 * as in dsdt.asl; type codes those of Microsoft's list of device identifiers.
 */

#define EQUIP_FLOPPY 0x0001            /* as in bda.h */
#define EQUIP_FPU    0x0002
#define EQUIP_MOUSE  0x0004
#define END_TAG      0x79

/* ---- what is written ---- */

        .section .rodata
        .globl  pnp_structure, pnp_devices, pnp_devices_end
pnp_structure:                          /* without its "$", so that nobody finds it here */
        .ascii  "PnP"
        .byte   0x10, 33                /* version 1.0 */
        .word   0                       /* no events */
        .byte   0                       /* its sum */
        .long   0
        .word   pnp_entry_real, 0xf000, pnp_entry_protected
        .long   0xf0000
        .long   0                       /* the board has no identifier */
        .word   0xf000                  /* data: nothing is written */
        .long   0xf0000

/* Attributes: it is as it is; the first input device, a device that starts systems. */
#define FIXED    0x03
#define INPUT    0x0b
#define STARTS   0x13

#define RAM      0x19                   /* 32 bits wide, can be written */
#define ROM      0x18
#define BYTES    0x08                   /* DMA counts bytes */
#define CASCADE  0x05                   /* bus masters of 8 and 16 bits */

/* A node behind what it NEEDS: bits of the equipment word, or the port of one of the BIOS's serial
   and parallel ports. Identifiers are PNP and four digits, as EISA packs them. */
.macro identifier digits
        .byte   0x41, 0xd0, \digits >> 8, \digits & 0xff
.endm
.macro node needs, digits, base, sub, interface, attributes=FIXED
        .word   \needs
1:      .word   2f - 1b
        .byte   0                       /* its number */
        identifier \digits
        .byte   \base, \sub, \interface
        .word   \attributes
.endm
.macro memory kind, first, bytes
        .byte   0x86, 9, 0, \kind
        .long   \first, \bytes
.endm
.macro io first, count                  /* all 16 bits decoded */
        .byte   0x47, 0x01
        .word   \first, \first
        .byte   1, \count
.endm
.macro irq number                       /* an edge; in the short form */
        .byte   0x22
        .word   1 << \number
.endm
.macro dma channel, flags
        .byte   0x2a, 1 << \channel, \flags
.endm
.macro end_node compatible              /* there is no choice */
        .byte   END_TAG, 0, END_TAG, 0
.ifnb \compatible
        .byte   0x1c
        identifier \compatible
.endif
        .byte   END_TAG, 0
2:
.endm
.macro serial port, number
        node    \port, 0x0501, 7, 0, 2
        io      \port, 8
        irq     \number
        end_node 0x0500
.endm
.macro parallel port, number
        node    \port, 0x0400, 7, 1, 0
        io      \port, 3
        irq     \number
        end_node
.endm

pnp_devices:
        node    0, 0x0c01, 5, 0, 0      /* the board; pnp.c knows how much memory there is */
        memory  RAM, 0, 0xa0000
        memory  RAM, 0x100000, 0
        memory  ROM, 0xf0000, 0x10000
        memory  ROM, 0xffff0000, 0x10000
        end_node
        node    0, 0x0000, 8, 0, 1      /* interrupt controllers */
        io      0x20, 2
        io      0xa0, 2
        io      0x4d0, 2
        irq     2
        end_node
        node    0, 0x0200, 8, 1, 1      /* DMA */
        io      0x00, 16
        io      0x80, 16
        io      0xc0, 32
        dma     4, CASCADE
        end_node
        node    0, 0x0100, 8, 2, 1      /* timer */
        io      0x40, 4
        irq     0
        end_node
        node    0, 0x0b00, 8, 3, 1      /* clock */
        io      0x70, 2
        irq     8
        end_node
        node    0, 0x0303, 9, 0, 0, INPUT
        io      0x60, 1
        io      0x64, 1
        irq     1
        end_node
        node    EQUIP_MOUSE, 0x0f13, 9, 2, 0
        irq     12
        end_node
        node    EQUIP_FPU, 0x0c04, 0x0b, 0x80, 0
        io      0xf0, 2
        irq     13
        end_node
        node    0, 0x0800, 4, 1, 0      /* speaker */
        io      0x61, 1
        end_node
        node    0, 0x0a03, 6, 4, 0      /* PCI */
        io      0xcf8, 8
        end_node
        node    0, 0x0c02, 8, 0x80, 0   /* what else has ports: A20, APM, fw_cfg, the PIIX4 */
        io      0x92, 1
        io      0xb2, 2
        io      0x510, 12
        io      0xb000, 64
        io      0xb100, 16
        end_node
        node    EQUIP_FLOPPY, 0x0700, 1, 2, 0, STARTS
        io      0x3f0, 6
        io      0x3f7, 1
        irq     6
        dma     2, BYTES
        end_node
        serial  0x3f8, 4
        serial  0x2f8, 3
        serial  0x3e8, 4
        serial  0x2e8, 3
        parallel 0x3bc, 7
        parallel 0x378, 7
        parallel 0x278, 5
pnp_devices_end:

/* ---- functions ---- */

/*
 * For real mode and for 16-bit protected mode, where the stack may have 32 bits. They read through
 * CS, whose base in protected mode is what the structure says, write where the caller's pointers
 * lead, and do not need BiosSelector.
 *
 * By the table of 4.4.1 a system like this must have 00h to 02h and, with an ISA bus, 40h. The others
 * that there are (03h to 05h: docking; 06h to 08h: reserved; 09h, 0Ah and 41h to 43h: what is kept of
 * legacy cards; 0Bh: devices that APM knows one by one) may be unsupported, and are.
 */

#define UNKNOWN       0x81              /* what AX says */
#define NOT_SUPPORTED 0x82
#define BAD_HANDLE    0x83
#define BAD_PARAMETER 0x84
#define SET_FAILED    0x85

#define BIG_STACK     0x400000          /* of the access rights */
#define RESOURCES     12                /* where in a node they begin */

/* From EBP: what an entry saves, and what the caller pushed. */
#define SAVED_AX      30
#define FUNCTION      40
#define ARGUMENTS     42

        .text
        .code16

        .globl  pnp_entry_real, pnp_entry_protected
pnp_entry_real:
        pushfw
        pushal
        pushw   %es
        movzwl  %sp, %ebp
        jmp     pnp_function
pnp_entry_protected:
        pushfw
        pushal
        pushw   %es
        movl    %esp, %ebp
        movw    %ss, %ax
        larl    %eax, %eax
        testl   $BIG_STACK, %eax
        jnz     pnp_function
        movzwl  %bp, %ebp

pnp_function:
        cld
        movw    FUNCTION(%ebp), %ax
        cmpw    $0x00, %ax
        je      count_nodes
        cmpw    $0x01, %ax
        je      get_node
        cmpw    $0x02, %ax
        je      set_node
        cmpw    $0x40, %ax
        je      isa_configuration
        cmpw    $0x0b, %ax
        jbe     1f
        subw    $0x41, %ax
        cmpw    $0x43 - 0x41, %ax
        jbe     1f
        movw    $UNKNOWN, %ax
        jmp     pnp_return
1:      movw    $NOT_SUPPORTED, %ax
        jmp     pnp_return
pnp_done:
        xorw    %ax, %ax
pnp_return:
        movw    %ax, SAVED_AX(%ebp)
        popw    %es
        popal
        popfw
        lretw

/* Pointers: how many nodes, and the size of the largest. */
count_nodes:
        lesw    ARGUMENTS(%ebp), %di
        movb    %cs:pnp_count, %al
        movb    %al, %es:(%di)
        lesw    ARGUMENTS+4(%ebp), %di
        movw    %cs:pnp_largest, %ax
        movw    %ax, %es:(%di)
        jmp     pnp_done

/* CS:SI: the node with number AL; CF: there is none. */
find_node:
        cmpb    %cs:pnp_count, %al
        cmc
        jc      2f
        movw    %cs:pnp_nodes, %si
        movb    %al, %cl
1:      subb    $1, %cl
        jc      3f
        addw    %cs:(%si), %si
        jmp     1b
3:      clc
2:      ret

/* Pointer to the number, which becomes the next one's, pointer to where the node goes; and whether
   as it is now (1) or after the next start (2), which is the same. */
get_node:
        movw    ARGUMENTS+8(%ebp), %ax
        andb    $3, %al
        jz      bad_parameter
        cmpb    $3, %al
        je      bad_parameter
        lesw    ARGUMENTS(%ebp), %di
        movb    %es:(%di), %al
        call    find_node
        jc      bad_handle
        incb    %al
        cmpb    %cs:pnp_count, %al
        jb      1f
        movb    $0xff, %al
1:      movb    %al, %es:(%di)
        lesw    ARGUMENTS+4(%ebp), %di
        movw    %cs:(%si), %cx
        rep movsb %cs:(%si), %es:(%di)
        jmp     pnp_done
bad_handle:
        movw    $BAD_HANDLE, %ax
        jmp     pnp_return
bad_parameter:
        movw    $BAD_PARAMETER, %ax
        jmp     pnp_return

/* Number, pointer to the node as it shall be, now or later or both: its resources can be only what
   they are. Other tags than the node's are a bad parameter. */
set_node:
        testb   $3, ARGUMENTS+6(%ebp)
        jz      bad_parameter
        movb    ARGUMENTS(%ebp), %al
        call    find_node
        jc      bad_handle
        lesw    ARGUMENTS+2(%ebp), %di
        addw    $RESOURCES, %si
        addw    $RESOURCES, %di
        xorw    %ax, %ax                /* the answer */
1:      movb    %cs:(%si), %bl
        cmpb    %es:(%di), %bl
        jne     bad_parameter
        cmpb    $END_TAG, %bl
        je      pnp_return
        movzbw  %bl, %cx
        andw    $7, %cx
        incw    %cx
        testb   $0x80, %bl
        jz      2f
        movw    %cs:1(%si), %cx         /* a long one */
        cmpw    %es:1(%di), %cx
        jne     bad_parameter
        addw    $3, %cx
2:      movw    %si, %bx
        movw    %di, %dx
        addw    %cx, %bx
        addw    %cx, %dx
        repe cmpsb %es:(%di), %cs:(%si)
        je      3f
        movb    $SET_FAILED, %al
3:      movw    %bx, %si
        movw    %dx, %di
        jmp     1b

/* Pointer to six bytes: revision 1, no cards, so no port to read them. */
isa_configuration:
        lesw    ARGUMENTS(%ebp), %di
        movl    $0x00000001, %eax
        stosl
        xorw    %ax, %ax
        stosw
        jmp     pnp_done
        .section .note.GNU-stack, "", @progbits

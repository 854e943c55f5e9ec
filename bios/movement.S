/* SPDX-License-Identifier: MIT */
/*
 * INT 15h AH=87h and 89h: through protected mode and back, and into it to stay. The table of
 * descriptors is the caller's: 08h itself, 10h source, 18h target, 20h this ROM, 28h the stack.
 */
        .code16
        .text

#define SEL_FROM  0x10
#define SEL_TO    0x18
#define SEL_ROM   0x20
#define SEL_STACK 0x28

#define STATUS_OK    0
#define STATUS_FAULT 2

/* u8 block_move(u16 gdt_segment, u16 gdt_offset, u16 words). Called with interrupts off. */
        .globl  block_move
block_move:
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   %ebp
        pushw   %ds
        pushw   %es
        subw    $16, %sp
        movw    %sp, %bp                /* 0: table register, 8: the interrupt table's */
        movzwl  %ax, %eax
        shll    $4, %eax
        movzwl  %dx, %edx
        addl    %edx, %eax
        movw    $0x2f, 0(%bp)
        movl    %eax, 2(%bp)
        sidtl   8(%bp)
        lgdtl   0(%bp)
        lidtl   %cs:trap_register
        movw    %ss, %dx
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpw   $SEL_ROM, $1f
1:      movw    $SEL_STACK, %ax
        movw    %ax, %ss
        movw    $SEL_FROM, %ax
        movw    %ax, %ds
        movw    $SEL_TO, %ax
        movw    %ax, %es
        xorw    %si, %si
        xorw    %di, %di
        cld
        shrw    $1, %cx
        rep movsl                       /* chips may want doublewords */
        adcw    %cx, %cx
        rep movsw
        movb    $STATUS_OK, %bl
leave_protected:
        movw    $SEL_STACK, %ax         /* 64 KiB limits for real mode */
        movw    %ax, %ss
        movw    %ax, %ds
        movw    %ax, %es
        movl    %cr0, %eax
        andb    $0xfe, %al
        movl    %eax, %cr0
        ljmpw   $0xf000, $2f
2:      movw    %dx, %ss
        movw    %bp, %sp
        lidtl   8(%bp)
        addw    $16, %sp
        popw    %es
        popw    %ds
        movzbl  %bl, %eax
        popl    %ebp
        popl    %edi
        popl    %esi
        popl    %ebx
        retl

/* Any exception ends the move. */
trap:   movb    $STATUS_FAULT, %bl
        jmp     leave_protected

/* void protected_enter(struct regs *r): the caller's table at ES:SI holds 08h itself, 10h the
   interrupt table, 18h DS, 20h ES, 28h SS, 30h CS and 38h for us; BH and BL are the first vectors
   of the two interrupt controllers. Returns to the caller in protected mode. */
#define R_ES  4
#define R_SI  12
#define R_BP  16
#define R_BL  24
#define R_BH  25
#define R_IP  42
#define R_CS  44
        .globl  protected_enter
protected_enter:
        movl    %eax, %ebp
        cli
        movb    $0x11, %al
        outb    %al, $0x20
        outb    %al, $0xa0
        movb    R_BH(%ebp), %al
        outb    %al, $0x21
        movb    R_BL(%ebp), %al
        outb    %al, $0xa1
        movb    $0x04, %al
        outb    %al, $0x21
        movb    $0x02, %al
        outb    %al, $0xa1
        movb    $0x01, %al
        outb    %al, $0x21
        outb    %al, $0xa1
        movb    $0xff, %al              /* the caller opens what it serves */
        outb    %al, $0x21
        outb    %al, $0xa1
        movw    R_SI(%ebp), %si
        movw    R_ES(%ebp), %es
        lgdtw   %es:0x08(%si)
        lidtw   %es:0x10(%si)
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpw   $0x38, $1f
1:      movw    $0x18, %ax
        movw    %ax, %ds
        movw    $0x20, %ax
        movw    %ax, %es
        movw    $0x28, %ax
        movw    %ax, %ss
        movw    $0x30, R_CS(%bp)
        leaw    R_IP(%bp), %sp
        movl    R_BP(%bp), %ebp
        xorw    %ax, %ax
        lretw   $2

        .section .rodata
        .balign 8
traps:
.rept 32
        .word   trap, SEL_ROM, 0x8600, 0
.endr
trap_register:
        .word   0xff
        .long   0xf0000 + traps
        .section .note.GNU-stack, "", @progbits

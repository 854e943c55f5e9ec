/* SPDX-License-Identifier: MIT */
/*
 * VBE functions that are called, not asked for by INT 10h: the window function whose far address the
 * mode information gives, and the table of 4F0Ah with its 32-bit code. VBE 3.0, "Protected Mode
 * Interface": position-independent, called near, all registers but EAX kept as the function has them.
 */
    .set INDEX, 0x1ce
    .set DATA, 0x1cf
    .set ENABLE, 4
    .set BANK, 5
    .set X, 8
    .set Y, 9

/* As 4F05h: BH 0 sets the bank to DX, 1 gives it; BL: window A alone. */
    .code16
    .section .text.vbe_window, "ax"
    .globl vbe_window
vbe_window:
    testb %bl, %bl
    jnz 2f
    pushw %dx
    movw $INDEX, %dx
    movw $BANK, %ax
    outw %ax, %dx
    incw %dx
    popw %ax                        /* the caller's DX */
    testb %bh, %bh
    jnz 1f
    outw %ax, %dx
    movw %ax, %dx
    movw $0x004f, %ax
    lretw
1:  inw %dx, %ax
    movw %ax, %dx
    movw $0x004f, %ax
    lretw
2:  movw $0x014f, %ax
    lretw

/* The upper half of the frame buffer's address, which POST writes, and a byte for the sum. */
    .section .rodata.vbe_frame_buffer, "a"
    .globl vbe_frame_buffer
vbe_frame_buffer:
    .word 0
    .byte 0

    .section .rodata.vbe_protected, "a"
    .balign 4
    .globl vbe_protected, vbe_protected_end
    .code32
vbe_protected:
    .word set_window - vbe_protected
    .word set_start - vbe_protected
    .word set_palette - vbe_protected
    .word ports - vbe_protected
ports:
    .word INDEX, DATA, 0x3c8, 0x3c9, 0xffff
    .word 0xffff                    /* no memory */

/* EAX = 4F05h, EBX = BH 0 and BL the window, EDX = bank */
set_window:
    pushl %eax
    pushl %edx
    movl $BANK, %eax
    call write
    popl %edx
    popl %eax
    movw $0x004f, %ax
    ret

/* EAX = 4F07h, BL = 0 or 80h, CX and DX: the start in units of four bytes, DX the upper half */
set_start:
    pushal
    shll $16, %edx
    movw %cx, %dx
    shll $2, %edx                   /* bytes from the start of memory */
    movl %edx, %esi
    movw $3, %ax                    /* bits of a pixel */
    call read
    addl $7, %eax
    shrl $3, %eax
    movl %eax, %ebp                 /* bytes of it */
    movw $6, %ax                    /* pixels of a line */
    call read
    mull %ebp
    movl %eax, %ecx                 /* bytes of a line */
    movl %esi, %eax
    xorl %edx, %edx
    divl %ecx
    pushl %edx                      /* bytes into the line */
    movl %eax, %edx
    movl $Y, %eax
    call write
    popl %eax
    xorl %edx, %edx
    divl %ebp
    movl %eax, %edx
    movl $X, %eax
    call write
    popal
    movw $0x004f, %ax
    ret

/* EAX = 4F09h, BL = 0 or 80h, CX colours from DX on, at ES:EDI: blue, green, red, a byte */
set_palette:
    pushal
    movzwl %cx, %ecx
    movb %dl, %al
    movw $0x3c8, %dx
    outb %al, %dx
    incl %edx
    jecxz 2f
1:  movb %es:2(%edi), %al
    outb %al, %dx
    movb %es:1(%edi), %al
    outb %al, %dx
    movb %es:(%edi), %al
    outb %al, %dx
    addl $4, %edi
    loop 1b
2:  popal
    movw $0x004f, %ax
    ret

/* Register AX gets DX. */
write:
    pushl %edx
    movw $INDEX, %dx
    outw %ax, %dx
    incl %edx
    popl %eax
    outw %ax, %dx
    ret

/* EAX = register AX */
read:
    pushl %edx
    movw $INDEX, %dx
    outw %ax, %dx
    incl %edx
    xorl %eax, %eax
    inw %dx, %ax
    popl %edx
    ret
vbe_protected_end:

/* SPDX-License-Identifier: MIT */
/*
 * Entry of the program, the call of BIOS functions from C, and what the BIOS calls back.
 * CS = DS = SS = 1000h everywhere; GS is the video memory in use.
 */
    .code16
    .section .start, "ax"
    .globl start
start:
    cli
    movw %cs, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $0xfffc, %esp
    sti
    cld
    movb %dl, %bl
    movw $bss_start, %di
    movw $bss_end, %cx
    subw %di, %cx
    xorl %eax, %eax
    rep stosb
    movb %bl, boot_drive
    calll demo_main
    ljmp $0xffff, $0

    .text
/* void bios_call(u8 number [AL], struct regs *r [EDX]): INT number with the registers of r. */
    .globl bios_call
bios_call:
    pushal
    pushw %es
    pushw %gs
    movzbw %al, %bx
    shlw $2, %bx
    xorw %ax, %ax
    movw %ax, %es
    movl %es:(%bx), %eax
    movl %eax, bios_vector
    movw %dx, bios_regs
    movw %dx, %bp
    movw 28(%bp), %es
    movl 0(%bp), %eax
    movl 4(%bp), %ebx
    movl 8(%bp), %ecx
    movl 12(%bp), %edx
    movl 16(%bp), %esi
    movl 20(%bp), %edi
    pushw 30(%bp)
    movl 24(%bp), %ebp
    popw %ds
    pushfw
    lcallw *%cs:bios_vector
    pushw %ds
    pushl %ebp
    pushfw
    movw %cs, %bp
    movw %bp, %ds
    movw bios_regs, %bp
    movl %eax, 0(%bp)
    movl %ebx, 4(%bp)
    movl %ecx, 8(%bp)
    movl %edx, 12(%bp)
    movl %esi, 16(%bp)
    movl %edi, 20(%bp)
    movw %es, 28(%bp)
    popw 32(%bp)
    popl 24(%bp)
    popw 30(%bp)
    popw %gs
    popw %es
    popal
    cld
    sti
    retl

/* INT 15h while the keyboard page is shown: AH = 4Fh brings each scan code before INT 9 uses it. */
    .globl int15_hook
int15_hook:
    cmpb $0x4f, %ah
    jne 1f
    pushw %ds
    pushw %bx
    pushw %cs
    popw %ds
    movzbw scan_head, %bx
    andw $31, %bx
    movb %al, scan_ring(%bx)
    incb scan_head
    popw %bx
    popw %ds
1:  ljmpw *%cs:int15_old

/* The mouse handler of INT 15h C207h: far call with status, X, Y, 0 on the stack. */
    .globl mouse_hook
mouse_hook:
    pushw %bp
    movw %sp, %bp
    pushw %ds
    pushw %ax
    pushw %cs
    popw %ds
    movw 12(%bp), %ax
    movb %al, mouse_status
    movb 10(%bp), %al              /* X; its sign is bit 4 of the status, Y's bit 5 */
    movb $0, %ah
    testb $0x10, 12(%bp)
    jz 1f
    decb %ah
1:  addw %ax, mouse_x
    movb 8(%bp), %al
    movb $0, %ah
    testb $0x20, 12(%bp)
    jz 2f
    decb %ah
2:  subw %ax, mouse_y
    incw mouse_packets
    popw %ax
    popw %ds
    popw %bp
    lretw

    .bss
    .balign 4
bios_vector:
    .long 0
bios_regs:
    .word 0
    .globl int15_old, scan_ring, scan_head, boot_drive
    .globl mouse_status, mouse_x, mouse_y, mouse_packets
    .balign 4
int15_old:
    .long 0
scan_ring:
    .skip 32
scan_head:
    .byte 0
mouse_status:
    .byte 0
    .balign 2
mouse_x:
    .word 0
mouse_y:
    .word 0
mouse_packets:
    .word 0
boot_drive:
    .byte 0

/* SPDX-License-Identifier: MIT */
/* BIOS calls whose every register is looked at, and resets that come back. CS = DS = SS = 1000h. */
        .code16
        .text

#define R_EAX   0                       /* struct strict */
#define R_EBX   4
#define R_ECX   8
#define R_EDX   12
#define R_ESI   16
#define R_EDI   20
#define R_EBP   24
#define R_ES    28
#define R_DS    30
#define R_FLAGS 32
#define R_FS    36
#define R_GS    38
#define R_ESP   40
#define R_WANT  44

/* void strict_call(u8 number [AL], struct strict *s [EDX]). ESP has a high half that is not zero,
   the word at SP - 256 and up is filled before. */
        .globl  strict_call
strict_call:
        pushal
        pushw   %es
        pushw   %fs
        pushw   %gs
        movzbw  %al, %bx
        shlw    $2, %bx
        xorw    %ax, %ax
        movw    %ax, %es
        movl    %es:(%bx), %eax
        movl    %eax, vector
        movw    %dx, where
        movw    %dx, %bp
        leaw    -256(%esp), %di         /* so that the stack used can be seen */
        movw    %ss, %ax
        movw    %ax, %es
        movw    $128, %cx
        movw    $0xcccc, %ax
        cld
        rep stosw
        movl    %esp, %eax
        addl    $0x5aa50000, %eax
        movl    %eax, R_WANT(%bp)
        movl    %eax, %esp
        movw    R_ES(%bp), %es
        movw    R_FS(%bp), %fs
        movw    R_GS(%bp), %gs
        movl    R_EAX(%bp), %eax
        movl    R_EBX(%bp), %ebx
        movl    R_ECX(%bp), %ecx
        movl    R_EDX(%bp), %edx
        movl    R_ESI(%bp), %esi
        movl    R_EDI(%bp), %edi
        pushw   R_FLAGS(%bp)
        pushw   R_DS(%bp)
        movl    R_EBP(%bp), %ebp
        popw    %ds
        popfw
        pushfw
        cli
        lcallw  *%cs:vector
        pushfw
        cli
        pushw   %ds
        pushl   %ebp
        movw    %cs, %bp
        movw    %bp, %ds
        movw    where, %bp
        movl    %eax, R_EAX(%bp)
        movl    %ebx, R_EBX(%bp)
        movl    %ecx, R_ECX(%bp)
        movl    %edx, R_EDX(%bp)
        movl    %esi, R_ESI(%bp)
        movl    %edi, R_EDI(%bp)
        movw    %es, R_ES(%bp)
        movw    %fs, R_FS(%bp)
        movw    %gs, R_GS(%bp)
        popl    R_EBP(%bp)
        popw    R_DS(%bp)
        popw    R_FLAGS(%bp)
        movl    %esp, R_ESP(%bp)
        movzwl  %sp, %esp
        popw    %gs
        popw    %fs
        popw    %es
        popal
        cld
        sti
        retl

/* u16 reset_with(u8 shutdown [AL]): the processor is reset with this code in CMOS 0Fh and 40:67
   leading back; returns AX as it was then. */
        .globl  reset_with
reset_with:
        pushal
        cli
        movb    %al, %bl
        movw    %sp, stack
        xorw    %cx, %cx
        movw    %cx, %es
        movw    $resumed, %es:0x467
        movw    %cs, %es:0x469
        cmpb    $0x09, %bl
        jb      1f
        cmpb    $0x0a, %bl
        je      1f
        pushw   $0                      /* 0B: an IRET frame, 0C: what RETF takes */
        pushw   %cs
        pushw   $resumed
        cmpb    $0x09, %bl
        jne     2f
        movw    $0x1111, %ax
        pushaw                          /* 09: registers, ES, DS, all below an IRET frame */
        pushw   $0x2222
        pushw   %ds
        movb    $0, %al
        outb    %al, $0x80
2:      movw    %sp, %es:0x467
        movw    %ss, %es:0x469
1:      movb    $0x8f, %al
        outb    %al, $0x70
        movb    %bl, %al
        outb    %al, $0x71
        movb    $0xfe, %al
        outb    %al, $0x64
3:      hlt
        jmp     3b
resumed:
        movw    %cs, %bx
        movw    %bx, %ds
        movw    %bx, %ss
        movzwl  stack, %esp
        movw    %bx, %es
        movw    %ax, %es:result
        cld
        popal
        movzwl  result, %eax
        retl

/* u16 protected_call(void): INT 15h AH=89h with the table below, then back to real mode. Returns
   what protected mode saw: 1 if it came there with AH = 0 and CS = 30h. */
        .globl  protected_call
protected_call:
        pushal
        movw    $0, result
        movw    %sp, stack
        movw    $0x89ff, %ax
        movw    $0x7020, %bx            /* IRQ 0 at 70h, IRQ 8 at 20h */
        movw    $table, %si
        int     $0x15
        jc      2f
        movw    %cs, %cx                /* here CS is 30h */
        cmpw    $0x30, %cx
        jne     1f
        testb   %ah, %ah
        jnz     1f
        movw    $1, result
1:      movl    %cr0, %eax
        andb    $0xfe, %al
        movl    %eax, %cr0
        ljmpw   $0x1000, $2f
2:      cli
        movw    %cs, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    %ax, %es
        movzwl  stack, %esp
        lidtl   real_vectors
        popal
        movzwl  result, %eax
        retl

        .data
        .balign 8
table:  .quad   0
        .word   0x3f, table, 0x9301, 0  /* base 10000h + table */
        .word   0x7ff, 0x0800, 0x9301, 0
        .word   0xffff, 0, 0x9301, 0    /* DS */
        .word   0xffff, 0, 0x9301, 0    /* ES */
        .word   0xffff, 0, 0x9301, 0    /* SS */
        .word   0xffff, 0, 0x9b01, 0    /* CS */
        .quad   0
real_vectors:
        .word   0x3ff
        .long   0

        .bss
        .balign 4
vector: .long   0
where:  .word   0
stack:  .word   0
result: .word   0

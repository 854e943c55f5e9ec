/* SPDX-License-Identifier: MIT */
/*
 * The measurements of the rings page: a snippet with one sensitive instruction is run in real mode,
 * in rings 0 to 3 of protected mode, or in virtual 8086 mode, and what became of it is noted.
 * SDM 3A "Protection", "Interrupt and Exception Handling", "8086 Emulation".
 *
 * All segments have the base 10000h, the real-mode segment 1000h, so an offset is the same place
 * everywhere. A snippet ends with INT 30h; an exception ends it too. Maskable interrupts are off at
 * the 8259s meanwhile, so that IF may take any value.
 */
    .code16
    .set CODE0, 0x08
    .set DATA0, 0x10
    .set TSS, 0x48

    .text
/* void ring_enter(void): real mode to ring 0. */
    .globl ring_enter
ring_enter:
    pushal
    cli
    inb $0x21, %al
    movb %al, mask_1
    inb $0xa1, %al
    movb %al, mask_2
    movb $0xff, %al
    outb %al, $0x21
    outb %al, $0xa1
    sidt real_idtr
    lgdtl gdtr
    lidtl idtr
    movl %cr0, %eax
    movl %eax, real_cr0
    orb $1, %al
    movl %eax, %cr0
    ljmp $CODE0, $1f
1:  movw $DATA0, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw %ax, %fs
    movw %ax, %gs
    andb $0xfd, gdt_tss + 5         /* not busy: LTR wants it so */
    movw $TSS, %ax
    ltr %ax
    xorw %ax, %ax
    lldt %ax
    popal
    retl

/* void ring_leave(void): ring 0 back to real mode. */
    .globl ring_leave
ring_leave:
    pushal
    cli
    movw $DATA0, %ax                /* what real mode keeps of them: 64 KiB that can be written */
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw %ax, %fs
    movw %ax, %gs
    movl real_cr0, %eax
    movl %eax, %cr0
    ljmp $0x1000, $1f
1:  movw %cs, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    lidtl real_idtr
    movb mask_1, %al
    outb %al, $0x21
    movb mask_2, %al
    outb %al, $0xa1
    pushl $2                        /* IOPL 0, NT clear */
    popfl
    movw $0xb800, %ax
    movw %ax, %gs
    popal
    sti
    retl

/* void ring_run(void): ring_place tells where, ring_test what; ring_vector and ring_flags tell how
   it ended. Called in ring 0. */
    .globl ring_run
ring_run:
    pushal
    movl %esp, saved_esp
    movl %esp, tss_esp0
    movl $0, ring_result
    movl $0, ring_result + 4
    testl $0x20000, ring_place_flags
    jnz 2f
    cmpw $CODE0, ring_place_cs
    je 1f
    movzwl ring_place_ss, %eax      /* to an outer ring: the stack first */
    pushl %eax
    pushl $test_stack_top
1:  pushl ring_place_flags
    movzwl ring_place_cs, %eax
    pushl %eax
    pushl ring_test
    movw ring_place_ss, %ax
    movw %ax, %ds
    movw %ax, %es
    iretl
2:  pushl $0x1000                   /* GS, FS, DS, ES, SS, ESP */
    pushl $0x1000
    pushl $0x1000
    pushl $0x1000
    pushl $0x1000
    pushl $test_stack_top
    pushl ring_place_flags
    pushl $0x1000
    pushl ring_test
    iretl

/* Every exception and INT 30h: the vector, an error code or 0 in its place, EIP, CS, EFLAGS. */
    .macro stub number
    .if \number == 8 || (\number >= 10 && \number <= 14) || \number == 17
    .else
    pushl $0
    .endif
    pushw $\number
    jmp caught
    .balign 16
    .endm
    .balign 16
stubs:
    .set n, 0
    .rept 0x31
    stub n
    .set n, n + 1
    .endr

caught:
    movw $DATA0, %ax
    movw %ax, %ds
    movw %ax, %es
    popw %ax
    popl %ebx
    popl %ebx
    popl %ecx
    popl %ecx
    /* INT 30h where IOPL forbids INT n: not the snippet's fault */
    cmpw $0x0d, %ax
    jne 1f
    cmpw $0x30cd, (%bx)
    jne 1f
    movw $0x30, %ax
1:  movw %ax, ring_vector
    movl %ecx, ring_flags
    movl saved_esp, %esp
    popal
    cld
    retl

/* void ring_run_real(void): the same in real mode, exceptions 6 and 13 and INT 30h caught. */
    .globl ring_run_real
ring_run_real:
    pushal
    pushw %es
    movw %sp, saved_esp
    movl $0, ring_result
    movl $0, ring_result + 4
    xorw %ax, %ax
    movw %ax, %es
    cli
    pushl %es:(6 * 4)
    pushl %es:(13 * 4)
    pushl %es:(0x30 * 4)
    movw %sp, saved_vectors
    movl $0x10000000 + real_6, %es:(6 * 4)
    movl $0x10000000 + real_13, %es:(13 * 4)
    movl $0x10000000 + real_30, %es:(0x30 * 4)
    pushw ring_place_flags
    pushw %cs
    pushw ring_test
    iretw
real_6:
    movw $6, ring_vector
    jmp 1f
real_13:
    movw $13, ring_vector
    jmp 1f
real_30:
    movw $0x30, ring_vector
1:  popl %eax                       /* IP, CS */
    popw %ax
    movzwl %ax, %eax
    movl %eax, ring_flags
    cli
    movzwl saved_vectors, %esp
    xorw %ax, %ax
    movw %ax, %es
    popl %es:(0x30 * 4)
    popl %es:(13 * 4)
    popl %es:(6 * 4)
    popw %es
    popal
    cld
    retl

/* void ring_mask(void), ring_unmask(void): the 8259s shut while the real-mode snippets run. */
    .globl ring_mask, ring_unmask
ring_mask:
    cli
    inb $0x21, %al
    movb %al, mask_1
    inb $0xa1, %al
    movb %al, mask_2
    movb $0xff, %al
    outb %al, $0x21
    outb %al, $0xa1
    retl
ring_unmask:
    movb mask_1, %al
    outb %al, $0x21
    movb mask_2, %al
    outb %al, $0xa1
    sti
    retl

/* --- the snippets --- */
    .macro snippet name
    .globl test_\name
test_\name:
    .endm
    .macro done
    int $0x30
    .endm

    snippet popf                    /* flags with IF clear; ring_flags shows what came of it */
    pushw $2
    popfw
    done
    snippet cli
    cli
    done
    snippet pushf
    pushfw
    popw ring_result
    done
    snippet in
    inb $0x61, %al
    done
    snippet push_cs
    pushw %cs
    popw ring_result
    done
    snippet smsw
    smsww ring_result
    done
    snippet sgdt
    sgdtl ring_result
    done
    snippet sidt
    sidtl ring_result
    done
    snippet sldt
    sldt %ax
    movw %ax, ring_result
    movb $1, ring_result + 2
    done
    snippet str
    str %ax
    movw %ax, ring_result
    done
    snippet lar                     /* the rights of ring 0's data segment: not for all to know */
    movw $DATA0, %ax
    lar %ax, %cx
    setz ring_result
    done
    snippet verr
    movw $DATA0, %ax
    verr %ax
    setz ring_result
    done
    snippet mov_cr0
    movl %cr0, %eax
    movl %eax, ring_result
    done
    snippet lgdt
    lgdtl gdtr
    done
    snippet clts
    clts
    done

/* --- tables --- */
    .macro segment dpl, type        /* base 10000h, limit FFFFh, 16 bits */
    .word 0xffff, 0
    .byte 1, 0x80 | \dpl << 5 | \type, 0, 0
    .endm

    .data
    .balign 8
gdt:
    .quad 0
    segment 0, 0x1b                 /* 08 code, not conforming */
    segment 0, 0x13                 /* 10 data */
    segment 1, 0x1b                 /* 18 */
    segment 1, 0x13                 /* 20 */
    segment 2, 0x1b                 /* 28 */
    segment 2, 0x13                 /* 30 */
    segment 3, 0x1b                 /* 38 */
    segment 3, 0x13                 /* 40 */
gdt_tss:                            /* 48 a 386 TSS */
    .word 103, tss
    .byte 1, 0x89, 0, 0
gdt_end:
    .balign 8
idt:                                /* 386 interrupt gates; DPL 3, so that INT 30h may be used */
    .set n, 0
    .rept 0x31
    .word stubs + 16 * n, CODE0
    .byte 0
    .if n == 0x30
    .byte 0xee
    .else
    .byte 0x8e
    .endif
    .word 0
    .set n, n + 1
    .endr
idt_end:
    .word 0
gdtr:
    .word gdt_end - gdt - 1
    .long 0x10000 + gdt
    .word 0
idtr:
    .word idt_end - idt - 1
    .long 0x10000 + idt
    .balign 4
tss:
    .long 0
tss_esp0:
    .long 0, DATA0
    .fill 22, 4, 0
    .word 0, 104                    /* no map of permitted ports: none is */

    .bss
    .globl ring_place_cs, ring_place_ss, ring_place_flags, ring_test
    .globl ring_vector, ring_flags, ring_result
    .balign 4
saved_esp:          .long 0
real_cr0:           .long 0
ring_place_flags:   .long 0
ring_test:          .long 0
ring_flags:         .long 0
ring_result:        .skip 8
real_idtr:          .skip 8
ring_place_cs:      .word 0
ring_place_ss:      .word 0
ring_vector:        .word 0
saved_vectors:      .word 0
mask_1:             .byte 0
mask_2:             .byte 0
    .balign 4
    .skip 64
test_stack_top:

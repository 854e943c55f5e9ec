/* SPDX-License-Identifier: MIT */
/*
 * Where the processor enters the BIOS: the reset vector, the interrupt entries at the addresses
 * that the IBM AT has them at, and the way from there into C and back.
 *
 * Each entry leaves a struct regs (bios.h) on a stack and calls its C function with the address.
 * The addresses are fixed by sections .at.XXXX, which bios.lds places.
 */
        .code16

#define F_GS       0                    /* struct regs */
#define F_DS       6
#define F_ESP      20
#define F_HANDLER  40
#define F_SIZE     48

#define BDA_EBDA        0x40e
#define BDA_MEMORY      0x413
#define BDA_EQUIPMENT   0x410
#define BDA_RECALIBRATE 0x43e
#define BDA_MOTOR       0x43f
#define BDA_MOTOR_LEFT  0x440
#define BDA_SAVED       0x467
#define BDA_TICKS       0x46c
#define BDA_MIDNIGHT    0x470
#define BDA_RESET_FLAG  0x472
#define BDA_HD_IRQ      0x48e

#define EBDA_DEPTH      0x0d0           /* checked against struct ebda in post.c */
#define EBDA_CD_SIZE    0x0d3
#define EBDA_CD_DRIVE   0x0d5
#define EBDA_STACK      2048
#define EBDA_STACK_NEXT 1160

/* An entry on the caller's stack. */
.macro service name, handler
        .globl \name
\name:  pushw   $\handler
        jmp     common
.endm

/* A jump from the address that the AT has the entry at. */
.macro fixed address, target
        .section .at.\address, "ax"
        jmp     \target
        .text
.endm

        .text
/* ---- into C and back, on the caller's stack ---- */
common: pushal
        pushw   %ds
        pushw   %es
        pushw   %fs
        pushw   %gs
        movzwl  %sp, %esp               /* C uses ESP whole; its high half is in the frame */
        call    into_c
        movl    F_ESP(%esp), %eax
        movw    %sp, %ax
        movl    %eax, %esp
        popw    %gs
        popw    %fs
        popw    %es
        popw    %ds
        popal
        addw    $2, %sp
        iretw

/* Calls the handler of the frame above the return address. */
into_c: cld
        leal    2(%esp), %eax
        movw    %ss, %dx
        movw    %dx, %ds
        movw    %dx, %es
        movw    %cs, %dx
        movw    %dx, %fs
        xorw    %dx, %dx
        movw    %dx, %gs
        movzwl  F_HANDLER(%eax), %ecx
        calll   *%ecx
        ret

/*
 * The same on our own stack at the end of the extended data area: of the caller's, 22 bytes are
 * used. A second user (somebody who switched tasks while we waited) gets the lower part; a call
 * from our own code stays where it is.
 */
#define C_EBX      0                    /* what is left on the caller's stack */
#define C_ECX      4
#define C_EAX      8
#define C_DS       12
#define C_HANDLER  14
#define C_IP       16
#define C_CS       18
#define C_FLAGS    20

own_stack:
        cli
        pushw   %ds
        pushl   %eax
        pushl   %ecx
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    BDA_EBDA, %ax
        movw    %ss, %cx
        cmpw    %ax, %cx
        jne     1f
        popl    %ecx
        popl    %eax
        popw    %ds
        jmp     common
1:      pushl   %ebx
        movw    %ax, %ds
        movl    %esp, %ecx
        movw    %ss, %bx
        movw    %ax, %ss
        movl    $EBDA_STACK, %esp
        cmpb    $0, EBDA_DEPTH
        je      2f
        movl    $EBDA_STACK_NEXT, %esp
2:      incb    EBDA_DEPTH
        pushw   %bx                     /* the caller's SS:ESP, above the frame */
        pushl   %ecx
        movw    %bx, %ds
        movzwl  %cx, %ecx
        pushw   C_FLAGS(%ecx)
        pushw   C_CS(%ecx)
        pushw   C_IP(%ecx)
        pushw   C_HANDLER(%ecx)
        pushl   C_EAX(%ecx)
        pushl   C_ECX(%ecx)
        pushl   %edx
        pushl   C_EBX(%ecx)
        pushl   %ecx
        pushl   %ebp
        pushl   %esi
        pushl   %edi
        pushw   C_DS(%ecx)
        pushw   %es
        pushw   %fs
        pushw   %gs
        call    into_c
        cli
        movw    %ss, %ax
        movw    %ax, %ds
        decb    EBDA_DEPTH
        movl    F_SIZE(%esp), %ebx      /* back to the caller's stack, results with us */
        movw    F_SIZE+4(%esp), %dx
        movw    %dx, %ds
        movzwl  %bx, %ecx
        movw    F_HANDLER+6(%esp), %ax
        movw    %ax, C_FLAGS(%ecx)
        movl    8+28(%esp), %eax
        movl    %eax, C_EAX(%ecx)
        movl    8+24(%esp), %eax
        movl    %eax, C_ECX(%ecx)
        movl    8+16(%esp), %eax
        movl    %eax, C_EBX(%ecx)
        movw    F_DS(%esp), %ax
        movw    %ax, C_DS(%ecx)
        popw    %gs
        popw    %fs
        popw    %es
        addw    $2, %sp
        popl    %edi
        popl    %esi
        popl    %ebp
        movl    8(%esp), %eax           /* EDX as it shall be */
        movw    %dx, %ss
        movl    %ebx, %esp
        movl    %eax, %edx
        popl    %ebx
        popl    %ecx
        popl    %eax
        popw    %ds
        addw    $2, %sp
        iretw

        .globl  entry_13h, entry_40h
entry_13h:
        testb   $0x80, %dl
        jnz     1f
        pushw   %ds
        pushw   %ax
        subb    $0x4a, %ah              /* AH=4Ah to 4Dh are El Torito's, for any drive */
        cmpb    $0x04, %ah
        jb      2f
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    BDA_EBDA, %ax
        movw    %ax, %ds
        cmpb    $0, EBDA_CD_SIZE        /* and a CD may stand in for diskette A: */
        je      3f
        cmpb    $0, EBDA_CD_DRIVE
        je      2f
3:      popw    %ax
        popw    %ds
        int     $0x40                   /* diskettes, whoever serves them now */
        sti
        lretw   $2
2:      popw    %ax
        popw    %ds
1:      pushw   $int_13h
        jmp     own_stack
entry_40h:
        pushw   $int_40h
        jmp     own_stack

        service entry_05h, int_05h
        service entry_09h, int_09h
        service entry_14h, int_14h
        service entry_15h_rest, int_15h /* after entry_15h of apm.S */
        service entry_16h, int_16h
        service entry_17h, int_17h
        service entry_1ah_time, int_1ah /* after entry_1ah of pcibios.S */
        service entry_70h, int_70h
        service entry_74h, int_74h
        service entry_irq, irq_unexpected

/* ---- interrupts that need no C ---- */

/* IRQ 0: 18.2 times a second. */
        .globl  entry_08h
entry_08h:
        pushw   %ds
        pushl   %eax
        pushw   %dx
        xorw    %ax, %ax
        movw    %ax, %ds
        incl    BDA_TICKS
        cmpl    $0x1800b0, BDA_TICKS
        jb      1f
        movl    $0, BDA_TICKS
        movb    $1, BDA_MIDNIGHT
1:      cmpb    $0, BDA_MOTOR_LEFT
        je      2f
        decb    BDA_MOTOR_LEFT
        jnz     2f
        andb    $0xf0, BDA_MOTOR        /* the diskette motors have run long enough */
        movw    $0x3f2, %dx
        movb    BDA_MOTOR, %al
        shrb    $4, %al
        andb    $0x03, %al
        orb     $0x0c, %al
        outb    %al, %dx
2:      int     $0x1c
        cli
        movb    $0x20, %al
        outb    %al, $0x20
        popw    %dx
        popl    %eax
        popw    %ds
        iretw

/* IRQ 6: the diskette controller. */
        .globl  entry_0eh
entry_0eh:
        pushw   %ax
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        orb     $0x80, BDA_RECALIBRATE
        popw    %ds
        movb    $0x20, %al
        outb    %al, $0x20
        movw    $0x9101, %ax
        int     $0x15
        popw    %ax
        iretw

/* IRQ 14: the first hard disk controller. */
        .globl  entry_76h
entry_76h:
        pushw   %ax
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        movb    $0xff, BDA_HD_IRQ
        popw    %ds
        movb    $0x20, %al
        outb    %al, $0xa0
        outb    %al, $0x20
        movw    $0x9100, %ax
        int     $0x15
        popw    %ax
        iretw

/* IRQ 9 is what IRQ 2 of the XT bus became. */
        .globl  entry_71h
entry_71h:
        pushw   %ax
        movb    $0x20, %al
        outb    %al, $0xa0
        popw    %ax
        int     $0x0a
        iretw

/* IRQ 13: the coprocessor's error, told as NMI as on the PC. */
        .globl  entry_75h
entry_75h:
        pushw   %ax
        xorb    %al, %al
        outb    %al, $0xf0
        movb    $0x20, %al
        outb    %al, $0xa0
        outb    %al, $0x20
        popw    %ax
        int     $0x02
        iretw

entry_11h:
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    BDA_EQUIPMENT, %ax
        popw    %ds
        iretw

entry_12h:
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    BDA_MEMORY, %ax
        popw    %ds
        iretw

/* ---- start, restart, boot ---- */

start:  cli
        cld
        smsw    %ax
        testb   $1, %al                 /* somebody jumped here from protected or V86 mode */
        jz      1f
        movb    $0xfe, %al
        outb    %al, $0x64
0:      hlt
        jmp     0b
1:      movb    $0x8f, %al              /* CMOS 0Fh: why were we reset? */
        outb    %al, $0x70
        outb    %al, $0xed
        inb     $0x71, %al
        movb    %al, %bl
        movb    $0x8f, %al
        outb    %al, $0x70
        outb    %al, $0xed
        xorb    %al, %al
        outb    %al, $0x71
        xorw    %ax, %ax
        movw    %ax, %ds
        cmpb    $0x05, %bl
        je      shutdown_05
        cmpb    $0x09, %bl
        je      shutdown_09
        cmpb    $0x0a, %bl
        je      shutdown_0a
        cmpb    $0x0b, %bl
        je      shutdown_0b
        cmpb    $0x0c, %bl
        je      shutdown_0c
        cmpb    $0xfe, %bl
        je      shutdown_fe
cold:   movw    %ax, %ss
        movl    $0x7c00, %esp
        cmpb    $0x04, %bl
        je      entry_19h
        testb   %bl, %bl
        jnz     2f
        /* The self-test has been passed before, and this is neither a shutdown code nor a warm
           start: a program jumped here. Pull the processor's reset line, once. */
        inb     $0x64, %al
        cmpb    $0xff, %al
        je      2f
        testb   $0x04, %al
        jz      2f
        cmpw    $0x1234, BDA_RESET_FLAG
        je      2f
        movw    $0x1234, BDA_RESET_FLAG
        movb    $0xfe, %al
        outb    %al, $0x64
        movw    $0xffff, %cx
        loop    .
2:      movl    $post, %eax
        jmp     start_c

/* EOI to both interrupt controllers, an empty 8042, and on. */
shutdown_05:
        movb    $0x20, %al
        outb    %al, $0xa0
        outb    %al, $0x20
        movw    $64, %cx
1:      inb     $0x64, %al
        testb   $0x01, %al
        jz      shutdown_0a
        inb     $0x60, %al
        loop    1b
shutdown_0a:
        ljmpw   *BDA_SAVED

/* The end of a block move: DS, ES and the registers are on the stack at 40:67, the status in
   port 80h. */
shutdown_09:
        lssw    BDA_SAVED, %sp
        movl    $0, %eax
        calll   a20_close_early
        popw    %ds
        popw    %es
        movw    %sp, %bp
        inb     $0x80, %al
        cmpb    $3, %al
        jbe     1f
        xorb    %al, %al
1:      movb    %al, %ss:15(%bp)
        negb    %al                     /* CF if not zero, ZF if zero */
        popaw
        sti
        lretw   $2

/* A system sleeps: all memory is its own but the BIOS's areas, where the stack is therefore. */
shutdown_fe:
        movw    BDA_EBDA, %dx
        movw    %dx, %ss
        movl    $EBDA_STACK, %esp
        movw    %dx, %ds
        movw    %dx, %es
        movw    %ax, %gs
        movw    %cs, %dx
        movw    %dx, %fs
        calll   wake
        movl    %eax, %edx              /* where to: CS:IP of this address */
        andl    $15, %eax
        shrl    $4, %edx
        pushw   %dx
        pushw   %ax
        orw     %dx, %ax
        jz      1f
        lretw
1:      movw    %ax, %ds
        jmp     cold                    /* BL is still the shutdown code */

shutdown_0b:
        lssw    BDA_SAVED, %sp
        iretw
shutdown_0c:
        lssw    BDA_SAVED, %sp
        lretw

/* Closes A20 with nothing but AL. */
a20_close_early:
1:      inb     $0x64, %al
        testb   $0x02, %al
        jnz     1b
        movb    $0xd1, %al
        outb    %al, $0x64
2:      inb     $0x64, %al
        testb   $0x02, %al
        jnz     2b
        movb    $0xdd, %al
        outb    %al, $0x60
3:      inb     $0x64, %al
        testb   $0x02, %al
        jnz     3b
        retl

entry_18h:
        movl    $boot_failed, %eax
        jmp     start_c
        .globl  entry_19h
entry_19h:
        movl    $boot_run, %eax
start_c:
        cli
        cld
        xorw    %dx, %dx
        movw    %dx, %ss
        movl    $0x7c00, %esp
        movw    %dx, %ds
        movw    %dx, %es
        movw    %dx, %gs
        movw    %cs, %dx
        movw    %dx, %fs
        calll   *%eax
        int     $0x19

/* void boot_start(u8 drive, u16 segment) */
        .globl  boot_start
boot_start:
        movl    %edx, %ecx
        movzbl  %al, %edx
        xorl    %eax, %eax
        movw    %ax, %ss
        movl    $0x7c00, %esp
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %cx, %ax
        andw    $0xf000, %ax
        pushw   %ax
        shlw    $4, %cx
        pushw   %cx
        xorl    %eax, %eax
        xorl    %ebx, %ebx
        xorl    %ecx, %ecx
        xorl    %esi, %esi
        xorl    %edi, %edi
        xorl    %ebp, %ebp
        sti
        lretw

/* ---- out of C ---- */

.macro save_for_call
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   %ebp
        pushw   %ds
        pushw   %es
        pushw   %fs
        pushw   %gs
.endm
.macro restore_after_call
        cld
        popw    %gs
        popw    %fs
        popw    %es
        popw    %ds
        popl    %ebp
        popl    %edi
        popl    %esi
        popl    %ebx
        retl
.endm
#define SAVED 28                        /* with the return address */

/* u32 call_int15(u16 ax, u16 es, u16 bx) */
        .globl  call_int15
call_int15:
        save_for_call
        movw    %dx, %es
        movw    %cx, %bx
        stc
        int     $0x15
        movzwl  %ax, %eax
        jnc     1f
        orl     $0x10000, %eax
1:      restore_after_call

/* u32 call_int(u8 vector, u16 ax, u16 bx, u16 cx, u16 dx) */
        .globl  call_int
call_int:
        save_for_call
        movzbl  %al, %esi
        movl    %edx, %eax
        movl    %ecx, %ebx
        movl    SAVED(%esp), %ecx
        movl    SAVED+4(%esp), %edx
        pushfw
        cli
        lcallw  *%gs:(,%esi,4)
        shll    $16, %edx
        movw    %ax, %dx
        movl    %edx, %eax
        restore_after_call

/* void call_mouse(u16 segment, u16 offset, u16 status, u16 x, u16 y) */
        .globl  call_mouse
call_mouse:
        save_for_call
        movl    %esp, %ebx
        pushw   %cx
        pushw   SAVED(%ebx)
        pushw   SAVED+4(%ebx)
        pushw   $0
        pushw   %cs                     /* the driver ends with a far return */
        pushw   $1f
        pushw   %ax
        pushw   %dx
        lretw
1:      addw    $8, %sp
        restore_after_call

/* void call_rom(u16 segment) */
        .globl  call_rom
call_rom:
        save_for_call
        pushw   %cs
        pushw   $1f
        pushw   %ax
        pushw   $3
        movw    $0xffff, %bx            /* no Plug and Play */
        movw    $0xffff, %dx
        lretw
1:      restore_after_call

/* void port_read(u16 port, u16 segment, u16 offset, u16 words) */
        .globl  port_read
port_read:
        pushl   %edi
        movw    %dx, %es
        movw    %cx, %di
        movw    8(%esp), %cx
        movw    %ax, %dx
        cld
        rep insw
        movw    %ss, %ax
        movw    %ax, %es
        popl    %edi
        retl

/* void port_write(u16 port, u16 segment, u16 offset, u16 words) */
        .globl  port_write
port_write:
        pushl   %esi
        movw    %dx, %ds
        movw    %cx, %si
        movw    8(%esp), %cx
        movw    %ax, %dx
        cld
        rep outsw
        movw    %ss, %ax
        movw    %ax, %ds
        popl    %esi
        retl

/* ---- where the AT has them ---- */
        fixed   e05b, start
        fixed   e2c3, entry_iret
        fixed   e3fe, entry_13h
        fixed   e6f2, entry_19h
        fixed   e739, entry_14h
        fixed   e82e, entry_16h
        fixed   e987, entry_09h
        fixed   ec59, entry_40h
        fixed   ef57, entry_0eh
        fixed   efd2, entry_17h
        fixed   f065, entry_iret
        fixed   f841, entry_12h
        fixed   f84d, entry_11h
        fixed   f859, entry_15h
        fixed   fe6e, entry_1ah
        fixed   fea5, entry_08h
        fixed   ff54, entry_05h

        .section .at.ff53, "ax"
        .globl  entry_iret
entry_iret:
        iretw

        .section .at.fff0, "ax"
        ljmpw   $0xf000, $0xe05b
        .ascii  "11/21/26"
        .byte   0
        .byte   0xfc                    /* model: AT */
        .byte   0                       /* makes the sum of the ROM zero */

/* First vectors, for post.c: number and offset in this ROM. */
        .section .rodata
        .globl  vectors, vectors_end
.macro vector number, entry
        .word   \number, \entry
.endm
vectors:
        vector  0x02, 0xe2c3
        vector  0x05, 0xff54
        vector  0x08, 0xfea5
        vector  0x09, 0xe987
        vector  0x0a, entry_irq
        vector  0x0b, entry_irq
        vector  0x0c, entry_irq
        vector  0x0d, entry_irq
        vector  0x0e, 0xef57
        vector  0x0f, entry_irq
        vector  0x10, 0xf065
        vector  0x11, 0xf84d
        vector  0x12, 0xf841
        vector  0x13, 0xe3fe
        vector  0x14, 0xe739
        vector  0x15, 0xf859
        vector  0x16, 0xe82e
        vector  0x17, 0xefd2
        vector  0x18, entry_18h
        vector  0x19, 0xe6f2
        vector  0x1a, 0xfe6e
        vector  0x1d, 0xf0a4
        vector  0x1e, 0xefc7
        vector  0x1f, 0
        vector  0x40, 0xec59
        vector  0x70, entry_70h
        vector  0x71, entry_71h
        vector  0x72, entry_irq
        vector  0x73, entry_irq
        vector  0x74, entry_74h
        vector  0x75, entry_75h
        vector  0x76, entry_76h
        vector  0x77, entry_irq
vectors_end:
        .section .note.GNU-stack, "", @progbits

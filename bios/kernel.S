/* SPDX-License-Identifier: MIT */
/* The last steps into a kernel, and the memory map's lines for it. */
        .code16
        .text

/* void linux_start(u16 segment, u16 stack): "Running the kernel" of the boot protocol. Does not
   return. */
        .globl  linux_start
linux_start:
        cli
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %ax, %ss
        movzwl  %dx, %esp
        addw    $0x20, %ax
        pushw   %ax
        pushw   $0
        lretw

/* void multiboot_start(u32 entry, u32 info): flat protected mode, "Machine state". Does not return. */
#define SEL_CODE 0x08
#define SEL_DATA 0x10
        .globl  multiboot_start
multiboot_start:
        cli
        movl    %edx, %ebx
        movl    %eax, %ecx
        lgdtl   %cs:flat_register
        movl    %cr0, %edx
        andl    $0x7fffffff, %edx
        orl     $1, %edx
        movl    %edx, %cr0
        ljmpl   $SEL_CODE, $0xf0000 + 1f
        .code32
1:      movw    $SEL_DATA, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %ax, %ss
        movl    $0x2badb002, %eax
        jmp     *%ecx
        .code16

/* u32 map_line(u16 segment, u16 offset, u32 next): INT 15h AX=E820h; what it has in EBX. */
        .globl  map_line
map_line:
        pushl   %ebx
        pushl   %edi
        pushw   %es
        movw    %ax, %es
        movzwl  %dx, %edi
        movl    %ecx, %ebx
        movl    $0xe820, %eax
        movl    $0x534d4150, %edx
        movl    $20, %ecx
        int     $0x15
        movl    %ebx, %eax
        popw    %es
        popl    %edi
        popl    %ebx
        retl

        .section .rodata
        .balign 8
flat:   .quad   0
        .quad   0x00cf9b000000ffff
        .quad   0x00cf93000000ffff
flat_register:
        .word   flat_register - flat - 1
        .long   0xf0000 + flat
        .section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: MIT */
/* Boot sector of the demo disk: reads the SECTORS sectors after it to 1000:0000 and goes there. */
    .code16
    .globl _start
_start:
    jmp 1f
    nop
    .ascii "TWIN86  "
1:  cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %ss
    movw $0x7c00, %sp
    sti
    cld
    movb %dl, drive
    movw $0x1000, %ax
    movw %ax, %es
    xorw %bx, %bx

/* A track has 18 sectors, a cylinder two tracks; as much as a track has is read at once. */
read_next:
    movw lba, %ax
    movb $18, %cl
    divb %cl                        /* AL track, AH sector in it */
    movb $18, %dl
    subb %ah, %dl
    movzbw %dl, %si                 /* sectors to the end of the track */
    cmpw left, %si
    jbe 1f
    movw left, %si
1:  movb %ah, %cl
    incb %cl
    xorb %dh, %dh
    shrb $1, %al
    adcb $0, %dh
    movb %al, %ch
    movb drive, %dl
    movw $4, %di                    /* a drive that has just started may fail at first */
2:  movw %si, %ax
    movb $0x02, %ah
    int $0x13
    jnc 3f
    xorb %ah, %ah
    int $0x13
    decw %di
    jnz 2b
    jmp failed
3:  addw %si, lba
    movw %si, %ax
    shlw $9, %ax
    addw %ax, %bx
    subw %si, left
    jnz read_next
    movb drive, %dl
    ljmp $0x1000, $0

failed:
    movw $message, %si
1:  lodsb
    testb %al, %al
    jz 2f
    movb $0x0e, %ah
    movw $7, %bx
    int $0x10
    jmp 1b
2:  xorw %ax, %ax
    int $0x16
    int $0x19

message:
    .asciz "The demo disk cannot be read. Press a key to boot again.\r\n"
drive:
    .byte 0
lba:
    .word 1
left:
    .word SECTORS
    .org 510
    .word 0xaa55

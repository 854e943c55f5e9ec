; SPDX-License-Identifier: MIT
; What Windows 3.1's 32-bit disk access looks at before it takes over a disk: INT 13h, the tables of INT 41h
; and 46h, CMOS and IDENTIFY name one geometry; after INT 13h has read a sector the task file is what a
; controller leaves, and a read by ports gives the same data. And a drive 1 that is not there.
; Setup programs write the first sector. Rules E10, E11, N2, N3, O8, V5. Microsoft Knowledge Base Q119674;
; IBM PC AT Technical Reference, fixed disk parameter table.
; Disks: a
; Cd: yes
%define NAME "T21"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"
%include "board.inc"
%include "disk.inc"

%define BUFFER  (ARENA + 0x1000)        ; what INT 13h read
%define DIRECT  (ARENA + 0x2000)        ; what the ports gave
%define NAMES   (ARENA + 0x3000)
%define word_of(n) (NAMES + (n) * 2)
%define HEADS   16
%define SPT     63
%define CYLINDERS 80

; int13 AX, CX, DX: with interrupts on, to BUFFER.
%define int13 int13_at __?LINE?__,
%macro int13_at 4
        registers_for %2, BUFFER & 0xfff, %3, %4
        in_real call_13
        equal_at %1, [regs + registers.carry], 0
        equal_bits_at %1, [regs + registers.eax], 0xff00, 0
%endmacro

main:   call absent
        call marks
        call geometry
        call tables
        call sectors
        call boot_sector
        ret

bits 16
call_13:
        mov ax, BUFFER >> 4
        mov es, ax
        mov al, 0xb8                    ; timer, keyboard, cascade, floppy; hard disk
        out 0x21, al
        mov al, 0xbf
        out 0xa1, al
        load_registers offset16(regs)
        sti
        int 0x13
        cli
        store_registers offset16(regs)
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        jmp from_real
bits 32

absent: step "a drive 1 that is not there"
        write ATA + 6, 0xa0
        reads CONTROL, 0xff, 0x50
        write ATA + 6, 0xb0
        reads CONTROL, 0xff, 0
        reads ATA + 7, 0xff, 0
        write ATA + 7, 0xec
        irqs 1 << 14
        no_irq 14, ms(20)
        irqs_off
        reads CONTROL, 0xff, 0
        write ATA + 6, 0xa0
        reads CONTROL, 0xff, 0x50
        ret

; mark LBA: the sector gets words that no other has.
%macro mark 1
        mov edi, DIRECT
        mov ecx, 128
        mov eax, %1
        imul eax, 0x01234567
%%fill: stosd
        add eax, 0x10001
        loop %%fill
        write CONTROL, 2
        ata 0x30, 0, 1, %1, ATA_LBA
        until_port CONTROL, 0x88, 8, ms(100)
        give_words DIRECT, 256
        until_port CONTROL, 0x80, 0, ms(1000)
        reads ATA + 7, 0xff, 0x50
        write CONTROL, 0
%endmacro

%define LAST (((CYLINDERS - 2) * HEADS + HEADS - 2) * SPT + SPT - 2)

marks:  step "sectors are written by the ports"
        mark 0
        mark 502
        mark 503
        mark LAST
        ret

geometry:
        step "IDENTIFY"
        write CONTROL, 2
        ata 0xec, 0, 0, 0, ATA_CHS
        until_port CONTROL, 0x88, 8, ms(1000)
        take_words NAMES, 256
        write CONTROL, 0
        equal_bits [word_of(1)], 0xffff, CYLINDERS
        equal_bits [word_of(3)], 0xffff, HEADS
        equal_bits [word_of(6)], 0xffff, SPT
        step "INT 13h, AH=08h; ES:DI stays"
        mov dword [regs + registers.edi], 0x12345678
        int13 0x0800, 0, 0x80
%ifndef PEER                            ; others keep the last cylinder, as the AT did, and have
        equal_bits [regs + registers.ecx], 0xffff, SPT | (CYLINDERS - 1) << 8
%endif                                  ; the tables in RAM
        equal_bits [regs + registers.edx], 0xffff, (HEADS - 1) << 8 | 1
        step "INT 13h, AH=15h"
        mov dword [regs + registers.eax], 0x1500
        mov dword [regs + registers.edx], 0x80
        in_real call_13
        equal_bits [regs + registers.eax], 0xff00, 0x0300
        movzx eax, word [regs + registers.ecx]
        shl eax, 16
        mov ax, [regs + registers.edx]
        within eax, (CYLINDERS - 2) * HEADS * SPT, CYLINDERS * HEADS * SPT
        ret

tables: step "INT 41h: a table in ROM, with the drive's own geometry"
        movzx ebx, word [0x41 * 4 + 2]
%ifndef PEER
        within ebx, 0xc800, 0xffff
%endif
        shl ebx, 4
        movzx eax, word [0x41 * 4]
        add ebx, eax
        equal_bits [ebx], 0xffff, CYLINDERS
        equal_bits [ebx + 2], 0xff, HEADS
        equal_bits [ebx + 8], 8, 8      ; more than 8 heads
        equal_bits [ebx + 12], 0xffff, CYLINDERS
        equal_bits [ebx + 14], 0xff, SPT
        step "INT 46h: a table in ROM too"
        movzx ebx, word [0x46 * 4 + 2]
%ifndef PEER
        within ebx, 0xc800, 0xffff
%endif
        step "CMOS 12h, 19h: a disk, of type 47"
        write 0x70, 0x12
        reads 0x71, 0xff, 0xf0
        write 0x70, 0x19
        reads 0x71, 0xff, 47
        write 0x70, 0x1b
        reads 0x71, 0xff, CYLINDERS
        write 0x70, 0x1d
        reads 0x71, 0xff, HEADS
        write 0x70, 0x23
        reads 0x71, 0xff, SPT
        step "40:75h: one disk"
        equal_bits [0x475], 0xff, 1
        ret

; look C, H, S: read by INT 13h; the task file; the same once more by the ports.
%define look look_at __?LINE?__,
%macro look_at 4
        mov edi, BUFFER
        mov ecx, 128
        xor eax, eax
        rep stosd
        int13_at %1, 0x0201, (%2) << 8 | (%4), (%3) << 8 | 0x80
        equal_bits_at %1, [regs + registers.eax], 0xff, 1
        reads_at %1, ATA + 7, 0xff, 0x50
        task_file_at %1, 0, CHS(%2, %3, %4), ATA_CHS
        write CONTROL, 2
        ata 0x20, 0, 1, CHS(%2, %3, %4), ATA_CHS
        until_port CONTROL, 0x88, 8, ms(1000)
        take_words DIRECT, 256
        write CONTROL, 0
        mov esi, BUFFER
        mov edi, DIRECT
        mov ecx, 128
        repe cmpsd
        equal_at %1, ecx, 0
        mov eax, [BUFFER]
        equal_at %1, eax, (0x01234567 * (((%2) * HEADS + (%3)) * SPT + (%4) - 1)) & 0xffffffff
%endmacro

sectors:
        step "the first sector"
        look 0, 0, 1
        step "sector number 503, from 1 and from 0"
        look 0, 502 / SPT, 502 % SPT + 1
        look 0, 503 / SPT, 503 % SPT + 1
        step "the last but one of everything"
        look CYLINDERS - 2, HEADS - 2, SPT - 1
        step "several sectors: the task file names the last"
        int13 0x0203, SPT - 1, 0x0280
        reads ATA + 7, 0xff, 0x50
        task_file 0, CHS(0, 3, 1), ATA_CHS
        ret

; boot_words FIRST: the buffer, with words that lead to that.
%macro boot_words 1
        mov edi, BUFFER
        mov ecx, 128
        mov eax, %1
%%fill: stosd
        add eax, 0x10101
        loop %%fill
%endmacro

; same_words: BUFFER and DIRECT.
%define same_words same_words_at __?LINE?__
%macro same_words_at 1
        mov esi, BUFFER
        mov edi, DIRECT
        mov ecx, 128
        repe cmpsd
        equal_at %1, ecx, 0
%endmacro

boot_sector:
        step "the first sector by INT 13h, AH=03h, back by the ports"
        boot_words 0xaa550000
        int13 0x0301, 0x0001, 0x0080
        write CONTROL, 2
        ata 0x20, 0, 1, 0, ATA_LBA
        until_port CONTROL, 0x88, 8, ms(1000)
        take_words DIRECT, 256
        write CONTROL, 0
        same_words
        step "by the ports, back by INT 13h, AH=02h"
        boot_words 0x12345678
        write CONTROL, 2
        ata 0x30, 0, 1, CHS(0, 0, 1), ATA_CHS
        until_port CONTROL, 0x88, 8, ms(100)
        give_words BUFFER, 256
        until_port CONTROL, 0x80, 0, ms(1000)
        reads ATA + 7, 0xff, 0x50
        write CONTROL, 0
        mov esi, BUFFER
        mov edi, DIRECT
        mov ecx, 128
        rep movsd
        boot_words 0
        int13 0x0201, 0x0001, 0x0080
        same_words
        equal [BUFFER], 0x12345678
        step "its neighbour is as it was"
        mov edi, DIRECT
        mov ecx, 128
        xor eax, eax
        rep stosd
        int13 0x0201, 0x0002, 0x0080
        same_words
        ret

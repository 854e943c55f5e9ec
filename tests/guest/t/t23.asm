; SPDX-License-Identifier: MIT
; Hard disks by their ports: signatures, registers of two drives, what
; IDENTIFY says and whether it is so, commands old systems use, one interrupt for each block and not too
; soon, errors; INT 13h says the same. Rules N16, N17, M7, X11, X12, O8, O9. ATA/ATAPI-6, and ATA-1 for
; what is obsolete there.
; Disks: a b
%define NAME "T23"
%include "kernel.inc"
%include "real.inc"
%include "board.inc"
%include "disk.inc"

%define BUFFER  ARENA
%define NAMES   (ARENA + 0x2000)        ; what IDENTIFY said
%define word_of(n) (NAMES + (n) * 2)
%define CYLINDERS 80
%define SECTORS (80 * 16 * 63)
%define SOONEST us(30)

main:   irqs 1 << 14
        call signatures
        call shared
        call identify
%ifndef PEER                            ; Bochs knows one, QEMU remembers what IDENTIFY said
        call translation
%endif
        call old_commands
        call writing
        call reading
        call multiple
        call enabling
        call other_drive
        call errors
        call features
        irqs_off
        call bios
        ret

signatures:
        step "signature after SRST"
        write ATA + 6, 0xa0
        write CONTROL, 4
        pass us(10)
%ifndef PEER
        reads CONTROL, 0x80, 0x80
%endif
        write CONTROL, 0
        until_port CONTROL, 0x80, 0, ms(5000)
        reads CONTROL, 0xff, 0x50
        reads ATA + 1, 0x7f, 1
        reads ATA + 2, 0xff, 1
        reads ATA + 3, 0xff, 1
        reads ATA + 4, 0xff, 0
        reads ATA + 5, 0xff, 0
        write ATA + 6, 0xb0
        until_port CONTROL, 0x80, 0, ms(5000)
        reads ATA + 1, 0xff, 1
        reads ATA + 4, 0xff, 0
        reads ATA + 5, 0xff, 0
        reads ATA + 7, 0xff, 0x50
%ifndef PEER
        no_irq 14, ms(1)
%else
        pass ms(1)
        mov dword [irq_count + 14 * 4], 0
%endif
        step "EXECUTE DEVICE DIAGNOSTIC"
        write ATA + 7, 0x90
        wait_irq 14, ms(5000)
        reads ATA + 7, 0xff, 0x50
        reads ATA + 1, 0xff, 1
        task_file 1, 1, 0xa0
        no_irq 14, ms(1)
        ret

; N16: a write reaches both drives.
shared: step "registers 1 to 5 are written in both drives"
        write ATA + 6, 0xa0
        write ATA + 2, 0x12
        write ATA + 3, 0x34
        write ATA + 4, 0x56
        write ATA + 5, 0x78
        write ATA + 6, 0xb5
        task_file 0x12, 0x785634, 0xb5
        write ATA + 3, 0x9a
        write ATA + 6, 0xa5
        task_file 0x12, 0x78569a, 0xa5
        write ATA + 6, 0xa0
        ret

identify:
        step "IDENTIFY: the interrupt is not at once, and there is one"
        ata 0xec, 0, 0, 0, 0xa0
%ifndef PEER
        reads CONTROL, 0x80, 0x80
%endif
        wait_irq 14, ms(1000)
%ifndef PEER
        within eax, SOONEST, ms(1000)
%endif
        reads ATA + 7, 0xff, 0x58
        take_words NAMES, 256
        reads CONTROL, 0xff, 0x50
        no_irq 14, ms(1)
        step "IDENTIFY: geometry, capabilities, sizes"
        equal_bits [word_of(0)], 0x8040, 0x40
        equal_bits [word_of(1)], 0xffff, CYLINDERS
        equal_bits [word_of(3)], 0xffff, 16
        equal_bits [word_of(6)], 0xffff, 63
        equal_bits [word_of(49)], 0x300, 0x300  ; LBA, DMA
        equal_bits [word_of(53)], 1, 1
        equal_bits [word_of(54)], 0xffff, CYLINDERS
        equal_bits [word_of(55)], 0xffff, 16
        equal_bits [word_of(56)], 0xffff, 63
        equal [word_of(57)], SECTORS
        equal [word_of(60)], SECTORS
        step "READ NATIVE MAX ADDRESS"
        ata 0xf8, 0, 0, 0, ATA_LBA
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        task_file 0, SECTORS - 1, ATA_LBA
        ret

; The translation of 8 heads and 17 sectors, and back.
translation:
        step "INITIALIZE DEVICE PARAMETERS"
        ata 0x91, 0, 17, 0, 0xa7
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        ata 0xec, 0, 0, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words NAMES, 256
        equal_bits [word_of(1)], 0xffff, CYLINDERS
        equal_bits [word_of(3)], 0xffff, 16
        equal_bits [word_of(54)], 0xffff, SECTORS / (8 * 17)
        equal_bits [word_of(55)], 0xffff, 8
        equal_bits [word_of(56)], 0xffff, 17
        ata 0x40, 0, 3, CHS(2, 7, 16), ATA_CHS  ; VERIFY over the end of a cylinder
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        task_file 0, CHS(3, 0, 1), ATA_CHS
        step "CHS addresses that the translation lacks"
        ata 0x40, 0, 1, CHS(0, 0, 18), ATA_CHS
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        reads ATA + 1, 0xff, 0x10
        ata 0x40, 0, 1, CHS(0, 8, 1), ATA_CHS
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        ata 0x40, 0, 1, CHS(0, 0, 0), ATA_CHS
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        ata 0x91, 0, 63, 0, 0xaf
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        ret

%macro plain_command 1
        mov dword [step_number], %1
        ata %1, 0, 0, CHS(1, 1, 1), ATA_CHS
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        no_irq 14, us(100)
%endmacro

old_commands:
        step "RECALIBRATE, SEEK, power, FLUSH CACHE: command"
        plain_command 0x10
%ifndef PEER
        plain_command 0x1f
%endif
        plain_command 0x70
%ifndef PEER
        plain_command 0x7f
%endif
        plain_command 0xe1
        plain_command 0xe7
        plain_command 0xe5
        mov dword [step_number], 0
        reads ATA + 2, 0x80, 0x80       ; it turns
        ret

writing:
        step "WRITE SECTORS: no interrupt before the first block, one after each"
        mov edi, BUFFER
        mov ecx, 512
.fill:  imul eax, ecx, 0x01234567
        stosd
        loop .fill
        ata 0x30, 0, 2, 1000, ATA_LBA
        until_port CONTROL, 0x88, 8, ms(100)
        no_irq 14, us(100)
        give_words BUFFER, 256
        wait_irq 14, ms(1000)
%ifndef PEER
        within eax, SOONEST, ms(1000)
%endif
        reads ATA + 7, 0xff, 0x58
        give_words BUFFER + 512, 256
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        no_irq 14, ms(1)
%ifndef PEER
        task_file 0, 1001, ATA_LBA
%endif
        ret

; Sectors 1000 and 1001 came.
same:   mov esi, BUFFER
        mov edi, BUFFER + 0x1000
        mov ecx, 256
        repe cmpsd
        equal ecx, 0
        ret

reading:
        step "READ SECTORS: one interrupt for each block"
        ata 0x20, 0, 2, 1000, ATA_LBA
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words BUFFER + 0x1000, 256
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        mov edi, BUFFER + 0x1200        ; by doublewords
        mov ecx, 128
        mov dx, ATA
        rep insd
        reads CONTROL, 0xff, 0x50
        no_irq 14, ms(1)
        call same
%ifndef PEER
        task_file 0, 1001, ATA_LBA
%endif
        step "READ SECTORS by CHS"
        ata 0x21, 0, 2, CHS(0, 15, 56), ATA_CHS ; 1000 = 15 * 63 + 55
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words BUFFER + 0x1000, 256
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words BUFFER + 0x1200, 256
        call same
        reads CONTROL, 0xff, 0x50
%ifndef PEER
        task_file 0, CHS(0, 15, 57), ATA_CHS
%endif
        ret

multiple:
        step "READ MULTIPLE before SET MULTIPLE"
        ata 0xc6, 0, 0, 0, 0xa0
        wait_irq 14, ms(1000)
        read ATA + 7
        ata 0xc4, 0, 3, 1000, ATA_LBA
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        reads ATA + 1, 0xff, 4
        step "SET MULTIPLE: powers of two"
        ata 0xc6, 0, 3, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        ata 0xc6, 0, 2, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x50
        step "READ MULTIPLE: one interrupt for each block of two sectors"
        ata 0xc4, 0, 3, 1000, ATA_LBA
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words BUFFER + 0x1000, 512
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words BUFFER + 0x1400, 256
        reads CONTROL, 0xff, 0x50
        no_irq 14, ms(1)
        call same
        ret

enabling:
        step "nIEN: no interrupt; alternate status leaves it, status takes it"
        write CONTROL, 2
        ata 0x40, 0, 1, 1000, ATA_LBA
        until_port CONTROL, 0x80, 0, ms(1000)
        no_irq 14, ms(1)
        write CONTROL, 0                ; it was waiting
        wait_irq 14, ms(1)
        reads CONTROL, 0xff, 0x50
        reads ATA + 7, 0xff, 0x50
        write CONTROL, 2
        ata 0x40, 0, 1, 1000, ATA_LBA
        until_port CONTROL, 0x80, 0, ms(1000)
        reads ATA + 7, 0xff, 0x50
        write CONTROL, 0
        no_irq 14, ms(1)
        ret

; N17: the interrupt is that of the drive with the command, seen while it is selected.
other_drive:
        step "the other drive is selected while a command runs"
        ata 0x20, 0, 1, 1000, ATA_LBA
        write ATA + 6, 0xb0
        reads CONTROL, 0x88, 0
        pass ms(20)
%ifndef PEER                            ; they drive the wire at once
        equal [irq_count + 14 * 4], 0
        write ATA + 6, 0xe0
%endif
        wait_irq 14, ms(1000)
        write ATA + 6, 0xe0
        reads ATA + 7, 0xff, 0x58
        take_words BUFFER + 0x1000, 256
        mov esi, BUFFER
        mov edi, BUFFER + 0x1000
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        no_irq 14, ms(1)
        ret

errors: step "sectors behind the end"
        ata 0x20, 0, 1, SECTORS, ATA_LBA
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
%ifndef PEER
        reads ATA + 1, 0xff, 0x10
        ata 0x40, 0, 4, SECTORS - 2, ATA_LBA
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        reads ATA + 1, 0xff, 0x10
        task_file 2, SECTORS, ATA_LBA
%endif
        step "commands that are none: command"
        mov dword [step_number], 0x00
        ata 0x00, 0, 0, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        reads ATA + 1, 0xff, 4
        mov dword [step_number], 0xa1
        ata 0xa1, 0, 0, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        reads ATA + 1, 0xff, 4
        mov dword [step_number], 0x8f
        ata 0x8f, 0, 0, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x51
        reads ATA + 1, 0xff, 4
        mov dword [step_number], 0
        no_irq 14, ms(1)
        ret

%macro feature 3 ; feature, count, status
        mov dword [step_number], (%1) << 8 | (%2)
        ata 0xef, %1, %2, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, %3
%endmacro

features:
        step "SET FEATURES: transfer modes, cache, what is not known"
        feature 0x03, 0x00, 0x50
        feature 0x03, 0x0c, 0x50
        feature 0x03, 0x22, 0x50
        ata 0xec, 0, 0, 0, 0xa0
        wait_irq 14, ms(1000)
        reads ATA + 7, 0xff, 0x58
        take_words NAMES, 256
        equal_bits [word_of(63)], 0xff07, 0x0407
        feature 0x03, 0x42, 0x50
        feature 0x03, 0x83, 0x51
        feature 0x02, 0, 0x50
        feature 0x82, 0, 0x50
        feature 0xaa, 0, 0x50
        feature 0x55, 0, 0x50
        feature 0x77, 0, 0x51
        mov dword [step_number], 0
        ret

; M7: INT 13h tells of the drive that IDENTIFY told of.
bios:   step "INT 13h, AH=48h: the drive's own geometry and size"
        mov word [BUFFER], 26
        in_real .parameters
        equal_bits [BUFFER], 0xffff, 26
        equal [BUFFER + 4], CYLINDERS
        equal [BUFFER + 8], 16
        equal [BUFFER + 12], 63
        equal [BUFFER + 16], SECTORS
        equal [BUFFER + 20], 0
        equal_bits [BUFFER + 24], 0xffff, 512
        step "INT 13h, AH=08h"
        equal [.dx], 0x0f02
        equal [.cx], 63 | (CYLINDERS - 1) << 8
        ret
bits 16
.parameters:
        mov ah, 8
        mov dl, 0x80
        int 0x13
        mov [offset16(.dx)], dx
        mov [offset16(.cx)], cx
        mov ax, ARENA >> 4
        mov ds, ax
        xor si, si
        mov ah, 0x48
        mov dl, 0x80
        int 0x13
        jmp from_real
bits 32
        align 4
.dx:    dd 0
.cx:    dd 0

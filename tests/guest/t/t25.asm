; SPDX-License-Identifier: MIT
; Bus master IDE: regions of any even length, too short and too long ones, both drives, a CD-ROM drive,
; what the status bits say. Rules M5, D12. 82371SB (PIIX3) data sheet 290550, "Bus Master Function";
; Programming Interface for Bus Master IDE Controller 1.0.
; Disks: a b
; Cd: yes
%define NAME "T25"
%include "kernel.inc"
%include "board.inc"
%include "disk.inc"

%define PRD     ARENA
%define FROM    0x200000                ; 64 KiB with a pattern
%define TO      0x300000
%define ACTIVE  1
%define ERROR   2
%define INTERRUPT 4

%macro regions 2-* ; address, bytes, ...
        mov edi, PRD
    %rep %0 / 2
        mov eax, %1
        stosd
        mov eax, (%2) & 0xffff
        stosd
        %rotate 2
    %endrep
        or byte [edi - 1], 0x80
%endmacro

%macro master_write 2 ; register, byte
        mov edx, [master]
        add edx, %1
        mov al, %2
        out dx, al
%endmacro
%define master_is master_is_at __?LINE?__,
%macro master_is_at 4 ; register, mask, expected
        mov edx, [master]
        add edx, %2
        in al, dx
        movzx eax, al
        equal_bits_at %1, eax, %3, %4
%endmacro

%define TO_MEMORY 8
%define CHANNEL2 8

; prepare CHANNEL, DIRECTION: the table's address, no old interrupt.
%macro prepare 2
        master_write (%1) + 0, %2
        mov edx, [master]
        add edx, (%1) + 4
        mov eax, PRD
        out dx, eax
        master_write (%1) + 2, ERROR | INTERRUPT
%endmacro
%macro go 2
        master_write (%1) + 0, (%2) | 1
%endmacro

main:   irqs 3 << 14
        call find
        call registers
        call writing
        call reading
        call too_long
        call too_short
        call nowhere
        call second_drive
        call programmed
        call packet
        irqs_off
        ret

find:   step "the IDE controller: 8086:7010, 01:01:80, BAR 4"
        mov edi, 0
        call config
        equal eax, 0x70108086
        mov edi, 8
        call config
        equal_bits eax, 0xffffff00, 0x01018000
        mov edi, 0x20
        call config
        equal_bits eax, 15, 1
        and eax, ~15
        mov [master], eax
        mov edi, 4
        call config
        or eax, 5
        out dx, eax
        ret
config: lea eax, [edi + 0x80000900]
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        ret

registers:
        step "registers"
        master_write 0, 0
        master_is 0, 9, 0
        master_write 2, 0x66
        master_is 2, 0x67, 0x60
        master_write 2, 0
        master_is 2, 0x67, 0
        mov edx, [master]
        add edx, 4
        mov eax, 0x12345677
        out dx, eax
        in eax, dx
        equal eax, 0x12345674
        step "start without a command: active until it is stopped"
        regions TO, 512
        prepare 0, TO_MEMORY
        go 0, TO_MEMORY
        master_is 0, 9, 9
        master_is 2, 7, ACTIVE
        master_write 0, TO_MEMORY
        master_is 2, 7, 0
        no_irq 14, ms(1)
        ret

writing:
        step "WRITE DMA: one region of 64 KiB"
        mov edi, FROM
        mov ecx, 0x4000
.fill:  imul eax, ecx, 0x01234567
        stosd
        loop .fill
        regions FROM, 0x10000
        prepare 0, 0
        ata 0xca, 0, 128, 500, ATA_LBA
        go 0, 0
        wait_irq 14, ms(5000)
        master_is 2, 7, INTERRUPT
        reads ATA + 7, 0xff, 0x50
        master_is 2, 7, INTERRUPT
        master_write 0, 0
        master_write 2, INTERRUPT
        master_is 2, 7, 0
        no_irq 14, ms(1)
        ret

; clear BYTES, and compare BYTES, at TO.
%macro clear 1
        mov edi, TO
        mov ecx, (%1) / 4
        mov eax, 0x5a5a5a5a
        rep stosd
%endmacro
%define same same_at __?LINE?__,
%macro same_at 2
        mov esi, FROM
        mov edi, TO
        mov ecx, (%2) / 2
        repe cmpsw
        lea eax, [edi - TO]
        equal_at %1, eax, %2            ; so far they are equal
        equal_at %1, [TO + (%2)], 0x5a5a5a5a
%endmacro

reading:
        step "READ DMA: regions of 2, 510, 514, 6 and 64504 bytes"
        clear 0x10100
        regions TO, 2, TO + 2, 510, TO + 512, 514, TO + 1026, 6, TO + 1032, 64504
        prepare 0, TO_MEMORY
        ata 0xc8, 0, 128, 500, ATA_LBA
        go 0, TO_MEMORY
        wait_irq 14, ms(5000)
        master_is 2, 7, INTERRUPT
        reads ATA + 7, 0xff, 0x50
        master_write 0, 0
        same 0x10000
        step "started first, then the command"
        clear 0x10100
        regions TO, 1024
        prepare 0, TO_MEMORY
        go 0, TO_MEMORY
        ata 0xc8, 0, 2, 500, ATA_LBA
        wait_irq 14, ms(5000)
        master_is 2, 7, INTERRUPT
        reads ATA + 7, 0xff, 0x50
        master_write 0, 0
        same 1024
        ret

too_long:
        step "regions longer than the command: interrupt, and active"
        clear 2048
        regions TO, 512, TO + 512, 1024
        prepare 0, TO_MEMORY
        ata 0xc8, 0, 2, 500, ATA_LBA
        go 0, TO_MEMORY
        wait_irq 14, ms(5000)
        master_is 2, 7, INTERRUPT | ACTIVE
        reads ATA + 7, 0xff, 0x50
        master_write 0, 0
        master_is 2, 7, INTERRUPT
        same 1024
        ret

too_short:
        step "regions shorter than the command: not active, no interrupt"
        clear 2048
        regions TO, 512
        prepare 0, TO_MEMORY
        ata 0xc8, 0, 2, 500, ATA_LBA
        go 0, TO_MEMORY
        no_irq 14, ms(50)
        master_is 2, 7, 0
%ifndef PEER                            ; QEMU moves nothing
        reads CONTROL, 0xff, 0x58
        same 512
%endif
        master_write 0, 0
        step "and the drive works again after a reset"
        call reset
        ret

reset:  write CONTROL, 4
        pass us(10)
        write CONTROL, 0
        until_port CONTROL, 0x80, 0, ms(5000)
        reads CONTROL, 0xff, 0x50
        pass ms(1)
        mov dword [irq_count + 14 * 4], 0
        jmp registers

nowhere:
%ifndef PEER
        step "regions where no memory is: error"
        regions 0x40000000, 512
        prepare 0, TO_MEMORY
        ata 0xc8, 0, 1, 500, ATA_LBA
        go 0, TO_MEMORY
        no_irq 14, ms(50)
        master_is 2, 7, ERROR
        master_write 0, 0
        master_write 2, ERROR
        master_is 2, 7, 0
        call reset
%endif
        ret

second_drive:
        step "drive 1"
        clear 2048
        regions FROM + 512, 1024
        prepare 0, 0
        ata 0xca, 0, 2, 77, ATA_LBA | 0x10
        go 0, 0
        wait_irq 14, ms(5000)
        reads ATA + 7, 0xff, 0x50
        master_write 0, 0
        mov edi, TO                     ; what drive 0 has there are zeros
        regions TO, 512
        prepare 0, TO_MEMORY
        ata 0xc8, 0, 1, 77, ATA_LBA
        go 0, TO_MEMORY
        wait_irq 14, ms(5000)
        reads ATA + 7, 0xff, 0x50
        master_write 0, 0
        equal [TO], 0
        regions TO, 512
        prepare 0, TO_MEMORY
        ata 0xc8, 0, 1, 78, ATA_LBA | 0x10
        go 0, TO_MEMORY
        wait_irq 14, ms(5000)
        reads ATA + 7, 0xff, 0x50
        master_write 0, 0
        mov esi, FROM + 1024
        mov edi, TO
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        ret

programmed:
        step "an interrupt without DMA is seen in the status too"
        prepare 0, 0
        ata 0x40, 0, 1, 500, ATA_LBA
        wait_irq 14, ms(1000)
        master_is 2, 7, INTERRUPT
        reads ATA + 7, 0xff, 0x50
        master_write 2, INTERRUPT
        ret

%define ATA     0x170
%define CONTROL 0x376

packet: step "READ(10) of the CD-ROM drive by DMA"
        write CONTROL, 0                ; the BIOS may have worked without interrupts
        write 0x176, 0xa0
        mov ebx, .sense                 ; unit attention is told once
        call .run
        clear 8192
        regions TO, 1000, TO + 1000, 1048, TO + 2048, 2048
        prepare CHANNEL2, TO_MEMORY
        mov ebx, .read
        call .packet
        go CHANNEL2, TO_MEMORY
        wait_irq 15, ms(5000)
        master_is CHANNEL2 + 2, 7, INTERRUPT
        read ATA + 7
        equal_bits eax, 0xe9, 0x40
        master_write CHANNEL2, 0
        equal [TO], 100 << 16
        equal [TO + 2044], 100 << 16 | 511
        equal [TO + 2048], 101 << 16
        equal [TO + 4092], 101 << 16 | 511
        equal [TO + 4096], 0x5a5a5a5a
        ret
; TEST UNIT READY, once.
.run:   call .packet
        wait_irq 15, ms(1000)
        read ATA + 7
        ret
; EBX: packet.
.packet:
        mov eax, 1
        cmp ebx, .read
        sete al
        write ATA + 1, al
        write ATA + 4, 0xfe
        write ATA + 5, 0xff
        write ATA + 7, 0xa0
        until_port CONTROL, 0x88, 8, ms(100)
        mov esi, ebx
        mov ecx, 6
        mov dx, ATA
        rep outsw
        ret
        [section strings]
.sense: times 12 db 0
.read:  db 0x28, 0, 0, 0, 0, 100, 0, 0, 2, 0, 0, 0
        __SECT__

        align 4
master: dd 0

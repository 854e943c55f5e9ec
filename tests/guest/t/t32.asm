; SPDX-License-Identifier: MIT
; The DMA controllers: every address and count reads back, page registers, flip-flop, masks; a transfer from the
; floppy disk controller counts, ends, masks itself or begins again, goes downwards, only verifies, and
; wraps in its 64 KiB; addresses are physical. Rules D11, D12. Intel 8237A data sheet 231466; IBM PC AT
; Technical Reference, "DMA".
%define NAME "T32"
%include "kernel.inc"
%include "board.inc"
%include "floppy.inc"

%define BUFFER  ARENA
%define BOOT    0x7c00                  ; where the BIOS put the boot sector

main:   call registers
        call pages
        irqs 1 << 6
        call drive
        call single
        call auto
        call downwards
        call verify
        call wrap
        call masked
        call physical
        irqs_off
        ret

; EAX: a word of DMA port EDX, low byte first.
word_of:
        in al, dx
        mov ah, al
        in al, dx
        xchg al, ah
        movzx eax, ax
        ret

registers:
        step "addresses and counts of bytes' channels: port"
        write 0x0d, 0                   ; master clear
        xor ebx, ebx
.low:   mov [step_number], ebx
        mov edx, ebx
        lea eax, [ebx * 8 + 0x1234]
        write 0x0c, 0
        out dx, al
        mov al, ah
        out dx, al
        call word_of
        lea ecx, [ebx * 8 + 0x1234]
        equal eax, ecx
        inc ebx
        cmp ebx, 8
        jb .low
        step "and they are all their own: port"
        xor ebx, ebx
.again: mov [step_number], ebx
        mov edx, ebx
        write 0x0c, 0
        call word_of
        lea ecx, [ebx * 8 + 0x1234]
        equal eax, ecx
        inc ebx
        cmp ebx, 8
        jb .again
        step "of words' channels: port"
        write 0xda, 0
        mov ebx, 0xc4                   ; channel 4 is the cascade
.high:  mov [step_number], ebx
        mov edx, ebx
        lea eax, [ebx * 8 + 0x1234]
        write 0xd8, 0
        out dx, al
        mov al, ah
        out dx, al
        call word_of
        lea ecx, [ebx * 8 + 0x1234]
        equal eax, ecx
        add ebx, 2
        cmp ebx, 0xd0
        jb .high
        mov dword [step_number], 0
        step "the flip-flop"
        write 0x0c, 0
        write 0x02, 0x11
        write 0x0c, 0
        write 0x02, 0x22
        write 0x02, 0x33
        mov edx, 2
        call word_of
        equal eax, 0x3322
        step "status and masks"
        reads 0x08, 0x0f, 0
%ifndef PEER
        write 0x0f, 0x05
        reads 0x0f, 0x0f, 0x05
        write 0x0a, 0x06
        reads 0x0f, 0x0f, 0x05
        write 0x0a, 0x02
        reads 0x0f, 0x0f, 0x01
        write 0x0e, 0
        reads 0x0f, 0x0f, 0
%endif
        write 0x0f, 0x0f
        write 0xd6, 0xc0                ; the cascade, as the BIOS sets it
        write 0xd4, 0
        ret

pages:  step "page registers: port"
        mov ebx, 0x81
.next:  mov [step_number], ebx
        mov edx, ebx
        in al, dx
        mov cl, al
        mov al, bl
        xor al, 0x5a
        mov ch, al
        out dx, al
        in al, dx
        movzx esi, al
        mov al, cl
        out dx, al
        movzx eax, ch
        equal esi, eax
        inc ebx
        cmp ebx, 0x90
        jb .next
        mov dword [step_number], 0
        ret

drive:  step "the drive"
        write DOR, 0
        pass us(20)
        write DOR, 0x1c
        wait_irq 6, ms(10)
        mov ebx, 4
.sense: fdc 0x08
        call fdc_results
        dec ebx
        jnz .sense
        write DIR, 0
        fdc 0x03, 0xdf, 0x02
        fdc 0x07, 0
        wait_irq 6, ms(2000)
        fdc 0x08
        results 0x20, 0
        ret

; read SECTORS: from the first on. The result's ST0 and ST1 are in fdc_result.
%macro read_sectors 0
        fdc 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(2000)
        call fdc_results
%endmacro

clear:  mov edi, BUFFER
        mov ecx, 0x10000 / 4
        mov eax, 0x5a5a5a5a
        rep stosd
        ret

; now PORT, WORD: the current address or count.
%define now now_at __?LINE?__,
%macro now_at 3
        write 0x0c, 0
        mov edx, %2
        call word_of
        equal_at %1, eax, %3
%endmacro

boot_sector:
        mov edi, BOOT
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        ret

single: step "a transfer counts, tells its end and masks itself"
        call clear
        floppy_dma 0x46, BUFFER + 0x10, 512
        read_sectors
        equal_bits [fdc_result], 0xffff, 0
        mov esi, BUFFER + 0x10
        call boot_sector
        equal [BUFFER + 0x0c], 0x5a5a5a5a
        equal [BUFFER + 0x210], 0x5a5a5a5a
        now 4, 0x0210
        now 5, 0xffff
        reads 0x08, 0x0f, 4
        reads 0x08, 0x0f, 0             ; reading took it
%ifndef PEER
        reads 0x0f, 4, 4
%endif
        ret

auto:   step "auto-initialization begins again, and does not mask"
        call clear
        floppy_dma 0x56, BUFFER, 512
        read_sectors
        equal_bits [fdc_result], 0xffff, 0
        now 4, 0
        now 5, 511
        reads 0x08, 4, 4
%ifndef PEER
        reads 0x0f, 4, 0
%endif
        mov edi, BUFFER
        mov ecx, 128
        xor eax, eax
        rep stosd
        read_sectors                    ; and it works at once
        equal_bits [fdc_result], 0xffff, 0
        mov esi, BUFFER
        call boot_sector
        ret

downwards:
%ifndef PEER
        step "downwards"
        call clear
        floppy_dma 0x66, BUFFER + 511, 512
        read_sectors
        mov esi, BOOT
        mov edi, BUFFER + 511
        mov ecx, 512
.next:  lodsb
        movzx eax, al
        equal_bits [edi], 0xff, eax
        dec edi
        loop .next
        now 4, 0xffff
        reads 0x08, 4, 4
%endif
        ret

verify: step "verifying moves nothing, and counts"
        call clear
        floppy_dma 0x42, BUFFER, 512
        read_sectors
        equal_bits [fdc_result], 0xffff, 0
        equal [BUFFER], 0x5a5a5a5a
%ifndef PEER
        now 4, 0x0200
        now 5, 0xffff
        reads 0x08, 4, 4
%endif
        ret

wrap:   step "the address wraps in 64 KiB"
        call clear
        floppy_dma 0x46, BUFFER + 0xff00, 512
        read_sectors
%ifndef PEER                            ; QEMU goes on to the next ones
        equal_bits [fdc_result], 0xffff, 0
        mov esi, BUFFER + 0xff00
        mov edi, BOOT
        mov ecx, 64
        repe cmpsd
        equal ecx, 0
        mov esi, BUFFER
        mov edi, BOOT + 0x100
        mov ecx, 64
        repe cmpsd
        equal ecx, 0
        now 4, 0x0100
%endif
        ret

masked: step "a masked channel is not served: overrun"
%ifndef PEER
        call clear
        floppy_dma 0x46, BUFFER, 512
        write 0x0a, 6
        read_sectors
        equal_bits [fdc_result], 0xffff, 0x1040
        equal [BUFFER], 0x5a5a5a5a
        step "nor one of a disabled controller"
        floppy_dma 0x46, BUFFER, 512
        write 0x08, 4
        read_sectors
        equal_bits [fdc_result], 0xffff, 0x1040
        equal [BUFFER], 0x5a5a5a5a
        write 0x08, 0
%endif
        ret

; Pages change places; the controller knows nothing of it.
physical:
        step "addresses are physical"
        call clear
        mov dword [PAGE_TABLE + (BUFFER >> 12) * 4], (BUFFER + 0x1000) | P | W | U
        mov dword [PAGE_TABLE + ((BUFFER + 0x1000) >> 12) * 4], BUFFER | P | W | U
        call paging_on
        floppy_dma 0x46, BUFFER, 512
        read_sectors
        mov esi, BUFFER + 0x1000        ; here is the first page
        call boot_sector
        equal [BUFFER], 0x5a5a5a5a
        ret

; SPDX-License-Identifier: MIT
; INT 13h for floppies: reset, status, reading, writing, verifying, formatting, parameters, kinds, the change
; line, media types, errors; the table of INT 1Eh rules transfers and not what AH=08h tells. Rules N15,
; X10, O6, V1, V6, V7, B48. IBM PC AT Technical Reference, BIOS listing "DSKETTE"; Ralf Brown's Interrupt
; List, INT 13h.
%define NAME "T19"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"
%include "board.inc"

%define BUFFER  (ARENA + 0x1000)
%define TRACK   79                      ; which nobody needs

; call AX, BX, CX, DX: ES is ARENA's; AH is in [result], CF in [regs + registers.carry].
%macro disk 4
        mov dword [regs + registers.eax], (%1) | 0xa5a50000
        mov dword [regs + registers.ebx], (%2) | 0xb5b50000
        mov dword [regs + registers.ecx], (%3) | 0xc5c50000
        mov dword [regs + registers.edx], (%4) | 0xd5d50000
        mov dword [regs + registers.edi], 0x61616161
        mov dword [regs + registers.esi], 0x51515151
        mov dword [regs + registers.ebp], 0xe5e5e5e5
        in_real call_13
        movzx eax, byte [regs + registers.eax + 1]
        mov [result], eax
%endmacro

; says AH, {AL}: and the halves that it does not know are as they were.
%define says says_at __?LINE?__,
%macro says_at 2-3
        equal_at %1, [result], %2
    %if %2
        equal_at %1, [regs + registers.carry], 1
    %else
        equal_at %1, [regs + registers.carry], 0
    %endif
    %if %0 = 3
        equal_bits_at %1, [regs + registers.eax], 0xff, %3
    %endif
        call kept_halves
%endmacro

kept_halves:
        equal_bits [regs + registers.eax], 0xffff0000, 0xa5a50000
        equal_bits [regs + registers.ebx], 0xffff0000, 0xb5b50000
        equal_bits [regs + registers.ecx], 0xffff0000, 0xc5c50000
        equal_bits [regs + registers.edx], 0xffff0000, 0xd5d50000
        equal [regs + registers.ebp], 0xe5e5e5e5
        equal [regs + registers.esi], 0x51515151
        equal_bits [flags_after], FL_IF, FL_IF
        ret

bits 16
call_13:
        mov ax, ARENA >> 4
        mov es, ax
        mov al, 0xb8                    ; timer, keyboard, cascade, floppy
        out 0x21, al
        load_registers offset16(regs)
        sti
        int 0x13
        pushf
        cli
        store_registers offset16(regs)
        mov ax, es
        mov [offset16(es_after)], ax
        pop ax
        mov [offset16(flags_after)], ax
        test al, 1
        setnz [offset16(regs) + registers.carry]
        mov al, 0xff
        out 0x21, al
        jmp from_real
bits 32

main:   call state
        call parameters
        call reading
        call errors
        call writing
        call formatting
        call media
        call table
        ret

state:  step "AH=00h, 01h, 15h, 16h"
        disk 0x0000, 0, 0, 0
        says 0
        disk 0x0100, 0, 0, 0
        says 0
        disk 0x1500, 0, 0, 0
        equal [result], 2               ; a drive with a change line
        equal [regs + registers.carry], 0
        disk 0x1600, 0, 0, 0
        says 0                          ; nothing was changed
        step "a function that is none"
        disk 0x6600, 0, 0, 0
        says 1
        disk 0x0100, 0, 0, 0
        equal_bits [0x441], 0xff, 1     ; what the last one ended with
        ret

; N15, V6: the table in ROM, whatever INT 1Eh says.
parameters:
        step "AH=08h: kind, geometry, the table in ROM"
        mov eax, [0x1e * 4]
        mov [table_1e], eax
        mov dword [0x1e * 4], (ARENA >> 4) << 16
        disk 0x0800, 0, 0, 0
        mov eax, [table_1e]
        mov [0x1e * 4], eax
        says 0
        equal_bits [regs + registers.ebx], 0xffff, 4
        equal_bits [regs + registers.ecx], 0xffff, 0x4f12
        equal_bits [regs + registers.edx], 0xff00, 0x0100
        movzx eax, byte [regs + registers.edx]
        within eax, 1, 2
        movzx ebx, word [es_after]
        within ebx, 0xc800, 0xffff
        shl ebx, 4
        movzx eax, word [regs + registers.edi]
        add ebx, eax
        equal_bits [ebx + 3], 0xffff, 0x1202    ; 512 bytes, 18 sectors
        equal_bits [ebx + 11], 0xff, 0x4f       ; the last track
        step "AH=08h of a drive that is not there"
        disk 0x0800, 0, 0, 5
        equal_bits [regs + registers.ebx], 0xff, 0
        ret

reading:
        step "AH=02h: the boot sector; over both heads"
        disk 0x0201, BUFFER - ARENA, 0x0001, 0
        says 0, 1
        mov esi, BUFFER
        mov edi, 0x7c00
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        disk 0x0204, BUFFER - ARENA, 0x0003, 0
        says 0, 4
        mov esi, BUFFER
        mov edi, IMAGE + 2 * 512
        mov ecx, 512
        repe cmpsd
        equal ecx, 0
        step "AH=04h"
        disk 0x0412, 0, 0x0001, 0
        says 0
        ret

errors: step "sectors, tracks and heads that are none"
        disk 0x0201, BUFFER - ARENA, 0x0013, 0
        says 4
        disk 0x0100, 0, 0, 0
        disk 0x0000, 0, 0, 0
        step "a transfer over 64 KiB"
        disk 0x0202, 0xff00, 0x0001, 0
        says 9
        equal_bits [0x441], 0xff, 9
        step "a drive that is not there"
        disk 0x0201, BUFFER - ARENA, 0x0001, 3
        equal [regs + registers.carry], 1
        ret

writing:
        step "AH=03h, and back"
        mov edi, BUFFER
        mov ecx, 256
.fill:  imul eax, ecx, 0x01234567
        stosd
        loop .fill
        disk 0x0302, BUFFER - ARENA, TRACK << 8 | 5, 0x0100
        says 0, 2
        mov edi, BUFFER + 0x1000
        mov ecx, 256
        xor eax, eax
        rep stosd
        disk 0x0202, BUFFER - ARENA + 0x1000, TRACK << 8 | 5, 0x0100
        says 0, 2
        mov esi, BUFFER
        mov edi, BUFFER + 0x1000
        mov ecx, 256
        repe cmpsd
        equal ecx, 0
        ret

formatting:
        step "AH=05h fills a track"
        disk 0x1800, 0, TRACK << 8 | 18, 0
        says 0
        mov eax, [0x1e * 4]
        mov [table_1e], eax
        movzx eax, word [es_after]
        shl eax, 16
        mov ax, [regs + registers.edi]
        mov [0x1e * 4], eax
        mov edi, BUFFER
        mov ecx, 1
.id:    mov al, TRACK
        stosb
        mov al, 1
        stosb
        mov al, cl
        stosb
        mov al, 2
        stosb
        inc ecx
        cmp ecx, 18
        jbe .id
        disk 0x0512, BUFFER - ARENA, TRACK << 8 | 1, 0x0100
        says 0
        mov eax, [table_1e]
        mov [0x1e * 4], eax
        disk 0x0202, BUFFER - ARENA, TRACK << 8 | 5, 0x0100
        says 0, 2
        equal [BUFFER], 0xf6f6f6f6
        equal [BUFFER + 1020], 0xf6f6f6f6
        ret

media:  step "AH=18h: 720 KB, and what no drive has"
        disk 0x1800, 0, 79 << 8 | 9, 0
        says 0
        disk 0x1800, 0, 79 << 8 | 40, 0
        says 0x0c
        disk 0x1800, 0, 79 << 8 | 18, 0
        says 0
        ret

; INT 1Eh rules transfers: the last sector, and the size of sectors.
table:  step "INT 1Eh: another size of sectors is looked for"
        mov eax, [0x1e * 4]
        mov [table_1e], eax
        movzx esi, word [0x1e * 4 + 2]
        shl esi, 4
        movzx eax, word [0x1e * 4]
        add esi, eax
        mov edi, ARENA
        mov ecx, 16
        rep movsb
        mov byte [ARENA + 3], 3         ; 1024 bytes
        mov dword [0x1e * 4], (ARENA >> 4) << 16
        disk 0x0201, BUFFER - ARENA, 0x0001, 0
        says 4
        mov byte [ARENA + 3], 6         ; 8 KiB, as XDF has them
        disk 0x0201, BUFFER - ARENA, 0x0001, 0
        says 4
        step "INT 1Eh: sectors behind its last one can be read"
        mov byte [ARENA + 3], 2
        mov byte [ARENA + 4], 9
        disk 0x0201, BUFFER - ARENA, 0x000c, 0
        says 0, 1
        mov esi, BUFFER
        mov edi, IMAGE + 11 * 512
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        mov eax, [table_1e]
        mov [0x1e * 4], eax
        disk 0x0201, BUFFER - ARENA, 0x0001, 0
        says 0, 1
        ret

        align 4
result: dd 0
es_after: dd 0
flags_after: dd 0
table_1e: dd 0

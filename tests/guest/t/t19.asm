; SPDX-License-Identifier: MIT
; INT 13h for floppies: reset, status, reading, writing, verifying, formatting, parameters, kinds, the change
; line, media types, errors; the table of INT 1Eh rules transfers and not what AH=08h tells. In drive B: each
; kind of drive in turn, in which the script changes the disk: that is said once, by AH=16h or by a read;
; and an XDF disk, with sectors of four sizes on a track, which a table of INT 1Eh makes known.
; Rules N15, X10, O6, V1, V6, V7, B48. IBM PC AT Technical Reference, BIOS listing "DSKETTE"; Ralf Brown's
; Interrupt List, INT 13h.
; Floppies: 360 720 1200 1440 1840 2880
; Script: yes
%define NAME "T19"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"
%include "board.inc"
%include "script.inc"

%define BUFFER  (ARENA + 0x1000)
%define TRACK   79                      ; which nobody needs

; disk AX, BX, CX, DX: ES is ARENA's; AH is in [result], CF in [regs + registers.carry].
%macro disk 4
        mov dword [regs + registers.ecx], (%3) | 0xc5c50000
        disk_at_cx %1, %2, %4
%endmacro
%macro disk_at_cx 3
        mov dword [regs + registers.edx], (%3) | 0xd5d50000
        disk_at_cx_dx %1, %2
%endmacro
%macro disk_at_cx_dx 2
        mov dword [regs + registers.eax], (%1) | 0xa5a50000
        mov dword [regs + registers.ebx], (%2) | 0xb5b50000
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
%ifndef PEER                            ; no disk in B:, nobody who changes it
        call second_drive
%endif
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
        write 0x70, 0x10
        in al, 0x71
        shr al, 4
        movzx eax, al
        equal_bits [regs + registers.ebx], 0xffff, eax
        mov ecx, 0x4f12                 ; type 4
        cmp eax, 4
        je .own
        mov cl, 0x24                    ; type 5: because of a disk that is there for B:
.own:   equal_bits [regs + registers.ecx], 0xffff, ecx
        movzx esi, cl
        equal_bits [regs + registers.edx], 0xff00, 0x0100
        movzx eax, byte [regs + registers.edx]
        within eax, 1, 2
        movzx ebx, word [es_after]
        within ebx, 0xc800, 0xffff
        shl ebx, 4
        movzx eax, word [regs + registers.edi]
        add ebx, eax
        equal_bits [ebx + 3], 0xff, 2   ; 512 bytes
        equal_bits [ebx + 4], 0xff, esi
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

; The table of INT 1Eh to ARENA.
table_copy:
        mov eax, [0x1e * 4]
        mov [table_1e], eax
        movzx esi, word [0x1e * 4 + 2]
        shl esi, 4
        movzx eax, word [0x1e * 4]
        add esi, eax
        mov edi, ARENA
        mov ecx, 16
        rep movsb
        ret

; INT 1Eh rules transfers: the last sector, and the size of sectors.
table:  step "INT 1Eh: another size of sectors is looked for"
        call table_copy
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

; ---- drive B: ----

; By the first word of the disk. A drive reads every disk of its size that the machine was started with.
struc drive
.disk:  resd 1
.types: resd 1                          ; in CMOS: A:, B:
.line:  resd 1                          ; it has a change line
.drive: resd 1                          ; CX of AH=08h, then the rate
.drive_rate: resd 1
.last:  resd 1                          ; the same of the disk
.rate:  resd 1
endstruc
drives: dd '0360', 0x41, 0, 0x2709, 0x80, 0x2709, 0x80
        dd '0720', 0x44, 1, 0x4f12, 0x00, 0x4f09, 0x80
        dd '1200', 0x42, 1, 0x4f0f, 0x00, 0x4f0f, 0x00
        dd '1440', 0x44, 1, 0x4f12, 0x00, 0x4f12, 0x00
        dd '1840', 0x44, 1, 0x4f12, 0x00, 0x4f12, 0x00
        dd '2880', 0x55, 1, 0x4f24, 0xc0, 0x4f24, 0xc0
drives_end:

; disk_end AX, BX, DX, N: CX is the N-th sector behind the last one.
%macro disk_end 4
        mov eax, [row + drive.last]
        add eax, 0xc5c50000 + (%4)
        mov [regs + registers.ecx], eax
        disk_at_cx %1, %2, %3
%endmacro

; table_is CX, RATE: ES:DI lies in ROM; 512 bytes, this last sector and track, this rate.
%define table_is table_is_at __?LINE?__,
%macro table_is_at 3
        movzx ebx, word [es_after]
        within_at %1, ebx, 0xc800, 0xffff
        shl ebx, 4
        movzx eax, word [regs + registers.edi]
        add ebx, eax
        mov eax, %2
        movzx ecx, ah
        movzx eax, al
        equal_bits_at %1, [ebx + 3], 0xff, 2
        equal_bits_at %1, [ebx + 4], 0xff, eax
        equal_bits_at %1, [ebx + 11], 0xff, ecx
        equal_bits_at %1, [ebx + 12], 0xff, %3
%endmacro

; holds NAME: the first sector, read now, is that disk's.
%define holds holds_at __?LINE?__,
%macro holds_at 2
        mov dword [BUFFER + 5], 0
        disk 0x0201, BUFFER - ARENA, 0x0001, 1
        says_at %1, 0, 1
        equal_at %1, [BUFFER], [row + drive.disk]
        equal_at %1, [BUFFER + 5], %2
%endmacro

second_drive:
        step "drive B: the first read"
        disk 0x0201, BUFFER - ARENA, 0x0001, 1
        cmp dword [result], 6           ; it may not have been looked at since power-on
        jne .read
        disk 0x0201, BUFFER - ARENA, 0x0001, 1
.read:  says 0, 1
        mov esi, drives
.find:  mov eax, [esi + drive.disk]
        cmp eax, [BUFFER]
        je .found
        add esi, drive_size
        cmp esi, drives_end
        jb .find
        equal [BUFFER], 0               ; a disk that is none of these
.found: mov edi, row
        mov ecx, drive_size / 4
        rep movsd
        holds 'firs'
        step "drive B: CMOS, AH=15h, AH=08h and its table"
        write 0x70, 0x10
        in al, 0x71
        movzx eax, al
        equal eax, [row + drive.types]
        disk 0x1500, 0, 0, 1
        mov eax, [row + drive.line]
        inc eax
        equal [result], eax
        equal [regs + registers.carry], 0
        disk 0x0800, 0, 0, 1
        says 0
        mov eax, [row + drive.types]
        and eax, 15
        equal_bits [regs + registers.ebx], 0xffff, eax
        equal_bits [regs + registers.ecx], 0xffff, [row + drive.drive]
        equal_bits [regs + registers.edx], 0xffff, 0x0102
        table_is [row + drive.drive], [row + drive.drive_rate]
        step "drive B: AH=18h"
        disk_end 0x1800, 0, 1, 0
        says 0
        table_is [row + drive.last], [row + drive.rate]
        cmp dword [row + drive.disk], '1840'
        jne .usual
        call xdf
        jmp .changes
.usual: step "drive B: the last sector, and no further one"
        mov edi, BUFFER
        mov ecx, 128
.fill:  imul eax, ecx, 0x02468ace
        stosd
        loop .fill
        disk_end 0x0301, BUFFER - ARENA, 0x0101, 0
        says 0, 1
        disk_end 0x0201, BUFFER - ARENA + 0x1000, 0x0101, 0
        says 0, 1
        mov esi, BUFFER
        mov edi, BUFFER + 0x1000
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        disk_end 0x0201, BUFFER - ARENA, 0x0101, 1
        says 4, 0
        disk 0x0000, 0, 0, 1
.changes:
        cmp dword [row + drive.line], 0
        je .no_line
        step "drive B: AH=16h tells of another disk once"
        disk 0x1600, 0, 0, 1
        says 0
        ask "other"
        disk 0x1600, 0, 0, 1
        says 6
        disk 0x1600, 0, 0, 1
        says 0
        holds 'othe'
        step "drive B: a read tells of another disk once"
        ask "first"
        mov dword [BUFFER + 5], 0
        disk 0x0201, BUFFER - ARENA, 0x0001, 1
        says 6, 0
        equal [BUFFER + 5], 0
        equal_bits [0x441], 0xff, 6
        holds 'firs'
        disk 0x1600, 0, 0, 1
        says 0
        ret
.no_line:
        step "drive B: without a change line it might always be another"
        disk 0x1600, 0, 0, 1
        says 6
        holds 'firs'
        ask "other"
        holds 'othe'
        ask "first"
        disk 0x1600, 0, 0, 1
        says 6
        disk 0x1600, 0, 0, 1
        says 6
        holds 'firs'
        ret

; ---- XDF ----

%define BACK    (BUFFER + 0x2000)

; On each side of a track: N, R, head. In no order, so that nobody reads what he has in his buffer.
xdf_sectors:
        db 6, 0x86, 1
        db 2, 0x82, 0
        db 4, 0x84, 1
        db 3, 0x83, 0
        db 3, 0x83, 1
        db 6, 0x86, 0
        db 2, 0x82, 1
        db 4, 0x84, 0
xdf_end:

; xdf_disk AX, BX: with the sector at [xdf_at] of track 40; its N is in the table of INT 1Eh.
%macro xdf_disk 2
        mov esi, [xdf_at]
        mov al, [esi]
        mov [ARENA + 3], al
        movzx ecx, byte [esi + 1]
        or ecx, 0xc5c50000 | 40 << 8
        mov [regs + registers.ecx], ecx
        movzx edx, byte [esi + 2]
        shl edx, 8
        or edx, 0xd5d50001              ; drive B:
        mov [regs + registers.edx], edx
        disk_at_cx_dx %1, %2
%endmacro

; The pattern of the sector at [xdf_at] to EDI; ECX: its words of four bytes.
xdf_pattern:
        mov esi, [xdf_at]
        call xdf_words
        mov edx, [esi]
        push ecx
.word:  imul eax, ecx, 0x01234567
        add eax, edx
        stosd
        loop .word
        pop ecx
        ret

xdf_words:
        mov cl, [esi]
        mov eax, 32
        shl eax, cl
        mov ecx, eax
        ret

xdf:    step "XDF: the first cylinder has sectors of 512 bytes, up to 93h"
        disk 0x0201, BUFFER - ARENA, 0x0093, 0x0101
        says 0, 1
        disk 0x0201, BUFFER - ARENA, 0x0094, 0x0101
        says 4, 0
        disk 0x0202, BUFFER - ARENA, 0x0081, 0x0001
        says 0, 2
        step "XDF: the other tracks have none that is sector 1"
        disk 0x0201, BUFFER - ARENA, 40 << 8 | 1, 0x0001
        says 4, 0
        call table_copy
        mov byte [ARENA + 4], 0xff      ; as PC DOS has it: sectors up to any number, a short gap
        mov byte [ARENA + 5], 0x0a
        mov dword [0x1e * 4], (ARENA >> 4) << 16
        step "XDF: sectors of 512, 1024, 2048 and 8192 bytes are written"
        mov dword [xdf_at], xdf_sectors
.write: mov edi, BUFFER
        call xdf_pattern
        xdf_disk 0x0301, BUFFER - ARENA
        says 0, 1
        add dword [xdf_at], 3
        cmp dword [xdf_at], xdf_end
        jb .write
        step "XDF: and read, and no further byte"
        mov dword [xdf_at], xdf_sectors
.read:  mov edi, BACK
        mov ecx, 0x2004 / 4
        mov eax, 0xeeeeeeee
        rep stosd
        xdf_disk 0x0201, BACK - ARENA
        says 0, 1
        mov edi, BUFFER
        call xdf_pattern
        mov esi, BUFFER
        mov edi, BACK
        repe cmpsd
        equal ecx, 0
        equal [edi - 4], [esi - 4]
        equal [edi], 0xeeeeeeee
        add dword [xdf_at], 3
        cmp dword [xdf_at], xdf_end
        jb .read
        step "XDF: AH=04h; and where the table has another size"
        mov dword [xdf_at], xdf_sectors
        xdf_disk 0x0401, 0
        says 0
        mov byte [ARENA + 3], 5
        disk 0x0201, BACK - ARENA, 40 << 8 | 0x86, 0x0101
        says 4, 0
        step "XDF: 8 KiB over 64 KiB"
        mov byte [ARENA + 3], 6
        disk 0x0201, 0xe001, 40 << 8 | 0x86, 0x0101
        says 9, 0
        mov eax, [table_1e]
        mov [0x1e * 4], eax
        disk 0x0000, 0, 0, 1
        ret

        align 4
xdf_at: dd 0
row:    times drive_size db 0
result: dd 0
es_after: dd 0
flags_after: dd 0
table_1e: dd 0

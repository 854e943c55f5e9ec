; SPDX-License-Identifier: MIT
; The VGA BIOS as Windows NT runs it: in virtual-8086 mode with IOPL 3, INT caught by #GP, the end by #UD;
; only vectors, BIOS data, the caller's stack and buffer, A0000h to CBFFFh are mapped, and the I/O map has
; the ports of the VGA and of the display interface. Every mode of INT 10h with every function, every
; VBE mode; at most 500 bytes of stack. Rules X5, B57.
%define NAME "the VGA BIOS under a monitor"
%include "kernel.inc"
%include "calls.inc"
%include "v86.inc"

%define BITMAP  (TSS + 0x68)
%define STUB    0x600                   ; in page 0
%define STACK   ARENA                   ; one page; the pages behind it are the buffer
%define STACK_BYTES 0x1000
%define STACK_MOST 500
%define BUFFER  (ARENA + 0x1000)
%define BUFFER_PAGES 3
%define LOW     (ARENA + 0x8000)        ; 500h bytes of page 0, as they were
%define LOW_BYTES 0x500
%define FONT    0x1000                  ; in the buffer
%define BLOCK   0x2000
%define MODE_CONTROL 0x465              ; as a CGA's port 3D8h: bit 1 is graphics

main:   call build_monitor
        call standard_modes
        call vbe_modes
        cli
        mov dword [hook], 0
        ret

; ---- the monitor ----

build_monitor:
        mov edi, BITMAP
        mov ecx, 0x2000 / 4
        mov eax, -1
        rep stosd
        mov word [BITMAP + 0x1ce / 8], 0xfe3f   ; the data port's words reach to 1D0
        mov dword [BITMAP + 0x3b0 / 8], 0
        mov word [BITMAP + 0x3d0 / 8], 0        ; 3B0 to 3DF
        mov edi, PAGE_TABLE
        mov ecx, 1024
.mine:  and dword [edi], ~U
        add edi, 4
        loop .mine
        or dword [PAGE_TABLE], U
        mov edi, PAGE_TABLE + (ARENA >> 12) * 4
        mov ecx, 1 + BUFFER_PAGES
        call .yours
        mov edi, PAGE_TABLE + 0xa0 * 4
        mov ecx, 0xcc - 0xa0
        call .yours
        call paging_on
        mov dword [STUB], 0x0b0f10cd    ; INT 10h, UD2
        mov dword [v86_cs], 0
        mov dword [v86_es], BUFFER >> 4
        mov dword [v86_ss], STACK >> 4
        mov dword [v86_esp], STACK_BYTES
        mov dword [run_flags], FL_IOPL | FL_IF | 2
        mov dword [hook], monitor
        ret
.yours: or dword [edi], U
        add edi, 4
        loop .yours
        ret

; The hook of the catcher: INT n, whose gate is ring 0's, goes through the vectors of real mode.
monitor:
        test dword [ebp + frame.eflags], FL_VM
        jz .other
        cmp dword [ebp + frame.vector], GP
        jne .other
        mov eax, [ebp + frame.error]
        test eax, eax
        jz .other
        shr eax, 3
        add word [ebp + frame.eip], 2
        call reflect
        inc dword [reflected]
        clc
        ret
.other: stc
        ret

; ---- a call ----

; int10 AX, BX, CX, DX, DI (which is also BP, of the buffer)
%macro int10 5
        registers_for %1, %2, %3, %4
        mov dword [regs + registers.edi], %5
        mov dword [regs + registers.ebp], %5
        call call_bios
%endmacro

; vbe the same: it is there.
%define vbe vbe_at __?LINE?__,
%macro vbe_at 6
        int10 %2, %3, %4, %5, %6
        equal_bits_at %1, [stop.eax], 0xffff, 0x004f
%endmacro

call_bios:
        mov eax, [regs + registers.eax]
        mov [step_number], eax
        mov edi, STACK
        mov ecx, STACK_BYTES / 4
        mov eax, 0x5a5a5a5a
        rep stosd
        xor esi, esi
        mov edi, LOW
        mov ecx, LOW_BYTES / 4
        rep movsd
        until_stop .back
        load_registers regs
        push dword STUB
        jmp enter_v86
.back:  cmp dword [stop.vector], PF
        jne .port
        equal [stop.cr2], 0             ; memory that is not the VGA's
.port:  cmp dword [stop.vector], GP
        jne .end
        equal_bits [stop.edx], 0xffff, 0 ; a port that is not the VGA's
.end:   stopped UD, 0, STUB + 2
        equal [stop.esp], STACK_BYTES
        mov esi, STACK
.depth: lodsd
        cmp eax, 0x5a5a5a5a
        je .depth
        mov eax, STACK + STACK_BYTES + 4
        sub eax, esi
        cmp eax, [deepest]
        jbe .low
        mov [deepest], eax
        cmp eax, STACK_MOST
        jbe .low
        equal eax, STACK_MOST
.low:   xor ebx, ebx                    ; what of page 0 is written
.byte:  mov al, [LOW + ebx]
        cmp al, [ebx]
        je .same
        mov esi, video_data
.part:  movzx ecx, word [esi]
        movzx edx, word [esi + 2]
        add esi, 4
        cmp ebx, edx
        ja .part
        cmp ebx, ecx
        jae .same
        equal ebx, 0
.same:  inc ebx
        cmp ebx, LOW_BYTES
        jb .byte
        ret

; From, to: of page 0. INT 1Fh and 43h; equipment; video data.
section strings
video_data:
        dw 0x7c, 0x7f, 0x10c, 0x10f, 0x410, 0x410, 0x449, 0x466, 0x484, 0x48a, 0x4a8, 0x4ab, -1, -1
section program

; ---- modes of the VGA ----

; AX, BX, CX, DX, DI: each function in each mode.
section strings
modes:  db 0, 1, 2, 3, 4, 5, 6, 7, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x83
modes_end:
functions:
        dw 0x0100, 0, 0x0607, 0, 0
        dw 0x0200, 0, 0, 0x0203, 0
        dw 0x0300, 0, 0, 0, 0
        dw 0x0400, 0, 0, 0, 0
        dw 0x0500, 0, 0, 0, 0
        dw 0x0601, 0x0700, 0x0000, 0x0820, 0
        dw 0x0702, 0x0700, 0x0000, 0x0820, 0
        dw 0x0600, 0x0700, 0x0000, 0x1827, 0
        dw 0x0a42, 0x0001, 0x0003, 0, 0
        dw 0x0b00, 0x0001, 0, 0, 0
        dw 0x0b00, 0x0101, 0, 0, 0
        dw 0x0c01, 0, 0x0005, 0x0006, 0
        dw 0x0d00, 0, 0x0005, 0x0006, 0
        dw 0x0e43, 0x0001, 0, 0, 0
        dw 0x0e0a, 0x0001, 0, 0, 0
        dw 0x0f00, 0, 0, 0, 0
        dw 0x1000, 0x0203, 0, 0, 0
        dw 0x1001, 0x0100, 0, 0, 0
        dw 0x1009, 0, 0, BLOCK, BLOCK
        dw 0x1002, 0, 0, BLOCK, BLOCK
        dw 0x1003, 1, 0, 0, 0
        dw 0x1007, 1, 0, 0, 0
        dw 0x1008, 1, 0, 0, 0
        dw 0x1010, 0x10, 0x1020, 0x3000, 0
        dw 0x1017, 0, 0x0100, BLOCK, BLOCK
        dw 0x1012, 0, 0x0100, BLOCK, BLOCK
        dw 0x1013, 0x0100, 0, 0, 0
        dw 0x1015, 0x10, 0, 0, 0
        dw 0x1018, 0xff, 0, 0, 0
        dw 0x1019, 0, 0, 0, 0
        dw 0x101a, 0, 0, 0, 0
        dw 0x101b, 0, 0x0010, 0, 0
        dw 0x1130, 0x0100, 0, 0, 0
        dw 0x1103, 0, 0, 0, 0
        dw 0x1200, 0x10, 0, 0, 0
        dw 0x1202, 0x30, 0, 0, 0
        dw 0x1200, 0x31, 0, 0, 0
        dw 0x1201, 0x33, 0, 0, 0
        dw 0x1200, 0x33, 0, 0, 0
        dw 0x1200, 0x34, 0, 0, 0
        dw 0x1201, 0x36, 0, 0, 0
        dw 0x1200, 0x36, 0, 0, 0
        dw 0x1301, 0x0007, 0x0005, 0x0101, BLOCK
        dw 0x1a00, 0, 0, 0, 0
        dw 0x1b00, 0, 0, 0, BLOCK
        dw 0x1c00, 0, 7, 0, 0
        dw 0x1c01, BLOCK, 7, 0, 0
        dw 0x1c02, BLOCK, 7, 0, 0
functions_end:
fonts:  dw 0x1100, 0x1000, 0x0100, 0x0000, FONT ; text modes
        dw 0x1101, 0, 0, 0, 0
        dw 0x1102, 0, 0, 0, 0
        dw 0x1104, 0, 0, 0, 0
        dw 0x1110, 0x1000, 0x0100, 0x0000, FONT
        dw 0x1111, 0, 0, 0, 0
        dw 0x1112, 0, 0, 0, 0
        dw 0x1114, 0, 0, 0, 0
fonts_end:
graphics_fonts:
        dw 0x1122, 2, 0, 0, 0
        dw 0x1123, 2, 0, 0, 0
        dw 0x1124, 2, 0, 0, 0
graphics_fonts_end:
section program

; ESI: rows up to EDI.
each:   movzx eax, word [esi]
        mov [regs + registers.eax], eax
        movzx eax, word [esi + 2]
        mov [regs + registers.ebx], eax
        movzx eax, word [esi + 4]
        mov [regs + registers.ecx], eax
        movzx eax, word [esi + 6]
        mov [regs + registers.edx], eax
        movzx eax, word [esi + 8]
        mov [regs + registers.edi], eax
        mov [regs + registers.ebp], eax
        add esi, 10
        push esi
        push edi
        call call_bios
        pop edi
        pop esi
        cmp esi, edi
        jb each
        ret

standard_modes:
        step "INT 10h, AX ="
        mov esi, modes
.next:  movzx eax, byte [esi]
        mov [mode], eax
        inc esi
        push esi
        int10 eax, 0, 0, 0, 0
        mov eax, [mode]
        and eax, 0x7f
        equal_bits [0x449], 0xff, eax
        int10 0x0941, 0x0001, 1, 0, 0
        int10 0x0800, 0, 0, 0, 0
        equal_bits [stop.eax], 0xff, 'A'
        mov esi, functions
        mov edi, functions_end
        call each
        mov esi, fonts
        mov edi, fonts_end
        test byte [MODE_CONTROL], 2
        jz .fonts
        mov esi, graphics_fonts
        mov edi, graphics_fonts_end
.fonts: call each
        pop esi
        cmp esi, modes_end
        jb .next
        mov dword [step_number], 0
        step "calls were reflected, and took stack"
        cmp dword [reflected], 500
        setae al
        movzx eax, al
        equal eax, 1
        cmp dword [deepest], 40
        setae al
        movzx eax, al
        equal eax, 1
        ret

; ---- modes of VBE ----

vbe_modes:
        step "VBE, AX ="
        mov dword [BUFFER], 'VBE2'
        vbe 0x4f00, 0, 0, 0, 0
        equal [BUFFER], 'VESA'
        movzx esi, word [BUFFER + 16]
        shl esi, 4
        movzx eax, word [BUFFER + 14]
        add esi, eax
.next:  movzx eax, word [esi]
        cmp eax, 0xffff
        je .end
        mov [mode], eax
        add esi, 2
        push esi
        call vbe_mode
        pop esi
        jmp .next
.end:   vbe 0x4f15, 0, 0, 0, 0
        vbe 0x4f15, 1, 0, 0, BLOCK
        vbe 0x4f10, 0, 0, 0, 0
        vbe 0x4f0a, 0, 0, 0, 0
        int10 3, 0, 0, 0, 0
        vbe 0x4f03, 0, 0, 0, 0
        equal_bits [stop.ebx], 0x7fff, 3
        ret

vbe_mode:
        mov ecx, [mode]
        vbe 0x4f01, 0, ecx, 0, BLOCK
        equal_bits [BUFFER + BLOCK], 0x81, 0x81
        mov ebx, [mode]
        vbe 0x4f02, ebx, 0, 0, 0
        vbe 0x4f03, 0, 0, 0, 0
        equal_bits [stop.ebx], 0x7fff, [mode]
        vbe 0x4f05, 0, 0, 1, 0
        vbe 0x4f05, 0x100, 0, 0, 0
        equal_bits [stop.edx], 0xffff, 1
        int10 0x0f00, 0, 0, 0, 0
        mov ebx, [mode]
        or ebx, 0x4000
        vbe 0x4f02, ebx, 0, 0, 0
        vbe 0x4f03, 0, 0, 0, 0
        mov eax, [mode]
        or eax, 0x4000
        equal_bits [stop.ebx], 0x7fff, eax
        vbe 0x4f06, 1, 0, 0, 0
        vbe 0x4f07, 0x80, 0, 0, 0
        vbe 0x4f07, 1, 0, 0, 0
        vbe 0x4f09, 1, 256, 0, BLOCK
        vbe 0x4f09, 0x80, 256, 0, BLOCK
        vbe 0x4f04, 1, 15, 0, 0
        vbe 0x4f04, BLOCK, 15, 1, 0
        vbe 0x4f04, BLOCK, 15, 2, 0
        vbe 0x4f10, 0x0401, 0, 0, 0
        vbe 0x4f10, 0x0001, 0, 0, 0
        int10 0x4f08, 0x0800, 0, 0, 0   ; not with more colours
        ret

        align 4
mode:   dd 0
reflected: dd 0
deepest: dd 0

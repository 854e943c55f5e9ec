; SPDX-License-Identifier: MIT
; VBE: 4F00h to 4F09h, 4F10h, 4F15h; modes told are those that are set; linear frame buffer and banks are
; one memory, at the PCI function's base address; the ports of the Bochs display interface; text is back
; after mode 3. Rules G3 to G6, N10. VBE Core Functions Standard 3.0; VBE/DDC 1.1; VBE/PM 1.0.
; With: -machine isapc
%define NAME "T37"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"
%include "board.inc"

%define INFO    (ARENA + 0x1000)        ; of the card; 512 bytes
%define MODE    (ARENA + 0x1200)        ; of a mode; 256 bytes
%define SMALL   0x2000
%define EDID    (ARENA + 0x3000)

; vbe AX, BX, CX, DX, DI, RESULT: ES:DI in ARENA; what AX is then.
%define vbe vbe_at __?LINE?__,
%macro vbe_at 7
        registers_for %2, %3, %4, %5
        mov dword [regs + registers.edi], %6
        in_real call_vbe
        equal_bits_at %1, [regs + registers.eax], 0xffff, %7
%endmacro
bits 16
call_vbe:
        mov ax, ARENA >> 4
        mov es, ax
        load_registers offset16(regs)
        int 0x10
        store_registers offset16(regs)
        mov ax, es
        mov [offset16(es_after)], ax
        jmp from_real
bits 32

main:   call interface
        call card
        call every_mode
        call set_mode
        call banks
        call scan_lines
        call palette
        call monitor
        call power
        call text
        ret

%macro dispi_write 2
        mov dx, 0x1ce
        mov ax, %1
        out dx, ax
        inc edx
        mov ax, %2
        out dx, ax
%endmacro
%macro dispi 1 ; EAX
        mov dx, 0x1ce
        mov ax, %1
        out dx, ax
        inc edx
        in ax, dx
        movzx eax, ax
%endmacro

interface:
        step "ports 1CEh, 1CFh: versions"
        dispi 0
        within eax, 0xb0c0, 0xb0c5
        dispi_write 0, 0xb0c0
        dispi 0
        equal eax, 0xb0c0
        dispi_write 0, 0xb0c5
        dispi 0
        equal eax, 0xb0c5
        dispi_write 0, 0x1234
        dispi 0
        equal eax, 0xb0c5
        step "video memory in 64 KiB"
        dispi 10
        within eax, 16, 256
        mov [memory], eax
        dispi 4
        equal_bits eax, 1, 0            ; no mode
        step "base address 0; without PCI it is where Bochs has it"
        mov dword [base], 0xe0000000
        mov dx, 0xcf8
        mov eax, 0x80000000
        out dx, eax
        in eax, dx
        cmp eax, 0x80000000
        je .pci
        ret
.pci:   xor ebx, ebx
.find:  mov eax, ebx
        shl eax, 11
        or eax, 0x80000008
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        shr eax, 16
        cmp eax, 0x0300
        je .found
        inc ebx
        cmp ebx, 32
        jb .find
        equal ebx, 0                    ; no display
.found: mov eax, ebx
        shl eax, 11
        or eax, 0x80000010
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        equal_bits eax, 7, 0
        and eax, ~15
        mov [base], eax
        ret

card:   step "4F00h"
        mov edi, INFO
        mov ecx, 512 / 4
        xor eax, eax
        rep stosd
        mov dword [INFO], 'VBE2'
        vbe 0x4f00, 0, 0, 0, INFO - ARENA, 0x004f
        equal [INFO], 'VESA'
        movzx eax, word [INFO + 4]
        within eax, 0x200, 0x300
        movzx eax, word [INFO + 18]
        equal eax, [memory]
        step "the list of modes ends, and has 101h"
        call mode_list
        xor ecx, ecx
        xor edi, edi
.next:  movzx eax, word [esi]
        cmp eax, 0xffff
        je .end
        cmp eax, 0x101
        jne .other
        inc edi
.other: add esi, 2
        inc ecx
        cmp ecx, 200
        jb .next
.end:   equal edi, 1
        within ecx, 1, 199
        ret

; ESI: the list.
mode_list:
        movzx esi, word [INFO + 16]
        shl esi, 4
        movzx eax, word [INFO + 14]
        add esi, eax
        ret

; information MODE: AX = 4F, and the block.
%macro information 1
        mov edi, MODE
        mov ecx, 64
        xor eax, eax
        rep stosd
        vbe 0x4f01, 0, %1, 0, MODE - ARENA, 0x004f
%endmacro

; What a mode says of itself must agree.
every_mode:
        step "4F01h: mode"
        call mode_list
.next:  movzx eax, word [esi]
        cmp eax, 0xffff
        je .done
        mov [step_number], eax
        mov [mode], eax
        push esi
        mov edx, eax
        information edx
        pop esi
        add esi, 2
        movzx eax, word [MODE]
        test eax, 1
        jz .next
        test eax, 0x10
        jz .next                        ; text
        movzx eax, byte [MODE + 25]     ; bits
        cmp eax, 8
        jb .next
        add eax, 7
        shr eax, 3
        movzx ecx, word [MODE + 18]
        imul ecx, eax
        movzx eax, word [MODE + 16]     ; bytes of a line
        within eax, ecx, 0xffff
        movzx ecx, word [MODE + 20]
        imul eax, ecx
        mov ecx, [memory]
        shl ecx, 16
        within eax, 1, ecx
        equal_bits [MODE], 0x20, 0x20   ; not compatible with a VGA
        mov eax, [base]
        test byte [MODE], 0x80
        jz .next
        equal [MODE + 40], eax
        jmp .next
.done:  mov dword [step_number], 0
        step "4F01h of a mode that is none"
        vbe 0x4f01, 0, 0x1ff, 0, MODE - ARENA, 0x014f
        ret

set_mode:
        step "4F02h, 4F03h: 640 x 480 x 8, linear"
        information 0x101
        equal_bits [MODE], 0x99, 0x99   ; supported, colour, graphics, linear
        equal [MODE + 18], 480 << 16 | 640
        equal_bits [MODE + 25], 0xff, 8
        movzx eax, word [MODE + 16]
        mov [pitch], eax
        vbe 0x4f02, 0x4101, 0, 0, 0, 0x004f
        vbe 0x4f03, 0, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0x7fff, 0x4101
        dispi 1
        equal eax, 640
        dispi 2
        equal eax, 480
        dispi 3
        equal eax, 8
        dispi 4
        equal_bits eax, 0x41, 0x41
        step "memory was cleared"
        mov esi, [base]
        mov ecx, 640 * 480 / 4
.clear: lodsd
        test eax, eax
        jnz .dirty
        loop .clear
.dirty: equal eax, 0
        step "4F02h of a mode that is none"
        vbe 0x4f02, 0x01ff, 0, 0, 0, 0x014f
        ret

banks:  step "4F05h: banks of 64 KiB are the linear memory"
        vbe 0x4f02, 0x0101, 0, 0, 0, 0x004f
        movzx eax, word [MODE + 4]      ; granularity, in KiB
        equal eax, 64
        mov ebx, 3
.next:  mov [step_number], ebx
        mov [bank], ebx
        vbe 0x4f05, 0, 0, ebx, 0, 0x004f
        mov ebx, [bank]
        imul eax, ebx, 0x01234567
        mov [0xa0000 + 0x1234], eax
        mov edi, ebx
        shl edi, 16
        add edi, [base]
        equal eax, [edi + 0x1234]
        vbe 0x4f05, 0x100, 0, 0, 0, 0x004f
        mov ebx, [bank]
        equal_bits [regs + registers.edx], 0xffff, ebx
        dec ebx
        jns .next
        mov dword [step_number], 0
        ret

scan_lines:
        step "4F06h: a line of 800 pixels"
        vbe 0x4f02, 0x4101, 0, 0, 0, 0x004f
        vbe 0x4f06, 0, 800, 0, 0, 0x004f
        equal_bits [regs + registers.ecx], 0xffff, 800
        movzx eax, word [regs + registers.ebx]
        within eax, 800, 1024
        vbe 0x4f06, 1, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ecx], 0xffff, 800
        step "4F07h: where the picture starts"
        vbe 0x4f07, 0, 16, 5, 0, 0x004f
        vbe 0x4f07, 1, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ecx], 0xffff, 16
        equal_bits [regs + registers.edx], 0xffff, 5
        ret

palette:
        step "4F08h: bits of a colour"
        vbe 0x4f08, 0x0800, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0x0800
        vbe 0x4f08, 0x0600, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0x0600
        vbe 0x4f08, 1, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0x0600
        step "4F09h: colours"
        mov dword [ARENA + SMALL], 0x00112233
        mov dword [ARENA + SMALL + 4], 0x00071526
        vbe 0x4f09, 0, 2, 20, SMALL, 0x004f
        write 0x3c7, 21
        reads 0x3c9, 0xff, 0x07
        reads 0x3c9, 0xff, 0x15
        reads 0x3c9, 0xff, 0x26
        mov dword [ARENA + SMALL], 0
        mov dword [ARENA + SMALL + 4], 0
        vbe 0x4f09, 1, 2, 20, SMALL, 0x004f
        equal_bits [ARENA + SMALL], 0xffffff, 0x112233
        equal_bits [ARENA + SMALL + 4], 0xffffff, 0x071526
        step "4F04h: the state's size, save and restore"
        vbe 0x4f04, 0, 15, 0, 0, 0x004f
        movzx eax, word [regs + registers.ebx]
        within eax, 1, 64
        ret

; VBE/DDC 1.1; "Enhanced EDID Data Standard" A1: a block of version 1.3, with what that demands, and
; timings only of sizes that are offered.
monitor:
        step "4F15h: DDC2"
        vbe 0x4f15, 0, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff, 2
        movzx eax, byte [regs + registers.ebx + 1]
        within eax, 0, 2
        step "EDID: magic, version, sum"
        mov edi, EDID
        mov ecx, 136 / 4
        mov eax, 0x5a5a5a5a
        rep stosd
        vbe 0x4f15, 1, 0, 0, EDID - ARENA, 0x004f
        equal [EDID], 0xffffff00
        equal [EDID + 4], 0x00ffffff
        equal_bits [EDID + 18], 0xffff, 0x0301
        mov esi, EDID
        mov ecx, 128
        xor eax, eax
.sum:   add al, [esi]
        inc esi
        loop .sum
        equal eax, 0
        equal [EDID + 128], 0x5a5a5a5a
        step "EDID: analogue, colour, the first detailed timing is preferred"
        equal_bits [EDID + 20], 0x80, 0
        equal_bits [EDID + 24], 0x1a, 0x0a
        movzx eax, byte [EDID + 54 + 4] ; 1024 by 768, 60 Hz
        shl eax, 4
        mov al, [EDID + 54 + 2]
        equal_bits eax, 0xfff, 1024
        movzx ecx, byte [EDID + 54 + 3]
        movzx eax, byte [EDID + 54 + 4]
        and eax, 15
        shl eax, 8
        lea ebx, [eax + ecx + 1024]     ; dots of a line
        movzx eax, byte [EDID + 54 + 7]
        and eax, 0xf0
        shl eax, 4
        mov al, [EDID + 54 + 5]
        equal eax, 768
        movzx ecx, byte [EDID + 54 + 6]
        add ecx, eax
        imul ecx, ebx
        movzx eax, word [EDID + 54]
        imul eax, eax, 10000
        xor edx, edx
        div ecx
        equal eax, 60
        step "EDID: names its limits and itself"
        equal [EDID + 72], 0xfd000000
        movzx eax, byte [EDID + 72 + 9] ; MHz / 10: 4F01h says up to 229.5
        within eax, 23, 25
        equal [EDID + 90], 0xfc000000
        equal [EDID + 95], 'twin'
        equal_bits [EDID + 99], 0xffffff, 0x0a3638
        equal [EDID + 108], 0x10000000
        equal_bits [EDID + 126], 0xff, 0
        step "EDID: standard timing"
        mov dword [sizes], 0
        xor ebx, ebx
.next:  mov [step_number], ebx
        movzx eax, byte [EDID + 38 + ebx * 2]
        movzx ecx, byte [EDID + 39 + ebx * 2]
        cmp eax, 1
        je .none
        add eax, 31
        shl eax, 3
        mov edx, eax
        shr edx, 2
        imul edx, edx, 3                ; 4 : 3
        cmp ecx, 0x40
        je .size
        equal ecx, 0x80
        mov ecx, 5                      ; 5 : 4
        push eax
        shl eax, 2
        xor edx, edx
        div ecx
        mov edx, eax
        pop eax
.size:  shl edx, 16
        or edx, eax
        cmp edx, [sizes]
        jbe .offered
        mov [sizes], edx
.offered:
        push ebx
        call offers
        pop ebx
        jmp .over
.none:  equal ecx, 1
.over:  inc ebx
        cmp ebx, 8
        jb .next
        mov dword [step_number], 0
        equal [sizes], 1200 << 16 | 1600
        step "4F15h: other blocks, controllers, functions"
        vbe 0x4f15, 1, 0, 1, EDID - ARENA, 0x014f
        vbe 0x4f15, 1, 1, 0, EDID - ARENA, 0x014f
        vbe 0x4f15, 0, 1, 0, 0, 0x014f
        vbe 0x4f15, 2, 0, 0, EDID - ARENA, 0x014f
        ret

; Some mode has the size EDX.
offers: mov [size], edx
        call mode_list
.next:  movzx eax, word [esi]
        cmp eax, 0xffff
        je .none
        push esi
        mov edx, eax
        information edx
        pop esi
        add esi, 2
        mov eax, [MODE + 18]
        cmp eax, [size]
        jne .next
        ret
.none:  equal [size], 0
        ret

; VBE/PM 1.0: on and off alone, for a VGA has no other; the bits are in registers of the VGA.
power:  step "4F10h: on and off"
        vbe 0x4f10, 0, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xffff, 0x0410
        vbe 0x4f10, 2, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0
        vbe 0x4f10, 0x0401, 0, 0, 0, 0x004f
        vbe 0x4f10, 2, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0x0400
        write 0x3d4, 0x17
        reads 0x3d5, 0x80, 0            ; no syncs
        write 0x3c4, 1
        reads 0x3c5, 0x20, 0x20         ; dark
        vbe 0x4f10, 0x0101, 0, 0, 0, 0x014f
        vbe 0x4f10, 0x0201, 0, 0, 0, 0x014f
        vbe 0x4f10, 3, 0, 0, 0, 0x014f
        vbe 0x4f10, 2, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0x0400
        vbe 0x4f10, 0x0001, 0, 0, 0, 0x004f
        reads 0x3c5, 0x20, 0
        write 0x3d4, 0x17
        reads 0x3d5, 0x80, 0x80
        step "a mode ends it too"
        vbe 0x4f10, 0x0401, 0, 0, 0, 0x004f
        mov dword [regs + registers.eax], 3
        in_real call_vbe
        vbe 0x4f10, 2, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0xff00, 0
        write 0x3c4, 1
        reads 0x3c5, 0x20, 0
        vbe 0x4f02, 0x4101, 0, 0, 0, 0x004f
        ret

text:   step "mode 3 ends it: text, and no linear mode"
        mov dword [regs + registers.eax], 3
        in_real call_vbe
        dispi 4
        equal_bits eax, 1, 0
        vbe 0x4f03, 0, 0, 0, 0, 0x004f
        equal_bits [regs + registers.ebx], 0x7fff, 3
        equal_bits [0xb8000], 0xff, ' '
        mov dword [0xb8000], 0x1f421e41
        equal [0xb8000], 0x1f421e41
        write 0x3d4, 1
        reads 0x3d5, 0xff, 79
        ret

        align 4
memory: dd 0
base:   dd 0
mode:   dd 0
bank:   dd 0
pitch:  dd 0
size:   dd 0
sizes:  dd 0
es_after: dd 0

; SPDX-License-Identifier: MIT
; The VGA's registers read back as they were written, all of them; where they answer; the CRTC's protected
; ones; write modes, read modes, latches, bit masks, rotation; planes as chain 4, odd/even and flat modes
; show them; the modes of EGA and CGA with their pixels, pages and windows; the font in plane 2 of text
; modes. Rules W1, E8, B62, G2. IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem".
%define NAME "T35"
%include "kernel.inc"
%include "real.inc"
%include "board.inc"
%include "video.inc"

%define PLANES  0xa0000

; indexed PORT, INDEX, VALUE
%macro indexed 3
        write %1, %2
        write (%1) + 1, %3
%endmacro
%define has has_at __?LINE?__,
%macro has_at 4 ; port, index, expected
        write %2, %3
        reads_at %1, (%2) + 1, 0xff, %4
%endmacro
%define seq(index, value) 0x3c4, index, value
%define gc(index, value) 0x3ce, index, value
%define crtc(index, value) 0x3d4, index, value

main:   mode 0x12
        call read_back
        call attributes
        call protection
        call colour_and_mono
        call planar_modes
        call cga_modes
        mode 0x13
        call chained
        mode 0x03
        call text
        call font
        mode 0x03
        ret

; The bits that exist, of each index.
section strings
seq_bits: db 0x03, 0x3d, 0x0f, 0x3f, 0x0e
gc_bits: db 0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff
crtc_bits:
        db 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff
        db 0x7f, 0xff, 0x3f, 0x7f, 0xff, 0xff, 0xff, 0xff
        db 0xff, 0x0f, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xe3, 0xff
ac_bits: times 16 db 0x3f
        db 0xef, 0xff, 0x3f, 0x0f, 0x0f
section program

; ESI: bits, ECX: indices, EDX: port, of which each index takes patterns and keeps them.
each:   xor ebx, ebx
.next:  mov [step_number], ebx
        mov ah, 0x55
        call .pattern
        mov ah, 0xaa
        call .pattern
        inc ebx
        cmp ebx, ecx
        jb .next
        mov dword [step_number], 0
        ret
.pattern:
        mov al, bl
        out dx, al
        inc edx
        in al, dx
        mov [.old], al
        mov al, ah
        and al, [esi + ebx]
        mov [.want], al
        mov al, ah
        out dx, al
        in al, dx
        and al, [esi + ebx]
        movzx edi, al
        mov al, [.old]
        out dx, al
        dec edx
        movzx eax, byte [.want]
        equal edi, eax
        mov ah, 0xaa
        ret
.old:   db 0
.want:  db 0

read_back:
        step "sequencer: index"
        mov esi, seq_bits
        mov ecx, 5
        mov edx, 0x3c4
        call each
        step "graphics controller: index"
        mov esi, gc_bits
        mov ecx, 9
        mov edx, 0x3ce
        call each
        step "CRTC: index"
        indexed crtc(0x11, 0x0c)        ; not protected
        mov esi, crtc_bits
        mov ecx, 25
        mov edx, 0x3d4
        call each
        step "index registers"
        write 0x3c4, 2
        reads 0x3c4, 7, 2
        write 0x3ce, 8
        reads 0x3ce, 15, 8
        write 0x3d4, 0x0f
        reads 0x3d4, 0x1f, 0x0f
        step "miscellaneous output, feature control"
        read 0x3cc
        mov ebx, eax
        mov eax, ebx
        xor al, 0x0c
        write 0x3c2, al
        mov ecx, eax
        read 0x3cc
        equal eax, ecx
        write 0x3c2, bl
        write 0x3da, 0
        reads 0x3ca, 3, 0
%ifndef PEER                            ; they have none
        write 0x3da, 3
        reads 0x3ca, 3, 3
        write 0x3da, 0
        step "what is no register reads 0"
        has 0x3c4, 7, 0
        has 0x3ce, 9, 0
        has 0x3d4, 0x33, 0
        step "and a VGA has nothing of an ET4000"
        write 0x3cd, 0x55
        reads 0x3cd, 0xff, 0xff
%endif
        ret

attributes:
        step "attribute controller: index"
        xor ebx, ebx
.next:  mov [step_number], ebx
        read 0x3da
        write 0x3c0, bl
        read 0x3c1
        mov ecx, eax
        mov al, [ac_bits + ebx]
        and al, 0x2a
        movzx edi, al
        write 0x3c0, 0x2a
        read 0x3da
        write 0x3c0, bl
        read 0x3c1
        and al, [ac_bits + ebx]
        equal eax, edi
        write 0x3c0, cl
        inc ebx
        cmp ebx, 21
        jb .next
        mov dword [step_number], 0
        step "3DAh makes 3C0h an index again"
        write 0x3c0, 0x11
        read 0x3da
        write 0x3c0, 0x32
        reads 0x3c0, 0x3f, 0x32
        read 0x3da
        write 0x3c0, 0x20
        ret

protection:
        step "CRTC 0 to 7 are protected by bit 7 of 11h, but for the line compare's bit"
        indexed crtc(0x11, 0x8c)
        write 0x3d4, 0
        read 0x3d5
        mov ebx, eax
        not eax
        write 0x3d5, al
        read 0x3d5
        equal eax, ebx
        write 0x3d4, 7
        read 0x3d5
        mov ebx, eax
        not eax
        write 0x3d5, al
        read 0x3d5
        xor eax, ebx
        equal eax, 0x10
        write 0x3d5, bl
        indexed crtc(0x11, 0x0c)
        ret

colour_and_mono:
        step "the CRTC moves with bit 0 of the miscellaneous register"
        read 0x3cc
        mov ebx, eax
        write 0x3d4, 0x0f
        write 0x3d5, 0x5a
        and al, 0xfe
        write 0x3c2, al
        write 0x3b4, 0x0f
        reads 0x3b5, 0xff, 0x5a
        reads 0x3d5, 0xff, 0xff
        write 0x3d5, 0x77
        reads 0x3b5, 0xff, 0x5a
        write 0x3c2, bl
        reads 0x3d5, 0xff, 0x5a
        reads 0x3b5, 0xff, 0xff
        write 0x3d5, 0
        ret

; planes OFFSET, V0, V1, V2, V3: what the planes have there.
%define planes planes_at __?LINE?__,
%macro planes_at 6
        indexed gc(5, 0)
    %assign %%p 0
    %assign %%line %1
    %assign %%at PLANES + %2
    %rotate 2
    %rep 4
        indexed gc(4, %%p)
        equal_bits_at %%line, [%%at], 0xff, %1
        %rotate 1
        %assign %%p %%p + 1
    %endrep
%endmacro

plain:  indexed seq(2, 15)
        indexed gc(0, 0)
        indexed gc(1, 0)
        indexed gc(3, 0)
        indexed gc(5, 0)
        indexed gc(8, 0xff)
        ret

write_modes:
        step "write mode 0: planes, set/reset"
        call plain
        mov byte [PLANES], 0xa5
        planes 0, 0xa5, 0xa5, 0xa5, 0xa5
        indexed seq(2, 0x05)
        mov byte [PLANES], 0x3c
        planes 0, 0x3c, 0xa5, 0x3c, 0xa5
        call plain
        indexed gc(0, 0x09)
        indexed gc(1, 0x0b)
        mov byte [PLANES + 1], 0x66
        planes 1, 0xff, 0x00, 0x66, 0xff
        step "write mode 0: rotation, functions with the latches, bit mask"
        call plain
        mov byte [PLANES + 2], 0x0f
        mov al, [PLANES + 2]
        indexed gc(3, 0x0b)             ; AND, rotated by 3
        mov byte [PLANES + 2], 0x3c     ; -> 87h
        planes 2, 0x07, 0x07, 0x07, 0x07
        indexed gc(3, 0x10)             ; OR
        mov al, [PLANES + 2]
        mov byte [PLANES + 2], 0x30
        planes 2, 0x37, 0x37, 0x37, 0x37
        indexed gc(3, 0x18)             ; XOR
        mov al, [PLANES + 2]
        mov byte [PLANES + 2], 0xff
        planes 2, 0xc8, 0xc8, 0xc8, 0xc8
        call plain
        indexed gc(8, 0xf0)
        mov al, [PLANES + 2]
        mov byte [PLANES + 2], 0x55
        planes 2, 0x58, 0x58, 0x58, 0x58
        step "write mode 1: the latches"
        call plain
        mov al, [PLANES + 1]
        indexed gc(5, 1)
        mov byte [PLANES + 3], 0x99
        planes 3, 0xff, 0x00, 0x66, 0xff
        step "write mode 2: a colour by bit mask"
        call plain
        indexed gc(5, 2)
        indexed gc(8, 0x0f)
        mov al, [PLANES + 3]
        mov byte [PLANES + 3], 0x06
        planes 3, 0xf0, 0x0f, 0x6f, 0xf0
        step "write mode 3: the CPU's byte is the mask"
        call plain
        indexed gc(0, 0x0a)
        indexed gc(8, 0x3f)
        mov al, [PLANES + 1]
        indexed gc(5, 3)
        mov byte [PLANES + 1], 0xfc     ; mask 3Ch
        planes 1, 0xc3, 0x3c, 0x42, 0xff
        call plain
        ret

read_modes:
        step "read mode 1: compares colours"
        call plain
        mov byte [PLANES + 4], 0
        indexed seq(2, 1)
        mov byte [PLANES + 4], 0x0f
        indexed seq(2, 4)
        mov byte [PLANES + 4], 0x33
        indexed gc(5, 8)
        indexed gc(2, 5)
        indexed gc(7, 15)
        equal_bits [PLANES + 4], 0xff, 0x03
        indexed gc(7, 4)
        equal_bits [PLANES + 4], 0xff, 0x33
        indexed gc(7, 0)
        equal_bits [PLANES + 4], 0xff, 0xff
        call plain
        step "latches are loaded in read mode 1 too"
        indexed gc(5, 8)
        mov al, [PLANES + 4]
        indexed gc(5, 1)
        mov byte [PLANES + 5], 0
        planes 5, 0x0f, 0, 0x33, 0
        call plain
        ret

chained:
        step "chain 4: address bits 1 and 0 are the plane"
        mov dword [PLANES + 8], 0x44332211
        indexed seq(4, 0x06)            ; unchained
        planes 8, 0x11, 0x22, 0x33, 0x44
        indexed seq(2, 0x02)
        mov byte [PLANES + 8], 0x99
        indexed seq(4, 0x0e)
        equal [PLANES + 8], 0x44339911
        step "chain 4: the map mask counts"
        indexed seq(2, 0x01)
        mov dword [PLANES + 8], 0
        equal [PLANES + 8], 0x44339900
        indexed seq(2, 15)
        ret

text:   step "text: characters in plane 0, attributes in plane 1"
        mov dword [0xb8000], 0x1f421e41
        equal [0xb8000], 0x1f421e41
        equal [0xa0000], -1             ; the window is at B8000h
        indexed seq(4, 0x06)            ; not odd/even
        indexed gc(5, 0)
        indexed gc(6, 0x04)             ; A0000h
        indexed gc(4, 0)
        equal_bits [PLANES], 0xff00ff, 0x420041
        indexed gc(4, 1)
        equal_bits [PLANES], 0xff00ff, 0x1f001e
        ret

; The BIOS has loaded 8x16 characters, 32 bytes apart.
font:   step "plane 2 has the font"
        indexed gc(4, 2)
        indexed gc(5, 0)
        xor ecx, ecx
        mov esi, PLANES + 'A' * 32
.next:  movzx eax, byte [esi]
        add ecx, eax
        inc esi
        cmp esi, PLANES + 'A' * 32 + 16
        jb .next
        within ecx, 1, 16 * 255
        equal_bits [PLANES + 'A' * 32 + 16], 0xff, 0
        equal_bits [PLANES + ' ' * 32 + 5], 0xff, 0
        step "a character is loaded by INT 10h, AX=1100h"
        mode 0x03
        in_real .load
        indexed seq(4, 0x06)
        indexed gc(5, 0)
        indexed gc(6, 0x04)
        indexed gc(4, 2)
        equal [PLANES + 200 * 32], 0x0f0e0d0c
        ret
bits 16
.load:  mov ax, cs
        mov es, ax
        mov bp, offset16(.shape)
        mov ax, 0x1100
        mov bx, 0x1000
        mov cx, 1
        mov dx, 200
        int 0x10
        jmp from_real
bits 32
.shape: db 12, 13, 14, 15
        times 12 db 0

; ---- modes 0Dh to 12h ----

; Mode, bytes of a line, of a page, and a colour, whose bits are planes: 0Fh has two, 11h one.
section strings
        align 4
planar:
        dd 0x0d, 40, 0x2000, 0x5
        dd 0x0e, 80, 0x4000, 0x5
        dd 0x0f, 80, 0x8000, 0x5
        dd 0x10, 80, 0x8000, 0x5
        dd 0x11, 80, 0, 0x1
        dd 0x12, 80, 0, 0x5
planar_end:
section program
struc planar_mode
.number: resd 1
.pitch: resd 1
.page:  resd 1
.colour: resd 1
endstruc

planar_modes:
        mov esi, planar
.next:  mov [current], esi
        mov eax, [esi + planar_mode.number]
        mode eax
        call write_modes
        call read_modes
        step "a mode of the EGA: its 64 KiB at A0000h, and nothing else"
        mov esi, [current]
        mov eax, [esi + planar_mode.number]
        mode eax
        call at_a0000
        step "a pixel by INT 10h, AH=0Ch, in the first and the last page: mode"
        mov esi, [current]
        mov eax, [esi + planar_mode.number]
        mode eax
        mov esi, [current]
        mov eax, [esi + planar_mode.number]
        mov [step_number], eax
        xor edx, edx
        call pixel
        mov edx, [esi + planar_mode.page]
        test edx, edx
        jz .one
        call pixel
        step "a page is shown from its address: mode"
        mov byte [service + 1], 5
        mov byte [service], 1
        in_real video_call
        mov esi, [current]
        mov eax, [esi + planar_mode.page]
        movzx ebx, ax
        mov cl, 0x0c
        call crtc_has
        mov ch, al
        mov cl, 0x0d
        call crtc_has
        mov ah, ch
        equal eax, ebx
.one:   mov dword [step_number], 0
        mov esi, [current]
        mov ebx, [esi + planar_mode.pitch]
        shr ebx, 1
        mov cl, 0x13
        call crtc_has
        equal eax, ebx
        add esi, planar_mode_size
        cmp esi, planar_end
        jb .next
        ret

; Register CL of the CRTC, which mode 0Fh has at the monochrome ports: EAX.
crtc_has:
        mov dx, [0x463]
        mov al, cl
        out dx, al
        inc edx
        in al, dx
        movzx eax, al
        ret

; EDI, ECX: a window and its doublewords, each of which gets another value. ECX: 0 if all are there.
fill_and_look:
        push edi
        push ecx
.fill:  imul eax, edi, 0x2d4c6b8b
        stosd
        loop .fill
        pop ecx
        pop esi
.same:  imul eax, esi, 0x2d4c6b8b
        cmp eax, [esi]
        jne .differs
        add esi, 4
        loop .same
.differs: ret

; Every byte of the window is another one; B0000h and B8000h are empty.
at_a0000:
        call plain
        mov edi, PLANES
        mov ecx, 0x4000
        call fill_and_look
        equal ecx, 0
        equal [0xb0000], -1
        equal [0xb8000], -1
        mov byte [0xb8000], 0
        equal [0xb8000], -1
        ret

; ESI: the mode, EDX: the page's address. Column 21, line 3: bit 2 of a byte.
pixel:  mov byte [service + 1], 0x0c
        mov al, [esi + planar_mode.colour]
        mov [service], al
        mov byte [service + 3], 0
        test edx, edx
        setnz [service + 3]
        mov word [service + 4], 21
        mov word [service + 6], 3
        push edx
        push esi
        in_real video_call
        pop esi
        pop edx
        mov ebx, [esi + planar_mode.pitch]
        imul ebx, ebx, 3
        lea ebx, [ebx + edx + PLANES + 21 / 8]
        indexed gc(5, 0)
        xor ecx, ecx
.plane: mov eax, ecx
        indexed gc(4, al)
        mov eax, [esi + planar_mode.colour]
        shr eax, cl
        and eax, 1
        shl eax, 2
        equal_bits [ebx], 0x04, eax
        equal_bits [ebx - 1], 0xff00fb, 0 ; and none beside it
        inc ecx
        cmp ecx, 4
        jb .plane
        ret

; AX, BX, CX, DX of INT 10h.
bits 16
video_call:
        mov ax, [offset16(service)]
        mov bx, [offset16(service) + 2]
        mov cx, [offset16(service) + 4]
        mov dx, [offset16(service) + 6]
        int 0x10
        jmp from_real
bits 32

; ---- modes 4 to 6 ----

; What a CGA's programs do: lines of 80 bytes, the odd ones from 2000h on, pixels from bit 7 down.
cga_modes:
        mov dword [number], 4
.next:  mov eax, [number]
        mode eax
        step "a mode of the CGA: its memory at B8000h, and nothing else: mode"
        mov eax, [number]
        mov [step_number], eax
        equal [0xa0000], -1
        equal [0xb0000], -1
        mov edi, 0xb8000
        mov ecx, 0x1000
        call fill_and_look
        equal ecx, 0
        step "a pixel is where a CGA has it: mode"
        mov eax, [number]
        mode eax
        mov dword [service], 0x0c03     ; colour 3, or 1
        mov word [service + 4], 21
        mov word [service + 6], 7
        cmp dword [number], 6
        jne .draw
        mov byte [service], 1
.draw:  in_real video_call
        mov ebx, 0xb8000 + 0x2000 + 7 / 2 * 80
        mov eax, 3 << 4                 ; column 21 is the second of four
        mov ecx, 21 / 4
        cmp dword [number], 6
        jne .look
        mov eax, 1 << 2                 ; the sixth of eight
        mov ecx, 21 / 8
.look:  equal_bits [ebx + ecx], 0xffffff, eax
        equal_bits [ebx + ecx - 1], 0xff, 0
        mov byte [service], 0x83        ; XOR takes it away
        in_real video_call
        cmp dword [number], 6
        je .done
        equal_bits [0xb8000 + 0x2000 + 7 / 2 * 80 + 21 / 4], 0xff, 0
.done:  step "the CGA's planes: mode"
        mov dword [0xb8000], 0x44332211
        indexed seq(4, 0x06)
        indexed gc(5, 0)
        indexed gc(6, 0x05)             ; A0000h
        indexed gc(4, 0)
        cmp dword [number], 6
        je .one
        equal_bits [PLANES], 0xff00ff, 0x330011 ; even ones in plane 0
        indexed gc(4, 1)
        equal_bits [PLANES], 0xff00ff, 0x440022 ; odd ones in plane 1
        jmp .over
.one:   equal [PLANES], 0x44332211
.over:  inc dword [number]
        cmp dword [number], 7
        jb .next
        mov dword [step_number], 0
        ret

        align 4
current: dd 0
number: dd 0
service: times 4 dw 0

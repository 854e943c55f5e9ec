; SPDX-License-Identifier: MIT
; The DAC: colours change with their third component, read and write addresses, state, pixel mask; sixteen
; colours through palette and colour select; input status 1: the beam's display, retrace and picture rates
; in modes of 70 and 60 Hz; pictures with mask, rotated colours, panned and split screens, which the script
; looks at. Rules E9, N9. IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"; INMOS IMS G171.
; Script: yes
%define NAME "T36"
%include "kernel.inc"
%include "real.inc"
%include "board.inc"
%include "video.inc"
%include "script.inc"

; colour INDEX, R, G, B: is this.
%define colour colour_at __?LINE?__,
%macro colour_at 5
        write 0x3c7, %2
        reads_at %1, 0x3c9, 0xff, %3
        reads_at %1, 0x3c9, 0xff, %4
        reads_at %1, 0x3c9, 0xff, %5
%endmacro
%macro set 4
        write 0x3c8, %1
        write 0x3c9, %2
        write 0x3c9, %3
        write 0x3c9, %4
%endmacro

main:   mode 0x13
        call dac
        call standard
        mode 0x03
        mov dword [least], 1193182 / 70 * 99 / 100      ; a picture
        mov dword [most], 1193182 / 70 * 101 / 100
        call rate
        call parts
        mode 0x12
        mov dword [least], 1193182 / 60 * 99 / 100
        mov dword [most], 1193182 / 60 * 101 / 100
        call rate
        mode 0x13
        mov dword [least], 1193182 / 70 * 99 / 100
        mov dword [most], 1193182 / 70 * 101 / 100
        call rate
%ifndef PEER                            ; nobody looks at them there
        call eight_bits
        call four_bits
%endif
        mode 0x03
        ret

dac:    step "a colour of six bits each"
%ifdef PEER                             ; they keep eight bits
        set 100, 0x3f, 0x15, 0x2a
%else
        set 100, 0x3f, 0x15, 0xea
%endif
        colour 100, 0x3f, 0x15, 0x2a
        step "it changes with the third component"
        write 0x3c8, 100
        write 0x3c9, 1
        write 0x3c9, 2
        colour 100, 0x3f, 0x15, 0x2a
        write 0x3c8, 100                ; starts with red again
        write 0x3c9, 3
        write 0x3c9, 4
        write 0x3c9, 5
        colour 100, 3, 4, 5
        step "addresses go on by themselves, and wrap"
        set 101, 6, 7, 8
        write 0x3c9, 9
        write 0x3c9, 10
        write 0x3c9, 11
        colour 101, 6, 7, 8
        reads 0x3c9, 0xff, 9
        reads 0x3c9, 0xff, 10
        reads 0x3c9, 0xff, 11
        set 255, 1, 2, 3
        write 0x3c9, 4
        write 0x3c9, 5
        write 0x3c9, 6
        colour 0, 4, 5, 6
        set 0, 0, 0, 0
        step "3C7h: reading or writing; 3C8h: the address"
        write 0x3c8, 100
        reads 0x3c7, 3, 0
        write 0x3c7, 100
        reads 0x3c7, 3, 3
%ifndef PEER                            ; theirs is not ahead
        reads 0x3c8, 0xff, 101
%endif
        step "the pixel mask is read back, and hides nothing from the CPU"
        reads 0x3c6, 0xff, 0xff
        write 0x3c6, 0x0f
        reads 0x3c6, 0xff, 0x0f
        colour 100, 3, 4, 5
        write 0x3c6, 0xff
        ret

standard:
        step "colours after a mode was set"
        mode 0x13
        colour 0, 0, 0, 0
        colour 1, 0, 0, 0x2a
        colour 4, 0x2a, 0, 0
        colour 15, 0x3f, 0x3f, 0x3f
        colour 32, 0, 0, 0x3f
        reads 0x3c6, 0xff, 0xff
        mode 0x03
        colour 7, 0x2a, 0x2a, 0x2a
        colour 20, 0x2a, 0x15, 0
        colour 63, 0x3f, 0x3f, 0x3f
        ret

; Ten pictures from retrace to retrace.
rate:   step "pictures in a second"
        irqs 0
        write 0x21, 0xff
        until_port 0x3da, 8, 8, ms(40)
        until_port 0x3da, 8, 0, ms(40)
        until_port 0x3da, 8, 8, ms(40)
        call clock_now
        mov ebx, eax
        mov esi, 10
.next:  until_port 0x3da, 8, 0, ms(40)
        until_port 0x3da, 8, 8, ms(40)
        dec esi
        jnz .next
        call clock_now
        sub eax, ebx
        xor edx, edx
        mov ecx, 10
        div ecx
        within eax, [least], [most]
        irqs_off
        ret

; Lines of a picture of 449: 400 with display, two of retrace.
parts:  step "retrace takes two lines"
        irqs 0
        write 0x21, 0xff
%ifndef PEER
        mov esi, 5
.next:  until_port 0x3da, 8, 0, ms(40)
        until_port 0x3da, 8, 8, ms(40)
        until_port 0x3da, 8, 0, ms(2)
        within eax, us(40), us(90)
        reads 0x3da, 1, 1               ; and there is no display around it
        dec esi
        jnz .next
        step "lines of a picture"
        mov ebx, 0
        until_port 0x3da, 8, 8, ms(40)
        until_port 0x3da, 8, 0, ms(2)
.line:  mov dx, 0x3da
.on:    in al, dx
        test al, 8
        jnz .over
        test al, 1
        jnz .on
        inc ebx
.off:   in al, dx
        test al, 8
        jnz .over
        test al, 1
        jz .off
        jmp .on
.over:  equal ebx, 400
%endif
        irqs_off
        ret

; ---- pictures ----

; The hashes in the script are those of pictures that were calculated from what is said here, and not taken
; from a screen: FNV-1a of 64 bits over width, height and each pixel as 00RRGGBBh, in doublewords; a
; component C of the DAC is C << 2 | C >> 4.

%macro crtc 2
        write 0x3d4, %1
        write 0x3d5, %2
%endmacro
%macro attribute 2
        read 0x3da
        write 0x3c0, %1
        write 0x3c0, %2
        write 0x3c0, 0x20               ; the picture is shown
%endmacro

; show "word": once the beam has come round, for the start address counts from then on.
%macro show 1
        step %1
        call next_picture
        ask %1
%endmacro
next_picture:
        irqs 0
        write 0x21, 0xff
        until_port 0x3da, 8, 0, ms(40)
        until_port 0x3da, 8, 8, ms(40)
        until_port 0x3da, 8, 0, ms(40)
        irqs_off
        ret

; colours FIRST: from this entry on, round to it: I, 3 * I, 63 - I / 4 in six bits each for I from 0 on.
%macro colours 1
        write 0x3c8, %1
        call put_colours
%endmacro
put_colours:
        mov dx, 0x3c9
        xor ecx, ecx
.next:  mov al, cl
        and al, 63
        out dx, al
        lea eax, [ecx + ecx * 2]
        and al, 63
        out dx, al
        mov eax, ecx
        shr eax, 2
        xor al, 63
        out dx, al
        inc ecx
        cmp ecx, 256
        jb .next
        ret

; 320 x 200 of one byte each, the pixel at byte O of memory O + 7 * (O >> 8).
eight_bits:
        mode 0x13
        colours 0
        xor ecx, ecx
.next:  movzx eax, ch
        imul eax, eax, 7
        add al, cl
        mov [0xa0000 + ecx], al
        inc ecx
        cmp ecx, 0x10000
        jb .next
        show "pixels of eight bits"     ; line Y begins at byte 320 * Y
        write 0x3c6, 0x3c
        show "the pixel mask"           ; the pixel AND 3Ch
        write 0x3c6, 0xff
        colours 1
        show "colours rotated by one"   ; entry I + 1 is what I was, 0 what 255 was
        colours 0
        attribute 0x13, 4
        show "two pixels to the left"   ; line Y begins at byte 320 * Y + 2
        crtc 0x0c, 4000 >> 8            ; doublewords
        crtc 0x0d, 4000 & 0xff
        crtc 0x18, 199                  ; two scan lines each: the split is behind line 99
        crtc 0x07, 0x0f
        crtc 0x09, 0x01
        show "split and panned"         ; up to 99 from byte 16002 on, from 100 on from byte 2
        attribute 0x10, 0x61
        show "split, panned above only" ; from 100 on from byte 0
        ret

; 640 x 480 of four bits. Plane P has at byte O: (2 * P + 1) * O + (P + 3) * (O >> 7), its bit 7 leftmost;
; colour I is DAC entry I.
four_bits:
        mode 0x12
        colours 0
        xor ebx, ebx
.palette:
        read 0x3da
        write 0x3c0, bl
        write 0x3c0, bl
        inc ebx
        cmp ebx, 16
        jb .palette
        xor ebx, ebx
.plane: mov al, 1
        mov cl, bl
        shl al, cl
        mov ah, al
        mov al, 2                       ; map mask
        mov dx, 0x3c4
        out dx, ax
        xor ecx, ecx
.byte:  lea esi, [ebx + ebx + 1]
        imul esi, ecx
        mov eax, ecx
        shr eax, 7
        lea edi, [ebx + 3]
        imul eax, edi
        add eax, esi
        mov [0xa0000 + ecx], al
        inc ecx
        cmp ecx, 0x10000
        jb .byte
        inc ebx
        cmp ebx, 4
        jb .plane
        attribute 0x13, 0
        show "pixels of four bits"      ; line Y begins at byte 80 * Y
        attribute 0x13, 5
        attribute 0x10, 0x21
        crtc 0x11, 0x0c                 ; the registers before it may be written
        crtc 0x0c, 1603 >> 8
        crtc 0x0d, 1603 & 0xff
        crtc 0x18, 299 & 0xff           ; with bit 8 in register 7
        crtc 0x07, 0x3e
        crtc 0x09, 0x00
        show "planes, split and panned above only" ; from pixel 5 of byte 1603 on; from 300 on from byte 0
        attribute 0x10, 0xa1
        attribute 0x14, 0x09
        show "sixteen others of the DAC" ; entry 90h + I
        ret

        align 4
least:  dd 0
most:   dd 0

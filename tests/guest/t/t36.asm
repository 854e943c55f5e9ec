; SPDX-License-Identifier: MIT
; The DAC: colours change with their third component, read and write addresses, state, pixel mask; sixteen
; colours through palette and colour select; input status 1: the beam's display, retrace and picture rates
; in modes of 70 and 60 Hz. Rules E9, N9. IBM PS/2 Hardware Interface Technical Reference, "Video
; Subsystem"; INMOS IMS G171.
%define NAME "T36"
%include "kernel.inc"
%include "real.inc"
%include "board.inc"

%macro mode 1
        mov dword [mode_number], %1
        in_real set_mode
%endmacro
bits 16
set_mode:
        mov ax, [offset16(mode_number)]
        int 0x10
        jmp from_real
bits 32

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

        align 4
mode_number: dd 0
least:  dd 0
most:   dd 0

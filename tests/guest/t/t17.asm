; SPDX-License-Identifier: MIT
; The PS/2 mouse: by INT 15h C200h to C207h, after each of which the controller's output buffer is empty;
; then by bytes: the controller's loopback, reset, identity, status, the knocks for wheel and five
; buttons, an unknown device's command. Rules X7, X8, O11, N13, G9. The script moves the mouse.
; IBM PS/2 Hardware Interface Technical Reference, "Mouse"; PS/2 BIOS Interface, "Pointing device".
; Script: yes
%define NAME "T17"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"
%include "aux.inc"

main:   call quiet
        call bios
        call bytes
        ret

; O11: motion before anybody asked for it puts nothing into the controller.
quiet:  step "nothing comes unasked"
        tell "quiet"
        mov ecx, 20000                  ; 0.3 s, in which the script moves and clicks
.look:  in al, 0x64
        test al, KBC_FULL
        jnz .full
        push ecx
        mov ecx, 1
        call wait_refresh
        pop ecx
        loop .look
        ret
.full:  and eax, KBC_FULL
        equal eax, 0
        ret

; ---- INT 15h AH=C2h ----

; c2 AL, BX, AH: the call, and what AH says, with CF unless 0. Nothing is left for port 60h.
%define c2 c2_at __?LINE?__,
%macro c2_at 4
        mov dword [regs + registers.eax], 0xc200 | (%2)
        mov dword [regs + registers.ebx], %3
        mov dword [regs + registers.ecx], 0
        mov dword [regs + registers.edx], 0
        in_real call_15
        movzx eax, byte [regs + registers.eax + 1]
        equal_at %1, eax, %4
    %if %4
        equal_at %1, [regs + registers.carry], 1
    %else
        equal_at %1, [regs + registers.carry], 0
    %endif
        in al, 0x64
        equal_bits_at %1, eax, KBC_FULL, 0
%endmacro

; status BL, CL, DL: what C206h BH=0 gives.
%define status status_at __?LINE?__,
%macro status_at 4
        c2_at %1, 6, 0, 0
        equal_bits_at %1, [regs + registers.ebx], 0xff, %2
        equal_bits_at %1, [regs + registers.ecx], 0xff, %3
        equal_bits_at %1, [regs + registers.edx], 0xff, %4
%endmacro

bios:   step "C205h: initialise, three bytes"
        c2 5, 0x0300, 0
        equal_bits [regs + registers.ebx], 0xffff, 0x00aa
        c2 5, 0x0000, 2
        c2 5, 0x0900, 2
        status 0, 2, 100
        step "C200h: enable without a handler"
        c2 0, 0x0100, 5
        c2 0, 0x0200, 2
        step "C207h: a handler"
        c2 7, offset16(handler), 0
        step "C202h: sample rates"
        c2 2, 0x0000, 0
        status 0, 2, 10
        c2 2, 0x0100, 0
        status 0, 2, 20
        c2 2, 0x0200, 0
        status 0, 2, 40
        c2 2, 0x0300, 0
        status 0, 2, 60
        c2 2, 0x0400, 0
        status 0, 2, 80
        c2 2, 0x0500, 0
        status 0, 2, 100
        c2 2, 0x0600, 0
        status 0, 2, 200
        c2 2, 0x0700, 2
        step "C203h: resolution"
        c2 3, 0x0000, 0
        status 0, 0, 200
        c2 3, 0x0300, 0
        status 0, 3, 200
        c2 3, 0x0400, 2
        step "C204h: the kind of device"
        c2 4, 0xff00, 0
        equal_bits [regs + registers.ebx], 0xff00, 0
        step "C206h: scaling"
        c2 6, 0x0200, 0
        status 0x10, 3, 200
        c2 6, 0x0100, 0
        status 0, 3, 200
        c2 6, 0x0300, 2
        step "C208h: no such function"
        c2 8, 0, 1
        step "C200h: enable, and the handler is called"
        c2 0, 0x0100, 0
        status 0x20, 3, 200
        mov dword [calls], 0
        mov byte [gate_21], 0xfb
        mov byte [gate_a1], 0xef
        tell "move"
        in_real wait_call
        equal [packet], 0x00050008      ; status, X
        equal [packet + 4], 0x00000003  ; Y, Z
        step "a button, down and up"
        tell "click"
        in_real wait_call
        equal [packet], 9
        equal [packet + 4], 0
        in_real wait_call
        equal [packet], 8
        step "C200h: disable"
        c2 0, 0x0000, 0
        status 0, 3, 200
        step "C201h: reset"
        c2 1, 0x0000, 0
        equal_bits [regs + registers.ebx], 0xffff, 0x00aa
        status 0, 2, 100
        mov byte [gate_21], 0xff
        mov byte [gate_a1], 0xff
        ret

bits 16
call_15:
        mov ax, IMAGE_SEG               ; ES:BX of C207h
        mov es, ax
        load_registers offset16(regs)
        int 0x15
        cli
        store_registers offset16(regs)
        jmp from_real

; Until the handler has been called once more.
wait_call:
        mov al, [offset16(gate_21)]
        out 0x21, al
        mov al, [offset16(gate_a1)]
        out 0xa1, al
        mov dword [offset16(calls)], 0
.wait:  sti
        hlt
        cli
        cmp dword [offset16(calls)], 0
        je .wait
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        jmp from_real

; Called far by the BIOS with Z, Y, X and the status in words from SP + 4 on.
handler:
        push bp
        mov bp, sp
        push ax
        mov ax, [bp + 12]
        mov [cs:offset16(packet)], ax
        mov ax, [bp + 10]
        mov [cs:offset16(packet) + 2], ax
        mov ax, [bp + 8]
        mov [cs:offset16(packet) + 4], ax
        mov ax, [bp + 6]
        mov [cs:offset16(packet) + 6], ax
        inc dword [cs:offset16(calls)]
        pop ax
        pop bp
        retf
bits 32

; ---- bytes ----

bytes:  xor ebx, ebx
        call kbc_only_mouse
        step "D3h: as if the mouse had sent it"
        mov al, 0xd3
        call kbc_command
        mov al, 0x5a
        call kbc_data
        says 0x5a
        step "FFh: reset"
        aux 0xff
        says 0xfa, 0xaa, 0x00
        step "F2h: identity"
        aux 0xf2
        says 0xfa, 0x00
        step "E8h 00h, E6h three times, E9h"
        aux 0xe8
        says 0xfa
        aux 0
        says 0xfa
        aux 0xe6
        says 0xfa
        aux 0xe6
        says 0xfa
        aux 0xe6
        says 0xfa
        aux 0xe9
        says 0xfa, 0x00, 0x00, 0x64
        step "the output buffer and whose it is stay until port 60h is read"
        aux 0xf2
        mov ecx, 6667
.same:  push ecx
        mov ecx, 1
        call wait_refresh
        pop ecx
        in al, 0x64
        test al, KBC_FULL
        jz .not_yet
        equal_bits eax, KBC_AUX, KBC_AUX
.not_yet:
        loop .same
        says 0xfa, 0x00
        step "BBh: for another device"
        aux 0xbb
        silent
        step "a wrong parameter is asked for again"
        aux 0xe8
        says 0xfa
        aux 4
        says 0xfe
        step "the knock for the wheel"
        knock 200, 100, 80, 3
        aux 0xf4
        says 0xfa
        tell "wheel"
        says 0x08, 0x00, 0x00, 0x02
        step "the knock for five buttons"
        aux 0xff
        says 0xfa, 0xaa, 0x00
        knock 200, 200, 80, 4
        step "stream mode is off until F4h"
        tell "still"
        silent
        aux 0xf4
        says 0xfa
        step "the fifth button, the wheel"
        tell "five"
        says 0x08, 0x00, 0x00, 0x20
        says 0x08, 0x00, 0x00, 0x00
        says 0x08, 0x00, 0x00, 0x0f
        step "FFh: the plain mouse again"
        aux 0xff
        says 0xfa, 0xaa, 0x00
        aux 0xf2
        says 0xfa, 0x00
        ret

        align 4
packet: dd 0, 0
calls:  dd 0
gate_21: db 0xff
gate_a1: db 0xff

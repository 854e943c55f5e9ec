; SPDX-License-Identifier: MIT
; The serial mouse at COM2, found as drivers do it: RTS rises with DTR up, both rise at once, DTR after
; RTS; what it says in time, to Plug and Play too; its reports by polling and by interrupt; what a port
; at another rate or in another format hears; and no PS/2 mouse beside it. Rules W2, G9. The script
; moves the mouse, clicks and turns the wheel.
; CuteMouse, PROTOCOL.TXT; Plug and Play External COM Device Specification 1.00, 2.1, 3.1, annex B.1.
; Script: yes
; Mice: mouse mouse:3 mouse:wheel
%define NAME "T17S"
%include "kernel.inc"
%include "board.inc"
%include "aux.inc"

%define COM     0x2f8
%define IER     1
%define FCR     2
%define LCR     3
%define MCR     4
%define LSR     5
%define MSR     6
%define DTR     1
%define RTS     2
%define OUT2    8
%define DR      0x01                    ; LSR
%define PE      0x04
%define FE      0x08
%define BI      0x10
%define DSR     0x20                    ; MSR
%define SEVEN   2                       ; LCR: 7N1
%define EIGHT   3

; What it has said it is.
%define TWO     0
%define THREE   1
%define WHEEL   2

main:   irqs 1 << 3
        call alone
        call power
        call who
        call wrong
        call moves
        call buttons
        call wheel
        call interrupts
        irqs_off
        ret

; ---- the port ----

; line DIVISOR, LCR
%macro line 2
        write COM + LCR, 0x80 | %2
        write COM, (%1) & 0xff
        write COM + 1, (%1) >> 8
        write COM + LCR, %2
        write COM + FCR, 0
        write COM + IER, 0
%endmacro

; EBX: ticks to wait. EAX: DR and errors << 8 | byte; 0: nothing came.
com_read:
        call clock_now
        mov [since], eax
.wait:  read COM + LSR
        and eax, DR | PE | FE | BI
        test al, DR
        jnz .there
        call clock_now
        sub eax, [since]
        cmp eax, ebx
        jb .wait
        xor eax, eax
        ret
.there: mov ecx, eax
        shl ecx, 8
        read COM
        or eax, ecx
        ret

; hear BYTE, {errors}: it comes, within 0.3 seconds.
%define hear hear_at __?LINE?__,
%macro hear_at 2-3 0
        mov ebx, ms(300)
        call com_read
        equal_at %1, eax, (DR | %3) << 8 | %2
%endmacro

; nothing TICKS: comes.
%define nothing nothing_at __?LINE?__,
%macro nothing_at 2
        mov ebx, %2
        call com_read
        equal_at %1, eax, 0
%endmacro

; report B0, B1, B2, THREE, WHEEL: what follows from the mouse with three buttons (-1: no byte) and
; from that with a wheel.
%define report report_at __?LINE?__,
%macro report_at 6
        hear_at %1, %2
        hear_at %1, %3
        hear_at %1, %4
        cmp byte [kind], THREE
        jb %%done
    %if %5 >= 0
        ja %%wheel
        hear_at %1, %5
        jmp %%done
    %else
        je %%done
    %endif
%%wheel:
        hear_at %1, %6
%%done:
%endmacro

; Off for long, and what was on its way is gone.
reset:  write COM + MCR, 0
        pass ms(40)
        read COM + LSR
        read COM
        nothing ms(20)
        ret

; ---- what there is ----

alone:  step "no PS/2 mouse: INT 11h bit 2, the controller's timeout"
        equal_bits [0x410], 4, 0
        mov al, 0xa8
        call kbc_command
        aux 0xf2
.wait:  in al, 0x64
        test al, KBC_FULL
        jz .wait
        equal_bits eax, 0x40, 0x40
        in al, 0x60
        equal_bits eax, 0xff, 0xfe
        mov al, 0xa7
        call kbc_command
        ret

power:  line 96, SEVEN
        step "without both of RTS and DTR it is silent"
        call reset
        write COM + MCR, DTR
        nothing ms(200)
        write COM + MCR, RTS
        nothing ms(200)
        step "M within 100 ms when RTS rises, not at once"
        write COM + MCR, DTR
        pass ms(200)
        write COM + MCR, DTR | RTS
        nothing ms(10)
        mov ebx, ms(90)
        call com_read
        equal eax, DR << 8 | 'M'
        step "M when DTR rises"
        call reset
        write COM + MCR, RTS
        pass ms(200)
        write COM + MCR, DTR | RTS
        nothing ms(10)
        hear 'M'
        ret

; CuteMouse: the line broken and its power off, then both at once. What it says to the end.
who:    step "what it says of itself"
        write COM + LCR, SEVEN | 0x40
        call reset
        write COM + LCR, SEVEN
        write COM + MCR, DTR | RTS
        mov edi, id
        mov ebx, ms(100)
.more:  push edi
        call com_read
        pop edi
        test eax, eax
        jz .end
        equal_bits eax, 0xff00, DR << 8
        stosb
        mov ebx, ms(50)
        cmp edi, id + 256
        jb .more
.end:   sub edi, id
        mov [id_length], edi
        equal_bits [id], 0xff, 'M'
        read COM + MSR
        cmp dword [id_length], 1
        jne .three
        equal_bits eax, DSR, 0
        ret
.three: equal_bits eax, DSR, DSR        ; COM specification 2.3
        mov esi, id + 2
        mov byte [kind], THREE
        cmp byte [id + 1], '3'
        je pnp
        mov byte [kind], WHEEL
        equal_bits [id + 1], 0xffffff, 'Z@'
        equal_bits [id + 4], 0xffff, 0
        mov esi, id + 6

; ESI: from "(", as 6-bit characters, to ")", with the checksum before it.
pnp:    step "Plug and Play: frame, version 1.00, checksum"
        mov edi, [id_length]
        add edi, id - 1
        equal_bits [esi], 0xffffff, 0x240108
        equal_bits [edi], 0xff, 0x09
        mov eax, edi
        sub eax, esi
        within eax, 12, 200
        xor ebx, ebx
        lea ecx, [eax - 2]
.sum:   lodsb
        test al, 0xc0
        jnz .bad
        add bl, al
        loop .sum
        add bl, 9
        mov al, [edi - 2]
        call digit
        mov ah, al
        mov al, [edi - 1]
        call digit
        shl ah, 4
        or al, ah
        movzx eax, al
        equal eax, ebx
        ret
.bad:   equal_bits eax, 0xc0, 0
        ret

; AL, a hexadecimal digit less 20h.
digit:  sub al, 0x10
        cmp al, 10
        jb .done
        sub al, 7
.done:  ret

; ---- another rate, another format ----

wrong:  step "eight bits: the second stop bit is bit 7"
        line 96, EIGHT
        call reset
        write COM + MCR, DTR | RTS
        hear 0x80 | 'M'
        step "9600 baud: a space of one bit is 80h, one of two is a break"
        line 12, EIGHT
        call reset
        write COM + MCR, DTR | RTS
        hear 0x80
        hear 0x80
        hear 0, FE | BI
        step "parity where there is a stop bit"
        line 96, SEVEN | 0x18
        call reset
        write COM + MCR, DTR | RTS
        hear 'M', PE
        ret

; ---- reports ----

ready:  line 96, SEVEN
        call reset
        write COM + MCR, DTR | RTS
.skip:  mov ebx, ms(50)
        call com_read
        test eax, eax
        jnz .skip
        ret

moves:  call ready
        step "right and up"
        tell "right"
        report 0x4c, 0x05, 0x3d, -1, 0
        nothing ms(50)
        step "left and down"
        tell "left"
        report 0x47, 0x38, 0x24, -1, 0
        nothing ms(50)
        step "further than a report can tell"
        tell "far"
        mov dword [right], 0
        mov dword [down], 0
.more:  mov ebx, ms(300)
        call com_read
        test eax, eax
        jz .end
        call add_report
        jmp .more
.end:   equal [right], 700
        equal [down], -460
        ret

; EAX: the first byte.
add_report:
        equal_bits eax, 0xffffffc0, DR << 8 | 0x40
        mov [first], al
        mov ebx, ms(20)
        call com_read
        equal_bits eax, 0xffffffc0, DR << 8
        mov ah, [first]
        shl ah, 6
        or al, ah
        movsx eax, al
        add [right], eax
        mov ebx, ms(20)
        call com_read
        equal_bits eax, 0xffffffc0, DR << 8
        mov ah, [first]
        shr ah, 2
        shl ah, 6
        or al, ah
        movsx eax, al
        add [down], eax
        cmp byte [kind], WHEEL
        jne .done
        hear 0
.done:  ret

buttons:
        step "left button, down and up"
        tell "left button"
        report 0x60, 0x00, 0x00, -1, 0
        report 0x40, 0x00, 0x00, -1, 0
        step "right button"
        tell "right button"
        report 0x50, 0x00, 0x00, -1, 0
        report 0x40, 0x00, 0x00, -1, 0
        step "middle button"
        tell "middle button"
        cmp byte [kind], TWO
        je .none
        report 0x40, 0x00, 0x00, 0x20, 0x10
        report 0x40, 0x00, 0x00, 0x00, 0x00
.none:  nothing ms(300)
        ret

wheel:  step "the wheel"
        tell "wheel"
        cmp byte [kind], WHEEL
        jne .none
        report 0x40, 0x00, 0x00, -1, 0x02
        report 0x40, 0x00, 0x00, -1, 0x0f
.none:  nothing ms(300)
        ret

; As drivers have it: an interrupt for each byte.
interrupts:
        step "IRQ 3 for each byte"
        write COM + MCR, DTR | RTS | OUT2
        write COM + IER, 1
        tell "right"
        wait_irq 3, ms(300)
        hear 0x4c
        wait_irq 3, ms(9)               ; 8.3 ms a character
        hear 0x05
        wait_irq 3, ms(9)
        hear 0x3d
        cmp byte [kind], WHEEL
        jne .end
        wait_irq 3, ms(9)
        hear 0
.end:   no_irq 3, ms(50)
        write COM + MCR, 0
        ret

        align 4
since:  dd 0
right:  dd 0
down:   dd 0
id_length: dd 0
kind:   db TWO
first:  db 0
        align 4
id:     times 260 db 0

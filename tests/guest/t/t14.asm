; SPDX-License-Identifier: MIT
; The processor has a speed: loops take guest time, the same each time, however fast the host is.
; Windows 95 and others divide by such times. Rule 0.6 of windows.md, E13. The clock is counter 2
; of the timer, 1.193182 MHz.
%define NAME "T14"
%include "kernel.inc"

%define MILLISECOND 1193

main:   mov al, 0xb4                    ; mode 2, from 65536
        out 0x43, al
        mov al, 0
        out 0x42, al
        out 0x42, al
        in al, 0x61
        or al, 1
        and al, 0xfd
        out 0x61, al

%macro timed 4 ; text, pieces, least PIT ticks, routine
        step %1
        mov dword [pieces], %2
        mov dword [routine], %4
        mov dword [least], %3
        call repeat
%endmacro
        timed "1,048,576 LOOPs take 10 ms at least", 16, 10 * MILLISECOND, .loops
        timed "1,048,576 DEC, JNZ", 16, 5 * MILLISECOND, .decs
        timed "65,536 DIVs take 5 ms at least", 4, 5 * MILLISECOND, .divs
        timed "1 MiB by REP STOSB takes 2 ms at least", 16, 2 * MILLISECOND, .stores
        timed "65,536 port reads take 5 ms at least", 4, 5 * MILLISECOND, .ports
        step "LOOP takes longer than nothing, and twice as many twice as long"
        mov dword [routine], .loops
        mov dword [pieces], 8
        call once
        mov ebx, eax
        mov dword [pieces], 16
        call once
        shl ebx, 1
        call close
        ret
.loops: mov ecx, 65536
.loop:  loop .loop
        ret
.decs:  mov ecx, 65536
.dec:   dec ecx
        jnz .dec
        ret
.divs:  mov ecx, 16384
.div:   mov eax, 0x12345678
        cdq
        mov ebx, 77
        div ebx
        loop .div
        ret
.stores:
        mov edi, ARENA
        mov ecx, 0xf000
        rep stosb
        mov ecx, 0x1000
        rep stosb
        ret
.ports: mov ecx, 16384
.port:  in al, 0x61
        loop .port
        ret

; Ten times: never faster than `least`, all within 5 %.
repeat: call once
        mov ebx, eax
        cmp eax, [least]
        jae .slow
        equal eax, [least]
.slow:  mov ecx, 9
.again: push ecx
        call once
        pop ecx
        call close
        loop .again
        ret

; EAX and EBX: within 5 % of each other.
close:  mov edx, eax
        sub edx, ebx
        jns .positive
        neg edx
.positive:
        imul edx, 20
        cmp edx, ebx
        jbe .good
        equal eax, ebx
.good:  ret

; EAX: ticks that PIECES calls of ROUTINE take; each call less than 55 ms.
once:   push ebx
        push ecx
        xor esi, esi                    ; the sum
        mov ebp, [pieces]
        call now
        mov ebx, eax
.next:  push ebx
        push esi
        call [routine]
        pop esi
        pop ebx
        call now
        sub bx, ax                      ; it counts down
        movzx ebx, bx
        add esi, ebx
        mov ebx, eax
        dec ebp
        jnz .next
        mov eax, esi
        pop ecx
        pop ebx
        ret

now:    mov al, 0x80
        out 0x43, al
        in al, 0x42
        mov ah, al
        in al, 0x42
        xchg al, ah
        movzx eax, ax
        ret

pieces: dd 0
routine: dd 0
least:  dd 0

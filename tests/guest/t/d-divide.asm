; SPDX-License-Identifier: MIT
; Division at its edges, AAM 0, INTO, BOUND: which operands are refused, and that nothing changes
; then.
; SDM 2A "DIV", "IDIV", "AAM", "BOUND", "INT n/INTO". Rules C6, C7, C3.
%define NAME "division"
%include "kernel.inc"

; divides TEXT, EDX, EAX, divisor in EBX, {instruction}, quotient, remainder: EAX and EDX
; afterwards.
%macro divides 7
        step %1
        mov edx, %2
        mov eax, %3
        mov ebx, %4
        runs {%5}
        equal eax, %6
        equal edx, %7
%endmacro
%macro overflows 5
        step %1
        mov edx, %2
        mov eax, %3
        mov ebx, %4
        faults DE, 0, {%5}
        equal edx, %2
        equal eax, %3
        equal ebx, %4
%endmacro

main:
        ; DIV: refused when the quotient needs more bits, or by zero
        overflows "DIV r8 by zero", 0, 5, 0, {div bl}
        overflows "DIV r16 by zero", 0, 5, 0, {div bx}
        overflows "DIV r32 by zero", 0, 5, 0, {div ebx}
        divides "DIV r8, largest quotient", 7, 0x0fe, 1, {div bl}, 0xfe, 7
        divides "DIV r8, FFh", 7, 0xfeff, 0xff, {div bl}, 0xfeff, 7
        overflows "DIV r8, one too many", 7, 0xff00, 0xff, {div bl}
        divides "DIV r16", 0xfffe, 0xffff, 0xffff, {div bx}, 0xffff, 0xfffe
        overflows "DIV r16, one too many", 0xffff, 0, 0xffff, {div bx}
        divides "DIV r32", 0xfffffffe, 0xffffffff, 0xffffffff, {div ebx}, 0xffffffff, 0xfffffffe
        overflows "DIV r32, one too many", 0xffffffff, 0, 0xffffffff, {div ebx}
        overflows "DIV r32, EDX = divisor", 5, 0, 5, {div ebx}
        divides "DIV r16 leaves the upper halves", 0xabcd0001, 0x12340000, 0xffff0002, {div bx}, 0x12348000, 0xabcd0000
        ; IDIV: towards zero, the remainder has the dividend's sign; -80h is a quotient, 80h is none
        divides "IDIV r8: -128", 7, 0xff80, 1, {idiv bl}, 0x0080, 7
        overflows "IDIV r8: 128", 7, 0x0080, 1, {idiv bl}
        overflows "IDIV r8: -128 / -1", 7, 0xff80, 0xff, {idiv bl}
        divides "IDIV r8: 127 * -128", 7, 0xc080, 0x7f, {idiv bl}, 0x0080, 7
        overflows "IDIV r8: -129", 7, 0xff7f, 1, {idiv bl}
        divides "IDIV r8: -128 and a rest", 7, -128 * 5 - 4 & 0xffff, 5, {idiv bl}, 0xfc80, 7
        divides "IDIV r16: -32768", 0xffff, 0x8000, 1, {idiv bx}, 0x8000, 0
        overflows "IDIV r16: 32768", 0, 0x8000, 1, {idiv bx}
        overflows "IDIV r16: -32768 / -1", 0xffff, 0x8000, 0xffff, {idiv bx}
        divides "IDIV r32: -2^31", 0xffffffff, 0x80000000, 1, {idiv ebx}, 0x80000000, 0
        overflows "IDIV r32: -2^31 / -1", 0xffffffff, 0x80000000, -1, {idiv ebx}
        overflows "IDIV r32: 2^31", 0, 0x80000000, 1, {idiv ebx}
        divides "IDIV r32: 2^31 / -1", 0, 0x80000000, -1, {idiv ebx}, 0x80000000, 0
        overflows "IDIV r32: -2^63 / -1", 0x80000000, 0, -1, {idiv ebx}
        overflows "IDIV r32: -2^63 / 1", 0x80000000, 0, 1, {idiv ebx}
        divides "IDIV r32: -7 / 2", -1, -7, 2, {idiv ebx}, -3, -1
        divides "IDIV r32: 7 / -2", 0, 7, -2, {idiv ebx}, -3, 1
        divides "IDIV r32: -7 / -2", -1, -7, -2, {idiv ebx}, 3, -1
        overflows "IDIV by zero", 0, 1, 0, {idiv ebx}
        ; the divisor in memory that overlaps nothing; the dividend's registers as divisor
        overflows "DIV EDX by itself", 5, 0, 0, {div edx}
        divides "DIV EAX", 0, 6, 0, {div eax}, 1, 0

        step "ZF of a NexGen: DIV of 5555h by 2 must not keep it (C6)"
        xor edx, edx
        mov eax, 0x5555
        mov ecx, 2
        cmp ecx, 2
        div cx
        pushfd
        pop eax
%ifndef PEER ; Bochs leaves it
        equal_bits eax, FL_ZF, 0
%endif

        step "MUL of the 386's fault (C3)"
        mov ecx, 65536
.mul:   mov eax, 0x81
        mov ebx, 0x0417a000
        mul ebx
        cmp edx, 2
        jne .wrong
        cmp eax, 0x0fe7a000
        jne .wrong
        loop .mul
.wrong: equal ecx, 0

        step "AAM 0"
        mov eax, 0x1234abcd
        faults DE, 0, {db 0xd4, 0}
        equal eax, 0x1234abcd
        step "AAM of other bases"
        mov eax, 0x12340064
        runs {db 0xd4, 7}
        equal eax, 0x12340e02
        step "AAD of other bases"
        mov eax, 0x12340e02
        runs {db 0xd5, 7}
        equal eax, 0x12340064

        step "BOUND"
        mov dword [limits], -3
        mov dword [limits + 4], 7
        mov eax, -3
        runs {bound eax, [limits]}
        mov eax, 7
        runs {bound eax, [limits]}
        mov eax, -4
        faults BR, 0, {bound eax, [limits]}
        mov eax, 8
        faults BR, 0, {bound eax, [limits]}
        mov eax, 0x12348000             ; signed, 16 bits
        mov word [limits], 0x8000
        mov word [limits + 2], 0x7fff
        runs {bound ax, [limits]}
        step "BOUND with a register does not exist"
        faults UD, 0, {db 0x62, 0xc0}

        step "INTO without OF"
        xor eax, eax
        runs {into}
        step "INTO with OF: behind it, through a gate whose DPL counts"
        mov al, 0x7f
        until_stop .overflow
        add al, 1
        into
.behind: int DONE
.overflow:
        stopped OF, 0, .behind
        mov dword [run_flags], 2 | FL_OF
        at_ring 3, .into
        stopped GP, OF * 8 + 2, .into
        ret
.into:  into
limits: dd 0, 0

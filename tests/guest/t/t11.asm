; SPDX-License-Identifier: MIT
; Models: 486 pentium pentium-pro pentium3
; The probes with which Setup programs look for processors and their faults. Rules C1 to C8.
; SDM 2A to 2C under each name; SDM 3B "Architecture Compatibility".
%define NAME "T11"
%include "kernel.inc"

main:   call flags
        call opcodes
        call multiply
        call prefixes
        call divide
        call exchange
        ret

; toggles BITS, EXPECTED: which of them POPFD changes.
%define toggles toggles_at __?LINE?__,
%macro toggles_at 3
        pushfd
        pop ecx
        mov eax, ecx
        xor eax, %2
        push eax
        popfd
        pushfd
        pop eax
        push ecx
        popfd
        xor eax, ecx
        and eax, %2
        equal_at %1, eax, %3
%endmacro

; C1: what tells the generations apart.
flags:  step "flags"
        toggles 0x8000, 0               ; ones on the 8086
        toggles FL_NT | FL_IOPL, FL_NT | FL_IOPL ; zeros on the 286, in real mode
        toggles FL_AC, FL_AC            ; not on the 386
        toggles FL_VM | FL_RF, 0
        pushfd
        pop eax
        equal_bits eax, 0x802a, 2
        ret

; C2, C5: the loader of Windows 95 counts on #UD at the opcode.
opcodes:
        step "undefined opcodes"
        faults UD, 0, {db 0x0f, 0xff, 0xc0}
        faults UD, 0, {db 0x66, 0x0f, 0xff, 0xc0}
        faults UD, 0, {db 0x0f, 0x0b}
        step "XBTS is gone"             ; on the 486 it is not CMPXCHG any more
        faults UD, 0, {db 0x0f, 0xa6, 0xc0}
        ret

; C3: the multiplication that bad 386 got wrong.
multiply:
        step "MUL EBX"
        mov ecx, 65536
.again: mov eax, 0x81
        mov ebx, 0x0417a000
        mul ebx
        cmp edx, 2
        jne .bad
        cmp eax, 0x0fe7a000
        jne .bad
        loop .again
.bad:   equal edx, 2
        equal eax, 0x0fe7a000
        equal ecx, 0
        ret

; C4, C5.
prefixes:
        step "STOSB by EDI downwards, in 16-bit code"
        mov dword [run_flags], 2 | FL_IOPL
        in_v86 stos_16
        stopped16 GP, 0, stos_end
        equal edi, 0xffffffff
        mov dword [run_flags], 2
        step "prefixes twice do not toggle back"
        mov eax, 0xffffffff
        db 0x66, 0x66, 0xb8, 0x34, 0x12 ; mov ax, 1234h
        equal eax, 0xffff1234
        mov edi, 0x12340000 + ARENA     ; with 16 bits: offset 0
        mov ecx, 0x10001
        db 0x67, 0x67, 0xe3, 0x02       ; jcxz: CX is 1
        jmp .not_zero
        mov ecx, 0
.not_zero:
        equal ecx, 0x10001
        step "IN takes DX alone"
        in al, 0x61
        mov bl, al
        mov edx, 0xffff0061
        in al, dx
        xor al, bl
        and eax, 0x0f                   ; what the timer does not move
        equal eax, 0
        step "an immediate byte grows to 16 bits only"
        mov eax, 0x12345678
        and ax, byte -16
        equal eax, 0x12345670
        or ax, byte -128
        equal eax, 0x1234fff0
        xor ax, byte -1
        equal eax, 0x1234000f
        ret

; C6, C7.
divide:
%ifndef PEER                            ; Bochs and QEMU leave the flags of DIV as they were
        step "ZF after DIV"             ; otherwise Windows 9x says "NexGen"
        mov ax, 0x5555
        xor dx, dx
        mov cx, 2
        div cx                          ; DX was 0: ZF was set
        jz .zero
        mov ebx, 1
        jmp .looked
.zero:  mov ebx, 0
.looked:
        equal ebx, 1
%endif
        step "IDIV at the edges"
        mov ax, 0x8080                  ; -32640 / 255 does not fit; -128 does
        mov cl, 0xff
        faults DE, 0, {idiv cl}
        mov ax, 0xff80                  ; -128 / 1
        mov cl, 1
        idiv cl
        movzx eax, ax
        equal eax, 0x80
        mov ax, 0x80                    ; 128 / 1
        faults DE, 0, {idiv cl}
        mov ax, 0x80                    ; 128 / -1 = -128
        mov cl, -1
        idiv cl
        movzx eax, ax
        equal eax, 0x80
        mov ax, 0xff80                  ; -128 / -1 = 128
        faults DE, 0, {idiv cl}
        mov edx, 0xc0000000             ; -2^62 / 2^31 as divisor -2^31: 2^31
        xor eax, eax
        mov ecx, 0x80000000
        faults DE, 0, {idiv ecx}
        mov edx, 0x40000000             ; 2^62 / -2^31 = -2^31
        xor eax, eax
        idiv ecx
        equal eax, 0x80000000
        equal edx, 0
        xor ecx, ecx
        faults DE, 0, {div ecx}
        mov dx, 5
        mov ax, 0
        mov cx, 5
        faults DE, 0, {div cx}
        ret

; C8.
exchange:
        step "XADD"
        mov eax, 0x7fffffff
        mov ecx, 1
        xadd eax, ecx
        pushfd
        pop edx
        equal eax, 0x80000000
        equal ecx, 0x7fffffff
        equal_bits edx, FL_ARITH, FL_OF | FL_SF | FL_AF | FL_PF
        mov eax, 5
        xadd eax, eax                   ; the sum is written last
        equal eax, 10
        mov dword [ARENA], 0xffffffff
        mov ecx, 2
        xadd [ARENA], ecx
        equal ecx, 0xffffffff
        equal [ARENA], 1
        step "CMPXCHG"
        mov eax, 1
        mov ecx, 7
        cmpxchg [ARENA], ecx
        equal [ARENA], 7
        mov eax, 1
        cmpxchg [ARENA], ecx
        equal eax, 7

        call has_cpuid
        jc .done
        step "CMPXCHG8B changes ZF alone"
        mov dword [ARENA], 0x11111111
        mov dword [ARENA + 4], 0x22222222
        mov eax, 0x11111111
        mov edx, 0x22222222
        mov ebx, 0x33333333
        mov ecx, 0x44444444
        push dword FL_ARITH & ~FL_ZF | 2
        popfd
        cmpxchg8b [ARENA]
        pushfd
        pop esi
        equal_bits esi, FL_ARITH, FL_ARITH
        equal [ARENA], 0x33333333
        equal [ARENA + 4], 0x44444444
        push dword FL_ARITH | 2
        popfd
        cmpxchg8b [ARENA]
        pushfd
        pop esi
        equal_bits esi, FL_ARITH, FL_ARITH & ~FL_ZF
        equal eax, 0x33333333
        equal edx, 0x44444444
        faults UD, 0, {db 0x0f, 0xc7, 0xc8} ; no register
        faults UD, 0, {db 0xf0, 0x0f, 0xc7, 0xc8} ; nor with LOCK, which hung some
.done:  ret

; CF set: there is none.
has_cpuid:
        pushfd
        pop ecx
        mov eax, ecx
        xor eax, FL_ID
        push eax
        popfd
        pushfd
        pop eax
        push ecx
        popfd
        xor eax, ecx
        test eax, FL_ID
        jnz .yes
        stc
        ret
.yes:   clc
        ret

bits 16
stos_16:
        std
        xor edi, edi
        a32 stosb
stos_end:
        hlt
bits 32

; SPDX-License-Identifier: MIT
; Instructions that are too long, prefixes in any number, LOCK, and what does not exist.
; SDM 2A "Instruction Prefixes", "LOCK"; SDM 3A "Interrupt 13" (more than 15 bytes), "Interrupt 6".
%define NAME "opcodes"
%include "kernel.inc"

main:   call too_long
        call prefixes
        call locks
        call undefined
        ret

; prefixed NUMBER, PREFIX, {instruction}: so many times the same prefix.
%macro prefixed 3+
        times %1 db %2
        %3
%endmacro

; MOV dword [memory], %1 in its longest form; MOV EAX, [memory] behind prefixes.
%macro store 1
        db 0xc7, 0x05
        dd memory, %1
%endmacro
%macro load 1-*
    %rep %0
        db %1
        %rotate 1
    %endrep
        db 0xa1
        dd memory
%endmacro

too_long:
        mov ebx, 0x11112222
        step "15 bytes: 13 operand size prefixes, which do not toggle (C5)"
        mov eax, 0x33334444
        runs {prefixed 13, 0x66, {db 0x89, 0xd8}}
        equal eax, 0x33332222
        step "16 bytes"
        mov eax, 0x33334444
        faults GP, 0, {prefixed 14, 0x66, {db 0x89, 0xd8}}
        equal eax, 0x33334444
        step "15 bytes with an immediate"
        runs {prefixed 4, 0x3e, {store 0x12345678}}
        equal [memory], 0x12345678
        runs {prefixed 5, 0x3e, {store 0x11111111}}
        equal [memory], 0x11111111
        step "16 bytes with an immediate"
        faults GP, 0, {prefixed 6, 0x3e, {store 0x22222222}}
        equal [memory], 0x11111111
        step "prefixes alone"
        faults GP, 0, {prefixed 15, 0x2e, {nop}}
        step "too long is refused before it is not privileged, or not defined"
        faults GP, 0, {prefixed 14, 0x2e, {ud2}}
        runs {prefixed 14, 0x2e, {nop}}
        ret

prefixes:
        step "the last segment prefix counts"
        mov ax, DATA0
        mov fs, ax
        xor eax, eax
        mov gs, ax
        mov dword [memory], 0x600d
        runs {load 0x65, 0x64}
        equal eax, 0x600d
        faults GP, 0, {load 0x64, 0x65}
        step "address size prefixes do not toggle"
        mov esi, 0xffff0000 + 0x500
        mov dword [0x500], 0x1234abcd
        runs {db 0x67, 0x67, 0x8b, 0x04} ; MOV EAX, [SI]
        equal eax, 0x1234abcd
        step "operand size and REP in either order"
        mov esi, memory
        mov edi, ARENA
        mov ecx, 2
        mov dword [ARENA + 4], 0x77777777
        runs {db 0x66, 0xf3, 0xa5}
        equal edi, ARENA + 4
        mov esi, memory
        mov edi, ARENA
        mov ecx, 2
        runs {db 0xf3, 0x66, 0xa5}
        equal edi, ARENA + 4
        equal [ARENA + 4], 0x77777777
        step "the last of REP and REPNE counts"
        mov edi, memory
        mov al, [memory]
        mov ecx, 4
        runs {db 0xf2, 0xf3, 0xae}      ; REPE SCASB: stops at the second byte
        equal ecx, 2
        mov edi, memory
        mov ecx, 4
        runs {db 0xf3, 0xf2, 0xae}      ; REPNE SCASB: stops at the first
        equal ecx, 3
        step "REP before what does not repeat means nothing"
        mov ecx, 3
        xor eax, eax
        runs {db 0xf3, 0x40}            ; INC EAX
        equal eax, 1
        equal ecx, 3
        step "a segment prefix before a jump or a register means nothing"
        runs {db 0x2e, 0xeb, 0x00}
        runs {db 0x65, 0x89, 0xc0}
        step "imm8 extends to 32 bits; 16-bit AND leaves the upper half (C5)"
        mov eax, 0x12345678
        runs {and ax, byte -16}
        equal eax, 0x12345670
        mov eax, 0x12345678
        runs {or eax, byte -128}
        equal eax, 0xfffffff8
        ret

; LOCK: with a memory destination of these instructions alone. SDM 2A "LOCK".
locks:  mov dword [memory], 5
        mov eax, 5
        mov ecx, 1
        xor edx, edx
        mov ebx, 0
%macro may_lock 1
        step %strcat("LOCK ", %str(%1))
        mov eax, 5
        runs {lock %1}
%endmacro
        may_lock {add [memory], ecx}
        may_lock {or byte [memory], 1}
        may_lock {adc dword [memory], 1}
        may_lock {sbb [memory], cx}
        may_lock {and [memory], al}
        may_lock {sub dword [memory], byte 1}
        may_lock {xor [memory], ecx}
        may_lock {not dword [memory]}
        may_lock {neg byte [memory]}
        may_lock {inc word [memory]}
        may_lock {dec dword [memory]}
        may_lock {xchg [memory], eax}
        may_lock {xadd [memory], ecx}
        may_lock {cmpxchg [memory], ecx}
        may_lock {cmpxchg8b [memory]}
        may_lock {bts [memory], ecx}
        may_lock {btr dword [memory], 3}
        may_lock {btc dword [memory], 3}
%macro may_not_lock 1+
        step %strcat("LOCK ", %str(%1))
        faults UD, 0, {prefixed 1, 0xf0, {%1}}
%endmacro
        may_not_lock add eax, ecx
        may_not_lock add eax, [memory]
        may_not_lock mov [memory], eax
        may_not_lock mov eax, [memory]
        may_not_lock cmp [memory], eax
        may_not_lock cmp dword [memory], 5
        may_not_lock test [memory], eax
        may_not_lock bt dword [memory], 3
        may_not_lock bts eax, 3
        may_not_lock xchg eax, ecx
        may_not_lock xadd eax, ecx
        may_not_lock cmpxchg ecx, edx
        may_not_lock inc eax
        may_not_lock not ecx
        may_not_lock shl dword [memory], 1
        may_not_lock rol byte [memory], cl
        may_not_lock mul dword [memory]
        may_not_lock div dword [memory]
        may_not_lock push dword [memory]
        may_not_lock pop dword [memory]
        may_not_lock lea eax, [memory]
        may_not_lock nop
        may_not_lock movsd
        may_not_lock stosb
        may_not_lock setz [memory]
        may_not_lock shld [memory], eax, 3
        may_not_lock call [memory]
        may_not_lock jmp memory
        may_not_lock cli
        may_not_lock hlt
        may_not_lock sgdt [memory]
        may_not_lock lgdt [memory]
        may_not_lock mov cr0, eax
        may_not_lock in al, dx
        may_not_lock pushad
        may_not_lock enter 0, 0
        may_not_lock bound eax, [memory]
        may_not_lock les eax, [memory]
        may_not_lock bswap eax
        may_not_lock cpuid
        may_not_lock wait
        may_not_lock int3
        may_not_lock iretd
        may_not_lock invlpg [memory]
        may_not_lock sldt [memory]
        step "LOCK does not hide what does not exist"
        faults UD, 0, {db 0xf0, 0x0f, 0x0b}
        step "LOCK twice"
        runs {prefixed 2, 0xf0, {inc dword [memory]}}
        step "a page fault comes after the check of LOCK"
        call paging_on
        faults UD, 0, {prefixed 1, 0xf0, {mov [WINDOW], eax}}
        faults PF, PF_W, {lock inc dword [WINDOW]}
        ret

; What no processor of this family has; the registers that an instruction can't have.
undefined:
%macro no_such 2+ ; text, bytes
        step %1
        faults UD, 0, {db %2}
%endmacro
        no_such "0F 0B, UD2", 0x0f, 0x0b
        no_such "0F FF, UD0", 0x0f, 0xff, 0xc0
        no_such "0F B9, UD1", 0x0f, 0xb9, 0xc0
        no_such "0F A6", 0x0f, 0xa6, 0xc0
        no_such "0F A7", 0x0f, 0xa7, 0xc0
        no_such "0F 04", 0x0f, 0x04
        no_such "0F 0A", 0x0f, 0x0a
        no_such "0F 24, MOV r, TR on a Pentium", 0x0f, 0x24, 0xf0
        no_such "FE /2", 0xfe, 0xd0
        no_such "FE /7", 0xfe, 0xf8
        no_such "FF /7", 0xff, 0xf8
        no_such "8F /1", 0x8f, 0xc8
        no_such "C6 /1", 0xc6, 0xc8, 0
        no_such "0F 00 /6", 0x0f, 0x00, 0xf0
        no_such "0F 01 /5", 0x0f, 0x01, 0xe8
        no_such "0F BA /0", 0x0f, 0xba, 0xc0, 0
        no_such "0F BA /3", 0x0f, 0xba, 0xd8, 0
        no_such "0F C7 /0", 0x0f, 0xc7, 0x05
        no_such "CMPXCHG8B of a register", 0x0f, 0xc7, 0xc8
        no_such "LEA of a register", 0x8d, 0xc0
        no_such "LDS of a register", 0xc5, 0xc0
        no_such "LSS of a register", 0x0f, 0xb2, 0xc0
        no_such "SGDT of a register", 0x0f, 0x01, 0xc0
        no_such "LIDT of a register", 0x0f, 0x01, 0xd8
        no_such "far CALL of a register", 0xff, 0xd8
        no_such "far JMP of a register", 0xff, 0xe8
        no_such "MOV CS, AX", 0x8e, 0xc8
        no_such "MOV to segment register 6", 0x8e, 0xf0
        no_such "MOV from segment register 7", 0x8c, 0xf8
        no_such "MOV CR1", 0x0f, 0x22, 0xc8
        no_such "MOV from CR5", 0x0f, 0x20, 0xe8
        no_such "MOV CR6", 0x0f, 0x22, 0xf0
        no_such "MOV CR7", 0x0f, 0x20, 0xf8
        step "MOV CR0 takes its register whatever the mod bits say"
        runs {db 0x0f, 0x20, 0x00}      ; not [EAX]
        mov ebx, cr0
        equal eax, ebx
        step "the alias of SHL, and of group 1 at 82h"
        mov eax, 0x81
        runs {db 0xd0, 0xf0}
        equal_bits eax, 0xff, 2
        mov eax, 5
        runs {db 0x82, 0xc0, 0xff}
        equal_bits eax, 0xff, 4
        step "SALC"
        mov eax, 0x12345678
        stc
        until_stop .salc
        stc
        db 0xd6
        int DONE
.salc:  equal eax, 0x123456ff
        ret

        align 8
memory: dd 0, 0
        dd 0

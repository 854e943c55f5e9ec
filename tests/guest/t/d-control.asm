; SPDX-License-Identifier: MIT
; Control registers: combinations that are refused, bits that do not exist, TSD, alignment checks.
; SDM 3A "Control Registers", "Interrupt 17"; SDM 2B "MOV-Move to/from Control Registers".
%define NAME "control registers"
%include "kernel.inc"

%define CR0_MP 2
%define CR0_EM 4
%define CR0_TS 8
%define CR0_ET 0x10
%define CR0_NE 0x20
%define CR0_WP 0x10000
%define CR0_AM 0x40000
%define CR0_NW 0x20000000
%define CR0_CD 0x40000000
%define CR0_PG 0x80000000

main:   call cr0_combinations
        call cr4_bits
        call time_stamp
        call alignment
        ret

%macro cr0_takes 2 ; set, cleared
        mov eax, [old]
        or eax, %1
        and eax, ~(%2)
        runs {mov cr0, eax}
        mov ebx, cr0
        mov ecx, [old]
        mov cr0, ecx
        equal ebx, eax
%endmacro
%macro cr0_refuses 2
        mov eax, [old]
        or eax, %1
        and eax, ~(%2)
        faults GP, 0, {mov cr0, eax}
        mov ebx, cr0
        equal ebx, [old]
%endmacro

cr0_combinations:
        mov eax, cr0
        mov [old], eax
        step "PG without PE"
        cr0_refuses CR0_PG, 1
        step "NW without CD"
        cr0_refuses CR0_NW, CR0_CD
        step "CD alone, both, none"
        cr0_takes CR0_CD, CR0_NW
        cr0_takes CR0_CD | CR0_NW, 0
        cr0_takes 0, CR0_CD | CR0_NW
        step "MP, EM, TS, NE, WP, AM"
        cr0_takes CR0_MP, 0
        cr0_takes CR0_EM, 0
        cr0_takes CR0_TS, 0
        cr0_takes CR0_NE, 0
        cr0_takes CR0_WP, 0
        cr0_takes CR0_AM, 0
        step "ET can't be cleared"
        mov eax, [old]
        and eax, ~CR0_ET
        mov cr0, eax
        mov eax, cr0
        equal_bits eax, CR0_ET, CR0_ET
        step "bits that do not exist stay clear"
        mov eax, [old]
        or eax, 0x1ffaffc0
        runs {mov cr0, eax}
        mov eax, cr0
        equal eax, [old]
        step "CLTS clears TS alone"
        mov eax, [old]
        or eax, CR0_TS | CR0_MP
        mov cr0, eax
        clts
        mov ebx, cr0
        and eax, ~CR0_TS
        equal ebx, eax
        mov eax, [old]
        mov cr0, eax
        step "SMSW r32 tells all of CR0, SMSW m16 the low half"
        smsw ebx
        equal ebx, [old]
        mov dword [word_], 0x77777777
        smsw [word_]
        mov eax, [old]
        and eax, 0xffff
        or eax, 0x77770000
        equal [word_], eax
        step "CR2 takes everything"
        mov eax, 0x12345678
        mov cr2, eax
        mov ebx, cr2
        equal ebx, eax
        ret

cr4_bits:
        mov eax, cr4
        mov [old], eax
        mov ecx, 11                     ; 0 to 10 have names
.next:  mov [step_number], ecx
        step "a bit of CR4 that does not exist"
        mov eax, 1
        shl eax, cl
        or eax, [old]
        faults GP, 0, {mov cr4, eax}
        mov ebx, cr4
        equal ebx, [old]
        inc ecx
        cmp ecx, 32
        jb .next
        mov dword [step_number], 0
        ret

time_stamp:
        step "RDTSC in ring 3, TSD clear and set"
        at_ring 3, .read
        equal [stop.vector], DONE
        mov eax, cr4
        or eax, 4
        mov cr4, eax
        at_ring 3, .read
        stopped GP, 0, .read
        runs {rdtsc}
        step "it goes on"
        mov ebx, eax
        mov ecx, edx
        rdtsc
        sub eax, ebx
        sbb edx, ecx
        equal edx, 0
        mov eax, cr4
        and eax, ~4
        mov cr4, eax
        ret
.read:  rdtsc
        int DONE

; #AC: with CR0.AM and EFLAGS.AC, in ring 3 alone; error code 0.
alignment:
        mov eax, cr0
        or eax, CR0_AM
        mov cr0, eax
%macro aligned 3 ; text, offset of the operand, label
        step %1
        mov dword [run_flags], 2 | FL_AC
        mov edi, ARENA + (%2)
        at_ring 3, %3
        equal [stop.vector], DONE
%endmacro
%macro unaligned 3
        step %1
        mov dword [run_flags], 2 | FL_AC
        mov edi, ARENA + (%2)
        at_ring 3, %3
        stopped AC, 0, %3
        equal edi, ARENA + (%2)
        mov dword [run_flags], 2
        at_ring 3, %3
        equal [stop.vector], DONE
        mov dword [run_flags], 2 | FL_AC
        mov edi, ARENA + (%2)
        at_ring 0, %3
        equal [stop.vector], DONE
        mov edi, ARENA + (%2)
        at_ring 1, %3
        equal [stop.vector], DONE
%endmacro
        aligned "byte anywhere", 3, .byte
        aligned "word at 2", 2, .word
        unaligned "word at 1", 1, .word
        unaligned "word at 3", 3, .word
        aligned "dword at 4", 4, .dword
        unaligned "dword at 1", 1, .dword
        unaligned "dword at 2", 2, .dword
        unaligned "dword at 3", 3, .dword
        unaligned "dword written at 2", 2, .store
        unaligned "dword changed at 2", 2, .change
        aligned "qword at 8", 8, .qword
        unaligned "qword at 4", 4, .qword
        step "MOVSD"
        mov dword [run_flags], 2 | FL_AC
        mov edi, ARENA + 1
        at_ring 3, .movsd
        stopped AC, 0, .move
        equal edi, ARENA + 1
        equal esi, ARENA + 0x100
        aligned "MOVSW at 2", 2, .movsw
        step "the stack"
        mov dword [run_flags], 2 | FL_AC
        at_ring 3, .stack
        stopped AC, 0, .push
        equal [stop.esp], STACK_3 - 2
        step "without AM"
        mov eax, cr0
        and eax, ~CR0_AM
        mov cr0, eax
        mov edi, ARENA + 1
        at_ring 3, .dword
        equal [stop.vector], DONE
        step "an interrupt of ring 3 into ring 0 pushes where it wants"
        mov eax, cr0
        or eax, CR0_AM
        mov cr0, eax
        mov dword [TSS + 4], STACK_0I - 3
        at_ring 3, .byte
        equal [stop.vector], DONE
        mov dword [TSS + 4], STACK_0I
        mov dword [run_flags], 2
        ret
.byte:  mov al, [edi]
        int DONE
.word:  mov ax, [edi]
        int DONE
.dword: mov eax, [edi]
        int DONE
.store: mov [edi], eax
        int DONE
.change: add [edi], eax
        int DONE
.qword: cmpxchg8b [edi]
        int DONE
.movsd: mov esi, ARENA + 0x100
.move:  movsd
        int DONE
.movsw: mov esi, ARENA + 0x100
        movsw
        int DONE
.stack: sub esp, 2
.push:  push eax
        int DONE

old:    dd 0
word_:  dd 0

; SPDX-License-Identifier: MIT
; Every byte of every memory operand is the first to fault: the operand lies across the edge of
; two pages, or of a segment, at all distances. At the fault nothing may have changed; the handler
; repairs the page or the segment and returns; then everything must be as if there had been no
; fault. Rules C16, C29, E12, E19; windows.md 0.1.
; SDM 3A "Fault Class Exceptions and Restart", "Page-Fault Exceptions".
;
; The number behind a failed step is RVKK: ring, variant, distance.
%define NAME "T09"
%include "kernel.inc"

; Operands lie in segments with base WINDOW; the edge is at offset 2000h. The page frames of the
; window are contiguous and seen at FRAMES too.
%define EDGE 0x2000
%define SAFE 0x5000
%define SAFE_STACK 0x6800

; Selectors. FS_ and ES_ are for ring 3, the others get the privilege of the running ring.
%define FS_ (SPARE | 3)
%define ES_ (SPARE + 0x08 | 3)
%define SS_ (SPARE + 0x10)
%define RING_CODE (SPARE + 0x18)        ; flat
%define CALL_GATE (SPARE + 0x28)
%define CODE1_IMAGE (SPARE + 0x30 | 1)
%define OTHER_LDT (SPARE + 0x38)
%define OTHER_TSS (SPARE + 0x40)
%define TASK (SPARE + 0x48)
%define RING_CODE_IMAGE (SPARE + 0x20)  ; base IMAGE, for 16-bit offsets

; Where the operand lies; the segment that is cut.
%define IN_FS 0
%define IN_ES 1
%define IN_SS 2
%define RING0_ONLY 0x100                ; privileged
%define RING1_ONLY 0x400
%define IMPLICIT 0x800                  ; ring 3; the processor's own access, with supervisor rights, to no
                                        ; segment: bit U of the error code is clear
%define UPPER_ONLY 0x1000               ; the lower page holds what the handler needs
%define ANY_BYTE 0x2000                 ; a structure of many fields: CR2 is anywhere in it
%define NOT_BEHIND 0x4000               ; what follows may or may not be read: not tried
%define WITH_FPU 0x8000                 ; what the FPU holds afterwards is compared, too
%define ANY_ORDER 0x200                 ; the manual does not say which access is the first

; A case: an instruction, what prepares it, and what it does to memory in which order.
struc case
.text:  resd 1
.code:  resd 1
.setup: resd 1
.where: resd 1
.size:  resd 1                          ; bytes from the operand's address
.order: resd 1                          ; a list of access, the end is size 0
endstruc

; One access to memory.
struc access
.offset: resb 1
.size:  resb 1
.write: resw 1                          ; PF_W or 0
endstruc

[section cases follows=strings vfollows=strings align=4]
cases:
__SECT__

%macro try 6+ ; "text", where, size, order, setup, {instruction}
    [section strings]
%%text: db %1, 0
    [section cases]
        dd %%text, %%code, %5, %2, %3, %4
    [section program]
%%code: %6
        int DONE
%endmacro

; order LABEL, offset, size, write, ...
%macro order 1-*
%1:
    %rep (%0 - 1) / 3
        db %2, %3
        dw %4
        %rotate 3
    %endrep
        dd 0
%endmacro

        order R1, 0, 1, 0
        order R2, 0, 2, 0
        order R4, 0, 4, 0
        order W1, 0, 1, PF_W
        order W2, 0, 2, PF_W
        order W4, 0, 4, PF_W
        order W8, 0, 8, PF_W
        order R22, 0, 2, 0, 2, 2, 0
        order R44, 0, 4, 0, 4, 4, 0
        order R42, 0, 4, 0, 4, 2, 0
        order R24, 0, 2, 0, 2, 4, 0
        order W24, 0, 2, PF_W, 2, 4, PF_W
        order PUSH22, 2, 2, PF_W, 0, 2, PF_W
        order PUSH44, 4, 4, PF_W, 0, 4, PF_W
        order POP222, 0, 2, 0, 2, 2, 0, 4, 2, 0
        order POP444, 0, 4, 0, 4, 4, 0, 8, 4, 0
        order PUSHA2, 14,2,PF_W, 12,2,PF_W, 10,2,PF_W, 8,2,PF_W, 6,2,PF_W, 4,2,PF_W, 2,2,PF_W, 0,2,PF_W
        order PUSHA4, 28,4,PF_W, 24,4,PF_W, 20,4,PF_W, 16,4,PF_W, 12,4,PF_W, 8,4,PF_W, 4,4,PF_W, 0,4,PF_W
        order POPA2, 0,2,0, 2,2,0, 4,2,0, 6,2,0, 8,2,0, 10,2,0, 12,2,0, 14,2,0
        order POPA4, 0,4,0, 4,4,0, 8,4,0, 12,4,0, 16,4,0, 20,4,0, 24,4,0, 28,4,0
        order ENTER16, 16, 4, PF_W, 0, 4, PF_W ; the new top of the stack must be writable, SDM 2A "ENTER"
        order PUSH444, 8, 4, PF_W, 4, 4, PF_W, 0, 4, PF_W

; Reads.
        try "MOV r8, m", IN_FS, 1, R1, none, {mov al, [fs:edi]}
        try "MOV r16, m", IN_FS, 2, R2, none, {mov ax, [fs:edi]}
        try "MOV r32, m", IN_FS, 4, R4, none, {mov eax, [fs:edi]}
        try "MOV through the register it loads", IN_FS, 4, R4, none, {mov edi, [fs:edi]}
        try "MOVZX", IN_FS, 2, R2, none, {movzx ecx, word [fs:edi]}
        try "ADD r32, m", IN_FS, 4, R4, none, {add eax, [fs:edi]}
        try "ADC r16, m", IN_FS, 2, R2, none, {adc ax, [fs:edi]}
        try "CMP m, r32", IN_FS, 4, R4, none, {cmp [fs:edi], eax}
        try "TEST m, imm", IN_FS, 4, R4, none, {test dword [fs:edi], 0x12345678}
        try "IMUL r32, m", IN_FS, 4, R4, none, {imul eax, [fs:edi]}
        try "MUL m", IN_FS, 4, R4, none, {mul dword [fs:edi]}
        try "DIV m", IN_FS, 4, R4, small_edx, {div dword [fs:edi]}
        try "BT m, imm", IN_FS, 4, R4, none, {bt dword [fs:edi], 7}
        try "BSF r32, m", IN_FS, 4, R4, none, {bsf ebx, [fs:edi]}
        try "CMOVNZ r32, m", IN_FS, 4, R4, none, {cmovnz ebx, [fs:edi]}
        try "CMOVZ, not taken, reads all the same", IN_FS, 4, R4, none, {cmovz ebx, [fs:edi]}
        try "XLAT", IN_FS, 1, R1, for_xlat, {fs xlatb}
        try "JMP m32", IN_FS, 4, R4, put_landing, {jmp [fs:edi]}
        try "JMP m16:32", IN_FS | ANY_ORDER, 6, R42, put_landing, {jmp far dword [fs:edi]}
        try "LFS r32, m16:32", IN_FS | ANY_ORDER, 6, R42, put_selector4, {lfs eax, [fs:edi]}
        try "LGS r32, m16:32", IN_FS | ANY_ORDER, 6, R42, put_selector4, {lgs eax, [fs:edi]}
        try "LDS r32, m16:32", IN_FS | ANY_ORDER, 6, R42, put_selector4, {fs lds eax, [edi]}
        try "LES r32, m16:32", IN_FS | ANY_ORDER, 6, R42, put_selector4, {fs les eax, [edi]}
        try "LSS r32, m16:32", IN_FS | ANY_ORDER, 6, R42, put_stack4, {lss esp, [fs:edi]}
        try "LES r16, m16:16", IN_FS | ANY_ORDER, 4, R22, put_selector2, {fs o16 les ax, [edi]}
        try "LDS through its own register", IN_FS | ANY_ORDER, 6, R42, put_selector4, {fs lds edi, [edi]}
        try "BOUND r32, m", IN_FS | ANY_ORDER, 8, R44, put_bounds, {fs bound eax, [edi]}
        try "BOUND r16, m", IN_FS | ANY_ORDER, 4, R22, put_bounds2, {fs bound ax, [edi]}
        try "MOV GS, m16", IN_FS, 2, R2, put_selector0, {mov gs, [fs:edi]}
        try "VERR m16", IN_FS, 2, R2, put_selector0, {verr [fs:edi]}
        try "LAR r32, m16", IN_FS, 2, R2, put_selector0, {lar eax, [fs:edi]}
        try "LODSB", IN_FS, 1, R1, by_esi, {fs lodsb}
        try "LODSW", IN_FS, 2, R2, by_esi, {fs lodsw}
        try "LODSD", IN_FS, 4, R4, by_esi, {fs lodsd}
        try "SCASB", IN_ES, 1, R1, none, {scasb}
        try "SCASW", IN_ES, 2, R2, none, {scasw}
        try "SCASD", IN_ES, 4, R4, none, {scasd}
        try "CMPSD, first operand", IN_FS, 4, R4, by_esi, {fs cmpsd}
        try "CMPSD, second operand", IN_ES, 4, R4, none, {cmpsd}
        try "CMPSW, second operand", IN_ES, 2, R2, none, {cmpsw}
        try "MOVSB, source", IN_FS, 1, R1, by_esi, {fs movsb}
        try "MOVSW, source", IN_FS, 2, R2, by_esi, {fs movsw}
        try "MOVSD, source", IN_FS, 4, R4, by_esi, {fs movsd}
        try "PUSH m32, the operand", IN_FS, 4, R4, none, {push dword [fs:edi]}
        try "PUSH m16, the operand", IN_FS, 2, R2, none, {push word [fs:edi]}
        try "CALL m32, the operand", IN_FS, 4, R4, put_landing, {call [fs:edi]}
        try "CALL m16:32, the operand", IN_FS | ANY_ORDER, 6, R42, put_landing, {call far dword [fs:edi]}
        try "OUTSB", IN_FS | RING0_ONLY, 1, R1, for_outs, {fs outsb}
        try "OUTSW", IN_FS | RING0_ONLY, 2, R2, for_outs, {fs outsw}
        try "OUTSD", IN_FS | RING0_ONLY, 4, R4, for_outs, {fs outsd}
        try "LGDT", IN_FS | ANY_ORDER | RING0_ONLY, 6, R24, put_gdt, {lgdt [fs:edi]}
        try "LIDT", IN_FS | ANY_ORDER | RING0_ONLY, 6, R24, put_idt, {lidt [fs:edi]}
        try "LLDT m16", IN_FS | RING0_ONLY, 2, R2, put_ldt, {lldt [fs:edi]}
        try "LMSW m16", IN_FS | RING0_ONLY, 2, R2, put_msw, {lmsw [fs:edi]}

; Writes, and reads that are written back.
        try "MOV m, r8", IN_FS, 1, W1, none, {mov [fs:edi], al}
        try "MOV m, r16", IN_FS, 2, W2, none, {mov [fs:edi], ax}
        try "MOV m, r32", IN_FS, 4, W4, none, {mov [fs:edi], eax}
        try "MOV m, imm", IN_FS, 4, W4, none, {mov dword [fs:edi], 0x12345678}
        try "MOV m16, DS", IN_FS, 2, W2, none, {mov [fs:edi], ds}
        try "ADD m, r8", IN_FS, 1, W1, none, {add [fs:edi], al}
        try "ADD m, r16", IN_FS, 2, W2, none, {add [fs:edi], ax}
        try "ADD m, r32", IN_FS, 4, W4, none, {add [fs:edi], eax}
        try "ADC m, imm", IN_FS, 4, W4, none, {adc dword [fs:edi], 0x7f}
        try "INC m", IN_FS, 4, W4, none, {inc dword [fs:edi]}
        try "NOT m", IN_FS, 4, W4, none, {not dword [fs:edi]}
        try "NEG m", IN_FS, 2, W2, none, {neg word [fs:edi]}
        try "SHL m, CL", IN_FS, 4, W4, none, {shl dword [fs:edi], cl}
        try "RCR m, 1", IN_FS, 4, W4, none, {rcr dword [fs:edi], 1}
        try "SHLD m, r, 5", IN_FS, 4, W4, none, {shld [fs:edi], eax, 5}
        try "BTS m, imm", IN_FS, 4, W4, none, {bts dword [fs:edi], 7}
        try "SETNZ m", IN_FS, 1, W1, none, {setnz [fs:edi]}
        try "XCHG m, r8", IN_FS, 1, W1, none, {xchg [fs:edi], al}
        try "XCHG m, r16", IN_FS, 2, W2, none, {xchg [fs:edi], ax}
        try "XCHG m, r32", IN_FS, 4, W4, none, {xchg [fs:edi], eax}
        try "LOCK ADD m, r32", IN_FS, 4, W4, none, {lock add [fs:edi], eax}
        try "XADD m, r32", IN_FS, 4, W4, none, {xadd [fs:edi], eax}
        try "XADD m, r16", IN_FS, 2, W2, none, {xadd [fs:edi], ax}
        try "CMPXCHG m, r32, equal", IN_FS, 4, W4, put_eax, {cmpxchg [fs:edi], ecx}
        try "CMPXCHG m, r32, not equal, writes too", IN_FS, 4, W4, none, {cmpxchg [fs:edi], ecx}
        try "CMPXCHG m, r8", IN_FS, 1, W1, none, {cmpxchg [fs:edi], cl}
        try "CMPXCHG8B, equal", IN_FS, 8, W8, put_edx_eax, {cmpxchg8b [fs:edi]}
        try "CMPXCHG8B, not equal, writes too", IN_FS, 8, W8, none, {cmpxchg8b [fs:edi]}
        try "ARPL m, r", IN_FS, 2, W2, for_arpl, {arpl [fs:edi], cx}
        try "POP m32, the operand", IN_FS, 4, W4, none, {pop dword [fs:edi]}
        try "POP m16, the operand", IN_FS, 2, W2, none, {pop word [fs:edi]}
        try "STOSB", IN_ES, 1, W1, none, {stosb}
        try "STOSW", IN_ES, 2, W2, none, {stosw}
        try "STOSD", IN_ES, 4, W4, none, {stosd}
        try "MOVSB, destination", IN_ES, 1, W1, none, {movsb}
        try "MOVSW, destination", IN_ES, 2, W2, none, {movsw}
        try "MOVSD, destination", IN_ES, 4, W4, none, {movsd}
        try "INSB", IN_ES | RING0_ONLY, 1, W1, for_ins, {insb}
        try "INSW", IN_ES | RING0_ONLY, 2, W2, for_ins, {insw}
        try "INSD", IN_ES | RING0_ONLY, 4, W4, for_ins, {insd}
        try "SGDT", IN_FS | ANY_ORDER, 6, W24, none, {sgdt [fs:edi]}
        try "SIDT", IN_FS | ANY_ORDER, 6, W24, none, {sidt [fs:edi]}
        try "SLDT m16", IN_FS, 2, W2, none, {sldt [fs:edi]}
        try "STR m16", IN_FS, 2, W2, none, {str [fs:edi]}
        try "SMSW m16", IN_FS, 2, W2, none, {smsw [fs:edi]}

; The stack.
        try "PUSH r32", IN_SS, 4, W4, push4, {push eax}
        try "PUSH r16", IN_SS, 2, W2, push2, {push ax}
        try "PUSH ESP", IN_SS, 4, W4, push4, {push esp}
        try "PUSH imm", IN_SS, 4, W4, push4, {push dword 0x12345678}
        try "PUSH DS, 16 bits", IN_SS, 2, W2, push2, {o16 push ds}
        try "PUSHFD", IN_SS, 4, W4, push4, {pushfd}
        try "PUSHF", IN_SS, 2, W2, push2, {pushfw}
        try "PUSH m32, the stack", IN_SS, 4, W4, push4, {push dword [fs:edi]}
        try "PUSHAD", IN_SS, 32, PUSHA4, push32, {pushad}
        try "PUSHA", IN_SS, 16, PUSHA2, push16, {pushaw}
        try "CALL rel", IN_SS, 4, W4, push4, {call landing}
        try "CALL r32", IN_SS, 4, W4, call_ecx, {call ecx}
        try "CALL far", IN_SS, 8, PUSH44, push8, {call RING_CODE:landing}
        try "CALL far, 16 bits", IN_SS, 4, PUSH22, push4, {call word RING_CODE_IMAGE:offset16(landing)}
        try "ENTER 16, 0", IN_SS, 20, ENTER16, push20, {enter 16, 0}
        try "ENTER 0, 1", IN_SS, 8, PUSH44, push8, {enter 0, 1}
        try "ENTER 0, 2, the stack", IN_SS, 12, PUSH444, enter_near, {enter 0, 2}
        try "POP r32", IN_SS, 4, R4, pop, {pop eax}
        try "POP r16", IN_SS, 2, R2, pop, {pop ax}
        try "POP ESP", IN_SS, 4, R4, pop_esp, {pop esp}
        try "POP m32, the stack", IN_SS, 4, R4, pop, {pop dword [fs:edi]}
        try "POP GS, 16 bits", IN_SS, 2, R2, pop_selector, {o16 pop gs}
        try "POPFD", IN_SS, 4, R4, pop_flags, {popfd}
        try "POPF", IN_SS, 2, R2, pop_flags, {popfw}
        try "POPAD", IN_SS, 32, POPA4, pop, {popad}
        try "POPA", IN_SS, 16, POPA2, pop, {popaw}
        try "LEAVE", IN_SS, 4, R4, by_ebp, {leave}
        try "LEAVE, 16 bits", IN_SS, 2, R2, by_ebp, {o16 leave}
        try "RET", IN_SS, 4, R4, return, {ret}
        try "RET 8", IN_SS, 4, R4, return, {ret 8}
        try "RETF", IN_SS | ANY_ORDER, 8, R44, return, {retf}
        try "RETF 8", IN_SS | ANY_ORDER, 8, R44, return, {retf 8}
        try "IRETD", IN_SS | ANY_ORDER, 12, POP444, iret_frame, {iretd}
        try "RETF, 16 bits", IN_SS | ANY_ORDER, 4, R22, return2, {o16 retf}
        try "IRET, 16 bits", IN_SS | ANY_ORDER, 6, POP222, return2, {iretw}
; The processor's own accesses: frames of gates on the stack of ring 1, descriptors, TSSs.
        order PUSH5_4, 16,4,PF_W, 12,4,PF_W, 8,4,PF_W, 4,4,PF_W, 0,4,PF_W
        order PUSH5_2, 8,2,PF_W, 6,2,PF_W, 4,2,PF_W, 2,2,PF_W, 0,2,PF_W
        order PUSH6_4, 20,4,PF_W, 16,4,PF_W, 12,4,PF_W, 8,4,PF_W, 4,4,PF_W, 0,4,PF_W
        order PUSH7_4, 24,4,PF_W, 20,4,PF_W, 16,4,PF_W, 12,4,PF_W, 8,4,PF_W, 4,4,PF_W, 0,4,PF_W
        order PUSH7_2, 12,2,PF_W, 10,2,PF_W, 8,2,PF_W, 6,2,PF_W, 4,2,PF_W, 2,2,PF_W, 0,2,PF_W
        order POP5, 0,4,0, 4,4,0, 8,4,0, 12,4,0, 16,2,0
        order POP4, 0,4,0, 4,4,0, 8,4,0, 12,2,0
        order POP4_8, 0,4,0, 4,4,0, 16,4,0, 20,2,0
        order DESCRIPTOR, 0,8,0
        order DESCRIPTOR_W, 0,8,0, 5,1,PF_W
        order TASK_OUT, 0,62,PF_W       ; EIP to GS
        order TASK_IN, 0,102,0             ; the base of the bitmap is for IN and OUT
        try "INT n, 32-bit gate to ring 1", IMPLICIT, 20, PUSH5_4, set_int32, {int 0x31}
        try "INT n, 16-bit gate to ring 1", IMPLICIT, 10, PUSH5_2, set_int16, {int 0x31}
        try "#GP, 32-bit gate to ring 1", IMPLICIT, 24, PUSH6_4, set_gp, {cli}
        try "CALL gate, 32 bits, 3 parameters", IMPLICIT, 28, PUSH7_4, set_gate32, {call CALL_GATE:0}
        try "CALL gate, 16 bits, 3 parameters", IMPLICIT, 14, PUSH7_2, set_gate16, {call CALL_GATE:0}
        try "IRETD to ring 3", IN_SS | RING1_ONLY | ANY_ORDER | NOT_BEHIND, 18, POP5, set_iret, {iretd}
        try "RETF to ring 3", IN_SS | RING1_ONLY | ANY_ORDER | NOT_BEHIND, 14, POP4, set_retf, {retf}
        try "RETF 8 to ring 3", IN_SS | RING1_ONLY | ANY_ORDER | NOT_BEHIND, 22, POP4_8, set_retf8, {retf 8}
        try "MOV GS, its descriptor", IMPLICIT, 8, DESCRIPTOR, set_ldt, {mov gs, edx}
        try "MOV GS, its accessed bit", IMPLICIT, 8, DESCRIPTOR_W, set_ldt_a, {mov gs, edx}
        try "LAR, the descriptor", IMPLICIT, 8, DESCRIPTOR, set_ldt, {lar eax, edx}
        try "JMP far, the descriptor", IMPLICIT, 8, DESCRIPTOR, set_ldt_code, {jmp 0xc:landing}
        try "INT n, the accessed bit", IMPLICIT, 8, DESCRIPTOR_W, set_int_a, {int 0x31}
        try "CALL far, the accessed bit", IMPLICIT, 8, DESCRIPTOR_W, set_code_a, {call 0xc:landing}
        try "RETF, the accessed bit", IMPLICIT, 8, DESCRIPTOR_W, set_retf_a, {retf}
        try "POP GS, its descriptor", IMPLICIT, 8, DESCRIPTOR, set_ldt_pop, {pop gs}
        try "INT n, the gate", IMPLICIT | UPPER_ONLY, 8, DESCRIPTOR, set_idt, {int 0x31}
        try "INT n, the stack in the TSS", IMPLICIT | UPPER_ONLY | ANY_ORDER, 6, R42, set_tss, {int 0x31}
        try "IN, the bitmap", IMPLICIT | UPPER_ONLY, 2, R2, set_bitmap, {in al, 0x80}
        try "JMP to a TSS, the old one", IMPLICIT | UPPER_ONLY | ANY_BYTE | NOT_BEHIND, 62, TASK_OUT, \
                set_old_task, {jmp TASK:0}
        try "JMP to a TSS", IMPLICIT | ANY_BYTE | NOT_BEHIND, 102, TASK_IN, set_task, {jmp TASK:0}
; The floating-point unit's operands.
        order F10, 0, 10, 0
        order F8, 0, 8, 0
        order W10, 0, 10, PF_W
        order R28, 0, 28, 0
        order W28, 0, 28, PF_W
        order R108, 0, 108, 0
        order W108, 0, 108, PF_W
%define FP IN_FS | WITH_FPU
        try "FLD m32", FP, 4, R4, fpu, {fld dword [fs:edi]}
        try "FLD m64", FP, 8, F8, fpu, {fld qword [fs:edi]}
        try "FLD m80", FP | ANY_BYTE, 10, F10, fpu, {fld tword [fs:edi]}
        try "FADD m64", FP, 8, F8, fpu, {fadd qword [fs:edi]}
        try "FILD m16", FP, 2, R2, fpu, {fild word [fs:edi]}
        try "FILD m64", FP, 8, F8, fpu, {fild qword [fs:edi]}
        try "FBLD", FP | ANY_BYTE, 10, F10, put_bcd, {fbld [fs:edi]}
        try "FST m32", FP, 4, W4, fpu, {fst dword [fs:edi]}
        try "FSTP m64", FP, 8, W8, fpu, {fstp qword [fs:edi]}
        try "FSTP m80", FP | ANY_BYTE, 10, W10, fpu, {fstp tword [fs:edi]}
        try "FISTP m16", FP, 2, W2, fpu, {fistp word [fs:edi]}
        try "FISTP m64", FP, 8, W8, fpu, {fistp qword [fs:edi]}
        try "FBSTP", FP | ANY_BYTE, 10, W10, fpu, {fbstp [fs:edi]}
        try "FLDCW", FP, 2, R2, put_cw, {fldcw [fs:edi]}
        try "FNSTCW", FP, 2, W2, fpu, {fnstcw [fs:edi]}
        try "FNSTSW m16", FP, 2, W2, fpu, {fnstsw [fs:edi]}
        try "FNSTENV", FP | ANY_BYTE, 28, W28, fpu, {fnstenv [fs:edi]}
        try "FLDENV", FP | ANY_BYTE, 28, R28, put_env, {fldenv [fs:edi]}
        try "FNSAVE", FP | ANY_BYTE, 108, W108, fpu, {fnsave [fs:edi]}
        try "FRSTOR", FP | ANY_BYTE, 108, R108, put_state, {frstor [fs:edi]}
[section cases]
        dd 0
[section program]

landing:
        int DONE

; What differs from the defaults. EDI: the operand's offset in the window; ESI: the same in FRAMES.
; in: the registers that the instruction starts with.
none:   ret
small_edx:
        mov dword [in.edx], 0
        ret
for_xlat:
        movzx eax, byte [in.eax]
        mov [in.ebx], edi
        sub [in.ebx], eax
        ret
for_outs:
        mov dword [in.edx], 0x80        ; nobody minds the POST code's port
for_ins:
        cmp dword [in.edx], 0x80
        je by_esi
        mov dword [in.edx], 0x21         ; the mask of interrupts
        ret
by_esi: mov [in.esi], edi
        mov dword [in.edi], SAFE
        ret
put_landing:
        mov dword [esi], landing
        mov word [esi + 4], RING_CODE
        ret
put_selector4:
        mov word [esi + 4], DATA3
        ret
put_selector2:
        mov word [esi + 2], DATA3
        ret
put_selector0:
        mov word [esi], DATA3
        ret
put_stack4:
        mov ecx, [ring]
        mov eax, [ring_data + ecx * 4]
        mov [esi + 4], ax
        test ecx, ecx
        jne .done
        mov eax, [in.esp]
        mov [esi], eax
.done:  ret
put_bounds:
        mov dword [esi], -5
        mov dword [esi + 4], 0x7fffffff
        ret
put_bounds2:
        mov word [esi], -5
        mov word [esi + 2], 0x7fff
        ret
put_gdt: mov word [esi], 0xfff
        mov dword [esi + 2], GDT
        ret
put_idt: mov word [esi], 0x7ff
        mov dword [esi + 2], IDT
        ret
put_ldt: mov word [esi], MAIN_LDT
        ret
put_msw: mov word [esi], 1
        ret
put_eax: mov eax, [esi]
        mov [in.eax], eax
        ret
put_edx_eax:
        mov eax, [esi]
        mov [in.eax], eax
        mov eax, [esi + 4]
        mov [in.edx], eax
        ret
for_arpl:
        and byte [esi], 0xfc
        or dword [in.ecx], 3
        ret
push2:  mov eax, 2
        jmp push_any
call_ecx:
        mov dword [in.ecx], landing
push4:  mov eax, 4
        jmp push_any
push8:  mov eax, 8
        jmp push_any
push16: mov eax, 16
        jmp push_any
push20: mov eax, 20
        jmp push_any
push32: mov eax, 32
push_any:
        add eax, edi
        mov [in.esp], eax
        mov dword [in.edi], SAFE
        ret
enter_near:
        mov eax, 12
        call push_any
        mov dword [in.ebp], 0x540       ; inside the segment when it is cut
        ret
pop:    mov [in.esp], edi
        mov dword [in.edi], SAFE
        ret
pop_esp:
        mov dword [esi], SAFE_STACK
        jmp pop
pop_selector:
        mov dword [esi], DATA3
        jmp pop
pop_flags:
        mov dword [esi], FL_CF | FL_DF | 2
        jmp pop
by_ebp: mov [in.ebp], edi
        mov dword [in.edi], SAFE
        ret
return: mov dword [esi], landing
        mov eax, [ring]
        add eax, RING_CODE
        mov [esi + 4], eax
        jmp pop
iret_frame:
        mov dword [esi + 8], FL_CF | FL_ZF | 2
        jmp return
return2:
        mov word [esi], offset16(landing)
        mov eax, [ring]
        add eax, RING_CODE_IMAGE
        mov [esi + 2], ax
        mov word [esi + 4], FL_CF | FL_ZF | 2
        jmp pop

; The frame's top for ring 1.
%macro inner_stack 1
        lea eax, [edi + WINDOW + %1]
        mov [TSS + 12], eax
%endmacro
set_int32:
        inner_stack 20
        vector 0x31, CODE1, linear(landing), T_INT32 | DPL(3)
        ret
set_int16:
        inner_stack 10
        vector 0x31, CODE1_IMAGE, offset16(landing), T_INT16 | DPL(3)
        ret
set_gp: inner_stack 24
        vector GP, CODE1, linear(landing), T_INT32
        ret
set_gate32:
        inner_stack 28
        gate CALL_GATE, CODE1, linear(landing), T_CALL32 | DPL(3), 3
        ret
set_gate16:
        inner_stack 14
        gate CALL_GATE, CODE1_IMAGE, offset16(landing), T_CALL16 | DPL(3), 3
        ret
set_iret:
        mov dword [esi + 8], FL_CF | FL_ZF | 2
        mov dword [esi + 12], STACK_3
        mov dword [esi + 16], DATA3
        jmp to_ring3
set_retf:
        mov dword [esi + 8], STACK_3
        mov dword [esi + 12], DATA3
        jmp to_ring3
set_retf8:
        mov dword [esi + 16], STACK_3
        mov dword [esi + 20], DATA3
to_ring3:
        mov dword [esi], landing
        mov dword [esi + 4], CODE3
        jmp pop
; The descriptor of selector 0Ch or 0Fh at the operand.
set_ldt_pop:
        push edi
        push esi
        mov dword [FRAMES + SAFE_STACK], 0xf
        jmp set_ldt.go
; Three numbers in the FPU: 1, pi, 42.
fpu:    fninit
        fld1
        fldpi
        push dword 42
        fild dword [esp]
        add esp, 4
        ret
put_bcd:
        mov dword [esi], 0x98765432
        mov dword [esi + 4], 0x98765432
        mov word [esi + 8], 0x8010
        jmp fpu
put_cw: mov word [esi], 0x0f7f
        jmp fpu
put_env:
        call fpu
        fnstenv [esi]
        fninit
        jmp fpu
put_state:
        call fpu
        fnsave [esi]
        jmp fpu

set_int_a:
        mov dword [TSS + 12], STACK_1
        vector 0x31, 0xd, linear(landing), T_INT32 | DPL(3)
        mov dword [esi + 4], 0x00cfba00
        jmp set_ldt.any
set_retf_a:
        mov dword [FRAMES + SAFE_STACK], landing
        mov dword [FRAMES + SAFE_STACK + 4], 0xf
set_code_a:
        mov dword [esi + 4], 0x00cffa00
        jmp set_ldt.any
set_ldt_code:
        mov dword [esi + 4], 0x00cffb00
        jmp set_ldt.any
set_ldt_a:
        mov dword [esi + 4], 0x00cff200
        jmp set_ldt.any
set_ldt:
        mov dword [esi + 4], 0x00cff300
.any:   push edi
        push esi
        jmp .limit
.go:    mov dword [esi + 4], 0x00cff300
.limit: mov dword [esi], 0xffff
        mov dword [in.edx], 0xf
        lea eax, [edi + WINDOW - 8]
        mov [GDT + OTHER_LDT + 2], ax
        mov word [GDT + OTHER_LDT], 15
        shr eax, 16
        mov [GDT + OTHER_LDT + 4], al
        mov byte [GDT + OTHER_LDT + 5], T_LDT
        mov byte [GDT + OTHER_LDT + 6], 0
        mov [GDT + OTHER_LDT + 7], ah
        mov ax, OTHER_LDT
        lldt ax
        pop esi
        pop edi
        ret
; An IDT whose gate 31h, the last, is the operand.
set_idt:
        pushad
        mov dword [TSS + 12], STACK_1
        vector 0x31, CODE1, linear(landing), T_INT32 | DPL(3)
        lea eax, [edi + WINDOW - 0x31 * 8]
        mov word [other_idtr], 0x31 * 8 + 7
        mov [other_idtr + 2], eax
        lea edi, [esi - 0x31 * 8]
        mov esi, IDT
        mov ecx, 0x32 * 2
        rep movsd
        lidt [other_idtr]
        popad
        ret
; A TSS whose SS1:ESP1 is the operand; one whose bits for port 80h are.
set_tss:
        mov dword [TSS + 12], STACK_1
        vector 0x31, CODE1, linear(landing), T_INT32 | DPL(3)
        mov eax, 12
        jmp other_tss
set_bitmap:
        mov eax, 0x68 + 0x10
other_tss:
        pushad
        sub edi, eax
        sub esi, eax
        add edi, WINDOW
        mov [GDT + OTHER_TSS + 2], di
        mov word [GDT + OTHER_TSS], 0x68 + 0x11
        mov eax, edi
        shr eax, 16
        mov [GDT + OTHER_TSS + 4], al
        mov byte [GDT + OTHER_TSS + 5], T_TSS32
        mov byte [GDT + OTHER_TSS + 6], 0
        mov [GDT + OTHER_TSS + 7], ah
        mov edi, esi
        mov esi, TSS
        mov ecx, (0x68 + 0x14) / 4
        rep movsd
        mov ax, OTHER_TSS
        ltr ax
        popad
        ret
; A TSS whose part that is saved is the operand.
set_old_task:
        mov eax, 0x20
        call other_tss
        mov esi, FRAMES + SAFE + 0x800
; A task in ring 3.
set_task:
        pushad
        mov edi, esi
        mov ecx, 104 / 4
        xor eax, eax
        rep stosd
        mov dword [esi + 4], STACK_0I
        mov dword [esi + 8], DATA0
        mov dword [esi + 0x1c], PAGE_DIR
        mov dword [esi + 0x20], landing
        mov dword [esi + 0x24], 2 | FL_ZF
        mov dword [esi + 0x28], 0x11111111
        mov dword [esi + 0x38], STACK_3
        mov dword [esi + 0x44], 0x44444444
        mov dword [esi + 0x48], DATA3
        mov dword [esi + 0x4c], CODE3
        mov dword [esi + 0x50], DATA3
        mov dword [esi + 0x54], DATA3
        lea eax, [esi + WINDOW - FRAMES]
        mov [GDT + TASK + 2], ax
        mov word [GDT + TASK], 103
        shr eax, 16
        mov [GDT + TASK + 4], al
        mov byte [GDT + TASK + 5], T_TSS32 | DPL(3)
        mov byte [GDT + TASK + 6], 0
        mov [GDT + TASK + 7], ah
        popad
        ret

; What the last group has changed: the kernel's own tables.
own_tables:
        pushad
        vector 0x31, CODE0, linear(landing), T_INT32
        mov eax, GP * 12 + stubs
        mov edx, eax
        and eax, 0xffff
        or eax, CODE0 << 16
        mov [IDT + GP * 8], eax
        and edx, 0xffff0000
        or edx, T_INT32 << 8
        mov [IDT + GP * 8 + 4], edx
        lidt [kernel_idtr]
        mov ax, MAIN_LDT
        lldt ax
        mov byte [GDT + MAIN_TSS + 5], T_TSS32
        mov ax, MAIN_TSS
        ltr ax
        clts
        popad
        ret

; What may be wrong: which page, its entry without the frame, the bits of the error code that tell;
; or the segment ends at the edge.
struc variant
.page:  resd 1                          ; offset in the window, or 0: the segment
.entry: resd 1
.writes: resd 1                         ; 1: only a write is refused
.error: resd 1                          ; bit P
.ring:  resd 1                          ; the least that is refused
endstruc

variants:
        dd 0x2000, 0, 0, 0, 0           ; upper page absent
        dd 0x1000, 0, 0, 0, 0           ; lower page absent
        dd 0x2000, P | U, 1, PF_P, 0    ; upper page read-only; CR0.WP is set
        dd 0x1000, P | U, 1, PF_P, 0
        dd 0x2000, P | W, 0, PF_P, 3    ; upper page of the supervisor
        dd 0x1000, P | W, 0, PF_P, 3
        dd 0, 0, 0, 0, 0                ; the segment ends at the edge
        dd 0x2000, -1 << 12 | 0xffe, 0, 0, 0 ; absent, all the other bits set (E12)
variants_end:

main:   call paging_on
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        mov dword [run_flags], FL_CF | FL_SF | 2
        mov dword [case_now], cases
.case:  mov ebx, [case_now]
        mov eax, [ebx + case.text]
        test eax, eax
        jz fetches
        mov [step_text], eax
        mov dword [ring], 0
        test byte [ebx + case.where], IN_SS
        jz .implicit
        inc dword [ring]                ; a bad stack of ring 0 can't be repaired
.implicit:
        test dword [ebx + case.where], IMPLICIT
        jz .ring
        mov dword [ring], 3
.ring:  call set_ring
        mov dword [variant_now], variants
.variant:
        mov dword [k], 0
.k:     call number
        mov ebx, [case_now]
        call makes_sense
        jc .skip
        call attempt
.skip:
        inc dword [k]
        mov ebx, [case_now]
        mov eax, [k]
        cmp eax, [ebx + case.size]
        jbe .k
        add dword [variant_now], variant_size
        cmp dword [variant_now], variants_end
        jb .variant
        mov ebx, [case_now]
        test dword [ebx + case.where], RING0_ONLY | RING1_ONLY
        jnz .next
        inc dword [ring]
        cmp dword [ring], 2
        jne .not_2
        inc dword [ring]
.not_2: cmp dword [ring], 3
        jbe .ring
.next:  add dword [case_now], case_size
        jmp .case

; CF: the variant can't be tried in case EBX.
makes_sense:
        mov edx, [variant_now]
        mov eax, [ebx + case.where]
        test eax, IMPLICIT | RING1_ONLY
        jz .yes
        cmp dword [edx + variant.page], 0
        je .no                          ; frames of rings 1 and 3 in one segment; no segment at all
        cmp dword [edx + variant.ring], 3
        je .no
        test eax, UPPER_ONLY | ANY_BYTE
        jz .yes
        cmp dword [edx + variant.page], 0x1000
        je .no
.yes:   test eax, NOT_BEHIND
        jz .all
        mov ecx, [k]
        cmp ecx, [ebx + case.size]
        je .no
.all:   clc
        ret
.no:    stc
        ret

number: mov eax, [variant_now]
        sub eax, variants
        xor edx, edx
        mov ecx, variant_size
        div ecx
        inc eax
        imul eax, 100
        add eax, [k]
        imul edx, [ring], 1000
        add eax, edx
        mov [step_number], eax
        ret

; The descriptors of the running ring.
set_ring:
        mov eax, [ring]
        shl eax, 13
        mov edi, GDT + SPARE
        mov dword [edi + 0x10], (WINDOW & 0xffff) << 16 | 0xffff
        mov dword [edi + 0x14], (WINDOW >> 16) | (W_DATA | BIG) << 8 & 0xff00 | BIG << 8
        or [edi + 0x14], eax
        mov dword [edi + 0x18], 0xffff
        mov dword [edi + 0x1c], 0x00cf9b00
        or [edi + 0x1c], eax
        mov dword [edi + 0x20], 0xffff | (IMAGE & 0xffff) << 16
        mov dword [edi + 0x24], 0x00409b00 | IMAGE >> 16
        or [edi + 0x24], eax
        descriptor FS_, WINDOW, 0xffff, W_DATA | DPL(3) | BIG
        descriptor CODE1_IMAGE, IMAGE, 0xffff, XR_CODE | DPL(1) | BIG
        descriptor ES_, WINDOW, 0xffff, W_DATA | DPL(3) | BIG
        ret

; Both pages and all segments as they should be.
repair: pushad
        mov edi, WINDOW_TABLE
        mov eax, FRAMES | P | W | U
.next:  stosd
        add eax, 0x1000
        cmp edi, WINDOW_TABLE + 16 * 4
        jb .next
        invlpg [WINDOW + 0x1000]
        invlpg [WINDOW + 0x2000]
        mov eax, 0xffff
        mov [GDT + SPARE], ax
        mov [GDT + SPARE + 8], ax
        mov [GDT + SPARE + 0x10], ax
        popad
        ret

; The same program without the fault, then with it.
attempt:
        call repair
        call own_tables
        call prepare
        mov dword [hook], 0
        call go
        equal [stop.vector], DONE
        mov esi, stop
        mov edi, result
        mov ecx, frame_size / 4
        rep movsd
        mov edi, ARENA + 0x2000
        call copy_memory
        mov edi, ARENA + 0x4000
        call copy_fpu

        call own_tables
        call prepare
        mov edi, ARENA
        call copy_memory
        call expect
        call damage
        mov dword [faults_seen], 0
        mov dword [hook], at_fault
        call go
        mov dword [hook], 0
        equal [stop.vector], DONE
        equal [faults_seen], [faults_due]
        call same_result
        mov edi, ARENA + 0x4100
        call copy_fpu
        mov esi, ARENA + 0x4000
        mov edi, ARENA + 0x4100
        mov ecx, 108
        repe cmpsb
        setne al
        movzx eax, al
        equal eax, 0                    ; the FPU holds the same
        jmp own_tables

; The state of the FPU to EDI, in a case that is about it.
copy_fpu:
        mov ebx, [case_now]
        test dword [ebx + case.where], WITH_FPU
        jz .done
        fnsave [edi]
.done:  ret

prepare:
        mov esi, defaults
        mov edi, in
        mov ecx, 8
        rep movsd
        mov edi, EDGE
        sub edi, [k]
        mov [in.edi], edi
        cmp dword [ring], 0
        jne .fill
        mov dword [in.esp], STACK_0 - 0x800
        mov dword [STACK_0 - 0x800], 0x0badcafe
.fill:  mov ebx, [case_now]
        push edi
        mov eax, 0x221b140d
        mov esi, regions
.region:
        mov edi, [esi]
        mov ecx, [esi + 4]
        jecxz .filled
        shr ecx, 2
.dword: stosd
        add eax, 0x1c1c1c1c
        loop .dword
        add esi, 8
        jmp .region
.filled:
        pop edi
        lea esi, [edi + FRAMES]
        jmp [ebx + case.setup]

; All memory that may change. ESI: where the list is.
regions: dd FRAMES + 0x1c00, 0x800, FRAMES + SAFE, 0x100, FRAMES + SAFE_STACK - 0x100, 0x200, 0, 0

; To EDI.
copy_memory:
        mov ebx, regions
.next:  mov esi, [ebx]
        mov ecx, [ebx + 4]
        jecxz .done
        shr ecx, 2
        rep movsd
        add ebx, 8
        jmp .next
.done:  ret

; With the copy at EDI. EAX: the dword in memory that differs, or 0.
compare_memory:
        mov ebx, regions
.next:  mov esi, [ebx]
        mov ecx, [ebx + 4]
        xor eax, eax
        jecxz .done
        shr ecx, 2
        repe cmpsd
        lea eax, [esi - 4]
        jne .done
        add ebx, 8
        jmp .next
.done:  ret

; Which fault must come: faults_due (0 or 1), vector_due, error_due, cr2_due.
expect: mov ebx, [case_now]
        mov edx, [variant_now]
        mov dword [faults_due], 0
        mov dword [cr2_count], 0
        cmp dword [edx + variant.page], 0
        je .segment
        mov eax, [ring]
        cmp eax, [edx + variant.ring]
        jb .none
        mov esi, [ebx + case.order]
.access:
        movzx ecx, byte [esi + access.size]
        test ecx, ecx
        jz .none
        movzx eax, byte [esi + access.offset]
        add eax, EDGE
        sub eax, [k]                    ; from EAX
        lea ecx, [eax + ecx - 1]        ; to ECX
        mov edi, [edx + variant.page]
        lea ebp, [edi + 0xfff]
        cmp ecx, edi
        jb .next
        cmp eax, ebp
        ja .next
        cmp dword [edx + variant.writes], 0
        je .hit
        cmp word [esi + access.write], 0
        jne .hit
.next:  add esi, access_size
        jmp .access
.hit:   cmp eax, edi                    ; the first byte of it that is on the page
        jae .from
        mov eax, edi
.from:  add eax, WINDOW
        mov ecx, [cr2_count]
        mov [cr2_list + ecx * 4], eax
        inc dword [cr2_count]
        cmp dword [faults_due], 0
        jne .next
        mov [cr2_due], eax
        movzx eax, word [esi + access.write]
        or eax, [edx + variant.error]
        cmp dword [ring], 3
        jne .error
        test dword [ebx + case.where], IMPLICIT
        jnz .error
        or eax, PF_U
.error: mov [error_due], eax
        mov dword [vector_due], PF
        inc dword [faults_due]
        test dword [ebx + case.where], ANY_ORDER
        jnz .next
.none:  ret
.segment:
        mov dword [error_due], 0
        mov dword [vector_due], GP
        test byte [ebx + case.where], IN_SS
        jz .general
        mov dword [vector_due], SS
.general:
        mov eax, [k]
        cmp eax, [ebx + case.size]
        jae .none
        inc dword [faults_due]
        ret

; Make it wrong.
damage: mov ebx, [case_now]
        mov edx, [variant_now]
        mov eax, [edx + variant.page]
        test eax, eax
        jz .segment
        mov ecx, eax
        shr ecx, 12
        mov edi, [edx + variant.entry]
        test edi, P
        jz .put
        lea edi, [edi + eax + FRAMES]
.put:   mov [WINDOW_TABLE + ecx * 4], edi
        invlpg [eax + WINDOW]
        ret
.segment:
        movzx eax, byte [ebx + case.where]
        mov word [GDT + SPARE + eax * 8], EDGE - 1
        ret

; The hook.
at_fault:
        cmp dword [ebp + frame.vector], DONE
        je .end
        inc dword [faults_seen]
        equal [ebp + frame.vector], [vector_due]
        equal [ebp + frame.error], [error_due]
        cmp dword [vector_due], PF
        jne .no_page
        mov eax, [stop.cr2]
        mov edi, cr2_list
        mov ecx, [cr2_count]
        test edi, edi                   ; not equal, if there is none
        repne scasd
        je .no_page
        mov ebx, [case_now]
        test dword [ebx + case.where], ANY_BYTE
        jz .exact
        sub eax, [cr2_due]              ; not below the first byte that is missing
        cmp eax, 108
        jb .no_page
.exact:
        equal [stop.cr2], [cr2_due]
.no_page:
        mov ebx, [case_now]
        equal [ebp + frame.eip], [ebx + case.code]
        equal [ebp + frame.eax], [in.eax]
        equal [ebp + frame.ecx], [in.ecx]
        equal [ebp + frame.edx], [in.edx]
        equal [ebp + frame.ebx], [in.ebx]
        equal [ebp + frame.ebp], [in.ebp]
        equal [ebp + frame.esi], [in.esi]
        equal [ebp + frame.edi], [in.edi]
        equal [stop.esp], [in.esp]
        equal_bits [ebp + frame.eflags], ~FL_RF, [run_flags]
        equal_bits [ebp + frame.ds], 0xffff, DATA3
        equal_bits [ebp + frame.es], 0xffff, ES_
        equal_bits [ebp + frame.fs], 0xffff, FS_
        equal_bits [ebp + frame.gs], 0xffff, 0
%ifndef PEER ; others write parts of an operand before the fault; that is no state of the processor
        mov edi, ARENA
        call compare_memory
        equal eax, 0
%endif
        call repair
        clc
        ret
.end:   stc
        ret

; Registers and memory as without a fault (RF is T15's business). The record has no use for the
; frame of ring 0 above EFLAGS.
same_result:
        xor ecx, ecx
.next:  mov eax, [stop + ecx * 4]
        equal eax, [result + ecx * 4]
        inc ecx
        cmp ecx, frame.eflags / 4
        jb .next
        equal_bits [stop.eflags], ~FL_RF, [result + frame.eflags]
        equal [stop.esp], [result + frame.esp]
        mov edi, ARENA + 0x2000
        call compare_memory
        equal eax, 0
        ret

; Run the case in its ring with the registers of `in` until it stops.
go:     until_stop .stopped
        mov ebx, [case_now]
        mov ax, FS_
        mov fs, ax
        xor eax, eax
        mov gs, ax
        mov ax, ES_
        mov es, ax
        mov ecx, [ring]
        jecxz .ring0
        lea eax, [ecx + SS_]
        push eax
        push dword [in.esp]
        jmp .frame
.ring0: mov esp, [in.esp]
.frame: push dword [run_flags]
        lea eax, [ecx + RING_CODE]
        push eax
        push dword [ebx + case.code]
        mov ax, DATA3
        mov ds, ax
        mov edi, [in.edi]
        mov esi, [in.esi]
        mov ebp, [in.ebp]
        mov ebx, [in.ebx]
        mov edx, [in.edx]
        mov ecx, [in.ecx]
        mov eax, [in.eax]
        iretd
.stopped:
        ret

defaults: dd 0, WINDOW + SAFE, SAFE + 0x40, SAFE_STACK, 0xb0b1b2b3, 0x0d0e0f01, 0xc1c2c303, 0x40302010
in:
.edi:   dd 0
.esi:   dd 0
.ebp:   dd 0
.esp:   dd 0
.ebx:   dd 0
.edx:   dd 0
.ecx:   dd 0
.eax:   dd 0

ring:   dd 0
k:      dd 0
case_now: dd 0
variant_now: dd 0
faults_seen: dd 0
faults_due: dd 0
vector_due: dd 0
error_due: dd 0
cr2_due: dd 0
cr2_count: dd 0
cr2_list: times 16 dd 0                 ; of any access that may be the first
other_idtr: dw 0
        dd 0
result: times frame_size / 4 dd 0

; The instruction itself lies across the edge (C29). One runs before it, and not again.
fetches:
        step "fetch"
        mov dword [case_now], fetch_case
        mov dword [ring], 0
.ring:  call set_ring
        mov dword [variant_now], variants
.variant:
        mov edx, [variant_now]
        cmp dword [edx + variant.page], 0x1000
        je .next_variant                ; the page that is run at the moment stays
        cmp dword [edx + variant.writes], 0
        jne .next_variant
        mov eax, [ring]
        cmp eax, [edx + variant.ring]
        jb .next_variant
        mov dword [k], 0
.k:     call number
        call fetch
        inc dword [k]
        cmp dword [k], crossing.end - crossing
        jb .k
.next_variant:
        add dword [variant_now], variant_size
        cmp dword [variant_now], variants_end
        jb .variant
        add dword [ring], 3
        cmp dword [ring], 3
        je .ring
        ret

fetch:  call set_ring
        call repair
        mov edi, FRAMES + EDGE - 1
        sub edi, [k]
        mov esi, counting
        mov ecx, crossing.end - counting + 2
        rep movsb
        mov esi, defaults
        mov edi, in
        mov ecx, 8
        rep movsd
        mov dword [in.esp], SAFE_STACK
        cmp dword [ring], 0
        jne .user
        mov dword [in.esp], STACK_0 - 0x800
.user:  mov dword [in.eax], 5
        mov edi, WINDOW + EDGE
        mov edx, [variant_now]
        cmp dword [edx + variant.page], 0
        jne .flat
        mov edi, EDGE                   ; the code segment begins with the window, too
        mov dword [GDT + SPARE + 0x18], (WINDOW & 0xffff) << 16 | EDGE - 1
        mov byte [GDT + SPARE + 0x1c], WINDOW >> 16
        mov byte [GDT + SPARE + 0x1e], BIG >> 8
.flat:  mov [edge_now], edi
        sub edi, [k]
        mov [eip_due], edi
        dec edi
        mov [fetch_case + case.code], edi
        mov dword [FRAMES + SAFE], 0
        cmp dword [edx + variant.page], 0
        je .go
        call damage
.go:    mov dword [faults_seen], 0
        mov dword [hook], at_fetch
        call go
        mov dword [hook], 0
        equal [stop.vector], DONE
        equal [faults_seen], 1
        equal [stop.eax], 6
        equal [FRAMES + SAFE], 0x89abcdef
        mov eax, [eip_due]
        add eax, crossing.end - crossing + 2
        equal [stop.eip], eax
        ret

at_fetch:
        cmp dword [ebp + frame.vector], DONE
        je .end
        inc dword [faults_seen]
        equal [ebp + frame.eip], [eip_due]
        equal [ebp + frame.eax], 6
        equal [FRAMES + SAFE], 0
        mov edx, [variant_now]
        cmp dword [edx + variant.page], 0
        je .limit
        equal [ebp + frame.vector], PF
        equal [stop.cr2], [edge_now]
        mov eax, [edx + variant.error]  ; reading, by CPL; no bit tells fetches apart without NX
        cmp dword [ring], 3
        jne .error
        or eax, PF_U
.error: equal [ebp + frame.error], eax
        call repair
        clc
        ret
.limit: equal [ebp + frame.vector], GP
        equal [ebp + frame.error], 0
        mov word [GDT + SPARE + 0x18], 0xffff
        clc                             ; IRET loads the repaired segment
        ret
.end:   stc
        ret

fetch_case: dd 0, 0, 0, IN_FS, 0, 0
counting:
        inc eax
crossing:
        mov dword [fs:dword SAFE], 0x89abcdef
.end:   int DONE
edge_now: dd 0
eip_due: dd 0

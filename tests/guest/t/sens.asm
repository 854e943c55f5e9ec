; SPDX-License-Identifier: MIT
; The instructions that are not privileged and yet show or change what belongs to the system (Robin
; and Irvine's seventeen), in every mode, CPL, IOPL, operand size and setting of VME and PVI. The
; truth table is sens.inc; each of its rows covers a set of states, and is tried in each. Every
; state of every instruction must be in the table exactly once.
; It needs CR4, and so a Pentium.
%define NAME "sens: 8832 combinations"
%define COMBINATIONS 8832
%define SILENT 4294                     ; of them, outside ring 0 and without a fault; see audit.sh
%include "kernel.inc"
%ifdef MAP
[map symbols MAP]
%endif

; Columns of the table. Modes with CPL:
%define REAL 0x01
%define P0 0x02
%define P1 0x04
%define P2 0x08
%define P3 0x10
%define VM86 0x20
%define OUTER (P1 | P2 | P3)
%define PROTECTED (P0 | OUTER)
%define UNPROTECTED (REAL | VM86)
%define EVERYWHERE (PROTECTED | UNPROTECTED)
%define MODES 6
; IOPL: all four, those below CPL (0 to 2 in VM86), and the others.
%define ANY 0x0f
%define BELOW 0x10
%define NOT_BELOW 0x20
; CR4: bit n for VME + 2 * PVI = n; ANY is all.
%define NO_VME 0x05
%define VME 0x0a
; Operand sizes.
%define S16 1
%define S32 2
%define BOTH 3
; Outcome: an exception's or interrupt's vector, or
%define RUNS DONE
%define REDIRECTED 0x100                ; by the interrupt vectors of real mode, at linear 0
; In a value: the state's IOPL, in its place in FLAGS.
%define OWN (1 << 31)

%define STATES (MODES * 4 * 4 * 2)
%define COVERED FRAMES                  ; a byte for each state of each instruction

%define MSW 0x3a                        ; NE, ET, TS, MP; PE is the mode's
%define MARK 0x600d
%define BUFFER 0x100                    ; in ARENA
%define MARKED 0x300
%define MARKED_SEG ((ARENA + MARKED) >> 4)
%define SEEN_FLAGS (FL_ARITH | FL_TF | FL_IF | FL_DF | FL_IOPL | FL_NT | FL_AC | FL_VIF | FL_VIP | FL_ID | 2)
%define LOW_FLAGS (FL_ARITH | FL_IF | FL_DF | FL_NT | 2)
%define HIGH_FLAGS (FL_AC | FL_ID)      ; and VIF, where it can be

; Segments with base IMAGE, so that offsets fit into 16 bits; gates.
%define NEAR0 (SPARE + 0x08)
%define NEAR3 (SPARE + 0x10 | 3)
%define CONFORMING (SPARE + 0x18)
%define OPEN_GATE (SPARE + 0x20 | 3)
%define SHUT_GATE (SPARE + 0x28)
%define PAGED0 (SPARE + 0x30)           ; limit in pages
%define PAGED3 (SPARE + 0x38 | 3)

struc insn                              ; code and address of the instruction proper:
.code:  resd 4                          ; protected 16, 32; real and VM86 16, 32 bits operand size
.at:    resd 4
.flags: resd 1                          ; EFLAGS on entry, with the state's IOPL
.sees_flags: resd 1                     ; flags afterwards take EAX's place
.number: resd 1
endstruc

struc row
.insn:  resd 1
.eax:   resd 1                          ; error code, where it is an exception
.edx:   resd 1
.text:  resd 1
.line:  resd 1
.outcome: resw 1
.modes: resb 1
.iopl:  resb 1
.cr4:   resb 1
.sizes: resb 1
        resw 1
endstruc

[section rows follows=strings vfollows=strings align=4]
rows:
__SECT__

%assign INSNS 0

; What `do_NAME` may use. EAX and EDX are 0 before it, and what is seen after it; EDI is BUFFER.
%macro body 3 ; name, bits of the mode, operand size
    bits %2
    %define BITS %2
    %define SIZE o%3
    %define AT at_%1_%2_%3
    %if %3 = 16
        %define A ax
        %define SELECTOR bp
        %define POINTER 2
    %else
        %define A eax
        %define SELECTOR ebp
        %define POINTER 4
    %endif
start_%1_%2_%3:
        do_%1
    %if BITS = 32
        int DONE
    %else
        jmp [cs:offset16(finish)]
    %endif
    bits 32
%endmacro

; insn NAME, FLAGS [, 1: sees flags]
%macro insn 2-3 0
        body %1, 32, 16
        body %1, 32, 32
        body %1, 16, 16
        body %1, 16, 32
        align 4
insn_%1:
        dd start_%1_32_16, start_%1_32_32, offset16(start_%1_16_16), offset16(start_%1_16_32)
        dd at_%1_32_16, at_%1_32_32, offset16(at_%1_16_16), offset16(at_%1_16_32)
        dd %2, %3, INSNS
    %assign INSNS INSNS + 1
%endmacro

; row NAME, MODES, IOPL, CR4, SIZES, OUTCOME [, EAX [, EDX]]
%define row row_at __?LINE?__,
%macro row_at 7-9 0, 0
    %defstr %%name %2
    [section strings]
%%text: db %%name, " in state", 0
    [section rows]
        dd insn_%2, %8, %9, %%text, %1
        dw %7
        db %3, %4, %5, %6
        dw 0
    [section program]
%endmacro

; The instructions.

%macro do_sgdt 0
AT:     SIZE sgdt [edi]
        mov eax, [edi + 2]
        movzx edx, word [edi]
%endmacro
%macro do_sidt 0
AT:     SIZE sidt [edi]
        mov eax, [edi + 2]
        movzx edx, word [edi]
%endmacro
%macro do_sldt 0
AT:     sldt A
%endmacro
%macro do_str 0
AT:     str A
%endmacro
%macro do_smsw 0
AT:     smsw A
        movzx eax, ax                   ; above is undefined
%endmacro
        insn sgdt, 2
        insn sidt, 2
        insn sldt, 2
        insn str, 2
        insn smsw, 2

%macro do_pushf 0
AT:     SIZE pushf
        pop A
%endmacro
%macro do_pushf_if 0
        do_pushf
%endmacro
%macro do_pushf_vif 0
        do_pushf
%endmacro
        insn pushf, LOW_FLAGS | HIGH_FLAGS | FL_VIF
        insn pushf_if, 2 | FL_IF
        insn pushf_vif, 2 | FL_VIF

%macro popf_of 1 ; image
        mov eax, %1
        push A
AT:     SIZE popf
        nop
%endmacro
%macro do_popf_all 0
        popf_of 0x3fffff & ~FL_TF
%endmacro
%macro do_popf_none 0
        popf_of 0
%endmacro
%macro do_popf_tf 0
        popf_of FL_TF
%endmacro
%macro do_popf_vip 0
        popf_of FL_IF
%endmacro
        insn popf_all, 2, 1
        insn popf_none, LOW_FLAGS | HIGH_FLAGS | FL_VIF, 1
        insn popf_tf, 2
        insn popf_vip, 2 | FL_VIP, 1

; EDX: ZF. The rights' bits 16 to 19 are undefined.
%macro looks 3+ ; selector, at EAX
        mov ebp, %1
AT:     %3
        setz dl
        and eax, %2
%endmacro
%macro do_lar0 0
        looks DATA0, 0xf0ff00, lar A, SELECTOR
%endmacro
%macro do_lar3 0
        looks DATA3, 0xf0ff00, lar A, SELECTOR
%endmacro
%macro do_lsl0 0
        looks PAGED0, -1, lsl A, SELECTOR
%endmacro
%macro do_lsl3 0
        looks PAGED3, -1, lsl A, SELECTOR
%endmacro
%macro do_verr0 0
        looks DATA0, -1, SIZE verr bp
%endmacro
%macro do_verr3 0
        looks CODE3, -1, SIZE verr bp
%endmacro
%macro do_verw0 0
        looks DATA0, -1, SIZE verw bp
%endmacro
%macro do_verw3 0
        looks DATA3, -1, SIZE verw bp
%endmacro
%macro do_verw_code 0
        looks CODE3, -1, SIZE verw bp
%endmacro
        insn lar0, 2
        insn lar3, 2
        insn lsl0, 2
        insn lsl3, 2
        insn verr0, 2
        insn verr3, 2
        insn verw0, 2
        insn verw3, 2
        insn verw_code, 2

; Segment registers. EDX: what lies there; in real and VM86 mode every number is a segment.
%macro of_mode 3 ; register, value in protected mode, in the others
    %if BITS = 32
        mov %1, %2
    %else
        mov %1, %3
    %endif
%endmacro
%macro seen_segment 1
        of_mode ebp, ARENA + MARKED, 0
        mov edx, [%1:ebp]
        mov ax, %1
        movzx eax, ax
%endmacro
%macro pop_segment 2 ; register, selector in protected mode
        of_mode eax, %2, MARKED_SEG
        push A
AT:     SIZE pop %1
        seen_segment %1
%endmacro
%macro do_pop_es 0
        pop_segment es, DATA0
%endmacro
%macro do_pop_ds 0
        pop_segment ds, DATA3
%endmacro
%macro do_pop_ss 0
        pop_segment ss, DATA3
%endmacro
%macro mov_segment 2
        of_mode eax, %2, MARKED_SEG
AT:     SIZE mov %1, ax
        seen_segment %1
%endmacro
%macro do_mov_to_es 0
        mov_segment es, DATA0
%endmacro
%macro do_mov_to_ds 0
        mov_segment ds, DATA3
%endmacro
%macro do_mov_to_ss 0
        mov_segment ss, DATA3
%endmacro
        insn pop_es, 2
        insn pop_ds, 2
        insn pop_ss, 2
        insn mov_to_es, 2
        insn mov_to_ds, 2
        insn mov_to_ss, 2
%macro do_push_cs 0
AT:     SIZE push cs
        pop A
        movzx eax, ax
%endmacro
%macro do_push_ss 0
AT:     SIZE push ss
        pop A
        movzx eax, ax
%endmacro
%macro do_mov_from_cs 0
AT:     mov A, cs
%endmacro
%macro do_mov_from_ss 0
AT:     mov A, ss
%endmacro
        insn push_cs, 2
        insn push_ss, 2
        insn mov_from_cs, 2
        insn mov_from_ss, 2

; Far transfers. EAX: CS, where they arrive.
%macro far_pointer 1 ; selector in protected mode
        of_mode dword [edi], offset16(arrive32), offset16(arrive16)
        of_mode word [edi + POINTER], %1, IMAGE_SEG
%endmacro
%macro far_call 1
        far_pointer %1
AT:     SIZE call far [edi]
%endmacro
%macro far_jump 1
        far_pointer %1
AT:     SIZE jmp far [edi]
%endmacro
%macro far_return 1 ; to the same ring if there is nothing above it
        mov eax, DATA3
        push A
        mov eax, 0xff00
        push A
        of_mode eax, %1, IMAGE_SEG
        push A
        of_mode eax, offset16(arrive32), offset16(arrive16)
        push A
AT:     SIZE retf
%endmacro
%macro do_call_0 0
        far_call NEAR0
%endmacro
%macro do_call_3 0
        far_call NEAR3 & ~3
%endmacro
%macro do_call_conforming 0
        far_call CONFORMING
%endmacro
%macro do_call_gate 0
        far_call OPEN_GATE
%endmacro
%macro do_call_shut 0
        far_call SHUT_GATE
%endmacro
%macro do_jmp_0 0
        far_jump NEAR0
%endmacro
%macro do_jmp_3 0
        far_jump NEAR3 & ~3
%endmacro
%macro do_jmp_conforming 0
        far_jump CONFORMING
%endmacro
%macro do_jmp_gate 0
        far_jump OPEN_GATE
%endmacro
%macro do_ret_0 0
        far_return NEAR0
%endmacro
%macro do_ret_3 0
        far_return NEAR3
%endmacro
        insn call_0, 2
        insn call_3, 2
        insn call_conforming, 2
        insn call_gate, 2
        insn call_shut, 2
        insn jmp_0, 2
        insn jmp_3, 2
        insn jmp_conforming, 2
        insn jmp_gate, 2
        insn ret_0, 2
        insn ret_3, 2

; Software interrupts. EAX: flags where it arrives in the program (of the program, where it arrives
; at a gate); EDX: the image that it pushed in the program.
%define PROGRAM_INT 0x36                ; redirected to the program; gate for all
%define MONITOR_INT 0x32                ; not redirected; gate for all
%define CLOSED_INT 0x33                 ; not redirected; gate for ring 0
%macro do_int_program 0
AT:     SIZE int PROGRAM_INT
%endmacro
%macro do_int_program_vif 0
AT:     SIZE int PROGRAM_INT
%endmacro
%macro do_int_monitor 0
AT:     SIZE int MONITOR_INT
%endmacro
%macro do_int_closed 0
AT:     SIZE int CLOSED_INT
%endmacro
        insn int_program, 2 | FL_IF, 1
        insn int_program_vif, 2 | FL_VIF, 1
        insn int_monitor, 2 | FL_IF, 1
        insn int_closed, 2 | FL_IF, 1

%if INSNS * STATES <> COMBINATIONS
    %error COMBINATIONS are INSNS * STATES
%endif

%include "sens.inc"
[section rows]
        dd 0
[section program]

main:   mov eax, cr0
        and eax, 0xffff0000
        or eax, MSW | 1
        mov cr0, eax
        descriptor NEAR0, IMAGE, 0xffff, XR_CODE | BIG
        descriptor NEAR3, IMAGE, 0xffff, XR_CODE | DPL(3) | BIG
        descriptor CONFORMING, IMAGE, 0xffff, XR_CONFORMING | BIG
        descriptor PAGED0, 0, 0x12, W_DATA | PAGES
        descriptor PAGED3, 0, 0x12, W_DATA | DPL(3) | PAGES
        gate OPEN_GATE, NEAR0, offset16(arrive32), T_CALL32 | DPL(3), 0
        gate SHUT_GATE, NEAR0, offset16(arrive32), T_CALL32, 0
        or byte [IDT + PROGRAM_INT * 8 + 5], DPL(3)
        or byte [IDT + MONITOR_INT * 8 + 5], DPL(3)
        mov word [TSS + 0x66], 0x88     ; I/O bitmap; the redirection bitmap is below it
        mov dword [TSS + 0x68 + DONE / 8], 1 << MONITOR_INT - DONE | 1 << CLOSED_INT - DONE | 1
        call fill_ivt
        mov dword [ARENA + MARKED], MARK
        mov dword [v86_es], ARENA >> 4
        mov dword [v86_ds], ARENA >> 4
        mov dword [row_now], rows
.row:   mov esi, [row_now]
        cmp dword [esi + row.insn], 0
        je all_covered
        mov eax, [esi + row.text]
        mov [step_text], eax
        call each_mode
        add dword [row_now], row_size
        jmp .row

fill_ivt:
        mov dword [DB * 4], IMAGE_SEG << 16 | offset16(real_db)
        mov dword [UD * 4], IMAGE_SEG << 16 | offset16(real_ud)
        mov dword [GP * 4], IMAGE_SEG << 16 | offset16(real_gp)
        mov eax, IMAGE_SEG << 16 | offset16(redirected)
        mov [PROGRAM_INT * 4], eax
        mov [MONITOR_INT * 4], eax
        mov [CLOSED_INT * 4], eax
        ret

all_covered:
        mov dword [step_number], 0
        step "all states of all instructions are in the table"
        mov edi, COVERED
        mov ecx, COMBINATIONS
        mov al, 1
        repe scasb
        sub edi, COVERED
        je .end
        mov eax, edi                    ; one after the first that is not
        cmp byte [COVERED + edi - 1], 1
        je .end
        dec eax
        equal eax, COMBINATIONS         ; instruction * 192 + mode * 32 + IOPL * 8 + CR4 * 2 + size
.end:   step "those outside ring 0 that do not fault"
        equal [silent], SILENT
        ret

; The states of a row (ESI).
each_mode:
        mov dword [mode_now], 0
.next:  mov ecx, [mode_now]
        movzx eax, byte [esi + row.modes]
        bt eax, ecx
        jnc .no
        mov dword [iopl_now], 0
.iopl:  call each_cr4
        inc dword [iopl_now]
        cmp dword [iopl_now], 4
        jb .iopl
.no:    inc dword [mode_now]
        cmp dword [mode_now], MODES
        jb .next
        ret

each_cr4:
        mov ecx, [mode_now]
        movzx eax, byte [cpl_of_mode + ecx]
        cmp [iopl_now], eax             ; CF: IOPL below CPL
        mov al, BELOW | ANY
        jc .test
        mov al, NOT_BELOW | ANY
.test:  test [esi + row.iopl], al
        jz .end
        mov dword [cr4_now], 0
.next:  mov ecx, [cr4_now]
        movzx eax, byte [esi + row.cr4]
        bt eax, ecx
        jnc .no
        call each_size
.no:    inc dword [cr4_now]
        cmp dword [cr4_now], 4
        jb .next
.end:   ret

each_size:
        mov dword [size_now], 0
        test byte [esi + row.sizes], S16
        jz .s32
        call try
.s32:   mov dword [size_now], 1
        test byte [esi + row.sizes], S32
        jz .end
        call try
.end:   ret

; same TEXT, ACTUAL, EXPECTED: for a row's values.
%macro same 3
    [section strings]
%%text: db %1, 0
    __SECT__
        push dword %3
        push dword %2
        push dword %%text
        push dword [esi + row.line]
        call check_equal
%endmacro

; One state of the row. The number in a message: CPL of protected mode, 4 for real mode, 8 for VM86;
; then IOPL, CR4, operand size in bytes, one digit each (after a 1).
try:    call cover
        call number_of_state
        call run
        mov esi, [row_now]
        call classify
        call count_silent
        movzx eax, word [esi + row.outcome]
        same "outcome", [outcome], eax
        call check_place
        cmp eax, RUNS                   ; or a gate, or redirected
        jae .values
        same "error code", [stop.error], [esi + row.eax]
        ret
.values: mov ecx, [esi + row.insn]
        mov eax, [esi + row.eax]
        call with_iopl
        cmp dword [ecx + insn.sees_flags], 0
        jne .flags
        same "EAX", [stop.eax], eax
        jmp .edx
.flags: mov ebx, [stop.eflags]
        and ebx, SEEN_FLAGS
        same "flags", ebx, eax
        cmp word [esi + row.outcome], REDIRECTED
        jne .end
.edx:   mov eax, [esi + row.edx]
        call with_iopl
        same "EDX", [stop.edx], eax
.end:   ret

with_iopl:
        btr eax, 31
        jnc .no
        mov edx, [iopl_now]
        shl edx, 12
        or eax, edx
.no:    ret

cover:  mov ecx, [esi + row.insn]
        imul eax, [ecx + insn.number], STATES / 32
        add eax, [mode_now]
        shl eax, 2
        add eax, [iopl_now]
        shl eax, 2
        add eax, [cr4_now]
        add eax, eax
        add eax, [size_now]
        movzx ecx, byte [COVERED + eax]
        same "earlier rows of this state", ecx, 0
        mov byte [COVERED + eax], 1
        ret

number_of_state:
        mov ecx, [mode_now]
        movzx eax, byte [digit_of_mode + ecx]
        imul eax, 10
        add eax, [iopl_now]
        imul eax, 10
        add eax, [cr4_now]
        imul eax, 10
        mov ecx, [size_now]
        lea eax, [eax + 2 * ecx + 10002]
        mov [step_number], eax
        ret

; ESI's instruction in the present state, until it stops.
run:    mov eax, [cr4_now]
        mov cr4, eax
        mov byte [reached], 0
        mov edx, [esi + row.insn]
        mov eax, [iopl_now]
        shl eax, 12
        or eax, [edx + insn.flags]
        mov [run_flags], eax
        mov ecx, [mode_now]
        cmp byte [bits_of_mode + ecx], 16
        mov eax, [size_now]
        jne .wide
        add eax, 2
.wide:  mov ebx, [edx + insn.code + eax * 4]
        mov [code_now], ebx
        mov eax, [edx + insn.at + eax * 4]
        mov [at_now], eax
        mov dword [resume_at], .stopped
        mov [resume_esp], esp
        call registers
        cmp cl, 0
        je enter_real
        cmp cl, 5
        je .vm86
        dec ecx
        mov edi, ARENA + BUFFER
        push ecx
        push dword [code_now]
        jmp enter_ring
.vm86:  mov dword [finish], offset16(finish_vm86)
        push dword [code_now]
        jmp enter_v86
.stopped:
        push dword 2                    ; VIF and the like do not stay
        push dword CODE0
        push dword .clean
        iretd
.clean: ret

registers:
        mov edi, BUFFER
        xor eax, eax
        xor edx, edx
        ret

; `outcome` from the record of the stop.
classify:
        mov eax, [stop.vector]
        cmp dword [mode_now], 5
        jne .put
        cmp eax, GP
        jne .put
        cmp dword [stop.eip], offset16(finish_vm86)
        jne .put
        mov eax, RUNS
.put:   cmp byte [reached], 0
        je .end
        mov eax, REDIRECTED
.end:   mov [outcome], eax
        ret

; What -audit must find: outside ring 0, and no fault.
count_silent:
        cmp dword [mode_now], 2
        jb .end
        cmp eax, UD
        je .end
        cmp eax, GP
        je .end
        inc dword [silent]
.end:   ret

; A fault is at its instruction.
check_place:
        cmp eax, UD
        je .fault
        cmp eax, GP
        jne .end
.fault: same "EIP of the fault", [stop.eip], [at_now]
.end:   ret

; Where transfers arrive.
arrive32:
        mov ax, cs
        movzx eax, ax
        int DONE
bits 16
arrive16:
        mov ax, cs
        movzx eax, ax
        jmp [cs:offset16(finish)]
redirected:
        mov byte [cs:offset16(reached)], 1
        movzx edx, word [esp + 4]
        jmp [cs:offset16(finish)]
finish_vm86:
        hlt

; Real mode: there by enter_real, with a record of the stop back.
real_db:
        mov byte [cs:offset16(real_vector)], DB
        jmp real_fault
real_ud:
        mov byte [cs:offset16(real_vector)], UD
        jmp real_fault
real_gp:
        mov byte [cs:offset16(real_vector)], GP
real_fault:
        pop word [cs:offset16(real_eip)]
        jmp leave_real
finish_real:
        mov byte [cs:offset16(real_vector)], DONE
        pushfd
        pop dword [cs:offset16(real_flags)]
leave_real:
        mov [cs:offset16(real_eax)], eax
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE0:.back
bits 32
.back:  mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, [resume_esp]
        push byte 2                     ; NT above all
        popfd
        lidt [kernel_idtr]
        mov [stop.edx], edx
        mov eax, [real_eax]
        mov [stop.eax], eax
        mov eax, [real_flags]
        mov [stop.eflags], eax
        movzx eax, byte [real_vector]
        mov [stop.vector], eax
        mov dword [stop.error], 0
        mov eax, [real_eip]
        mov [stop.eip], eax
        jmp [resume_at]

enter_real:
        mov dword [finish], offset16(finish_real)
        lidt [real_idtr]
        jmp CODE16:offset16(.small)
bits 16
.small: mov cx, REAL_DATA
        mov ds, cx
        mov es, cx
        mov ss, cx
        mov ecx, cr0
        and cl, ~1
        mov cr0, ecx
        jmp IMAGE_SEG:offset16(.real)
.real:  mov cx, ARENA >> 4
        mov ds, cx
        mov es, cx
        mov ss, cx
        mov esp, 0xfff0
        push dword [cs:offset16(run_flags)]
        push dword IMAGE_SEG
        push dword [cs:offset16(code_now)]
        iretd
bits 32

        align 4
row_now: dd 0
mode_now: dd 0                          ; real, CPL 0 to 3, VM86
iopl_now: dd 0
cr4_now: dd 0
size_now: dd 0                          ; 0: 16, 1: 32 bits
code_now: dd 0
at_now: dd 0
outcome: dd 0
silent: dd 0
finish: dd 0                            ; where 16-bit code goes at its end
real_eax: dd 0
real_eip: dd 0
real_flags: dd 0
real_vector: db 0
reached: db 0                           ; the program's handler was
cpl_of_mode: db 0, 0, 1, 2, 3, 3
bits_of_mode: db 16, 32, 32, 32, 32, 16
digit_of_mode: db 4, 0, 1, 2, 3, 8
real_idtr: dw 0x3ff
        dd 0

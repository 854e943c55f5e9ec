; SPDX-License-Identifier: MIT
; Task switches between 286 and 386 tasks by JMP, CALL, IRET, interrupts and exceptions; busy
; bits, back link, NT; what goes wrong before, and after, the new task is the current one. Call
; gates with parameters at the end of the stack; gates that are not present. Rules C17, C19, C20,
; C21, C23.
; SDM 3A "Task Management" (table "Exception Conditions Checked During a Task Switch", table
; "Effect of a Task Switch on Busy Flag, NT Flag, Previous Task Link Field, and TS Flag"), "Call
; Gates".
%define NAME "T08"
%include "kernel.inc"

%define TASK32 (SPARE + 0x08)
%define TASK16 (SPARE + 0x10)
%define GATE32 (SPARE + 0x18)
%define GATE16 (SPARE + 0x20)
%define CALL_GATE (SPARE + 0x28)
%define SMALL_CODE (SPARE + 0x30)       ; ring 0, 32-bit, base IMAGE
%define SMALL_STACK (SPARE + 0x38)      ; ring 0, base 0, 64 KiB
%define BAD (SPARE + 0x40)
%define CUT_STACK (SPARE + 0x48)
%define TSS32 ARENA
%define TSS16 (ARENA + 0x200)
%define OTHER_DIR (ARENA + 0x1000)
%define TASK_STACK 0x7000
%define AVAILABLE32 0x89
%define BUSY32 0x8b
%define AVAILABLE16 0x81
%define BUSY16 0x83

%macro rights_are 2 ; selector, access byte
        movzx eax, byte [GDT + ((%1) & 0xfff8) + 5]
        equal eax, %2
%endmacro
%macro word_at 2
        movzx eax, word [%1]
        equal eax, %2
%endmacro

main:   call paging_on
        mov esi, PAGE_DIR
        mov edi, OTHER_DIR
        mov ecx, 1024
        rep movsd
        descriptor SMALL_CODE, IMAGE, 0xffff, XR_CODE | BIG
        descriptor SMALL_STACK, 0, 0xffff, W_DATA
        gate GATE32, TASK32, 0, T_TASK | DPL(3), 0
        gate GATE16, TASK16, 0, T_TASK | DPL(3), 0
        call good_switches
        call events
        call refused_before
        call refused_after
        call call_gates
        call absent_gates
        ret

; Both tasks as they should be: 32-bit code at .ready in ring 0 (386), or at the same offset of
; SMALL_CODE (286). The kernel's own is current.
fresh:  pushad
        mov ax, DATA0
        descriptor TASK32, TSS32, 0x67, T_TSS32
        descriptor TASK16, TSS16, 0x2b, T_TSS16
        descriptor MAIN_TSS, TSS, 0x68 + 0x2000, T_TSS32
        mov ax, MAIN_TSS
        ltr ax
        mov ax, MAIN_LDT
        lldt ax
        clts
        pushfd
        and dword [esp], ~FL_NT
        popfd
        mov edi, TSS32
        mov ecx, 0x68 / 4
        xor eax, eax
        rep stosd
        mov edi, TSS16
        mov ecx, 0x2c / 4
        rep stosd
        mov word [TSS], 0
        mov eax, TSS32
        mov dword [eax + 0x04], STACK_0I - 0x800
        mov dword [eax + 0x08], DATA0
        mov dword [eax + 0x1c], OTHER_DIR
        mov dword [eax + 0x20], ready
        mov dword [eax + 0x24], FL_CF | 2
        mov dword [eax + 0x28], 0xa0a0a0a0
        mov dword [eax + 0x2c], 0xc1c1c1c1
        mov dword [eax + 0x30], 0xd2d2d2d2
        mov dword [eax + 0x34], 0xb3b3b3b3
        mov dword [eax + 0x38], STACK_0I - 0x400
        mov dword [eax + 0x3c], 0xbebebebe
        mov dword [eax + 0x40], 0x51515151
        mov dword [eax + 0x44], 0xd1d1d1d1
        mov dword [eax + 0x48], DATA0
        mov dword [eax + 0x4c], CODE0
        mov dword [eax + 0x50], DATA0
        mov dword [eax + 0x54], DATA3
        mov dword [eax + 0x58], 0
        mov dword [eax + 0x5c], REAL_DATA
        mov dword [eax + 0x60], 0
        mov dword [eax + 0x64], 0x00680000
        mov eax, TSS16
        mov word [eax + 0x02], TASK_STACK - 0x100
        mov word [eax + 0x04], SMALL_STACK
        mov word [eax + 0x0e], offset16(ready)
        mov word [eax + 0x10], FL_ZF | 2
        mov word [eax + 0x12], 0x1212
        mov word [eax + 0x14], 0x1414
        mov word [eax + 0x16], 0x1616
        mov word [eax + 0x18], 0x1818
        mov word [eax + 0x1a], TASK_STACK
        mov word [eax + 0x1c], 0x1c1c
        mov word [eax + 0x1e], 0x1e1e
        mov word [eax + 0x20], 0x2020
        mov word [eax + 0x22], DATA0
        mov word [eax + 0x24], SMALL_CODE
        mov word [eax + 0x26], SMALL_STACK
        mov word [eax + 0x28], DATA3
        popad
        ret

ready:  int DONE

; What a switch must leave behind. SDM 3A, table "Effect of a Task Switch".
good_switches:
        step "JMP to a 386 TSS"
        call fresh
        mov eax, 0x01020304
        mov ebx, 0x05060708
        until_stop .jumped
.jump:  jmp TASK32:0x12345678           ; the offset does not count
.behind_jump:
.jumped:
        stopped DONE, 0, ready
        rights_are MAIN_TSS, AVAILABLE32
        rights_are TASK32, BUSY32
        word_at TSS32, 0                ; no link
        equal_bits [stop.eflags], FL_NT | FL_CF, FL_CF
        str ax
        movzx eax, ax
        equal eax, TASK32
        equal [stop.eax], 0xa0a0a0a0
        equal [stop.ecx], 0xc1c1c1c1
        equal [stop.edx], 0xd2d2d2d2
        equal [stop.ebx], 0xb3b3b3b3
        equal [stop.ebp], 0xbebebebe
        equal [stop.esi], 0x51515151
        equal [stop.edi], 0xd1d1d1d1
        equal [stop.esp], STACK_0I - 0x400
        equal [stop.ds], DATA3
        equal [stop.gs], REAL_DATA
        mov eax, cr0
        equal_bits eax, 8, 8            ; TS
        mov eax, cr3
        equal eax, OTHER_DIR
        equal [TSS + 0x20], .behind_jump
        equal [TSS + 0x28], 0x01020304
        equal [TSS + 0x34], 0x05060708
        equal_bits [TSS + 0x4c], 0xffff, CODE0
        equal_bits [TSS + 0x24], FL_NT, 0
        call back_to_dir

        step "CALL to a 386 TSS"
        call fresh
        until_stop .called
        call TASK32:0
.behind_call:
.called:
        stopped DONE, 0, ready
        rights_are MAIN_TSS, BUSY32
        rights_are TASK32, BUSY32
        word_at TSS32, MAIN_TSS
        equal_bits [stop.eflags], FL_NT | FL_CF, FL_NT | FL_CF
        equal [TSS + 0x20], .behind_call
        equal_bits [TSS + 0x24], FL_NT, 0
        call back_to_dir

        step "CALL and IRET back"
        call fresh
        mov dword [TSS32 + 0x20], .only_iret
        mov dword [TSS + 0x1c], PAGE_DIR
        mov ebp, 0x77777777
        stc
        call TASK32:0
        equal ebp, 0x77777777
        rights_are MAIN_TSS, BUSY32
        rights_are TASK32, AVAILABLE32
        str ax
        movzx eax, ax
        equal eax, MAIN_TSS
        pushfd
        pop eax
        equal_bits eax, FL_NT, 0
        equal [TSS32 + 0x20], .only_iret + 1
        equal_bits [TSS32 + 0x24], FL_NT, 0     ; cleared in the image that is saved
        mov eax, cr3
        equal eax, PAGE_DIR

        step "CALL to a 286 TSS: low halves, CR3 stays"
        call fresh
        until_stop .called16
        call TASK16:0
.called16:
        stopped16 DONE, 0, ready
        equal_bits [stop.eax], 0xffff, 0x1212
        equal_bits [stop.edi], 0xffff, 0x2020
        equal_bits [stop.esp], 0xffff, TASK_STACK
        equal [stop.cs], SMALL_CODE
        equal [stop.fs], 0
        equal [stop.gs], 0
        equal_bits [stop.eflags], FL_NT | FL_ZF | FL_CF, FL_NT | FL_ZF
        word_at TSS16, MAIN_TSS
        rights_are TASK16, BUSY16
        mov eax, cr3
        equal eax, PAGE_DIR

        step "286 to 386 and back"
        call fresh
        mov word [TSS16 + 0x0e], offset16(.to_386)
        mov dword [TSS32 + 0x20], .only_iret
        mov dword [TSS32 + 0x1c], PAGE_DIR
        until_stop .nested
        call TASK16:0
.nested:
        stopped16 DONE, 0, .behind_386
        word_at TSS16 + 0x12, 0xbeef
        word_at TSS16 + 0x0e, offset16(.behind_386)
        equal_bits [stop.eax], 0xffff, 0xbeef
        word_at TSS32, TASK16
        rights_are TASK16, BUSY16
        rights_are TASK32, AVAILABLE32

        step "286 TSS with CS in slot 0 of the LDT (C19)"
        call fresh
        descriptor 4, IMAGE, 0xffff, XR_CODE | BIG
        mov word [TSS16 + 0x24], 4
        mov word [TSS16 + 0x2a], MAIN_LDT
        until_stop .slot_0
        jmp TASK16:0
.slot_0:
        stopped16 DONE, 0, ready
        equal [stop.cs], 4
        sldt ax
        movzx eax, ax
        equal eax, MAIN_LDT

        step "the LDT of the new task is used for its other segments"
        call fresh
        descriptor 0xc, ARENA, 0xffff, W_DATA
        mov word [TSS32 + 0x60], MAIN_LDT
        mov dword [TSS32 + 0x54], 0xc
        mov dword [TSS32 + 0x1c], PAGE_DIR
        until_stop .ldt
        jmp TASK32:0
.ldt:   stopped DONE, 0, ready
        equal [stop.ds], 0xc

        step "CPL comes from the new CS; ring 3 task"
        call fresh
        call user_task
        until_stop .user
        jmp TASK32:0
.user:  stopped DONE, 0, ready
        equal [stop.cs], CODE3
        equal [frame_at], STACK_0I - 0x800 - 28

        step "JMP through a task gate from ring 3"
        call fresh
        mov dword [TSS32 + 0x1c], PAGE_DIR
        at_ring 3, .by_gate
        stopped DONE, 0, ready
        rights_are MAIN_TSS, AVAILABLE32
        step "and to the TSS itself: its DPL is 0"
        call fresh
        at_ring 3, .direct
        stopped GP, TASK32, .direct
        step "NT with a back link to a TSS that is not busy"
        call fresh
        mov word [TSS], TASK32
        until_stop .not_busy
        pushfd
        or dword [esp], FL_NT
        popfd
.only_iret:
        iretd
.not_busy:
        stopped TS, TASK32, .only_iret
        call fresh
        ret
.to_386:
        mov eax, 0xbeef
        call TASK32:0
.behind_386:
        int DONE
.by_gate:
        jmp GATE32 | 3:0
.direct: jmp TASK32:0

; A switch back without one: the page directory.
back_to_dir:
        mov eax, PAGE_DIR
        mov cr3, eax
        ret

user_task:
        mov dword [TSS32 + 0x4c], CODE3
        mov dword [TSS32 + 0x50], DATA3
        mov dword [TSS32 + 0x48], DATA3
        mov dword [TSS32 + 0x5c], 0
        mov dword [TSS32 + 0x1c], PAGE_DIR
        ret

; Interrupts and exceptions through task gates.
events: step "INT through a task gate"
        call fresh
        mov dword [TSS32 + 0x1c], PAGE_DIR
        vector 0x31, TASK32, 0, T_TASK | DPL(3)
        at_ring 3, .int
        stopped DONE, 0, ready
        word_at TSS32, MAIN_TSS
        equal [TSS + 0x20], .int + 2
        equal_bits [TSS + 0x4c], 0xffff, CODE3
        equal_bits [stop.eflags], FL_NT, FL_NT
        equal [stop.esp], STACK_0I - 0x400
        step "a fault with an error code: a dword on the new stack, RF in the saved flags"
        call fresh
        mov dword [TSS32 + 0x1c], PAGE_DIR
        mov dword [TSS32 + 0x20], .with_error
        vector NP, TASK32, 0, T_TASK
        descriptor BAD, 0, 0xffff, W_DATA & ~PRESENT
        until_stop .faulted
        mov eax, BAD
.load:  mov fs, ax
.faulted:
        stopped DONE, 0, .with_error
        equal [stop.esp], STACK_0I - 0x404
        equal [STACK_0I - 0x404], BAD
        equal [TSS + 0x20], .load
        equal_bits [TSS + 0x24], FL_RF, FL_RF
        step "the same into a 286 task: a word"
        call fresh
        vector NP, TASK16, 0, T_TASK
        mov word [TSS16 + 0x0e], offset16(.with_error)
        until_stop .faulted16
        mov eax, BAD
.load16: mov fs, ax
.faulted16:
        stopped16 DONE, 0, .with_error
        word_at TASK_STACK - 2, BAD
        equal_bits [stop.esp], 0xffff, TASK_STACK - 2
        step "the task returns and the fault is tried again"
        call fresh
        mov dword [TSS32 + 0x1c], PAGE_DIR
        mov dword [TSS + 0x1c], PAGE_DIR
        mov dword [TSS32 + 0x20], .repairs
        vector NP, TASK32, 0, T_TASK
        mov eax, BAD
        runs {mov fs, ax}
        equal eax, BAD
        xor eax, eax
        mov fs, ax
        call fresh
        mov eax, NP
        call stub_again
        ret
.int:   int 0x31
.with_error:
        int DONE
.repairs:
        descriptor BAD, 0, 0xffff, W_DATA
        add esp, 4
        iretd

; The kernel's own gate for vector EAX.
stub_again:
        imul edi, eax, 12
        add edi, stubs
        lea esi, [IDT + eax * 8]
        movzx ecx, di
        or ecx, CODE0 << 16
        mov [esi], ecx
        and edi, 0xffff0000
        or edi, T_INT32 << 8
        mov [esi + 4], edi
        ret

; Found in the old task: nothing has changed, EIP at the instruction.
refused_before:
%macro refuse 4+ ; text, vector, error, {what is wrong}
        step %1
        call fresh
        %4
        until_stop %%after
%%jump: jmp TASK32:0
%%after:
        stopped %2, %3, %%jump
        str ax
        movzx eax, ax
        equal eax, MAIN_TSS
        rights_are MAIN_TSS, BUSY32
        mov eax, cr0
        equal_bits eax, 8, 0
%endmacro
        refuse "busy", GP, TASK32, {mov byte [GDT + TASK32 + 5], BUSY32}
        refuse "not present", NP, TASK32, {mov byte [GDT + TASK32 + 5], AVAILABLE32 & ~PRESENT}
        refuse "limit too small", TS, TASK32, {mov word [GDT + TASK32], 0x66}
        refuse "an LDT", GP, TASK32, {mov byte [GDT + TASK32 + 5], T_INT32}
        refuse "beyond the GDT", GP, TASK32, {mov byte [GDT + TASK32 + 5], 0}
        step "286 TSS, limit too small"
        call fresh
        mov word [GDT + TASK16], 0x2a
        faults TS, TASK16, {call TASK16:0}
        step "TSS in the LDT"
        mov eax, [GDT + TASK32]
        mov [LDT + 0x10], eax
        mov eax, [GDT + TASK32 + 4]
        mov [LDT + 0x14], eax
        faults GP, 0x14, {jmp 0x14:0}
        step "task gate to a busy TSS"
        call fresh
        mov byte [GDT + TASK32 + 5], BUSY32
        faults GP, TASK32, {call GATE32:0}
        step "task gate not present"
        call fresh
        mov byte [GDT + GATE32 + 5], (T_TASK | DPL(3)) & ~PRESENT
        faults NP, GATE32, {call GATE32:0}
        mov byte [GDT + GATE32 + 5], T_TASK | DPL(3)
        step "RPL above the DPL of the task gate"
        mov byte [GDT + GATE32 + 5], T_TASK
        faults GP, GATE32, {call GATE32 | 1:0}
        mov byte [GDT + GATE32 + 5], T_TASK | DPL(3)
        ret

; Found in the new task: its EIP, its TR; the old one is left behind complete.
refused_after:
%macro fail_inside 4+ ; text, vector, error, {what is wrong}
        step %1
        call fresh
        call user_task
        %4
        until_stop %%after
        jmp TASK32:0
%%after:
        stopped %2, %3, ready
        str ax
        movzx eax, ax
        equal eax, TASK32
        rights_are MAIN_TSS, AVAILABLE32
        rights_are TASK32, BUSY32
%endmacro
        descriptor BAD, 0, 0xfffff, W_DATA & ~PRESENT | DPL(3) | BIG | PAGES
        fail_inside "LDT is no LDT", TS, DATA0, {mov word [TSS32 + 0x60], DATA0}
        fail_inside "LDT not present", TS, BAD + 8, {call absent_ldt}
        fail_inside "CS is data", TS, DATA3 & ~3, {mov word [TSS32 + 0x4c], DATA3}
        fail_inside "CS null", TS, 0, {mov word [TSS32 + 0x4c], 3}
        fail_inside "CS not present", NP, BAD + 8, {call absent_code}
        fail_inside "CS of another DPL", TS, CODE0, {mov word [TSS32 + 0x4c], CODE0 | 3}
        fail_inside "SS is read-only", TS, BAD + 8, {call read_only_stack}
        fail_inside "SS not present", SS, BAD, {mov word [TSS32 + 0x50], BAD | 3}
        fail_inside "SS null", TS, 0, {mov word [TSS32 + 0x50], 3}
        fail_inside "SS of another DPL", TS, DATA0, {mov word [TSS32 + 0x50], DATA0}
        fail_inside "DS not present", NP, BAD, {mov word [TSS32 + 0x54], BAD | 3}
        fail_inside "ES of DPL 0", TS, DATA0, {mov word [TSS32 + 0x48], DATA0}
        fail_inside "FS is a system descriptor", TS, MAIN_TSS, {mov word [TSS32 + 0x58], MAIN_TSS}
        fail_inside "GS beyond the GDT", TS, 0x1008, {mov word [TSS32 + 0x5c], 0x1008}
        fail_inside "EIP beyond the limit", GP, 0, {call short_code}
        call fresh
        ret
absent_ldt:
        descriptor BAD + 8, LDT, 0xfff, T_LDT & ~PRESENT
        mov word [TSS32 + 0x60], BAD + 8
        ret
absent_code:
        descriptor BAD + 8, 0, 0xfffff, XR_CODE & ~PRESENT | DPL(3) | BIG | PAGES
        mov word [TSS32 + 0x4c], BAD + 0xb
        ret
read_only_stack:
        descriptor BAD + 8, 0, 0xfffff, R_DATA | DPL(3) | BIG | PAGES
        mov word [TSS32 + 0x50], BAD + 0xb
        ret
short_code:
        descriptor BAD + 8, 0, 0xfff, XR_CODE | DPL(3) | BIG
        mov word [TSS32 + 0x4c], BAD + 0xb
        ret

; Call gates from ring 3: 0 to 31 parameters, taken from the last bytes of the caller's stack (C21).
call_gates:
        step "call gate, parameters 0 to 31"
        mov dword [count], 0
.next:  mov eax, [count]
        mov [step_number], eax
        call gate_32
        call gate_16
        inc dword [count]
        cmp dword [count], 32
        jb .next
        mov dword [step_number], 0
        step "one parameter beyond the end of the caller's stack"
        call cut_stack
        gate CALL_GATE, CODE0, linear(.called), T_CALL32 | DPL(3), 5
        mov ecx, 0x1000 - 4 * 4
        call user_calls
        stopped SS, 0, user_call
        equal [stop.esp], 0x1000 - 4 * 4
        step "call gate of DPL 0 from ring 3"
        gate CALL_GATE, CODE0, linear(.called), T_CALL32, 0
        mov ecx, 0x800
        call user_calls
        stopped GP, CALL_GATE, user_call
        step "call gate not present"
        gate CALL_GATE, CODE0, linear(.called), (T_CALL32 | DPL(3)) & ~PRESENT, 0
        mov ecx, 0x800
        call user_calls
        stopped NP, CALL_GATE, user_call
        step "call gate to data"
        gate CALL_GATE, DATA0, linear(.called), T_CALL32 | DPL(3), 0
        mov ecx, 0x800
        call user_calls
        stopped GP, DATA0, user_call
        step "call gate to null"
        gate CALL_GATE, 0, linear(.called), T_CALL32 | DPL(3), 0
        mov ecx, 0x800
        call user_calls
        stopped GP, 0, user_call
        step "JMP through a call gate to another ring"
        gate CALL_GATE, CODE0, linear(.called), T_CALL32 | DPL(3), 0
        at_ring 3, .jump
        stopped GP, CODE0, .jump
        step "a stack of the TSS that is not present"
        mov word [TSS + 8], BAD
        descriptor BAD, 0, 0xfffff, W_DATA & ~PRESENT | BIG | PAGES
        mov ecx, 0x800
        vector SS, TASK32, 0, T_TASK
        call fresh
        mov dword [TSS32 + 0x1c], PAGE_DIR
        mov word [TSS + 8], BAD
        call user_calls
        mov word [TSS + 8], DATA0
        stopped DONE, 0, ready
        equal [STACK_0I - 0x404], BAD           ; #SS(selector), by a task gate
        equal [TSS + 0x20], user_call
        call fresh
        mov eax, SS
        call stub_again
        ret
.called: int DONE
.jump:  jmp CALL_GATE | 3:0

cut_stack:
        descriptor CUT_STACK, ARENA + 0x4000, 0xfff, W_DATA | DPL(3) | BIG
        mov edi, ARENA + 0x4000
        mov ecx, 0x1000
.fill:  mov [edi], cl
        inc edi
        loop .fill
        ret

; Ring 3 calls the gate with ESP = ECX in the cut stack.
user_calls:
        until_stop .stopped
        push dword CUT_STACK | 3
        push ecx
        push dword 2
        push dword CODE3
        push dword user_call
        mov ax, DATA3
        mov ds, ax
        iretd
.stopped:
        ret
user_call:
        call CALL_GATE | 3:0x12345678

gate_32:
        call cut_stack
        gate CALL_GATE, CODE0, linear(call_gates.called), T_CALL32 | DPL(3), 0
        mov eax, [count]
        mov [GDT + CALL_GATE + 4], al
        lea ecx, [eax * 4]
        neg ecx
        add ecx, 0x1000
        mov ebx, ecx
        call user_calls
        stopped DONE, 0, call_gates.called
        mov edi, STACK_0I - 8
        equal [edi + 4], CUT_STACK | 3
        equal [edi], ebx
        mov ecx, [count]
        lea eax, [ecx * 4]
        sub edi, eax
        lea esi, [ebx + ARENA + 0x4000]
        jecxz .frame
.copy:  mov eax, [esi]
        equal [edi], eax
        add esi, 4
        add edi, 4
        loop .copy
        mov ecx, [count]
        lea eax, [ecx * 4]
        sub edi, eax
.frame: equal [edi - 4], CODE3
        equal [edi - 8], user_call + 7
        sub edi, 8
        equal [stop.esp], edi
        ret

gate_16:
        call cut_stack
        gate CALL_GATE, SMALL_CODE, offset16(call_gates.called), T_CALL16 | DPL(3), 0
        mov eax, [count]
        mov [GDT + CALL_GATE + 4], al
        lea ecx, [eax * 2]
        neg ecx
        add ecx, 0x1000
        mov ebx, ecx
        call user_calls
        stopped16 DONE, 0, call_gates.called
        mov edi, STACK_0I - 4
        word_at edi + 2, CUT_STACK | 3
        movzx eax, word [edi]
        equal eax, ebx
        mov ecx, [count]
        lea eax, [ecx * 2]
        sub edi, eax
        sub edi, 4
        equal [stop.esp], edi
        lea esi, [ebx + ARENA + 0x4000]
        jecxz .frame
.copy:  mov ax, [esi]
        cmp [edi + 4], ax
        jne .wrong
        add esi, 2
        add edi, 2
        loop .copy
.frame: ret
.wrong: equal [edi + 4], eax
        ret

; C17: a gate of the IDT that is not present, of a wrong type, or beyond the table.
absent_gates:
        step "INT through a gate that is not present"
        vector 0x31, CODE0, linear(ready), T_INT32 & ~PRESENT
        faults NP, 0x31 * 8 + 2, {int 0x31}
        step "a fault through a gate that is not present: EXT"
        mov byte [IDT + UD * 8 + 5], T_INT32 & ~PRESENT
        faults NP, UD * 8 + 3, {ud2}
        mov byte [IDT + UD * 8 + 5], T_INT32
        step "a gate of another type"
        vector 0x31, CODE0, linear(ready), T_CALL32
        faults GP, 0x31 * 8 + 2, {int 0x31}
        step "a gate of DPL 0 from ring 3"
        vector 0x31, CODE0, linear(ready), T_INT32
        at_ring 3, .int
        stopped GP, 0x31 * 8 + 2, .int
        step "DPL comes before P"
        vector 0x31, CODE0, linear(ready), T_INT32 & ~PRESENT
        at_ring 3, .int
        stopped GP, 0x31 * 8 + 2, .int
        step "beyond the IDT"
        lidt [.short]
        faults GP, 0x80 * 8 + 2, {int 0x80}
        step "cut in the last gate"
        mov word [.short], 0x80 * 8 + 6
        lidt [.short]
        faults GP, 0x80 * 8 + 2, {int 0x80}
        inc word [.short]
        lidt [.short]
        vector 0x80, CODE0, linear(ready), T_INT32
        until_stop .inside
        int 0x80
.inside: stopped DONE, 0, ready
        lidt [kernel_idtr]
        step "a gate to a code segment that is not present"
        descriptor BAD, 0, 0xfffff, XR_CODE & ~PRESENT | BIG | PAGES
        vector 0x31, BAD, 0, T_INT32
        faults NP, BAD, {int 0x31}
        step "a gate to data"
        vector 0x31, DATA0, 0, T_INT32
        faults GP, DATA0, {int 0x31}
        step "a gate to null"
        vector 0x31, 0, 0, T_INT32
        faults GP, 0, {int 0x31}
        step "an offset beyond the limit of the code segment"
        descriptor BAD, 0, 0xfff, XR_CODE | BIG
        vector 0x31, BAD, 0x1000, T_INT32
        faults GP, 0, {int 0x31}
        ret
.int:   int 0x31
.short: dw 0x7f * 8 + 7
        dd IDT

count:  dd 0

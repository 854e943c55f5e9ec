; SPDX-License-Identifier: MIT
; 16-bit gates and the 286 TSS below 32-bit programs; conforming code; returns to outer rings;
; 16-bit stacks in 32-bit code and the other way round. Rules C18, C22, C23, C24, C25, S2.
; SDM 3A "Mixing 16-Bit and 32-Bit Code", "Stack Switching", "Accessing Code Segments".
%define NAME "T07"
%include "kernel.inc"

%define USER_CODE (SPARE + 0x18 | 3)    ; 32-bit, base IMAGE: its offsets fit 16-bit frames
%define STACK16 (SPARE + 0x20)          ; ring 0, B = 0, base 0: offsets are linear
%define USER_STACK16 (SPARE + 0x28 | 3)
%define CONFORMING (SPARE + 0x30)
%define TSS286 (SPARE + 0x38)
%define CODE16_32 (SPARE + 0x70)        ; ring 0, 32-bit, base IMAGE
%define SP0 0x7000
%define SP3 0x7800

main:   descriptor USER_CODE, IMAGE, 0xffff, XR_CODE | DPL(3) | BIG
        descriptor CODE16_32, IMAGE, 0xffff, XR_CODE | BIG
        descriptor STACK16, 0, 0xffff, W_DATA
        descriptor USER_STACK16, 0, 0xffff, W_DATA | DPL(3)
        descriptor CONFORMING, 0, 0xfffff, XR_CONFORMING | BIG | PAGES
        descriptor TSS286, ARENA, 0x2b, T_TSS16
        mov word [ARENA + 2], SP0
        mov word [ARENA + 4], STACK16
        call gates_16
        call conforming
        call outer_returns
        call small_stacks
        call inner_limits
        ret

; Run the 32-bit code at offset EDX of USER_CODE in ring 3 with EFLAGS EAX, stack at SP3.
%macro as_user 2 ; label, flags
        until_stop %%after
        push dword DATA3
        push dword SP3
        push dword %2
        push dword USER_CODE
        push dword offset16(%1)
        mov ax, DATA3
        mov ds, ax
        mov es, ax
        iretd
%%after:
%endmacro

%macro word_at 2
        movzx eax, word [%1]
        equal eax, %2
%endmacro

gates_16:
        mov ax, TSS286
        ltr ax
        step "16-bit interrupt gate to ring 0: SS0:SP0 of the 286 TSS, five words"
        vector 0x31, CODE16, offset16(.handler), T_INT16 | DPL(3)
        as_user .int, 2 | FL_IF | FL_CF
        equal [stop.vector], DONE
        equal [stop.cs], CODE16
        word_at SP0 - 2, DATA3
        word_at SP0 - 4, SP3
        word_at SP0 - 6, 2 | FL_IF | FL_CF
        word_at SP0 - 8, USER_CODE
        word_at SP0 - 10, offset16(.int) + 2
        equal [seen_esp], SP0 - 10
        equal_bits [seen_flags], FL_IF | FL_CF, FL_CF
        step "16-bit trap gate: IF stays"
        mov byte [IDT + 0x31 * 8 + 5], T_TRAP16 | DPL(3)
        as_user .int, 2 | FL_IF | FL_CF
        equal [seen_esp], SP0 - 10
        equal_bits [seen_flags], FL_IF | FL_CF, FL_IF | FL_CF
        step "16-bit IRET to ring 3, and the next gate is a 32-bit one again"
        vector 0x31, CODE16, offset16(.return), T_INT16 | DPL(3)
        as_user .int, 2 | FL_CF
        equal [stop.vector], DONE
        equal [stop.cs], USER_CODE
        equal [stop.eip], offset16(.int) + 4
        equal [stop.esp], SP3
        equal [stop.ss], DATA3
        equal_bits [stop.eflags], FL_CF | FL_IOPL, FL_CF
        step "with an error code: six words (C18)"
        vector GP, CODE16, offset16(.handler), T_INT16
        as_user .cli, 2
        call repair_gp
        equal [stop.vector], DONE
        equal [seen_esp], SP0 - 12
        word_at SP0 - 8, USER_CODE
        word_at SP0 - 10, offset16(.cli)
        word_at SP0 - 12, 0
        step "its error code is a selector"
        vector GP, CODE16, offset16(.handler), T_INT16
        as_user .bad_ds, 2
        call repair_gp
        equal [seen_esp], SP0 - 12
        word_at SP0 - 12, SPARE + 0x100
        step "a 32-bit gate on the stack of a 286 TSS (C25)"
        vector 0x31, CODE0, linear(.handler32), T_INT32 | DPL(3)
        as_user .int, 2
        equal [stop.vector], DONE
        equal [stop.cs], CODE0
        equal [seen_esp], SP0 - 20
        equal [SP0 - 4], DATA3
        equal [SP0 - 20], offset16(.int) + 2
        step "a 16-bit gate in the same ring: three words"
        vector 0x31, CODE16, offset16(.same), T_INT16
        mov eax, esp
        sub eax, 6
        mov [scratch_esp], eax
        until_stop .same_done
        jmp CODE16_32:offset16(.same_int)
.same_done:
        mov eax, [scratch_esp]
        equal [seen_esp], eax
        equal_bits [stop.ebx], 0xffff, offset16(.same_int) + 2
        equal [stop.edx], CODE16_32

        step "16-bit call gate with three words from ring 3"
        gate SPARE + 0x40, CODE16, offset16(.called), T_CALL16 | DPL(3), 3
        as_user .call_gate, 2
        equal [stop.vector], DONE
        equal [stop.cs], CODE16
        word_at SP0 - 2, DATA3
        word_at SP0 - 4, SP3 - 6
        word_at SP0 - 6, 0x1111
        word_at SP0 - 8, 0x2222
        word_at SP0 - 10, 0x3333
        word_at SP0 - 12, USER_CODE
        word_at SP0 - 14, offset16(.behind_call)
        equal [seen_esp], SP0 - 14
        step "and back by a 16-bit RETF 6, which releases both stacks"
        gate SPARE + 0x40, CODE16, offset16(.call_back), T_CALL16 | DPL(3), 3
        as_user .call_gate, 2
        stopped16 DONE, 0, .behind_call
        equal [stop.esp], SP3
        mov byte [GDT + MAIN_TSS + 5], T_TSS32
        mov ax, MAIN_TSS
        ltr ax
        ret
.int:   int 0x31
        int DONE
.cli:   cli
.bad_ds: mov ax, SPARE + 0x100
        mov ds, ax
.call_gate:
        push word 0x1111
        push word 0x2222
        push word 0x3333
        call SPARE + 0x40:0x12345678
.behind_call:
        int DONE
.handler32:
        mov [seen_esp], esp
        int DONE
.same_int:
        int 0x31
bits 16
.handler:
.called:
        mov [dword seen_esp], esp
        pushfd
        pop dword [dword seen_flags]
        int DONE
.same:  mov [dword seen_esp], esp
        mov bx, [esp]
        movzx edx, word [esp + 2]
        int DONE
.return:
        iretw
.call_back:
        o16 retf 6
bits 32

repair_gp:
        pushad
        mov edi, stubs + GP * 12
        mov eax, edi
        and eax, 0xffff
        or eax, CODE0 << 16
        mov [IDT + GP * 8], eax
        and edi, 0xffff0000
        or edi, T_INT32 << 8
        mov [IDT + GP * 8 + 4], edi
        popad
        ret

; Conforming code keeps the caller's CPL, whatever its DPL (C22).
conforming:
        step "far call from ring 3 to conforming code of DPL 0"
        at_ring 3, .call
        stopped DONE, 0, .there
        equal [stop.cs], CONFORMING | 3
        equal [stop.eax], CONFORMING | 3
        step "CLI there is refused"
        at_ring 3, .to_cli
        stopped GP, 0, .cli
        step "LIDT there is refused"
        at_ring 3, .to_lidt
        stopped GP, 0, .lidt
        step "an interrupt gate to conforming code: no other ring, no other stack"
        vector 0x31, CONFORMING, linear(.handler), T_INT32 | DPL(3)
        at_ring 3, .int
        stopped DONE, 0, .handler
        equal [stop.cs], CONFORMING | 3
        equal [stop.esp], STACK_3 - 12
        equal [STACK_3 - 12], .int + 2
        equal [STACK_3 - 8], CODE3
        step "conforming code less privileged than CPL is refused"
        descriptor SPARE + 0x48, 0, 0xfffff, XR_CONFORMING | DPL(3) | BIG | PAGES
        faults GP, SPARE + 0x48, {call SPARE + 0x48:0}
        step "RPL does not count for conforming code"
        at_ring 3, .high_rpl
        stopped DONE, 0, .there
        ret
.call:  call CONFORMING:.there_far
.there_far:
        mov eax, cs
.there: int DONE
.to_cli: jmp CONFORMING:.cli
.cli:   cli
.to_lidt: jmp CONFORMING:.lidt
.lidt:  lidt [kernel_idtr]
.int:   int 0x31
.high_rpl: jmp CONFORMING | 3:.there
.handler: int DONE

; RETF and IRET to ring 3: checks and their error codes (C23).
outer_returns:
%macro return_to 5 ; text, vector, error, CS, SS
        by_iret %1, %2, %3, %4, %5
        by_retf %1, %2, %3, %4, %5
%endmacro
%macro by_iret 5
        step %1
        until_stop %%after
        push dword %5
        push dword SP3
        push dword 2
        push dword %4
        push dword .landing
%%iret: iretd
%%after:
    %if %2 = DONE
        stopped DONE, 0, .landing
    %else
        stopped %2, %3, %%iret
    %endif
%endmacro
%macro by_retf 5
        step %strcat(%1, ", by RETF")
        until_stop %%after_far
        push dword %5
        push dword SP3
        push dword %4
        push dword .landing
%%far:  retf
%%after_far:
    %if %2 = DONE
        stopped DONE, 0, .landing
    %else
        stopped %2, %3, %%far
    %endif
%endmacro
        mov word [GDT + SPARE], 0
        return_to "return to ring 3", DONE, 0, CODE3, DATA3
        return_to "CS null", GP, 0, 0, DATA3
        return_to "CS null with RPL 3", GP, 0, 3, DATA3
        return_to "CS beyond the table", GP, 0x1008, 0x100b, DATA3
        return_to "CS is data", GP, DATA3 & ~3, DATA3, DATA3
        return_to "CS with RPL 3, DPL 0", GP, CODE0, CODE0 | 3, DATA3
        descriptor SPARE + 0x50, 0, 0xfffff, XR_CODE & ~PRESENT | DPL(3) | BIG | PAGES
        return_to "CS not present", NP, SPARE + 0x50, SPARE + 0x53, DATA3
        return_to "SS null", GP, 0, CODE3, 0
        return_to "SS null with RPL 3", GP, 0, CODE3, 3
        return_to "SS with RPL 0", GP, DATA3 & ~3, CODE3, DATA3 & ~3
        return_to "SS with DPL 0", GP, DATA0, CODE3, DATA0 | 3
        return_to "SS is code", GP, CODE3 & ~3, CODE3, CODE3
        descriptor SPARE + 0x58, 0, 0xfffff, R_DATA | DPL(3) | BIG | PAGES
        return_to "SS not writable", GP, SPARE + 0x58, CODE3, SPARE + 0x5b
        descriptor SPARE + 0x60, 0, 0xfffff, W_DATA & ~PRESENT | DPL(3) | BIG | PAGES
        ; SDM 3A "Interrupt 12" names returns to another ring; the list of exceptions of IRET says #NP,
        ; and so do Bochs and QEMU. The former wins.
%ifdef PEER
    %define ABSENT_STACK NP
%else
    %define ABSENT_STACK SS
%endif
        by_iret "SS not present", ABSENT_STACK, SPARE + 0x60, CODE3, SPARE + 0x63
        by_retf "SS not present", SS, SPARE + 0x60, CODE3, SPARE + 0x63
        step "EIP beyond the limit of CS"
        descriptor SPARE + 0x68, 0, 0x0fff, XR_CODE | DPL(3) | BIG
        until_stop .beyond
        push dword DATA3
        push dword SP3
        push dword 2
        push dword SPARE + 0x6b
        push dword 0x1000
.iret:  iretd
.beyond:
        stopped GP, 0, .iret
        step "from ring 3 to ring 0 by return: refused"
        at_ring 3, .inwards
        stopped GP, CODE0, .retf
        ret
.inwards:
        push dword CODE0
        push dword .landing
.retf:  retf
.landing:
        int DONE

; The size of the stack segment decides about SP or ESP, not that of the code (C24).
small_stacks:
%macro on_small 2 ; ESP, label
        mov eax, 0x11223344
        mov ebx, 0x0000fff0
        mov ecx, %1
        mov edx, %2
        until_stop %%after
        push dword USER_STACK16
        push dword SP3
        push dword 2
        push dword CODE3
        push dword .go
        iretd
%%after:
%endmacro
        step "IRETD to a stack with B = 0 loads SP alone"
        on_small 0, .landing
        mov eax, esp
        and eax, 0xffff0000
        or eax, SP3
        equal [stop.edi], eax
        step "PUSH: SP alone moves, ESP keeps its upper half"
        on_small 0xabcd7000, .push
        stopped DONE, 0, .push_end
        equal [stop.esp], 0xabcd6ffc
        equal [0x6ffc], 0x11223344
        step "PUSH at SP = 0 goes to the top"
        on_small 0xabcd0000, .push
        equal [stop.vector], DONE
        equal [stop.esp], 0xabcdfffc
        equal [0xfffc], 0x11223344
        step "PUSH of a word at SP = 0"
        on_small 0xabcd0000, .push16
        equal [stop.vector], DONE
        equal [stop.esp], 0xabcdfffe
        step "PUSH of a word at SP = 1: across the end"
        on_small 0xabcd0001, .push16
        stopped SS, 0, .push16
        equal [stop.esp], 0xabcd0001
        step "PUSH of a dword at SP = 2"
        on_small 0xabcd0002, .push
        stopped SS, 0, .push
        equal [stop.esp], 0xabcd0002
        step "PUSHAD at SP = 10h: in the middle"
        on_small 0xabcd0012, .pushad
        stopped SS, 0, .pushad
        equal [stop.esp], 0xabcd0012
        step "PUSHAD at SP = 10h, aligned, wraps"
        on_small 0xabcd0010, .pushad
        equal [stop.vector], DONE
        equal [stop.esp], 0xabcdfff0
        step "POP at FFFCh ends at 0"
        mov dword [0xfffc], 0x55667788
        on_small 0xabcdfffc, .pop
        equal [stop.vector], DONE
        equal [stop.esp], 0xabcd0000
        equal [stop.eax], 0x55667788
        step "POP across the end"
        on_small 0xabcdfffe, .pop
        stopped SS, 0, .pop
        equal [stop.esp], 0xabcdfffe
        step "RET n wraps SP"
        mov dword [0xfffc], .landing
        on_small 0xabcdfffc, .ret
        stopped DONE, 0, .landing
        equal [stop.esp], 0xabcd0008
        step "LEAVE takes SP from BP"
        mov dword [0xfff0], 0x99aabbcc
        on_small 0xabcd7000, .leave
        equal [stop.vector], DONE
        equal [stop.ebp], 0x99aabbcc
        equal [stop.esp], 0xabcdfff4
        step "ENTER: BP from SP, with the upper half of EBP"
        on_small 0xabcd7000, .enter
        equal [stop.vector], DONE
        equal [stop.esp], 0xabcd6fec
        equal [stop.ebp] , 0xabcd6ffc
        step "16-bit code on a 32-bit stack: ESP"
        until_stop .big
        mov eax, 0x11223344
        mov esp, STACK_0 - 0x800
        jmp CODE16:offset16(.push_word)
.big:   equal [stop.vector], DONE
        equal [stop.esp], STACK_0 - 0x802
        equal_bits [STACK_0 - 0x802], 0xffff, 0x3344
        ret
.go:    mov edi, esp
        mov esp, ecx
        jmp edx
.push:  push eax
.push_end:
        int DONE
.push16: push ax
        int DONE
.pushad: pushad
        int DONE
.pop:   pop eax
        int DONE
.ret:   ret 8
.landing:
        int DONE
.leave: mov ebp, ebx
        or ebp, 0x12340000
        leave
        int DONE
.enter: enter 16, 0
        int DONE
bits 16
.push_word:
        push ax
        int DONE
bits 32

; The frame of a gate must fit into the inner stack to the byte, in segments that grow up or down;
; else #SS with the inner selector.
%define STACK_1_HERE (SPARE + 0x78 | 1)
inner_limits:
        mov dword [TSS + 16], STACK_1_HERE
        gate SPARE + 0x40, CODE1, linear(.landing), T_CALL32 | DPL(3), 0
%macro inner 5 ; text, ESP1, stack's limit, rights, vector
        descriptor STACK_1_HERE, 0, %3, (%4) | DPL(1) | BIG
        mov dword [TSS + 12], %2
        step %strcat(%1, ", INT")
        vector 0x31, CODE1, linear(.landing), T_INT32 | DPL(3)
        at_ring 3, .int
        inner_ends %5, .int
        step %strcat(%1, ", call gate")
        sub dword [TSS + 12], 4 * (((%4) & 4) / 4) ; growing down: one item less
        at_ring 3, .call
        inner_ends %5, .call
%endmacro
%macro inner_ends 2
    %if %1 = DONE
        stopped DONE, 0, .landing
    %else
        stopped %1, STACK_1_HERE & ~3, %2
    %endif
%endmacro
        inner "down, the frame ends above the limit", ARENA + 0x1000 + 20, ARENA + 0xfff, W_DOWN, DONE
        inner "down, one byte too low", ARENA + 0x1000 + 19, ARENA + 0xfff, W_DOWN, SS
        inner "up, the frame begins at the limit", ARENA + 0x1000, ARENA + 0xfff, W_DATA, DONE
        descriptor STACK_1_HERE, 0, ARENA + 0xfff, W_DATA | DPL(1) | BIG
        step "up, one byte too high"
        mov dword [TSS + 12], ARENA + 0x1001
        at_ring 3, .int
        stopped SS, STACK_1_HERE & ~3, .int
        step "up, from ESP 0: below it is the end of 4 GiB"
        mov dword [TSS + 12], 0
        at_ring 3, .int
        stopped SS, STACK_1_HERE & ~3, .int
        mov dword [TSS + 12], STACK_1
        mov dword [TSS + 16], DATA1
        ret
.int:   int 0x31
.call:  call SPARE + 0x40:0
.landing: int DONE

seen_esp: dd 0
seen_flags: dd 0
scratch_esp: dd 0

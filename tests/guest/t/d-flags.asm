; SPDX-License-Identifier: MIT
; EFLAGS: which bits there are, who may change them, which images are pushed; interrupts that end
; a HLT.
; SDM 1 "EFLAGS Register"; SDM 2B "POPF", "PUSHF", "SAHF"; 2A "HLT", "LAHF"; 2B "STI".
%define NAME "flags"
%include "kernel.inc"

; What ring 0 may change by POPFD, without TF.
%define CHANGEABLE (FL_ARITH | FL_IF | FL_DF | FL_IOPL | FL_NT | FL_AC | FL_ID)

main:   call each_bit
        call images
        call by_ah
        call cleared_by_gates
        call halt
        ret

each_bit:
        step "POPFD of each bit in ring 0"
        xor ecx, ecx
.next:  mov [step_number], ecx
        cmp ecx, 8                      ; TF is T15's
        je .skip
        mov eax, 1
        shl eax, cl
        push eax
        popfd
        pushfd
        pop ebx
        push dword 2
        popfd
        and eax, CHANGEABLE
        or eax, 2
        equal ebx, eax
.skip:  inc ecx
        cmp ecx, 32
        jb .next
        mov dword [step_number], 0
        step "all of them, and none"
        push dword ~FL_TF
        popfd
        pushfd
        pop ebx
        push dword 0
        popfd
        pushfd
        pop ecx
        equal ebx, CHANGEABLE | 2
        equal ecx, 2
        step "POPF of 16 bits leaves the upper half"
        push dword FL_AC | FL_ID
        popfd
        push word 0
        popfw
        pushfd
        pop eax
        push dword 2
        popfd
        equal eax, FL_AC | FL_ID | 2
        step "bit 15 stays clear, bit 1 set (C1)"
        push word 0xfeff
        popfw
        pushfw
        pop ax
        push dword 2
        popfd
        movzx eax, ax
        equal eax, 0x7ed7
        ret

; PUSHFD shows neither VM nor RF. SDM 2B "PUSHF".
images: step "PUSHFD in V86 mode"
        mov dword [run_flags], 2 | FL_IOPL
        in_v86 .pushfd16
        equal [stop.vector], GP
        equal [stop.eax], FL_IOPL | 2
        equal_bits [stop.eflags], FL_VM, FL_VM
        mov dword [run_flags], 2
        step "PUSHFD behind an IRETD that sets RF"
        until_stop .stopped
        push dword FL_RF | FL_CF | 2
        push dword CODE0
        push dword .pushfd
        iretd
.pushfd: pushfd
        pop eax
        int DONE
.stopped:
        equal eax, FL_CF | 2
        equal_bits [stop.eflags], FL_RF, 0      ; one instruction has run: it is gone
        step "the image of a fault has RF, that of INT n has not"
        faults UD, 0, {ud2}
        equal_bits [stop.eflags], FL_RF, FL_RF
        runs {nop}
        equal_bits [stop.eflags], FL_RF, 0
        ret
bits 16
.pushfd16:
        pushfd
        pop eax
        hlt
bits 32

by_ah:  step "SAHF takes five flags"
        mov eax, 0xffff
        push dword 2
        popfd
        sahf
        pushfd
        pop ebx
        equal ebx, FL_SF | FL_ZF | FL_AF | FL_PF | FL_CF | 2
        mov eax, 0x00ff
        sahf
        pushfd
        pop ebx
        equal ebx, 2
        step "SAHF leaves OF"
        mov al, 0x7f
        add al, 1
        mov ah, 0
        sahf
        pushfd
        pop ebx
        equal ebx, FL_OF | 2
        step "LAHF has bit 1"
        push dword FL_ARITH | 2
        popfd
        mov eax, 0
        lahf
        equal eax, 0xd700
        ret

; Gates clear TF, NT, RF, VM; interrupt gates IF, too.
cleared_by_gates:
        step "an interrupt gate"
        vector 0x31, CODE0, linear(.handler), T_INT32
        push dword FL_IF | FL_NT | FL_AC | FL_DF | FL_IOPL | FL_CF | 2
        popfd
        int 0x31
        push dword 2
        popfd
        equal ebx, FL_AC | FL_DF | FL_IOPL | FL_CF | 2
        equal ecx, FL_IF | FL_NT | FL_AC | FL_DF | FL_IOPL | FL_CF | 2
        step "a trap gate"
        vector 0x31, CODE0, linear(.handler), T_TRAP32
        push dword FL_IF | FL_NT | FL_AC | FL_CF | 2
        popfd
        int 0x31
        push dword 2
        popfd
        equal ebx, FL_IF | FL_AC | FL_CF | 2
        ret
.handler:
        pushfd
        pop ebx
        mov ecx, [esp + 8]
        push dword 2                    ; IRET with NT would leave the task
        popfd
        iretd

; HLT ends with the interrupt; the return address is behind it. STI lets one instruction pass
; first, so an interrupt that waits can't come between STI and HLT (C26).
halt:   mov al, 0x11
        out 0x20, al
        mov al, 0x50
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0x34                    ; 1 ms
        out 0x43, al
        mov al, 1193 & 0xff
        out 0x40, al
        mov al, 1193 >> 8
        out 0x40, al
        mov al, 0xfe
        out 0x21, al
        vector 0x50, CODE0, linear(.tick), T_INT32
        step "HLT until the interrupt"
        mov dword [ticks], 0
        mov dword [return], 0
        sti
.wait:  hlt
.behind:
        cli
        equal [ticks], 1
        equal [return], .behind
        step "STI, HLT with an interrupt that waits"
        call .let_one_wait
        sti
        hlt
.behind_2:
        cli
        equal [return], .behind_2
        step "STI, CLI: no interrupt in between"
        call .let_one_wait
        mov dword [ticks], 0
        sti
        cli
        nop
        equal [ticks], 0
        step "STI, NOP: behind the NOP"
        sti
        nop
.behind_3:
        cli
        equal [ticks], 1
        equal [return], .behind_3
        step "STI with IF set opens no new window"
        call .let_one_wait
        sti
        sti
.behind_4:
        nop
        cli
        equal [return], .behind_4
        step "POPFD and IRETD open at once"
        call .let_one_wait
        push dword FL_IF | 2
        popfd
.behind_5:
        nop
        cli
        equal [return], .behind_5
        call .let_one_wait
        push dword FL_IF | 2
        push dword CODE0
        push dword .behind_6
        iretd
.behind_6:
        nop
        cli
        equal [return], .behind_6
        mov al, 0xff
        out 0x21, al
        ret
.tick:  push eax
        inc dword [ticks]
        mov eax, [esp + 4]
        mov [return], eax
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd
; Until the controller has a request.
.let_one_wait:
        mov al, 0x0a
        out 0x20, al
.poll:  in al, 0x20
        test al, 1
        jz .poll
        mov dword [return], 0
        ret

ticks:  dd 0
return: dd 0

; SPDX-License-Identifier: MIT
; Debug registers, single step, and the shadows of STI and MOV SS. Rules C26, C27, C28.
; SDM 3B "Debug Registers", "Debug Exceptions"; SDM 3A "Masking Maskable Hardware Interrupts".
%define NAME "T15"
%include "kernel.inc"

%define CR4_DE 8
%define DR6_BD 0x2000
%define DR6_BS 0x4000
%define DR6_BT 0x8000
%define DR7_GD 0x2000
%define WRITES 1
%define PORTS 2
%define ACCESSES 3
%define CAUSES 0xe00f

; DR7 for breakpoint 0: enabled globally, KIND, LENGTH code.
%define ENABLED(kind, length) (2 | (kind) << 16 | (length) << 18)

; breakpoint ADDRESS, DR7: the only one.
%macro breakpoint 2
        mov eax, %1
        mov dr0, eax
        xor eax, eax
        mov dr6, eax
        mov eax, %2
        mov dr7, eax
%endmacro

; cause BITS: what DR6 says; then everything is off again.
%define cause cause_at __?LINE?__,
%macro cause_at 2
        mov eax, dr6
        equal_bits_at %1, eax, CAUSES, %2
        xor eax, eax
        mov dr7, eax
        mov dr6, eax
%endmacro

main:   call fixed_bits
        call on_instructions
        call on_data
        call overlaps
        call on_strings
        call on_ports
        call guarded
        call stepping
        call shadows
        call task_trap
        ret

fixed_bits:
        step "fixed bits"
        mov eax, 0xffffffff
        mov dr6, eax
        mov eax, dr6
        equal eax, 0xffffefff
        xor eax, eax
        mov dr6, eax
        mov eax, dr6
        equal eax, 0xffff0ff0
        mov eax, 0xfffcdc00             ; all but GD, none enabled
        mov dr7, eax
        mov eax, dr7
        equal_bits eax, 0xf400, 0x400
        xor eax, eax
        mov dr7, eax
        mov eax, dr7
        equal eax, 0x400
        step "DR5 is DR7 until CR4.DE"
        mov eax, 0x155
        and eax, 0x100                  ; LE alone
        mov dr7, eax
        mov eax, dr5
        equal eax, 0x500
        mov eax, CR4_DE
        mov cr4, eax
        faults UD, 0, {mov eax, dr5}
        faults UD, 0, {mov dr4, eax}
        xor eax, eax
        mov cr4, eax
        mov dr7, eax
        ret

on_instructions:
        step "breakpoint on an instruction"
        breakpoint .there, ENABLED(0, 0)
        until_stop .stopped
        xor ecx, ecx
        nop
.there: inc ecx
        int DONE
.stopped:
        stopped DB, 0, .there
        equal ecx, 0
        equal_bits [stop.eflags], FL_RF, 0
        cause 1

        step "RF lets it run"
        breakpoint .again, ENABLED(0, 0)
        until_stop .ran
        xor ecx, ecx
        pushfd
        or dword [esp], FL_RF
        push cs
        push dword .again
        iretd
.again: inc ecx
.done:  int DONE
.ran:   stopped DONE, 0, .done
        equal ecx, 1
        cause 0

        step "RF is for one instruction"
        breakpoint .loop, ENABLED(0, 0)
        until_stop .looped
        xor ecx, ecx
        pushfd
        or dword [esp], FL_RF
        push cs
        push dword .loop
        iretd
.loop:  inc ecx
        jmp .loop
.looped:
        stopped DB, 0, .loop
        equal ecx, 1
        cause 1

        step "the second byte is none"
        breakpoint .long + 1, ENABLED(0, 0)
        until_stop .missed
.long:  mov eax, 0x12345678
.end:   int DONE
.missed:
        stopped DONE, 0, .end
        cause 0

        step "it comes before the page fault"
        call paging_on
        page WINDOW, 0, 0
        breakpoint WINDOW, ENABLED(0, 0)
        until_stop .before
        mov eax, WINDOW
        jmp eax
.before:
        stopped DB, 0, WINDOW
        cause 1
        step "RF is set in faults"
        until_stop .faulted
        mov eax, WINDOW
        jmp eax
.faulted:
        stopped PF, 0, WINDOW
        equal_bits [stop.eflags], FL_RF, FL_RF
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        jmp .off
.off:   ret

on_data:
        step "writes"
        call on_writes
        step "reads and writes"
        breakpoint ARENA, ENABLED(ACCESSES, 0)
        until_stop .read
        mov al, [ARENA]
.behind: int DONE
.read:  stopped DB, 0, .behind
        cause 1
        breakpoint ARENA, ENABLED(WRITES, 0)
        runs {mov al, [ARENA]}
        runs {cmp dword [ARENA], 5}
        cause 0
        breakpoint ARENA, ENABLED(ACCESSES, 0)
        until_stop .pushed
        push dword [ARENA]
.after: int DONE
.pushed:
        stopped DB, 0, .after
        cause 1

        step "the trap of MOV SS waits for the next instruction"
        mov word [ARENA], DATA0
        breakpoint ARENA, ENABLED(ACCESSES, 1)
        until_stop .late
        mov ss, [ARENA]
        nop
.next:  nop
        int DONE
.late:  stopped DB, 0, .next
        cause 1
        ret

on_writes:
%macro write_stop 1+
        breakpoint ARENA, ENABLED(WRITES, 0)
        mov ebx, ARENA
        until_stop %%stopped
        %1
%%behind:
        nop
        int DONE
%%stopped:
        stopped DB, 0, %%behind
        cause 1
%endmacro
        write_stop mov [ebx], al
        write_stop mov [ebx], eax
        write_stop add [ebx], eax
        write_stop inc word [ebx]
        write_stop xchg [ebx], ecx
        push eax                        ; its place is written over by the frame
        write_stop pop dword [ebx]
        pop eax
        write_stop bts dword [ebx], 3
        write_stop cmpxchg [ebx], ecx
        write_stop sgdt [ebx]
        ret

; Every length, every access, every distance.
overlaps:
        step "bytes in common"
        mov dword [hook], count_traps
        mov dword [length_now], 0
.length:
        mov dword [size_now], 0
.size:  mov dword [at_now], ARENA + 0x40 - 6
.at:    mov ecx, [length_now]
        mov ebx, [length_codes + ecx * 4]
        shl ebx, 18
        or ebx, 2 | WRITES << 16
        breakpoint ARENA + 0x40, ebx
        mov dword [traps], 0
        mov ebx, [at_now]
        mov ecx, [size_now]
        call [stores + ecx * 4]
        xor edx, edx
        mov dr7, edx
        mov eax, 1                      ; should it be met?
        mov ecx, [size_now]
        mov ecx, [bytes + ecx * 4]
        add ecx, ebx
        cmp ecx, ARENA + 0x40
        jbe .not
        mov ecx, [length_now]
        mov ecx, [bytes + ecx * 4]
        add ecx, ARENA + 0x40
        cmp ebx, ecx
        jb .check
.not:   xor eax, eax
.check: equal [traps], eax
        inc dword [at_now]
        cmp dword [at_now], ARENA + 0x40 + 6
        jb .at
        inc dword [size_now]
        cmp dword [size_now], 3
        jb .size
        inc dword [length_now]
        cmp dword [length_now], 3
        jb .length
        mov dword [hook], 0
        xor eax, eax
        mov dr6, eax
        ret

store_1: mov [ebx], al
        ret
store_2: mov [ebx], ax
        ret
store_4: mov [ebx], eax
        ret

count_traps:
        cmp dword [stop.vector], DB
        jne .other
        inc dword [traps]
        mov eax, dr6
        mov [dr6_then], eax
        clc
        ret
.other: stc
        ret

on_strings:
        step "REP STOSB stops behind the element"
        breakpoint ARENA + 0x10, ENABLED(WRITES, 0)
        mov ecx, 0x20
        mov edi, ARENA
        until_stop .stopped
.rep:   rep stosb
        int DONE
.stopped:
        stopped DB, 0, .rep
        equal ecx, 0xf
        equal edi, ARENA + 0x11
%ifndef PEER                            ; Bochs leaves RF as it was
        equal_bits [stop.eflags], FL_RF, FL_RF
%endif
        cause 1
        step "the last element is a trap as any"
        breakpoint ARENA + 0x10, ENABLED(WRITES, 0)
        mov ecx, 1
        mov edi, ARENA + 0x10
        until_stop .last
        rep stosb
.behind: nop
        int DONE
.last:  stopped DB, 0, .behind
        equal ecx, 0
        equal_bits [stop.eflags], FL_RF, 0
        cause 1
        ret

on_ports:
        step "ports without CR4.DE"
        breakpoint 0x80, ENABLED(PORTS, 0)
        runs {out 0x80, al}
        step "ports"
        mov eax, CR4_DE
        mov cr4, eax
        breakpoint 0x82, ENABLED(PORTS, 1)
        runs {in ax, 0x80}
        until_stop .stopped
        in eax, 0x80
.behind: int DONE
.stopped:
        stopped DB, 0, .behind
        cause 1
        xor eax, eax
        mov cr4, eax
        ret

guarded:
        step "DR7.GD"
        mov eax, DR7_GD
        mov dr7, eax
        faults DB, 0, {mov eax, dr0}
        mov eax, dr7
        equal_bits eax, DR7_GD, 0       ; open for the handler
        cause DR6_BD
        mov eax, DR7_GD
        mov dr7, eax
        faults DB, 0, {mov dr6, eax}
        cause DR6_BD
        ret

; stepped COUNT, LABEL: call it under TF; it has this many traps, besides those of CALL and RET and
; of three instructions that switch TF off.
%define stepped stepped_at __?LINE?__,
%macro stepped_at 3
        mov dword [traps], 0
        mov dword [hook], count_traps
        pushfd
        or dword [esp], FL_TF
        popfd
        call %3
        pushfd
        and dword [esp], ~FL_TF
        popfd
        mov dword [hook], 0
        equal_at %1, [traps], (%2) + 5
        equal_bits_at %1, [dr6_then], CAUSES, DR6_BS
        xor eax, eax
        mov dr6, eax
%endmacro

stepping:
        step "single step"
        stepped 3, three_nops
        step "single step of REP"
        mov ecx, 5
        mov edi, ARENA
        stepped 5, rep_stosb
        xor ecx, ecx
        stepped 1, rep_stosb
        step "single step over INT n"   ; the handler runs without, IRET brings TF back
        vector 0x31, CODE0, linear(service), T_INT32
        mov dword [served], 0
        stepped 1, int_31
        equal [served], 1
        step "single step over MOV SS"
        mov cx, ss
        stepped 1, mov_ss
        step "single step and a breakpoint are one exception"
        breakpoint ARENA, ENABLED(WRITES, 0)
        mov dword [hook], first_cause
        mov dword [dr6_then], 0
        pushfd
        or dword [esp], FL_TF
        popfd
        mov [ARENA], al
        mov dword [hook], 0
        equal_bits [dr6_then], CAUSES, DR6_BS | 1
        cause 0
        step "ICEBP tells no cause"
        until_stop .ice
        db 0xf1
.behind: int DONE
.ice:   stopped DB, 0, .behind
        equal_bits [stop.eflags], FL_RF, 0
        cause 0
        ret

three_nops:
        nop
        nop
        nop
        ret
rep_stosb:
        rep stosb
        ret
int_31: int 0x31
        nop
        ret
mov_ss: mov ss, cx
        nop
        ret

service:
        inc dword [served]
        iretd

; The first one ends the stepping.
first_cause:
        mov eax, dr6
        mov [dr6_then], eax
        and dword [ebp + frame.eflags], ~FL_TF
        xor eax, eax
        mov dr6, eax
        mov dr7, eax
        clc
        ret

; An interrupt of the timer that waits behind IF.
timer_waits:
        cli
        mov al, 0x11
        out 0x20, al
        mov al, 0x40
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x30                    ; counter 0, mode 0
        out 0x43, al
        mov al, 20
        out 0x40, al
        mov al, 0
        out 0x40, al
        mov al, 0x0a                    ; read IRR
        out 0x20, al
.wait:  in al, 0x20
        test al, 1
        jz .wait
        ret

timer_done:
        mov al, 0x20
        out 0x20, al
        mov al, 0xff
        out 0x21, al
        ret

shadows:
        step "STI holds interrupts for one instruction"
        call timer_waits
        until_stop .sti
        sti
        nop
.behind: nop
        int DONE
.sti:   stopped 0x40, 0, .behind
        call timer_done
        step "STI twice does not hold them longer"
        call timer_waits
        until_stop .twice
        sti
        sti
.second: nop
        int DONE
.twice: stopped 0x40, 0, .second
        call timer_done
        step "MOV SS holds them again"
        call timer_waits
        mov cx, ss
        until_stop .moved
        sti
        mov ss, cx
        nop
.third: nop
        int DONE
.moved: stopped 0x40, 0, .third
        call timer_done
        step "STI CLI lets none in"
        call timer_waits
        until_stop .none
        sti
        cli
.fourth: int DONE
.none:  stopped DONE, 0, .fourth
        call timer_done
        ret

task_trap:
        step "the T bit of a TSS"
        mov edi, ARENA
        xor eax, eax
        mov ecx, 0x68 / 4
        rep stosd
        mov dword [ARENA + 4], STACK_0I
        mov dword [ARENA + 8], DATA0
        mov dword [ARENA + 0x1c], PAGE_DIR
        mov dword [ARENA + 0x20], .task
        mov dword [ARENA + 0x24], 2
        mov dword [ARENA + 0x38], STACK_0 - 0x2000
        mov dword [ARENA + 0x4c], CODE0
        mov dword [ARENA + 0x48], DATA0
        mov dword [ARENA + 0x50], DATA0
        mov dword [ARENA + 0x54], DATA0
        mov dword [ARENA + 0x64], 0x00680001
        descriptor SPARE, ARENA, 0x67, T_TSS32
        mov eax, 0x155                  ; local breakpoints end with the task
        mov dr7, eax
        until_stop .stopped
        jmp SPARE:0
.task:  int DONE
.stopped:
        stopped DB, 0, .task
        mov eax, dr7
        equal_bits eax, 0x3ff, 0
        cause DR6_BT
        ret

        align 4
traps:  dd 0
served: dd 0
dr6_then: dd 0
length_now: dd 0
size_now: dd 0
at_now: dd 0
length_codes: dd 0, 1, 3
bytes:  dd 1, 2, 4
stores: dd store_1, store_2, store_4

; SPDX-License-Identifier: MIT
; The instructions that depend on CPL, IOPL and VM: all of them in rings 1 and 3 with IOPL 0 and 3,
; and in virtual-8086 mode with IOPL 0 and 3. Rules D6, E3, E4, C9.
; SDM 3A "Privileged Instructions", "Sensitive Instructions"; SDM 3A "8086 Emulation".
%define NAME "T03"
%include "kernel.inc"

; What each does in the four states. G: #GP(0), U: #UD, r: runs.
struc row
.code:  resd 1
.code16: resd 1
.end16: resd 1
.result: resb 4                         ; outer/IOPL 0, outer/IOPL 3, V86/IOPL 0, V86/IOPL 3
.text:  resd 1
endstruc

[section rows follows=strings vfollows=strings align=4]
rows:
__SECT__

%macro sensitive 2+ ; "GrGr", {instruction}
    %defstr %%source %2
    [section strings]
%%text: db %%source, 0
    [section program]
%%code: %2
        int DONE
    bits 16
%%code16: %2
%%end:  hlt
    bits 32
    [section rows]
        dd %%code, offset16(%%code16), offset16(%%end)
        db %1
        dd %%text
    [section program]
%endmacro

        ; IOPL-sensitive: refused above IOPL (E4)
        sensitive "GrGr", cli
        sensitive "GrGr", sti
        ; ports: IOPL in protected mode; the bitmap alone in V86, and it is open here (T02)
        sensitive "rrrr", {in al, 0x80}
        sensitive "rrrr", {out 0x80, al}
        sensitive "rrrr", {in al, dx}
        sensitive "rrrr", {out dx, al}
        ; IOPL-sensitive in V86 only; silent in protected mode (E3)
        sensitive "rrGr", pushf
        sensitive "rrGr", {db 0x66, 0x9c}       ; the other size
        sensitive "rrGr", popf
        sensitive "rrGr", {int 0x31}
        ; privileged everywhere (D6)
        sensitive "GGGG", hlt
        sensitive "GGGG", {mov eax, cr0}
        sensitive "GGGG", {mov cr0, ebx}
        sensitive "GGGG", {mov eax, cr2}
        sensitive "GGGG", {mov cr3, ecx}
        sensitive "GGGG", {mov eax, cr4}
        sensitive "GGGG", {mov eax, dr0}
        sensitive "GGGG", {mov dr7, esi}
        sensitive "GGGG", clts
        sensitive "GGGG", {lmsw bx}
        sensitive "GGGG", {lgdt [edi]}
        sensitive "GGGG", {lidt [edi]}
        sensitive "GGGG", invd
        sensitive "GGGG", wbinvd
        sensitive "GGGG", {invlpg [edi]}
        sensitive "GGGG", rdmsr
        sensitive "GGGG", wrmsr
        ; not recognised in V86 mode; privileged in protected mode
        sensitive "GGUU", {lldt bp}
        sensitive "GGUU", {ltr bp}
        ; not privileged, not recognised in V86 mode
        sensitive "rrUU", {sldt ax}
        sensitive "rrUU", {str ax}
        sensitive "rrUU", {lar eax, ebp}
        sensitive "rrUU", {lsl eax, ebp}
        sensitive "rrUU", {verr bp}
        sensitive "rrUU", {verw bp}
        sensitive "rrUU", {arpl bp, bp}
        ; for everybody
        sensitive "rrrr", {smsw ax}
        sensitive "rrrr", {sgdt [edi]}
        sensitive "rrrr", {sidt [edi]}
        sensitive "rrrr", {int3}
        sensitive "rrrr", {rdtsc}
[section rows]
        dd 0
[section program]

main:   vector 0x31, CODE0, linear(back), T_INT32 | DPL(3)
        vector BP, CODE0, linear(back), T_INT32 | DPL(3)
        mov dword [v86_ds], ARENA >> 4
        mov dword [row_now], rows
.row:   mov esi, [row_now]
        cmp dword [esi + row.code], 0
        je flags
        mov eax, [esi + row.text]
        mov [step_text], eax
        mov dword [ring_now], 1
        call outer
        mov dword [ring_now], 3
        call outer
        call v86
        add dword [row_now], row_size
        jmp .row

; INT 31h and INT3 come back.
back:   iretd

outer:  mov dword [run_flags], 2
        mov al, [esi + row.result]
        call .once
        mov dword [run_flags], 2 | FL_IOPL
        mov al, [esi + row.result + 1]
.once:  mov [due], al
        mov eax, [ring_now]
        mov [step_number], eax
        mov eax, [esi + row.code]
        mov [code_now], eax
        mov edi, ARENA + 0x100
        call registers
        cmp dword [ring_now], 1
        jne .ring3
        at_ring 1, go
        jmp .stopped
.ring3: at_ring 3, go
.stopped:
        mov esi, [row_now]
        cmp byte [due], 'r'
        jne refused
        equal [stop.vector], DONE
        ret

registers:
        xor ebx, ebx
        mov edx, 0x80
        mov ebp, CODE3
        ret

go:     jmp [code_now]

v86:    mov dword [run_flags], 2
        mov al, [esi + row.result + 2]
        call .once
        mov dword [run_flags], 2 | FL_IOPL
        mov al, [esi + row.result + 3]
.once:  mov [due], al
        mov dword [step_number], 86
        mov eax, [esi + row.code16]
        mov [code_now], eax
        mov edi, 0x100
        call registers
        until_stop .stopped
        push dword [code_now]
        jmp enter_v86
.stopped:
        mov esi, [row_now]
        cmp byte [due], 'r'
        jne refused
        equal [stop.vector], GP         ; by the HLT behind it
        equal [stop.eip], [esi + row.end16]
        ret

; With EIP at the instruction, prefixes included.
refused:
        cmp byte [due], 'U'
        je .undefined
        equal [stop.vector], GP
        equal [stop.error], 0
        equal [stop.eip], [code_now]
        ret
.undefined:
        equal [stop.vector], UD
        equal [stop.eip], [code_now]
        ret

; POPF and IRET above IOPL keep IF silently, and IOPL is for ring 0 alone (E3). SDM 2B "POPF".
flags:  mov dword [step_number], 0
        step "POPFD in ring 3, IOPL 0: neither IF nor IOPL"
        mov dword [run_flags], 2
        mov eax, FL_IOPL | FL_IF | FL_CF | FL_NT | FL_AC | FL_ID | FL_VM | FL_RF
        at_ring 3, .popfd
        stopped DONE, 0, .popfd_end
        equal_bits [stop.eflags], ~FL_ID, FL_CF | FL_NT | FL_AC | 2
        step "POPFD in ring 3, IOPL 3: IF"
        mov dword [run_flags], 2 | FL_IOPL
        mov eax, FL_IF | FL_CF
        at_ring 3, .popfd
        equal_bits [stop.eflags], ~FL_ID, FL_IOPL | FL_IF | FL_CF | 2
        step "POPF, 16 bits, in ring 3, IOPL 0"
        mov dword [run_flags], 2 | FL_IF | FL_AC
        mov eax, FL_IOPL | FL_CF
        at_ring 3, .popf
        equal_bits [stop.eflags], ~FL_ID, FL_IF | FL_AC | FL_CF | 2
        step "IRETD in ring 3, IOPL 0"
        mov dword [run_flags], 2
        mov eax, FL_IOPL | FL_IF | FL_CF | FL_VM
        at_ring 3, .iretd
        stopped DONE, 0, .iretd_end
        equal_bits [stop.eflags], ~FL_ID, FL_CF | 2
        step "IRETD in ring 3, IOPL 3"
        mov dword [run_flags], 2 | FL_IOPL
        mov eax, FL_IF | FL_CF
        at_ring 3, .iretd
        equal_bits [stop.eflags], ~FL_ID, FL_IOPL | FL_IF | FL_CF | 2
        step "POPFD in ring 0: all but VM, RF"
        mov dword [run_flags], 2
        mov eax, FL_IOPL | FL_CF | FL_VM | FL_RF | FL_AC
        at_ring 0, .popfd
        equal_bits [stop.eflags], ~FL_ID, FL_IOPL | FL_CF | FL_AC | 2
        step "POPFD in V86 mode, IOPL 3: not IOPL, VM"
        mov dword [run_flags], 2 | FL_IOPL
        mov eax, FL_IF | FL_CF | FL_AC
        in_v86 .popfd16
        stopped16 GP, 0, .popfd16_end
        equal_bits [stop.eflags], ~(FL_ID | FL_RF), FL_VM | FL_IOPL | FL_IF | FL_CF | FL_AC | 2
        mov dword [run_flags], 2
        ret
.popfd: push eax
        popfd
.popfd_end:
        int DONE
.popf:  push ax
        popfw
        int DONE
.iretd: push eax
        push cs
        push .iretd_end
        iretd
.iretd_end:
        int DONE
bits 16
.popfd16:
        push eax
        popfd
.popfd16_end:
        hlt
bits 32

row_now: dd 0
ring_now: dd 0
code_now: dd 0
due:    dd 0

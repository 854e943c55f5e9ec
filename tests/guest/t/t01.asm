; SPDX-License-Identifier: MIT
; A monitor in ring 0 and a program in virtual-8086 mode with IOPL 0: what reaches the monitor, with
; which frame. Rules D6, E1, E5, E17; B57, D13.
; SDM 3A "8086 Emulation", "Entering and Leaving Virtual-8086 Mode".
%define NAME "T01"
%include "kernel.inc"

%define FROM_V86 (FL_VM | 2)

main:   mov dword [v86_es], 0x1111
        mov dword [v86_fs], 0x2222
        mov dword [v86_gs], 0x3333
        mov dword [run_flags], 2

        ; What IOPL 0 keeps from the program: #GP(0), EIP at the instruction or its prefix.
%macro refused 2 ; "text", label
        step %1
        in_v86 %2
        stopped16 GP, 0, %2
        call look_at_frame
%endmacro
        refused "INT n is refused at the CDh", v_int
        refused "IRET", v_iret
        refused "IRETD", v_iretd
        refused "PUSHF", v_pushf
        refused "PUSHFD", v_pushfd
        refused "POPF", v_popf
        refused "CLI", v_cli
        refused "STI", v_sti
        refused "HLT", v_hlt
        refused "STI behind a segment prefix", v_es_sti
        refused "LGDT", v_lgdt
        refused "MOV CR0", v_cr0
        refused "CLTS", v_clts

        step "INT3 is not sensitive: its gate's DPL counts"
        in_v86 v_int3
        stopped16 GP, BP * 8 + 2, v_int3
        call look_at_frame
        mov byte [IDT + BP * 8 + 5], T_INT32 | DPL(3)
        in_v86 v_int3
        stopped16 BP, 0, v_int3 + 1
        call look_at_frame
        step "INTO, OF clear: nothing"
        in_v86 v_into
        stopped16 GP, 0, v_into_end
        step "INTO, OF set"
        mov byte [IDT + OF * 8 + 5], T_INT32 | DPL(3)
        mov dword [run_flags], 2 | FL_OF
        in_v86 v_into
        stopped16 OF, 0, v_into + 1
        mov dword [run_flags], 2

        ; Instructions on descriptors do not exist there; ARPL is the monitors' breakpoint (E17).
%macro undefined 2
        step %1
        in_v86 %2
        stopped16 UD, 0, %2
        call look_at_frame
%endmacro
        undefined "ARPL", v_arpl
        undefined "ARPL with memory", v_arpl_memory
        undefined "63h as it stands in a ROM", v_63
        undefined "SLDT", v_sldt
        undefined "STR", v_str
        undefined "LAR", v_lar
        undefined "LSL", v_lsl
        undefined "VERR", v_verr
        undefined "LLDT", v_lldt
        undefined "LTR", v_ltr
        undefined "LOCK NOP", v_lock_nop
        undefined "0F FF", v_0fff
        step "the first byte 63h of the BIOS, as a breakpoint (E17)"
        mov edi, 0xf0000
        mov ecx, 0x10000
        mov al, 0x63
        repne scasb
        sub edi, 0xf0001
        equal_bits [edi + 0xf0000], 0xff, 0x63
        mov dword [v86_cs], 0xf000
        until_stop .breakpoint
        push edi
        jmp enter_v86
.breakpoint:
        mov dword [v86_cs], IMAGE_SEG
        equal [stop.vector], UD
        equal [stop.eip], edi
        equal [stop.cs], 0xf000
        step "and through another segment"
        mov dword [v86_cs], 0xf001
        sub edi, 16
        jb .no_alias
        until_stop .alias
        push edi
        jmp enter_v86
.alias: equal [stop.vector], UD
        equal [stop.eip], edi
        equal [stop.cs], 0xf001
.no_alias:
        mov dword [v86_cs], IMAGE_SEG
        step "DIV by zero"
        in_v86 v_div
        stopped16 DE, 0, v_div
        call look_at_frame
        step "SS: beyond the limit of 64 KiB"
        in_v86 v_stack
        stopped16 SS, 0, v_stack
        step "DS: beyond it"
        in_v86 v_data
        stopped16 GP, 0, v_data
        step "a word at FFFFh"
        in_v86 v_word
        stopped16 GP, 0, v_word
        step "the instruction pointer beyond it"
        in_v86 v_far_away
        stopped16 GP, 0, v_far_away

        step "an IRQ comes with its own vector and no error code, even on 08h (D13)"
        call interrupt
        step "segments are paragraphs, whatever they were before"
        mov dword [v86_ds], ARENA >> 4
        mov dword [ARENA + 0x10], 0xabcd1234
        in_v86 v_paragraphs
        stopped16 GP, 0, v_paragraphs_end
        equal_bits [stop.eax], 0xffff, 0x1234
        equal_bits [stop.ebx], 0xffff, 0xabcd
        mov dword [v86_ds], IMAGE_SEG

        step "IOPL 3: INT goes through the gate, which must lead to ring 0"
        mov dword [run_flags], 2 | FL_IOPL
        vector 0x31, CODE0, linear(end_of_int), T_INT32 | DPL(3)
        in_v86 v_int
        stopped DONE, 0, end_of_int
        step "a gate of a lower DPL"
        mov byte [IDT + 0x31 * 8 + 5], T_INT32
        in_v86 v_int
        stopped16 GP, 0x31 * 8 + 2, v_int
        step "a gate to a ring 3 handler"
        vector 0x31, CODE3, linear(end_of_int), T_INT32 | DPL(3)
        in_v86 v_int
        stopped16 GP, CODE3 & 0xfffc, v_int
        step "a gate to a conforming handler"
        descriptor SPARE, 0, 0xfffff, XR_CONFORMING | BIG | PAGES
        vector 0x31, SPARE, linear(end_of_int), T_INT32 | DPL(3)
        in_v86 v_int
        stopped16 GP, SPARE, v_int
        ret

; Frame: GS FS DS ES SS ESP EFLAGS CS EIP error, at the top of the stack of the TSS each time; data
; segments are null in the monitor (E5).
look_at_frame:
        equal [stop.v86_gs], 0x3333
        equal [stop.v86_fs], 0x2222
        equal [stop.v86_ds], IMAGE_SEG
        equal [stop.v86_es], 0x1111
        equal [stop.ss], ARENA >> 4
        equal [stop.cs], IMAGE_SEG
        equal [stop.ds], 0
        equal [stop.es], 0
        equal [stop.fs], 0
        equal [stop.gs], 0
        equal_bits [stop.eflags], FL_VM | FL_IOPL | FL_IF | FL_NT, FL_VM
        equal [frame_at], STACK_0I - 9 * 4 - 8
        equal [STACK_0I - 4], 0x3333
        equal [STACK_0I - 8 * 4], IMAGE_SEG
        ret

; IRQ 0 of the timer, on vector 8, which is #DF's, too.
interrupt:
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        vector 8, CODE0, linear(.irq), T_INT32
        mov dword [run_flags], 2 | FL_IF
        in_v86 v_loop
        mov al, 0xff
        out 0x21, al
        equal [stop.vector], DONE
        equal [irq_esp], STACK_0I - 9 * 4 ; nothing below EIP
        mov dword [run_flags], 2
        ret
.irq:   mov [ss:irq_esp], esp
        mov al, 0x20
        out 0x20, al
        int DONE

end_of_int:
        int DONE

bits 16
v_int:  int 0x31
v_iret: iretw
v_iretd: iretd
v_pushf: pushfw
v_pushfd: pushfd
v_popf: popfw
v_cli:  cli
v_sti:  sti
v_hlt:  hlt
v_es_sti: es sti
v_lgdt: lgdt [0]
v_cr0:  mov eax, cr0
v_clts: clts
v_int3: int3
        hlt
v_into: into
v_into_end: hlt
v_arpl: arpl ax, bx
v_arpl_memory: arpl [0], bx
v_63:   db 0x63, 0x63, 0x63
v_sldt: sldt ax
v_str:  str ax
v_lar:  lar ax, bx
v_lsl:  lsl ax, bx
v_verr: verr ax
v_lldt: lldt ax
v_ltr:  ltr ax
v_lock_nop: db 0xf0, 0x90
v_0fff: db 0x0f, 0xff, 0xc0
v_div:  div byte [cs:offset16(zero)]
v_stack: mov eax, [ss:dword 0x10000]
v_data: mov al, [dword 0x10000]
v_word: mov ax, [0xffff]
v_far_away:
        jmp dword v_far_away + 0x10000
v_loop: jmp v_loop
v_paragraphs:
        mov ax, [0x10]
        mov bx, ds
        inc bx
        mov es, bx
        mov bx, [es:2]
v_paragraphs_end:
        hlt
bits 32
zero:   db 0
irq_esp: dd 0

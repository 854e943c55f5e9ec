; SPDX-License-Identifier: MIT
; An exception while another one is being delivered: which pairs make a double fault, which are
; handled one after the other, and what a third does. SDM 3A "Interrupt 8", table "Conditions for
; Generating a Double Fault". Rule C36.
%define NAME "double faults"
%include "kernel.inc"

%define TASK (SPARE + 8)
%define TASK_TSS ARENA
%define TASK_STACK (STACK_0I - 0x800)
%define ABSENT_CODE (SPARE + 0x10)
; An IDT in the window whose first 14 gates are on one page, #PF and the rest on the next.
%define SPLIT_IDT (WINDOW + 0x1000 - PF * 8)

main:   call paging_on
        descriptor ABSENT_CODE, 0, 0xfffff, XR_CODE & ~PRESENT | BIG | PAGES
        call benign_first
        call contributory_first
        call page_fault_first
        call stacks
%ifndef PEER ; whose reset is that of the whole board
        call triple
%endif
        ret

; The gate of a vector: not present, or as it was.
%macro absent 1
        mov byte [IDT + (%1) * 8 + 5], T_INT32 & ~PRESENT
%endmacro
%macro repaired 1
        mov byte [IDT + (%1) * 8 + 5], T_INT32
%endmacro
; no gate at all
%macro wrong 1
        mov byte [IDT + (%1) * 8 + 5], T_CALL32
%endmacro

; becomes TEXT, VECTOR, ERROR, {instruction}: that is what arrives.
%macro becomes 4+
        step %1
        until_stop %%after
        %4
        int DONE
%%after:
        equal [stop.vector], %2
        equal [stop.error], %3
%endmacro

; Benign: #UD, #NM, #BR, #OF, #BP, interrupts. What follows them is handled as it is.
benign_first:
        absent UD
        becomes "#UD, then #NP", NP, UD * 8 + 3, ud2
        repaired UD
        wrong UD
        becomes "#UD, then #GP", GP, UD * 8 + 3, ud2
        repaired UD
        absent BR
        mov dword [bounds], 1
        xor eax, eax
        becomes "#BR, then #NP", NP, BR * 8 + 3, {bound eax, [bounds]}
        repaired BR
        absent 0x40
        becomes "INT n, then #NP", NP, 0x40 * 8 + 2, {int 0x40}
        ret

; Contributory: #DE, #TS, #NP, #SS, #GP. Two of them: #DF with error code 0. Then a page fault:
; that.
contributory_first:
        xor ecx, ecx
        xor edx, edx
        absent DE
        becomes "#DE, then #NP", DF, 0, {div ecx}
        wrong DE
        becomes "#DE, then #GP", DF, 0, {div ecx}
        repaired DE
        absent GP
        becomes "#GP, then #NP", DF, 0, {mov [cs:bounds], eax}
        repaired GP
        absent NP
        mov eax, ABSENT_CODE
        becomes "#NP, then #NP", DF, 0, {mov fs, ax}
        repaired NP
        call split
        lidt [split_idtr]
        page WINDOW, 0, 0
        becomes "#GP, then #PF, which is handled", PF, 0, {mov [cs:bounds], eax}
        lidt [kernel_idtr]
        equal [stop.cr2], SPLIT_IDT + GP * 8
        ret

; After #PF both a contributory one and another #PF make a #DF.
page_fault_first:
        page WINDOW + 0x4000, 0, 0
        absent PF
        becomes "#PF, then #NP", DF, 0, {mov eax, [WINDOW + 0x4000]}
        wrong PF
        becomes "#PF, then #GP", DF, 0, {mov eax, [WINDOW + 0x4000]}
        repaired PF
        call split
        lidt [split_idtr]
        page WINDOW + 0x1000, 0, 0
        ; DONE's gate is on that page, too
        becomes "#PF, then #PF", DF, 0, {mov eax, [WINDOW + 0x4000]}
        lidt [kernel_idtr]
        equal [stop.cr2], SPLIT_IDT + PF * 8
        ret

split:  page WINDOW, FRAMES, P | W | U
        page WINDOW + 0x1000, FRAMES + 0x1000, P | W | U
        mov esi, IDT
        mov edi, SPLIT_IDT
        mov ecx, 0x800 / 4
        rep movsd
        ret

; The stack of ring 0 can't be used: only a task of its own helps.
stacks: call prepare_task
        step "ring 3, #GP, the page of the inner stack is absent: #PF, by a task gate"
        page WINDOW + 0x5000, 0, 0
        mov dword [TSS + 4], WINDOW + 0x6000
        vector PF, TASK, 0, T_TASK
        at_ring 3, .cli
        equal [stop.vector], DONE
        equal [stop.eip], in_task + 2
        equal [stop.esp], TASK_STACK - 4
        equal [TASK_STACK - 4], PF_W    ; ring 0's own push
        equal [stop.cr2], WINDOW + 0x6000 - 4
        equal [TSS + 0x20], .cli
        equal_bits [TSS + 0x4c], 0xffff, CODE3
        step "ring 3, #GP, the inner stack is null: #TS makes it a double fault"
        call prepare_task
        mov dword [TSS + 8], 0
        vector DF, TASK, 0, T_TASK
        at_ring 3, .cli
        equal [stop.vector], DONE
        equal [stop.eip], in_task + 2
        equal [TASK_STACK - 4], 0
        step "ring 3, #UD, the inner stack is null: #TS(0), EXT"
        call prepare_task
        mov dword [TSS + 8], 0
        vector TS, TASK, 0, T_TASK
        at_ring 3, .ud2
        equal [stop.vector], DONE
        equal [TASK_STACK - 4], 1
        call prepare_task
        mov eax, TS
        call stub_again
        mov eax, DF
        call stub_again
        mov eax, PF
        call stub_again
        ret
.cli:   cli
.ud2:   ud2

; Two exceptions while #DF is delivered: shutdown, which this board answers with a reset of the
; processor; the BIOS finds code 0Ah in the CMOS and goes on at 40:67 (C36).
triple: step "shutdown, reset, and back by 40:67"
        mov al, 0x8f
        out 0x70, al
        mov al, 0x0a
        out 0x71, al
        mov word [0x467], offset16(.real)
        mov word [0x469], IMAGE_SEG
        mov [.esp], esp
        mov dword [.back], 0
        wrong DF
        wrong GP
        mov [cs:bounds], eax
        equal [.back], 1                ; the shutdown did not come
bits 16
.real:  cli
        mov ax, cs
        mov ds, ax
        mov eax, cr0
        mov [offset16(.cr0)], eax
        in al, 0x92
        or al, 2
        out 0x92, al
        mov al, 0xff
        out 0x21, al
        o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE0:.protected
bits 32
.protected:
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, [.esp]
        lidt [kernel_idtr]
        mov byte [GDT + MAIN_TSS + 5], T_TSS32
        mov ax, MAIN_TSS
        ltr ax
        equal_bits [.cr0], 0x8000000f, 0
        repaired GP
        repaired DF
        step "exceptions work again"
        faults GP, 0, {mov [cs:bounds], eax}
        ret
.esp:   dd 0
.back:  dd 0
.cr0:   dd 0

prepare_task:
        descriptor TASK, TASK_TSS, 0x67, T_TSS32
        descriptor MAIN_TSS, TSS, 0x68 + 0x2000, T_TSS32
        mov dword [TSS + 4], STACK_0I
        mov dword [TSS + 8], DATA0
        mov ax, MAIN_TSS
        ltr ax
        pushfd
        and dword [esp], ~FL_NT
        popfd
        mov eax, TASK_TSS
        mov dword [eax + 0x1c], PAGE_DIR
        mov dword [eax + 0x20], in_task
        mov dword [eax + 0x24], 2
        mov dword [eax + 0x38], TASK_STACK
        mov dword [eax + 0x48], DATA0
        mov dword [eax + 0x4c], CODE0
        mov dword [eax + 0x50], DATA0
        mov dword [eax + 0x54], DATA0
        mov dword [eax + 0x64], 0x00680000
        ret
in_task:
        int DONE

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

bounds: dd 0, 0
split_idtr: dw 0x7ff
        dd SPLIT_IDT

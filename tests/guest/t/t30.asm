; SPDX-License-Identifier: MIT
; APM 1.2: connecting and the functions in real mode and by the 16-bit and 32-bit entries, on a
; small stack; idle sleeps until an interrupt, and not in outer rings; at the end the machine is
; switched off. Rules S4, N5, V8. Advanced Power Management BIOS Interface Specification 1.2.
%define NAME "T30"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"

%define ROM         0xf0000
%define ROM16       (SPARE + 0x00)
%define ROM32       (SPARE + 0x08)
%define SMALL       (SPARE + 0x10)      ; base ARENA, 16-bit stack
%define ROM16_3     (SPARE + 0x18)      ; the same for ring 3
%define CODE16_3    (SPARE + 0x20)      ; base IMAGE

main:   descriptor ROM16, ROM, 0xffff, XR_CODE
        descriptor ROM32, ROM, 0xffff, XR_CODE | BIG
        descriptor SMALL, ARENA, 0xffff, W_DATA
        descriptor ROM16_3, ROM, 0xffff, XR_CODE | DPL(3)
        descriptor CODE16_3, IMAGE, 0xffff, XR_CODE | DPL(3)
        mov dword [form], real_form
        call present
        call unconnected
        call connect_real
        call functions
        call connect_16
        call functions
        call ring3_idle
        call connect_32
        call functions
        jmp switch_off

; apm FUNCTION, BX, CX: the call. The upper halves are garbage.
%macro apm 3
        mov dword [regs + registers.eax], 0xa5a55300 | (%1)
        mov dword [regs + registers.ebx], 0xb5b50000 | (%2)
        mov dword [regs + registers.ecx], 0xc5c50000 | (%3)
        call apm_call
%endmacro

apm_call:
        mov dword [regs + registers.edx], 0xd5d5dddd
        mov dword [regs + registers.esi], 0x51515151
        mov dword [regs + registers.edi], 0x61616161
        mov dword [regs + registers.ebp], 0xe5e5e5e5
        jmp call_form

; says AH: 0, or the error that CF tells of.
%define says says_at __?LINE?__,
%macro says_at 2
        equal_bits_at %1, [regs + registers.eax], 0xffffff00, 0xa5a50000 | (%2) << 8
    %if %2
        equal_at %1, [regs + registers.carry], 1
    %else
        equal_at %1, [regs + registers.carry], 0
    %endif
        equal_at %1, [regs + registers.ebp], 0xe5e5e5e5
%endmacro

; ---- the forms ----

real_form:
        in_real .sixteen
        ret
bits 16
.sixteen:
        load_registers offset16(regs)
        int 0x15
        store_registers offset16(regs)
        jmp from_real
bits 32

; 64 bytes of stack are enough.
form16: mov [saved_esp], esp
        mov ax, SMALL
        mov ss, ax
        mov esp, 64
        load_registers regs
        jmp CODE16:offset16(.sixteen)
bits 16
.sixteen:
        call far [dword entry16]
        jmp dword CODE0:.back
bits 32
.back:  store_registers regs
        mov ax, DATA0
        mov ss, ax
        mov esp, [saved_esp]
        ret

form32: load_registers regs
        call far [entry32]
        store_registers regs
        ret

; ---- connections ----

present:
        step "5300: present"
        apm 0x00, 0, 0
        equal [regs + registers.eax], 0xa5a50102
        equal [regs + registers.ebx], 0xb5b5504d
        equal [regs + registers.ecx], 0xc5c50003
        equal [regs + registers.carry], 0
        kept edx, esi, edi
        apm 0x00, 0x1234, 0
        says 0x09
        ret

unconnected:
        step "without a connection"
        apm 0x05, 0, 0
        says 0x03
        apm 0x0b, 0, 0
        says 0x03
        apm 0x04, 0, 0
        says 0x03
        ret

connect_real:
        step "5301: real mode"
        apm 0x01, 1, 0
        says 0x09
        apm 0x01, 0, 0
        says 0
        kept ebx, ecx, edx, esi, edi
        apm 0x01, 0, 0
        says 0x02
        apm 0x02, 0, 0
        says 0x02
        ret

; reconnect FUNCTION: asked for in real mode, as always.
%macro reconnect 1
        mov dword [form], real_form
        apm 0x04, 0, 0
        says 0
        apm %1, 0, 0
        equal [regs + registers.carry], 0
        equal [regs + registers.eax], 0xa5a5f000
        equal_bits [regs + registers.ecx], 0xffff, 0xf000
        equal_bits [regs + registers.edi], 0xffff, 0xffff
%endmacro

connect_16:
        step "5302: 16-bit protected mode"
        reconnect 0x02
        equal_bits [regs + registers.esi], 0xffff, 0xffff
        mov eax, [regs + registers.ebx]
        mov [entry16], ax
        mov word [entry16 + 2], ROM16
        mov [entry16_3], ax
        mov word [entry16_3 + 2], ROM16_3 | 3
        apm 0x01, 0, 0
        says 0x05
        mov dword [form], form16
        ret

connect_32:
        step "5303: 32-bit protected mode"
        reconnect 0x03
        equal [regs + registers.esi], 0xffffffff
        equal_bits [regs + registers.edx], 0xffff, 0xf000
        mov eax, [regs + registers.ebx]
        mov [entry32], eax
        mov word [entry32 + 4], ROM32
        apm 0x03, 0, 0
        says 0x07
        mov dword [form], form32
        ret

; ---- functions ----

functions:
        step "530E: versions"
        apm 0x0e, 0, 0x0102
        equal [regs + registers.eax], 0xa5a50102
        apm 0x0e, 0, 0x0101
        equal [regs + registers.eax], 0xa5a50101
        apm 0x0e, 0, 0x0100
        equal [regs + registers.eax], 0xa5a50100
        apm 0x0e, 0, 0x0203
        equal [regs + registers.eax], 0xa5a50102
        equal [regs + registers.carry], 0
        step "5306, 5308, 5309, 530D, 530F"
        apm 0x06, 0, 0
        says 0
        apm 0x08, 1, 1
        says 0
        apm 0x08, 0xffff, 0
        says 0
        apm 0x08, 1, 2
        says 0x0a
        apm 0x08, 0x7777, 1
        says 0x09
        apm 0x09, 1, 0
        says 0
        apm 0x0d, 1, 1
        says 0
        apm 0x0f, 1, 0
        says 0
        apm 0x0f, 1, 1
        says 0
        apm 0x0f, 1, 2
        says 0x0a
        kept ebx, ecx, edx, esi, edi
        step "530A: on line, no battery"
        apm 0x0a, 1, 0
        says 0
        equal [regs + registers.ebx], 0xb5b501ff
        equal [regs + registers.ecx], 0xc5c580ff
        equal [regs + registers.edx], 0xd5d5ffff
        apm 0x0a, 0x8001, 0
        says 0x09
        step "530B: no event"
        apm 0x0b, 0, 0
        says 0x80
        step "530C, 5310"
        apm 0x0c, 1, 0
        says 0
        equal [regs + registers.ecx], 0xc5c50000
        apm 0x10, 0, 0
        says 0
        equal [regs + registers.ecx], 0xc5c50000
        step "5307: states that are none"
        apm 0x07, 1, 4
        says 0x0a
        apm 0x07, 1, 2
        says 0x60
        apm 0x07, 0x0100, 3
        says 0x09
        step "functions that are none"
        apm 0x11, 0, 0
        says 0x0c
        apm 0x55, 0, 0
        says 0x0c
        kept ebx, ecx, edx, esi, edi
        jmp idle

; Timer 0 wakes; its vector in real mode is the BIOS's, in protected mode ours.
idle:   step "5305: sleeps until an interrupt"
        call timer_on
        call tick_count
        mov [ticks], eax
        apm 0x05, 0, 0
        says 0
        kept ebx, ecx, edx, esi, edi
        mov al, 0xff
        out 0x21, al
        call tick_count
        sub eax, [ticks]
        cmp eax, 1
        jae .slept
        equal eax, 1
.slept: ret

tick_count:
        mov eax, [0x46c]
        add eax, [own_ticks]
        ret

timer_on:
        vector 8, CODE0, linear(timer), T_INT32
        mov al, 0xfe
        out 0x21, al
        ret

timer:  push eax
        inc dword [own_ticks]
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd

; In ring 3 there is no HLT: the call comes back at once.
ring3_idle:
        step "5305 in ring 3"
        at_ring 3, .ring3
        stopped16 DONE, 0, ring3_idle.done
        equal_bits eax, 0xffff, 0x0005
        ret
.ring3: mov eax, 0x5305
        jmp (CODE16_3 | 3):offset16(.sixteen)
bits 16
.sixteen:
        call far [dword entry16_3]
.done:  int DONE
bits 32

; Says what the ground says after main, which will not be returned to.
switch_off:
        mov esi, ok_text
        call print_name
        call print
        mov al, 10
        call print_char
        apm 0x07, 1, 3
        jmp $

        align 4
saved_esp: dd 0
ticks:  dd 0
own_ticks: dd 0
entry16: dd 0
entry16_3: dd 0
entry32: dd 0, 0

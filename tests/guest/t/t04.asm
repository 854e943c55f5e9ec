; SPDX-License-Identifier: MIT
; The virtual interrupt flag and the redirection of software interrupts: VME on and off, IOPL 0 and
; 3; PVI in ring 3. Rule D7.
; SDM 3B "Interrupt and Exception Handling in Virtual-8086 Mode", the table of methods; "Protected-Mode
; Virtual Interrupts".
%define NAME "T04"
%include "kernel.inc"

%define VME 1
%define PVI 2
%define IO_MAP 0x88                     ; the redirection map lies below it: 68h to 87h
%define REDIRECTION (TSS + IO_MAP - 32)
%define STACK16 (ARENA + 0xfff0)
%define SHOWN (FL_IF | FL_IOPL | FL_VIF | FL_VIP | FL_TF | FL_NT | FL_CF | FL_DF)

; v86_stops CR4, FLAGS, CODE, LABEL: in virtual-8086 mode it stops with #GP(0) at LABEL.
%define v86_stops v86_stops_at __?LINE?__,
%macro v86_stops_at 5
        mov eax, %2
        mov cr4, eax
        mov dword [run_flags], 2 | (%3)
        in_v86 %4
        stopped_at %1, GP, 0, offset16(%5)
%endmacro

; flags BITS: of the program that stopped.
%define flags_are flags_are_at __?LINE?__,
%macro flags_are_at 2
        equal_bits_at %1, [stop.eflags], SHOWN, %2
%endmacro

; pushed N, VALUE: word N below the top of the 16-bit stack.
%define pushed pushed_at __?LINE?__,
%macro pushed_at 3
        movzx eax, word [STACK16 - 2 - 2 * (%2)]
        equal_at %1, eax, %3
%endmacro

main:   mov word [TSS + 0x66], IO_MAP
        mov dword [TSS + IO_MAP - 32 + 0x2020], 0xffffffff
        mov edi, REDIRECTION
        mov eax, 0xffffffff
        mov ecx, 8
        rep stosd
        mov dword [0x60 * 4], IMAGE_SEG << 16 | offset16(service)
        mov dword [DONE * 4], IMAGE_SEG << 16 | offset16(service)
        call cli_and_sti
        call pushf_and_popf
        call iret_16
        call interrupts
        call held_back
        call in_ring_3
        ret

cli_and_sti:
        step "CLI"
        v86_stops VME, FL_VIF | FL_IF, do_cli, after_cli
        flags_are FL_IF
        v86_stops VME, FL_VIF | FL_IF | FL_IOPL, do_cli, after_cli
        flags_are FL_VIF | FL_IOPL
        v86_stops 0, FL_IF, do_cli, do_cli
        v86_stops PVI, FL_IF, do_cli, do_cli
        v86_stops 0, FL_IF | FL_IOPL, do_cli, after_cli
        flags_are FL_IOPL
        step "STI"
        v86_stops VME, 0, do_sti, after_sti
        flags_are FL_VIF
        v86_stops VME, FL_VIP, do_sti, do_sti
        flags_are FL_VIP
        v86_stops VME, FL_VIP | FL_IOPL, do_sti, after_sti
        flags_are FL_VIP | FL_IF | FL_IOPL
        v86_stops 0, 0, do_sti, do_sti
        ret

pushf_and_popf:
        step "PUSHF"
        v86_stops VME, FL_VIF | FL_CF, do_pushf, after_pushf
        pushed 0, FL_IF | FL_IOPL | FL_CF | 2
        v86_stops VME, FL_IF | FL_NT, do_pushf, after_pushf
        pushed 0, FL_IOPL | FL_NT | 2
        v86_stops VME, FL_VIF | FL_IOPL, do_pushf, after_pushf
        pushed 0, FL_IOPL | 2
        v86_stops VME, FL_VIF, do_pushfd, do_pushfd
        v86_stops 0, 0, do_pushf, do_pushf
        step "POPF"
        mov word [popped], FL_IF | FL_CF | FL_DF | FL_NT
        v86_stops VME, 0, do_popf, after_popf
        flags_are FL_VIF | FL_CF | FL_DF | FL_NT
        mov word [popped], FL_IOPL
        v86_stops VME, FL_VIF | FL_IF, do_popf, after_popf
        flags_are FL_IF
        mov word [popped], FL_IF
        v86_stops VME, FL_IOPL, do_popf, after_popf
        flags_are FL_IF | FL_IOPL
        v86_stops VME, FL_VIP, do_popf, the_popf
        flags_are FL_VIP
        mov word [popped], 0
        v86_stops VME, FL_VIP | FL_IF, do_popf, after_popf
        flags_are FL_VIP | FL_IF
        mov word [popped], FL_TF
        v86_stops VME, 0, do_popf, the_popf
        v86_stops VME, 0, do_popfd, do_popfd
        v86_stops 0, 0, do_popf, the_popf
        ret

iret_16:
        step "IRET"
        mov word [popped], FL_IF | FL_CF
        v86_stops VME, 0, do_iret, after_iret
        flags_are FL_VIF | FL_CF
        mov word [popped], FL_IOPL
        v86_stops VME, FL_VIF | FL_IF, do_iret, after_iret
        flags_are FL_IF
        mov word [popped], FL_IF
        v86_stops VME, FL_VIP, do_iret, the_iret
        v86_stops VME, FL_IOPL, do_iret, after_iret
        flags_are FL_IF | FL_IOPL
        mov word [popped], FL_TF
        v86_stops VME, 0, do_iret, the_iret
        v86_stops VME, 0, do_iretd, do_iretd
        v86_stops 0, 0, do_iret, the_iret
        ret

%macro redirect 1                       ; to the program
        and byte [REDIRECTION + (%1) / 8], ~(1 << (%1) % 8) & 0xff
%endmacro
%macro direct 1                         ; to the monitor
        or byte [REDIRECTION + (%1) / 8], 1 << (%1) % 8
%endmacro

interrupts:
        step "INT n to the program, IOPL 3" ; method 5
        redirect 0x60
        v86_stops VME, FL_IF | FL_VIP | FL_IOPL | FL_CF, do_int, service
        flags_are FL_IOPL | FL_VIP | FL_CF
        pushed 0, FL_IF | FL_IOPL | FL_CF | 2
        pushed 1, IMAGE_SEG
        pushed 2, offset16(after_int)
        step "INT n to the program, IOPL 0" ; method 6
        v86_stops VME, FL_IF | FL_VIF, do_int, service
        flags_are FL_IF
        pushed 0, FL_IF | FL_IOPL | 2
        v86_stops VME, FL_IF, do_int, service
        flags_are FL_IF
        pushed 0, FL_IOPL | 2
        step "INT n to the monitor" ; methods 3, 2; and INT 30h, whose gate ring 3 may use: 4, 1
        direct 0x60
        v86_stops VME, FL_IF | FL_VIF, do_int, do_int
        flags_are FL_IF | FL_VIF
        redirect 0x60
        v86_stops 0, FL_IF, do_int, do_int
        mov eax, VME
        mov cr4, eax
        mov dword [run_flags], 2 | FL_IOPL
        in_v86 do_int_done
        stopped16 DONE, 0, do_int_done
        xor eax, eax
        mov cr4, eax
        redirect DONE
        in_v86 do_int_done
        stopped16 DONE, 0, do_int_done
        v86_stops VME, 0, do_int_done, service
        direct DONE
        step "the map beyond the TSS"
        mov word [TSS + 0x66], 0x2068 + 32 + 1 - 0x60 / 8
        v86_stops VME, FL_IOPL, do_int, do_int
        mov word [TSS + 0x66], IO_MAP
        ret

held_back:
%ifndef PEER                            ; Bochs and QEMU go on
        step "VIF and VIP"
        v86_stops VME, FL_VIF | FL_VIP, do_nothing, do_nothing
%endif
        v86_stops 0, FL_VIF | FL_VIP, do_nothing, after_nothing
        ret

in_ring_3:
        step "PVI"
        mov eax, PVI
        mov cr4, eax
        mov dword [run_flags], 2 | FL_VIF | FL_IF
        at_ring 3, ring_cli
        stopped DONE, 0, after_ring_cli
        flags_are FL_IF
        mov dword [run_flags], 2
        at_ring 3, ring_sti
        stopped DONE, 0, after_ring_sti
        flags_are FL_VIF
        mov dword [run_flags], 2 | FL_VIP
        at_ring 3, ring_sti
        stopped GP, 0, ring_sti
        mov dword [run_flags], 2 | FL_VIP | FL_IOPL
        at_ring 3, ring_sti
        stopped DONE, 0, after_ring_sti
        flags_are FL_VIP | FL_IF | FL_IOPL
        step "PVI is for ring 3"
        mov dword [run_flags], 2
        at_ring 2, ring_sti
        stopped GP, 0, ring_sti
        mov eax, VME
        mov cr4, eax
        at_ring 3, ring_sti
        stopped GP, 0, ring_sti
        step "PUSHFD in ring 3 shows both"
        mov eax, PVI
        mov cr4, eax
        mov dword [run_flags], 2 | FL_VIF
        at_ring 3, ring_pushf
        stopped DONE, 0, after_ring_pushf
        equal eax, 2 | FL_VIF
        xor eax, eax
        mov cr4, eax
        ret

ring_cli: cli
after_ring_cli: int DONE
ring_sti: sti
after_ring_sti: int DONE
ring_pushf: pushfd
        pop eax
after_ring_pushf: int DONE

; HLT stops with #GP(0) whatever IOPL and VME are.
bits 16
do_cli: cli
after_cli: hlt
do_sti: sti
after_sti: hlt
do_pushf: pushf
after_pushf: hlt
do_pushfd: pushfd
        hlt
do_popf: push word [cs:offset16(popped)]
the_popf: popf
after_popf: hlt
do_popfd: popfd
        hlt
do_iret: push word [cs:offset16(popped)]
        push cs
        push word offset16(after_iret)
the_iret: iret
        nop
after_iret: hlt
do_iretd: iretd
        hlt
do_int: int 0x60
after_int: hlt
do_int_done: int DONE
        hlt
do_nothing: nop
after_nothing: hlt
service: hlt
        align 4
popped: dw 0
bits 32

; SPDX-License-Identifier: MIT
; Ways of resetting: by the keyboard controller, port 92h, a triple fault and port CF9h, and where the
; shutdown byte in CMOS leads afterwards; the address line A20 by four methods; starting again, by a
; program that jumps to the reset vector too, after which tables, chips and the state of the machine are
; as after power-on. Rules D1, E7, N14, M3, S1, O18, X16, V10, V13. IBM PC AT Technical Reference, BIOS
; listing "TEST1" and "SHUTDOWN"; 82371SB data sheet, reset control register.
; Reboots: yes
%define NAME "T26"
%include "kernel.inc"
%include "real.inc"
%include "board.inc"

; The program starts several times; what it has done is in bytes of CMOS that nobody uses.
%define PHASE   0x78
%define SUM     0x79                    ; four bytes
%define FAR     0x200000                ; memory that nobody but us touches

%define SHUTDOWN 0x0f

main:   call phase
        cmp eax, 0
        je .first
        call again
        cmp eax, 5
        jb .more
        ret
.first: call a20_methods
        call returns
        call codes
        call sum
        call keep_sum
.more:  call next_start

; ---- CMOS ----

%macro cmos 2
        write 0x70, %1
        write 0x71, %2
%endmacro

phase:  write 0x70, PHASE
        read 0x71
        ret

; ---- A20 ----

; EAX: 1 if bit 20 counts.
a20:    mov dword [0x100500], 0x12345678
        mov dword [0x500], 0x9abcdef0
        xor eax, eax
        cmp dword [0x100500], 0x12345678
        sete al
        ret

; bios AX: INT 15h, in real mode; EAX, EBX: AX and BX of it.
%macro bios 1
        mov dword [bios_ax], %1
        in_real call_15
        mov eax, [bios_ax]
        mov ebx, [bios_bx]
%endmacro
bits 16
call_15:
        mov eax, [offset16(bios_ax)]
        xor ebx, ebx
        int 0x15
        mov [offset16(bios_ax)], ax
        mov [offset16(bios_bx)], bx
        setc [offset16(bios_cf)]
        jmp from_real
bits 32

a20_methods:
        step "A20 by INT 15h, AX=2400h to 2403h"
        bios 0x2403
        equal [bios_cf], 0
        equal_bits ebx, 3, 3
        bios 0x2400
        equal [bios_cf], 0
        call a20
        equal eax, 0
        bios 0x2402
        equal_bits eax, 0xff, 0
        bios 0x2401
        call a20
        equal eax, 1
        bios 0x2402
        equal_bits eax, 0xff, 1
        step "A20 by one method and back by another"
        write 0x92, 0
        call a20
        equal eax, 0
        bios 0x2402
        equal_bits eax, 0xff, 0
        bios 0x2401
        call a20
        equal eax, 1
        bios 0x2400
        write 0x64, 0xdf
        call a20
        equal eax, 1
        write 0x64, 0xdd
        write 0x92, 2
        call a20
        equal eax, 1
        ret

; ---- back to a program ----

; leave CODE, {how}: to the processor's reset, with this shutdown byte; goes on after it, once more in
; protected mode. The time that it took: [duration].
%define leave_by leave_at __?LINE?__,
%macro leave_at 3+
        mov word [0x467], offset16(woken)
        mov word [0x469], IMAGE_SEG
        cmos SHUTDOWN, %2
        mov dword [real_back], %%back
        mov [real_esp], esp
        mov dword [FAR], 0x600df00d
        call clock_now
        mov [wait_start], eax
        %3
        jmp $
%%back: call clock_now
        sub eax, [wait_start]
        mov [duration], eax
        equal_at %1, [FAR], 0x600df00d
        equal_bits_at %1, [woken_cr0], 0x80000001, 0
        write 0x70, SHUTDOWN
        reads_at %1, 0x71, 0xff, 0      ; it has been used
%endmacro

bits 16
; Real mode, where 40:67 says.
woken:  mov ax, cs
        mov ds, ax
        mov eax, cr0
        mov [offset16(woken_cr0)], eax
        pushf
        pop ax
        mov [offset16(woken_flags)], ax
        mov word [offset16(real_idtr)], 0x3ff
        jmp from_real
bits 32

triple: lidt [no_idt]
        int3
        jmp $

returns:
        irqs 0
        write 0x21, 0xff
        step "back by the keyboard controller's FEh"
        leave_by 0x0a, {write 0x64, 0xfe}
        within [duration], 0, ms(1)
        step "back by a triple fault"
        leave_by 0x0a, {jmp triple}
        within [duration], 0, ms(1)
        step "back by port 92h"
        write 0x92, 2
        leave_by 0x0a, {write 0x92, 3}
        within [duration], 0, ms(1)
%ifndef PEER                            ; whose CF9h resets everything
        step "back by port CF9h"
        write 0xcf9, 0
        leave_by 0x0a, {write 0xcf9, 4}
        within [duration], 0, ms(1)
        write 0xcf9, 0
%endif
        step "back from paging and from virtual-8086 mode's ring"
        call paging_on
        leave_by 0x0a, {jmp triple}
        call a20
        equal eax, 1
        irqs_off
        ret

; ISR of both controllers.
%define in_service in_service_at __?LINE?__,
%macro in_service_at 3
        write 0x20, 0x0b
        reads_at %1, 0x20, 0xff, %2
        write 0xa0, 0x0b
        reads_at %1, 0xa0, 0xff, %3
%endmacro

; One interrupt of the timer is being served, and a byte waits in the keyboard controller.
something_waits:
        irqs 0
        write 0x64, 0xd2
        until_port 0x64, 2, 0, ms(100)
        write 0x60, 0x5a
        until_port 0x64, 1, 1, ms(100)
        write 0x43, 0x34
        write 0x40, 100
        write 0x40, 0
        write 0x20, 0x0a
        until_port 0x20, 1, 1, ms(100)
        write 0x20, 0x0c                ; poll: it is taken
        read 0x20
        write 0x21, 0xff
        in_service 1, 0
        ret

codes:  step "code 0Ah leaves the interrupt controllers as they are"
        call something_waits
        leave_by 0x0a, {jmp triple}
        in_service 1, 0
        reads 0x21, 0xff, 0xff
        step "code 05h: end of interrupt, an empty keyboard controller"
        leave_by 0x05, {jmp triple}
        in_service 0, 0
        reads 0x64, 1, 0
        step "code 09h: a return as from INT 15h, AH=87h, though nobody called it"
        mov dword [0x467], 0x7700
        mov edi, 0x7700
        xor eax, eax
        mov ecx, 10
        rep stosw                       ; DS, ES, eight registers
        mov word [0x7700 + 2 * 10], offset16(woken)
        mov word [0x7702 + 2 * 10], IMAGE_SEG
        mov word [0x7704 + 2 * 10], 2
        write 0x80, 0
        cmos SHUTDOWN, 0x09
        mov dword [real_back], .nine
        mov [real_esp], esp
        jmp triple
.nine:  call open_a20
        in_service 0, 0
        step "code 0Bh: IRET"
        mov dword [0x467], 0x7700
        mov word [0x7700], offset16(woken)
        mov word [0x7702], IMAGE_SEG
        mov word [0x7704], 0x0ad5
        cmos SHUTDOWN, 0x0b
        mov dword [real_back], .eleven
        mov [real_esp], esp
        jmp triple
.eleven:
        equal_bits [woken_flags], 0xfd5, 0xad5
        step "code 0Ch: RETF"
        mov dword [0x467], 0x7700
        mov word [0x7700], offset16(woken)
        mov word [0x7702], IMAGE_SEG
        cmos SHUTDOWN, 0x0c
        mov dword [real_back], .twelve
        mov [real_esp], esp
        jmp triple
.twelve:
        irqs_off
        ret

open_a20:
        write 0x92, 0
        write 0x92, 2
        call a20
        equal eax, 1
        ret

; ---- starting again ----

; To the next phase.
next_start:
        call phase
        inc eax
        cmos PHASE, al
        mov dword [FAR], 0x600df00d
        mov dword [FAR + 4], eax
        mov word [0x472], 0
        write 0x4d0, 0xf8               ; something to be forgotten
        write 0x4d1, 0xde
        write 0x61, 3
        mov dword [0x80 * 4], 0x12345678
        dec eax
        jmp [.ways + eax * 4]
        [section strings]
        align 4
.ways:  dd .keyboard, .all, .fault, .jump, .bootstrap
        __SECT__
.keyboard:
        cmos SHUTDOWN, 0
        write 0x64, 0xfe
        jmp $
.all:   write 0xcf9, 2
        write 0xcf9, 6
        jmp $
.fault: cmos SHUTDOWN, 0
        mov word [0x472], 0x1234
        jmp triple
.jump:  write 0x92, 0
        in_real .vector
        jmp $
.bootstrap:                             ; code 04h: INT 19h, and no power-on test
        write 0x4d0, 0                  ; nobody will put it right
        write 0x4d1, 0
        write 0x21, 0xb8                ; timer, keyboard, floppy, as whoever goes on needs them
        cmos SHUTDOWN, 4
        jmp triple
bits 16
.vector:
        jmp 0xffff:0
bits 32

; EAX: phase. After every start.
again:  push eax
        mov [step_number], eax
        step "after another start: memory"
        cmp eax, 2                      ; the whole board was reset
        jne .kept
%ifndef PEER
        equal [FAR], 0
        equal [FAR + 4], 0
%endif
.kept:  cmp eax, 5
        je .done                        ; everything is as the program left it
        step "after another start: ELCR, port 61h, PIRQ routing"
        reads 0x4d0, 0xff, 0
        reads 0x61, 3, 0
        step "after another start: vectors, data areas, configuration"
        call sum
        call compare_sum
.done:  mov dword [step_number], 0
        pop eax
        ret

; Of what starts alike: vectors and data areas but for counters and what the last call left, the
; ROMs, PCI configuration: EBX.
sum:    xor ebx, ebx
        mov esi, 0
        mov ecx, 0x41a
        call add_bytes
        mov esi, 0x449                  ; behind keyboard and floppy
        mov ecx, 0x46c - 0x449
        mov word [0x467], 0
        mov word [0x469], 0
        call add_bytes
        mov esi, 0x474
        mov ecx, 0x500 - 0x474
        call add_bytes
        mov esi, 0xc0000
        mov ecx, 0x40000
        call add_bytes
        mov eax, 0x80000000             ; functions 0 to 31: host, board, graphics
.function:
        mov ecx, 64
.register:
        mov dx, 0xcf8
        out dx, eax
        push eax
        mov dx, 0xcfc
        in eax, dx
        add ebx, eax
        rol ebx, 3
        pop eax
        add eax, 4
        loop .register
        cmp eax, 0x80002000
        jb .function
        ret
add_bytes:
        lodsb
        movzx eax, al
        add ebx, eax
        rol ebx, 1
        loop add_bytes
        ret

keep_sum:
        mov ecx, SUM
.next:  write 0x70, cl
        write 0x71, bl
        shr ebx, 8
        inc ecx
        cmp ecx, SUM + 4
        jb .next
        ret

compare_sum:
        mov ecx, SUM + 3
        xor edi, edi
.next:  write 0x70, cl
        read 0x71
        shl edi, 8
        or edi, eax
        dec ecx
        cmp ecx, SUM
        jae .next
        equal ebx, edi
        ret

        align 4
bios_ax: dd 0
bios_bx: dd 0
bios_cf: dd 0
duration: dd 0
woken_cr0: dd 0
woken_flags: dd 0
no_idt: dw 0
        dd 0

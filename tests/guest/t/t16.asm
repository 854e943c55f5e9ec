; SPDX-License-Identifier: MIT
; The keyboard controller and the keyboard: self tests, command byte and RAM, ports, A20, loops, when
; interrupts come; the keyboard's commands, each answered once and not at once; nothing waits for IBF.
; Rules D1, N8, X6, V14. IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
; Controller" and "Keyboard".
%define NAME "T16"
%include "kernel.inc"
%include "board.inc"

%define DATA    0x60
%define STATUS  0x64                    ; and commands
%define OBF     1
%define IBF     2
%define SYS     4
%define AUX     0x20

; says BYTE, {STATUS}: the next byte comes, within a second; of the keyboard, or as the bits AUX say.
%define says says_at __?LINE?__,
%macro says_at 2-3 0
        until_port_at %1, STATUS, OBF, OBF, ms(1000)
        reads_at %1, STATUS, AUX, %3
        reads_at %1, DATA, 0xff, %2
%endmacro

; quiet TICKS: nothing comes.
%define quiet quiet_at __?LINE?__,
%macro quiet_at 2
        pass %2
        reads_at %1, STATUS, OBF, 0
%endmacro

%define IKB     1
%define IAUX    2
%define DKB     0x10
%define DAUX    0x20
%define XLAT    0x40

; setting BITS: the command byte.
%macro setting 1
        write STATUS, 0x60
        until_port STATUS, IBF, 0, ms(100)
        write DATA, (%1) | SYS
        until_port STATUS, IBF, 0, ms(100)
%endmacro

main:   irqs 1 << 1 | 1 << 12
        call empty
        call self_tests
        call ram
        call output_port
        call loops
        call interrupts
        call reset_keyboard
        call identify
        call parameters
%ifndef PEER                            ; QEMU gives what it has at once
        call closed
%endif
        irqs_off
        ret

; Nothing that the BIOS left behind. O11, X8.
empty:  step "the output buffer is empty after the BIOS"
        reads STATUS, OBF | IBF, 0
        quiet ms(20)
        setting DKB | DAUX
        ret

self_tests:
        step "self test, tests of both ports"
        write STATUS, 0xaa
        says 0x55
        reads STATUS, SYS, SYS
        quiet ms(5)
        setting DKB | DAUX
        write STATUS, 0xab
        says 0
        write STATUS, 0xa9
        says 0
        quiet ms(5)
        ret

ram:    step "command byte"
        setting DKB | DAUX | XLAT
        write STATUS, 0x20
        says DKB | DAUX | XLAT | SYS
        setting DKB | DAUX
        write STATUS, 0x20
        says DKB | DAUX | SYS
        step "opening and closing ports is seen in it"
        write STATUS, 0xae
        write STATUS, 0x20
        says DAUX | SYS
        write STATUS, 0xa8
        write STATUS, 0x20
        says SYS
        write STATUS, 0xad
        write STATUS, 0x20
        says DKB | SYS
        write STATUS, 0xa7
        write STATUS, 0x20
        says DKB | DAUX | SYS
%ifndef PEER                            ; others have the command byte alone
        step "the rest of the RAM: byte"
        mov ebx, 1
.next:  mov [step_number], ebx
        lea eax, [ebx + 0x60]
        write STATUS, al
        lea eax, [ebx + 0x5a]
        write DATA, al
        lea eax, [ebx + 0x20]
        write STATUS, al
        until_port STATUS, OBF, OBF, ms(100)
        read DATA
        lea ecx, [ebx + 0x5a]
        equal eax, ecx
        inc ebx
        cmp ebx, 32
        jb .next
        mov dword [step_number], 0
        write STATUS, 0x20
        says DKB | DAUX | SYS
%endif
        ret

; Does address bit 20 count? AL: 1 if it does.
a20:    mov dword [0x100500], 0x12345678
        mov dword [0x500], 0x9abcdef0
        cmp dword [0x100500], 0x12345678
        sete al
        movzx eax, al
        ret

output_port:
        step "A20 by D1h, at once; D0h and port 92h show it"
        call a20
        equal eax, 1
        write STATUS, 0xd1
        write DATA, 0xdd
        call a20
        equal eax, 0
%ifndef PEER
        reads 0x92, 2, 0
%endif
        write STATUS, 0xd0
        until_port STATUS, OBF, OBF, ms(100)
        reads DATA, 3, 1
        write STATUS, 0xd1
        write DATA, 0xdf
        call a20
        equal eax, 1
        reads 0x92, 2, 2
        step "A20 by DDh and DFh"
        write STATUS, 0xdd
        call a20
        equal eax, 0
        write STATUS, 0xdf
        call a20
        equal eax, 1
%ifndef PEER
        step "A20 by port 92h, then by the keyboard controller"
        write 0x92, 0
        call a20
        equal eax, 0
        write STATUS, 0xd0
        until_port STATUS, OBF, OBF, ms(100)
        reads DATA, 3, 1
        write STATUS, 0xdf
        call a20
        equal eax, 1
%endif
        step "pulse of nothing, and the self test opens A20"
        write STATUS, 0xff
        call a20
        equal eax, 1
        quiet ms(5)
%ifndef PEER
        write STATUS, 0xdd
        write STATUS, 0xaa
        says 0x55
        call a20
        equal eax, 1
        setting DKB | DAUX
%endif
        ret

loops:  step "D2h and D3h: bytes as if from the devices"
        write STATUS, 0xd2
        write DATA, 0x5a
        says 0x5a
        write STATUS, 0xd3
        write DATA, 0xa5
        says 0xa5, AUX
        quiet ms(5)
        ret

interrupts:
        step "IRQ 1 and IRQ 12 with the output buffer"
        setting DAUX | IKB
        write STATUS, 0xd2
        write DATA, 0x5a
        wait_irq 1, ms(100)
        reads STATUS, OBF | AUX, OBF
        no_irq 1, ms(5)
        reads DATA, 0xff, 0x5a
        reads DATA, 0xff, 0x5a          ; and again, until the next one
        setting DKB | IAUX
        write STATUS, 0xd3
        write DATA, 0xa5
        wait_irq 12, ms(100)
        reads STATUS, OBF | AUX, OBF | AUX
        reads DATA, 0xff, 0xa5
        no_irq 12, ms(5)
        setting DKB | DAUX
        write STATUS, 0xd2
        write DATA, 0x5a
        no_irq 1, ms(5)
        says 0x5a
        ret

reset_keyboard:
        step "FFh: one FAh, then, later, AAh, and no more"
        setting DAUX
        write DATA, 0xff
        says 0xfa
        until_port STATUS, OBF, OBF, ms(1000)
%ifndef PEER
        within eax, ms(1), ms(1000)
%endif
        reads DATA, 0xff, 0xaa
        quiet ms(50)
        ret

identify:
        step "F2h: FA AB 83, and 41 when translated"
        setting DAUX
        write DATA, 0xf2
        says 0xfa
        says 0xab
        says 0x83
        quiet ms(20)
        setting DAUX | XLAT
        write DATA, 0xf2
        says 0xfa
        says 0xab
        says 0x41
        quiet ms(20)
%ifndef PEER
        step "a byte takes its time on the cable"
        setting DAUX | IKB
        write DATA, 0xf2
        wait_irq 1, ms(100)
        says 0xfa
        wait_irq 1, ms(100)
        within eax, us(500), ms(20)
        says 0xab
        wait_irq 1, ms(100)
        within eax, us(500), ms(20)
        says 0x83
        no_irq 1, ms(20)
%endif
        ret

parameters:
        step "EDh, F3h, F0h, EEh, F4h, F5h, F6h"
        setting DAUX
        write DATA, 0xed
        says 0xfa
        write DATA, 2
        says 0xfa
        write DATA, 0xf3
        says 0xfa
        write DATA, 0x20
        says 0xfa
        write DATA, 0xf0
        says 0xfa
        write DATA, 0
        says 0xfa
        says 2
        write DATA, 0xee
        says 0xee
        write DATA, 0xf5
        says 0xfa
        write DATA, 0xf4
        says 0xfa
        write DATA, 0xf6
        says 0xfa
        quiet ms(20)
%ifndef PEER
        step "a command in the place of EDh's parameter"
        write DATA, 0xed
        says 0xfa
        write DATA, 0xf3
        says 0xfa
        write DATA, 0x2b
        says 0xfa
        step "what is no command, and FEh"
        write DATA, 0xec
        says 0xfe
        write DATA, 0xf0
        says 0xfa
        write DATA, 4
        says 0xfe
        write DATA, 0xee
        says 0xee
        write DATA, 0xfe
        says 0xee
%endif
        quiet ms(20)
        ret

closed: step "a closed port keeps its byte until it is opened"
        write DATA, 0xf2
        write STATUS, 0xad
        quiet ms(20)
        write STATUS, 0xae
        says 0xfa
        says 0xab
        says 0x83
        quiet ms(20)
        setting IKB | IAUX | XLAT
        ret

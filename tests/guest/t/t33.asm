; SPDX-License-Identifier: MIT
; The interrupt controllers: initialization, masks, requests and service, ends of interrupt with and
; without rotation, automatic end, special mask, poll, cascade and special fully nested mode, vectors,
; edges and levels, default interrupts 7 and 15. Rules D13, E15, X3. Intel 8259A data sheet 231468; 82371SB
; (PIIX3) data sheet 290550; MP specification 1.4, 3.6.2.2 "Virtual Wire Mode".
;
; Requests at will: IRQ 1 and 12 by D2h and D3h of the keyboard controller, IRQ 4 by COM1's empty transmitter,
; IRQ 8 by the clock's periodic interrupt.
%define NAME "T33"
%include "kernel.inc"
%include "board.inc"

; request PORT, BITS: these lines ask, in the end.
%define request request_at __?LINE?__,
%macro request_at 3
        write %2, 0x0a
        until_port_at %1, %2, 0xff, %3, ms(20)
%endmacro

; asked PORT, BITS and served PORT, BITS: all of IRR and of ISR.
%define asked asked_at __?LINE?__,
%macro asked_at 3
        write %2, 0x0a
        reads_at %1, %2, 0xff, %3
%endmacro
%define served served_at __?LINE?__,
%macro served_at 3
        write %2, 0x0b
        reads_at %1, %2, 0xff, %3
%endmacro

%ifdef PEER                             ; Bochs leaves bit 7 out
  %define POLLED 0x07
%else
  %define POLLED 0x87
%endif

; poll PORT, WORD: what polling gives.
%define poll poll_at __?LINE?__,
%macro poll_at 3
        write %2, 0x0c
    %if %3
        reads_at %1, %2, POLLED, (%3) & POLLED
    %else
        reads_at %1, %2, 0x80, 0
    %endif
%endmacro

; start ICW1, VECTOR, ICW4: both, all masked.
%macro start 3
        write 0x20, %1
        write 0x21, %2
        write 0x21, 4
        write 0x21, %3
        write 0xa0, %1
        write 0xa1, (%2) + 8
        write 0xa1, 2
        write 0xa1, (%3) & ~0x10
        write 0x21, 0xff
        write 0xa1, 0xff
%endmacro

main:   call quiet
        call initialization
        call requests
        call ends
        call rotation
        call automatic
        call special_mask
        call cascade
        call nested
        call vectors
        call edges_and_levels
        call default_7
        call default_15
        call quiet
        ret

; ---- sources ----

quiet:  irqs 0
        write 0x21, 0xff
        mov dword [hook], 0
        write 0x64, 0x60
        until_port 0x64, 2, 0, ms(10)
        write 0x60, 0x07                ; both interrupts
        call lower_1
        call lower_4
        call lower_8
        ret

raise_1:
        write 0x64, 0xd2
        until_port 0x64, 2, 0, ms(10)
        write 0x60, 0x5a
        ret
raise_12:
        write 0x64, 0xd3
        until_port 0x64, 2, 0, ms(10)
        write 0x60, 0x5a
        ret
lower_1:
lower_12:
        read 0x60
        ret
raise_4:
        write 0x3fc, 0x08
        write 0x3f9, 0x02
        ret
lower_4:
        write 0x3f9, 0
        ret
raise_8:
        write 0x70, 0x0b
        write 0x71, 0x42
        ret
lower_8:
        write 0x70, 0x0b
        write 0x71, 0x02
        write 0x70, 0x0c
        read 0x71
        ret

; ---- tests ----

initialization:
        step "ICW1 clears masks, service and requests of edges"
        start 0x11, 0x50, 1
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        poll 0x20, 0x84
        served 0x20, 0x10
        write 0x20, 0x11
        write 0x21, 0x50
        write 0x21, 4
        write 0x21, 1
        reads 0x21, 0xff, 0
        served 0x20, 0
        asked 0x20, 0
        call lower_4
        step "masks are read back"
        write 0x21, 0x5a
        write 0xa1, 0xa5
        reads 0x21, 0xff, 0x5a
        reads 0xa1, 0xff, 0xa5
        write 0x21, 0xff
        write 0xa1, 0xff
        ret

requests:
        step "requests are seen though masked; the higher one first"
        start 0x11, 0x50, 1
        call raise_4
        request 0x20, 0x10
        call raise_1
        request 0x20, 0x12
        poll 0x20, 0
        write 0x21, 0xed
        poll 0x20, 0x81
        served 0x20, 0x02
        asked 0x20, 0x10                ; taken, though the pin is still high
        poll 0x20, 0                    ; IRQ 4 waits
        write 0x20, 0x20
        served 0x20, 0
        poll 0x20, 0x84
        poll 0x20, 0
        step "a higher request comes through while a lower one is served"
        call lower_1
        call raise_1
        request 0x20, 0x02
        poll 0x20, 0x81
        served 0x20, 0x12
        write 0x20, 0x20                ; ends the higher one
        served 0x20, 0x10
        write 0x20, 0x20
        served 0x20, 0
        call lower_1
        call lower_4
        step "a request that is taken back"
        write 0x21, 0xff
        call raise_4
        request 0x20, 0x10
        call lower_4
%ifndef PEER                            ; QEMU remembers it
        asked 0x20, 0
        write 0x21, 0xed
        poll 0x20, 0
%endif
        write 0x21, 0xff
        ret

; serve_both: IRQ 1 within IRQ 4.
serve_both:
        start 0x11, 0x50, 1
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xed
        poll 0x20, 0x84
        call raise_1
        request 0x20, 0x02
        poll 0x20, 0x81
        served 0x20, 0x12
        call lower_1
        call lower_4
        ret

ends:   step "a specific end of interrupt"
        call serve_both
        write 0x20, 0x64
        served 0x20, 0x02
        write 0x20, 0x67                ; of one that is not served
        served 0x20, 0x02
        write 0x20, 0x61
        served 0x20, 0
        ret

rotation:
        step "an end of interrupt with rotation"
        start 0x11, 0x50, 1
        call raise_1
        request 0x20, 0x02
        write 0x21, 0xed
        poll 0x20, 0x81
        call lower_1
        write 0x20, 0xa0                ; IR1 is the lowest now
        served 0x20, 0
        call raise_1
        call raise_4
        request 0x20, 0x12
        poll 0x20, 0x84
        poll 0x20, 0
        write 0x20, 0xe4                ; specific, and IR4 the lowest
        poll 0x20, 0x81
        write 0x20, 0x20
        call lower_1
        call lower_4
        step "setting the lowest priority"
        write 0x20, 0xc1
        call raise_1
        call raise_4
        request 0x20, 0x12
        poll 0x20, 0x84
        write 0x20, 0x20
        poll 0x20, 0x81
        write 0x20, 0x20
        write 0x20, 0xc7
        call lower_1
        call lower_4
        ret

automatic:
        step "automatic end of interrupt"
        start 0x11, 0x50, 3
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xed
        poll 0x20, 0x84
        served 0x20, 0
        call lower_4
        step "automatic end of interrupt with rotation"
        write 0x20, 0x80
        call raise_1
        request 0x20, 0x02
        poll 0x20, 0x81
        call lower_1
        call raise_1
        call raise_4
        request 0x20, 0x12
        poll 0x20, 0x84
        poll 0x20, 0x81
        write 0x20, 0
        call lower_1
        call lower_4
        ret

special_mask:
        step "special mask mode: lower ones come through a masked one in service"
        start 0x11, 0x50, 1
        call raise_1
        request 0x20, 0x02
        write 0x21, 0xed
        poll 0x20, 0x81
        call raise_4
        request 0x20, 0x10
        poll 0x20, 0
        write 0x21, 0xef                ; masking alone is not enough
        poll 0x20, 0
        write 0x20, 0x68
        poll 0x20, 0x84
        served 0x20, 0x12
%ifndef PEER                            ; they take IR1
        write 0x20, 0x20                ; of those that are not masked
        served 0x20, 0x02
%endif
        write 0x20, 0x64
        write 0x20, 0x61
        write 0x20, 0x48
        served 0x20, 0
        call lower_1
        call lower_4
        ret

; Takes interrupts for a moment; ECX: how many, EDX: the last vector.
take:   mov dword [hook], count
        mov dword [taken], 0
        sti
        nop
        nop
        cli
        mov dword [hook], 0
        mov ecx, [taken]
        mov edx, [last_vector]
        ret
count:  mov eax, [ebp + frame.vector]
        mov [last_vector], eax
        inc dword [taken]
        clc
        ret

cascade:
        step "an interrupt of the second controller is served in both"
        start 0x11, 0x50, 1
        call raise_12
        request 0xa0, 0x10
        asked 0x20, 0
        write 0xa1, 0xef
        asked 0x20, 0x04
        write 0x21, 0xfb
        call take
        equal ecx, 1
        equal edx, 0x5c
        served 0x20, 0x04
        served 0xa0, 0x10
        step "both have to be told the end"
        call lower_12
        call raise_12
        request 0xa0, 0x10
        call take
        equal ecx, 0
        write 0xa0, 0x20
        call take
        equal ecx, 0
        write 0x20, 0x62
        call take
        equal ecx, 1
        equal edx, 0x5c
        write 0xa0, 0x64
        write 0x20, 0x62
        served 0xa0, 0
        served 0x20, 0
        call lower_12
        write 0x21, 0xff
        write 0xa1, 0xff
        ret

; A more urgent interrupt of the second one comes through in special fully nested mode alone.
nested: step "not fully nested: IRQ 8 waits for IRQ 12"
        start 0x11, 0x50, 1
        call .twelve
        call take
        equal ecx, 0
        call .end
        step "special fully nested mode: IRQ 8 interrupts IRQ 12"
        start 0x11, 0x50, 0x11
        call .twelve
        call take
        equal ecx, 1
        equal edx, 0x58
        served 0xa0, 0x11
        call .end
        ret
.twelve:
        call raise_12
        request 0xa0, 0x10
        write 0xa1, 0xee
        write 0x21, 0xfb
        call take
        equal ecx, 1
        equal edx, 0x5c
        call raise_8
        request 0xa0, 0x01
        ret
.end:   write 0x21, 0xff
        write 0xa1, 0xff
        call lower_8
        call lower_12
        ret

vectors:
        step "vectors: five bits of ICW2"
        start 0x11, 0x6f, 1
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        call take
        equal ecx, 1
        equal edx, 0x6c
        write 0x21, 0xff
        call lower_4
        ret

edges_and_levels:
        step "ELCR: IRQ 0, 1, 2, 8 and 13 stay edges"
        write 0x4d0, 0xff
        write 0x4d1, 0xff
        reads 0x4d0, 0xff, 0xf8
        reads 0x4d1, 0xff, 0xde
        write 0x4d0, 0
        write 0x4d1, 0
        reads 0x4d0, 0xff, 0
        reads 0x4d1, 0xff, 0
        step "an edge asks once"
        start 0x11, 0x50, 1
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        poll 0x20, 0x84
        write 0x20, 0x20
        poll 0x20, 0
%ifndef PEER                            ; QEMU looks at lines when they change
        step "a level asks until it falls"
        write 0x4d0, 0x10
        asked 0x20, 0x10
        poll 0x20, 0x84
        asked 0x20, 0x10
        poll 0x20, 0
        write 0x20, 0x20
        poll 0x20, 0x84
        call lower_4
        asked 0x20, 0
        write 0x20, 0x20
        poll 0x20, 0
        write 0x4d0, 0
%endif
        call lower_4
        step "LTIM means nothing here: ELCR takes its place"
        start 0x19, 0x50, 1
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        poll 0x20, 0x84
        asked 0x20, 0
        write 0x20, 0x20
        poll 0x20, 0
        call lower_4
        ret

; "The IR inputs must remain high until after the falling edge of the first INTA. If the IR input goes low
; before this time a default IR7 will occur", and its bit of ISR is not set. INT goes to pin 0 of the I/O
; APIC, which as an edge tells the processor; what it was told stays, and so the processor asks the 8259A
; though there INT may have fallen meanwhile.
%define SVR     0xfee000f0
%define LINT0   0xfee00350
%define APIC_ID  0xfee00020
%define IOREGSEL 0xfec00000
%define IOWIN   0xfec00010
%define EXTINT  0x700
%define MASKED  0x10000

default_7:
%ifndef PEER                            ; QEMU's board does not have this wire
        mov dword [LINT0], MASKED | EXTINT
        mov dword [SVR], 0x1ff
        mov dword [IOREGSEL], 0x11
        mov eax, [APIC_ID]
        mov [IOWIN], eax
        mov dword [IOREGSEL], 0x10
        mov dword [IOWIN], EXTINT
        step "a request that is there when the processor asks"
        call .ask
        call take
        equal ecx, 1
        equal edx, 0x54
        served 0x20, 0x10
        write 0x20, 0x20
        call lower_4
        step "one that went away: the default IR7, not in service"
        call .ask
        call lower_4
        asked 0x20, 0
        call take
        equal ecx, 1
        equal edx, 0x57
        served 0x20, 0
        call take
        equal ecx, 0
        step "one that was masked: the default IR7; it waits"
        call .ask
        write 0x21, 0xff
        call take
        equal ecx, 1
        equal edx, 0x57
        served 0x20, 0
        asked 0x20, 0x10
        write 0x21, 0xef
        call take
        equal ecx, 1
        equal edx, 0x54
        served 0x20, 0x10
        write 0x20, 0x20
        call lower_4
        step "nor does automatic end of interrupt with rotation move anything then"
        start 0x11, 0x50, 3
        write 0x20, 0x80
        write 0x20, 0xc3                ; IR3 is the lowest
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        write 0x21, 0xff
        call take
        equal ecx, 1
        equal edx, 0x57
        write 0x21, 0xed
        call raise_1
        request 0x20, 0x12
        poll 0x20, 0x84                 ; were it IR7, IR1 would be first
        write 0x20, 0
        write 0x21, 0xff
        call lower_1
        call lower_4
        mov dword [IOWIN], MASKED
        mov dword [LINT0], EXTINT
%endif
        ret
%ifndef PEER
.ask:   start 0x11, 0x50, 1
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        ret
%endif

; The identity that the master gives for its pin 4 is the second one's: that is asked for a vector, and has
; no request.
default_15:
%ifndef PEER                            ; theirs is on pin 2, whatever ICW3 says
        step "the second controller without a request: the default IRQ 15, not in service"
        start 0x11, 0x50, 1
        write 0x20, 0x11
        write 0x21, 0x50
        write 0x21, 0x14
        write 0x21, 1
        write 0xa0, 0x11
        write 0xa1, 0x58
        write 0xa1, 4
        write 0xa1, 1
        write 0x21, 0xff
        call raise_4
        request 0x20, 0x10
        write 0x21, 0xef
        call take
        equal ecx, 1
        equal edx, 0x5f
        served 0xa0, 0
        served 0x20, 0x10               ; the first one has to be told the end
        write 0x20, 0x64
        served 0x20, 0
        step "with one it gives that"
        call lower_4
        write 0x21, 0xff
        write 0xa1, 0xef
        call raise_12
        request 0xa0, 0x10
        call raise_4
        request 0x20, 0x14
        write 0x21, 0xef
        call take
        equal ecx, 1
        equal edx, 0x5c
        served 0xa0, 0x10
        served 0x20, 0x10
        write 0xa1, 0xff
        call lower_12
        call lower_4
        start 0x11, 0x50, 1
%endif
        ret

        align 4
taken:  dd 0
last_vector: dd 0

; SPDX-License-Identifier: MIT
; The timer in all modes, latched and read back, with other byte orders and counts; counter 2 with port
; 61h; the clock: register C, periodic rates, update and alarm; the time stamp counter, the timer and
; the clock agree. Rules D18, E16, X4. Intel 8254 data sheet 231164; MC146818 data sheet ADI-856.
%define NAME "T34"
%include "kernel.inc"
%include "board.inc"

; Counter 2 is looked at: nothing depends on it, its gate is bit 0 of port 61h, its output bit 5.
%macro gate 1
        write 0x61, %1
%endmacro
%define out_is out_is_at __?LINE?__,
%macro out_is_at 2
        reads_at %1, 0x61, 0x20, (%2) << 5
%endmacro
%macro count 1 ; low byte, then high
        write 0x42, (%1) & 0xff
        write 0x42, (%1) >> 8
%endmacro
%define out_becomes out_becomes_at __?LINE?__,
%macro out_becomes_at 3 ; level, within
        until_port_at %1, 0x61, 0x20, (%2) << 5, %3
%endmacro

main:   irqs 1 << 8
        call mode0
        call mode1
        call mode2
        call mode3
        call mode4
        call mode5
        call latching
        call orders
        call channel0
        call periodic
        call update
        call alarm
        call rates
        irqs_off
        ret

; EAX: counter 2, latched, two bytes.
counter2:
        write 0x43, 0x80
        read 0x42
        push eax
        read 0x42
        shl eax, 8
        or eax, [esp]
        add esp, 4
        ret

; status BITS: of counter 2, but OUT.
%define status_is status_is_at __?LINE?__,
%macro status_is_at 2
        write 0x43, 0xe8
        reads_at %1, 0x42, 0x7f, %2
%endmacro

mode0:  step "mode 0: OUT rises at terminal count"
        gate 1
        write 0x43, 0xb0
        out_is 0
%ifndef PEER                            ; of which others know little
        status_is 0x70                  ; null count
%endif
        count 1193
        out_is 0
        pass us(20)
        status_is 0x30
        call counter2
        within eax, 900, 1193
        out_becomes 1, ms(2)
        within eax, us(700), us(1100)
        call counter2                   ; it goes on
        within eax, 0xf000, 0xffff
%ifndef PEER                            ; QEMU's counts on in modes 0 and 4
        step "mode 0: GATE stops it"
        count 10000
        gate 0
        call counter2
        mov ebx, eax
        pass us(100)
        call counter2
        equal eax, ebx
        gate 1
        pass us(100)
        call counter2
        sub ebx, eax
        within ebx, 80, 10000
%endif
        step "mode 0: the first byte of a count stops it"
        write 0x42, 5
        out_is 0
        pass us(200)
        out_is 0
        write 0x42, 0
        out_becomes 1, us(200)
        ret

mode1:  step "mode 1: GATE starts a pulse, and starts it anew"
        gate 0
        write 0x43, 0xb2
        out_is 1
        count 1193
        pass us(100)
        out_is 1
        gate 1
        pass us(10)
        out_is 0
        pass us(500)
        gate 0
        gate 1                          ; again from the beginning
        pass us(700)
        out_is 0
        out_becomes 1, ms(1)
        ret

mode2:  step "mode 2: low for one tick, over and over"
        gate 1
        write 0x43, 0xb4
        out_is 1
        count 1193
        pass us(10)
        mov ebx, 50
.next:  call counter2
        within eax, 1, 1193
        pass us(37)
        dec ebx
        jnz .next
        step "mode 2: a new count waits for the end of the period"
        count 60000
        pass ms(3)
        write 0x43, 0xb4
        count 60000
        pass us(100)
        count 1000
%ifndef PEER
        call counter2
        within eax, 50000, 60000
%endif
        step "mode 2: GATE low holds OUT high, its rise starts anew"
        gate 0
        out_is 1
        pass us(100)
        gate 1
        pass us(100)
        call counter2
        within eax, 500, 1000
        ret

mode3:  step "mode 3: a square wave, counted by two"
        gate 1
        write 0x43, 0xb6
        count 2386                      ; 2 ms
        out_is 1
        out_becomes 0, ms(2)
        out_becomes 1, ms(2)
        within eax, us(900), us(1100)
        out_becomes 0, ms(2)
        within eax, us(900), us(1100)
        mov ebx, 20
.next:  call counter2
        and eax, 1
        equal eax, 0
        call counter2
        within eax, 0, 2386
        pass us(67)
        dec ebx
        jnz .next
        ret

mode4:  step "mode 4: counts once, and goes on behind 0"
        gate 1
        write 0x43, 0xb8
        out_is 1
        count 1193
        pass us(500)
        out_is 1
        call counter2
        within eax, 100, 800
        pass ms(1)
        out_is 1
        call counter2
        within eax, 0xf000, 0xffff
        ret

mode5:  step "mode 5: waits for GATE"
        gate 0
        write 0x43, 0xba
        out_is 1
        count 1193
        pass us(200)
        gate 1
        pass us(500)
        call counter2
        within eax, 100, 800
        out_is 1
        ret

latching:
        step "a latched count stays until it is read"
        gate 1
        write 0x43, 0xb4
        count 50000
        pass us(100)
        write 0x43, 0x80
        read 0x42
        mov ebx, eax
        pass us(500)
        write 0x43, 0x80                ; ignored: half of it is still there
        read 0x42
        shl eax, 8
        or ebx, eax
        within ebx, 49500, 50000
        step "read-back: status, then count"
        write 0x43, 0xc8
        read 0x42
        equal_bits eax, 0x7f, 0x34
        read 0x42
        mov ebx, eax
        read 0x42
        shl eax, 8
        or ebx, eax
        within ebx, 48000, 49500
        step "read-back of several counters"
        write 0x43, 0xda                ; counts of 2 and 0
        pass us(200)
        read 0x42
        mov ebx, eax
        read 0x42
        shl eax, 8
        or ebx, eax
        within ebx, 47000, 49500
        read 0x40
        read 0x40
        ret

orders: step "low byte alone, high byte alone"
        write 0x43, 0x94
        write 0x42, 200
        pass us(20)
        status_is 0x14
        read 0x42
        within eax, 1, 200
        write 0x43, 0xa4
        write 0x42, 200                 ; 51200
        pass us(20)
        read 0x42
        within eax, 198, 200
        step "BCD"
        write 0x43, 0xb5
        count 0x5000
        pass us(300)
        call counter2
        within eax, 0x4000, 0x4999
        ret

; X4, E16: right after the write the count is not above the new one.
channel0:
        step "counter 0, mode 2: the count is never above the one just written"
        mov ebx, 0x4b8
.next:  mov [step_number], ebx
        cli
        write 0x43, 0x34
        write 0x40, bl
        write 0x40, bh
        write 0x43, 0
        read 0x40
        mov ecx, eax
        read 0x40
        shl eax, 8
        or eax, ecx
        within eax, 1, ebx
        add ebx, 997
        cmp ebx, 0x10000
        jb .next
        mov dword [step_number], 0
        write 0x43, 0x34
        write 0x40, 0
        write 0x40, 0
        mov dword [clock_last], 0
        ret

; ---- the clock ----

%macro cmos 2 ; index, value
        write 0x70, %1
        write 0x71, %2
%endmacro
%define cmos_is cmos_is_at __?LINE?__,
%macro cmos_is_at 4
        write 0x70, %2
        reads_at %1, 0x71, %3, %4
%endmacro

; Interrupts of the clock are heard of once and again only after register C was read.
periodic:
        step "periodic interrupts: register C says why, and lets the next one come"
        cmos 0x0a, 0x26                 ; 1024 Hz
        cmos 0x0b, 0x02
        write 0x70, 0x0c
        read 0x71
        cmos 0x0b, 0x42
        wait_irq 8, ms(10)
        no_irq 8, ms(10)
        cmos_is 0x0c, 0xc0, 0xc0
        wait_irq 8, ms(10)
        cmos_is 0x0c, 0xc0, 0xc0
        cmos 0x0b, 0x02
        pass ms(5)
        cmos_is 0x0c, 0xc0, 0x40        ; the flag comes, the interrupt does not
        cmos_is 0x0c, 0xc0, 0x00
        step "periodic rates: RS"
        mov dword [irq_work], .again
        mov ebx, 3
.rate:  mov [step_number], ebx
        lea eax, [ebx + 0x20]
        cmos 0x0a, al
        write 0x70, 0x0c
        read 0x71
        cmos 0x0b, 0x42
        mov dword [irq_count + 8 * 4], 0
        pass ms(500)
        cmos 0x0b, 0x02
        mov eax, 65536 / 2
        mov cl, bl
        shr eax, cl
        mov ecx, eax                    ; in 500 ms
        lea edx, [ecx + 2]
        sub ecx, 2
        within [irq_count + 8 * 4], ecx, edx
        inc ebx
        cmp ebx, 14
        jb .rate
        mov dword [step_number], 0
        mov dword [irq_work], 0
        mov dword [irq_count + 8 * 4], 0
        cmos 0x0a, 0x26
        write 0x70, 0x0c
        read 0x71
        ret
.again: write 0x70, 0x0c
        read 0x71
        ret

update: step "UIP, then the update's interrupt, once a second"
        cmos 0x0b, 0x12
        write 0x70, 0x0c
        read 0x71
        wait_irq 8, ms(1100)
        cmos_is 0x0c, 0xb0, 0x90
        wait_irq 8, ms(1100)
        within eax, ms(990), ms(1010)
        cmos_is 0x0c, 0xb0, 0x90
        cmos 0x0b, 0x02
        cmos_is 0x0a, 0x80, 0
        write 0x70, 0
        read 0x71
        mov ebx, eax
        write 0x70, 0x0a
        until_port 0x71, 0x80, 0x80, ms(1100)
        write 0x70, 0
        write 0x70, 0x0a
        until_port 0x71, 0x80, 0, ms(10)
%ifndef PEER
        within eax, us(1900), us(2300)
%endif
        write 0x70, 0
        read 0x71
        cmp eax, ebx
        jne .on
        lea eax, [ebx + 1]
        equal ebx, eax                  ; a second has passed
.on:    step "SET stops updates"
        cmos 0x0b, 0x82
        write 0x70, 0
        read 0x71
        mov ebx, eax
        pass ms(1500)
        write 0x70, 0
        read 0x71
        equal eax, ebx
        cmos 0x0b, 0x02
        ret

; 23:59:59 of the last day of a century.
alarm:  step "the alarm at midnight; everything rolls over"
        cmos 0x0b, 0x82
        cmos 0x00, 0x59
        cmos 0x02, 0x59
        cmos 0x04, 0x23
        cmos 0x07, 0x31
        cmos 0x08, 0x12
        cmos 0x09, 0x99
        cmos 0x32, 0x19
        cmos 0x01, 0
        cmos 0x03, 0
        cmos 0x05, 0
        cmos 0x0b, 0x22
        write 0x70, 0x0c
        read 0x71
        wait_irq 8, ms(2100)
        cmos_is 0x0c, 0xa0, 0xa0
        cmos_is 0x00, 0xff, 0
        cmos_is 0x02, 0xff, 0
        cmos_is 0x04, 0xff, 0
        cmos_is 0x07, 0xff, 1
        cmos_is 0x08, 0xff, 1
        cmos_is 0x09, 0xff, 0
        cmos_is 0x32, 0xff, 0x20
%ifndef PEER
        cmos_is 0x37, 0xff, 0x21        ; nobody set it: it was 20
%endif
        step "an alarm in every second"
        cmos 0x01, 0xff
        cmos 0x03, 0xc0
        cmos 0x05, 0xff
        write 0x70, 0x0c
        read 0x71
        wait_irq 8, ms(1100)
        cmos_is 0x0c, 0xa0, 0xa0
        cmos 0x0b, 0x02
        ret

; One second of the clock in ticks of the timer; half a second of the timer in cycles, twice.
rates:  step "a second of the clock has 1193182 ticks"
        cmos 0x0b, 0x12
        write 0x70, 0x0c
        read 0x71
        wait_irq 8, ms(1100)
        call stamp
        mov ebx, [irq_time + 8 * 4]
        mov edi, eax
        write 0x70, 0x0c
        read 0x71
        wait_irq 8, ms(1100)
        call stamp
        sub eax, edi                    ; cycles of a second, in 256
        mov edi, eax
        mov eax, [irq_time + 8 * 4]
        sub eax, ebx
        within eax, 1193182 - 1193, 1193182 + 1193
        cmos 0x0b, 0x02
        step "the time stamp counter goes evenly with the timer"
        call clock_now
        mov ebx, eax
        call stamp
        mov esi, eax
        pass ms(500)
        call stamp
        sub eax, esi
        mov ecx, eax
        call clock_now
        sub eax, ebx
        xchg eax, ecx                   ; cycles / 256 of ECX ticks
        mov edx, 1193182
        mul edx
        div ecx
        mov ecx, edi
        mov edx, edi
        shr edx, 8
        sub ecx, edx
        add edx, edi
%ifndef PEER
        within eax, ecx, edx
%endif
        ret

; EAX: the time stamp counter / 256.
stamp:  push edx
        rdtsc
        shrd eax, edx, 8
        pop edx
        ret

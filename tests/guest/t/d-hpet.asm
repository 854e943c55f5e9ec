; SPDX-License-Identifier: MIT
; The high precision event timer: found by its ACPI table, its rate beside the 8254's, one shot and
; periods by pins of the I/O APIC, by edges and by levels, in place of the 8254 and of the clock.
; IA-PC HPET specification 1.0a; ACPI 1.0b 5.2 for the tables.
; Models: pentium pentium3
%define NAME "HPET"
%include "kernel.inc"
%include "acpi.inc"

%define CAPS        HPET
%define PERIOD      HPET + 0x04
%define CONF        HPET + 0x10
%define STS         HPET + 0x20
%define COUNTER     HPET + 0xf0
%define T_CONF(n)   HPET + 0x100 + 0x20 * (n)
%define T_ROUTES(n) HPET + 0x104 + 0x20 * (n)
%define T_COMP(n)   HPET + 0x108 + 0x20 * (n)
%define HPET        0xfed00000

%define ENABLE      1
%define LEGACY      2
%define T_LEVEL     0x02
%define T_INT       0x04
%define T_PERIODIC  0x08
%define T_SET       0x40
%define T_32        0x100
%define T_PIN(n)    ((n) << 9)

%define APIC        0xfee00000
%define EOI         APIC + 0xb0
%define SVR         APIC + 0xf0
%define LINT0       APIC + 0x350
%define IOREGSEL    0xfec00000
%define IOWIN       0xfec00010
%define MASKED      0x10000
%define LOW_LEVEL   0xa000
%define LOW_EDGE    0x2000
%define EXTINT      0x700

%define FROM_IO     0x68
%define FROM_PIC    0x70        ; and 78h

; io REGISTER, VALUE
%macro io 2
        mov dword [IOREGSEL], %1
        mov dword [IOWIN], %2
%endmacro

; near VALUE, EXPECTED, BY: at most so far away.
%define near near_at __?LINE?__,
%macro near_at 4
        mov eax, %2
        sub eax, (%3) - (%4)
        cmp eax, 2 * (%4)
        sbb eax, eax
        equal_at %1, eax, -1
%endmacro

; taken NUMBER: so many interrupts since the last time.
%macro taken 1
        equal [count], %1
        mov dword [count], 0
%endmacro

; sleep NUMBER: until so many have come.
%macro sleep 1
        mov ecx, %1
        call sleep_for
%endmacro

main:   call gates
        call table
        call rate
        call pins
        call periods
        call replacement
        mov dword [CONF], 0
        ret

gates:  mov edi, IDT + FROM_IO * 8
        mov eax, handle_io
        call gate_at
        mov edi, IDT + FROM_PIC * 8
        mov eax, handle_pic
        call gate_at
        mov edi, IDT + (FROM_PIC + 8) * 8
        mov eax, handle_pic2
gate_at:
        movzx edx, ax
        or edx, CODE0 << 16
        mov [edi], edx
        mov ax, T_INT32 << 8
        mov [edi + 4], eax
        ret

table:  step "ACPI has a table of it"
        call find_rsdp
        mov esi, [esi + 16]             ; RSDT
        equal [esi], "RSDT"
        mov ecx, [esi + 4]
        sub ecx, 36
        shr ecx, 2
        add esi, 36
.next:  lodsd
        cmp dword [eax], "HPET"
        je .this
        loop .next
.this:  equal [eax], "HPET"
        equal [eax + 4], 56
        xor ebx, ebx                    ; its sum
        mov ecx, 56
.sum:   add bl, [eax + ecx - 1]
        loop .sum
        equal ebx, 0
        mov ebx, [eax + 36]
        equal [CAPS], ebx
        equal [eax + 44], HPET
        equal [eax + 48], 0
        ret

rate:   step "capabilities: 64 bits, legacy replacement, three timers, a period of at most 100 ns"
        equal_bits [CAPS], 0xbf00, 0xa200
        mov eax, [PERIOD]
        cmp eax, 100000001
        sbb ecx, ecx
        equal ecx, -1
        step "halted it stands"
        mov dword [CONF], 0
        mov dword [COUNTER + 4], 0
        mov dword [COUNTER], 0x1000
        equal [COUNTER], 0x1000
        step "as fast as it says, beside the 8254"
        mov al, 0x30                    ; 59659 counts are 50 ms
        out 0x43, al
        mov dword [CONF], ENABLE
        mov al, 0x0b
        out 0x40, al
        mov al, 0xe9
        out 0x40, al
        mov ebx, [COUNTER]
.wait:  mov al, 0xe2                    ; its output
        out 0x43, al
        in al, 0x40
        test al, 0x80
        jz .wait
        mov eax, [COUNTER]
        sub eax, ebx
        mul dword [PERIOD]
        mov ecx, 1000000000             ; us
        div ecx
        mov esi, eax
        near esi, 50000, 100
        ret

pins:   mov dword [SVR], 0x1ff
        mov dword [LINT0], MASKED | EXTINT
        step "one shot, an edge at a pin of the I/O APIC"
        equal_bits [T_ROUTES(0)], 1 << 20, 1 << 20
        io 0x39, 0
        io 0x38, FROM_IO | LOW_EDGE     ; pin 20
        mov dword [T_CONF(0)], T_INT | T_32 | T_PIN(20)
        mov eax, [COUNTER]
        add eax, 20000
        mov [T_COMP(0)], eax
        mov ebx, eax
        sleep 1
        mov esi, [COUNTER]
        sub esi, ebx
        near esi, 100, 100
        mov ecx, 100000
.spin:  loop .spin
        sti
        nop
        cli
        taken 1
        equal [STS], 0
        io 0x38, MASKED
        step "a level, until its status is cleared"
        io 0x3a, FROM_IO | LOW_LEVEL    ; pin 21
        mov dword [T_CONF(1)], T_INT | T_LEVEL | T_32 | T_PIN(21)
        mov dword [leave_it], 2
        mov eax, [COUNTER]
        add eax, 5000
        mov [T_COMP(1)], eax
        sleep 3
        sti
        nop
        cli
        taken 3
        equal [STS], 0
        equal [seen], 2
        mov dword [T_CONF(1)], 0
        io 0x3a, MASKED
        ret

periods:
        step "a period"
        io 0x38, FROM_IO | LOW_EDGE
        mov dword [T_CONF(0)], T_INT | T_PERIODIC | T_SET | T_32 | T_PIN(20)
        mov ebx, [COUNTER]
        add ebx, 30000
        mov [T_COMP(0)], ebx
        mov dword [T_COMP(0)], 10000
        sleep 6
        mov esi, [COUNTER]
        sub esi, ebx
        near esi, 50100, 100
        mov esi, [T_COMP(0)]
        sub esi, ebx
        equal esi, 60000
        mov dword [T_CONF(0)], 0
        io 0x38, MASKED
        mov dword [count], 0
        ret

replacement:
        step "IRQ 0 and IRQ 8 are the timers'"
        mov al, 0x11
        out 0x20, al
        out 0xa0, al
        mov al, FROM_PIC
        out 0x21, al
        mov al, FROM_PIC + 8
        out 0xa1, al
        mov al, 4
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 1
        out 0x21, al
        out 0xa1, al
        mov al, 0xfa
        out 0x21, al
        mov al, 0xfe
        out 0xa1, al
        mov dword [LINT0], EXTINT
        mov al, 0x34                    ; the 8254 goes on and is not heard
        out 0x43, al
        mov al, 0
        out 0x40, al
        mov al, 1
        out 0x40, al
        mov dword [CONF], 0
        mov dword [COUNTER], 0
        mov dword [T_CONF(0)], T_INT | T_PERIODIC | T_SET | T_32
        mov dword [T_COMP(0)], 20000
        mov dword [T_CONF(1)], T_INT | T_32
        mov dword [T_COMP(1)], 110000
        mov dword [CONF], ENABLE | LEGACY
        sti
        nop
        cli
        mov dword [count], 0            ; what the 8254 had left
        sleep 7
        equal [count8], 1
        mov esi, [COUNTER]
        near esi, 120200, 200
        step "and the 8254's again"
        mov dword [CONF], ENABLE
        mov dword [count], 0
        sleep 2                         ; the first may be an old edge
        mov ebx, [COUNTER]
        sleep 6
        mov esi, [COUNTER]
        sub esi, ebx
        near esi, 4 * 256 * 12, 200
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        ret

; ECX: how many.
sleep_for:
        sti
        hlt
        cli
        cmp [count], ecx
        jb sleep_for
        ret

handle_io:
        push eax
        inc dword [count]
        cmp dword [leave_it], 0
        je .clear
        dec dword [leave_it]
        jmp .end
.clear: mov eax, [STS]
        test eax, eax
        jz .end
        mov [seen], eax
        mov [STS], eax
.end:   mov dword [EOI], 0
        pop eax
        iretd

handle_pic2:
        inc dword [count8]
        push eax
        mov al, 0x20
        out 0xa0, al
        jmp handle_pic.end
handle_pic:
        push eax
.end:   inc dword [count]
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd

        align 4
count:  dd 0
count8: dd 0
seen:   dd 0
leave_it: dd 0

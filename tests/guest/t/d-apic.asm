; SPDX-License-Identifier: MIT
; The local APIC and the I/O APIC: priorities, interrupts to itself, spurious ones, the timer, the
; PC's timer by way of both controllers, errors, the base register. SDM 3A "Advanced Programmable
; Interrupt Controller (APIC)"; 82093AA data sheet; MP specification, "Virtual Wire Mode".
; Models: pentium pentium-pro pentium3 max
%define NAME "local and I/O APIC"
%include "kernel.inc"

%define APIC        0xfee00000
%define VERSION     APIC + 0x30
%define TPR         APIC + 0x80
%define PPR         APIC + 0xa0
%define EOI         APIC + 0xb0
%define SVR         APIC + 0xf0
%define ISR         APIC + 0x100
%define TMR         APIC + 0x180
%define IRR         APIC + 0x200
%define ESR         APIC + 0x280
%define ICR         APIC + 0x300
%define ICR_HIGH    APIC + 0x310
%define LVT_TIMER   APIC + 0x320
%define LINT0       APIC + 0x350
%define INITIAL     APIC + 0x380
%define CURRENT     APIC + 0x390
%define DIVIDE      APIC + 0x3e0

%define IOREGSEL    0xfec00000
%define IOWIN       0xfec00010

%define MASKED      0x10000
%define PERIODIC    0x20000
%define DEADLINE    0x40000
%define SELF        0x40000
%define EXTINT      0x700
%define LEVEL       0x8000
%define BASE_MSR    0x1b
%define DEADLINE_MSR 0x6e0

%define TIMER       0x50
%define FROM_IO     0x68
%define FROM_PIC    0x70

; io REGISTER, VALUE
%macro io 2
        mov dword [IOREGSEL], %1
        mov dword [IOWIN], %2
%endmacro

; Let in what waits: an instruction after the one behind STI.
%macro let_in 0
        sti
        nop
        nop
        cli
%endmacro

; to_self VECTOR
%macro to_self 1
        mov dword [ICR], SELF | %1
%endmacro

; taken NUMBER: so many since the last time, in the order of `log_`.
%macro taken 1
        equal [log_count], %1
        mov dword [log_count], 0
%endmacro

main:   mov ecx, (handlers_end - handlers) / 8
        mov esi, handlers
.gate:  lodsd                           ; vector, handler
        mov ebx, eax
        lodsd
        movzx edx, ax
        or edx, CODE0 << 16
        mov [IDT + ebx * 8], edx
        mov ax, T_INT32 << 8
        mov [IDT + ebx * 8 + 4], eax
        loop .gate
        call identity
        call base_register
        call self_interrupts
        call priorities
        call spurious
        call errors
        call timer
        call deadline
        call io_apic
        call virtual_wire
        ret

identity:
        step "CPUID says that there is one"
        mov eax, 1
        cpuid
        mov [signature], eax
        mov [features], ecx
        equal_bits edx, 0x200, 0x200
        step "version and number of entries"
        mov edx, 0x00040011
        cmp byte [signature + 1], 6
        je .p6
        mov edx, 0x00030010
.p6:    equal [VERSION], edx
        mov dword [IOREGSEL], 1
        equal [IOWIN], 0x00170011
        ret

base_register:
        cmp byte [signature + 1], 6
        jne .done
        step "the base register: enabled, this processor boots"
        mov ecx, BASE_MSR
        rdmsr
        equal eax, APIC | 0x900
        equal edx, 0
        step "it moves over memory"
        mov dword [0x800030], 0x12345678
        mov eax, 0x800000 | 0x900
        wrmsr
        mov ebx, [0x800030]
        mov eax, APIC | 0x900
        wrmsr
        equal ebx, 0x00040011
        equal [0x800030], 0x12345678
        step "disabled it is gone"
        mov ecx, BASE_MSR
        mov eax, APIC | 0x100
        xor edx, edx
        wrmsr
        mov eax, 1
        cpuid
        equal_bits edx, 0x200, 0
        mov ecx, BASE_MSR
        mov eax, APIC | 0x900
        xor edx, edx
        wrmsr
        mov eax, 1
        cpuid
        equal_bits edx, 0x200, 0x200
.done:  ret

self_interrupts:
        step "enabled by software"
        mov dword [SVR], 0x1ff
        mov dword [TPR], 0
        mov dword [LINT0], MASKED | EXTINT
        equal [SVR], 0x1ff
        step "an interrupt to itself waits until it is let in, is served, and ended"
        to_self 0x41
        equal [IRR + 0x20], 2
        taken 0
        let_in
        taken 1
        equal [log_], 0x41
        equal [seen_isr], 2
        equal [seen_ppr], 0x40
        equal [ISR + 0x20], 0
        equal [IRR + 0x20], 0
        equal [PPR], 0
        step "by its ID, and to all"
        mov eax, [APIC + 0x20]
        mov [ICR_HIGH], eax
        mov dword [ICR], 0x42
        let_in
        mov dword [ICR], 0x80000 | 0x41
        let_in
        taken 2
        equal [log_], 0x42
        equal [log_ + 4], 0x41
        step "NMI to itself by its ID"
        mov dword [ICR], 0x400
        nop
        taken 1
        equal [log_], 2
        ret

priorities:
        step "the task priority holds back its class and those below"
        mov dword [TPR], 0x50
        to_self 0x42
        to_self 0x51
        to_self 0x61
        to_self 0x41
        let_in
        taken 1
        equal [log_], 0x61
        step "then the others, the highest first"
        mov dword [TPR], 0x4f
        let_in
        taken 1
        equal [log_], 0x51
        mov dword [TPR], 0
        let_in
        let_in
        taken 2
        equal [log_], 0x42
        equal [log_ + 4], 0x41
        step "what is served holds back its class, and a higher one comes through"
        mov dword [nested], 1
        to_self 0x51
        let_in
        mov dword [nested], 0
        taken 3
        equal [log_], 0x51              ; sends itself 42h and 61h, and lets them in
        equal [log_ + 4], 0x61
        equal [log_ + 8], 0x42
        ret

spurious:
        step "announced, then held back: the spurious vector, and nothing in service"
        to_self 0x41
        mov dword [TPR], 0x40
        let_in
        taken 1
        equal [log_], 0xff
        equal [ISR + 0x20], 0
        equal [ISR + 0x70], 0
        equal [IRR + 0x20], 2
        mov dword [TPR], 0
        let_in
        taken 1
        equal [log_], 0x41
        ret

errors:
        step "an illegal vector, sent and received"
        mov dword [ESR], 0
        mov dword [ESR], 0
        to_self 5
        mov dword [ESR], 0
        equal_bits [ESR], 0x40, 0x40
        cmp byte [signature + 1], 6
        jne .done
        step "an illegal register"
        mov eax, [APIC + 0x3f0]
        mov dword [ESR], 0
        equal [ESR], 0x80
        step "nobody there"
        mov dword [ICR], 0xc0000 | 0x41
        mov dword [ESR], 0
        equal [ESR], 4
.done:  mov dword [ESR], 0
        equal [ESR], 0
        ret

; Halts until ECX interrupts came; EAX: clocks from the first to the last.
wait_for:
        mov dword [log_count], 0
.first: sti
        hlt
        cli
        cmp dword [log_count], 1
        jb .first
        rdtsc
        mov ebx, eax
.next:  cmp [log_count], ecx
        jae .there
        sti
        hlt
        cli
        jmp .next
.there: rdtsc
        sub eax, ebx
        ret

timer:
        step "one-shot: it counts down, interrupts once, and stays at 0"
        mov dword [DIVIDE], 0xb
        mov dword [LVT_TIMER], TIMER
        mov dword [INITIAL], 20000
        mov eax, [CURRENT]
        mov ecx, 20
.some:  loop .some
        mov ebx, [CURRENT]
        cmp ebx, eax
        sbb ecx, ecx
        equal ecx, -1
        sti
        hlt
        cli
        taken 1
        equal [log_], TIMER
        equal [CURRENT], 0
        equal [INITIAL], 20000
        step "periodic: ten periods of twice the length take twice as long"
        mov dword [LVT_TIMER], TIMER | PERIODIC
        mov dword [INITIAL], 20000
        mov ecx, 11
        call wait_for
        mov esi, eax
        mov dword [INITIAL], 40000
        call wait_for
        shr eax, 1
        sub eax, esi
        add eax, 2000                   ; clocks, of some hundreds of thousands
        cmp eax, 4000
        sbb ecx, ecx
        equal ecx, -1
        step "half the rate is half the speed"
        mov dword [DIVIDE], 0
        mov dword [INITIAL], 10000
        mov ecx, 11
        call wait_for
        sub eax, esi
        add eax, 2000
        cmp eax, 4000
        sbb ecx, ecx
        equal ecx, -1
        step "masked it goes on in silence"
        mov dword [LVT_TIMER], TIMER | PERIODIC | MASKED
        mov dword [log_count], 0
        mov ecx, 30000
.spin:  loop .spin
        let_in
        taken 0
        step "stopped"
        mov dword [INITIAL], 0
        mov dword [LVT_TIMER], TIMER | PERIODIC
        equal [CURRENT], 0
        mov dword [LVT_TIMER], TIMER | MASKED
        ret

deadline:
        test byte [features + 3], 1
        jz .done
        step "a deadline of the TSC"
        mov dword [LVT_TIMER], TIMER | DEADLINE
        rdtsc
        add eax, 50000
        adc edx, 0
        mov [due], eax
        mov [due + 4], edx
        mov ecx, DEADLINE_MSR
        wrmsr
        rdmsr
        equal eax, [due]
        equal edx, [due + 4]
        sti
        hlt
        cli
        rdtsc
        sub eax, [due]
        sbb edx, [due + 4]
        equal edx, 0
        cmp eax, 1000
        sbb ecx, ecx
        equal ecx, -1
        taken 1
        equal [log_], TIMER
        mov ecx, DEADLINE_MSR
        rdmsr
        equal eax, 0
        equal edx, 0
        mov dword [LVT_TIMER], TIMER | MASKED
.done:  ret

; Counter 0 of the timer: mode AL, count BX.
pit:    out 0x43, al
        mov al, bl
        out 0x40, al
        mov al, bh
        out 0x40, al
        ret

io_apic:
        step "the timer at pin 2, by edges"
        mov al, 0x34                    ; rate generator
        mov bx, 2000
        call pit
        io 0x15, 0
        io 0x14, FROM_IO
        mov ecx, 5
        call wait_for
        taken 5
        equal [log_], FROM_IO
        equal [log_ + 16], FROM_IO
        equal [seen_tmr], 0
        step "masked"
        io 0x14, FROM_IO | MASKED
        mov ecx, 200000
.spin:  loop .spin
        let_in
        taken 0
        step "by level: as long as it lasts, and remote IRR until its end"
        mov al, 0x30                    ; high when it has counted down, and stays so
        mov bx, 100
        call pit
        io 0x14, FROM_IO | LEVEL
        mov dword [levels], 3           ; the third time the handler makes the output fall
        mov ecx, 3
        call wait_for
        let_in
        taken 3
        equal [log_ + 8], FROM_IO
        equal [seen_entry], FROM_IO | LEVEL | 0x4000
        equal [seen_tmr], 0x100
        mov dword [IOREGSEL], 0x14
        equal [IOWIN], FROM_IO | LEVEL
        io 0x14, FROM_IO | MASKED
        mov dword [levels], 0
        ret

virtual_wire:
        step "the 8259A by LINT0"
        mov al, 0x11
        out 0x20, al
        mov al, FROM_PIC
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x34
        mov bx, 2000
        call pit
        mov dword [LINT0], EXTINT
        mov ecx, 3
        call wait_for
        taken 3
        equal [log_], FROM_PIC
        step "not if LINT0 is masked"
        mov dword [LINT0], EXTINT | MASKED
        mov ecx, 200000
.spin:  loop .spin
        let_in
        taken 0
        step "by pin 0 of the I/O APIC"
        io 0x11, 0
        mov al, 0xff                    ; an edge is needed
        out 0x21, al
        io 0x10, EXTINT
        mov al, 0xfe
        out 0x21, al
        mov ecx, 3
        call wait_for
        taken 3
        equal [log_ + 8], FROM_PIC
        io 0x10, MASKED
        cmp byte [signature + 1], 6
        jne .done
        step "straight to the processor when the APIC is disabled"
        mov ecx, BASE_MSR
        mov eax, APIC | 0x100
        xor edx, edx
        wrmsr
        mov ecx, 3
        call wait_for
        taken 3
        equal [log_], FROM_PIC
.done:  mov al, 0xff
        out 0x21, al
        ret

; EAX: its vector. What was seen of the APIC is kept.
note:   push ebx
        mov ebx, [log_count]
        mov [log_ + ebx * 4], eax
        inc ebx
        and ebx, 63
        mov [log_count], ebx
        mov ebx, [ISR + 0x20]
        mov [seen_isr], ebx
        mov ebx, [PPR]
        mov [seen_ppr], ebx
        mov ebx, [TMR + 0x30]
        mov [seen_tmr], ebx
        pop ebx
        ret

; handler LABEL, VECTOR, does it end it
%macro handler 3
%1:     push eax
        mov eax, %2
        call note
    %if %3
        mov dword [EOI], 0
    %endif
        pop eax
        iretd
%endmacro

        handler handle_nmi, 2, 0
        handler handle_41, 0x41, 1
        handler handle_42, 0x42, 1
        handler handle_timer, TIMER, 1
        handler handle_61, 0x61, 1
        handler handle_spurious, 0xff, 0

handle_51:
        push eax
        mov eax, 0x51
        call note
        cmp dword [nested], 0
        je .end
        to_self 0x42
        to_self 0x61
        let_in
.end:   mov dword [EOI], 0
        pop eax
        iretd

handle_io:
        pushad
        mov eax, FROM_IO
        call note
        mov dword [IOREGSEL], 0x14
        mov eax, [IOWIN]
        mov [seen_entry], eax
        cmp dword [levels], 0
        je .end
        dec dword [levels]
        jnz .end
        mov al, 0x30                    ; the output falls with the new mode
        out 0x43, al
.end:   mov dword [EOI], 0
        popad
        iretd

handle_pic:
        push eax
        mov eax, [log_count]
        mov dword [log_ + eax * 4], FROM_PIC
        inc eax
        and eax, 63
        mov [log_count], eax
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd

handlers:
        dd 2, handle_nmi, 0x41, handle_41, 0x42, handle_42, TIMER, handle_timer, 0x51, handle_51
        dd 0x61, handle_61, 0xff, handle_spurious, FROM_IO, handle_io, FROM_PIC, handle_pic
handlers_end:

        align 4
signature: dd 0
features: dd 0
nested: dd 0
levels: dd 0
seen_isr: dd 0
seen_ppr: dd 0
seen_tmr: dd 0
seen_entry: dd 0
due:    dd 0, 0
log_count: dd 0
log_:   times 64 dd 0

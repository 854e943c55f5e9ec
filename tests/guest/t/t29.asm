; SPDX-License-Identifier: MIT
; PCI as Windows configures it, and ACPI: base addresses are sized, moved and switched off; IRQ routing; the
; tables' checksums and what they say of the power management's registers; its timer's rate; the SCI
; comes when it should, by the timer's carry and by the power button, which the script presses, and falls
; when its cause is cleared. Rules M3, M4, M14, X15. PCI Local Bus Specification 2.1, 6.2.5; ACPI
; Specification 1.0b; 82371AB (PIIX4) data sheet 290562.
;
; Nothing on the board pulls a PIRQ: the functions with a pin have their own IRQ (the SCI's is 9, the disks'
; 14 and 15). So what is shown of the routing is its registers, and that routing alone asks for nothing.
; Script: yes
%define NAME "T29"
%include "kernel.inc"
%include "acpi.inc"
%include "board.inc"
%include "aux.inc"

%define IDE     0x0900                  ; functions: device << 11 | function << 8
%define BRIDGE  0x0800
%define POWER   0x0b00

; config FUNCTION, REGISTER: EAX; set_config FUNCTION, REGISTER, VALUE.
%macro config 2
        mov eax, 0x80000000 | (%1) | (%2)
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
%endmacro
%macro set_config 3
        push dword %3
        mov eax, 0x80000000 | (%1) | (%2)
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        pop eax
        out dx, eax
%endmacro

main:   call bars
        call routing
        call tables
        call acpi_on
        call timer_rate
        call interrupt
%ifndef PEER                            ; nobody presses it there
        call button
%endif
        ret

bars:   step "base address 4 of the IDE controller: 16 bytes of I/O"
        config IDE, 0x20
        mov ebx, eax
        equal_bits ebx, 15, 1
        set_config IDE, 0x20, 0xffffffff
        config IDE, 0x20
        equal_bits eax, 0xffff, 0xfff1
        set_config IDE, 0x20, ebx
        step "it answers there, and at another address when that changes"
        and ebx, 0xfff0
        config IDE, 4
        or eax, 5
        and eax, 0xffff
        mov [command], eax
        set_config IDE, 4, [command]
        lea edx, [ebx + 4]
        mov eax, 0x12345678
        out dx, eax
        in eax, dx
        equal eax, 0x12345678
        set_config IDE, 0x20, 0xd001
        mov edx, 0xd004
        in eax, dx
        equal eax, 0x12345678
        lea edx, [ebx + 4]
        in eax, dx
        equal eax, 0xffffffff
        step "without the decode bit nobody answers, nor at 0"
        mov eax, [command]
        and eax, ~1
        set_config IDE, 4, eax
        mov edx, 0xd004
        in eax, dx
        equal eax, 0xffffffff
        set_config IDE, 0x20, 1
        mov eax, [command]
        set_config IDE, 4, eax
        mov edx, 4
        in al, dx                       ; the DMA controller's, as ever
        or ebx, 1
        set_config IDE, 0x20, ebx
        lea edx, [ebx + 3]
        in eax, dx
        equal eax, 0x12345678
        step "the display's memory: a power of two, and away without the decode bit"
        config 0x1000, 0
        equal_bits eax, 0xffff, 0x1234
        config 0x1000, 0x10
        mov ebx, eax
        set_config 0x1000, 0x10, 0xffffffff
        config 0x1000, 0x10
        mov ecx, eax
        set_config 0x1000, 0x10, ebx
        and ecx, ~15
        neg ecx
        lea eax, [ecx - 1]
        and eax, ecx
        equal eax, 0
        within ecx, 0x400000, 0x10000000
        and ebx, ~15
        lea eax, [ecx - 1]
        and eax, ebx
        equal eax, 0
        mov edi, ebx
        mov dword [edi + 0x100000], 0x600df00d
        equal [edi + 0x100000], 0x600df00d
        config 0x1000, 4
        and eax, 0xffff
        mov ebx, eax
        and eax, ~2
        set_config 0x1000, 4, eax
        equal [edi + 0x100000], 0xffffffff
        set_config 0x1000, 4, ebx
        equal [edi + 0x100000], 0x600df00d
        ret

; M3: what the BIOS has routed is a level in ELCR, what it has not is 80h.
routing:
        step "PIRQA# to PIRQD#"
        config BRIDGE, 0x60
        mov ebx, eax
        mov ecx, 4
.next:  movzx eax, bl
        shr ebx, 8
        test al, 0x80
        jnz .off
        and eax, 15
        bt dword [.may], eax
        setc dl
        movzx edx, dl
        equal edx, 1
        push eax
        mov dx, 0x4d1
        in al, dx
        mov ah, al
        dec edx
        in al, dx
        movzx edx, ax
        pop eax
        bt edx, eax
        setc al
        movzx eax, al
        equal eax, 1
.off:   loop .next
        step "PIRQA# to PIRQD#: what the registers keep, and the others beside them"
        config BRIDGE, 0x60
        mov [routes], eax
        set_config BRIDGE, 0x60, 0xffffffff
        config BRIDGE, 0x60
        equal eax, 0x8f8f8f8f
        mov edx, 0xcfe                  ; PIRQC# alone
        mov al, 0x0b
        out dx, al
        config BRIDGE, 0x60
        equal eax, 0x8f0b8f8f
        step "a route that nobody pulls"
        irqs 0xfef8                     ; but not the timer, the keyboard, the clock
        set_config BRIDGE, 0x60, 0x0b0a0905
        pass ms(5)
        config BRIDGE, 0x60
        equal eax, 0x0b0a0905
        mov dx, 0x20
        mov al, 0x0a
        out dx, al
        in al, dx
        movzx eax, al
        equal_bits eax, 0x20, 0
        mov dx, 0xa0
        mov al, 0x0a
        out dx, al
        in al, dx
        movzx eax, al
        equal_bits eax, 0x0e, 0
        equal [irq_count + 5 * 4], 0
        equal [irq_count + 9 * 4], 0
        equal [irq_count + 10 * 4], 0
        equal [irq_count + 11 * 4], 0
        irqs_off
        set_config BRIDGE, 0x60, [routes]
        ret
.may:   dd 0xdef8

; ESI: table. Its bytes' sum is 0.
sum:    pushad
        mov ecx, [esi + 4]
        within ecx, 36, 0x10000
        xor eax, eax
.next:  add al, [esi]
        inc esi
        loop .next
        equal eax, 0
        popad
        ret

tables: step "RSDP"
        call find_rsdp
        push esi
        mov ecx, 20
        xor eax, eax
.byte:  add al, [esi]
        inc esi
        loop .byte
        equal eax, 0
        pop esi
        mov esi, [esi + 16]
        step "RSDT and each table's sum"
        equal [esi], 'RSDT'
        call sum
        mov ecx, [esi + 4]
        sub ecx, 36
        shr ecx, 2
        lea ebx, [esi + 36]
        mov dword [fadt], 0
.table: mov esi, [ebx]
        call sum
        cmp dword [esi], 'FACP'
        jne .next
        mov [fadt], esi
.next:  add ebx, 4
        loop .table
        step "FADT: DSDT, FACS, ports as the power management function has them"
        mov ebx, [fadt]
        test ebx, ebx
        setz al
        movzx eax, al
        equal eax, 0
        mov esi, [ebx + 40]
        equal [esi], 'DSDT'
        call sum
        mov esi, [ebx + 36]
        equal [esi], 'FACS'
        equal_bits esi, 63, 0
        movzx eax, word [ebx + 46]
        equal eax, 9                    ; SCI
        config POWER, 0x40
        and eax, 0xffc0
        mov [pm], eax
        equal [ebx + 56], eax           ; PM1a event block
        add eax, 4
        equal [ebx + 64], eax           ; control
        add eax, 4
        equal [ebx + 76], eax           ; timer
        config POWER, 0x80
        equal_bits eax, 1, 1
        ret

acpi_on:
        step "ACPI is switched on by the SMI command port"
        mov ebx, [fadt]
        mov edx, [ebx + 48]
        mov al, [ebx + 52]
        test edx, edx
        jz .on
        out dx, al
        mov ecx, 1000000
.wait:  mov edx, [pm]
        add edx, 4
        in ax, dx
        test al, 1
        jnz .on
        loop .wait
.on:    mov edx, [pm]
        add edx, 4
        in ax, dx
        movzx eax, ax
        equal_bits eax, 1, 1
        ret

; EAX: the power management's timer.
pm_timer:
        push edx
        mov edx, [pm]
        add edx, 8
        in eax, dx
        pop edx
        ret

; A thousand times: it never goes back; and it has three ticks for one of the 8254.
timer_rate:
        step "the timer: 24 bits, 3.579545 MHz"
        irqs 0
        write 0x21, 0xff
        call clock_now
        mov ebx, eax
        call pm_timer
        mov esi, eax
        equal_bits eax, 0xff000000, 0
        pass ms(500)
        call pm_timer
        sub eax, esi
        and eax, 0xffffff
        mov ecx, eax
        call clock_now
        sub eax, ebx
        lea eax, [eax + eax * 2]
        lea edx, [eax + 1000]
        sub eax, 1000
        within ecx, eax, edx
        irqs_off
        ret

; The timer's carry, every 2.3 seconds.
interrupt:
        step "no SCI without its enable bit"
        irqs 1 << 9
        mov edx, 0x4d1
        in al, dx
        mov [elcr], al
        or al, 2                        ; a level
        out dx, al
        mov edx, [pm]
        mov ax, 0xffff
        out dx, ax                      ; whatever there was
        add edx, 2
        xor eax, eax
        out dx, ax
        mov dword [irq_work], .taken
        no_irq 9, ms(2500)
        mov edx, [pm]
        in ax, dx
        movzx eax, ax
        equal_bits eax, 1, 1            ; the status came all the same
        step "the SCI, as long as its status is set"
        mov dword [taken], 0
        add edx, 2
        mov ax, 1
        out dx, ax
        pass ms(5)
        equal [taken], 3
        mov edx, [pm]
        mov dword [irq_count + 9 * 4], 0
        no_irq 9, ms(10)
        in ax, dx
        movzx eax, ax
        equal_bits eax, 1, 0
        step "and with the next carry"
        mov dword [irq_work], .once
        wait_irq 9, ms(2500)
        jmp sci_off
; It asks again and again; the third time its cause is taken away.
.taken: inc dword [taken]
        cmp dword [taken], 3
        je .once
        ret
.once:  push edx                        ; its cause goes
        mov edx, [pm]
        mov ax, 1
        out dx, ax
        pop edx
        ret

; sci LEVEL: what IRQ 9 asks of its controller while it is masked.
%define sci sci_at __?LINE?__,
%macro sci_at 2
        write 0xa0, 0x0a
        reads_at %1, 0xa0, 2, (%2) << 1
%endmacro

; ACPI 1.0b, 4.7.2.2.1.1 and 4.7.3.1: PWRBTN_STS is set whoever listens; with PWRBTN_EN it raises the SCI.
%define BUTTON 0x100
button: step "the power button sets its status, and no SCI without its enable bit"
        write 0x21, 0xff
        write 0xa1, 0xff
        mov edx, 0x4d1
        in al, dx
        mov [elcr], al
        or al, 2
        out dx, al
        mov edx, [pm]
        mov ax, 0xffff
        out dx, ax
        add edx, 2
        xor eax, eax
        out dx, ax
        tell "press"
        call pressed
        sci 0
        step "its enable bit raises the SCI"
        mov edx, [pm]
        add edx, 2
        mov ax, BUTTON
        out dx, ax
        sci 1
        xor eax, eax
        out dx, ax
        sci 0
        mov ax, BUTTON
        out dx, ax
        sci 1
        step "zeros and other bits clear nothing"
        mov edx, [pm]
        mov ax, 0xffff - BUTTON
        out dx, ax
        sci 1
        step "cleared, the SCI falls"
        mov ax, BUTTON
        out dx, ax
        sci 0
        in ax, dx
        movzx eax, ax
        equal_bits eax, BUTTON, 0
        step "pressed while it is enabled: IRQ 9, until the handler has cleared it"
        irqs 1 << 9
        mov edx, 0x4d1
        mov al, [elcr]
        or al, 2
        out dx, al
        mov dword [taken], 0
        mov dword [irq_work], .taken
        tell "again"
        mov ecx, 1000                   ; 5 s
.wait:  pass ms(5)
        cmp dword [taken], 3
        jae .there
        loop .wait
.there: equal [taken], 3
        mov dword [irq_count + 9 * 4], 0
        no_irq 9, ms(10)
        jmp sci_off
.taken: inc dword [taken]               ; the third time its cause is taken away
        cmp dword [taken], 3
        jne .done
        push edx
        mov edx, [pm]
        mov ax, BUTTON
        out dx, ax
        pop edx
.done:  ret

; No event may ask any longer; ELCR, vectors and masks as they were.
sci_off:
        mov edx, [pm]
        add edx, 2
        xor eax, eax
        out dx, ax
        mov al, [elcr]
        mov edx, 0x4d1
        out dx, al
        mov dword [irq_work], 0
        irqs_off
        ret

; Until the status says so, five seconds at most.
pressed:
        mov ecx, 333333
.wait:  mov edx, [pm]
        in ax, dx
        test ax, BUTTON
        jnz .done
        push ecx
        mov ecx, 1
        call wait_refresh
        pop ecx
        loop .wait
        movzx eax, ax
        equal_bits eax, BUTTON, BUTTON
.done:  ret

        align 4
routes: dd 0
fadt:   dd 0
pm:     dd 0
command: dd 0
taken:  dd 0
elcr:   dd 0

; SPDX-License-Identifier: MIT
; A boot sector that says what Setup programs look for: CPUID's largest function and the family, the APIC
; bit, the tables of ACPI and the MultiProcessor Specification, Plug and
; Play BIOS, APM, memory in KiB above 1 MiB.
        org 0x7c00
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov si, leaf
        pushfd
        pop eax
        xor eax, 0x200000
        mov ebx, eax
        push eax
        popfd
        pushfd
        pop eax
        xor eax, ebx
        test eax, 0x200000
        mov eax, 0
        jnz .no_cpuid
        cpuid
        call say
        mov eax, 1
        cpuid
        push dx
        mov si, family
        shr ax, 8
        and eax, 15
        call say
        pop ax
        mov si, apic
        shr ax, 9
        and eax, 1
.no_cpuid:
        call say
        mov si, acpi
        mov eax, 'RSD '
        call find
        mov si, mp
        mov eax, '_MP_'
        call find
        mov si, pnp
        mov eax, '$PnP'
        call find
        mov si, apm
        mov ax, 0x5300
        xor bx, bx
        int 0x15
        mov eax, 1
        sbb ax, 0
        call say
        mov si, memory
        mov ah, 0x88
        int 0x15
        movzx eax, ax
        call say
        mov si, end
        call text
stop:   hlt
        jmp stop

; 1 if EAX begins a paragraph of the F segment.
find:   mov bx, 0xf000
.next:  mov es, bx
        cmp [es:0], eax
        je .found
        inc bx
        jnz .next
.found: test bx, bx
        mov eax, 0
        setnz al

; The text at SI and the number in EAX.
say:    push eax
        call text
        pop eax
        mov ebx, 10
        xor cx, cx
.digit: xor edx, edx
        div ebx
        push dx
        inc cx
        test eax, eax
        jnz .digit
.out:   pop ax
        add al, '0'
        call put
        loop .out
        ret
text:   lodsb
        test al, al
        jz .end
        call put
        jmp text
.end:   ret
put:    mov ah, 0x0e
        mov bx, 7
        int 0x10
        ret

leaf:   db 13, 10, "leaf ", 0
family: db " family ", 0
apic:   db " apic ", 0
acpi:   db " acpi ", 0
mp:     db " mp ", 0
pnp:    db " pnp ", 0
apm:    db " apm ", 0
memory: db " memory ", 0
end:    db ".", 13, 10, 0
        times 510 - ($ - $$) db 0
        dw 0xaa55

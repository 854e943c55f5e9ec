; SPDX-License-Identifier: MIT
; PCI BIOS 2.1 in its three forms (real mode, 16-bit and 32-bit protected mode): what it says equals
; configuration mechanism 1, and registers survive; $PIR and B10Eh say the same. Rules M3, V9.
; PCI BIOS Specification 2.1; Standard BIOS 32-bit Service Directory Proposal 0.4; PCI IRQ Routing
; Table Specification 1.0.
%define NAME "T28"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"

%define ROM         0xf0000
%define ROM16       (SPARE + 0x00)
%define ARENA32     (SPARE + 0x08)      ; base ARENA, a big segment
%define BUFFER      (ARENA + 0x8000)    ; the routing buffer
%define SLOTS_AT    (ARENA + 0x8100)

%define HOST    0x0000                  ; functions of the board
%define BRIDGE  0x0008
%define POWER   0x000b

main:   descriptor ROM16, ROM, 0xffff, XR_CODE
        descriptor ARENA32, ARENA, 0xffff, W_DATA | BIG
        call routing_table
        call directory
        mov dword [form], real_form
        call functions
        mov dword [form], form16
        call functions
        mov dword [form], form32
        call functions
        call unknown_services
        ret

; pci FUNCTION, BX, ECX, EDX, SI, DI: the call. The halves that no function reads are garbage.
%macro pci 6
        pci_registers %1, %2, %3, %4, %5, %6
        call pci_call
%endmacro
%macro pci_registers 6
        registers_for 0xa5a5b100 | (%1), 0xb5b50000 | (%2), %3, %4
        mov dword [regs + registers.esi], 0x55550000 | (%5)
        mov dword [regs + registers.edi], 0xd5d50000 | (%6)
%endmacro

pci_call:
        mov dword [regs + registers.ebp], 0xe5e5e5e5
        jmp call_form

; says AH: that it was this, with CF unless 0; and what no function changes is as before.
%define says says_at __?LINE?__,
%macro says_at 2
        mov eax, [regs + registers.eax]
        shr eax, 8
        equal_bits_at %1, eax, 0xffffff, 0xa5a500 | (%2)
    %if %2
        equal_at %1, [regs + registers.carry], 1
    %else
        equal_at %1, [regs + registers.carry], 0
    %endif
        equal_at %1, [regs + registers.esi], [before + registers.esi]
        equal_at %1, [regs + registers.edi], [before + registers.edi]
        equal_at %1, [regs + registers.ebp], [before + registers.ebp]
%endmacro

; ---- the forms ----

real_form:
        in_real .sixteen
        ret
bits 16
.sixteen:
        mov ax, ARENA >> 4              ; ES:DI of B10Eh
        mov es, ax
        load_registers offset16(regs)
        int 0x1a
        store_registers offset16(regs)
        jmp from_real
bits 32

; A far call with flags below, on a stack that is a big segment; the garbage above BP does no harm.
form16: mov [.esp], esp
        mov ax, ARENA32
        mov ss, ax
        mov es, ax
        mov esp, 0x7000
        load_registers regs
        jmp CODE16:offset16(.sixteen)
bits 16
.sixteen:
        pushf
        call ROM16:0xfe6e
        jmp dword CODE0:.back
bits 32
.back:  store_registers regs
        mov ax, DATA0
        mov ss, ax
        mov es, ax
        mov esp, [.esp]
        ret
.esp:   dd 0

form32: load_registers regs
        call far [entry32]
        store_registers regs
        ret

; ---- what lies in the F segment ----

; ESI: the text's four bytes; EBX: where it lies, on 16 bytes.
%macro find_text 1
        mov ebx, ROM
%%next: cmp dword [ebx], %1
        je %%found
        add ebx, 16
        cmp ebx, ROM + 0x10000
        jb %%next
        equal ebx, 0                    ; it is not there
%%found:
%endmacro

; EBX, ECX bytes: EAX their sum.
byte_sum:
        push ebx
        mov eax, 0
.next:  add al, [ebx]
        inc ebx
        loop .next
        pop ebx
        ret

routing_table:
        step "$PIR"
        find_text '$PIR'
        mov [pir], ebx
        movzx ecx, word [ebx + 6]
        mov [pir_bytes], ecx
        call byte_sum
        equal eax, 0
        equal_bits [ebx + 4], 0xffff, 0x0100
        equal_bits [ebx + 8], 0xffff, BRIDGE << 8
        step "$PIR: each slot's pins are wired in turn, and lead to real IRQs"
        lea esi, [ebx + 32]
        mov ecx, [pir_bytes]
        sub ecx, 32
        shr ecx, 4
.slot:  movzx edi, byte [esi + 1]
        shr edi, 3
        xor edx, edx                    ; pin
.pin:   lea eax, [edx + edx * 2]
        movzx ebp, byte [esi + eax + 2]
        lea eax, [edi + edx - 1]
        and eax, 3
        add eax, 0x60
        equal eax, ebp
        lea eax, [edx + edx * 2]
        equal_bits [esi + eax + 3], 0xffff, 0xdef8
        inc edx
        cmp edx, 4
        jb .pin
        add esi, 16
        loop .slot
        ret

directory:
        step "_32_"
        find_text '_32_'
        movzx ecx, byte [ebx + 9]
        equal ecx, 1
        shl ecx, 4
        call byte_sum
        equal eax, 0
        mov eax, [ebx + 4]
        mov [directory32], eax
        mov dword [directory32 + 4], CODE0
        step "BIOS32: $PCI"
        mov eax, '$PCI'
        mov ebx, 0
        call far [directory32]
        equal_bits eax, 0xff, 0
        equal ebx, ROM
        equal ecx, 0x10000
        add edx, ebx
        mov [entry32], edx
        mov dword [entry32 + 4], CODE0
        ret

unknown_services:
        step "BIOS32: services and functions that are none"
        mov eax, '$XYZ'
        mov ebx, 0
        call far [directory32]
        equal_bits eax, 0xff, 0x80
        mov eax, '$PCI'
        mov ebx, 1
        call far [directory32]
        equal_bits eax, 0xff, 0x81
        ret

; ---- functions, in each form ----

functions:
        call present
        call find_devices
        call find_classes
        call configuration
        call options
        call set_interrupt
        step "a function that is none"
        pci 0x06, 0, 0x12345678, 0x9abcdef0, 0, 0
        says 0x81
        kept ebx, ecx, edx
        pci 0x10, 0, 0x12345678, 0x9abcdef0, 0, 0
        says 0x81
        ret

present:
        step "B101: present"
        pci 0x01, 0, 0x12345678, 0x9abcdef0, 1, 2
        says 0
        equal [regs + registers.edx], 'PCI '
        equal_bits [regs + registers.eax], 0xff, 1
        equal [regs + registers.ebx], 0xb5b50210
        equal [regs + registers.ecx], 0x12345600
        ret

find_devices:
        step "B102: a device by vendor and number"
        pci 0x02, 0xffff, 0xcccc1237, 0xdddd8086, 0, 2
        says 0
        equal [regs + registers.ebx], 0xb5b50000 | HOST
        kept ecx, edx
        pci 0x02, 0xffff, 0xcccc7000, 0xdddd8086, 0, 2
        says 0
        equal [regs + registers.ebx], 0xb5b50000 | BRIDGE
        pci 0x02, 0xffff, 0xcccc7113, 0xdddd8086, 0, 2
        says 0
        equal [regs + registers.ebx], 0xb5b50000 | POWER
        step "B102: a device that is not there"
        pci 0x02, 0xffff, 0xcccc7113, 0xdddd8086, 1, 2
        says 0x86
        kept ebx, ecx, edx
        pci 0x02, 0xffff, 0xcccc1234, 0xdddd8086, 0, 2
        says 0x86
        pci 0x02, 0xffff, 0xcccc1234, 0xddddffff, 0, 2
        says 0x83
        ret

find_classes:
        step "B103: a device by class"
        pci 0x03, 0xffff, 0xcc060000, 0xdddddddd, 0, 2
        says 0
        equal [regs + registers.ebx], 0xb5b50000 | HOST
        kept ecx, edx
        pci 0x03, 0xffff, 0xcc060100, 0xdddddddd, 0, 2
        says 0
        equal [regs + registers.ebx], 0xb5b50000 | BRIDGE
        pci 0x03, 0xffff, 0xcc060100, 0xdddddddd, 1, 2
        says 0x86
        kept ebx, ecx, edx
        pci 0x03, 0xffff, 0xccffffff, 0xdddddddd, 0, 2
        says 0x86
        ret

; AX: bus and function, DI: register; EAX: its doubleword by mechanism 1.
mechanism1:
        movzx eax, ax
        shl eax, 8
        and edi, 0xfc
        lea eax, [eax + edi + 0x80000000]
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        ret

configuration:
        step "B108 to B10A: every register of every function by all widths"
        mov dword [number], 0
.next:  movzx ebx, byte [number + 1]    ; a function
        movzx edi, byte [number]        ; a register
        mov [regs + registers.ebx], ebx
        mov eax, ebx
        call mechanism1
        mov [expected], eax
        mov eax, [number]
        and eax, 3
        mov cl, [.function + eax]
        mov [.this], cl
        mov cl, al
        shl cl, 3
        shr dword [expected], cl
        movzx eax, byte [.this]
        or eax, 0xa5a5b100
        mov [regs + registers.eax], eax
        mov dword [regs + registers.ecx], 0x12345678
        mov dword [regs + registers.edx], 0x9abcdef0
        movzx edi, byte [number]
        mov [regs + registers.edi], edi
        call pci_call
        says 0
        kept ebx, edx
        mov ecx, 0xffffffff
        cmp byte [.this], 0x0a
        je .compare
        mov ecx, 0xffff
        cmp byte [.this], 0x09
        je .compare
        mov ecx, 0xff
.compare:
        mov eax, [expected]
        and eax, ecx
        not ecx
        and ecx, 0x12345678
        or eax, ecx
        equal eax, [regs + registers.ecx]
        inc dword [number]
        cmp dword [number], 0x1000
        jb .next
        step "other buses are empty"
        pci 0x0a, 0x0108, 0, 0, 0, 0
        says 0
        equal [regs + registers.ecx], 0xffffffff
        step "registers that are none"
        pci 0x08, BRIDGE, 0x12345678, 0x9abcdef0, 0, 0x100
        says 0x87
        kept ebx, ecx, edx
        pci 0x09, BRIDGE, 0x12345678, 0x9abcdef0, 0, 0x61
        says 0x87
        pci 0x0a, BRIDGE, 0x12345678, 0x9abcdef0, 0, 0x62
        says 0x87
        pci 0x0d, BRIDGE, 0x12345678, 0x9abcdef0, 0, 0x61
        says 0x87
        step "B10B to B10D write so many bytes"
        pci 0x0d, HOST, 0x11223344, 0x9abcdef0, 0, 0x60
        says 0
        kept ebx, ecx, edx
        pci 0x0c, HOST, 0x55667788, 0x9abcdef0, 0, 0x62
        says 0
        kept ebx, ecx, edx
        pci 0x0b, HOST, 0x99aabbcc, 0x9abcdef0, 0, 0x61
        says 0
        kept ebx, ecx, edx
        mov eax, HOST
        mov edi, 0x60
        call mechanism1
        equal eax, 0x7788cc44
        ret
.function: db 0x0a, 0x08, 0x09, 0x08
.this:  db 0

options:
        step "B10E: too little room"
        mov dword [BUFFER], 16
        call .ask
        says 0x89
        mov eax, [pir_bytes]
        sub eax, 32
        equal_bits [BUFFER], 0xffff, eax
        step "B10E: the slots of $PIR"
        call .ask
        says 0
        kept ecx, edx
        mov esi, [pir]
        mov eax, [esi + 10]
        movzx eax, ax
        equal_bits [regs + registers.ebx], 0xffff, eax
        add esi, 32
        mov edi, SLOTS_AT
        movzx ecx, word [BUFFER]
        repe cmpsb
        equal ecx, 0
        ret

; The buffer and the pointer in it, as the form has them.
.ask:   pci_registers 0x0e, 0, 0x12345678, 0x9abcdef0, 0, BUFFER - ARENA
        mov dword [BUFFER + 2], (SLOTS_AT - ARENA) | (ARENA >> 4) << 16
        cmp dword [form], real_form
        je pci_call
        mov word [BUFFER + 4], ARENA32
        cmp dword [form], form16
        je pci_call
        mov dword [BUFFER + 2], SLOTS_AT
        mov word [BUFFER + 6], DATA0
        mov dword [regs + registers.edi], BUFFER
        jmp pci_call

set_interrupt:
        step "B10F: INTA# of device 3 is PIRQC#"
        pci 0x0f, 3 << 3, 0x00000b0a, 0x9abcdef0, 0, 0
        says 0
        kept ebx, ecx, edx
        mov eax, BRIDGE
        mov edi, 0x60
        call mechanism1
        equal_bits eax, 0x00ff0000, 0x000b0000
        pci 0x0f, 3 << 3, 0x0000050d, 0x9abcdef0, 0, 0
        says 0
        mov eax, BRIDGE
        mov edi, 0x60
        call mechanism1
        equal_bits eax, 0x0000ff00, 0x00000500
        mov dx, 0x4d0
        in al, dx
        equal_bits eax, 1 << 5, 1 << 5
        mov dx, 0x4d1
        in al, dx
        equal_bits eax, 1 << 3, 1 << 3
        step "B10F: IRQs and pins that are none"
        pci 0x0f, 3 << 3, 0x00000d0a, 0x9abcdef0, 0, 0
        says 0x88
        kept ebx, ecx, edx
        pci 0x0f, 3 << 3, 0x00001b0a, 0x9abcdef0, 0, 0
        says 0x88
        pci 0x0f, 3 << 3, 0x00000b09, 0x9abcdef0, 0, 0
        says 0x88
        pci 0x0f, 3 << 3, 0x00000b0e, 0x9abcdef0, 0, 0
        says 0x88
        ret

        align 4
number: dd 0
expected: dd 0
pir:    dd 0
pir_bytes: dd 0
entry32: dd 0, 0
directory32: dd 0, 0

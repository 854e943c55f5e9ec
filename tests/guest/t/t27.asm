; SPDX-License-Identifier: MIT
; The Plug and Play BIOS: how it is found; its functions in real mode and in 16-bit protected mode, on
; stacks of 16 and of 32 bits; the nodes of the board, byte by byte; no ISA card answers; and after a
; reset everything is as before. Rules N4, X14, M14, B64. Plug and Play BIOS Specification 1.0A, Plug
; and Play ISA Specification 1.0a.
; Models: 386 486sx pentium3
%define NAME "T27"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"

%define ROM         0xf0000
%define ROM16       (SPARE + 0x00)
%define ROM_DATA    (SPARE + 0x08)
%define SMALL       (SPARE + 0x10)      ; base ARENA, 16-bit stack; and the buffers
%define BUFFER      0x4000              ; in ARENA: where a node goes
%define NUMBERS     0x5000              ; a node's number; how many there are, the largest size
%define STACK       0x9000
%define SAVED       0x300000            ; what the first start found: a mark, the bytes, the nodes
%define MARK        'Pnp1'

main:   descriptor ROM16, ROM, 0xffff, XR_CODE
        descriptor ROM_DATA, ROM, 0xffff, W_DATA
        descriptor SMALL, ARENA, 0xffff, W_DATA
        call find
        mov dword [form], real_form
        mov word [buffers], ARENA >> 4
        mov word [bios_selector], 0xf000
        cmp dword [SAVED], MARK
        je second_start
        call equipment
        call first_nodes
        call functions
        mov word [buffers], SMALL
        mov word [bios_selector], ROM_DATA
        mov dword [form], form16
        call functions
        mov dword [form], form32
        call functions
        call isolation
        mov dword [SAVED], MARK         ; and once more from a start on that leaves memory
        mov word [0x472], 0x1234
        mov al, 0x0f
        out 0x70, al
        mov al, 0
        out 0x71, al
        mov al, 0xfe
        out 0x64, al
        jmp $

second_start:
        mov dword [SAVED], 0
        call same_nodes
        ret

; ---- calls ----

; pnp WORDS: the function and its arguments; SEG stands for the buffers' segment, BIOS for the BIOS's.
%macro pnp 1-*
    %assign %%i 0
    %rep %0
      %ifidn %1, SEG
        mov ax, [buffers]
        mov [arguments + %%i], ax
      %elifidn %1, BIOS
        mov ax, [bios_selector]
        mov [arguments + %%i], ax
      %else
        mov word [arguments + %%i], %1
      %endif
      %assign %%i %%i + 2
      %rotate 1
    %endrep
        mov dword [count], %0
        call pnp_call
%endmacro

%define FLAGS 0xcd7                     ; the arithmetic ones, and downwards

pnp_call:
        mov dword [regs + registers.eax], 0xa5a5aaaa
        mov dword [regs + registers.ebx], 0xb5b5bbbb
        mov dword [regs + registers.ecx], 0xc5c5cccc
        mov dword [regs + registers.edx], 0xd5d5dddd
        mov dword [regs + registers.esi], 0x51515151
        mov dword [regs + registers.edi], 0x61616161
        mov dword [regs + registers.ebp], 0xe5e5e5e5
        jmp call_form

; says AX: and nothing else has changed.
%define says says_at __?LINE?__,
%macro says_at 2
        equal_at %1, [regs + registers.eax], 0xa5a50000 | (%2)
        kept_at %1, ebx, ecx, edx, esi, edi, ebp
        equal_at %1, [after_flags], FLAGS
        equal_at %1, [after_esp], [before_esp]
        equal_at %1, [after_segments], [before_segments]
        equal_at %1, [after_segments + 4], [before_segments + 4]
        equal_at %1, [after_segments + 8], [before_segments + 8]
%endmacro

; segments WHERE: all but CS, with the offsets' base.
%macro segments 1
        mov [%1], ds
        mov [%1 + 2], es
        mov [%1 + 4], fs
        mov [%1 + 6], gs
        mov [%1 + 8], ss
%endmacro

real_form:
        in_real .sixteen
        ret
bits 16
.sixteen:
        mov esp, 0xdead7800             ; of this SP counts
        mov ax, 0x1234
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov cx, [offset16(count)]
.next:  mov bx, cx
        add bx, bx
        push word [bx + offset16(arguments) - 2]
        loop .next
        mov [offset16(before_esp)], esp
        segments offset16(before_segments)
        load_registers offset16(regs)
        push dword FLAGS
        popfd
        call far [offset16(entry_real)]
        store_registers offset16(regs)
        mov [offset16(after_esp)], esp
        pushfd
        pop dword [offset16(after_flags)]
        cld
        segments offset16(after_segments)
        jmp from_real
bits 32

; The same from protected mode: SS and ESP are there.
protected:
        mov ecx, [count]
.next:  push word [arguments + ecx * 2 - 2]
        loop .next
        mov [before_esp], esp
        mov ax, DATA3
        mov fs, ax
        mov ax, 0
        mov gs, ax
        segments before_segments
        load_registers regs
        push dword FLAGS
        popfd
        jmp CODE16:offset16(.sixteen)
bits 16
.sixteen:
        call far [dword entry16]
        jmp dword CODE0:.back
bits 32
.back:  store_registers regs
        mov [after_esp], esp
        pushfd
        pop dword [after_flags]
        cld
        segments after_segments
        mov ax, DATA0
        mov ss, ax
        mov esp, [saved_esp]
        xor eax, eax
        mov fs, ax
        ret

form16: mov [saved_esp], esp
        mov ax, SMALL
        mov ss, ax
        mov esp, 0xdead0000 | STACK
        jmp protected

form32: mov [saved_esp], esp            ; the stack lies above 64 KiB
        mov esp, ARENA + STACK
        jmp protected

; ---- the structure ----

find:   step "$PnP on a paragraph of the F segment, once"
        xor ebp, ebp
        mov esi, ROM
.next:  cmp dword [esi], '$PnP'
        jne .other
        mov edi, esi
        inc ebp
.other: add esi, 16
        cmp esi, 0x100000
        jb .next
        equal ebp, 1
        step "what is in it"
        equal_bits [edi + 4], 0xffff, 33 << 8 | 0x10
        equal_bits [edi + 6], 0xffff, 0
        mov ecx, 33
        mov esi, edi
        xor ebx, ebx
.sum:   lodsb
        add bl, al
        loop .sum
        equal ebx, 0
        mov eax, [edi + 0x0d]
        mov [entry_real], eax
        equal_bits eax, 0xffff0000, 0xf0000000
        mov ax, [edi + 0x11]
        mov [entry16], ax
        mov word [entry16 + 2], ROM16
        equal [edi + 0x13], ROM
        equal_bits [edi + 0x1b], 0xffff, 0xf000
        equal [edi + 0x1d], ROM
        ret

; ---- nodes ----

; What the board has, by others' word: INT 11h and CMOS.
equipment:
        in_real .sixteen
        mov al, 0x30
        out 0x70, al
        in al, 0x71
        movzx ebx, al
        mov al, 0x31
        out 0x70, al
        in al, 0x71
        mov bh, al
        shl ebx, 10
        mov [board_memory], ebx
        ret
bits 16
.sixteen:
        int 0x11
        mov [offset16(equipped)], ax
        jmp from_real
bits 32

; Each node as the specification has it, and as expected; they are kept at SAVED.
first_nodes:
        step "how many nodes, and the largest"
        pnp 0, NUMBERS + 2, SEG, NUMBERS + 4, SEG, BIOS
        says 0
        mov dword [node_at], SAVED + 8
        mov dword [largest], 0
        mov dword [expected_at], expected
        mov byte [ARENA + NUMBERS], 0
        mov dword [number], 0
.next:  step "a node"
        mov eax, [number]
        mov [step_number], eax
        equal_bits [ARENA + NUMBERS], 0xff, eax
        call get
        says 0
        mov esi, ARENA + BUFFER
        mov al, [number]
        equal_bits [esi + 2], 0xff, eax
        call walk
        call as_expected
        movzx ecx, word [esi]
        cmp ecx, [largest]
        jbe .copy
        mov [largest], ecx
.copy:  mov edi, [node_at]
        rep movsb
        mov [node_at], edi
        inc dword [number]
        cmp byte [ARENA + NUMBERS], 0xff
        jne .next
        mov dword [step_number], 0
        step "so many nodes, and so large"
        equal_bits [ARENA + NUMBERS + 2], 0xff, [number]
        equal_bits [ARENA + NUMBERS + 4], 0xffff, [largest]
        mov eax, [node_at]
        sub eax, SAVED + 8
        mov [SAVED + 4], eax
        step "nothing else was expected"
        call skip_missing
        equal [expected_at], expected_end
        ret

get:    pnp 1, NUMBERS, SEG, BUFFER, SEG, 1, BIOS
        ret

; The three blocks of descriptors at ESI end where the node does, IRQs are of two bytes.
walk:   lea edi, [esi + 12]
        mov ecx, 3
.next:  mov al, [edi]
        movzx edx, al
        test al, 0x80
        jnz .long
        cmp al, 0x23
        je .irq
        and edx, 7
        inc edx
        add edi, edx
        and al, 0x78
        cmp al, 0x78
        jne .next
        loop .next
        movzx eax, word [esi]
        add eax, esi
        equal edi, eax
        ret
.long:  movzx edx, word [edi + 1]
        lea edi, [edi + edx + 3]
        jmp .next
.irq:   equal eax, 0x22
        ret

; The node at ESI is the next expected one.
as_expected:
        call skip_missing
        mov edi, [expected_at]
        movzx ecx, byte [edi + 2]
        lea eax, [ecx + 3]
        equal_bits [esi], 0xffff, eax
        add edi, 3
        push esi
        add esi, 3
        repe cmpsb
        pop esi
        equal ecx, 0
        mov eax, [expected_at]
        movzx ecx, byte [eax + 2]
        lea eax, [eax + ecx + 3]
        mov [expected_at], eax
        ret

; Past expected nodes of devices that the board lacks.
skip_missing:
        mov eax, [expected_at]
        cmp eax, expected_end
        je .done
        mov cx, [eax]
        and cx, [equipped]
        cmp cx, [eax]
        je .done
        movzx ecx, byte [eax + 2]
        lea eax, [eax + ecx + 3]
        mov [expected_at], eax
        jmp skip_missing
.done:  ret

; All nodes are as at SAVED.
same_nodes:
        step "nodes as before"
        mov dword [node_at], SAVED + 8
        mov byte [ARENA + NUMBERS], 0
.next:  call get
        says 0
        mov esi, ARENA + BUFFER
        movzx ecx, word [esi]
        mov edi, [node_at]
        repe cmpsb
        equal ecx, 0
        mov [node_at], edi
        cmp byte [ARENA + NUMBERS], 0xff
        jne .next
        mov eax, [node_at]
        sub eax, SAVED + 8
        equal eax, [SAVED + 4]
        ret

; ---- functions ----

functions:
        call same_nodes
        call other_nodes
        call set
        call same_nodes
        call configuration
        jmp unsupported

other_nodes:
        step "a node as it will be is as it is"
        mov byte [ARENA + NUMBERS], 3
        pnp 1, NUMBERS, SEG, BUFFER, SEG, 1, BIOS
        says 0
        equal_bits [ARENA + NUMBERS], 0xff, 4
        mov byte [ARENA + NUMBERS], 3
        pnp 1, NUMBERS, SEG, BUFFER + 0x100, SEG, 2, BIOS
        says 0
        mov esi, ARENA + BUFFER
        movzx ecx, word [esi]
        mov edi, ARENA + BUFFER + 0x100
        repe cmpsb
        equal ecx, 0
        step "neither and both are bad parameters, nothing is written"
        mov byte [ARENA + NUMBERS], 3
        mov dword [ARENA + BUFFER], 0x77777777
        pnp 1, NUMBERS, SEG, BUFFER, SEG, 0, BIOS
        says 0x84
        pnp 1, NUMBERS, SEG, BUFFER, SEG, 3, BIOS
        says 0x84
        step "numbers that are none"
        equal_bits [ARENA + NUMBERS], 0xff, 3
        mov al, [ARENA + NUMBERS + 2]
        mov [ARENA + NUMBERS], al
        pnp 1, NUMBERS, SEG, BUFFER, SEG, 1, BIOS
        says 0x83
        mov byte [ARENA + NUMBERS], 0xff
        pnp 1, NUMBERS, SEG, BUFFER, SEG, 1, BIOS
        says 0x83
        equal_bits [ARENA + NUMBERS], 0xff, 0xff
        equal [ARENA + BUFFER], 0x77777777
        ret

; Of node 3, the timer: io 40, irq 0; and of node 0, memory.
set:    step "a node may stay as it is"
        mov byte [ARENA + NUMBERS], 3
        call get
        says 0
        pnp 2, 3, BUFFER, SEG, 1, BIOS
        says 0
        pnp 2, 3, BUFFER, SEG, 2, BIOS
        says 0
        pnp 2, 3, BUFFER, SEG, 3, BIOS
        says 0
        step "but when?"
        pnp 2, 3, BUFFER, SEG, 0, BIOS
        says 0x84
        step "a number that is none"
        pnp 2, 0x77, BUFFER, SEG, 1, BIOS
        says 0x83
        step "another IRQ"
        inc byte [ARENA + BUFFER + 12 + 8 + 1]
        pnp 2, 3, BUFFER, SEG, 2, BIOS
        says 0x85
        step "no port at all"
        dec byte [ARENA + BUFFER + 12 + 8 + 1]
        mov byte [ARENA + BUFFER + 12 + 7], 0
        pnp 2, 3, BUFFER, SEG, 1, BIOS
        says 0x85
        step "no IRQ behind the port"
        mov byte [ARENA + BUFFER + 12 + 8], 0x79
        pnp 2, 3, BUFFER, SEG, 1, BIOS
        says 0x84
        step "memory elsewhere, and of another length"
        mov byte [ARENA + NUMBERS], 0
        call get
        says 0
        pnp 2, 0, BUFFER, SEG, 3, BIOS
        says 0
        inc byte [ARENA + BUFFER + 12 + 6]
        pnp 2, 0, BUFFER, SEG, 3, BIOS
        says 0x85
        inc byte [ARENA + BUFFER + 12 + 1]
        pnp 2, 0, BUFFER, SEG, 3, BIOS
        says 0x84
        ret

configuration:
        step "no ISA cards"
        mov dword [ARENA + BUFFER], 0x77777777
        mov dword [ARENA + BUFFER + 4], 0x77777777
        pnp 0x40, BUFFER, SEG, BIOS
        says 0
        equal [ARENA + BUFFER], 0x00000001
        equal [ARENA + BUFFER + 4], 0x77770000
        ret

; Only 00h to 02h and 40h are required here (4.4.1); what the specification does not know is an error of
; its own (Appendix C).
%macro all_say 3 ; from, to, code
        mov esi, %1
%%next: movzx eax, word [esi]
        mov [step_number], eax
        add esi, 2
        push esi
        call any_function
        pop esi
        says %3
        cmp esi, %2
        jb %%next
        mov dword [step_number], 0
%endmacro

unsupported:
        step "functions that this system does not have"
        all_say .optional, .unknown, 0x82
        step "functions that there are not"
        all_say .unknown, .end, 0x81
        ret
.optional: dw 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x41, 0x42, 0x43
.unknown: dw 0x0c, 0x3f, 0x44, 0x60, 0x101, 0x140, 0x8000, 0xffff
.end:

any_function:                           ; AX
        mov [arguments], ax
        mov ax, [buffers]
        mov word [arguments + 2], BUFFER
        mov [arguments + 4], ax
        mov [arguments + 6], ax
        mov dword [count], 4
        jmp pnp_call

; ---- ISA cards ----

; Plug and Play ISA Specification 1.0a, 3.3 and 4.
%macro card 2 ; register, value
        mov dx, 0x279
        mov al, %1
        out dx, al
        mov dx, 0xa79
        mov al, %2
        out dx, al
%endmacro

isolation:
        step "the ports of ISA cards are empty"
        mov dx, 0x378
        mov al, 0xa5
        out dx, al
        mov dx, 0x279
        mov al, 0
        out dx, al
        out dx, al
        mov al, 0x6a                    ; the initiation key
        mov ecx, 32
.key:   out dx, al
        mov ah, al
        shr ah, 1
        xor ah, al
        shl ah, 7
        shr al, 1
        or al, ah
        loop .key
        card 0x02, 0x04                 ; every card number is 0
        card 0x03, 0x00                 ; wake who has 0
        card 0x00, 0x203 >> 2           ; read there
        mov dx, 0x279
        mov al, 0x01                    ; isolation: 72 pairs
        out dx, al
        mov dx, 0x203
        mov ecx, 144
        mov ebx, 0xff
.bit:   in al, dx
        and bl, al
        loop .bit
        equal ebx, 0xff
        mov dx, 0x279
        mov al, 0x05                    ; status
        out dx, al
        mov dx, 0x203
        in al, dx
        equal_bits eax, 0xff, 0xff
        mov dx, 0x279
        in al, dx
        equal_bits eax, 0xff, 0xff
        mov dx, 0xa79
        in al, dx
        equal_bits eax, 0xff, 0xff
        card 0x02, 0x02                 ; wait for key
        step "nobody else heard of it"
        mov dx, 0x378
        in al, dx
        equal_bits eax, 0xff, 0xa5
        ret

; ---- what is expected ----

; device EQUIPMENT, DIGITS, TYPE, ATTRIBUTES; descriptors; device_end.
%macro device 6
        dw %1
        db %%end - %%begin
%%begin: db 0x41, 0xd0, (%2) >> 8, (%2) & 0xff, %3, %4, %5
        dw %6
    %push device
    %define %$end %%end
%endmacro
%macro device_end 0-1
        db 0x79, 0, 0x79, 0
    %if %0
        db 0x1c, 0x41, 0xd0, (%1) >> 8, (%1) & 0xff
    %endif
        db 0x79, 0
%$end:
    %pop
%endmacro
%macro memory 3
        db 0x86, 9, 0, %1
        dd %2, %3
%endmacro
%macro io 2
        db 0x47, 1
        dw %1, %1
        db 1, %2
%endmacro
%macro irq 1
        db 0x22
        dw 1 << %1
%endmacro
%macro dma 2
        db 0x2a, 1 << %1, %2
%endmacro

expected:
        device 0, 0x0c01, 5, 0, 0, 3
        memory 0x19, 0, 0xa0000
        memory 0x19, 0x100000, 0
board_memory equ $ - 4
        memory 0x18, 0xf0000, 0x10000
        memory 0x18, 0xffff0000, 0x10000
        device_end
        device 0, 0x0000, 8, 0, 1, 3
        io 0x20, 2
        io 0xa0, 2
        io 0x4d0, 2
        irq 2
        device_end
        device 0, 0x0200, 8, 1, 1, 3
        io 0x00, 16
        io 0x80, 16
        io 0xc0, 32
        dma 4, 0x05
        device_end
        device 0, 0x0100, 8, 2, 1, 3
        io 0x40, 4
        irq 0
        device_end
        device 0, 0x0b00, 8, 3, 1, 3
        io 0x70, 2
        irq 8
        device_end
        device 0, 0x0303, 9, 0, 0, 0x0b
        io 0x60, 1
        io 0x64, 1
        irq 1
        device_end
        device 0x0004, 0x0f13, 9, 2, 0, 3
        irq 12
        device_end
        device 0x0002, 0x0c04, 0x0b, 0x80, 0, 3
        io 0xf0, 2
        irq 13
        device_end
        device 0, 0x0800, 4, 1, 0, 3
        io 0x61, 1
        device_end
        device 0, 0x0a03, 6, 4, 0, 3
        io 0xcf8, 8
        device_end
        device 0, 0x0c02, 8, 0x80, 0, 3
        io 0x92, 1
        io 0xb2, 2
        io 0x510, 12
        io 0xb000, 64
        io 0xb100, 16
        device_end
        device 0x0001, 0x0700, 1, 2, 0, 0x13
        io 0x3f0, 6
        io 0x3f7, 1
        irq 6
        dma 2, 0x08
        device_end
        device 0, 0x0501, 7, 0, 2, 3
        io 0x3f8, 8
        irq 4
        device_end 0x0500
        device 0, 0x0501, 7, 0, 2, 3
        io 0x2f8, 8
        irq 3
        device_end 0x0500
        device 0, 0x0400, 7, 1, 0, 3
        io 0x378, 3
        irq 7
        device_end
expected_end:

        align 4
expected_at: dd 0
node_at: dd 0
number: dd 0
largest: dd 0
equipped: dd 0
saved_esp: dd 0
entry_real: dd 0
entry16: dd 0
buffers: dd 0
bios_selector: dd 0
count:  dd 0
arguments: times 8 dw 0
before_esp: dd 0
after_esp: dd 0
after_flags: dd 0
before_segments: times 3 dd 0
after_segments: times 3 dd 0

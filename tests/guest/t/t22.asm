; SPDX-License-Identifier: MIT
; What the I/O supervisor of Windows 95 does to find out which drive INT 13h means: the BIOS runs in
; virtual-8086 mode, the ports of the disk are trapped and looked at, interrupts are reflected. Each
; command must be there with its address, and no byte may go another way: what passes the trap is turned
; over. Rules N1, M12, V4, and number 5 of those with the highest yield.
; Disks: a
%define NAME "T22"
%include "kernel.inc"
%include "board.inc"
%include "disk.inc"
%include "v86.inc"

%define BITMAP  (TSS + 0x68)
%define MASTER  0x50                    ; vectors of IRQs, away from the exceptions'
%define SLAVE   0x58
%define STACK   (ARENA + 0xfff0)
%define V86_BUFFER 0x1000               ; in ARENA
%define BUFFER  (ARENA + V86_BUFFER)
%define PACKET  (ARENA + 0x3000)        ; disk address packet
%define EXPECTED (ARENA + 0x4000)
%define HEADS   16
%define SPT     63

main:   mov word [BITMAP + 0x1f0 / 8], 0xff     ; 1F0 to 1F7
        or byte [BITMAP + 0x3f6 / 8], 1 << 6
        call marks
        mov al, MASTER
        mov ah, SLAVE
        call controllers
        write 0x21, 0xb8
        write 0xa1, 0xbf
        mov dword [hook], monitor
        mov dword [run_flags], FL_IOPL | FL_IF | 2
        call reads_chs
        call reads_lba
        call writes
        mov dword [hook], 0
        mov al, 0x08
        mov ah, 0x70
        call controllers
        write 0x21, 0xff
        write 0xa1, 0xff
        ret

; ---- the monitor ----

; The hook of the catcher: EBP is the frame.
monitor:
        test dword [ebp + frame.eflags], FL_VM
        jz .other
        mov eax, [ebp + frame.vector]
        cmp eax, GP
        je .fault
        sub eax, MASTER
        cmp eax, 16
        jb .irq
.other: stc
        ret
.irq:   cmp eax, 14
        jne .vector
        inc dword [irqs_14]
.vector:
        mov ecx, 8
        cmp eax, 8
        jb .reflect
        mov ecx, 0x70 - 8
.reflect:
        add eax, ecx
        call reflect
        clc
        ret
.fault: mov eax, [ebp + frame.error]
        test eax, eax
        jz .instruction
        cmp eax, DONE * 8 + 2
        je .other
        shr eax, 3                      ; INT n, whose gate is ring 0's
        add word [ebp + frame.eip], 2
        call reflect
        clc
        ret

; An instruction on a trapped port, or HLT.
.instruction:
        mov byte [repeated], 0
        mov byte [wide], 0
        movzx ebx, word [ebp + frame.cs]
        shl ebx, 4
        movzx eax, word [ebp + frame.eip]
        add ebx, eax
.prefix:
        movzx eax, byte [ebx]
        inc ebx
        inc word [ebp + frame.eip]
        cmp al, 0x66
        je .wide
        cmp al, 0xf3
        je .repeated
        mov esi, handlers
.find:  cmp [esi], al
        je .found
        add esi, 5
        cmp byte [esi], 0
        jne .find
        stc                             ; the monitor does not know it
        ret
.found: call [esi + 1]
        clc
        ret
.wide:  mov byte [wide], 1
        jmp .prefix
.repeated:
        mov byte [repeated], 1
        jmp .prefix

section strings
handlers:
        db 0xec
        dd in_byte
        db 0xee
        dd out_byte
        db 0xed
        dd in_word
        db 0xef
        dd out_word
        db 0x6d
        dd in_string
        db 0x6f
        dd out_string
        db 0xf4
        dd halt
        db 0
section program

halt:   ret                             ; as if an interrupt had come

in_byte:
        mov dx, [ebp + frame.edx]
        in al, dx
        mov [ebp + frame.eax], al
        ret

; What is written to the task file is remembered; a command is put on record with it.
out_byte:
        mov edx, [ebp + frame.edx]
        mov al, [ebp + frame.eax]
        out dx, al
        movzx edx, dx
        cmp edx, 0x3f6
        je .done
        mov [file + edx - 0x1f0], al
        cmp edx, 0x1f7
        jne .done
        mov esi, file
        mov edi, [record_at]
        movsd
        movsd
        mov [record_at], edi
        inc dword [commands]
.done:  ret

; Words of the data register pass turned over.
in_word:
        mov dx, [ebp + frame.edx]
        call .one
        mov [ebp + frame.eax], ax
        ret
.one:   inc dword [words]
        in ax, dx
        not ax
        ret
out_word:
        mov dx, [ebp + frame.edx]
        mov ax, [ebp + frame.eax]
.one:   inc dword [words]
        not ax
        out dx, ax
        ret

; REP INSW, REP INSD: of 16-bit code.
in_string:
        movzx edi, word [ebp + frame.v86_es]
        shl edi, 4
        movzx eax, word [ebp + frame.edi]
        add edi, eax
        call string_words
.next:  mov dx, [ebp + frame.edx]
        call in_word.one
        stosw
        add word [ebp + frame.edi], 2
        loop .next
        ret

out_string:
        movzx esi, word [ebp + frame.v86_ds]
        shl esi, 4
        movzx eax, word [ebp + frame.esi]
        add esi, eax
        call string_words
.next:  mov dx, [ebp + frame.edx]
        lodsw
        call out_word.one
        add word [ebp + frame.esi], 2
        loop .next
        ret

; ECX: so many words.
string_words:
        mov ecx, 1
        cmp byte [repeated], 0
        je .known
        movzx ecx, word [ebp + frame.ecx]
        mov word [ebp + frame.ecx], 0
.known: cmp byte [wide], 0
        je .done
        add ecx, ecx
.done:  ret

; ---- what is tried ----

; EDI: 512 bytes, each word of which says EAX in another way.
pattern:
        push ecx
        imul eax, 0x01234567
        mov ecx, 128
.next:  stosd
        add eax, 0x10001
        loop .next
        pop ecx
        ret

; Sectors 1000 to 1003 of the disk.
marks:  step "sectors are written by the ports"
        mov edi, EXPECTED
        mov ebx, 1000
.next:  mov eax, ebx
        call pattern
        inc ebx
        cmp ebx, 1004
        jb .next
        write CONTROL, 2
        ata 0x30, 0, 4, 1000, ATA_LBA
        mov esi, EXPECTED
        mov ebx, 4
.sector:
        until_port CONTROL, 0x88, 8, ms(1000)
        mov dx, ATA
        mov ecx, 256
        rep outsw
        dec ebx
        jnz .sector
        until_port CONTROL, 0x80, 0, ms(1000)
        reads ATA + 7, 0xfd, 0x50
        write CONTROL, 0
        ret

begin:  mov dword [record_at], record
        mov dword [commands], 0
        mov dword [words], 0
        mov dword [irqs_14], 0
        mov edi, BUFFER
        mov ecx, 1024
        xor eax, eax
        rep stosd
        ret

; EAX: the block that the command at EBX's record means, by LBA or by CHS.
block:  movzx eax, byte [ebx + 4]
        test byte [ebx + 6], 0x40
        jz .chs
        movzx eax, byte [ebx + 6]
        and eax, 15
        shl eax, 8
        mov al, [ebx + 5]
        shl eax, 8
        mov al, [ebx + 4]
        shl eax, 8
        mov al, [ebx + 3]
        ret
.chs:   movzx eax, word [ebx + 4]
        imul eax, HEADS
        movzx ecx, byte [ebx + 6]
        and ecx, 15
        add eax, ecx
        imul eax, SPT
        movzx ecx, byte [ebx + 3]
        lea eax, [eax + ecx - 1]
        ret

; one_command OPCODE, BLOCK, SECTORS: that, for drive 0, was all; its words passed, its interrupts came.
%define one_command one_command_at __?LINE?__,
%macro one_command_at 4
        equal_at %1, [commands], 1
        mov ebx, record
        equal_bits_at %1, [ebx + 7], 0xfe, %2
        equal_bits_at %1, [ebx + 6], 0xb0, 0xa0
        equal_bits_at %1, [ebx + 2], 0xff, %4
        call block
        equal_at %1, eax, %3
        equal_at %1, [words], (%4) * 256
        within_at %1, [irqs_14], 1, %4
%endmacro

; The buffer has SECTORS of the pattern, turned over.
%define turned turned_at __?LINE?__,
%macro turned_at 2
        mov esi, BUFFER
        mov edi, EXPECTED
        mov ecx, (%2) * 128
%%next: lodsd
        not eax
        equal_at %1, eax, [edi]
        add edi, 4
        loop %%next
        equal_at %1, [esi], 0
%endmacro

; The call came back without an error.
%define worked worked_at __?LINE?__
%macro worked_at 1
        equal_at %1, [stop.vector], DONE
        equal_bits_at %1, [stop.eflags], FL_CF, 0
        equal_bits_at %1, [stop.eax], 0xff00, 0
%endmacro

reads_chs:
        step "AH=02h in virtual-8086 mode"
        call begin
        in_v86 .go
        worked
        one_command 0x20, 1000, 3
        turned 3
        ret
bits 16
.go:    mov ax, ARENA >> 4
        mov es, ax
        mov bx, V86_BUFFER
        mov ax, 0x0203
        mov cx, 56                      ; 1000 = 15 * 63 + 55
        mov dx, 0x0f80
        int 0x13
        int DONE
bits 32

reads_lba:
        step "AH=42h in virtual-8086 mode"
        call begin
        mov dword [PACKET], 2 << 16 | 16
        mov dword [PACKET + 4], (ARENA >> 4) << 16 | V86_BUFFER
        mov dword [PACKET + 8], 1000
        mov dword [PACKET + 12], 0
        in_v86 .go
        worked
        one_command 0x20, 1000, 2
        turned 2
        ret
bits 16
.go:    mov ax, ARENA >> 4
        mov ds, ax
        mov si, PACKET - ARENA
        mov ah, 0x42
        mov dl, 0x80
        int 0x13
        int DONE
bits 32

writes: step "AH=03h in virtual-8086 mode: what the drive got was turned over"
        call begin
        mov esi, EXPECTED
        mov edi, BUFFER
        mov ecx, 128
        rep movsd
        in_v86 .go
        worked
        one_command 0x30, 2000, 1
        call begin
        in_v86 .back
        worked
        one_command 0x20, 2000, 1
        mov esi, BUFFER
        mov edi, EXPECTED
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        ret
bits 16
.go:    mov ax, 0x0301
        jmp .both
.back:  mov ax, 0x0201
.both:  mov bx, ARENA >> 4
        mov es, bx
        mov bx, V86_BUFFER
        mov cx, 0x0100 + 2000 - 31 * 63 + 1
        mov dx, 0x0f80
        int 0x13
        int DONE
bits 32

        align 4
repeated: db 0
wide:   db 0
        align 4
words:  dd 0
irqs_14: dd 0
commands: dd 0
record_at: dd 0
file:   times 8 db 0                    ; as registers 1F0 to 1F7 were written
record: times 64 db 0

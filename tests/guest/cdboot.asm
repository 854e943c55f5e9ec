; SPDX-License-Identifier: MIT
; What a CD starts without emulation, in four virtual sectors, wherever it was loaded: it looks at the
; CD through INT 13h and says how many of its checks passed, or which did not.
        cpu 386
        org 0

start:  cli
        call next
next:   pop bx
        sub bx, next
        shr bx, 4
        mov ax, cs
        add ax, bx
        push ax
        push word go
        retf

%macro must 1                           ; the condition under which it is good
        pushf
        inc word [number]
        popf
        j%1 %%good
        call failed
%%good:
%endmacro

; One extended function: AH, LBA, sectors, and segment and offset of the buffer.
%macro extended 5
        mov eax, %2
        mov [packet + 8], eax
        mov word [packet + 2], %3
        mov word [packet + 4], %5
        mov word [packet + 6], %4
        mov ah, %1
        mov dl, [drive]
        mov si, packet
        int 13h
%endmacro

go:     mov ax, cs
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 8000h
        sti
        cld
        mov [drive], dl
        cmp dl, 80h
        must ae

        mov ah, 41h                     ; extensions
        mov bx, 55aah
        mov dl, [drive]
        int 13h
        must nc
        cmp bx, 0aa55h
        must e
        test cl, 1
        must nz

        extended 42h, 16, 16, 2000h, 0f000h     ; descriptors, across 64 KiB
        must nc
        mov ax, 2000h
        mov es, ax
        cmp dword [es:0f001h], 'CD00'
        must e
        cmp dword [es:0f807h], 'EL T'
        must e
        mov eax, [es:0f847h]            ; the catalogue
        mov [catalogue], eax
        mov eax, [es:0f050h]            ; sectors of the volume
        mov [volume], eax
        mov ax, 3000h
        mov es, ax
        cmp dword [es:1], 'CD00'        ; sector 18
        must e

        mov word [parameters], 1eh
        mov ah, 48h
        mov dl, [drive]
        mov si, parameters
        int 13h
        must nc
        cmp word [parameters], 1ah
        must e
        cmp word [parameters + 24], 2048
        must e
        mov eax, [parameters + 16]
        cmp eax, [volume]
        must ae
        cmp dword [parameters + 20], 0
        must e

        extended 42h, [parameters + 16], 1, 2000h, 0    ; beyond the end
        must c
        cmp ah, 04h
        must e
        cmp word [packet + 2], 0
        must e
        extended 43h, 16, 1, 2000h, 0
        must c
        cmp ah, 03h
        must e
        extended 44h, 0, 100, 0, 0
        must nc
        extended 47h, 16, 0, 0, 0
        must nc
        mov ax, 0201h                   ; no cylinders here
        mov cx, 1
        xor dh, dh
        mov dl, [drive]
        int 13h
        must c

        mov ax, 4b01h
        mov dl, [drive]
        mov si, specification
        int 13h
        must nc
        cmp byte [specification], 13h
        must e
        test byte [specification + 1], 0fh
        must z
        mov al, [drive]
        cmp [specification + 2], al
        must e
        cmp word [specification + 14], 4
        must e
        mov ax, 4d00h                   ; the catalogue
        mov si, command
        int 13h
        must nc
        mov ax, 2000h
        mov es, ax
        cmp byte [es:0], 1
        must e
        cmp word [es:30], 0aa55h
        must e
        extended 42h, [catalogue], 1, 4000h, 0
        mov ax, 4000h
        mov fs, ax
        mov eax, [es:40]                ; of the default entry
        cmp [fs:40], eax
        must e

        mov ax, 4b00h                   ; it is over, and the CD still there
        mov dl, 7fh
        mov si, specification
        int 13h
        must nc
        mov ax, 4b01h
        mov dl, [drive]
        int 13h
        must c
        extended 42h, 16, 1, 2000h, 0
        must nc

        cmp word [bad], 0
        jne end
        mov si, passed
        call print
        mov ax, [number]
        call decimal
        mov si, all
        call print
end:    hlt
        jmp end

failed: pusha
        inc word [bad]
        mov si, wrong
        call print
        mov ax, [number]
        call decimal
        popa
        ret

decimal:
        xor dx, dx
        mov cx, 10
        div cx
        push dx
        test ax, ax
        jz .last
        call decimal
.last:  pop ax
        add al, '0'
put:    mov ah, 0eh
        mov bx, 7
        int 10h
        ret

print:  lodsb
        test al, al
        jz .end
        call put
        jmp print
.end:   ret

passed: db 'started from the CD: ', 0
all:    db ' checks, all passed', 13, 10, 0
wrong:  db ' failed: check ', 0
number: dw 0
bad:    dw 0
drive:  db 0
        align 4
volume: dd 0
catalogue:
        dd 0
packet: db 16, 0
        dw 0, 0, 0
        dd 0, 0
command:
        db 8, 1
        dw 0, 2000h
        dw 0
parameters:
        times 30 db 0
specification:
        times 19 db 0
        times 2048 - ($ - $$) db 0

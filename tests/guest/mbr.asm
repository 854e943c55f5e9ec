; SPDX-License-Identifier: MIT
; A master boot record: moves out of the way and starts the active partition.
        cpu 8086
        org 600h

        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7c00h
        sti
        cld
        mov si, 7c00h
        mov di, 600h
        mov cx, 256
        rep movsw
        jmp 0:moved

moved:  mov si, 7beh                    ; the table
next:   cmp byte [si], 80h
        je active
        add si, 16
        cmp si, 7feh
        jb next
        mov si, nobody
        jmp say

active: mov dh, [si + 1]                ; head
        mov dl, 80h
        mov cx, [si + 2]                ; sector and cylinder
        mov bx, 7c00h
        mov ax, 201h
        int 13h
        jc failed
        jmp 0:7c00h

failed: mov si, broken
say:    lodsb
        test al, al
        jz $
        mov ah, 0eh
        mov bx, 7
        int 10h
        jmp say

nobody: db 'No active partition', 0
broken: db 'The partition cannot be read', 0

; The table: one FAT16 partition over the whole disk of CYLINDERS x 16 heads x 63 sectors.
        times 446 - ($ - $$) db 0
        db 80h, 1, 1, 0                 ; active; from head 1, sector 1, cylinder 0
        db 6, 15, 63 | (((CYLINDERS - 1) >> 8) << 6), (CYLINDERS - 1) & 0ffh
        dd 63, CYLINDERS * 1008 - 63
        times 48 db 0
        dw 0aa55h

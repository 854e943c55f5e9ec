; SPDX-License-Identifier: MIT
; Boot sector of an XDF disk, its sector 1: copies cylinders 1 to 39 to 41 to 79 by INT 13h, with a table of
; INT 1Eh that has the size of each sector, as PC DOS does it. Then "copied", or "error" and AH.
%define BUFFER 0x8000
%define TABLE  0x7a00

        bits 16
        org 0x7c00
        jmp 0:start
start:  cld
        xor ax, ax
        mov es, ax
        mov ss, ax
        mov sp, TABLE
        mov [drive], dl
        lds si, [0x1e * 4]
        mov di, TABLE
        mov cx, 8
        rep movsw
        mov ds, ax
        mov byte [TABLE + 4], 0xff      ; sectors up to any number
        mov byte [TABLE + 5], 0x0a      ; gap
        mov word [0x1e * 4], TABLE
        mov word [0x1e * 4 + 2], ax
        mov byte [cylinder], 1
.cylinder:
        mov si, sectors
.sector:
        mov ax, 0x0201
        call move
        add byte [cylinder], 40
        mov ax, 0x0301
        call move
        sub byte [cylinder], 40
        add si, 3
        cmp si, sectors_end
        jb .sector
        inc byte [cylinder]
        cmp byte [cylinder], 40
        jb .cylinder
        mov si, copied
say:    lodsb
        test al, al
        jz .end
        mov ah, 0x0e
        xor bx, bx
        int 0x10
        jmp say
.end:   hlt
        jmp .end

move:   push ax
        mov al, [si]
        mov [TABLE + 3], al
        mov cl, [si + 1]
        mov dh, [si + 2]
        mov dl, [drive]
        mov ch, [cylinder]
        mov bx, BUFFER
        pop ax
        int 0x13
        jc .error
        ret
.error: mov al, ah
        aam 16
        add ax, '00'
        xchg al, ah
        mov [code], ax
        mov si, error
        jmp say

sectors:                                ; N, R, head
        db 3, 0x83, 0
        db 4, 0x84, 0
        db 6, 0x86, 1
        db 2, 0x82, 0
        db 2, 0x82, 1
        db 6, 0x86, 0
        db 4, 0x84, 1
        db 3, 0x83, 1
sectors_end:
copied: db "copied", 0
error:  db "error "
code:   db "00", 0
drive:  db 0
cylinder: db 0
        times 510 - ($ - $$) db 0
        dw 0xaa55

; SPDX-License-Identifier: MIT
; A boot sector that says TEXT and the number of the drive it was loaded from.
        cpu 8086
        org 7c00h

        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7c00h
        cld
        mov si, text
next:   lodsb
        test al, al
        jz number
        call put
        jmp next
number: mov al, dl
        mov cl, 4
        shr al, cl
        call digit
        mov al, dl
        call digit
        hlt
        jmp $ - 1

digit:  and al, 15
        cmp al, 10
        sbb al, 69h
        das
put:    push dx
        mov ah, 0eh
        mov bx, 7
        int 10h
        pop dx
        ret

text:   db TEXT, ', drive ', 0
        times 510 - ($ - $$) db 0
        dw 0aa55h

; SPDX-License-Identifier: MIT
; Mode X: 320x240 in four planes. Draws 16 bars of 20 pixels in the colours 32 to 47, a diagonal in
; white, copies a square with the latches, then scrolls by the start address, until a key ends it.
        org 100h

        mov ax, 13h
        int 10h
        mov dx, 3c4h
        mov ax, 0604h                   ; chain-4 off
        out dx, ax
        mov ax, 0100h                   ; reset while the clock changes
        out dx, ax
        mov dx, 3c2h
        mov al, 0e3h                    ; 480 lines
        out dx, al
        mov dx, 3c4h
        mov ax, 0300h
        out dx, ax
        mov dx, 3d4h
        mov al, 11h                     ; unlock registers 0-7
        out dx, al
        inc dx
        in al, dx
        and al, 7fh
        out dx, al
        dec dx
        mov si, crtc
        mov cx, (crtc_end - crtc) / 2
next:   lodsw
        out dx, ax
        loop next
        mov ax, 0a000h
        mov es, ax

        xor bp, bp                      ; plane
plane:  mov cx, bp
        mov ax, 102h
        shl ah, cl
        mov dx, 3c4h
        out dx, ax
        xor di, di
        xor bx, bx                      ; row, 0 to 479: two pages
row:    xor cx, cx                      ; byte, 0 to 79: five to a bar
byte_:  mov ax, cx
        mov dl, 5
        div dl
        add al, 32
        mov dx, cx                      ; x = 4 * byte + plane
        shl dx, 2
        add dx, bp
        cmp dx, bx
        jne put
        mov al, 15
put:    stosb
        inc cx
        cmp cx, 80
        jb byte_
        inc bx
        cmp bx, 480
        jb row
        inc bp
        cmp bp, 4
        jb plane

        mov ax, 0f02h                   ; all planes, data from the latches: 80 x 60 pixels
        mov dx, 3c4h
        out dx, ax
        mov ax, 4105h                   ; 256 colours, write mode 1
        mov dl, 0ceh
        out dx, ax
        push ds
        push es
        pop ds
        xor si, si
        mov di, 100 * 80 + 30
        mov bx, 60
copy:   mov cx, 20
        rep movsb
        add si, 60
        add di, 60
        dec bx
        jnz copy
        pop ds
        mov ax, 4005h
        out dx, ax

        mov ah, 0                       ; the still picture, until a key
        int 16h

        xor bx, bx                      ; scroll down to the second page
scroll: mov dx, 3dah
low:    in al, dx
        test al, 8
        jnz low
high:   in al, dx
        test al, 8
        jz high
        mov dl, 0d4h
        mov al, 0ch
        mov ah, bh
        out dx, ax
        inc ax
        mov ah, bl
        out dx, ax
        add bx, 80
        cmp bx, 100 * 80
        jbe scroll
        mov ah, 0
        int 16h
        mov ax, 3
        int 10h
        ret

crtc:   dw 0d06h, 3e07h, 4109h, 0ea10h, 0ac11h, 0df12h, 0014h, 0e715h, 0616h, 0e317h
crtc_end:

; SPDX-License-Identifier: MIT
; A boot sector for FAT16 that starts the FreeDOS kernel as SYS would: KERNEL.SYS at 60:0, the
; drive in BL. It wants a 386; the disk's parameters are where mformat writes them.
        org 7c00h

reserved        equ 7c0eh
fats            equ 7c10h
root_entries    equ 7c11h
sectors_cluster equ 7c0dh
sectors_fat     equ 7c16h
sectors_track   equ 7c18h
heads           equ 7c1ah
hidden          equ 7c1ch
drive           equ 7c24h
buffer          equ 5000h               ; segment

        jmp short start
        nop
        times 3eh - ($ - $$) db 0

start:  cli                             ; the kernel will lie over 7C00h: move up
        xor ax, ax
        mov ds, ax
        mov ax, 1fe0h
        mov es, ax
        mov ss, ax
        mov si, 7c00h
        mov di, si
        mov sp, si
        mov cx, 256
        cld
        rep movsw
        jmp 1fe0h:moved

moved:  mov ds, ax
        sti
        mov [drive], dl
        movzx eax, word [reserved]
        add eax, [hidden]
        mov [fat], eax
        movzx ecx, byte [fats]
        movzx edx, word [sectors_fat]
        imul ecx, edx
        add eax, ecx                    ; the root directory
        movzx ecx, word [root_entries]
        shr cx, 4
        mov [data], eax
        add [data], ecx

        push word buffer
        pop es
sector: call read
        xor di, di
entry:  pusha
        mov si, name
        mov cx, 11
        repe cmpsb
        popa
        je found
        add di, 32
        cmp di, 512
        jb entry
        inc eax
        loop sector
        jmp failed

found:  mov si, [es:di + 26]            ; first cluster
        push word 60h
        pop es
cluster:
        movzx eax, si
        sub ax, 2
        movzx ecx, byte [sectors_cluster]
        imul eax, ecx
        add eax, [data]
part:   call read
        mov dx, es
        add dx, 20h
        mov es, dx
        inc eax
        loop part
        push es
        push word buffer
        pop es
        movzx eax, si
        shr ax, 8
        add eax, [fat]
        call read
        and si, 0ffh
        shl si, 1
        mov si, [es:si]
        pop es
        cmp si, 0fff8h
        jb cluster
        mov bl, [drive]
        jmp 60h:0

; The sector EAX to ES:0; keeps everything.
read:   pushad
        xor edx, edx
        movzx ecx, word [sectors_track]
        div ecx
        mov cl, dl
        inc cl
        xor edx, edx
        movzx ebx, word [heads]
        div ebx
        mov dh, dl
        mov dl, [drive]
        mov ch, al
        shl ah, 6
        or cl, ah
        xor bx, bx
        mov ax, 201h
        int 13h
        jc failed
        popad
        ret

failed: mov ax, 0e21h                   ; !
        int 10h
        jmp $

name:   db 'KERNEL  SYS'
fat:    dd 0
data:   dd 0
        times 510 - ($ - $$) db 0
        dw 0aa55h

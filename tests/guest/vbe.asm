; SPDX-License-Identifier: MIT
; Every mode that VBE lists: set with the linear frame buffer and filled, then set with the bank window
; and filled; after each a line on COM1, as "105 1024x768x8 linear", and a key is waited for.
;
; The pixel at X, Y: white on the last row, the last column and the diagonal; else with 8 bits the
; colour (X / 4) xor (Y / 4), with more bits red X, green Y, blue (X + Y) / 4 (of each 8 bits, of which
; the upper ones count).
; VESA, "VBE Core Functions Standard" 3.0, functions 00h, 01h, 02h, 05h.
        org 0x7c00
INFO    equ 0x2000                      ; segment 0: VbeInfoBlock, ModeInfoBlock
MODE    equ 0x2200
SECTORS equ 3

start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        mov ax, 0x0200 + SECTORS
        mov bx, 0x7e00
        mov cx, 2
        mov dh, 0
        int 0x13
        jc start
        jmp main
        times 510 - ($ - $$) db 0
        dw 0xaa55

main:   mov ax, 0x2401                  ; A20: every other MiB would be the one below
        int 0x15
        mov ax, 0x00e3                  ; COM1: 9600 8n1
        xor dx, dx
        int 0x14
        mov dword [INFO], 'VBE2'
        mov ax, 0x4f00
        mov di, INFO
        int 0x10
        cmp ax, 0x004f
        jne .end
        lgs si, [INFO + 14]             ; the list of modes
.mode:  gs lodsw
        cmp ax, 0xffff
        je .end
        mov [number], ax
        push gs
        push si
        call both
        pop si
        pop gs
        jmp .mode
.end:   mov ax, 3
        int 0x10
        mov si, words.end
        call say
.stop:  hlt
        jmp .stop

both:   mov ax, 0x4f01
        mov cx, [number]
        mov di, MODE
        int 0x10
        cmp ax, 0x004f
        jne .end
        mov al, [MODE]
        and al, 0x19                    ; supported, colour, graphics
        cmp al, 0x19
        jne .end
        mov byte [linear], 1
        mov bx, [number]
        or bx, 0x4000
        call one
        mov byte [linear], 0
        mov bx, [number]
        call one
.end:   ret

one:    mov ax, 0x4f02
        int 0x10
        cmp ax, 0x004f
        jne .bad
        mov word [bank], -1
        call fill
        mov ax, [number]
        mov ebx, 16
        call say_number
        mov al, ' '
        call put
        movzx eax, word [MODE + 18]
        call say_decimal
        mov al, 'x'
        call put
        movzx eax, word [MODE + 20]
        call say_decimal
        mov al, 'x'
        call put
        movzx eax, byte [MODE + 25]
        cmp byte [MODE + 31], 5         ; 5 bits of red, 5 of green: 15 bits, whatever it says
        jne .bits
        cmp byte [MODE + 33], 5
        jne .bits
        mov al, 15
.bits:  call say_decimal
        mov si, words.linear
        cmp byte [linear], 0
        jne .say
        mov si, words.banked
.say:   call say
        mov ah, 0
        int 0x16
        ret
.bad:   mov si, words.bad
        call say
        ret

; --- the picture ---

fill:   call unreal
        movzx eax, byte [MODE + 25]
        add eax, 7
        shr eax, 3
        mov [bytes], eax
        xor edx, edx                    ; Y
.row:   movzx edi, word [MODE + 16]
        imul edi, edx
        xor ecx, ecx                    ; X
.pixel: call colour
        cmp byte [linear], 0
        je .window
        mov ebx, [MODE + 40]
        cmp byte [bytes], 4
        je .four
.byte:  mov [es:ebx + edi], al
        shr eax, 8
        inc edi
        call count
        jnz .byte
        jmp .next
.four:  mov [es:ebx + edi], eax
        add edi, 4
.next:  inc ecx
        cmp cx, [MODE + 18]
        jb .pixel
        inc edx
        cmp dx, [MODE + 20]
        jb .row
        ret
.window:
        mov ebx, edi
        shr ebx, 16
        cmp bx, [bank]
        je .same
        call switch
.same:  movzx ebx, di
        mov [es:0xa0000 + ebx], al
        shr eax, 8
        inc edi
        call count
        jnz .window
        jmp .next

; Are there more bytes of this pixel? NZ: yes.
count:  inc byte [done]
        push ax
        mov al, [done]
        cmp al, [bytes]
        pop ax
        jne .end
        mov byte [done], 0              ; leaves ZF
.end:   ret

switch: pushad
        mov [bank], bx
        mov dx, bx
        mov ax, 0x4f05
        mov bx, 0
        int 0x10
        call unreal                     ; whatever it did to the segments
        popad
        ret

; EAX for X = ECX, Y = EDX; nothing else changed.
colour: push ebx
        push esi
        mov eax, 0xffffff
        cmp ecx, edx
        je .white
        movzx ebx, word [MODE + 18]
        dec ebx
        cmp ecx, ebx
        je .white
        movzx ebx, word [MODE + 20]
        dec ebx
        cmp edx, ebx
        je .white
        cmp byte [MODE + 25], 8
        jne .direct
        mov eax, ecx
        xor eax, edx
        shr eax, 2
        jmp .end
.white: cmp byte [MODE + 25], 8
        jne .fields
        mov al, 15
        jmp .end
.direct:
        movzx eax, dl                   ; red in 23-16, green in 15-8, blue in 7-0
        shl eax, 8
        mov ebx, ecx
        and ebx, 0xff
        shl ebx, 16
        or eax, ebx
        lea ebx, [ecx + edx]
        shr ebx, 2
        mov al, bl
.fields:
        push ecx
        xor esi, esi
        mov bx, [MODE + 31]             ; size and place of red
        call field
        mov bx, [MODE + 33]
        call field
        mov bx, [MODE + 35]
        call field
        mov eax, esi
        pop ecx
.end:   pop esi
        pop ebx
        ret
; The upper BL bits of EAX 23-16 to bit BH of ESI; EAX moves on by 8.
field:  push eax
        shr eax, 16
        and eax, 0xff
        mov cl, 8
        sub cl, bl
        shr eax, cl
        mov cl, bh
        shl eax, cl
        or esi, eax
        pop eax
        shl eax, 8
        ret

; ES with 4 GiB, from 0.
unreal: push eax
        cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp .on
.on:    push word 8
        pop es
        and al, 0xfe
        mov cr0, eax
        jmp .off
.off:   push word 0
        pop es
        sti
        pop eax
        ret

; --- COM1 ---

say_decimal:
        mov ebx, 10
say_number:                             ; AX, base BX
        movzx eax, ax
        xor cx, cx
.digit: xor edx, edx
        div ebx
        push dx
        inc cx
        test eax, eax
        jnz .digit
.out:   pop ax
        add al, '0'
        cmp al, '9'
        jbe .put
        add al, 'a' - '9' - 1
.put:   call put
        loop .out
        ret
say:    lodsb
        test al, al
        jz .end
        call put
        jmp say
.end:   ret
put:    push dx
        xor dx, dx
        mov ah, 1
        int 0x14
        pop dx
        ret

words:
.linear: db " linear", 10, 0
.banked: db " banked", 10, 0
.bad:   db " cannot be set", 10, 0
.end:   db "end", 10, 0
        align 4
gdtr:   dw gdt.end - gdt - 1
        dd gdt
gdt:    dq 0
        dq 0x008f93000000ffff
.end:
bytes:  dd 0
number: dw 0
bank:   dw 0
done:   db 0
linear: db 0
        times 512 * (SECTORS + 1) - ($ - $$) db 0

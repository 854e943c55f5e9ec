; SPDX-License-Identifier: MIT
; Between real and protected mode: PE at once, the cached CS, LMSW, limits that stay in real mode,
; the B bit of SS, SGDT/LGDT by operand size, words at FFFFh, and 10,000 round trips with the
; timer running. Rules C2, C4, C5, C9, C10, C11, C35, C38, D17, S2. Not D4: the BIOS does not
; stand in for the LOADALL of a 286 yet.
; SDM 3A "Mode Switching", "Real-Address Mode Operation"; i486 PRM "Mixed Mode".
%define NAME "T13"
%include "kernel.inc"
%include "real.inc"

main:   call table_stores
        step "MOV CR0 sets PE: at once, with the CS of real mode and CPL 0 (C10)"
        in_real pe_at_once
        equal [got], 1
        equal_bits [got + 4], 0xffff, IMAGE_SEG
        equal_bits [got + 8], 0xffff, MAIN_LDT
        step "a CS paragraph with RPL bits does not make a ring"
        in_real odd_paragraph
        equal_bits [got + 4], 0xffff, IMAGE_SEG - 13
        equal_bits [got + 8], 0xffff, MAIN_LDT
        step "LMSW sets PE but never clears it (C9)"
        in_real lmsw_sets
        equal_bits [got], 1, 1
        mov eax, cr0
        mov ecx, eax
        and ecx, ~1
        lmsw cx
        mov eax, cr0
        equal_bits eax, 1, 1
        step "LMSW takes MP, EM, TS too, and nothing above"
        mov ax, 0xffff
        lmsw ax
        mov ebx, cr0
        mov ax, 1
        lmsw ax
        mov ecx, cr0
        equal_bits ebx, 0xf, 0xf
        equal_bits ecx, 0xf, 1
        and ebx, ~0x1f
        and ecx, ~0x1f
        equal ebx, ecx
        step "limits stay in real mode (C11)"
        mov dword [0x150000], 0x600dbeef
        in_real unreal
        equal [got], 0x600dbeef
        equal [got + 4], 0x600dbeef     ; also after DS is loaded there
        step "SS loaded in real mode has 16 bits again"
        in_real stack_bits
        ; C11, and not the manual, which leaves it open: it asks for a descriptor with B = 0 before
        ; PE is cleared (SDM 3A "Switching Back to Real-Address Mode"). Bochs and QEMU keep B.
%ifndef PEER
        equal [got], 0xabcdfffe
%endif
        step "a word at FFFFh in real mode (C38)"
        in_real words_at_the_end
        equal [got], GP                 ; INT 0Dh
        equal [got + 4], SS             ; INT 0Ch
        equal [got + 8], GP             ; an instruction across FFFFh
        step "STOSB with an address prefix and DF at EDI = 0 (C4)"
        in_real stosb_down
        equal [got], 0xffffffff
        step "IN and OUT take DX alone (C5)"
        in_real edx_high
        equal [got], 0x5a
        step "no instruction: INT 6 with IP at it, as it stands for 0F A6, 0F FF and LOCK (C2, C5)"
        in_real undefined
        equal [got], offset16(undefined.a6)
        equal [got + 4], offset16(undefined.ff)
        equal [got + 8], offset16(undefined.lock)
        step "real mode has no privileged instructions to refuse; LLDT is none there"
        in_real system_instructions
        equal [got], UD
        step "DIV by zero in real mode comes back to the DIV"
        in_real divide
        equal [got], offset16(divide.div)
        step "INT beyond the limit of the IDT"
        in_real short_idt
        equal [got], DF                 ; the #GP has no vector either: 8 has
        call round_trips
        ret

; SGDT and SIDT store six bytes whatever the operand size; LGDT and LIDT of 16 bits load 24 (C35).
table_stores:
        step "SGDT with a 16-bit operand"
        mov ebx, ARENA
        mov dword [ebx + 4], 0x77777777
        o16 sgdt [ebx]
        equal [ebx], (GDT & 0xffff) << 16 | 0xfff
        equal [ebx + 4], 0x77770000 | GDT >> 16
        step "LIDT with a 16-bit operand: 24 bits of base"
        mov word [ebx], 0x7ff
        mov dword [ebx + 2], 0xab000000 | IDT
        o16 lidt [ebx]
        sidt [ebx + 8]
        equal [ebx + 10], IDT
        step "LGDT with a 32-bit operand: all"
        mov dword [ebx + 2], 0xab000000 | GDT
        lgdt [ebx]
        sgdt [ebx + 8]
        lgdt [kernel_gdtr]
        equal [ebx + 10], 0xab000000 | GDT
        ret

bits 16
%define got16 offset16(got)
pe_at_once:
        o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        inc ax
        mov cr0, eax
        smsw ax                         ; still 16-bit code, with the base of the paragraph
        and eax, 1
        mov [got16], eax
        mov ax, cs
        mov [got16 + 4], ax
        mov ax, MAIN_LDT
        lldt ax                         ; for ring 0 alone
        sldt [got16 + 8]
        mov ax, [cs:got16 + 8]
        mov eax, cr0
        dec ax
        mov cr0, eax
        jmp from_real

odd_paragraph:
        jmp IMAGE_SEG - 13:offset16(.here) + 13 * 16
.here:  o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        inc ax
        mov cr0, eax
        mov ax, cs
        mov [got16 + 4], ax
        mov ax, MAIN_LDT
        lldt ax
        sldt [got16 + 8]
        mov eax, cr0
        dec ax
        mov cr0, eax
        jmp IMAGE_SEG:offset16(from_real)

lmsw_sets:
        o32 lgdt [offset16(kernel_gdtr)]
        smsw ax
        or al, 1
        lmsw ax
        mov ax, 0
        lmsw ax
        smsw [got16]
        jmp dword CODE0:from_real32

unreal: o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        inc ax
        mov cr0, eax
        mov bx, DATA0
        mov ds, bx
        dec ax
        mov cr0, eax
        mov eax, [dword 0x150000]
        push ax
        push cs
        pop ds                          ; a new base, the old limit
        pop ax
        mov [got16], eax
        mov eax, [dword 0x150000 - IMAGE]
        mov [got16 + 4], eax
        jmp from_real

stack_bits:
        o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        inc ax
        mov cr0, eax
        mov bx, DATA0                   ; B = 1
        mov ss, bx
        dec ax
        mov cr0, eax
        xor bx, bx
        mov ss, bx
        mov esp, 0xabcd0000
        push bx
        mov [got16], esp
        jmp from_real

; %1: vector; its handler notes the vector at [fs:bx] and goes to DX.
%macro catch_real 2
        mov word [es:(%1) * 4], offset16(%2)
        mov word [es:(%1) * 4 + 2], IMAGE_SEG
%endmacro

words_at_the_end:
        mov eax, [es:GP * 4]
        push eax
        mov eax, [es:SS * 4]
        push eax
        catch_real GP, .general
        catch_real SS, .stack
        mov bp, sp
        mov dword [got16], 0
        mov dword [got16 + 4], 0
        mov dword [got16 + 8], 0
        mov di, got16
        mov dx, offset16(.one)
        mov ax, [es:0xffff]
.one:   mov di, got16 + 4
        mov dx, offset16(.two)
        mov ax, [ss:0xffff]
.two:   mov byte [es:0xffff], 0xb8      ; MOV AX, imm16
        mov di, got16 + 8
        mov dx, offset16(.three)
        jmp 0:0xffff
.three: mov sp, bp
        pop dword [es:SS * 4]
        pop dword [es:GP * 4]
        jmp from_real
.general:
        mov byte [cs:di], GP
        mov sp, bp
        push cs
        pop ds
        jmp dx
.stack: mov byte [cs:di], SS
        mov sp, bp
        jmp dx

stosb_down:
        o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0                    ; ES with all of the address space
        inc ax
        mov cr0, eax
        mov bx, DATA0
        mov es, bx
        dec ax
        mov cr0, eax
        xor edi, edi
        mov al, [es:0]
        std
        a32 stosb
        cld
        mov [got16], edi
        jmp from_real

edx_high:
        mov edx, 0xabcd0084
        mov al, 0x5a
        out dx, al
        xor eax, eax
        in al, dx
        mov [got16], eax
        jmp from_real

undefined:
        push dword [es:UD * 4]
        catch_real UD, .noted
        mov di, got16
        mov dx, offset16(.next)
.a6:    db 0x0f, 0xa6, 0xc0
.next:  mov di, got16 + 4
        mov dx, offset16(.third)
.ff:    db 0x0f, 0xff
.third: mov di, got16 + 8
        mov dx, offset16(.end)
.lock:  db 0xf0, 0x89, 0xc0             ; LOCK MOV AX, AX
.end:   pop dword [es:UD * 4]
        jmp from_real
.noted: pop ax
        movzx eax, ax
        mov [di], eax
        add sp, 4
        jmp dx

system_instructions:
        push dword [es:UD * 4]
        catch_real UD, .noted
        mov dword [got16], 0
        clts
        mov eax, cr3
        mov cr3, eax
        wbinvd
        mov ax, 0
.lldt:  lldt ax
.end:   pop dword [es:UD * 4]
        jmp from_real
.noted: mov dword [got16], UD
        add sp, 6
        jmp .end

divide: push dword [es:DE * 4]
        catch_real DE, .noted
        xor bx, bx
        mov ax, 5
.div:   div bl
.end:   pop dword [es:DE * 4]
        jmp from_real
.noted: pop ax
        movzx eax, ax
        mov [got16], eax
        add sp, 4
        jmp .end

short_idt:
        push dword [es:DF * 4]
        catch_real DF, .double
        mov dword [got16], 0
        o32 lidt [offset16(.idtr)]
        int 0x40
.end:   o32 lidt [offset16(real_idtr)]
        pop dword [es:DF * 4]
        jmp from_real
.double:
        mov dword [got16], DF
        add sp, 6
        jmp .end
.idtr:  dw DF * 4 + 3
        dd 0
bits 32

; The mode is changed 10,000 times while IRQ 0 comes at 1000 Hz, handled in both modes: as many
; ticks as the second count of the timer says (D17).
round_trips:
        step "10,000 round trips with the timer running"
        vector 0x50, CODE0, linear(.tick), T_INT32
        mov al, 0x34                    ; counter 0, mode 2, 1193: 1 ms
        out 0x43, al
        mov ax, 1193
        out 0x40, al
        mov al, ah
        out 0x40, al
        mov al, 0xb4                    ; counter 2 runs freely, 18.2 Hz
        out 0x43, al
        mov al, 0
        out 0x42, al
        out 0x42, al
        in al, 0x61
        or al, 1
        and al, 0xfd
        out 0x61, al
        mov dword [ticks], 0
        mov dword [elapsed], 0
        call .vector_50
        call .read
        mov [last], eax
        mov ebp, 10000
        mov al, 0xfe
        out 0x21, al
.next:  sti
        nop
        cli
        push ebp
        in_real .there
        pop ebp
        call .account
        dec ebp
        jnz .next
        sti
        nop
        cli
        call .account
        mov al, 0xff
        out 0x21, al
        mov eax, [elapsed]
        xor edx, edx
        mov ecx, 1193
        div ecx                         ; ticks that were due, one more or less
        sub eax, [ticks]
        inc eax
        cmp eax, 2
        jbe .good
        mov eax, [elapsed]
        xor edx, edx
        div ecx
        equal [ticks], eax
.good:  cmp dword [ticks], 5
        ja .enough
        equal [ticks], -1               ; the trips took no time?
.enough:
        ret
.account:
        call .read
        mov ecx, [last]
        mov [last], eax
        sub ecx, eax                    ; it counts down
        movzx ecx, cx
        add [elapsed], ecx
        ret
.read:  mov al, 0x80
        out 0x43, al
        in al, 0x42
        mov ah, al
        in al, 0x42
        xchg al, ah
        movzx eax, ax
        ret
.tick:  push eax
        inc dword [ss:ticks]
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd
; The first controller's vectors: 50h to 57h.
.vector_50:
        mov al, 0x11
        out 0x20, al
        mov al, 0x50
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xff
        out 0x21, al
        ret
bits 16
.there: mov word [es:0x50 * 4], offset16(.real_tick)
        mov word [es:0x50 * 4 + 2], IMAGE_SEG
        sti
        nop
        cli
        jmp from_real
.real_tick:
        push ax
        inc dword [cs:offset16(ticks)]
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
bits 32

        align 4
got:    dd 0, 0, 0
ticks:  dd 0
elapsed: dd 0
last:   dd 0

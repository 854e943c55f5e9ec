; SPDX-License-Identifier: MIT
; Every type of descriptor into every segment register, at all privileges; access through null.
; Rules C12, C13.
; SDM 2B "MOV" (loading a segment register), SDM 3A "Privilege Level Checking".
%define NAME "T06"
%include "kernel.inc"

%define WITH 0x10                       ; S: code or data

main:   call all_types
        call null_selectors
        call beyond_tables
        call accessed_bit
        ret

; For each access byte without P, A (64 of them: type and DPL), each P, each RPL, and CPL 0 and 3:
; DS, ES, FS, GS and SS are loaded; the table of the manual says what must happen.
all_types:
        step "every type into every register"
        mov dword [rights], 0
.next:  mov eax, [rights]
        shl eax, 8
        mov ecx, 0x00cf0000             ; flat, for the stack it may become
        mov edx, 0xffff
        mov ebx, eax
        and bh, 0x1c
        cmp bh, 0x14
        jne .up
        mov ecx, 0x00400000             ; expand-down: all but byte 0
        xor edx, edx
.up:    or eax, ecx
        mov [GDT + SPARE], edx
        mov [GDT + SPARE + 4], eax
        mov dword [rpl], 0
.rpl:   mov dword [cpl], 0
.cpl:   mov dword [register], 0
.register:
        call one
        inc dword [register]
        cmp dword [register], 5
        jb .register
        add dword [cpl], 3
        cmp dword [cpl], 3
        je .cpl
        inc dword [rpl]
        cmp dword [rpl], 4
        jb .rpl
        inc dword [rights]
        cmp dword [rights], 0x100
        jb .next
        mov dword [step_number], 0
        ret

one:    mov eax, [rights]
        imul eax, 1000
        imul ecx, [rpl], 100
        add eax, ecx
        imul ecx, [cpl], 10
        add eax, ecx
        add eax, [register]
        mov [step_number], eax
        mov al, [rights]                ; the accessed bit must be as it was
        mov [GDT + SPARE + 5], al
        call wanted
        mov eax, [register]
        mov eax, [loads + eax * 4]
        mov [load_now], eax
        mov eax, SPARE
        or eax, [rpl]
        cmp dword [cpl], 0
        je .ring0
        at_ring 3, run_load
        jmp .stopped
.ring0: at_ring 0, run_load
.stopped:
        mov ecx, [vector_due]
        equal [stop.vector], ecx
        cmp ecx, DONE
        je .loaded
        equal [stop.error], SPARE       ; the selector without its RPL, EXT 0
        mov eax, [load_now]
        equal [stop.eip], eax
        movzx eax, byte [GDT + SPARE + 5]
        equal eax, [rights]
        ret
.loaded:
        movzx eax, byte [GDT + SPARE + 5]
        mov ecx, [rights]
        or ecx, 1                       ; the processor has marked it
        equal eax, ecx
        ret

; EAX: the selector.
run_load:
        jmp [load_now]
loads:  dd .ds, .es, .fs, .gs, .ss
.ds:    mov ds, ax
        int DONE
.es:    mov es, ax
        int DONE
.fs:    mov fs, ax
        int DONE
.gs:    mov gs, ax
        int DONE
.ss:    mov ss, ax
        int DONE

; vector_due, by the text of MOV: for SS, RPL and DPL must be CPL and the type writable data, else
; #GP; not present #SS. For the others, data or readable code, else #GP; unless conforming, RPL and
; CPL at most DPL, else #GP; not present #NP.
wanted: mov al, [rights]
        mov edx, [rights]
        shr edx, 5
        and edx, 3                      ; DPL
        mov ecx, GP
        cmp dword [register], 4
        je .stack
        test al, WITH
        jz .set
        mov ah, al
        and ah, 0x0a
        cmp ah, 0x08                    ; code, not readable
        je .set
        mov ah, al
        and ah, 0x0c
        cmp ah, 0x0c                    ; conforming: for everybody
        je .present
        cmp [cpl], edx
        ja .set
        cmp [rpl], edx
        ja .set
.present:
        mov ecx, NP
        test al, PRESENT
        jz .set
        jmp .good
.stack: cmp [cpl], edx
        jne .set
        cmp [rpl], edx
        jne .set
        mov ah, al
        and ah, WITH | 0x0a
        cmp ah, WITH | 0x02
        jne .set
        mov ecx, SS
        test al, PRESENT
        jz .set
.good:  mov ecx, DONE
.set:   mov [vector_due], ecx
        ret

; The null selectors 0 to 3: loaded without a fault, #GP(0) at use; never into SS.
null_selectors:
%assign rpl_ 0
%rep 4
        step "null selector into DS, ES, FS, GS"
        mov ax, rpl_
        runs {mov ds, ax}
        runs {mov es, ax}
        runs {mov fs, ax}
        runs {mov gs, ax}
        step "null selector into SS"
        mov eax, rpl_
        faults GP, 0, {mov ss, ax}
        at_ring 3, .ss
        stopped GP, 0, .ss
    %assign rpl_ rpl_ + 1
%endrep
        step "memory through null"
        xor eax, eax
        mov fs, ax
        mov gs, ax
        mov edi, ARENA
        mov esi, ARENA
        mov ecx, 4
        faults GP, 0, {mov al, [fs:ARENA]}
        faults GP, 0, {mov [gs:ARENA], eax}
        faults GP, 0, {add [fs:edi], al}
        faults GP, 0, {inc word [gs:edi]}
        faults GP, 0, {push dword [fs:edi]}
        faults GP, 0, {pop dword [fs:edi]}
        faults GP, 0, {call [fs:edi]}
        faults GP, 0, {lgdt [fs:edi]}
        faults GP, 0, {fs lodsb}
        faults GP, 0, {rep fs movsd}
        equal ecx, 4
        faults GP, 0, {fs xlatb}
        faults GP, 0, {cmpxchg8b [gs:edi]}
        faults GP, 0, {bt [fs:edi], eax}
        step "strings and ES null"
        at_ring 3, .es_null
        stopped GP, 0, .stos
        at_ring 3, .ds_null
        stopped GP, 0, .read
        ; The same instruction before and after the register becomes null: translated code must not
        ; remember.
        step "the same code with DS good and null"
        mov ecx, 2
        at_ring 3, .twice
        stopped GP, 0, .use
        equal ecx, 1
        step "return to an outer ring clears what it may not use"
        descriptor SPARE, 0, 0xfffff, W_DATA | BIG | PAGES ; DPL 0
        mov ax, SPARE
        mov fs, ax
        mov ax, DATA3
        mov gs, ax
        at_ring 3, .after_return
        equal [stop.fs], 0
        equal [stop.gs], DATA3
        ret
.ss:    mov ss, ax
.es_null:
        xor eax, eax
        mov es, ax
.stos:  stosd
.ds_null:
        xor eax, eax
        mov ds, ax
.read:  mov al, [ARENA]
.twice: mov ax, DATA3
.again: mov ds, ax
.use:   mov edx, [ARENA]
        xor eax, eax
        dec ecx
        jmp .again
.after_return:
        int DONE

; Beyond the limit of the GDT or LDT: #GP(selector), TI in the error code.
beyond_tables:
        step "beyond the GDT"
        mov ax, 0x1008
        faults GP, 0x1008, {mov fs, ax}
        mov ax, 0x100b
        faults GP, 0x1008, {mov fs, ax}
        mov ax, 0xfffc                          ; LDT, beyond 4095
        faults GP, 0xfffc, {mov fs, ax}
        step "a descriptor cut by the limit"
        mov word [.small], SPARE + 6            ; the last byte is missing
        descriptor SPARE, 0, 0xfffff, W_DATA | BIG | PAGES
        lgdt [.small]
        mov ax, SPARE
        faults GP, SPARE, {mov fs, ax}
        inc word [.small]
        lgdt [.small]
        mov ax, SPARE
        runs {mov fs, ax}
        lgdt [kernel_gdtr]
        step "LDT, slot 0 is not null"
        descriptor 4, ARENA, 0xffff, W_DATA
        mov ax, 4
        mov dword [ARENA], 0x600df00d
        runs {mov fs, ax}
        equal [fs:0], 0x600df00d
        step "no LDT"
        xor eax, eax
        lldt ax
        mov ax, 0xc
        faults GP, 0xc, {mov fs, ax}
        mov ax, MAIN_LDT
        lldt ax
        ret
.small: dw 0
        dd GDT

; The accessed bit is set by a load and by nothing else.
accessed_bit:
        step "accessed bit"
        descriptor SPARE, 0, 0xfffff, W_DATA & ~1 | BIG | PAGES
        mov ax, SPARE
        mov cx, SPARE
        runs {verr ax}
        runs {lar ecx, eax}
        equal_bits [GDT + SPARE + 4], 0x100, 0
        runs {mov fs, ax}
        equal_bits [GDT + SPARE + 4], 0x100, 0x100
        ret

rights: dd 0
rpl:    dd 0
cpl:    dd 0
register: dd 0
vector_due: dd 0
load_now: dd 0

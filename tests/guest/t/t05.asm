; SPDX-License-Identifier: MIT
; Segment limits: every size at every place around the ends of segments of all kinds; strings that
; run over the end. Rules C14, C15, C16.
; SDM 3A "Limit Checking", "Type Checking"; i486 PRM "Limit Checking".
%define NAME "T05"
%include "kernel.inc"

; The segments. BASE + offset stays in the arena for all offsets that are tried.
struc kind
.text:  resd 1
.low:   resd 1                          ; the descriptor
.high:  resd 1
.base:  resd 1
.first: resd 1                          ; valid offsets
.last:  resd 1
.reads: resd 1                          ; what the type allows
.writes: resd 1
endstruc

; kind_of "text", BASE, LIMIT field, RIGHTS, FIRST, LAST, reads, writes
%macro kind_of 8
    [section strings]
%%text: db %1, 0
    __SECT__
        dd %%text
        dd ((%2) & 0xffff) << 16 | ((%3) & 0xffff)
        dd ((%2) & 0xff000000) | ((%2) >> 16 & 0xff) | ((%3) & 0xf0000) | ((%4) & 0xff) << 8 | ((%4) & 0xf000) << 8
        dd %2, %5, %6, %7, %8
%endmacro

%define MIDDLE (ARENA + 0x8000)
%define USER DPL(3)
kinds:
        ; Expand-up: 0 to the limit; with G the limit counts pages, and the low 12 bits are ones.
        kind_of "up, limit 7FFh", MIDDLE, 0x7ff, W_DATA | USER, 0, 0x7ff, 1, 1
        kind_of "up, big, limit 7FFh", MIDDLE, 0x7ff, W_DATA | USER | BIG, 0, 0x7ff, 1, 1
        kind_of "up, limit 0", MIDDLE, 0, W_DATA | USER, 0, 0, 1, 1
        kind_of "up, limit 2", MIDDLE, 2, W_DATA | USER, 0, 2, 1, 1
        kind_of "up, pages, limit 0", MIDDLE, 0, W_DATA | USER | PAGES, 0, 0xfff, 1, 1
        kind_of "up, pages, limit 2", MIDDLE, 2, W_DATA | USER | PAGES | BIG, 0, 0x2fff, 1, 1
        kind_of "up, limit FFFFh, base 64 KiB lower", ARENA - 0x8000, 0xffff, W_DATA | USER, 0, 0xffff, 1, 1
        kind_of "read-only, limit 7FFh", MIDDLE, 0x7ff, R_DATA | USER, 0, 0x7ff, 1, 0
        ; Expand-down: from above the limit to FFFFh, or FFFFFFFFh with B (C15).
        kind_of "down, limit 7FFh", ARENA, 0x7ff, W_DOWN | USER, 0x800, 0xffff, 1, 1
        kind_of "down, limit 0", ARENA, 0, W_DOWN | USER, 1, 0xffff, 1, 1
        kind_of "down, pages, limit 0", ARENA, 0, W_DOWN | USER | PAGES, 0x1000, 0xffff, 1, 1
        kind_of "down, limit FFFFh: nothing", ARENA, 0xffff, W_DOWN | USER, 0x10000, 0xffff, 1, 1
        kind_of "down, big, limit 7FFh", MIDDLE, 0x7ff, W_DOWN | USER | BIG, 0x800, 0xffffffff, 1, 1
        kind_of "down, big, pages, limit 1", MIDDLE, 1, W_DOWN | USER | BIG | PAGES, 0x2000, 0xffffffff, 1, 1
        kind_of "down, read-only", ARENA, 0x7ff, R_DOWN | USER, 0x800, 0xffff, 1, 0
        ; Code is never written, and read only if the type says so (C14: Windows 95 starts DOS
        ; sessions through that fault).
        kind_of "code, readable, limit 7FFh", MIDDLE, 0x7ff, XR_CODE | USER | BIG, 0, 0x7ff, 1, 0
        kind_of "code, conforming, readable", MIDDLE, 0x7ff, XR_CONFORMING | BIG, 0, 0x7ff, 1, 0
kinds_end:

; Accesses of ring 3: EDI the offset.
struc access
.size:  resd 1
.writes: resd 1
.vector: resd 1                         ; #SS for the stack segment, else #GP
.code:  resd 1
endstruc

accesses:
        dd 1, 0, GP, read_1, 2, 0, GP, read_2, 4, 0, GP, read_4
        dd 1, 1, GP, write_1, 2, 1, GP, write_2, 4, 1, GP, write_4, 8, 1, GP, write_8
        dd 1, 1, GP, add_1, 2, 1, GP, add_2, 4, 1, GP, add_4
on_stack: ; writable segments only
        dd 1, 0, SS, stack_read_1, 2, 0, SS, stack_read_2, 4, 0, SS, stack_read_4
        dd 1, 1, SS, stack_write_1, 2, 1, SS, stack_write_2, 4, 1, SS, stack_write_4
accesses_end:

read_1: mov al, [fs:edi]
        int DONE
read_2: mov ax, [fs:edi]
        int DONE
read_4: mov eax, [fs:edi]
        int DONE
write_1: mov [fs:edi], al
        int DONE
write_2: mov [fs:edi], ax
        int DONE
write_4: mov [fs:edi], eax
        int DONE
write_8: cmpxchg8b [fs:edi]
        int DONE
add_1:  add [fs:edi], al
        int DONE
add_2:  add [fs:edi], ax
        int DONE
add_4:  add [fs:edi], eax
        int DONE
stack_read_1: mov al, [ss:edi]
        int DONE
stack_read_2: mov ax, [ss:edi]
        int DONE
stack_read_4: mov eax, [ss:edi]
        int DONE
stack_write_1: mov [ss:edi], al
        int DONE
stack_write_2: mov [ss:edi], ax
        int DONE
stack_write_4: mov [ss:edi], eax
        int DONE

main:
        mov dword [kind_now], kinds
.kind:  mov ebx, [kind_now]
        mov eax, [ebx + kind.text]
        mov [step_text], eax
        mov eax, [ebx + kind.low]
        mov edx, [ebx + kind.high]
        mov [GDT + SPARE], eax
        mov [GDT + SPARE + 4], edx
        mov dword [access_now], accesses
.access:
        mov ebx, [kind_now]
        cmp dword [access_now], on_stack
        jb .edges
        cmp dword [ebx + kind.writes], 0
        je .next_kind
.edges: mov edi, [ebx + kind.last]
        call around
        mov ebx, [kind_now]
        mov edi, [ebx + kind.first]
        test edi, edi
        jz .next_access
        call around
.next_access:
        add dword [access_now], access_size
        cmp dword [access_now], accesses_end
        jb .access
.next_kind:
        add dword [kind_now], kind_size
        cmp dword [kind_now], kinds_end
        jb .kind

        call execute_only
        call over_the_end
        ret

; The access at EDI - 9 to EDI + 2.
around: lea ecx, [edi + 3]
        mov [around_end], ecx
        sub edi, 9
.next:  call one
        inc edi
        cmp edi, [around_end]
        jne .next
        ret

; The access at EDI.
one:    mov ebx, [kind_now]
        mov esi, [access_now]
        call should_run
        mov [expected], eax
        mov edx, [esi + access.code]
        mov [code_now], edx
        lea ebp, [edi]
        add ebp, [ebx + kind.base]      ; where that is in memory
        mov dword [ebp], 0
        mov dword [ebp + 4], 0
        mov eax, [esi + access.vector]
        mov [vector_now], eax
        mov eax, 0x44332211
        at_ring 3, load_and_go
        equal edi, [stop.edi]
        cmp dword [expected], 0
        je .refused
        mov eax, [code_now]
        equal [stop.vector], DONE
        ret
.refused:
        equal [stop.vector], [vector_now]
        equal [stop.error], 0
        equal [stop.eip], [code_now]
        equal eax, 0x44332211
        equal [ebp], 0                  ; nothing of it was written
        equal [ebp + 4], 0
        ret

; EAX = 1 if access ESI at EDI is inside kind EBX.
should_run:
        xor eax, eax
        mov ecx, [esi + access.writes]
        cmp [ebx + kind.writes], ecx
        jb .no
        cmp edi, [ebx + kind.first]
        jb .no
        mov ecx, [ebx + kind.last]
        sub ecx, edi
        jb .no
        inc ecx                         ; bytes up to the end
        jz .yes
        cmp ecx, [esi + access.size]
        jb .no
.yes:   inc eax
.no:    ret

; Ring 3. EDX: the code.
load_and_go:
        cmp dword [vector_now], SS
        je .stack
        mov cx, SPARE | 3
        mov fs, cx
        jmp edx
.stack: mov cx, SPARE | 3
        mov ss, cx
        jmp edx

; Reading an execute-only segment is refused whatever the limit; fetching from it works.
execute_only:
        step "execute-only, limit 0"
        descriptor SPARE, MIDDLE, 0, X_CODE | USER
        mov ax, SPARE | 3
        faults GP, SPARE, {mov fs, ax}          ; it can't be loaded for reading either
        step "execute-only by CS"
        descriptor SPARE, 0, 0xfffff, X_CODE | BIG | PAGES
        until_stop .stopped
        jmp SPARE:.read
.read:  mov al, [cs:.read]
        int DONE
.stopped:
        stopped GP, 0, .read
        step "readable code by CS"
        descriptor SPARE, 0, 0xfffff, XR_CODE | BIG | PAGES
        until_stop .read_it
        jmp SPARE:.read
.read_it:
        equal [stop.vector], DONE
        step "write by CS"
        faults GP, 0, {mov [cs:MIDDLE], al}
        ret

; Repeated strings stop at the element that does not fit any more, with the registers on it (C16:
; a Windows 3.1 display driver switches banks in such faults).
over_the_end:
        descriptor SPARE, MIDDLE, 0x7ff, W_DATA
        mov ax, SPARE
        mov fs, ax
        mov gs, ax
%define flags_before cld
%macro fits 5 ; text, element, first offset, elements that fit, {instruction}
        step %1
        flags_before
        mov esi, %3
        mov edi, %3
        mov ecx, 100
        mov ax, SPARE
        mov es, ax
        mov eax, 0
        faults GP, 0, {%5}
        equal ecx, 100 - (%4)
%endmacro
%macro destination 5
        fits %1, %2, %3, %4, {%5}
        equal edi, (%3) + (%2) * (%4)
%endmacro
%macro source 5
        fits %1, %2, %3, %4, {%5}
        equal esi, (%3) + (%2) * (%4)
%endmacro
        destination "STOSB", 1, 0x7fd, 3, {rep stosb}
        destination "STOSW", 2, 0x7f9, 3, {rep stosw}
        destination "STOSD", 4, 0x7f2, 3, {rep stosd}
        source "LODSB", 1, 0x7fd, 3, {rep fs lodsb}
        source "LODSW", 2, 0x7f9, 3, {rep fs lodsw}
        source "LODSD", 4, 0x7f2, 3, {rep fs lodsd}
        destination "SCASB", 1, 0x7fd, 3, {repe scasb}
        destination "SCASW", 2, 0x7f9, 3, {repe scasw}
        destination "SCASD", 4, 0x7f2, 3, {repe scasd}
        ; the source is flat, the destination ends
        destination "MOVSB, destination", 1, 0x7fd, 3, {rep movsb}
        equal esi, 0x800
        destination "MOVSW, destination", 2, 0x7f9, 3, {rep movsw}
        equal esi, 0x7ff
        destination "MOVSD, destination", 4, 0x7f2, 3, {rep movsd}
        equal esi, 0x7fe
        source "MOVSB, source", 1, 0x7fd, 3, {rep fs movsb}
        equal edi, 0x800
        source "MOVSD, source", 4, 0x7f2, 3, {rep fs movsd}
        equal edi, 0x7fe
        source "CMPSB, source", 1, 0x7fd, 3, {repe fs cmpsb}
        equal edi, 0x800
        source "CMPSD, source", 4, 0x7f2, 3, {repe fs cmpsd}
        equal edi, 0x7fe
        ; downwards, below offset 0
        %define flags_before std
        destination "STOSW downwards", -2, 4, 3, {rep stosw}
        destination "MOVSD downwards", -4, 9, 3, {rep movsd}
        %define flags_before cld
        ; nothing fits; nothing is asked for
        destination "STOSB beyond", 1, 0x800, 0, {rep stosb}
        step "STOSB with ECX = 0 beyond the end"
        mov ax, SPARE
        mov es, ax
        mov edi, 0x9000
        xor ecx, ecx
        runs {rep stosb}
        equal edi, 0x9000
        ret

kind_now: dd 0
access_now: dd 0
code_now: dd 0
vector_now: dd 0
expected: dd 0
around_end: dd 0

; SPDX-License-Identifier: MIT
; Models: pentium2,coherent-tlb
; A TLB that follows its page tables (-cpu MODEL,coherent-tlb): what is written there, by whatever
; instruction and at whatever address, holds from the next instruction on, without INVLPG and without a
; load of CR3. windows.md 0.7, M13. Every step fails on a processor that remembers.
%define NAME "d-coherent"
%include "kernel.inc"

%define A (WINDOW)
%define B (WINDOW + 0x1000)
%define C (WINDOW + 0x2000)
%define ENTRY(n) (WINDOW_TABLE + (n) * 4)
%define FRAME_A FRAMES
%define FRAME_B (FRAMES + 0x1000)
%define TO_A (FRAME_A | P | W | U)
%define TO_B (FRAME_B | P | W | U)

main:   call paging_on
        mov dword [FRAME_A], 0xaaaaaaaa
        mov dword [FRAME_B], 0xbbbbbbbb
        mov dword [FRAME_A + 0xffc], 0xa1a1a1a1
        mov dword [FRAME_B + 0xffc], 0xb1b1b1b1
        page A, FRAME_A, P | W | U
        call stores
        call rights
        call places
        call code
        ret

; remembered FRAME: the translation of A is in the TLB.
%macro remembered 1
        mov dword [ENTRY(0)], %1
        mov eax, [A]
%endmacro

stores: step "MOV"
        remembered TO_A
        mov dword [ENTRY(0)], TO_B
        equal [A], 0xbbbbbbbb
        step "MOV of the one byte that differs"
        remembered TO_B
        mov byte [ENTRY(0) + 1], TO_A >> 8 & 0xff
        equal [A], 0xaaaaaaaa
        step "XCHG"
        remembered TO_A
        mov eax, TO_B
        xchg [ENTRY(0)], eax
        equal [A], 0xbbbbbbbb
        step "LOCK CMPXCHG"
        mov eax, [ENTRY(0)]
        mov ebx, TO_A
        lock cmpxchg [ENTRY(0)], ebx
        equal [A], 0xaaaaaaaa
        step "PUSH"
        remembered TO_A
        mov ebp, esp
        mov esp, ENTRY(1)
        push dword TO_B
        mov esp, ebp
        equal [A], 0xbbbbbbbb
        step "REP STOSD over the table"
        mov edi, ENTRY(0)
        mov ecx, 16
        mov eax, TO_A
        rep stosd
        equal [A], 0xaaaaaaaa
        equal [A + 0xf000], 0xaaaaaaaa
        step "REP MOVSD"
        mov dword [ARENA + 0x8000], TO_B
        mov esi, ARENA + 0x8000
        mov edi, ENTRY(0)
        mov ecx, 1
        rep movsd
        equal [A], 0xbbbbbbbb
        step "FSTP"
        mov dword [ARENA + 0x8000], TO_A
        mov dword [ARENA + 0x8004], TO_A
        fninit
        fild qword [ARENA + 0x8000]
        fistp qword [ENTRY(0)]
        equal [A], 0xaaaaaaaa
        step "an operand that ends in the table"
        remembered TO_A
        mov dword [WINDOW_TABLE - 2], (TO_B & 0xffff) << 16
        mov word [ENTRY(0) + 2], TO_B >> 16
        equal [A], 0xbbbbbbbb
        step "back and forth"
        mov ecx, 1000
.loop:  mov dword [ENTRY(0)], TO_A
        mov eax, [A]
        mov dword [ENTRY(0)], TO_B
        sub eax, [A]
        cmp eax, 0xaaaaaaaa - 0xbbbbbbbb
        jne .end
        loop .loop
.end:   equal ecx, 0
        ret

rights: step "absent"
        remembered TO_A
        mov dword [ENTRY(0)], 0
        faults PF, 0, {mov eax, [A]}
        step "read-only, at ring 0 with WP"
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        remembered TO_A
        mov [A + 4], eax
        mov dword [ENTRY(0)], FRAME_A | P | U
        faults PF, PF_P | PF_W, {mov [A + 4], eax}
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        step "A and D taken away are set again"
        remembered TO_A
        mov [A + 4], eax
        mov dword [ENTRY(0)], TO_A
        mov [A + 4], eax
        equal [ENTRY(0)], TO_A | ACCESSED | DIRTY
        ret

; The table at another address, the table's table, a table that is its own.
places: step "the table through the window"
        page B, WINDOW_TABLE, P | W | U
        remembered TO_A
        mov dword [B], TO_B
        equal [A], 0xbbbbbbbb
        step "the directory"
        mov dword [ARENA], TO_A
        remembered TO_B
        mov dword [PAGE_DIR + 4], ARENA | P | W | U
        equal [A], 0xaaaaaaaa
        mov dword [ARENA], TO_B
        equal [A], 0xbbbbbbbb
        mov dword [PAGE_DIR + 4], WINDOW_TABLE | P | W | U
        step "the table that the directory no longer names"
        remembered TO_A
        mov dword [ARENA], TO_B
        equal [A], 0xaaaaaaaa
        step "a global page"
        mov eax, cr4
        or eax, 0x80
        mov cr4, eax
        remembered TO_A | 0x100
        mov dword [ENTRY(0)], TO_B | 0x100
        equal [A], 0xbbbbbbbb
        mov eax, cr4
        and eax, ~0x80
        mov cr4, eax
        ret

code:   step "code of another frame"
        mov dword [FRAME_A + 0x100], 0xc301b0   ; mov al, 1; ret
        mov dword [FRAME_B + 0x100], 0xc302b0
        mov edi, A + 0x100
        mov ecx, 100
.loop:  mov dword [ENTRY(0)], TO_A
        call edi
        mov ah, al
        mov dword [ENTRY(0)], TO_B
        call edi
        cmp ax, 0x0102
        jne .end
        loop .loop
.end:   equal ecx, 0
        ret

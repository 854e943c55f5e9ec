; SPDX-License-Identifier: MIT
; Paging as operating systems use it, and code that changes: translations that were changed, with
; and without telling the TLB; A and D bits, WP, several addresses of one frame; code overwritten
; before it runs: by itself, through another page, by DMA. Rules C37, D8, E12; windows.md 0.7.
; SDM 3A "Caching Translation Information", "Accessed and Dirty Flags", "Self-Modifying Code".
%define NAME "T10"
%include "kernel.inc"

%define A (WINDOW)
%define B (WINDOW + 0x1000)
%define C (WINDOW + 0x2000)
%define ENTRY(n) (WINDOW_TABLE + (n) * 4)
%define FRAME_A FRAMES
%define FRAME_B (FRAMES + 0x1000)
%define FRAME_C (FRAMES + 0x2000)

main:   call paging_on
        call translations
        call dirty_bits
        call write_protect
        call absent_tables
        call nested_faults
        call invlpg_rules
        call changing_code
        call dma_into_code
        ret

; entry N, FRAME, BITS: in the page table, without telling the TLB.
%macro entry 3
        mov dword [ENTRY(%1)], (%2) | (%3)
%endmacro

translations:
        mov dword [FRAME_A], 0xaaaaaaaa
        mov dword [FRAME_B], 0xbbbbbbbb
        step "another frame, after INVLPG"
        page A, FRAME_A, P | W | U
        equal [A], 0xaaaaaaaa
        entry 0, FRAME_B, P | W | U
        invlpg [A]
        equal [A], 0xbbbbbbbb
        step "another frame, after a write to CR3"
        entry 0, FRAME_A, P | W | U
        mov eax, cr3
        mov cr3, eax
        equal [A], 0xaaaaaaaa
        step "another frame, after paging off and on"
        entry 0, FRAME_B, P | W | U
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        jmp .off
.off:   or eax, 0x80000000
        mov cr0, eax
        jmp .on
.on:    equal [A], 0xbbbbbbbb
        step "from absent to present needs no telling"
        entry 1, 0, 0
        invlpg [B]
        faults PF, 0, {mov eax, [B]}
        entry 1, FRAME_A, P | W | U
        equal [B], 0xaaaaaaaa
        step "more rights need none either: the fault looks again"
        page A, FRAME_A, P
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        mov eax, [A]
        faults PF, PF_P | PF_W, {mov [A], eax}
        entry 0, FRAME_A, P | W
        runs {mov [A], eax}
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        step "less rights, after INVLPG"
        page A, FRAME_A, P | W | U
        mov [A], eax
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        entry 0, FRAME_A, P | U
        invlpg [A]
        faults PF, PF_P | PF_W, {mov [A], eax}
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        step "INVLPG of any byte of the page"
        page A, FRAME_A, P | W | U
        mov dword [FRAME_A], 0xaaaaaaaa
        equal [A], 0xaaaaaaaa
        entry 0, FRAME_B, P | W | U
        invlpg [A + 0xabc]
        equal [A], 0xbbbbbbbb
        step "INVLPG uses the segment's base"
        descriptor SPARE, A, 0xfff, W_DATA
        mov ax, SPARE
        mov fs, ax
        entry 0, FRAME_A, P | W | U
        invlpg [fs:0]
        equal [A], 0xaaaaaaaa
        step "the directory's entry, after INVLPG"
        mov dword [ARENA], FRAME_C | P | W | U
        equal [A], 0xaaaaaaaa
        mov dword [PAGE_DIR + 4], ARENA | P | W | U
        invlpg [A]
        mov dword [FRAME_C], 0xcccccccc
        equal [A], 0xcccccccc
        mov dword [PAGE_DIR + 4], WINDOW_TABLE | P | W | U
        mov eax, cr3
        mov cr3, eax
        step "one frame at three addresses"
        page A, FRAME_A, P | W | U
        page B, FRAME_A, P | W | U
        page C, FRAME_A, P | W | U
        mov dword [A + 8], 1
        inc dword [B + 8]
        inc dword [C + 8]
        equal [A + 8], 3
        equal [FRAME_A + 8], 3
        ret

; A by any access, D by a write alone, both in the entry of the page; A in the directory, too.
dirty_bits:
        step "a read sets A"
        and dword [PAGE_DIR + 4], ~(ACCESSED | DIRTY)
        page A, FRAME_A, P | W | U
        mov eax, cr3
        mov cr3, eax
        mov eax, [A]
        equal [ENTRY(0)], FRAME_A | P | W | U | ACCESSED
        equal_bits [PAGE_DIR + 4], 0xfff, P | W | U | ACCESSED
        step "the first write after it sets D"
        mov [A], eax
        equal [ENTRY(0)], FRAME_A | P | W | U | ACCESSED | DIRTY
        step "a write sets both"
        page A, FRAME_A, P | W | U
        mov [A], al
        equal [ENTRY(0)], FRAME_A | P | W | U | ACCESSED | DIRTY
        step "a compare does not write, XADD does"
        page A, FRAME_A, P | W | U
        cmp [A], eax
        equal [ENTRY(0)], FRAME_A | P | W | U | ACCESSED
        xadd [A], eax
        equal [ENTRY(0)], FRAME_A | P | W | U | ACCESSED | DIRTY
        step "CMPXCHG that fails writes all the same"
        page A, FRAME_A, P | W | U
        mov eax, [A]
        inc eax
        cmpxchg [A], ecx
        equal_bits [ENTRY(0)], DIRTY, DIRTY
        step "a fetch sets A"
        page A, FRAME_A, P | W | U
        mov byte [FRAME_A + 0x100], 0xc3
        mov eax, A + 0x100
        call eax
        equal [ENTRY(0)], FRAME_A | P | W | U | ACCESSED
        step "a refused access sets nothing"
        page A, FRAME_A, P | U
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        faults PF, PF_P | PF_W, {mov [A], eax}
        equal_bits [ENTRY(0)], DIRTY, 0
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        step "D cleared in memory comes back after INVLPG"
        page A, FRAME_A, P | W | U
        mov [A], eax
        and dword [ENTRY(0)], ~DIRTY
        invlpg [A]
        mov [A], eax
        equal_bits [ENTRY(0)], DIRTY, DIRTY
        step "both pages of a write across their edge"
        page A, FRAME_A, P | W | U
        page B, FRAME_B, P | W | U
        mov [A + 0xffe], eax
        equal_bits [ENTRY(0)], DIRTY, DIRTY
        equal_bits [ENTRY(1)], DIRTY, DIRTY
        step "the other bits of an entry that is absent are the system's"
        entry 2, 0x5a5a5ffe & ~P, 0
        invlpg [C]
        faults PF, 0, {mov al, [C]}
        equal [ENTRY(2)], 0x5a5a5ffe
        step "descriptors and the TSS are read as the supervisor's, A is set there too"
        and dword [PAGE_TABLE + (GDT >> 12) * 4], ~ACCESSED
        invlpg [GDT]
        mov ax, DATA0
        mov fs, ax
        equal_bits [PAGE_TABLE + (GDT >> 12) * 4], ACCESSED, ACCESSED
        ret

; CR0.WP: may rings 0 to 2 write read-only pages? Ring 3 never. The rights are those of both levels.
write_protect:
        page A, FRAME_A, P | U
        step "WP clear: ring 0 writes"
        runs {mov [A], eax}
        step "WP clear: ring 3 does not"
        at_ring 3, .write
        stopped PF, PF_P | PF_W | PF_U, .write
        equal [stop.cr2], A
        step "WP clear: rings 1 is the supervisor's"
        at_ring 1, .write
        stopped DONE, 0, .written
        step "WP set: ring 0 does not"
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        faults PF, PF_P | PF_W, {mov [A], eax}
        at_ring 1, .write
        stopped PF, PF_P | PF_W, .write
        step "WP cleared again takes effect at once"
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        runs {mov [A], eax}
        step "the directory's R/W counts, too"
        page A, FRAME_A, P | W | U
        mov dword [PAGE_DIR + 4], WINDOW_TABLE | P | U
        mov eax, cr3
        mov cr3, eax
        at_ring 3, .write
        stopped PF, PF_P | PF_W | PF_U, .write
        step "the directory's U/S counts, too"
        mov dword [PAGE_DIR + 4], WINDOW_TABLE | P | W
        mov eax, cr3
        mov cr3, eax
        at_ring 3, .read
        stopped PF, PF_P | PF_U, .read
        runs {mov al, [A]}
        mov dword [PAGE_DIR + 4], WINDOW_TABLE | P | W | U
        mov eax, cr3
        mov cr3, eax
        step "a page of the supervisor from ring 3, warm in the TLB of ring 0"
        page A, FRAME_A, P | W
        mov eax, [A]
        mov [A], eax
        at_ring 3, .read
        stopped PF, PF_P | PF_U, .read
        at_ring 3, .write
        stopped PF, PF_P | PF_U | PF_W, .write
        step "code of the supervisor from ring 3"
        mov byte [FRAME_A], 0xcd
        at_ring 3, .call
        stopped PF, PF_P | PF_U, A
        equal [stop.cr2], A
        ret
.write: mov [A], eax
.written:
        int DONE
.read:  mov al, [A]
        int DONE
.call:  mov eax, A
        jmp eax

absent_tables:
        step "the directory's entry is absent"
        mov dword [PAGE_DIR + 8], 0xfffffffe & ~P
        faults PF, 0, {mov al, [0x800000]}
        equal [stop.cr2], 0x800000
        faults PF, PF_W, {mov [0xbfffff], al}
        equal [stop.cr2], 0xbfffff
        at_ring 3, .read
        stopped PF, PF_U, .read
        equal [PAGE_DIR + 8], 0xfffffffe
        step "CR2 is a linear address"
        descriptor SPARE, 0x800000, 0xfffff, W_DATA | PAGES
        mov ax, SPARE
        mov fs, ax
        faults PF, 0, {mov al, [fs:0x123]}
        equal [stop.cr2], 0x800123
        step "and wraps at 4 GiB"
        descriptor SPARE, 0xfffff000, 0xfffff, W_DATA | PAGES
        mov ax, SPARE
        mov fs, ax
        faults PF, 0, {mov al, [fs:0x801000]}
        equal [stop.cr2], 0x800000
        xor eax, eax
        mov fs, ax
        mov dword [PAGE_DIR + 8], 0
        ret
.read:  mov al, [0x800000]

; A page fault in the handler of a page fault, three deep; each repairs its own page on the way
; back, the inner ones first (E19). CR2 is that of the last one, so a handler reads it before it
; touches memory.
nested_faults:
        step "page faults in the handler of a page fault"
        page A, 0, 0
        page B, 0, 0
        page C, 0, 0
        mov dword [FRAME_A], 0xaaaaaaaa
        mov dword [depth], 0
        mov dword [hook], .handler
        mov ebx, 0x12345678
        until_stop .back
        mov eax, [A]
        int DONE
.back:  mov dword [hook], 0
        equal [stop.vector], DONE
        equal eax, 0xaaaaaaaa
        equal ebx, 0x12345678
        equal [depth], 3
        step "resumed in another order: the first one as soon as the second has happened"
        page A, 0, 0
        page B, 0, 0
        mov dword [hook], .abandon
        mov dword [depth], 0
        until_stop .abandoned
        mov eax, [A]
        int DONE
.abandoned:
        mov dword [hook], 0
        equal eax, 0xaaaaaaaa
        equal [depth], 2
        ret
; Depth 0 touches B, 1 touches C, 2 nothing.
.handler:
        cmp dword [ebp + frame.vector], PF
        stc
        jne .end
        mov esi, [stop.cr2]
        mov ecx, [depth]
        inc dword [depth]
        cmp ecx, 2
        je .repair
        mov edi, ecx
        shl edi, 12
        mov eax, [edi + A + 0x1000]     ; faults
.repair:
        equal [ebp + frame.error], 0
        mov eax, esi
        sub eax, A
        lea edx, [eax + FRAMES]
        or edx, P | W | U
        shr eax, 12
        mov [ENTRY(0) + eax * 4], edx
        invlpg [esi]
        clc
.end:   ret
; The handler of B's fault maps A and goes back to A's instruction at once: its own frame is
; thrown away.
.abandon:
        cmp dword [ebp + frame.vector], PF
        stc
        jne .end
        inc dword [depth]
        cmp dword [depth], 2
        je .second
        mov [first_frame], ebp
        mov al, [B]
        equal eax, -1                   ; never reached
.second:
        equal [stop.cr2], B
        entry 0, FRAME_A, P | W | U
        mov ebp, [first_frame]
        mov esp, ebp
        pop gs
        pop fs
        pop es
        pop ds
        popad
        add esp, 8
        iretd

; D8. From V86 mode it is refused (T03).
invlpg_rules:
        step "INVLPG of an address without a page is no fault"
        runs {invlpg [0x800000]}
        step "nor beyond a segment's limit"
        descriptor SPARE, A, 0, W_DATA
        mov ax, SPARE
        mov fs, ax
        runs {invlpg [fs:0x10]}
        step "INVLPG of a register does not exist"
        faults UD, 0, {db 0x0f, 0x01, 0xf8}
        ret

; Code that changes. All that is required of any processor: after a jump the new bytes run,
; whichever address they were written through; P6 and we look at every write at once (C37).
changing_code:
        page A, FRAME_A, P | W | U
        page B, FRAME_A, P | W | U
        step "behind a jump"
        call put_routine
        call A
        equal eax, 0x11111111
        mov dword [A + 1], 0x22222222
        call A
        equal eax, 0x22222222
        step "through another address of the page"
        mov dword [B + 1], 0x33333333
        call A
        equal eax, 0x33333333
        mov dword [FRAME_A + 1], 0x44444444
        call A
        equal eax, 0x44444444
        call B
        equal eax, 0x44444444
        step "a byte in the middle of an instruction"
        mov byte [B + 3], 0x99
        call A
        equal eax, 0x44994444
        step "by a string instruction"
        mov edi, A + 1
        mov eax, 0x55555555
        mov ecx, 4
        rep stosb
        call A
        equal eax, 0x55555555
        step "by CMPXCHG, XCHG, PUSH, BTS"
        mov ecx, 0x66666666
        mov eax, [A + 1]
        cmpxchg [A + 1], ecx
        call A
        equal eax, 0x66666666
        mov ecx, 0x77777777
        xchg [B + 1], ecx
        call A
        equal eax, 0x77777777
        mov ebp, esp
        mov esp, A + 5
        push dword 0x12341234
        mov esp, ebp
        call A
        equal eax, 0x12341234
        bts dword [A + 1], 31
        call A
        equal eax, 0x92341234
        step "the next instruction"
        mov esi, .next_one
        call .copy
        call A
        equal eax, 0x000000ee
        ; Whether REP goes on when its own bytes are gone is not architecture; that it ends and the
        ; new bytes are there is.
        step "the instruction itself, while it repeats"
        mov esi, .itself
        call .copy
        mov al, 0x90
        mov edi, A + 2
        mov ecx, 6
        call A
        equal_bits [A + 2], 0xff, 0x90
        step "its own immediate"
        mov esi, .once
        call .copy
        mov eax, 5
        call A
        equal eax, 6
        equal_bits [A + 7], 0xffff, 0x4090
        step "a loop that changes its own operand"
        mov esi, .counting
        call .copy
        xor ebx, ebx
        mov ecx, 50
        call A
        equal ebx, 50 * 49 / 2
        step "across the edge of two pages, the second one changed"
        page C, FRAME_C, P | W | U
        page B, FRAME_B, P | W | U
        mov byte [B + 0xffe], 0xb8      ; MOV EAX, imm32; RET
        mov dword [B + 0xfff], 0x01020304
        mov byte [C + 3], 0xc3
        mov eax, B + 0xffe
        call eax
        equal eax, 0x01020304
        mov byte [FRAME_C + 1], 0x77
        mov eax, B + 0xffe
        call eax
        equal eax, 0x01770304
        step "the second page becomes another one" ; Bochs 2.7 goes on with the old one
        mov dword [FRAME_A], 0xc3998877
        mov dword [FRAME_A + 4], 0xc3c3c3c3
        page C, FRAME_A, P | W | U
        mov eax, B + 0xffe
        call eax
        equal eax, 0x99887704
        step "the page of the code becomes another one"
        page A, FRAME_A, P | W | U
        call put_routine
        call A
        equal eax, 0x11111111
        mov byte [FRAME_B], 0xb8
        mov dword [FRAME_B + 1], 0x88888888
        mov byte [FRAME_B + 5], 0xc3
        page A, FRAME_B, P | W | U
        call A
        equal eax, 0x88888888
        ret
.copy:  mov edi, A
        mov ecx, 64
        rep movsb
        ret
.next_one:
        mov eax, 0xdd
        mov byte [A + (.changed - .next_one) + 1], 0xee
.changed:
        mov eax, 0xdd
        ret
.itself:
        nop
        nop
        rep stosb
        ret
        times 60 nop
.once:  mov word [A + 7], 0x4090        ; its own immediate, and what follows is INC EAX already
        inc eax
        ret
.counting:
        add ebx, 0
        inc byte [A + 2]
        loop .counting
        ret

put_routine:
        mov byte [FRAME_A], 0xb8        ; MOV EAX, 11111111h; RET
        mov dword [FRAME_A + 1], 0x11111111
        mov byte [FRAME_A + 5], 0xc3
        ret

; DMA channel 0 to channel 1 does not exist on this board; the floppy disk is read over code
; instead: the boot sector, whose last bytes are 55h (PUSH EBP) and AAh (STOSB), over a routine in
; the same page.
dma_into_code:
        step "a disk's sector read over code"
        call put_routine
        mov edi, FRAME_A + 0x1fe        ; there: MOV AL, 1; behind it RET
        mov word [edi], 0x01b0
        mov byte [edi + 2], 0xc3
        page A, FRAME_A, P | W | U
        mov al, 0
        mov eax, A + 0x1fe
        call eax
        equal_bits eax, 0xff, 1
        call read_sector
        equal_bits [A + 0x1fe], 0xffff, 0xaa55
        mov dword [A + 0x200], 0xc35d4f ; DEC EDI; POP EBP; RET
        mov edi, ARENA
        mov byte [ARENA], 0
        mov eax, A + 0x1fe
        mov ebp, 0x5e
        call eax
        equal_bits [ARENA], 0xff, (A + 0x1fe) & 0xff
        equal edi, ARENA
        equal ebp, 0x5e
        ret

; The boot sector to FRAME_A by the floppy controller and channel 2 of the DMA controller, by hand.
read_sector:
        mov al, 6                       ; mask channel 2
        out 0x0a, al
        mov al, 0x46                    ; single, to memory
        out 0x0b, al
        out 0x0c, al
        mov al, FRAME_A & 0xff
        out 4, al
        mov al, FRAME_A >> 8 & 0xff
        out 4, al
        mov al, FRAME_A >> 16
        out 0x81, al
        mov al, 0xff
        out 5, al
        mov al, 1
        out 5, al
        mov al, 2
        out 0x0a, al
        mov edx, 0x3f2                  ; the motor runs since the BIOS or starts now
        mov al, 0x1c
        out dx, al
        mov ebx, 7                      ; RECALIBRATE 0
        call .byte
        mov ebx, 0
        call .byte
.seek:  mov ebx, 8                      ; SENSE INTERRUPT until it is there
        call .byte
        call .answer
        cmp al, 0x80
        je .seek
        mov bl, al
        call .answer
        test bl, 0x20
        jz .seek
        mov esi, .command
        mov ecx, 9
.send:  movzx ebx, byte [esi]
        call .byte
        inc esi
        loop .send
        mov ecx, 7
.result:
        call .answer
        cmp ecx, 7
        jne .more
        movzx eax, al
        equal_bits eax, 0xc0, 0         ; ST0: it went well
.more:  loop .result
        ret
.byte:  mov edx, 0x3f4
.ready: in al, dx
        and al, 0xc0
        cmp al, 0x80
        jne .ready
        inc edx
        mov al, bl
        out dx, al
        ret
.answer:
        mov edx, 0x3f4
.wait:  in al, dx
        and al, 0xc0
        cmp al, 0xc0
        jne .wait
        inc edx
        in al, dx
        ret
.command: db 0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff
depth:  dd 0
first_frame: dd 0

; SPDX-License-Identifier: MIT
; Repeated strings: nothing to do, interrupts and faults between two elements, 16-bit addresses
; that wrap, both directions, overlapping operands, how REPE and REPNE end.
; SDM 2B "REP/REPE/REPZ/REPNE/REPNZ"; SDM 1 "String Instructions"; SDM 3B "Resume Flag".
%define NAME "strings"
%include "kernel.inc"

%define SOURCE (ARENA + 0x1000)
%define TARGET (ARENA + 0x4000)

main:   call paging_on
        call nothing
        call wraps
        call directions
        call comparisons
        call faults_midway
        call interrupts
        ret

%macro registers 3 ; ECX, ESI, EDI
        mov ecx, %1
        mov esi, %2
        mov edi, %3
%endmacro
%macro are 3
        equal ecx, %1
        equal esi, %2
        equal edi, %3
%endmacro

; (E)CX = 0: no access at all, no flag changes; which of them counts is said by the address size.
nothing:
%macro zero 1+
        step %strcat(%str(%1), " with ECX = 0")
        registers 0, 0xfffffff0, 0xfffffff0     ; absent: an access would fault
        mov eax, 1
        cmp eax, 2                              ; CF, not ZF
        runs {%1}
        are 0, 0xfffffff0, 0xfffffff0
        equal_bits [stop.eflags], FL_ZF | FL_CF, FL_CF
        step %strcat(%str(%1), " with CX = 0")
        registers 0xabcd0000, 0xffff8000, 0xffff8000
        mov eax, 1
        cmp eax, 2
        runs {a16 %1}
        are 0xabcd0000, 0xffff8000, 0xffff8000
        equal_bits [stop.eflags], FL_ZF | FL_CF, FL_CF
%endmacro
        zero rep movsb
        zero rep movsd
        zero rep stosb
        zero rep stosd
        zero rep lodsd
        zero repe cmpsb
        zero repne cmpsd
        zero repe scasb
        zero repne scasd
        mov edx, 0x80
        zero rep outsb
        mov edx, 0x80
        zero rep insb
        step "LOOP with a 16-bit count"
        mov ecx, 0xabcd0001
        xor eax, eax
.loop:  inc eax
        a16 loop .loop
        equal ecx, 0xabcd0000
        equal eax, 1
        step "JCXZ and JECXZ"
        jcxz .cx
        equal ecx, 0
.cx:    jecxz .wrong
        jmp .good
.wrong: equal ecx, 1
.good:  ret

; 16-bit addresses wrap from FFFFh to 0, and the upper halves of ESI, EDI, ECX stay.
wraps:  descriptor SPARE, ARENA, 0xffff, W_DATA
        mov ax, SPARE
        mov fs, ax
        mov dword [ARENA + 0xfffe], 0x44332211  ; the upper two are beyond the arena
        mov dword [ARENA], 0x88776655
        mov byte [ARENA + 0xffff], 0x22
        step "MOVSB with SI over FFFFh"
        mov ax, SPARE
        mov es, ax
        registers 0xabcd0004, 0x1111fffe, 0x22228000
        runs {a16 rep fs movsb}
        are 0xabcd0000, 0x11110002, 0x22228004
        equal [ARENA + 0x8000], 0x66552211
        step "STOSW downwards over 0"
        mov ax, SPARE
        mov es, ax
        registers 0xabcd0003, 0, 0x22220002
        mov eax, 0xbeef
        until_stop .down
        std
        a16 rep stosw
        int DONE
.down:  are 0xabcd0000, 0, 0x2222fffc
        equal [ARENA], 0xbeefbeef
        equal_bits [ARENA + 0xfffe], 0xffff, 0xbeef
        step "a word at FFFFh does not wrap: it is refused"
        mov ax, SPARE
        mov es, ax
        registers 0xabcd0003, 0, 0x2222fffd
        faults GP, 0, {a16 rep stosw}
        are 0xabcd0002, 0, 0x2222ffff
        step "SCASB with DI over FFFFh"
        mov ax, SPARE
        mov es, ax
        mov byte [ARENA + 1], 0x77
        registers 0xabcd0010, 0, 0x2222fffe
        mov al, 0x77
        runs {a16 repne scasb}
        equal edi, 0x22220002
        xor eax, eax
        mov fs, ax
        ret

directions:
        mov edi, SOURCE
        mov ecx, 256
.fill:  mov [edi], cl
        inc edi
        loop .fill
        step "a copy one byte up smears"
        registers 100, SOURCE, SOURCE + 1
        rep movsb
        are 0, SOURCE + 100, SOURCE + 101
        equal [SOURCE], 0
        equal [SOURCE + 97], 0
        equal_bits [SOURCE + 101], 0xff, 256 - 101
        step "a copy of dwords three bytes up"
        mov dword [SOURCE], 0x04030201
        mov dword [SOURCE + 4], 0x08070605
        registers 3, SOURCE, SOURCE + 3
        rep movsd
        equal [SOURCE + 3], 0x04030201
        equal [SOURCE + 7], 0x08040302  ; the second dword is read after the first was written
        step "a copy downwards, one byte up, keeps all"
        mov dword [SOURCE], 0x04030201
        mov dword [SOURCE + 4], 0x08070605
        until_stop .copied
        registers 8, SOURCE + 7, SOURCE + 8
        std
        rep movsb
        int DONE
.copied:
        are 0, SOURCE - 1, SOURCE
        equal [SOURCE + 1], 0x04030201
        equal [SOURCE + 5], 0x08070605
        step "a copy onto itself"
        registers 2, SOURCE + 1, SOURCE + 1
        rep movsd
        equal [SOURCE + 1], 0x04030201
        step "segment override for the source alone"
        descriptor SPARE, SOURCE, 0xfff, W_DATA
        mov ax, SPARE
        mov fs, ax
        registers 1, 1, TARGET
        fs rep movsd
        equal [TARGET], 0x04030201
        xor eax, eax
        mov fs, ax
        ret

comparisons:
        mov edi, SOURCE
        mov ecx, 64
        mov al, 'a'
        rep stosb
        mov edi, TARGET
        mov ecx, 64
        rep stosb
        mov byte [TARGET + 5], 'b'
        mov byte [TARGET + 20], 'a'
        step "REPE CMPSB ends behind the first difference"
        registers 64, SOURCE, TARGET
        repe cmpsb
        pushfd
        pop eax
        are 58, SOURCE + 6, TARGET + 6
        equal_bits eax, FL_ARITH, FL_CF | FL_SF | FL_AF | FL_PF ; 61h - 62h
        step "REPE CMPSB without one ends with ECX = 0 and ZF"
        registers 5, SOURCE, TARGET
        repe cmpsb
        pushfd
        pop eax
        are 0, SOURCE + 5, TARGET + 5
        equal_bits eax, FL_ZF | FL_CF, FL_ZF
        step "REPE CMPSD: the difference inside a dword"
        registers 16, SOURCE, TARGET
        repe cmpsd
        are 14, SOURCE + 8, TARGET + 8
        step "REPNE SCASB finds"
        registers 64, 0, TARGET
        mov al, 'b'
        repne scasb
        are 58, 0, TARGET + 6
        step "REPNE SCASB does not find: the flags of the last comparison"
        registers 64, 0, TARGET
        mov al, 'z'
        repne scasb
        pushfd
        pop eax
        are 0, 0, TARGET + 64
        equal_bits eax, FL_ZF | FL_CF, 0
        step "REPE SCASW"
        registers 32, 0, TARGET
        mov ax, 'aa'
        repe scasw
        are 29, 0, TARGET + 6
        step "REP LODSD leaves the last"
        mov dword [SOURCE + 12], 0x12345678
        registers 4, SOURCE, 0
        rep lodsd
        are 0, SOURCE + 16, 0
        equal eax, 0x12345678
        ret

; A page in the middle of the operand is absent: the elements before it are done, the registers
; stand on the first that is not; mapped, the rest follows. For all distances of the first element
; from the page.
faults_midway:
        step "MOVSD, STOSD over an absent page at all distances"
        page WINDOW, FRAMES, P | W | U
        mov dword [distance], 16
.next:  mov eax, [distance]
        mov [step_number], eax
        mov edi, SOURCE
        mov ecx, 32
.fill:  mov [edi], cl
        inc edi
        loop .fill
        page WINDOW + 0x1000, FRAMES + 0x1000, 0
        mov edi, FRAMES + 0x1000 - 32
        mov ecx, 64
        mov al, 0xcc
        rep stosb
        mov dword [hook], .repair
        mov dword [faults_seen], 0
        mov ecx, 8
        mov esi, SOURCE
        mov edi, WINDOW + 0x1000
        sub edi, [distance]
        until_stop .copied
        mov dword [rep_at], .rep
.rep:   rep movsd
        int DONE
.copied:
        mov dword [hook], 0
        equal [faults_seen], 1
        equal ecx, 0
        equal esi, SOURCE + 32
        mov esi, SOURCE
        mov edi, FRAMES + 0x1000
        sub edi, [distance]
        mov ecx, 8
.same:  mov eax, [esi]
        equal [edi], eax
        add esi, 4
        add edi, 4
        loop .same
        dec dword [distance]
        jns .next
        mov dword [step_number], 0
        ret
; ECX elements are left: 8 - those that fit before the page.
.repair:
        cmp dword [ebp + frame.vector], DONE
        je .end
        inc dword [faults_seen]
        equal [ebp + frame.vector], PF
        equal [ebp + frame.error], PF_W
        equal [stop.cr2], WINDOW + 0x1000
        equal [ebp + frame.eip], [rep_at]
        mov eax, [distance]
        shr eax, 2
        mov ecx, 8
        sub ecx, eax
        equal [ebp + frame.ecx], ecx
        lea ecx, [SOURCE + eax * 4]
        equal [ebp + frame.esi], ecx
        lea ecx, [WINDOW + 0x1000 + eax * 4]
        sub ecx, [distance]
        equal [ebp + frame.edi], ecx
        equal_bits [FRAMES + 0x1000], 0xff, 0xcc
        equal_bits [ebp + frame.eflags], FL_RF, FL_RF
        page WINDOW + 0x1000, FRAMES + 0x1000, P | W | U
        clc
        ret
.end:   stc
        ret

; IRQ 0 at 4 kHz during a long REP: it comes between two elements, with EIP on the prefix and RF
; set.
interrupts:
        step "interrupts between two elements"
        mov al, 0x11
        out 0x20, al
        mov al, 0x50
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0x34
        out 0x43, al
        mov al, 300 & 0xff
        out 0x40, al
        mov al, 300 >> 8
        out 0x40, al
        vector 0x50, CODE0, linear(.tick), T_INT32
        mov dword [ticks], 0
        mov dword [inside], 0
        mov dword [rep_at], .rep
        mov edx, 40
        mov al, 0xfe
        out 0x21, al
.again: mov edi, TARGET
        mov esi, SOURCE
        mov ecx, 0x8000
        sti
        nop
.rep:   es rep movsb
        cli
        equal ecx, 0
        equal edi, TARGET + 0x8000
        equal esi, SOURCE + 0x8000
        dec edx
        jnz .again
        mov al, 0xff
        out 0x21, al
        cmp dword [inside], 10
        jae .enough
        equal [inside], 10
.enough:
        ret
.tick:  push eax
        inc dword [ticks]
        mov eax, [esp + 4]
        cmp eax, [rep_at]
        jne .outside
        test ecx, ecx
        jz .outside
        cmp ecx, 0x8000
        je .outside
        inc dword [inside]
        lea eax, [edi + ecx]
        equal eax, TARGET + 0x8000
        lea eax, [esi + ecx]
        equal eax, SOURCE + 0x8000
%ifndef PEER ; Bochs and QEMU do not set it; SDM 3B "Resume Flag" does
        mov eax, [esp + 12]
        equal_bits eax, FL_RF, FL_RF
%endif
.outside:
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd

distance: dd 0
faults_seen: dd 0
rep_at: dd 0
ticks:  dd 0
inside: dd 0

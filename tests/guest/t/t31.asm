; SPDX-License-Identifier: MIT
; What the BIOS leaves for systems to find, and whether it agrees with itself: vectors, data areas, the fixed
; places of the ROM, memory by four ways of asking, CMOS, option ROMs and the holes between them, control
; registers; calls keep IF, the upper halves of registers, and live on little stack. Rules D2, D3, D9, D14,
; D15, M1, M2, N2, O12, S5, X2, X13, X17, V1 to V3, V7, V11, V13. IBM PC AT Technical Reference, BIOS
; listing; ACPI Specification 1.0b, 14 (E820h); Ralf Brown's Interrupt List.
; With: -m 8
; With: -m 64 -machine pc,acpi=off
; With: -m 512 -machine pc,apic=off
; With: -m 3072
; With: -m 3072 -machine pc,acpi=off,apic=off
; With: -m 8 -machine isapc
; With: -m 3072 -machine isapc
%define NAME "T31"
%include "kernel.inc"
%include "real.inc"
%include "calls.inc"
%include "board.inc"

%define MAP     (ARENA + 0x1000)        ; E820h's entries, 32 bytes apart
%define BUFFER  (ARENA + 0x2000)

; bios INTERRUPT, AX, BX, CX, DX: ES:DI and ES:SI in ARENA; upper halves are garbage.
%macro bios 5
        mov byte [bios_number], %1
        registers_for %2, %3, %4, %5
        in_real call_bios
%endmacro
bits 16
call_bios:
        mov ax, ARENA >> 4
        mov es, ax
        mov sp, [offset16(stack)]
        load_registers offset16(regs)
        sti
        db 0xcd
bios_number: db 0
        pushf
        cli
        store_registers offset16(regs)
        mov [offset16(es_after)], es
        mov bx, [offset16(stack)]
        mov ax, [ss:bx - 2]
        mov [offset16(flags_after)], ax
        test al, 1
        setnz [offset16(regs) + registers.carry]
        jmp from_real
bits 32

main:   call control
        call vectors
        call data_areas
        call fixed
        call sums
        call memory
        call map
        call holes
        call block_move
        call manners
        ret

; M2: as the processor came out of POST; of CR0 the kernel has set bit 0.
control:
        step "CR0, CR4, DR7"
        mov eax, cr0
        equal_bits eax, 0x8005000e, 0
        mov eax, cr4
        equal eax, 0
        mov eax, dr7
        equal eax, 0x400
        ret

; V13, D14: only 60h to 67h are zero, and what nobody serves is an IRET.
vectors:
        step "vector"
        xor ebx, ebx
.next:  mov [step_number], ebx
        mov eax, [ebx * 4]
        lea ecx, [ebx - 0x60]
        cmp ecx, 8
        jb .user
        cmp ebx, 0x78
        jae .over
        test eax, eax
        setz al
        movzx eax, al
        equal eax, 0
        jmp .over
.user:  equal eax, 0
.over:  inc ebx
        cmp ebx, 0x80
        jb .next
        step "unused vectors lead to an IRET"
        mov ebx, 0x68
.iret:  mov [step_number], ebx
        movzx eax, word [ebx * 4 + 2]
        shl eax, 4
        movzx ecx, word [ebx * 4]
        equal_bits [eax + ecx], 0xff, 0xcf
        inc ebx
        cmp ebx, 0x70
        jb .iret
        mov dword [step_number], 0
        ret

data_areas:
        step "40:0Eh: the extended data area ends conventional memory"
        movzx eax, word [0x413]
        movzx ecx, word [0x40e]
        shr ecx, 6
        equal eax, ecx
        movzx ecx, word [0x40e]
        shl ecx, 4
        movzx ecx, byte [ecx]
        add eax, ecx
        equal eax, 640
        step "serial and parallel ports, equipment"
        equal_bits [0x400], 0xffff, 0x3f8
        equal_bits [0x408], 0xffff, 0x378
        movzx eax, word [0x410]
        equal_bits eax, 0x01, 1         ; floppies
        equal_bits eax, 0x30, 0x20      ; 80 x 25
        movzx ecx, ah
        shr ecx, 1
        and ecx, 7
        within ecx, 1, 4
        step "40:72h, 40:7Bh: no restart, no virtual DMA"
        equal_bits [0x472], 0xffff, 0
        equal_bits [0x47b], 0x20, 0
        ret

fixed:  step "F000:FFF0h: a far jump; a date; an AT"
        equal_bits [0xffff0], 0xff, 0xea
        equal_bits [0xffff3], 0xffff, 0xf000
        equal_bits [0xffff7], 0xff, '/'
        equal_bits [0xffffa], 0xff, '/'
        equal_bits [0xffffe], 0xff, 0xfc
        step "INT 15h, AH=C0h"
        bios 0x15, 0xc000, 0, 0, 0
        equal [regs + registers.carry], 0
        movzx eax, word [es_after]
        shl eax, 4
        movzx ecx, word [regs + registers.ebx]
        add eax, ecx
        movzx ecx, word [eax]
        within ecx, 8, 64
        equal_bits [eax + 2], 0xff, 0xfc
        equal_bits [eax + 5], 0x70, 0x70        ; second controller, clock, INT 15h AH=4Fh
        step "a byte 63h in ROM"
        mov edi, 0xf0000
        mov ecx, 0x10000
        mov al, 0x63
        repne scasb
        setz al
        movzx eax, al
        equal eax, 1
        ret

; CMOS ECX: EAX.
cmos:   write 0x70, cl
        read 0x71
        ret
; A word.
cmos16: call cmos
        push eax
        inc ecx
        call cmos
        shl eax, 8
        or eax, [esp]
        add esp, 4
        ret

sums:   step "CMOS: the sum over 10h to 2Dh, the century twice"
        xor ebx, ebx
        mov ecx, 0x10
.next:  call cmos
        add ebx, eax
        inc ecx
        cmp ecx, 0x2d
        jbe .next
        mov ecx, 0x2f
        call cmos
        mov edx, eax
        mov ecx, 0x2e
        call cmos
        shl eax, 8
        or eax, edx
        equal ebx, eax
        mov ecx, 0x32
        call cmos
        equal eax, 0x20
        mov ecx, 0x37
        call cmos
        equal eax, 0x20
        mov ecx, 0x0e
        call cmos
        equal eax, 0
        ret

memory: step "extended memory: AH=88h, E801h, CMOS"
        bios 0x15, 0x8800, 0, 0, 0
        equal [regs + registers.carry], 0
        movzx eax, word [regs + registers.eax]
        within eax, 1, 0xfc00
        mov ebx, eax
        mov ecx, 0x30
        call cmos16
        cmp eax, 0xfc00
        jbe .same
        mov eax, 0xfc00
.same:  mov ecx, eax                    ; the top is that of ACPI's tables
        sub ecx, 256
        within ebx, ecx, eax
        mov ecx, 0x17
        call cmos16
        within eax, ebx, 0xffff
        bios 0x15, 0xe801, 0, 0, 0
        equal [regs + registers.carry], 0
        mov eax, [regs + registers.eax]
        movzx eax, ax
        mov ecx, [regs + registers.edx]
        movzx ecx, cx
        shl ecx, 6
        add eax, ecx
        mov [extended], eax             ; KiB
        movzx eax, word [regs + registers.eax]
        equal_bits [regs + registers.ecx], 0xffff, eax
        ret

; M1, V11: in order, without overlaps, 20 bytes each, known types; all memory is there; what lies just
; below 4 GiB is not told of, or the APICs' ranges are reserved too.
map:    step "E820h"
        xor ebx, ebx
        mov dword [entries], 0
        mov edi, MAP
        mov ecx, 0x1000 / 4
        mov eax, 0x5a5a5a5a
        rep stosd
        mov dword [regs + registers.edi], MAP - ARENA
.next:  bios 0x15, 0xe820, ebx, 24, 'PAMS'
        equal [regs + registers.carry], 0
        equal [regs + registers.eax], 'PAMS'
        equal [regs + registers.ecx], 20
        inc dword [entries]
        add dword [regs + registers.edi], 32
        mov ebx, [regs + registers.ebx]
        cmp dword [entries], 60
        je .many
        test ebx, ebx
        jnz .next
.many:  equal ebx, 0
        mov esi, MAP
        mov ecx, [entries]
        xor ebx, ebx                    ; where the last one ended
        xor ebp, ebp
        equal [MAP], 0
        equal [MAP + 4], 0
        equal [MAP + 16], 1
.entry: equal [esi + 20], 0x5a5a5a5a    ; no more than 20 bytes
        within [esi + 16], 1, 4
        cmp dword [esi + 4], 0
        jne .high
        equal [above], 0                ; beyond 4 GiB comes last
        within [esi], ebx, 0xffffffff
        mov ebx, [esi]
        add ebx, [esi + 8]
        call near_apics
        cmp dword [esi + 16], 1
        jne .over
        add ebp, [esi + 8]
        jmp .over
.high:  inc dword [above]
.over:  add esi, 32
        dec ecx
        jnz .entry
        step "E820h: APICs"
        equal [apics], [top]
        step "E820h has as much memory as E801h"
        mov eax, [extended]
        shl eax, 10
        movzx ecx, word [0x413]
        shl ecx, 10
        add eax, ecx
        mov ecx, eax
        sub eax, 0x100000               ; less what ACPI's tables take
        within ebp, eax, ecx
        step "E820h of less than 20 bytes, and without SMAP"
        bios 0x15, 0xe820, 0, 19, 'PAMS'
        equal [regs + registers.carry], 1
        bios 0x15, 0xe820, 0, 20, 'PAM?'
        equal [regs + registers.carry], 1
        ret

; The entry at ESI, which ends at EBX: does it reach the APICs, and reserve both their ranges?
near_apics:
        lea eax, [ebx - 1]
        cmp eax, 0xfec00000
        jb .done
        mov dword [top], 1
        cmp dword [esi + 16], 2
        jne .done
        cmp dword [esi], 0xfec00000
        ja .done
        cmp eax, 0xfee00fff
        jb .done
        mov dword [apics], 1
.done:  ret

; D9: ROMs are constant and end where they say; where nothing is, everything is one.
holes:  step "the video BIOS: signature, size, sum"
        equal_bits [0xc0000], 0xffff, 0xaa55
        movzx ecx, byte [0xc0002]
        shl ecx, 9
        lea eax, [ecx + 0xc0000]
        mov [rom_end], eax
        test ecx, 0x3fff
        setnz al
        movzx eax, al
        equal eax, 0
        mov esi, 0xc0000
        xor eax, eax
.sum:   add al, [esi]
        inc esi
        loop .sum
        equal eax, 0
        step "from its end to the system's ROM: nothing"
        mov edi, [rom_end]
.next:  cmp word [edi], 0xaa55          ; or another ROM
        je .rom
        equal [edi], 0xffffffff
        mov dword [edi], 0
        equal [edi], 0xffffffff
.rom:   add edi, 2048
        cmp edi, 0xe0000
        jb .next
        step "ROM cannot be written"
        mov eax, [0xf0000 + 0xfff0]
        mov dword [0xf0000 + 0xfff0], 0
        equal [0xf0000 + 0xfff0], eax
        mov eax, [0xc0010]
        mov dword [0xc0010], 0x5a5a5a5a
        equal [0xc0010], eax
        ret

; D3.
block_move:
        step "INT 15h, AH=87h: to extended memory and back"
        mov edi, ARENA
        mov ecx, 12
        xor eax, eax
        rep stosd
        mov dword [ARENA + 16], (BUFFER & 0xffff) << 16 | 0x3ff
        mov dword [ARENA + 20], 0x9300 | BUFFER >> 16
        mov dword [ARENA + 24], 0x3ff
        mov dword [ARENA + 28], 0x9330  ; 300000h
        mov edi, BUFFER
        mov ecx, 256
.fill:  imul eax, ecx, 0x01234567
        stosd
        loop .fill
        mov dword [regs + registers.esi], 0
        bios 0x15, 0x8700, 0, 512, 0
        equal [regs + registers.carry], 0
        equal_bits [regs + registers.eax], 0xff00, 0
        equal_bits [flags_after], FL_IF, FL_IF
        mov esi, BUFFER
        mov edi, 0x300000
        mov ecx, 256
        repe cmpsd
        equal ecx, 0
        ret

; V1, V2, V7: IF, flags, upper halves.
%macro polite 2 ; interrupt, AX
        mov dword [step_number], (%1) << 16 | (%2)
        bios %1, 0xa5a50000 | (%2), 0xb5b50000, 0xc5c50000, 0xd5d50000
        equal_bits [regs + registers.eax], 0xffff0000, 0xa5a50000
        equal_bits [regs + registers.ebx], 0xffff0000, 0xb5b50000
        equal_bits [regs + registers.ecx], 0xffff0000, 0xc5c50000
        equal_bits [regs + registers.edx], 0xffff0000, 0xd5d50000
        equal_bits [flags_after], FL_IF, FL_IF
%endmacro
manners:
        step "calls leave IF and the upper halves: interrupt and AX"
        polite 0x10, 0x0f00
        polite 0x11, 0
        polite 0x12, 0
        polite 0x13, 0x0100
        polite 0x14, 0x0300
        polite 0x15, 0x8800
        polite 0x15, 0x6600             ; no such function
        equal [regs + registers.carry], 1
        equal_bits [regs + registers.eax], 0xff00, 0x8600
        polite 0x16, 0x0100
        polite 0x16, 0x1100
        polite 0x16, 0x0200
        polite 0x16, 0x9200
        equal_bits [regs + registers.eax], 0xff00, 0x8000
        polite 0x16, 0xa200
        equal_bits [regs + registers.eax], 0xff00, 0x9000
        polite 0x17, 0x0200
        polite 0x1a, 0
        polite 0x1a, 0x0200
        mov dword [step_number], 0
        step "INT 13h on less than 100 bytes of stack"
        mov dword [stack], 0x77a0       ; and 96 of them are ours
        mov edi, 0x7700
        mov ecx, (0x77a0 - 96 - 0x7700) / 4
        mov eax, 0x5a5a5a5a
        rep stosd
        bios 0x13, 0x0100, 0, 0, 0x80
        equal [0x77a0 - 96 - 4], 0x5a5a5a5a
        ret

        align 4
stack:  dd 0x7800
flags_after: dd 0
es_after: dd 0
entries: dd 0
above:  dd 0                            ; entries beyond 4 GiB
top:    dd 0                            ; an entry reaches the APICs
apics:  dd 0                            ; one reserves them
extended: dd 0
rom_end: dd 0

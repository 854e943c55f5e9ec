; SPDX-License-Identifier: MIT
; The I/O permission bitmap: every bit, all sizes, IOPL 0 and 3, in protected and virtual-8086
; mode; the bitmap cut at the end of the TSS, its base, 286 TSSs. A refused access touches no
; port. Rule E2.
; SDM 1 "I/O Permission Bit Map"; SDM 3A "Task-State Segment".
%define NAME "T02"
%include "kernel.inc"

%define BITMAP (TSS + 0x68)
; Ports with a memory: the DMA page registers 80h to 8Fh keep what was written, all of them.
%define PORT 0x84

main:   call each_bit
        call ends
        call layouts
        call last_byte
        call strings
        ret

; Each single denied port P around the access: refused if one of its SIZE ports is P.
each_bit:
        step "each single bit"
        mov dword [denied], PORT - 3
.bit:   mov eax, [denied]
        bts dword [BITMAP], eax
        mov dword [size], 1
.size:  mov dword [state], 0
.state: call one_access
        inc dword [state]
        cmp dword [state], 4
        jb .state
        shl dword [size], 1
        cmp dword [size], 4
        jbe .size
        mov eax, [denied]
        btr dword [BITMAP], eax
        inc dword [denied]
        cmp dword [denied], PORT + 10
        jb .bit
        mov dword [step_number], 0
        ret

; States: 0 ring 3, IOPL 0; 1 ring 3, IOPL 3; 2 V86, IOPL 0; 3 V86, IOPL 3.
one_access:
        imul eax, [denied], 100
        imul ecx, [size], 10
        add eax, ecx
        add eax, [state]
        mov [step_number], eax
        ; what must happen
        mov dword [refused], 0
        cmp dword [state], 1
        je .known                       ; CPL <= IOPL in protected mode: the bitmap is not looked at
        mov eax, [denied]
        sub eax, PORT
        jb .known
        cmp eax, [size]
        jae .known
        inc dword [refused]
.known: call paint
        mov eax, 0xddccbbaa
        call output
        cmp dword [refused], 0
        jne .was_refused
        call must_run
        mov ecx, [size]
%ifdef PEER ; whose ports do not make bytes of words
        cmp ecx, 1
        jne .unseen
%endif
        mov esi, written
.wrote: push ecx
        movzx eax, byte [esi]
        mov edx, PORT - written
        add edx, esi
        push eax
        in al, dx
        movzx ecx, al
        pop eax
        equal ecx, eax
        inc esi
        pop ecx
        loop .wrote
.unseen:
        ret
.was_refused:
        call must_be_refused
        mov edx, PORT                   ; and not one of the ports was touched
        mov ecx, 4
.old:   in al, dx
        movzx eax, al
        equal eax, 0x11
        inc edx
        loop .old
        mov eax, 0xddccbbaa
        call input
        call must_be_refused
        equal eax, 0xddccbbaa
        ret

paint:  mov edx, PORT
        mov ecx, 4
        mov al, 0x11
.next:  out dx, al
        inc edx
        loop .next
        ret

must_run:
        cmp dword [state], 2
        jae .v86
        equal [stop.vector], DONE
        ret
.v86:   equal [stop.vector], GP
        equal [stop.eip], offset16(v_end)
        ret

must_be_refused:
        equal [stop.vector], GP
        equal [stop.error], 0
        mov ecx, [code_now]
        equal [stop.eip], ecx
        ret

; OUT or IN of SIZE bytes in STATE.
output: xor ecx, ecx
        jmp perform
input:  mov ecx, 3
perform:
        push eax
        mov eax, [size]
        shr eax, 1                      ; 0, 1, 2
        add ecx, eax
        pop eax
        mov edx, PORT
        mov dword [run_flags], 2
        test byte [state], 1
        jz .iopl
        or dword [run_flags], FL_IOPL
.iopl:  cmp dword [state], 2
        jae .v86
        mov ecx, [codes + ecx * 4]
        mov [code_now], ecx
        at_ring 3, .go
        ret
.go:    jmp ecx
.v86:   mov ecx, [codes16 + ecx * 4]
        mov [code_now], ecx
        until_stop .stopped
        push ecx
        jmp enter_v86
.stopped:
        ret

codes:  dd .ob, .ow, .od, .ib, .iw, .id
.ob:    out dx, al
        int DONE
.ow:    out dx, ax
        int DONE
.od:    out dx, eax
        int DONE
.ib:    in al, dx
        int DONE
.iw:    in ax, dx
        int DONE
.id:    in eax, dx
        int DONE
codes16: dd offset16(.ob), offset16(.ow), offset16(.od), offset16(.ib), offset16(.iw), offset16(.id)
bits 16
.ob:    out dx, al
        jmp v_end
.ow:    out dx, ax
        jmp v_end
.od:    out dx, eax
        jmp v_end
.ib:    in al, dx
        jmp v_end
.iw:    in ax, dx
        jmp v_end
.id:    in eax, dx
        jmp v_end
v_end:  hlt
bits 32

; OUT to port EDX of SIZE bytes in ring 3, IOPL 0: %1 'refused' or 'allowed'.
%macro access 3 ; size, port, refused or allowed
        mov edx, %2
        mov dword [run_flags], 2
        at_ring 3, codes.i%+%1
    %ifidn %3, refused
        stopped GP, 0, codes.i%+%1
    %else
        equal [stop.vector], DONE
    %endif
%endmacro

; limit: the TSS with another limit, loaded anew.
%macro tss_limit 1
        descriptor MAIN_TSS, TSS, %1, T_TSS32
        mov ax, MAIN_TSS
        ltr ax
%endmacro

; The bitmap ends where the TSS does: what has no bit is refused. Two bytes are read at a time, so
; the last byte of bits must be followed by one more.
ends:   step "the TSS ends in the bitmap"
        tss_limit 0x68 + 0x10 + 1       ; bits for 80h to 87h and one more byte
        access b, 0x80, allowed
        access b, 0x87, allowed
        access w, 0x86, allowed
        access b, 0x88, refused
        step "the byte of bits is there, the one behind it is not"
        tss_limit 0x68 + 0x10
        access b, 0x7f, allowed
        access b, 0x80, refused
        access b, 0x87, refused
        step "no bitmap at all"
        tss_limit 0x67
        access b, 0, refused
        access b, 0x80, refused
        step "the base beyond the limit"
        mov word [TSS + 0x66], 0x3000
        tss_limit 0x68 + 0x2000
        access b, 0x80, refused
        step "the base anywhere inside"
        mov word [TSS + 0x66], 0x100
        mov byte [TSS + 0x100 + 0x10], 0x01
        access b, 0x80, refused
        access b, 0x81, allowed
        mov byte [TSS + 0x100 + 0x10], 0
        mov word [TSS + 0x66], 0x68
        step "the TSS ends before its I/O base"
        tss_limit 0x67
        access b, 0x80, refused
        tss_limit 0x68 + 0x2000
        ret

; A 286 TSS has no bitmap. SDM 1: "If there is no bitmap, all ports are refused".
layouts:
        step "a 286 TSS"
        mov word [ARENA + 2], STACK_0I & 0xffff
        mov word [ARENA + 4], SPARE + 8
        descriptor SPARE + 8, STACK_0I & 0xf0000, 0xffff, W_DATA
        descriptor SPARE, ARENA, 0xfff, T_TSS16
        mov ax, SPARE
        ltr ax
        vector GP, CODE0, linear(.refused), T_INT32
        until_stop .back
        mov edx, 0x80
        push dword DATA3
        push dword STACK_3
        push dword 2
        push dword CODE3
        push dword codes.ib
        mov ax, DATA3
        mov ds, ax
        iretd
        ; on the 16-bit stack of the 286 TSS
.refused:
        mov ax, DATA0
        mov ss, ax
        mov esp, STACK_0I
        mov ds, ax
        mov es, ax
        mov esp, [resume_esp]
        mov dword [resume_at], 0
        mov ebx, 1
.back:  equal ebx, 1
        call restore_gp
        descriptor MAIN_TSS, TSS, 0x68 + 0x2000, T_TSS32
        mov ax, MAIN_TSS
        ltr ax
        ret

restore_gp:
        mov edi, stubs + GP * 12
        mov eax, edi
        and eax, 0xffff
        or eax, CODE0 << 16
        mov [IDT + GP * 8], eax
        and edi, 0xffff0000
        or edi, T_INT32 << 8
        mov [IDT + GP * 8 + 4], edi
        ret

; The last port. Port FFFFh has the last bit; a word there would need bits of ports that are none.
last_byte:
        step "ports FFF8h to FFFFh"
        mov byte [BITMAP + 0x1fff], 0x80
        mov byte [BITMAP + 0x2000], 0xff
        access b, 0xfffe, allowed
        access b, 0xffff, refused
        access w, 0xfffe, refused
        mov byte [BITMAP + 0x1fff], 0
        access b, 0xffff, allowed
        access w, 0xfffe, allowed
        access w, 0xffff, refused       ; by the byte of ones behind the bitmap
        ret

; INS and OUTS ask before each element, before they touch memory or the port.
strings:
        step "REP INSB, REP OUTSB to a denied port"
        mov dword [run_flags], 2
        or byte [BITMAP + 0x84 / 8], 0x10
        mov al, 0x11
        out 0x84, al
        mov dword [ARENA], 0x77777777
        mov edx, 0x84
        mov edi, ARENA
        mov esi, ARENA
        mov ecx, 3
        at_ring 3, .ins
        stopped GP, 0, .ins
        at_ring 3, .outs
        stopped GP, 0, .outs
        equal ecx, 3
        equal edi, ARENA
        equal esi, ARENA
        equal [ARENA], 0x77777777
        in al, 0x84
        movzx eax, al
        equal eax, 0x11
        step "and to one that is allowed, next to it"
        mov edx, 0x85
        at_ring 3, .outs
        equal [stop.vector], DONE
        mov ecx, 3
        at_ring 3, .ins
        equal [stop.vector], DONE
        equal edi, ARENA + 3
        equal esi, ARENA + 3
        in al, 0x85
        movzx eax, al
        equal eax, 0x77
        and byte [BITMAP + 0x84 / 8], ~0x10
        step "in V86 mode"
        or byte [BITMAP + 0x84 / 8], 0x10
        mov dword [v86_es], ARENA >> 4
        mov dword [run_flags], 2 | FL_IOPL
        mov edx, 0x84
        xor edi, edi
        mov ecx, 3
        in_v86 .ins16
        stopped16 GP, 0, .ins16
        equal ecx, 3
        equal edi, 0
        and byte [BITMAP + 0x84 / 8], ~0x10
        ret
.ins:   rep insb
        int DONE
.outs:  rep outsb
        int DONE
bits 16
.ins16: rep insb
bits 32

denied: dd 0
size:   dd 0
state:  dd 0
refused: dd 0
code_now: dd 0
written: db 0xaa, 0xbb, 0xcc, 0xdd

; SPDX-License-Identifier: MIT
; The floating-point unit: presence, when CR0 stops its instructions, how its errors are told (#MF,
; IRQ 13 with port F0h, the BIOS's INT 75h), its state in memory, the denormal flag, MMX registers.
; Rules C30 to C33, M16. SDM 1 "Programming with the x87 FPU", SDM 3A "Control Registers".
%define NAME "T20"
%include "kernel.inc"

%define CR0_MP 2
%define CR0_EM 4
%define CR0_TS 8
%define CR0_NE 0x20

%define image (ARENA + 0x1000)

; set_cr0 BITS: MP, EM, TS and NE as given.
%macro set_cr0 1
        mov eax, cr0
        and eax, ~(CR0_MP | CR0_EM | CR0_TS | CR0_NE)
        or eax, %1
        mov cr0, eax
%endmacro

main:   call presence
        call traps
        call native_errors
        call irq13
        call int75
        call images
        call operands
        call mmx
        ret

; C31: software looks whether FNINIT and FNSTSW leave a pattern.
presence:
        step "FNINIT, FNSTSW, FNSTCW"
        set_cr0 CR0_NE
        fninit
        mov eax, 0x5a5a
        fnstsw ax
        equal eax, 0
        mov word [image], 0x5a5a
        fnstcw [image]
        movzx eax, word [image]
        equal eax, 0x37f
        ret

; C30: all of MP, EM, TS for an escape, one without a wait, and WAIT.
traps:  step "CR0.MP, EM, TS before ESC and WAIT"
        xor ebx, ebx
.next:  mov [step_number], ebx
        lea ecx, [ebx * 2]              ; MP 2, EM 4, TS 8
        mov eax, cr0
        and eax, ~(CR0_MP | CR0_EM | CR0_TS)
        or eax, ecx
        mov cr0, eax
        until_stop .escape
        fld1
        int DONE
.escape:
        mov edx, DONE
        test ebx, 6
        jz .e1
        mov edx, NM
.e1:    equal [stop.vector], edx
        until_stop .quiet
        fninit
        int DONE
.quiet: equal [stop.vector], edx
        until_stop .wait
        wait
        int DONE
.wait:  mov edx, DONE
        mov eax, ebx
        and eax, 5
        cmp eax, 5
        jne .w1
        mov edx, NM
.w1:    equal [stop.vector], edx
        inc ebx
        cmp ebx, 8
        jb .next
        mov dword [step_number], 0
        set_cr0 CR0_NE
        ret

; An invalid operation, unmasked.
make_error:
        fninit
        mov word [image], 0x37e
        fldcw [image]
        fld1
        fadd st0, st3                   ; empty
        ret

native_errors:
        step "an error waits for the next instruction: #MF"
        call make_error
        faults MF, 0, {fld1}
        faults MF, 0, {wait}
        runs {fnstsw ax}
        equal_bits eax, 0xb8ff, 0xb8c1  ; B, TOP 7, ES, SF, IE
        runs {fnstenv [image]}
        runs {fnclex}
        runs {fld1}
        fninit
        ret

; C32: with NE clear, FERR# makes IRQ 13, once; port F0h takes it back and lets the handler use the FPU.
irq13:  step "IRQ 13, port F0h"
        set_cr0 0
        in al, 0xa1
        mov [old_a1], al
        in al, 0x21
        mov [old_21], al
        mov al, 0xdf                    ; IRQ 13
        out 0xa1, al
        mov al, 0xfb                    ; the cascade
        out 0x21, al
        mov dword [hook], on_irq13
        mov dword [interrupts], 0
        call make_error
        sti
.here:  fld1
        cli
        equal [interrupts], 1
        equal [irq_vector], 0x75
        equal [status_there], 0xb8c1
        fnstsw ax
        equal_bits eax, 0x80ff, 0       ; cleared by the handler, and nothing new
        step "IRQ 13 again"
        call make_error
        sti
        wait
        cli
        equal [interrupts], 2
        mov dword [hook], 0
        fninit
        set_cr0 CR0_NE
        ret

on_irq13:
        inc dword [interrupts]
        mov eax, [ebp + frame.vector]
        mov [irq_vector], eax
        mov al, 0
        out 0xf0, al
        fnstsw ax
        and eax, 0xffff
        mov [status_there], eax
        fld1                            ; IGNNE#: it may, though the error is still there
        fnclex
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        clc
        ret

; The BIOS's handler: port F0h, end of interrupt, INT 2 (which here is a fault of virtual-8086 mode).
int75:  step "INT 75h calls INT 2"
        set_cr0 0
        call make_error
        mov dword [run_flags], FL_IOPL | 2
        mov al, 0x0a                    ; what is requested
        out 0xa0, al
        in al, 0xa0
        movzx eax, al
        equal_bits eax, 0x20, 0x20
        in_v86 call_75
        mov dword [run_flags], 2
        equal [stop.vector], GP
        equal [stop.error], 2 * 8 + 2
        fnclex
        fninit
        set_cr0 CR0_NE
        mov al, [old_a1]
        out 0xa1, al
        mov al, [old_21]
        out 0x21, al
        ret

; C33: the four layouts. The instruction that is remembered is FLD [edi].
%macro remember 0
        fninit
        mov edi, one
%%at:   fld dword [edi]
        mov dword [remembered], %%at
%endmacro

images: step "FNSTENV, 32-bit protected"
        remember
        fnstenv [image]
        equal [image], 0xffff037f
        equal [image + 4], 0xffff3800
        equal [image + 8], 0xffff3fff
        mov eax, [remembered]
        equal [image + 12], eax
        equal [image + 16], 0x01070000 | CODE0
        equal [image + 20], one
        equal_bits [image + 24], 0xffff, DATA0
        step "FNSTENV, 16-bit protected"
        remember
        o16 fnstenv [image]
        equal [image], 0x3800037f
        mov eax, [remembered]
        shl eax, 16
        or eax, 0x3fff
        equal [image + 4], eax
        equal_bits [image + 8], 0xffff, CODE0
        equal_bits [image + 12], 0xffff, DATA0
        step "FNSAVE and FRSTOR of 108 bytes"
        remember
        fldpi
        mov dword [image + 108], 0x12345678
        fnsave [image]
        equal [image + 28 + 4], 0xc90fdaa2
        equal_bits [image + 28 + 8], 0xffff, 0x4000
        equal_bits [image + 28 + 18], 0xffff, 0x3fff
        equal [image + 108], 0x12345678
        fnstsw ax
        equal_bits eax, 0xffff, 0
        frstor [image]
        fnstsw ax
        equal_bits eax, 0xffff, 0x3000
        step "FNSAVE of 94 bytes"
        mov dword [image + 94], 0x12345678
        o16 fnsave [image]
        equal [image + 14 + 4], 0xc90fdaa2
        equal [image + 94], 0x12345678
        step "FNSTENV in virtual-8086 mode"
        mov dword [run_flags], FL_IOPL | 2
        in_v86 env_v86
        mov dword [run_flags], 2
        stopped16 DONE, 0, env_v86_done
        mov ecx, [v86_image + 16]       ; opcode, and IP 31 to 16
        equal_bits ecx, 0x7ff, 0x107
        shr ecx, 12
        shl ecx, 16
        mov cx, [v86_image + 12]
        equal ecx, linear(env_v86_fld)
        ret

; C33: the denormal flag, by a number in memory and by one in a register.
operands:
        step "the denormal flag"
        fninit
        fld1
        fadd dword [tiny]
        fnstsw ax
        equal_bits eax, 0x3f, 0x22      ; DE, PE
        fninit
        fld dword [tiny]
        fnstsw ax
        equal_bits eax, 0x3f, 2
        fninit
        fld tword [tiny80]
        fnstsw ax
        equal_bits eax, 0x3f, 0
        fld1
        faddp st1, st0
        fnstsw ax
        equal_bits eax, 0x3f, 0x22
        step "an empty register, a full stack"
        fninit
        fchs
        fnstsw ax
        equal_bits eax, 0x27f, 0x41
        fninit
        mov ecx, 9
.push:  fld1
        loop .push
        fnstsw ax
        equal_bits eax, 0x27f, 0x241
        fninit
        ret

; M16: MM0 to MM7 are the significands of R0 to R7, whatever TOP was.
mmx:    mov eax, 1
        cpuid
        test edx, 1 << 23
        jz .none
        step "MMX registers are x87 registers"
        fninit
        fldpi                           ; R7
        movd mm0, eax                   ; TOP is 0 now
        fnstsw ax
        equal_bits eax, 0x3800, 0
        movq [image], mm7
        equal [image + 4], 0xc90fdaa2
        mov eax, 0x12345678
        movd mm3, eax
        fnsave [image]
        equal [image + 28 + 30], 0x12345678
        equal_bits [image + 28 + 38], 0xffff, 0xffff
        movd mm0, eax
        emms
        fnstenv [image]
        equal [image + 8], 0xffffffff
        fninit
.none:  ret

bits 16
call_75:
        xor ax, ax
        mov ds, ax
        jmp far [0x75 * 4]

env_v86:
        fninit
        mov bx, offset16(one)
env_v86_fld:
        fld dword [bx]
        o32 fnstenv [offset16(v86_image)]
env_v86_done:
        int DONE
bits 32

        align 4
one:    dd 1.0
tiny:   dd 0x00012345
tiny80: dd 0x12345678, 0
        dw 0
        align 4
v86_image: times 7 dd 0
interrupts: dd 0
irq_vector: dd 0
status_there: dd 0
remembered: dd 0
old_a1: db 0
old_21: db 0

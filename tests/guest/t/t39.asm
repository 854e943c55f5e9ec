; SPDX-License-Identifier: MIT
; VMware's port 5658h: silent unless a 32-bit IN has the magic number in EAX; then the calls by which
; drivers (VBADOS, vmwmouse, vmmouse of Linux) enable the absolute pointer, and its packets of four
; dwords, each with an interrupt of the PS/2 mouse. Rules D10, G10. The script moves the pointer.
; Script: yes
%define NAME "T39"
%include "kernel.inc"
%include "aux.inc"

%define MAGIC   0x564d5868
%define PORT    0x5658
%define VERSION 0x0a
%define DATA    0x27
%define STATUS  0x28
%define COMMAND 0x29
%define ENABLE  0x45414552
%define DISABLE 0xf5
%define ABSOLUTE 0x53424152
%define RELATIVE 0x4c455252
%define ERROR   0xffff0000
%define WANTED  11              ; packets

main:   call silence
        call version
        call sequence
        call packets
        call relative
        call mistakes
        ret

; vm ECX, EBX: a call; what no call uses is garbage.
%macro vm 2
        mov ecx, %1
        mov ebx, %2
        call vm_call
%endmacro
vm_call:
        mov eax, MAGIC
vm_in:  mov edx, 0xd0d00000 | PORT
        mov esi, 0x51515151
        mov edi, 0xd1d1d1d1
        mov ebp, 0xb9b9b9b9
        in eax, dx
        ret

; others EBX, ECX, EDX: these, and ESI, EDI, EBP as they were.
%define others others_at __?LINE?__,
%macro others_at 4
        equal_at %1, ebx, %2
        equal_at %1, ecx, %3
        equal_at %1, edx, %4
        equal_at %1, esi, 0x51515151
        equal_at %1, edi, 0xd1d1d1d1
        equal_at %1, ebp, 0xb9b9b9b9
%endmacro

silence:
        step "8 and 16 bits"
        vm STATUS, 0
        mov eax, MAGIC
        mov ebx, ENABLE
        mov ecx, COMMAND
        in al, dx
        equal eax, (MAGIC | 0xff)
        mov eax, MAGIC
        in ax, dx
        equal eax, (MAGIC | 0xffff)
        others ENABLE, COMMAND, 0xd0d00000 | PORT
        step "the ports around it"
        mov eax, MAGIC
        mov edx, PORT - 1
        in eax, dx
        equal eax, 0xffffffff
        mov eax, MAGIC
        mov edx, PORT + 1
        in eax, dx
        equal eax, 0xffffffff
        step "another number in EAX"
        mov ecx, COMMAND
        mov ebx, ENABLE
        mov eax, MAGIC + 1
        call vm_in
        equal eax, 0xffffffff
        others ENABLE, COMMAND, 0xd0d00000 | PORT
        mov ecx, VERSION
        xor eax, eax
        call vm_in
        equal eax, 0xffffffff
        others ENABLE, VERSION, 0xd0d00000 | PORT
        step "an unknown command"
        vm 0x1234, ENABLE
        equal eax, 0xffffffff
        others ENABLE, 0x1234, 0xd0d00000 | PORT
        step "OUT"
        mov eax, MAGIC
        mov ecx, COMMAND
        mov edx, PORT
        out dx, eax
        step "nothing of that enabled it"
        vm STATUS, 0
        equal eax, ERROR
        ret

version:
        step "the version"
        vm VERSION, 0
        cmp eax, 0xffffffff
        sete al
        equal_bits eax, 0xff, 0
        equal ebx, MAGIC
        equal edx, 0xd0d00000 | PORT
        ret

; What the drivers do.
sequence:
        step "enable"
        vm COMMAND, ENABLE
        others ENABLE, COMMAND, 0xd0d00000 | PORT
        vm STATUS, 0
        equal eax, 1
        others 0, STATUS, 0xd0d00000 | PORT
        vm DATA, 1
        equal eax, 0x3442554a
        others 1, DATA, 0xd0d00000 | PORT
        vm STATUS, 0
        equal eax, 0
        step "positions, please"
        vm COMMAND, ABSOLUTE
        ret

; The script's moves and clicks, as `wanted` has them.
packets:
        step "packets, each with its interrupt"
        mov bl, 2
        call kbc_only_mouse
        aux 0xf4
        mov ecx, 33333
        call kbc_read
        equal eax, (KBC_FULL | KBC_AUX) << 8 | 0xfa
        mov dword [hook], on_mouse
        mov al, 0xef
        out 0xa1, al
        mov al, 0xfb
        out 0x21, al
        tell "places"
.wait:  sti
        hlt
        cli
        cmp dword [reports], WANTED
        jb .wait
        xor edi, edi
.next:  mov [step_number], edi
        mov esi, edi
        shl esi, 4
        equal [got + esi], [wanted + esi]
        equal [got + esi + 4], [wanted + esi + 4]
        equal [got + esi + 8], [wanted + esi + 8]
        equal [got + esi + 12], [wanted + esi + 12]
        inc edi
        cmp edi, WANTED
        jb .next
        mov dword [step_number], 0
        equal [fetched], WANTED
        equal [empty], 0
        ret

; A byte from the mouse; with the third, one packet is fetched, as some drivers do.
on_mouse:
        in al, 0x60
        mov ecx, [byte_at]
        mov [report + ecx], al
        inc ecx
        mov [byte_at], ecx
        cmp ecx, 3
        jb .eoi
        mov dword [byte_at], 0
        inc dword [reports]
        push ebp
        vm STATUS, 0
        cmp eax, 4
        jae .fetch
        inc dword [empty]
        jmp .done
.fetch: cmp dword [fetched], WANTED
        jae .done
        vm DATA, 4
        mov edi, [fetched]
        shl edi, 4
        mov [got + edi], eax
        mov [got + edi + 4], ebx
        mov [got + edi + 8], ecx
        mov [got + edi + 12], edx
        inc dword [fetched]
.done:  pop ebp
.eoi:   mov al, 0x20
        out 0xa0, al
        out 0x20, al
        clc
        ret

relative:
        step "motion, please"
        vm COMMAND, RELATIVE
        mov dword [reports], 0
        tell "motion"
.wait:  sti
        hlt
        cli
        cmp dword [reports], 1
        jb .wait
        equal_bits [report], 0xffffff, 0x030508
        vm STATUS, 0
        equal eax, 0
        mov al, 0xff
        out 0x21, al
        out 0xa1, al
        mov dword [hook], 0
        ret

mistakes:
        step "data that is not there"
        vm DATA, 4
        vm STATUS, 0
        equal eax, ERROR
        vm COMMAND, ABSOLUTE
        vm STATUS, 0
        equal eax, ERROR
        step "data of five dwords"
        vm COMMAND, ENABLE
        vm DATA, 5
        vm STATUS, 0
        equal eax, ERROR
        step "disable"
        vm COMMAND, ENABLE
        vm STATUS, 0
        equal eax, 1
        vm COMMAND, DISABLE
        vm STATUS, 0
        equal eax, ERROR
        ret

; Buttons, X, Y, wheel. The script's pixels are those of a picture of 720 x 400.
wanted: dd 0, 0, 0, 0                           ; mouse at 0 0
        dd 0, 0xffff, 0xffff, 0                 ; mouse at 719 399
        dd 0, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0x10, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0x20, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0x08, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0, 359 * 65535 / 719, 200 * 65535 / 399, 0
        dd 0, 359 * 65535 / 719, 200 * 65535 / 399, 3
        dd 0, 359 * 65535 / 719, 200 * 65535 / 399, -1
        align 4
got:    times WANTED * 4 dd 0
byte_at: dd 0
report: dd 0
reports: dd 0
fetched: dd 0
empty:  dd 0

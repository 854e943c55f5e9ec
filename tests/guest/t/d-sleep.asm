; SPDX-License-Identifier: MIT
; Suspend to RAM: \_S3 of the DSDT, asleep by PM1a control, woken by the clock's alarm (with
; -D BUTTON: by the power button, tests/guest/sleep.sh), the firmware waking vector in real mode;
; memory and the clock go on, chips are as after POST, the display's with a text screen. ACPI 1.0b 4.7.3, 5.2.6, 9.1 to 9.3;
; 82371AB "PMSTS".
; Models: pentium pentium3
%define NAME "S3"
%include "kernel.inc"
%include "acpi.inc"

%define RTC_STS     0x0400
%define BUTTON_STS  0x0100
%define WAK_STS     0x8000
%define EVENTS      0x8731
%define SLP_EN      0x2000
%define HPET        0xfed00000
%define VECTORS_END 0x400
%define BELOW       0x500       ; what is compared: below the image and above the stacks, with the
%define BELOW_END   0x10000     ; boot sector and where its stack was
%define ABOVE       0x80000
%define ABOVE_END   0x9f000
%define HIGH        0x100000
%define HIGH_END    0xe00000
%define SECONDS     3

; clock REGISTER: AL.
%macro clock 1
        mov al, %1
        out 0x70, al
        in al, 0x71
%endmacro

; set_clock REGISTER: to AH.
%macro set_clock 1
        mov al, %1
        out 0x70, al
        mov al, ah
        out 0x71, al
%endmacro

; index_is PORT, REGISTER, VALUE: the register by index and data port
%macro index_is 3
        mov dx, %1
        mov al, %2
        out dx, al
        port_is %1 + 1, %3
%endmacro

; port_is PORT, VALUE
%macro port_is 2
        mov dx, %1
        xor eax, eax
        in al, dx
        equal eax, %2
%endmacro

; pci_is REGISTER, VALUE
%macro pci_is 2
        mov dx, 0xcf8
        mov eax, 0x80000000 | %1
        out dx, eax
        mov dl, 0xfc
        in eax, dx
        equal eax, %2
%endmacro

main:   call tables
        call fill
%ifndef BUTTON
        step "no alarm without its enable bit, and its status anyway"
        call alarm
        xor eax, eax
        call enable
.wait:  mov dx, [events]
        in ax, dx
        test ax, RTC_STS
        jz .wait
        step "the clock's alarm wakes"
        call alarm
        mov eax, RTC_STS
        call enable
        call time
        mov [slept], eax
        call sleep
        call time
        sub eax, [slept]
        equal eax, SECONDS
        mov dx, [events]
        xor eax, eax
        in ax, dx
        equal_bits eax, ~1, WAK_STS | RTC_STS ; but for the timer's
        call state
        step "it does so again, at once if it has happened already"
        call alarm
.again: clock 0x0c
        test al, 0x20
        jz .again
        call sleep
        call state
%else
        step "the power button wakes"
        xor eax, eax
        call enable
        call sleep
        mov dx, [events]
        xor eax, eax
        in ax, dx
        equal_bits eax, ~1, WAK_STS | BUTTON_STS
        call state
%endif
        ret

tables: step "ACPI's tables"
        call find_rsdp
        mov [rsdp], esi
        mov esi, [esi + 16]             ; RSDT
        equal [esi], "RSDT"
        add esi, 36
.next:  lodsd
        cmp dword [eax], "FACP"
        jne .next
        equal_bits [eax + 112], 0x40, 0 ; the clock wakes by its fixed event
        mov ebx, [eax + 36]
        equal [ebx], "FACS"
        mov [facs], ebx
        mov ebx, [eax + 56]
        mov [events], ebx
        mov ebx, [eax + 64]
        mov [control], ebx
        step "\_S3"
        mov esi, [eax + 40]
        mov ecx, [esi + 4]
.name:  inc esi
        cmp dword [esi], "_S3_"
        je .package
        loop .name
.package:
        equal [esi], "_S3_"
        movzx ebx, byte [esi + 7]       ; the first of four
        cmp bl, 0x0a
        jne .type
        movzx ebx, byte [esi + 8]
.type:  shl ebx, 10
        mov [type], ebx
        ret

; A pattern where nobody writes, and what it sums up to; RAM is shown at D0000h.
fill:   mov dx, 0xcf8
        mov eax, 0x8000005c
        out dx, eax
        mov dl, 0xfc
        mov al, 0x33
        out dx, al
        mov edi, HIGH
        mov eax, 0x12345678
.next:  stosd
        imul eax, eax, 1664525
        add eax, 1013904223
        cmp edi, HIGH_END
        jb .next
        xor edi, edi
        mov ecx, VECTORS_END / 4
        rep stosd
        mov edi, BELOW
        mov ecx, (BELOW_END - BELOW) / 4
        rep stosd
        mov edi, ABOVE
        mov ecx, (ABOVE_END - ABOVE) / 4
        rep stosd
        call sum
        mov [before], eax
        ret

sum:    xor eax, eax
        xor esi, esi
        mov ecx, VECTORS_END
        call .some
        mov esi, BELOW
        mov ecx, BELOW_END
        call .some
        mov esi, ABOVE
        mov ecx, ABOVE_END
        call .some
        mov esi, HIGH
        mov ecx, HIGH_END
.some:  rol eax, 1
        add eax, [esi]
        add esi, 4
        cmp esi, ecx
        jb .some
        ret

; EAX: seconds since the hour began, just after a change.
time:   clock 0x0a
        test al, 0x80
        jz time
.change:
        clock 0x0a
        test al, 0x80
        jnz .change
        clock 2
        call from_bcd
        imul ebx, eax, 60
        clock 0
        call from_bcd
        add eax, ebx
        ret

from_bcd:
        movzx eax, al
        mov edx, eax
        shr edx, 4
        and eax, 15
        imul edx, edx, 10
        add eax, edx
        ret

; In SECONDS seconds, as long as the second wraps just after a change of it.
alarm:  call time
        xor edx, edx
        mov ecx, 60
        add eax, SECONDS
        div ecx
        mov eax, edx
        aam
        shl ah, 4
        or ah, al
        set_clock 1
        mov ah, 0xff                    ; any minute and hour
        set_clock 3
        set_clock 5
        clock 0x0c
        mov ah, 0x22                    ; AIE, 24 hours
        set_clock 0x0b
        ret

; EAX: the events that are enabled, after all of them were cleared.
enable: push eax
        mov dx, [events]
        mov ax, EVENTS
        out dx, ax
        pop eax
        add edx, 2
        out dx, ax
        ret

sleep:  mov eax, [facs]
        mov dword [eax + 12], woken - image_start + IMAGE + 512
        pushad
        mov [stack], esp
        mov dx, [control]
        in ax, dx
        and ax, ~0x3c00
        or ax, [type]
        out dx, ax
        or ax, SLP_EN
        wbinvd
        out dx, ax
.here:  hlt
        jmp .here

        align 16
bits 16
woken:  pushf
        pop bx
        mov cx, cs
        mov ax, IMAGE_SEG
        mov ds, ax
        mov [offset16(flags)], bx
        mov [offset16(cs_)], cx
        o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        mov [offset16(cr_0)], eax
        or al, 1
        mov cr0, eax
        jmp dword CODE0:back
bits 32
back:   mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, [stack]
        lidt [kernel_idtr]
        and byte [GDT + MAIN_TSS + 5], ~2
        mov ax, MAIN_TSS
        ltr ax
        mov ax, MAIN_LDT
        lldt ax
        xor eax, eax
        mov fs, ax
        mov gs, ax
        popad
        ret

; What the firmware left.
state:  step "real mode, at the address of the vector, without interrupts"
        equal_bits [cr_0], 1, 0
        equal_bits [flags], FL_IF, 0
        equal [cs_], (woken - image_start + IMAGE + 512) >> 4
        step "A20"
        mov dword [0x000500], 0x11111111
        mov eax, [0x100500]
        mov ebx, [0x000500]
        cmp eax, ebx
        sete cl
        movzx ecx, cl
        equal ecx, 0
        mov eax, [0x504]                ; as it was
        mov [0x500], eax
        step "memory"
        call sum
        equal eax, [before]
        step "the tables"
        mov eax, [rsdp]
        equal [eax], "RSD "
        mov eax, [facs]
        equal [eax], "FACS"
        step "interrupt controllers"
        port_is 0x21, 0xfb
        port_is 0xa1, 0xff
        port_is 0x4d1, 0x0e
        step "PCI: PIRQs, the disk controller's ports, power management's"
        pci_is 0x0860, 0x0a0b0a0b
        pci_is 0x0940, 0x80008000
        pci_is 0x0b40, 0xb001
        mov dx, [control]
        xor eax, eax
        in ax, dx
        equal eax, 1                    ; SCI_EN, no sleep type
        step "who refreshes the memory had power"
        pci_is 0x005c, 0x00000033
        step "the display: mode 3"
        port_is 0x3cc, 0x67
        index_is 0x3d4, 0x13, 0x28
        index_is 0x3ce, 0x06, 0x0e
        equal [0xb8000], 0x07200720
        step "the timer was off"
        equal [HPET + 0x10], 0
        equal [HPET + 0xf0], 0
        ret

        align 4
rsdp:   dd 0
facs:   dd 0
events: dd 0
control: dd 0
type:   dd 0
slept:  dd 0
stack:  dd 0
before: dd 0
flags:  dd 0
cs_:    dd 0
cr_0:   dd 0

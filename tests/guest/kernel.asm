; A kernel by Multiboot 1 for tests/guest/kernel.sh: looks at the state it is started in, says its command
; line and its modules on the debug console, resets the machine once, and ends by isa-debug-exit.
; With -D ELF it is linked high and loaded low, else flat.
        bits 32
%define BASE 0x100000
%ifdef ELF
%define FLAGS 0x3
%define LINKED 0xc0000000
%else
%define FLAGS 0x10003
%define LINKED 0
%endif
        org BASE
image:
%ifdef ELF
        db 0x7f, "ELF", 1, 1, 1
        times 9 db 0
        dw 2, 3
        dd 1, start + LINKED, headers - image, 0, 0
        dw 52, 32, 1, 0, 0, 0
headers:
        dd 1, 0, image + LINKED, image, end - image, bss_end - image, 7, 4096
%endif
        align 4
header: dd 0x1badb002, FLAGS, -(0x1badb002 + FLAGS)
%ifndef ELF
        dd header, image, end, bss_end, start
%endif

start:  mov     edi, bss                ; zeros, or this is not the kernel as it was loaded
        mov     ecx, (bss_end - bss) / 4
        mov     ebp, eax
        xor     eax, eax
        cld
        repe scasd
        jne     near bss_wrong
        mov     esp, bss_end
        mov     esi, magic_wrong
        cmp     ebp, 0x2badb002
        jne     near fail
        pushfd
        pop     eax
        mov     esi, flags_wrong
        test    eax, 0x20200            ; VM, IF
        jnz     near fail
        mov     eax, cr0
        mov     esi, cr0_wrong
        and     eax, 0x80000001
        cmp     eax, 1
        jne     near fail
        mov     esi, a20_wrong
        mov     dword [0x300000], 0x12345678
        mov     dword [0x200000], 0
        cmp     dword [0x300000], 0x12345678
        jne     near fail
        mov     dword [bss], 1          ; not zero any more

        mov     esi, [ebx + 16]
        call    line
        mov     ebp, [ebx + 20]         ; modules
        mov     edi, [ebx + 24]
modules:
        test    ebp, ebp
        jz      memory
        mov     esi, [edi + 8]
        call    say
        mov     esi, colon
        call    say
        mov     esi, [edi]
        mov     ecx, [edi + 4]
        sub     ecx, esi
.byte:  lodsb
        out     0xe9, al
        loop    .byte
        add     edi, 16
        dec     ebp
        jmp     modules

memory: mov     esi, [ebx + 48]         ; the map's line for 1 MiB says what mem_upper says
        mov     ecx, [ebx + 44]
        add     ecx, esi
.line:  cmp     esi, ecx
        jae     .none
        cmp     dword [esi + 4], 0x100000
        je      .found
        add     esi, [esi]
        add     esi, 4
        jmp     .line
.found: mov     eax, [esi + 12]
        shr     eax, 10
        cmp     eax, [ebx + 8]
        jne     .none
        cmp     dword [esi + 20], 1
        jne     .none
        cmp     dword [ebx + 4], 512
        jb      .none
        mov     esi, [ebx + 64]
        call    line

        mov     al, 0x70                ; CMOS: were we here before?
        out     0x70, al
        in      al, 0x71
        xor     al, 1
        mov     ah, al
        mov     al, 0x70
        out     0x70, al
        mov     al, ah
        out     0x71, al
        mov     esi, done
        test    al, al
        jz      finish
        mov     esi, again
        call    line
        mov     al, 0xfe
        out     0x64, al
        hlt
.none:  mov     esi, memory_wrong
fail:   call    line
        mov     eax, 1
        out     0xf4, eax
        hlt
finish: call    line
        mov     eax, 0x10
        out     0xf4, eax
        hlt
bss_wrong:
        mov     esp, bss_end
        mov     esi, bss_text
        jmp     fail

line:   call    say
        mov     al, 10
        out     0xe9, al
        ret
say:    lodsb
        test    al, al
        jz      .end
        out     0xe9, al
        jmp     say
.end:   ret

colon:  db ": ", 0
again:  db "once more", 0
done:   db "twice", 0
bss_text: db "memory behind the image is not zero", 0
magic_wrong: db "EAX is wrong", 0
flags_wrong: db "EFLAGS are wrong", 0
cr0_wrong: db "CR0 is wrong", 0
a20_wrong: db "A20 is closed", 0
memory_wrong: db "the memory map is wrong", 0
        align 4
end:
bss:    equ end
bss_end: equ end + 0x2000

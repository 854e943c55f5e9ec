; SPDX-License-Identifier: MIT
; The ATAPI CD-ROM drive on the second IDE channel: signature, identification, DEVICE RESET, how packets
; and their data travel and when there are interrupts, sense by table, reading, lists, audio.
; Rules N7, M8, M9, M15, O13, X11. ATA/ATAPI-6 "PACKET", MMC-2, SFF-8020i.
; Cd: yes
%define NAME "T24"
%include "kernel.inc"

%define DATA    0x170
%define ERROR   0x171           ; and features
%define REASON  0x172           ; and sector count
%define SECTOR  0x173
%define LOW     0x174           ; byte count
%define HIGH    0x175
%define DEVICE  0x176
%define STATUS  0x177           ; and command; reading takes the interrupt
%define ALT     0x376
%define BUFFER  ARENA
%define SECTORS 300

; command BYTES OF A PACKET: PIO with the limit of [limit], what comes goes to BUFFER. EAX: the error
; register's sense key, EBX: bytes that came.
%macro command 1+
    [section strings]
%%packet: db %1
        times 12 - ($ - %%packet) db 0
    __SECT__
        mov esi, %%packet
        call packet
        call data
%endmacro

; fails KEY, CODE, QUALIFIER, {packet}: no data, that sense.
%define fails fails_at __?LINE?__,
%macro fails_at 5+
        command %5
        equal_at %1, eax, %2
        equal_at %1, ebx, 0
        call sense
        equal_at %1, eax, (%2) << 16 | (%3) << 8 | (%4)
%endmacro

; works BYTES, {packet}
%define works works_at __?LINE?__,
%macro works_at 3+
        command %3
        equal_at %1, eax, 0
        equal_at %1, ebx, %2
%endmacro

main:   mov al, 0x34                    ; counter 0: mode 2, 65536
        out 0x43, al
        mov al, 0
        out 0x40, al
        out 0x40, al
        mov dx, DEVICE
        out dx, al
        call signature
        call identify
        call attention
        call inquiry
        call phases
        call reading
        call lists
        call modes
        call tray
        call audio
        ret

; ---- how it is done ----

; Bit 7 of the second interrupt controller's requests: the drive's wire.
irq:    mov al, 0x0a
        out 0xa0, al
        in al, 0xa0
        movzx eax, al
        shr eax, 7
        ret

; EAX: counter 0, downwards.
ticks:  mov al, 0
        out 0x43, al
        in al, 0x40
        mov ah, al
        in al, 0x40
        xchg al, ah
        movzx eax, ax
        ret

status_alt:
        mov dx, ALT
        in al, dx
        movzx eax, al
        ret

; Reads registers 172h to 175h: EAX.
task_file:
        mov dx, HIGH
        mov ecx, 4
.next:  shl eax, 8
        in al, dx
        dec dx
        loop .next
        ret

not_busy:
        push ecx
        mov ecx, 10000000
.again: call status_alt
        test al, 0x80
        jz .done
        dec ecx
        jnz .again
        equal ecx, 1            ; busy for ever
.done:  pop ecx
        ret

; ESI: packet.
packet: mov dx, ERROR
        mov al, 0
        out dx, al
        mov dx, LOW
        mov al, [limit]
        out dx, al
        inc dx
        mov al, [limit + 1]
        out dx, al
        mov dx, STATUS
        mov al, 0xa0
        out dx, al
        call ticks
        mov ebp, eax
        call not_busy
        equal_bits eax, 0x59, 0x48      ; DRDY, DRQ; no SERV, no error
        call ticks
        sub ebp, eax
        movzx ebp, bp
        call irq
        equal eax, [asks]               ; as IDENTIFY has promised
        cmp ebp, [drq_ticks]
        jbe .soon
        equal ebp, [drq_ticks]
.soon:
        mov dx, REASON
        in al, dx
        equal_bits eax, 3, 1            ; a command, from the host
        mov dx, DATA
        mov ecx, 6
        rep outsw
        ret

; Takes what comes until the command ends.
data:   mov edi, BUFFER
        mov dword [pieces], 0
.next:  call not_busy
        call irq
        equal eax, 1
        mov dx, STATUS
        in al, dx
        movzx ebx, al
        call irq
        equal eax, 0
        mov dx, REASON
        in al, dx
        movzx eax, al
        test bl, 8
        jz .end
        equal ebx, 0x48
        equal_bits eax, 3, 2            ; data, to the host
        call task_file
        shr eax, 16                     ; bytes
        mov ecx, eax
        inc ecx
        shr ecx, 1
        lea ebx, [edi + eax]
        mov dx, DATA
        rep insw
        mov edi, ebx
        inc dword [pieces]
        jmp .next
.end:   equal_bits eax, 3, 3            ; end
        equal_bits ebx, 0xd8, 0x40
        xor eax, eax
        test bl, 1
        jz .good
        mov dx, ERROR
        in al, dx
        shr eax, 4
.good:  lea ebx, [edi - BUFFER]
        ret

; Key, code, qualifier: EAX.
sense:  command 0x03, 0, 0, 0, 18
        equal eax, 0
        equal ebx, 18
        movzx eax, byte [BUFFER + 2]
        shl eax, 8
        mov al, [BUFFER + 12]
        shl eax, 8
        mov al, [BUFFER + 13]
        ret

; ---- what is tried ----

signature:
        step "signature, also after SRST, IDENTIFY, DEVICE RESET"
        mov dx, ALT
        mov al, 6
        out dx, al
        mov al, 2
        out dx, al
        call not_busy
        equal eax, 0
        call task_file
        equal eax, 0xeb140101
        mov dx, ALT
        mov al, 0
        out dx, al
        mov dx, DEVICE                  ; a drive that is not there
        mov al, 0x10
        out dx, al
        call task_file
        equal eax, 0
        call status_alt
        equal eax, 0
        mov dx, DEVICE
        mov al, 0
        out dx, al
        mov dx, LOW
        mov al, 0x55
        out dx, al
        mov dx, STATUS
        mov al, 0xec
        out dx, al
        call not_busy
        equal eax, 0x41
        mov dx, ERROR
        in al, dx
        equal_bits eax, 0xff, 4
        call task_file
        equal eax, 0xeb140101
        mov dx, STATUS
        in al, dx
        mov dx, HIGH                    ; the registers can be written
        mov al, 0x12
        out dx, al
        in al, dx
        equal_bits eax, 0xff, 0x12
        mov dx, STATUS
        mov al, 0xa0
        out dx, al
        call not_busy
        mov dx, STATUS                  ; in the middle of a command
        mov al, 8
        out dx, al
        call not_busy
        equal eax, 0
        call irq
        equal eax, 0
        call task_file
        equal eax, 0xeb140101
        mov dx, ERROR
        in al, dx
        equal_bits eax, 0xff, 1
        ret

identify:
        step "IDENTIFY PACKET DEVICE"
        mov dx, STATUS
        mov al, 0xa1
        out dx, al
        call not_busy
        equal eax, 0x48
        call irq
        equal eax, 1
        mov dx, STATUS
        in al, dx
        mov edi, BUFFER
        mov ecx, 256
        mov dx, DATA
        rep insw
        call status_alt
        equal eax, 0x40
        movzx eax, word [BUFFER]
        equal eax, 0x85c0
        shr eax, 5                      ; N7: 3 ms; an interrupt, 10 ms; 50 us
        and eax, 3
        mov ecx, [.ticks + eax * 4]
        mov [drq_ticks], ecx
        cmp eax, 1
        sete al
        movzx eax, al
        mov [asks], eax
        ret
.ticks: dd 3580, 11930, 60, 0

; M8: INQUIRY and REQUEST SENSE first, as drivers do it.
attention:
        step "unit attention after power-on"
        works 36, {0x12, 0, 0, 0, 36}
        command 0x00
        equal eax, 6
        call sense
        equal eax, 0x62900
        works 0, {0x00}
        call sense
        equal eax, 0
        ret

inquiry:
        step "INQUIRY"
        works 36, {0x12, 0, 0, 0, 255}
        equal_bits [BUFFER], 0xffff, 0x8005
        equal_bits [BUFFER + 4], 0xff, 31
        works 5, {0x12, 0, 0, 0, 5}
        fails 5, 0x24, 0, {0x12, 1, 0, 0, 36}
        fails 5, 0x20, 0, {0xff}
        ret

; The same ten sectors with other byte counts.
phases: step "READ(10) in pieces by the byte count limit"
        mov ebx, .limits
.next:  mov eax, [ebx]
        test eax, eax
        jz .zero
        mov [step_number], eax
        mov [limit], ax
        shr eax, 16
        mov [expected], eax
        push ebx
        works 10 * 2048, {0x28, 0, 0, 0, 0, 100, 0, 0, 10}
        pop ebx
        mov eax, [pieces]
        equal eax, [expected]
        call check_100
        add ebx, 4
        jmp .next
.zero:  mov word [limit], 0             ; nothing may come
        command 0x12, 0, 0, 0, 36
        equal eax, 5
        equal ebx, 0
        mov word [limit], 0xfffe
        ret
        [section strings]
.limits: dw 2048, 10, 512, 40, 4096, 5, 1024, 20, 0, 0
        __SECT__

; Sectors 100 to 109 are in BUFFER.
check_100:
        mov esi, BUFFER
        mov edx, 100 << 16
        mov ecx, 10 * 512
.next:  lodsd
        equal eax, edx
        inc edx
        test edx, 0x1ff
        jnz .same
        add edx, 0x10000 - 0x200
.same:  dec ecx
        jnz .next
        ret

reading:
        step "READ(12), READ CD, READ CD MSF"
        works 10 * 2048, {0xa8, 0, 0, 0, 0, 100, 0, 0, 0, 10}
        call check_100
        works 10 * 2048, {0xbe, 0, 0, 0, 0, 100, 0, 0, 10, 0x10}
        call check_100
        works 10 * 2048, {0xb9, 0, 0, 0, 3, 25, 0, 3, 35, 0x10}
        call check_100
        works 2352, {0xbe, 0, 0, 0, 0, 100, 0, 0, 1, 0xf8}
        equal [BUFFER], 0xffffff00
        equal [BUFFER + 12], 0x01250300 ; 00:03:25, mode 1
        equal [BUFFER + 16], 100 << 16
        works 0, {0x28, 0, 0, 0, 0, 100, 0, 0, 0}
        step "addresses"
        works 2048, {0x28, 0, 0, 0, 1, 0x2b, 0, 0, 1}
        equal [BUFFER], 299 << 16
        fails 5, 0x21, 0, {0x28, 0, 0, 0, 1, 0x2b, 0, 0, 2}
        fails 5, 0x21, 0, {0x28, 0, 0, 0, 1, 0x2c, 0, 0, 1}
        fails 5, 0x21, 0, {0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 2}
        fails 5, 0x21, 0, {0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
        fails 5, 0x21, 0, {0xbe, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0xf8}
        fails 5, 0x21, 0, {0x2b, 0, 0, 0, 1, 0x2c}
        works 0, {0x2b, 0, 0, 0, 0, 50}
        ret

lists:  step "READ CAPACITY, READ TOC, READ HEADER, READ SUB-CHANNEL, disc and track"
        works 8, {0x25}
        equal [BUFFER], 0x2b010000
        equal [BUFFER + 4], 0x00080000
        works 20, {0x43, 0, 0, 0, 0, 0, 0, 1, 0}
        equal [BUFFER], 0x01011200
        equal [BUFFER + 4], 0x00011400
        equal [BUFFER + 8], 0
        equal [BUFFER + 12], 0x00aa1400
        equal [BUFFER + 16], 0x2c010000
        works 20, {0x43, 2, 0, 0, 0, 0, 0, 1, 0}
        equal [BUFFER + 8], 0x00020000
        equal [BUFFER + 16], 0x00060000 ; 00:06:00
        works 12, {0x43, 0, 1, 0, 0, 0, 0, 1, 0}
        works 48, {0x43, 0, 0, 0, 0, 0, 0, 1, 0, 0x80}
        works 8, {0x44, 0, 0, 0, 0, 100, 0, 0, 8}
        equal [BUFFER], 1
        equal [BUFFER + 4], 0x64000000
        works 16, {0x42, 0, 0x40, 1, 0, 0, 0, 0, 16}
        equal_bits [BUFFER], 0xff00, 0x1500
        works 34, {0x51, 0, 0, 0, 0, 0, 0, 0, 34}
        works 28, {0x52, 1, 0, 0, 0, 1, 0, 0, 28}
        works 8, {0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8}
        equal_bits [BUFFER], 0x1000, 0          ; the door is closed
        works 8, {0x46, 2, 0, 0x1d, 0, 0, 0, 0, 8}
        equal [BUFFER + 4], 0x08000000          ; profile CD-ROM
        ret

modes:  step "MODE SENSE: page 2Ah and the others"
        works 28, {0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 255}
        equal_bits [BUFFER], 0xffffff, 0x011a00
        equal_bits [BUFFER + 8], 0xffff, 0x122a
        equal_bits [BUFFER + 14], 0xff, 0x29    ; a tray that locks and opens
        works 16, {0x5a, 0, 0x01, 0, 0, 0, 0, 0, 255}
        works 16, {0x5a, 0, 0x0d, 0, 0, 0, 0, 0, 255}
        works 24, {0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 255}
        works 60, {0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 255}
        fails 5, 0x24, 0, {0x5a, 0, 0x05, 0, 0, 0, 0, 0, 255}
        fails 5, 0x39, 0, {0x5a, 0, 0xea, 0, 0, 0, 0, 0, 255}
        ret

tray:   step "lock, eject, empty drive, load, media change"
        works 0, {0x1e, 0, 0, 0, 1}
        fails 5, 0x53, 2, {0x1b, 0, 0, 0, 2}
        works 0, {0x1e}
        works 0, {0x1b, 0, 0, 0, 2}
        works 8, {0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}
        equal [BUFFER + 4], 0x0103              ; removed; the tray is open
        fails 2, 0x3a, 2, {0x00}
        fails 2, 0x3a, 2, {0x28, 0, 0, 0, 0, 0, 0, 0, 1}
        fails 2, 0x3a, 2, {0x43, 0, 0, 0, 0, 0, 0, 1, 0}
        works 36, {0x12, 0, 0, 0, 36}
        works 0, {0x1b, 0, 0, 0, 3}
        works 36, {0x12, 0, 0, 0, 36}           ; not stopped by what is to be told
        works 8, {0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}
        equal [BUFFER + 4], 0x0202              ; a new disc is there
        fails 6, 0x28, 0, {0x28, 0, 0, 0, 0, 100, 0, 0, 1}
        works 10 * 2048, {0x28, 0, 0, 0, 0, 100, 0, 0, 10}
        call check_100
        ret

audio:  step "a data track is not played, nor read as audio"
        fails 5, 0x64, 0, {0x45, 0, 0, 0, 0, 16, 0, 0, 10}
        fails 5, 0x64, 0, {0x47, 0, 0, 0, 3, 0, 0, 4, 0}
        fails 5, 0x64, 0, {0xbe, 0x04, 0, 0, 0, 16, 0, 0, 1, 0xf8}
        works 0, {0x4e}
        ret

section strings
        align 4, db 0
limit:  dd 0xfffe
drq_ticks: dd 0                         ; how long it may take to ask for a packet
asks:   dd 0                            ; does it with an interrupt
pieces: dd 0
expected: dd 0
section program


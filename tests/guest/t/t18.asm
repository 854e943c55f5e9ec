; SPDX-License-Identifier: MIT
; The floppy disk controller by its ports: reset, commands without a disk, seeks, READ ID at each data
; rate and head, transfers and how they end, the change line, a drive without a disk, a disk that turns.
; Rules N6, M6, X9, O3, O4, O5, O19. Intel 82077AA data sheet 290166. Floppies may turn faster than real
; ones; what a revolution takes is measured first.
%define NAME "T18"
%include "kernel.inc"
%include "board.inc"
%include "floppy.inc"

%define BUFFER  ARENA
%define CYLINDER 0x4f                   ; a track that holds nothing of ours

main:   irqs 1 << 6
        call reset
        call without_disk
        call seeks
        call turning
        call identifiers
        call reading
        call ends
        call writing
        call change_line
        call empty_drive
        call reset_within
        irqs_off
        ret

reset:  step "reset: MSR 0, then one interrupt and four states"
        write DOR, 0
%ifndef PEER
        reads MSR, 0xff, 0
%endif
        pass us(20)
        write DOR, 0x0c
        wait_irq 6, ms(10)
        reads MSR, 0xff, 0x80
        fdc 0x08
        results 0xc0, 0
        fdc 0x08
        results 0xc1, 0
        fdc 0x08
        results 0xc2, 0
        fdc 0x08
        results 0xc3, 0
        step "SENSE INTERRUPT with nothing to tell"
        fdc 0x08
        results 0x80
        no_irq 6, ms(5)
%ifndef PEER                            ; of which they know nothing, nor of DSR
        step "without DMAGATE# there is no interrupt"
        write DOR, 0
        pass us(20)
        write DOR, 0x04
        no_irq 6, ms(10)
        write DOR, 0x0c
        wait_irq 6, ms(10)
        step "reset by DSR"
        write MSR, 0x80
        wait_irq 6, ms(10)
        fdc 0x08
        results 0xc0, 0
%endif
        ret

without_disk:
        step "VERSION, an invalid command: no interrupt"
        fdc 0x10
        reads MSR, 0xff, 0xd0
%ifdef PEER                             ; Bochs says it is an older one
        results x
%else
        results 0x90
%endif
        reads MSR, 0xff, 0x80
        fdc 0x1f
        results 0x80
        step "MSR between command bytes"
        fdc 0x03                        ; SPECIFY: 3 ms a step at 500 kbit/s, DMA
        reads MSR, 0xff, 0x90
        fdc 0xdf
        reads MSR, 0xff, 0x90
        fdc 0x02
        reads MSR, 0xff, 0x80
%ifndef PEER                            ; some of it is missing there
        step "CONFIGURE, PERPENDICULAR, DUMPREG"
        fdc 0x13, 0, 0x57, 0x2a
        fdc 0x12, 0x80
        fdc 0x0e
        results 0, 0, 0, 0, 0xdf, 2, x, 0, 0x57, 0x2a
        step "LOCK holds what CONFIGURE set through a reset"
        fdc 0x94
        results 0x10
        call software_reset
        fdc 0x0e
        results 0, 0, 0, 0, 0xdf, 2, x, 0x80, 0x07, 0x2a
        fdc 0x14
        results 0
        call software_reset
        fdc 0x0e
        results 0, 0, 0, 0, 0xdf, 2, x, 0, 0x20, 0
%endif
        fdc 0x03, 0xdf, 0x02
        no_irq 6, ms(5)
        ret

; And what it asks to be told.
software_reset:
        write DOR, 0x08
        pass us(20)
        write DOR, 0x1c
        wait_irq 6, ms(10)
        mov ebx, 4
.next:  fdc 0x08
        call fdc_results
        dec ebx
        jnz .next
        ret

seeks:  step "RECALIBRATE: busy, interrupt, track 0"
        write DOR, 0x1c                 ; motor 0
        write DIR, 0                    ; 500 kbit/s
        fdc 0x07, 0
%ifndef PEER
        reads MSR, 0xff, 0x81           ; the drive seeks, and the next command may come
%endif
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x20, 0
        fdc 0x04, 0
        call fdc_results
        equal eax, 1
        equal_bits [fdc_result], 0xff, 0x38
        step "SEEK takes a step's time for each cylinder"
        fdc 0x0f, 0, 5
        wait_irq 6, ms(1000)
        mov [first], eax
        fdc 0x08
        results 0x20, 5
        fdc 0x0f, 0, 45
        wait_irq 6, ms(1000)
        mov ebx, eax
        fdc 0x08
        results 0x20, 45
        mov eax, [first]
%ifndef PEER                            ; seeks of Bochs and QEMU have other times
        lea ecx, [eax * 8]
        mov edx, ecx
        sub edx, eax
        within ebx, edx, ecx
%endif
        fdc 0x04, 4                     ; the head that is asked about
        call fdc_results
        equal_bits [fdc_result], 0xff, 0x2c
        step "a seek to where the heads are interrupts too"
        fdc 0x0f, 4, 45
        wait_irq 6, ms(100)
        fdc 0x08
        results 0x20, 45                ; the head is 0 after a seek
        step "RECALIBRATE gives up after 79 steps"
        fdc 0x0f, 0, 82
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x20, 82
%ifndef PEER                            ; which find track 0 however far it is
        fdc 0x07, 0
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x70, 0
%endif
        fdc 0x07, 0
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x20, 0
        ret

; The same sector comes once in a revolution.
turning:
        step "a revolution"
        fdc 0x4a, 0
        wait_irq 6, ms(1000)
        call fdc_results
        mov al, [fdc_result + 5]
        mov [sector], al
        call clock_now
        mov [first], eax
        mov ebx, 4
.next:  fdc 0x4a, 0
        wait_irq 6, ms(1000)
        call fdc_results
        mov al, [fdc_result + 5]
        cmp al, [sector]
        jne .next
        dec ebx
        jnz .next
        call clock_now
        sub eax, [first]
        shr eax, 2
        mov [revolution], eax
%ifndef PEER
        within eax, ms(15), ms(201)
%endif
        ret

identifiers:
        step "READ ID on both heads"
        fdc 0x4a, 0
        wait_irq 6, ms(1000)
        results 0, 0, 0, 0, 0, x, 2
        fdc 0x4a, 4
        wait_irq 6, ms(1000)
        results 4, 0, 0, 0, 1, x, 2
        step "READ ID at other data rates: at the second index pulse"
%ifndef PEER                            ; they know the rate, or have no index pulses
        mov bl, 1                       ; 300 kbit/s
.rate:  movzx eax, bl
        mov [step_number], eax
        write DIR, bl
        fdc 0x4a, 0
        wait_irq 6, ms(1000)
        mov ecx, [revolution]
        lea edx, [ecx * 2 + ms(1)]
        within eax, ecx, edx
        results 0x40, 0x01, 0, x, 0, x, x
        inc bl
        cmp bl, 4
        jb .rate
        mov dword [step_number], 0
        write DIR, 0
        step "READ ID of single density"
        fdc 0x0a, 0
        wait_irq 6, ms(1000)
        results 0x40, 0x01, 0, x, 0, x, x
%endif
        write DIR, 0
        ret

; check_boot_sector: what READ DATA of C 0, H 0, R 1 brings.
check_boot_sector:
        cld
        mov esi, BUFFER
        mov edi, 0x7c00
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        ret

reading:
        step "READ DATA of a sector"
        floppy_dma 0x46, BUFFER, 512
        fdc 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff
        reads MSR, 0xff, 0x10
        wait_irq 6, ms(1000)
        reads MSR, 0xff, 0xd0
        results 0, 0, 0, 0, 0, 2, 2
        reads MSR, 0xff, 0x80
        call check_boot_sector
        step "READ DATA that begins behind EOT"
        floppy_dma 0x46, BUFFER, 512
        fdc 0x46, 0, 0, 0, 5, 2, 3, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 0, 0, 0, 0, 0, 6, 2
        mov esi, BUFFER
        mov edi, IMAGE + 4 * 512
        mov ecx, 128
        repe cmpsd
        equal ecx, 0
        step "a multi-track READ DATA goes from head 0 to head 1"
        floppy_dma 0x46, BUFFER, 3 * 512
        fdc 0xc6, 0, 0, 0, 18, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 4, 0, 0, 0, 1, 3, 2
        mov eax, [IMAGE + 17 * 512]
        equal [BUFFER], eax
        mov eax, [IMAGE + 19 * 512]
        equal [BUFFER + 1024], eax
        ret

; Ends without a terminal count, and sectors that are not there.
ends:   step "READ DATA past the last sector"
        floppy_dma 0x46, BUFFER, 4 * 512
        fdc 0x46, 0, 0, 0, 18, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 0x40, 0x80, 0, 1, 0, 1, 2
%ifndef PEER                            ; they do not look what is on the track
        step "a sector that is not there: at the second index pulse"
        floppy_dma 0x46, BUFFER, 512
        fdc 0x46, 0, 0, 0, 19, 2, 19, 0x1b, 0xff
        wait_irq 6, ms(1000)
        mov ecx, [revolution]
        lea edx, [ecx * 2 + ms(1)]
        within eax, ecx, edx
        results 0x40, 0x04, 0, 0, 0, 19, 2
        step "another cylinder's number"
        fdc 0x46, 0, 3, 0, 1, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 0x40, 0x04, 0x10, 3, 0, 1, 2
        step "another size"
        fdc 0x46, 0, 0, 0, 1, 3, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 0x40, 0x04, 0, 0, 0, 1, 3
        step "another data rate"
        write DIR, 2
        fdc 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 0x40, 0x01, 0, 0, 0, 1, 2
        write DIR, 0
        step "READ DELETED DATA of a sector that is not deleted"
        floppy_dma 0x46, BUFFER, 512
        fdc 0x4c, 0, 0, 0, 1, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 0, 0, 0x40, 0, 0, x, 2
%endif
        ret

writing:
        step "WRITE DATA, and back"
        fdc 0x0f, 0, CYLINDER
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x20, CYLINDER
        mov edi, BUFFER
        mov ecx, 256
.fill:  imul eax, ecx, 0x01234567
        stosd
        loop .fill
        floppy_dma 0x4a, BUFFER, 1024
        fdc 0x45, 4, CYLINDER, 1, 8, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 4, 0, 0, CYLINDER, 1, 10, 2
        floppy_dma 0x46, BUFFER + 0x1000, 1024
        fdc 0x46, 4, CYLINDER, 1, 8, 2, 18, 0x1b, 0xff
        wait_irq 6, ms(1000)
        results 4, 0, 0, CYLINDER, 1, 10, 2
        mov esi, BUFFER
        mov edi, BUFFER + 0x1000
        mov ecx, 256
        repe cmpsd
        equal ecx, 0
        ret

change_line:
        step "DSKCHG: only of the drive that is selected and turns"
        write DOR, 0x1c
        reads DIR, 0x80, 0
        write DOR, 0x0c
        reads DIR, 0x80, 0
%ifndef PEER                            ; with a drive B there
        write DOR, 0x2d
        reads DIR, 0x80, 0x80
        step "DSKCHG of an empty drive stays"
        fdc 0x0f, 1, 3
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x21, 3
        reads DIR, 0x80, 0x80
        fdc 0x07, 1
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x21, 0
        reads DIR, 0x80, 0x80
%endif
        step "DSKCHG with no such drive"
        write DOR, 0x4e
        reads DIR, 0x80, 0
        ret

; No index pulses: the command never ends, but by a reset.
empty_drive:
%ifndef PEER
        step "READ ID and READ DATA of an empty drive do not end"
        write DOR, 0x2d
        fdc 0x4a, 1
        no_irq 6, ms(5000)
        reads MSR, 0xff, 0x10
        call software_reset
        write DOR, 0x2d
        floppy_dma 0x46, BUFFER, 512
        fdc 0x46, 1, 0, 0, 1, 2, 18, 0x1b, 0xff
        no_irq 6, ms(1000)
        reads MSR, 0xff, 0x10
        call software_reset
        step "and without the motor there is no index pulse either"
        write DOR, 0x0c
        fdc 0x4a, 0
        no_irq 6, ms(1000)
        write DOR, 0x1c                 ; now it turns
        wait_irq 6, ms(2000)
        results 0, 0, 0, x, 0, x, 2
%endif
        ret

; O5: a reset clears the head, and what was going on.
reset_within:
        step "a reset in the middle of a seek and of a command"
        write DOR, 0x1c
        fdc 0x0f, 0, 30
        call software_reset
        reads MSR, 0xff, 0x80
        fdc 0x4a                        ; half a command
        reads MSR, 0xff, 0x90
        call software_reset
        reads MSR, 0xff, 0x80
        fdc 0x07, 0
        wait_irq 6, ms(1000)
        fdc 0x08
        results 0x20, 0
        no_irq 6, ms(100)
        ret

        align 4
first:  dd 0
revolution: dd 0
sector: dd 0

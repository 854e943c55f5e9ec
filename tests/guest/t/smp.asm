; SPDX-License-Identifier: MIT
; Several processors: the MP table knows them, INIT and start-up messages start them, again and again;
; a lock and locked instructions keep a sum right; time stamps never go back from one to the other;
; code that one writes is what the others run; messages between them, to one and to all. SDM 3A
; "Multiple-Processor Management"; MP specification 1.4, appendix B.4.
; Models: pentium pentium3 max
; Cpus: 8
%define NAME "eight processors"
%include "kernel.inc"

%define CPUS        8
%define TURNS       2000        ; that each one takes the lock
%define HOPS        (CPUS * 50) ; of the message that goes round

%define APIC        0xfee00000
%define ID          APIC + 0x20
%define EOI         APIC + 0xb0
%define SVR         APIC + 0xf0
%define ICR         APIC + 0x300
%define ICR_HIGH    APIC + 0x310

%define INIT        0x4500
%define STARTUP     0x4600
%define FIXED       0x4000
%define OTHERS      0xc0000
%define BASE_MSR    0x1b

%define TRAMPOLINE  0x8000
%define ROUND       0x60        ; vectors
%define TO_ALL      0x61

; What they share, in ARENA; their stacks lie above.
struc shared
.present: resd 1        ; processors that were started
.phase: resd 1          ; which of `work` they shall do; each waits for the next one
.done:  resd 1          ; of this phase
.lock:  resd 1
.sum:   resd 1          ; kept by the lock
.counted: resd 1        ; kept by LOCK
.swapped: resd 1        ; kept by CMPXCHG
.wide:  resd 2          ; kept by CMPXCHG8B: quarters of its upper half
.added: resd 1          ; kept by XADD
.taken: resd 1          ; a lock by XCHG
.exchanged: resd 1      ; kept by that
.stamp: resd 2          ; the latest time stamp anybody has seen
.back:  resd 1          ; how often it was later than now
.first: resd 1          ; how many believe that they start the system
.hops:  resd 1
.heard: resd 1
.ids:   resd 1          ; a bit for each
.other: resd 1          ; how many have another ID for CPUID
endstruc
%define SH(member) ARENA + shared. %+ member
%define SPLIT       ARENA + 0xffe   ; in two pages; kept by LOCK
%define STACKS      ARENA + 0x1000

main:   call tables
        call gates
        mov dword [SVR], 0x1ff
        step "started by messages to all others"
        mov dword [ICR], OTHERS | INIT
        call wait_a_little
        mov dword [ICR], OTHERS | STARTUP | TRAMPOLINE >> 12
        mov dword [ICR], OTHERS | STARTUP | TRAMPOLINE >> 12
        call all_present
        equal [SH(ids)], 0xfe
        equal [SH(first)], 0
        equal [SH(other)], 0
        step "started anew, each by messages to it"
        mov ebx, CPUS - 1
.one:   mov ecx, ebx
        shl ecx, 24
        mov [ICR_HIGH], ecx
        mov dword [ICR], INIT
        call wait_a_little
        mov dword [ICR], STARTUP | TRAMPOLINE >> 12
        mov dword [ICR], STARTUP | TRAMPOLINE >> 12
        dec ebx
        jnz .one
        call all_present
        step "a lock, locked instructions, time stamps"
        mov esi, with_lock
        call all_do
        equal [SH(sum)], CPUS * TURNS
        equal [SH(counted)], CPUS * TURNS
        equal [SH(swapped)], CPUS * TURNS
        equal [SH(wide)], 0
        equal [SH(wide) + 4], CPUS * TURNS / 4
        equal [SH(added)], CPUS * TURNS
        equal [SH(exchanged)], CPUS * TURNS
        equal [SPLIT], CPUS * TURNS * 2
        equal [SH(back)], 0
        step "code written by another"
        call write_code
        step "a message that goes round"
        mov esi, go_round
        call all_do
        equal [SH(hops)], HOPS
        step "a message to all others"
        mov esi, listen
        call others_do
        mov dword [ICR], OTHERS | FIXED | TO_ALL
        call others_done
        equal [SH(heard)], CPUS - 1
        ret

; The MP table has an entry for each.
tables: step "the floating pointer"
        mov esi, 0xe0000
.look:  cmp dword [esi], "_MP_"
        je .found
        add esi, 16
        cmp esi, 0x100000
        jb .look
.found: equal [esi], "_MP_"
        step "processors in the table"
        mov esi, [esi + 4]
        movzx ecx, word [esi + 34]
        add esi, 44
        xor ebx, ebx
.entry: cmp byte [esi], 0
        jne .other
        movzx eax, byte [esi + 1]
        equal eax, ebx
        inc ebx
        add esi, 12
.other: add esi, 8
        loop .entry
        equal ebx, CPUS
        ret

gates:  vector ROUND, CODE0, linear(on_round), T_INT32
        vector TO_ALL, CODE0, linear(on_to_all), T_INT32
        mov esi, trampoline
        mov edi, TRAMPOLINE
        mov ecx, trampoline_end - trampoline
        rep movsb
        ret

wait_a_little:
        mov ecx, 20000
.spin:  loop .spin
        ret

; All others have come up; forget it. Gives up after a while.
all_present:
        mov ecx, 10000000
.wait:  cmp dword [SH(present)], CPUS - 1
        loopne .wait
        equal [SH(present)], CPUS - 1
        mov dword [SH(present)], 0
        ret

; ESI: what everybody shall do.
all_do: call others_do
        call esi
        jmp others_done

others_do:
        mov dword [SH(done)], 0
        mov [work], esi
        inc dword [SH(phase)]
        ret

others_done:
        mov ecx, 50000000
.wait:  cmp dword [SH(done)], CPUS - 1
        loopne .wait
        equal [SH(done)], CPUS - 1
        ret

with_lock:
        mov ecx, TURNS
.turn:  lock bts dword [SH(lock)], 0
        jc .busy
        mov ebx, [SH(sum)]
        rdtsc
        sub eax, [SH(stamp)]
        sbb edx, [SH(stamp) + 4]
        jnc .later
        inc dword [SH(back)]
.later: add [SH(stamp)], eax
        adc [SH(stamp) + 4], edx
        inc ebx
        mov [SH(sum)], ebx
        mov dword [SH(lock)], 0
        lock inc dword [SH(counted)]
        mov eax, [SH(swapped)]
.swap:  lea ebx, [eax + 1]
        lock cmpxchg [SH(swapped)], ebx
        jne .swap
        mov eax, 1
        lock xadd [SH(added)], eax
        lock add dword [SPLIT], 2
.take:  mov al, 1
        xchg al, [SH(taken)]
        test al, al
        jnz .take
        mov eax, [SH(exchanged)]
        inc eax
        mov [SH(exchanged)], eax
        mov byte [SH(taken)], 0
        mov esi, ecx
        mov eax, [SH(wide)]
        mov edx, [SH(wide) + 4]
.wide:  mov ebx, 0x40000000
        xor ecx, ecx
        add ebx, eax
        adc ecx, edx
        lock cmpxchg8b [SH(wide)]
        jne .wide
        mov ecx, esi
        dec ecx
        jnz .turn
        ret
.busy:  pause
        jmp .turn

; The others run it until it says something else.
write_code:
        mov esi, run_code
        call others_do
        mov ecx, 200000
.wait:  loop .wait
        equal [SH(done)], 0
        mov byte [saying + 1], 2
        jmp others_done

run_code:
        call saying
        cmp eax, 2
        jne run_code
        ret
saying: mov eax, 1
        ret

; Everybody sleeps until the message comes, and sends it on.
go_round:
        cmp dword [ID], 0
        jne .sleep
        call send_on
.sleep: cli
        cmp dword [SH(hops)], HOPS
        jae .done
        sti
        hlt
        jmp .sleep
.done:  sti
        call send_on                    ; so that the next one wakes up, too
        cli
        ret

send_on:
        mov eax, [ID]
        add eax, 1 << 24
        and eax, (CPUS - 1) << 24
        mov [ICR_HIGH], eax
        mov dword [ICR], FIXED | ROUND
        ret

on_round:
        push eax
        mov dword [EOI], 0
        cmp dword [SH(hops)], HOPS
        jae .end
        inc dword [SH(hops)]
        call send_on
.end:   pop eax
        iretd

listen: sti
        hlt
        cli
        ret

on_to_all:
        mov dword [EOI], 0
        lock inc dword [SH(heard)]
        iretd

; The other processors.

another:
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov ss, ax
        lidt [kernel_idtr]
        mov ebx, [ID]
        shr ebx, 24
        mov esp, ebx
        shl esp, 12
        add esp, STACKS
        lock bts [SH(ids)], ebx
        mov dword [SVR], 0x1ff
        mov eax, 1
        cpuid
        xor ebx, [ID]
        shr ebx, 24
        jz .same
        lock inc dword [SH(other)]
.same:  and eax, 0xf00
        cmp eax, 0x600
        jb .ready
        mov ecx, BASE_MSR
        rdmsr
        test eax, 0x100
        jz .ready
        lock inc dword [SH(first)]
.ready: mov edi, [SH(phase)]
        lock inc dword [SH(present)]
.wait:  pause
        cmp edi, [SH(phase)]
        je .wait
        inc edi
        call [work]
        lock inc dword [SH(done)]
        jmp .wait

bits 16
trampoline:
        cli
        mov ax, IMAGE_SEG
        mov ds, ax
        o32 lgdt [offset16(kernel_gdtr)]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE0:another
trampoline_end:
bits 32

        align 4
work:   dd 0

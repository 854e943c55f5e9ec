; SPDX-License-Identifier: MIT
; Models: 386 486 486dx4 pentium pentium-mmx pentium-pro pentium2 pentium3
; What each model says of itself, and that it has just that: CPUID, flags, test registers, CR4, MSRs,
; RDTSC, RDPMC, SYSENTER. Rules C1, C34, C39.
; AP-485 "Processor Identification"; SDM 3A "Control Registers"; SDM 4 "Model-Specific Registers".
%define NAME "T12"
%include "kernel.inc"

; A profile is found by its signature; 0: no CPUID.
struc profile
.signature: resd 1
.max:   resd 1                          ; last leaf
.features: resd 1                       ; EDX, but for the bits of APIC and FPU
.brand: resd 1
.caches: resd 2                         ; leaf 2, EAX and EDX
.cr4:   resd 1                          ; bits that can be set
.kind:  resd 1                          ; a bit for the list of MSRs
endstruc

%define P5 1
%define PRO 2
%define P6 4
%define VME_BITS 0x3                    ; of CR4
%define PENTIUM_BITS 0x5f               ; VME PVI TSD DE PSE MCE
%define PRO_BITS 0x1ff                  ; and PAE PGE PCE
profiles:
        dd 0x480, 1, 0x2, 0, 0, 0, VME_BITS, 0
        dd 0x525, 1, 0x1be, 0, 0, 0, PENTIUM_BITS, P5
        dd 0x543, 1, 0x8001be, 0, 0, 0, PENTIUM_BITS | 0x100, P5
        dd 0x619, 2, 0xf9fe, 0, 0x03020101, 0x06040a42, PRO_BITS, PRO
        dd 0x652, 2, 0x183f9fe, 0, 0x03020101, 0x0c040843, PRO_BITS | 0x200, P6
        dd 0x683, 2, 0x383f9fe, 2, 0x03020101, 0x0c040882, PRO_BITS | 0x600, P6
profiles_end:

; First, last, and who has them; those between are nobody's.
msrs:   dd 0x0, 0x1, P5 | PRO | P6, 0x10, 0x10, P5 | PRO | P6, 0x11, 0x13, P5
        dd 0x17, 0x17, P6, 0x1b, 0x1b, PRO | P6, 0x2a, 0x2a, PRO | P6, 0x33, 0x33, PRO | P6
        dd 0x88, 0x8a, P6, 0x8b, 0x8b, PRO | P6, 0xc1, 0xc2, PRO | P6, 0xfe, 0xfe, PRO | P6
        dd 0x116, 0x116, P6, 0x118, 0x11b, P6, 0x11e, 0x11e, P6, 0x174, 0x176, PRO | P6
        dd 0x179, 0x17b, PRO | P6, 0x186, 0x187, PRO | P6, 0x1d9, 0x1d9, PRO | P6
        dd 0x1db, 0x1de, PRO | P6, 0x1e0, 0x1e0, PRO | P6, 0x200, 0x20f, PRO | P6
        dd 0x250, 0x250, PRO | P6, 0x258, 0x259, PRO | P6, 0x268, 0x26f, PRO | P6
        dd 0x277, 0x277, P6, 0x2ff, 0x2ff, PRO | P6, 0x400, 0x402, PRO | P6
        dd 0x404, 0x406, PRO | P6, 0x408, 0x40a, PRO | P6, 0x40c, 0x40e, PRO | P6
        dd 0x410, 0x412, PRO | P6
msrs_end:

main:   mov eax, FL_ID
        call toggles
        jnz identified
        step "a processor without CPUID"
        faults UD, 0, {cpuid}
        faults UD, 0, {rdtsc}
        faults UD, 0, {rdmsr}
        faults UD, 0, {db 0x0f, 0x20, 0xe0} ; mov eax, cr4
        runs {db 0x0f, 0x24, 0xf0}      ; mov eax, tr6
        runs {db 0x0f, 0x26, 0xf8}      ; mov tr7, eax
        mov eax, FL_AC
        call toggles
        jnz .is486
        step "386"
        faults UD, 0, {db 0x0f, 0x24, 0xd8} ; mov eax, tr3
        faults UD, 0, {bswap eax}
        faults UD, 0, {invd}
        ret
.is486: step "486"
        runs {db 0x0f, 0x24, 0xd8}
        runs {bswap eax}
        ret

; Can the flags in EAX be changed? ZF set: no.
toggles:
        pushfd
        pop ecx
        mov edx, ecx
        xor edx, eax
        push edx
        popfd
        pushfd
        pop edx
        push ecx
        popfd
        xor edx, ecx
        test edx, eax
        ret

identified:
        step "CPUID"
        mov eax, 0
        cpuid
        mov [max], eax
        equal ebx, 'Genu'
        equal edx, 'ineI'
        equal ecx, 'ntel'
        mov eax, 1
        cpuid
        mov [signature], eax
        mov [features], edx
        mov [brand], ebx
        equal ecx, 0
%ifdef PEER
        ret                             ; other steppings, with an APIC
%endif
        mov esi, profiles
.next:  cmp [esi + profile.signature], eax
        je .found
        add esi, profile_size
        cmp esi, profiles_end
        jb .next
        equal eax, 0                    ; not in the table
.found: mov [now], esi
        equal [max], [esi + profile.max]
        and dword [features], ~1            ; whether there is an FPU, T20 asks
        equal_bits [features], 0xfffffdff, [esi + profile.features]
        equal [brand], [esi + profile.brand]
        cmp dword [max], 2
        jb .no_caches
        mov eax, 2
        cpuid
        mov esi, [now]
        equal eax, [esi + profile.caches]
        equal ebx, 0
        equal ecx, 0
        equal edx, [esi + profile.caches + 4]
        mov eax, 3                      ; beyond the last leaf: that one
        cpuid
        mov esi, [now]
        equal edx, [esi + profile.caches + 4]
.no_caches:
        step "bits of CR4"
        mov ebx, 1
.bit:   mov esi, [now]
        test [esi + profile.cr4], ebx
        jnz .settable
        faults GP, 0, {mov cr4, ebx}
        jmp .next_bit
.settable:
        mov cr4, ebx
        mov eax, cr4
        equal eax, ebx
.next_bit:
        add ebx, ebx
        jnz .bit
        xor eax, eax
        mov cr4, eax

        test dword [features], 1 << 5
        jz .no_msrs
        call all_msrs
        step "test registers are gone"
        faults UD, 0, {db 0x0f, 0x24, 0xf0}
        faults UD, 0, {db 0x0f, 0x26, 0xf8}
        step "RDTSC"
        rdtsc
        mov esi, eax
        rdtsc
        sub eax, esi
        mov ecx, 0
        cmp eax, 1
        adc ecx, 0
        equal ecx, 0                    ; it has gone on
        mov eax, 4
        mov cr4, eax
        at_ring 3, ring_rdtsc
        stopped GP, 0, ring_rdtsc
        xor eax, eax
        mov cr4, eax
        at_ring 3, ring_rdtsc
        stopped DONE, 0, ring_rdtsc_end
        call counters
        call fast_calls
.no_msrs:
        ret

all_msrs:
        step "model-specific registers"
        mov edi, msrs
        xor ecx, ecx
.next:  mov esi, [now]
        mov eax, [esi + profile.kind]
        cmp edi, msrs_end
        jae .nobody
        cmp ecx, [edi + 4]
        jbe .row
        add edi, 12
        jmp .next
.row:   cmp ecx, [edi]
        jb .nobody
        test [edi + 8], eax
        jz .nobody
        mov [msr_now], ecx
        mov [row_now], edi
        runs {rdmsr}
        jmp .counted
.nobody:
        mov [msr_now], ecx
        mov [row_now], edi
        faults GP, 0, {rdmsr}
.counted:
        mov ecx, [msr_now]
        mov edi, [row_now]
        inc ecx
        mov [step_number], ecx
        cmp ecx, 0x500
        jb .next
        mov dword [step_number], 0
        ret

counters:
        step "RDPMC"
        xor ecx, ecx
        mov esi, [now]
        test dword [esi + profile.cr4], 0x100
        jnz .there
        faults UD, 0, {rdpmc}
        ret
.there: runs {rdpmc}
        mov ecx, 2
        faults GP, 0, {rdpmc}
        xor ecx, ecx
        at_ring 3, ring_rdpmc
        stopped GP, 0, ring_rdpmc
        mov eax, 0x100
        mov cr4, eax
        at_ring 3, ring_rdpmc
        stopped DONE, 0, ring_rdpmc_end
        xor eax, eax
        mov cr4, eax
        ret

fast_calls:
        step "SYSENTER"
        mov esi, [now]
        test dword [esi + profile.features], 1 << 11
        jnz .there
        faults UD, 0, {sysenter}
        faults UD, 0, {sysexit}
        ret
.there: mov ecx, 0x174
        xor eax, eax
        xor edx, edx
        wrmsr
        faults GP, 0, {sysenter}        ; no code segment named
        mov eax, CODE0
        wrmsr
        inc ecx
        mov eax, STACK_0I
        wrmsr
        inc ecx
        mov eax, .arrived
        wrmsr
        at_ring 3, ring_sysenter
        stopped DONE, 0, .arrived
        equal_bits [stop.cs], 3, 0
        ret
.arrived: int DONE

ring_rdtsc: rdtsc
ring_rdtsc_end: int DONE
ring_rdpmc: rdpmc
ring_rdpmc_end: int DONE
ring_sysenter: sysenter

        align 4
now:    dd 0
max:    dd 0
signature: dd 0
features: dd 0
brand:  dd 0
msr_now: dd 0
row_now: dd 0

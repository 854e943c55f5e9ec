/* SPDX-License-Identifier: MIT */
/* Tables that POST writes for systems to find: in the F segment while that is RAM, and at the top
   of memory. */
#ifndef BIOS_TABLES_H
#define BIOS_TABLES_H

#include "bios.h"

/* Where the next byte goes, and what its address is for the reader. */
struct writer {
    u16 segment, at;
    u32 base; /* the reader's address of segment:0 */
};

static inline u32 writer_address(const struct writer *w)
{
    return w->base + w->at;
}

void put8(struct writer *w, u8 value);
void put16(struct writer *w, u16 value);
void put32(struct writer *w, u32 value);
void put_rom(struct writer *w, ROM void *from, u16 bytes);
void put_zeros(struct writer *w, u16 bytes);
void put_align(struct writer *w, u16 alignment);
/* Makes the sum of BYTES bytes from FROM on zero by the byte at SUM_AT. */
void put_sum(const struct writer *w, u16 from, u16 bytes, u16 sum_at);

/* Of the top of memory so many 64 KiB are for ACPI, the last 4 KiB of them not to be used again. */
extern ROM u16 reserved_blocks;
extern ROM u8 apm_offered; /* INT 15h AH=53h is there */
#define ACPI_NVS_SIZE 0x1000u
/* In its first bytes the FACS. */
#define FACS          0x53434146u
#define FACS_SIZE     64
#define FACS_VECTOR   12 /* where a system that wakes from S3 wants to go on */

/* --- system.c --- */
u32 memory_end(void); /* below 4 GiB */
/* As INT 15h AH=87h does, and with interrupts off afterwards. */
bool move_memory(u32 from, u32 to, u16 words);
u32 stack_address(const void *variable);

/* --- shadow.c --- */
bool shadow_open(void); /* false: there is no such RAM */
void shadow_close(void);
void shadow_show(void); /* as shadow_close() left it, after a reset */
void tables_init(void); /* all of them */

/* Tables, each by its file; w is in the F segment, and on 16 bytes. */
void pir_init(struct writer *w);
void acpi_init(struct writer *w);
void smbios_init(struct writer *w);
void mptable_init(struct writer *w);
void pnp_init(struct writer *w);

/* What CPUID says of the processor: its signature, and its features; 0 where there is no CPUID. */
u32 cpu_identify(u32 *features);
u32 cpu_features(void);
#define CPU_APIC 0x200u
u8 cpu_count(void);

/* Where the APICs are; and an interrupt's flags, the same in the MP table and in the MADT: level
   triggered, active high. */
#define LOCAL_APIC 0xfee00000u
#define IO_APIC    0xfec00000u
#define LEVEL_HIGH 0x000d
void number_io_apic(void);
u8 io_apic_id(void); /* on the APIC bus: after those of the processors, which begin with 0 */

#endif

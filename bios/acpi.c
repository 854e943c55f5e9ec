/* SPDX-License-Identifier: MIT */
/*
 * ACPI 1.0: RSDP in the F segment; RSDT, FADT, DSDT, MADT, HPET and FACS at the top of memory, as
 * INT 15h says too. The board is always in ACPI mode, so there is no SMI command.
 * "Advanced Configuration and Power Interface Specification 1.0b", chapter 5; the MADT is in 5.2.8.
 * The HPET's table is in 3.2.4 of the "IA-PC HPET Specification" 1.0a.
 */
#include "bda.h"
#include "pci.h"
#include "tables.h"

#define SCRATCH      0x1000u /* the segment that they are written in first */
#define BLOCK        0x10000u
#define LEAST_MEMORY 0x800000u /* systems that know ACPI want more; smaller ones every KiB */

#define HPET         0xfed00000u
#define HPET_LONGEST 100000000u /* fs: a counter's longest period */
#define HPET_LEAST   128        /* counts: periods from here on do not get lost */

#define FLAG_ID      0x200000u
#define MOST_CPUS    8

extern ROM u8 dsdt[], dsdt_end[];

/* EFLAGS with these bits toggled, as they then are. */
static u32 toggle_flags(u32 bits)
{
    u32 before, after;

    __asm__ volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl %2, %1\n\tpushl %1\n\tpopfl\n\t"
                     "pushfl\n\tpopl %1\n\tpushl %0\n\tpopfl"
                     : "=&r"(before), "=&r"(after)
                     : "r"(bits)
                     : "cc", "memory");
    return before ^ after;
}

u32 cpu_identify(u32 *features)
{
    u32 eax = 1, ebx, ecx;

    *features = 0;
    if (!(toggle_flags(FLAG_ID) & FLAG_ID))
        return 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(*features));
    return eax;
}

u32 cpu_features(void)
{
    u32 features;

    cpu_identify(&features);
    return features;
}

u8 cpu_count(void)
{
    u8 others = cmos_read(CMOS_CPUS);

    return others < MOST_CPUS ? others + 1 : 1;
}

u8 io_apic_id(void)
{
    return cpu_count();
}

/* --- tables --- */

/* Where a table begins; its length and sum come with its end. */
static u16 begin(struct writer *w, u32 signature)
{
    u16 start;

    put_align(w, 16);
    start = w->at;
    put32(w, signature);
    put32(w, 0);
    put16(w, 0x0001);     /* revision 1 */
    put32(w, 0x4e495754); /* TWIN86 */
    put16(w, 0x3638);
    put32(w, 0x4e495754); /* TWIN86PC */
    put32(w, 0x43503638);
    put32(w, 1);
    put32(w, 0x4e495754); /* TWIN */
    put32(w, 1);
    return start;
}

static u32 end(struct writer *w, u16 start)
{
    u16 length = w->at - start;

    far_put32(w->segment, start + 4, length);
    put_sum(w, start, length, start + 9);
    return w->base + start;
}

static u32 put_dsdt(struct writer *w)
{
    put_align(w, 16);
    put_rom(w, dsdt, (u16)(dsdt_end - dsdt));
    return writer_address(w) - (u32)(dsdt_end - dsdt);
}

/* From its 12th byte on: what the sizes and addresses are where the PIIX4 is. */
static ROM struct {
    u8 bytes;
    u32 value;
} fadt[] = {
    {1, 0}, /* interrupts: two 8259; replaced where there is an APIC */
    {1, 0},
    {2, SCI_IRQ},
    {4, 0}, /* no SMI command: always in ACPI mode */
    {4, 0},
    {4, PM_PORTS + 0x00}, /* PM1a events */
    {4, 0},
    {4, PM_PORTS + 0x04}, /* PM1a control */
    {4, 0},
    {4, 0},
    {4, PM_PORTS + 0x08}, /* timer */
    {4, PM_PORTS + 0x0c}, /* general events 0 */
    {4, 0},
    {1, 4},
    {1, 2},
    {1, 0},
    {1, 4},
    {1, 4},
    {1, 0},
    {1, 0},
    {1, 0}, /* their lengths */
    {2, 0x0fff},
    {2, 0x0fff}, /* C2 and C3 take too long to be of use */
    {2, 0},
    {2, 0},
    {1, 0},
    {1, 0},
    {1, 0},
    {1, 0}, /* alarm's day and month: not there */
    {1, CMOS_CENTURY},
    {2, 0},
    {1, 0},
    {4, 0x25}, /* WBINVD, C1, no sleep button; the clock wakes, by PM1a events */
};

static u32 put_fadt(struct writer *w, u32 facs, u32 dsdt_address)
{
    u16 start = begin(w, 0x50434146), model; /* FACP */
    u8 i, n;

    put32(w, facs);
    put32(w, dsdt_address);
    model = w->at;
    for (i = 0; i < COUNT(fadt); i++)
        for (n = 0; n < fadt[i].bytes; n++)
            put8(w, (u8)(fadt[i].value >> 8 * n));
    if (cpu_features() & CPU_APIC)
        far_put8(w->segment, model, 1);
    return end(w, start);
}

static void put_override(struct writer *w, u8 irq, u8 pin, u16 flags)
{
    put16(w, 0x0a02);
    put8(w, 0);
    put8(w, irq);
    put32(w, pin);
    put16(w, flags);
}

static u32 put_madt(struct writer *w)
{
    u16 start = begin(w, 0x43495041); /* APIC */
    u8 cpu, cpus = cpu_count();

    put32(w, LOCAL_APIC);
    put32(w, 1); /* with two 8259 */
    for (cpu = 0; cpu < cpus; cpu++) {
        put16(w, 0x0800);
        put8(w, cpu);
        put8(w, cpu);
        put32(w, 1);
    }
    put16(w, 0x0c01);
    put16(w, io_apic_id());
    put32(w, IO_APIC);
    put32(w, 0);
    put_override(w, 0, 2, 0);
    put_override(w, 9, 9, LEVEL_HIGH);
    put_override(w, 10, 10, LEVEL_HIGH);
    put_override(w, 11, 11, LEVEL_HIGH);
    put16(w, 0x0604); /* NMI: LINT1 of every processor */
    put8(w, 0xff);
    put16(w, 0);
    put8(w, 1);
    return end(w, start);
}

/* The low half of its capabilities; 0: there is none. */
static u32 hpet_id(void)
{
    u32 id[2] = {0};

    move_memory(HPET, stack_address(id), 4);
    return id[1] && id[1] <= HPET_LONGEST ? id[0] : 0;
}

static u32 put_hpet(struct writer *w, u32 id)
{
    u16 start = begin(w, 0x54455048); /* HPET */

    put32(w, id);
    put32(w, 0); /* in memory */
    put32(w, HPET);
    put32(w, 0);
    put8(w, 0); /* the first */
    put16(w, HPET_LEAST);
    put8(w, 0); /* the rest of its page is not guaranteed */
    return end(w, start);
}

static u32 put_facs(struct writer *w)
{
    put_align(w, FACS_SIZE);
    put32(w, FACS);
    put32(w, FACS_SIZE);
    put_zeros(w, FACS_SIZE - 8);
    return writer_address(w) - FACS_SIZE;
}

static u32 put_all(struct writer *w)
{
    struct writer facs = {w->segment, (u16)-ACPI_NVS_SIZE, w->base};
    u32 table[3] = {0}, dsdt_address = put_dsdt(w), hpet = hpet_id();
    u16 start;
    u8 i;

    table[0] = put_fadt(w, put_facs(&facs), dsdt_address);
    if (cpu_features() & CPU_APIC)
        table[1] = put_madt(w);
    if (hpet)
        table[2] = put_hpet(w, hpet);
    start = begin(w, 0x54445352); /* RSDT */
    for (i = 0; i < COUNT(table); i++)
        if (table[i])
            put32(w, table[i]);
    return end(w, start);
}

static void put_rsdp(struct writer *w, u32 rsdt)
{
    u16 start;

    put_align(w, 16);
    start = w->at;
    put32(w, 0x20445352); /* "RSD PTR " */
    put32(w, 0x20525450);
    put8(w, 0);
    put32(w, 0x4e495754); /* TWIN86 */
    put16(w, 0x3638);
    put8(w, 0);
    put32(w, rsdt);
    put_sum(w, start, 20, start + 8);
}

/* --- at the top of memory --- */

void acpi_init(struct writer *w)
{
    u32 base = memory_end() - BLOCK, rsdt;
    struct writer high = {SCRATCH, 0, base};

    if (!power_present() || cmos_read(CMOS_WITHOUT) & WITHOUT_ACPI || memory_end() < LEAST_MEMORY)
        return;
    do
        put32(&high, 0);
    while (high.at);
    rsdt = put_all(&high);
    if (!move_memory(SCRATCH * 16u, base, BLOCK / 2))
        return;
    far_put16(ROM_SEGMENT, (u16)(u32)&reserved_blocks, 1);
    put_rsdp(w, rsdt);
}

/* SPDX-License-Identifier: MIT */
/*
 * SMBIOS 2.4: what the machine is made of, for inventory programs. DMTF DSP0134 2.4, "Structure
 * Table Entry Point" and "Required Structures and Data".
 */
#include "bda.h"
#include "tables.h"

/* Handles. */
enum {
    H_BIOS = 0x0000,
    H_SYSTEM = 0x0100,
    H_CHASSIS = 0x0300,
    H_PROCESSOR = 0x0400,
    H_CACHE = 0x0700,
    H_ARRAY = 0x1000,
    H_MODULE = 0x1100,
    H_MAPPED = 0x1300,
    H_MODULE_MAPPED = 0x1400,
    H_BOOT = 0x2000,
    H_END = 0x7f00,
    H_NONE = 0xffff,
};

#define ENTRY_SIZE 31
#define BELOW_4G   (4u << 20) /* KiB */

/* What the structures are counted with. */
struct list {
    struct writer *w;
    u16 start, count, longest;
    u16 at; /* the one being written */
};

static void put_texts(struct list *l, ROM char *texts)
{
    do {
        while (*texts)
            put8(l->w, (u8)*texts++);
        put8(l->w, 0);
    } while (*++texts);
}

static void begin(struct list *l, u8 type, u16 handle)
{
    l->at = l->w->at;
    put8(l->w, type);
    put8(l->w, 0);
    put16(l->w, handle);
}

/* TEXTS: each ends with a zero, the last with two; NULL: there are none. */
static void end(struct list *l, ROM char *texts)
{
    u16 length = l->w->at - l->at;

    far_put8(l->w->segment, l->at + 1, (u8)length);
    if (texts)
        put_texts(l, texts);
    else
        put8(l->w, 0);
    put8(l->w, 0);
    length = l->w->at - l->at;
    if (length > l->longest)
        l->longest = length;
    l->count++;
}

/* A structure that is the same on every board. */
#define FIXED(l, type, handle, texts, ...)                                                         \
    do {                                                                                           \
        static ROM u8 body_[] = {__VA_ARGS__};                                                     \
        begin(l, type, handle);                                                                    \
        put_rom((l)->w, body_, sizeof body_);                                                      \
        end(l, texts);                                                                             \
    } while (0)

/* --- the processor --- */

/* "Processor Family": 2 is unknown. */
static u8 family_of(u32 signature)
{
    u8 family = signature >> 8 & 15, model = signature >> 4 & 15;

    if (family == 4)
        return 0x06;
    if (family == 5)
        return 0x0b; /* Pentium */
    if (family == 6)
        return model < 3 ? 0x0c : model < 7 ? 0x0d : 0x11; /* Pentium Pro, II, III */
    return 0x02;
}

static void put_processor(struct list *l, u8 number)
{
    u32 features, signature = cpu_identify(&features);

    begin(l, 4, H_PROCESSOR + number);
    put8(l->w, 1); /* socket */
    put8(l->w, 3); /* central processor */
    put8(l->w, family_of(signature));
    put8(l->w, 0);
    put32(l->w, signature);
    put32(l->w, features);
    put8(l->w, 0); /* version */
    put8(l->w, 0); /* voltage and clocks are unknown */
    put16(l->w, 0);
    put16(l->w, 0);
    put16(l->w, 0);
    put8(l->w, 0x41); /* populated, enabled */
    put8(l->w, 2);
    put16(l->w, H_CACHE);
    put16(l->w, H_NONE);
    put16(l->w, H_NONE);
    put_zeros(l->w, 3);
    end(l, TEXT("CPU\0"));
}

/* --- memory --- */

/* KiB of memory, below and above 4 GiB. */
static u32 low_kb(void)
{
    return memory_end() >> 10;
}

static u32 high_kb(void)
{
    u32 blocks = cmos_read(CMOS_ABOVE_4G) | (u32)cmos_read(CMOS_ABOVE_4G + 1) << 8 |
                 (u32)cmos_read(CMOS_ABOVE_4G + 2) << 16;

    return blocks << 6;
}

static void put_array(struct list *l)
{
    begin(l, 16, H_ARRAY);
    put8(l->w, 3); /* system board */
    put8(l->w, 3); /* system memory */
    put8(l->w, 3); /* no error correction */
    put32(l->w, low_kb() + high_kb());
    put16(l->w, 0xfffe);
    put16(l->w, 1);
    end(l, 0);
}

static void put_module(struct list *l)
{
    begin(l, 17, H_MODULE);
    put16(l->w, H_ARRAY);
    put16(l->w, 0xfffe);
    put16(l->w, 64);
    put16(l->w, 64);
    put16(l->w, (u16)((low_kb() + high_kb()) >> 10));
    put8(l->w, 9); /* DIMM */
    put8(l->w, 0);
    put8(l->w, 1); /* where */
    put8(l->w, 0);
    put8(l->w, 7);  /* RAM */
    put16(l->w, 4); /* unknown */
    put16(l->w, 0);
    put_zeros(l->w, 4);
    end(l, TEXT("DIMM\0"));
}

/* Where in the address space it is: from and to the KiB. */
static void put_mapped(struct list *l, u8 number, u32 first, u32 kb)
{
    begin(l, 19, H_MAPPED + number);
    put32(l->w, first);
    put32(l->w, first + kb - 1);
    put16(l->w, H_ARRAY);
    put8(l->w, 1);
    end(l, 0);
    begin(l, 20, H_MODULE_MAPPED + number);
    put32(l->w, first);
    put32(l->w, first + kb - 1);
    put16(l->w, H_MODULE);
    put16(l->w, H_MAPPED + number);
    put8(l->w, 1);
    put8(l->w, 0);
    put8(l->w, 0);
    end(l, 0);
}

/* --- the whole --- */

static void put_structures(struct list *l)
{
    u8 cpu, cpus = cpu_count();

    /* ISA, PCI; PnP, APM, shadowing; choice of what to boot, EDD, diskettes; INT 05h to 17h; ACPI */
    FIXED(l, 0, H_BIOS,
          TEXT("twin86\0"
               "1\0"
               "11/21/2026\0"),
          1, 2, 0x00, 0xf0, 3, 0, 0x90, 0x16, 0xc9, 0x7f, 0, 0, 0, 0, 0x01, 0x00, 0, 1, 0xff, 0xff);
    /* no UUID; started by the power switch */
    FIXED(l, 1, H_SYSTEM,
          TEXT("twin86\0"
               "PC\0"
               "1\0"),
          1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0);
    /* other kind; everything is safe */
    FIXED(l, 3, H_CHASSIS, TEXT("twin86\0"), 1, 1, 0, 0, 0, 3, 3, 3, 2, 0, 0, 0, 0, 0, 1, 0, 0);
    for (cpu = 0; cpu < cpus; cpu++)
        put_processor(l, cpu);
    /* first level, inside, enabled, how and how much unknown */
    FIXED(l, 7, H_CACHE, TEXT("L1\0"), 1, 0x80, 0x03, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 2, 2);
    put_array(l);
    put_module(l);
    put_mapped(l, 0, 0, low_kb());
    if (high_kb())
        put_mapped(l, 1, BELOW_4G, high_kb());
    FIXED(l, 32, H_BOOT, 0, 0, 0, 0, 0, 0, 0, 0);
    begin(l, 127, H_END);
    end(l, 0);
}

void smbios_init(struct writer *w)
{
    struct list l = {w, 0, 0, 0, 0};
    u16 entry;

    put_align(w, 16);
    entry = w->at;
    put_zeros(w, ENTRY_SIZE + 1);
    l.start = w->at;
    put_structures(&l);
    struct writer e = {w->segment, entry, w->base};
    put32(&e, 0x5f4d535f); /* _SM_ */
    put8(&e, 0);
    put8(&e, ENTRY_SIZE);
    put16(&e, 0x0402); /* 2.4 */
    put16(&e, l.longest);
    put_zeros(&e, 6);
    put32(&e, 0x494d445f); /* _DMI_ */
    put8(&e, '_');
    put8(&e, 0);
    put16(&e, w->at - l.start);
    put32(&e, w->base + l.start);
    put16(&e, l.count);
    put8(&e, 0x24);
    put_sum(&e, entry + 16, 15, entry + 21);
    put_sum(&e, entry, ENTRY_SIZE, entry + 4);
}

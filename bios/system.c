/* SPDX-License-Identifier: MIT */
/* INT 15h: memory size, A20, block moves, waiting, joystick, hooks, and the machine's description.
 */
#include "bda.h"
#include "tables.h"

void pointing_device(struct regs *r); /* mouse.c: AH=C2h */

#define PIE 0x40

static void fail(struct regs *r, u8 code)
{
    r->ah = code;
    set_carry(r, true);
}

static void unsupported(struct regs *r)
{
    fail(r, 0x86);
}

static void succeed(struct regs *r)
{
    r->ah = 0;
    set_carry(r, false);
}

/* --- memory --- */

static u16 cmos_word(u8 index)
{
    return (u16)(cmos_read(index + 1) << 8 | cmos_read(index));
}

/* KiB from 1 MiB up to 64 MiB, from the bytes that every AT has. */
static u16 extended_kb(void)
{
    u16 kb = cmos_word(CMOS_EXT_FOUND_LOW);

    return kb ? kb : cmos_word(CMOS_EXT_LOW);
}

/* Memory above 16 MiB in 64 KiB. */
static u16 above_16m(void)
{
    u16 blocks = cmos_word(CMOS_ABOVE_16M), kb;

    if (blocks)
        return blocks;
    kb = extended_kb();
    return kb > 15 * 1024 ? (kb - 15 * 1024) / 64 : 0;
}

static u16 below_16m_kb(void)
{
    u16 kb = extended_kb();

    return kb > 15 * 1024 || cmos_word(CMOS_ABOVE_16M) ? 15 * 1024 : kb;
}

/* Of what is above 1 MiB the top may be the BIOS's own, see acpi.c. */
static u32 above_1m_kb(void)
{
    return below_16m_kb() + above_16m() * 64u;
}

u32 memory_end(void)
{
    return (above_1m_kb() + 1024) * 1024;
}

u32 above_1m_free_kb(void)
{
    return above_1m_kb() - reserved_blocks * 64u;
}

/* 63 MiB at most: OS/2 Warp 3 takes more for less. */
static void extended_size(struct regs *r)
{
    u32 kb = above_1m_free_kb();

    if (kb > extended_kb())
        kb = extended_kb();
    succeed(r);
    r->ax = kb > 0xfc00 ? 0xfc00 : (u16)kb;
}

static void size_e881(struct regs *r)
{
    u32 kb = above_1m_free_kb(), below = kb < 15 * 1024 ? kb : 15 * 1024;

    r->eax = r->ecx = below;
    r->ebx = r->edx = (kb - below) / 64;
    set_carry(r, false);
}

static void size_e801(struct regs *r)
{
    u32 high[4] = {r->eax, r->ebx, r->ecx, r->edx};

    size_e881(r);
    r->eax |= high[0] & 0xffff0000;
    r->ebx |= high[1] & 0xffff0000;
    r->ecx |= high[2] & 0xffff0000;
    r->edx |= high[3] & 0xffff0000;
}

static u64 above_4g(void)
{
    return (u64)(cmos_word(CMOS_ABOVE_4G) | (u32)cmos_read(CMOS_ABOVE_4G + 2) << 16) << 16;
}

/* One line of the memory map: base and length in KiB. */
struct range {
    u64 base, length;
    u32 type;
};

enum { RANGES = 7, RAM = 1, RESERVED, ACPI_TABLES, ACPI_NVS };

static void set_range(struct range *e, u64 base, u64 end, u32 type)
{
    e->base = base;
    e->length = end - base;
    e->type = type;
}

/* The lines by address; some are empty. Nothing is said of what lies just below 4 GiB: NT 3.5 takes
   a reserved range there amiss. */
static void range_line(u32 n, struct range *e)
{
    u32 conventional = BDA->memory_kb * 1024u, end = memory_end();
    u32 own = end - reserved_blocks * 0x10000u, nvs = own < end ? end - ACPI_NVS_SIZE : end;

    if (n == 0)
        set_range(e, 0, conventional, RAM);
    else if (n == 1)
        set_range(e, conventional, 0xa0000, RESERVED);
    else if (n == 2)
        set_range(e, 0xf0000, 0x100000, RESERVED);
    else if (n == 3)
        set_range(e, 0x100000, own, RAM);
    else if (n == 4)
        set_range(e, own, nvs, ACPI_TABLES);
    else if (n == 5)
        set_range(e, nvs, end, ACPI_NVS);
    else
        set_range(e, 1ull << 32, (1ull << 32) + above_4g(), RAM);
}

/* The first line from N on that is not empty; RANGES: there is none. */
static u32 range_at(u32 n, struct range *e)
{
    for (; n < RANGES; n++) {
        range_line(n, e);
        if (e->length)
            break;
    }
    return n;
}

static void put_range(struct regs *r, const struct range *e)
{
    far_put32(r->es, r->di, (u32)e->base);
    far_put32(r->es, r->di + 4, (u32)(e->base >> 32));
    far_put32(r->es, r->di + 8, (u32)e->length);
    far_put32(r->es, r->di + 12, (u32)(e->length >> 32));
    far_put32(r->es, r->di + 16, e->type);
}

static void map_e820(struct regs *r)
{
    struct range e;
    u32 n = r->ebx;

    if (r->edx == 0x534d4150 && r->ecx >= 20)
        n = range_at(n, &e);
    else
        n = RANGES;
    if (n >= RANGES) {
        unsupported(r);
        return;
    }
    put_range(r, &e);
    n = range_at(n + 1, &e);
    r->ebx = n < RANGES ? n : 0;
    r->eax = 0x534d4150; /* SMAP */
    r->ecx = 20;
    set_carry(r, false);
}

static void big_memory(struct regs *r)
{
    if (r->al == 0x01)
        size_e801(r);
    else if (r->al == 0x20)
        map_e820(r);
    else if (r->al == 0x81)
        size_e881(r);
    else
        unsupported(r);
}

/* --- A20, block move, protected mode --- */

static void gate_a20(struct regs *r)
{
    u8 function = r->al;

    if (function > 3) {
        unsupported(r);
        return;
    }
    succeed(r);
    if (function == 2)
        r->al = a20_open();
    else if (function == 3)
        r->bx = 0x0003; /* keyboard controller and port 92h */
    else if (!a20_set(function == 1))
        fail(r, 0x01);
}

static void put_descriptor(u16 segment, u16 at, u16 limit, u32 base, u8 access)
{
    far_put16(segment, at, limit);
    far_put32(segment, at + 2, (base & 0xffffff) | (u32)access << 24);
    far_put16(segment, at + 6, (u16)(base >> 16 & 0xff00));
}

u16 machine_status(void)
{
    u16 msw;

    __asm__ volatile("smsw %0" : "=r"(msw));
    return msw;
}

/* WORDS by the six descriptors at SEGMENT:AT, of which the third and fourth are filled in; with
   interrupts off afterwards. The status for AH. A20 is as before. */
static u8 move_words(u16 segment, u16 at, u16 words)
{
    bool open;
    u8 status;

    put_descriptor(segment, at + 0x08, 0x2f, segment * 16u + at, 0x93);
    put_descriptor(segment, at + 0x20, 0xffff, ROM_SEGMENT * 16u, 0x9b);
    put_descriptor(segment, at + 0x28, 0xffff, stack_segment() * 16u, 0x93);
    irq_off();
    open = a20_open();
    status = a20_set(true) ? block_move(segment, at, words) : 3;
    if (!a20_set(open) && !status)
        status = 3;
    return status;
}

bool move_memory(u32 from, u32 to, u16 words)
{
    u8 table[0x30];
    u16 at = (u16)(u32)table, segment = stack_segment();

    put_descriptor(segment, at + 0x10, 0xffff, from, 0x93);
    put_descriptor(segment, at + 0x18, 0xffff, to, 0x93);
    return !move_words(segment, at, words);
}

u32 stack_address(const void *variable)
{
    return stack_segment() * 16u + (u16)(u32)variable;
}

/* In V86 mode this is the monitor's to do; it asks us only if it does not want to. The interrupt
   flag is as before when it is over. */
static void block(struct regs *r)
{
    u8 status;

    if (machine_status() & 1 || r->cx > 0x8000) {
        unsupported(r);
        return;
    }
    status = move_words(r->es, r->si, r->cx);
    r->ah = status;
    r->flags = (u16)((r->flags & ~FLAG_ZF) | (status ? 0 : FLAG_ZF));
    set_carry(r, status != 0);
}

static void enter_protected(struct regs *r)
{
    if (machine_status() & 1) {
        unsupported(r);
        return;
    }
    irq_off();
    if (!a20_set(true)) {
        fail(r, 0xff);
        return;
    }
    put_descriptor(r->es, r->si + 0x38, 0xffff, ROM_SEGMENT * 16u, 0x9b);
    protected_enter(r);
}

/* --- waiting --- */

static bool wait_begin(u16 segment, u16 offset, u32 us)
{
    irq_off();
    if (BDA->wait_active & 1) {
        irq_on();
        return false;
    }
    BDA->wait_flag_segment = segment;
    BDA->wait_flag_offset = offset;
    BDA->wait_us = us;
    BDA->wait_active = 1;
    irq_unmask(8);
    cmos_write(CMOS_STATUS_B, cmos_read(CMOS_STATUS_B) | PIE);
    irq_on();
    return true;
}

static void event_wait(struct regs *r)
{
    u8 function = r->al;

    succeed(r);
    if (function == 1) {
        irq_off();
        BDA->wait_active = 0;
        cmos_write(CMOS_STATUS_B, cmos_read(CMOS_STATUS_B) & (u8)~PIE);
    } else if (function) {
        unsupported(r);
    } else if (!wait_begin(r->es, r->bx, FAR(r->cx, r->dx))) {
        fail(r, 0);
    }
}

/* Short waits are measured, long ones sleep between the clock's interrupts. */
static void wait(struct regs *r)
{
    u32 us = FAR(r->cx, r->dx);

    if (us < 4000) {
        delay_us(us);
    } else if (!wait_begin(0x40, offset_of(struct bda, wait_active), us)) {
        fail(r, 0x83);
        return;
    } else {
        while (!(BDA->wait_active & 0x80))
            irq_sleep();
        BDA->wait_active = 0;
    }
    succeed(r);
}

/* --- joystick --- */

#define GAME_PORT 0x201

/* The four one-shots: how long each axis stays high, in 16 timer clocks. */
static void joystick_axes(u16 *axes)
{
    struct limit l;
    u8 bits, i;

    for (i = 0; i < 4; i++)
        axes[i] = 0;
    irq_off();
    limit_start(&l, 3);
    out8(GAME_PORT, 0);
    do {
        bits = in8(GAME_PORT) & 15;
        for (i = 0; i < 4; i++)
            if (bits >> i & 1)
                axes[i] = (u16)((3 * 1193 - l.left) >> 4);
    } while (bits && !limit_over(&l));
    irq_on();
    if (bits) /* never ends: nothing there */
        for (i = 0; i < 4; i++)
            axes[i] = bits >> i & 1 ? 0 : axes[i];
}

static void joystick(struct regs *r)
{
    u16 axes[4];

    if (r->dx == 0) {
        succeed(r);
        r->al = in8(GAME_PORT) & 0xf0;
    } else if (r->dx == 1) {
        joystick_axes(axes);
        r->ax = axes[0];
        r->bx = axes[1];
        r->cx = axes[2];
        r->dx = axes[3];
        set_carry(r, false);
    } else {
        unsupported(r);
    }
}

/* --- description --- */

extern ROM u8 configuration[];

static void describe(struct regs *r)
{
    succeed(r);
    r->es = ROM_SEGMENT;
    r->bx = (u16)(u32)configuration;
}

static void extended_segment(struct regs *r)
{
    r->es = ebda_segment();
    set_carry(r, false);
}

/* The scan code stays as it is. */
static void keyboard_hook(struct regs *r)
{
    set_carry(r, true);
}

void int_15h(struct regs *r)
{
    static ROM struct {
        u8 function;
        service serve;
    } functions[] = {
        {0x90, succeed},          {0x91, succeed},         {0x4f, keyboard_hook},
        {0x24, gate_a20},         {0x52, succeed},         {0x80, succeed},
        {0x81, succeed},          {0x82, succeed},         {0x83, event_wait},
        {0x84, joystick},         {0x85, succeed},         {0x86, wait},
        {0x88, extended_size},    {0x89, enter_protected}, {0xc0, describe},
        {0xc1, extended_segment}, {0xc2, pointing_device}, {0xe8, big_memory},
    };
    u8 i;

    if (r->ah == 0x87) {
        block(r);
        return;
    }
    r->flags |= FLAG_IF;
    for (i = 0; i < COUNT(functions); i++)
        if (functions[i].function == r->ah) {
            functions[i].serve(r);
            return;
        }
    unsupported(r);
}

/* SPDX-License-Identifier: MIT */
/* The page of the machine: what processor, memory, drives and ports it has, found by asking. */
#include "demo.h"

enum { LEFT = 1, RIGHT = 41, WIDTH = 39, LABEL = 3, VALUE = 12 };

struct cpuid {
    u32 a, b, c, d;
};

static void cpuid(u32 leaf, struct cpuid *id)
{
    __asm__ volatile("cpuid"
                     : "=a"(id->a), "=b"(id->b), "=c"(id->c), "=d"(id->d)
                     : "a"(leaf), "c"(0));
}

/* Which of these EFLAGS bits can be changed? AC: a 486 at least; ID: there is CPUID. */
static u32 flags_changeable(u32 bits)
{
    u32 before, after;

    __asm__ volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl %2, %1\n\tpushl %1\n\tpopfl\n\t"
                     "pushfl\n\tpopl %1\n\tpushl %0\n\tpopfl"
                     : "=&r"(before), "=&r"(after)
                     : "r"(bits)
                     : "cc");
    return (before ^ after) & bits;
}

static u8 label(u8 x, u8 y, const char *text)
{
    screen_text((u8)(x + LABEL - 1), y, text, PANEL | DIM);
    return (u8)(x + VALUE);
}

static void chars_show(u8 *x, u8 y, u32 four)
{
    for (u8 i = 0; i < 4; i++, four >>= 8)
        if ((u8)four >= ' ' && *x < LEFT + WIDTH - 1)
            screen_cell((*x)++, y, (u8)four, PANEL | WHITE);
}

static void vendor_show(u8 y)
{
    struct cpuid id;
    u8 x = label(LEFT, y, "Maker");

    cpuid(0, &id);
    chars_show(&x, y, id.b);
    chars_show(&x, y, id.d);
    chars_show(&x, y, id.c);
}

static void brand_show(u8 y)
{
    struct cpuid id;
    u8 x = label(LEFT, y, "Name");

    cpuid(0x80000000, &id);
    if (id.a < 0x80000004) {
        screen_text(x, y, "it has none", PANEL | DIM);
        return;
    }
    for (u32 leaf = 0x80000002; leaf <= 0x80000004; leaf++) {
        cpuid(leaf, &id);
        chars_show(&x, y, id.a);
        chars_show(&x, y, id.b);
        chars_show(&x, y, id.c);
        chars_show(&x, y, id.d);
    }
}

static void model_show(u8 y, u32 a)
{
    u32 family = a >> 8 & 15, model = a >> 4 & 15;
    u8 x = label(LEFT, y, "Kind");

    if (family == 6 || family == 15)
        model |= a >> 12 & 0xf0;
    if (family == 15)
        family += a >> 20 & 0xff;
    x = screen_number(screen_text(x, y, "family ", PANEL | PLAIN), y, family, PANEL | WHITE);
    x = screen_number(screen_text(x, y, " model ", PANEL | PLAIN), y, model, PANEL | WHITE);
    screen_number(screen_text(x, y, " step ", PANEL | PLAIN), y, a & 15, PANEL | WHITE);
}

static void features_show(u8 y, u32 d)
{
    static const struct {
        u8 bit;
        const char *name;
    } features[] = {
        {0, "FPU"},   {1, "VME"},  {3, "PSE"},   {4, "TSC"},   {5, "MSR"},
        {6, "PAE"},   {8, "CX8"},  {9, "APIC"},  {12, "MTRR"}, {13, "PGE"},
        {15, "CMOV"}, {23, "MMX"}, {24, "FXSR"}, {25, "SSE"},  {26, "SSE2"},
    };
    u8 start = label(LEFT, y, "Has"), x = start;

    for (u8 i = 0; i < ARRAY_SIZE(features); i++) {
        if (!(d >> features[i].bit & 1))
            continue;
        if (x + text_length(features[i].name) >= LEFT + WIDTH - 1) {
            x = start;
            y++;
        }
        x = (u8)(screen_text(x, y, features[i].name, PANEL | GREEN) + 1);
    }
}

/* Turns of a loop of two instructions in a tenth of a second; and the time stamps, if any. */
static u32 loops_measure(void)
{
    u32 start = clock_now(), loops = 0;

    while (clock_now() - start < CLOCK_HZ / 10) {
        u32 count = 5000;
        __asm__ volatile("1: decl %0\n\tjnz 1b" : "+r"(count));
        loops += 5000;
    }
    return loops;
}

static u32 stamps_measure(void)
{
    u32 start = clock_now(), first, second;

    __asm__ volatile("rdtsc" : "=a"(first) : : "edx");
    while (clock_now() - start < CLOCK_HZ / 20)
        ;
    __asm__ volatile("rdtsc" : "=a"(second) : : "edx");
    return (second - first) / 50000;
}

static void speed_show(u8 y, int has_tsc)
{
    u8 x = label(LEFT, y, "Speed");
    u32 tenths = loops_measure() / 10000;

    x = screen_number(x, y, tenths / 10, PANEL | WHITE);
    x = screen_text(x, y, ".", PANEL | WHITE);
    x = screen_number(x, y, tenths % 10, PANEL | WHITE);
    x = screen_text(x, y, " M loops/s", PANEL | PLAIN);
    if (has_tsc) {
        x = screen_number(screen_text(x, y, ", ", PANEL | PLAIN), y, stamps_measure(),
                          PANEL | WHITE);
        screen_text(x, y, " MHz", PANEL | PLAIN);
    }
}

static void processor_show(void)
{
    enum { FLAG_AC = 1 << 18, FLAG_ID = 1 << 21, HAS_TSC = 1 << 4 };
    struct cpuid id = {0, 0, 0, 0};

    screen_frame(LEFT, 2, WIDTH, 9, "Processor", PANEL);
    if (flags_changeable(FLAG_ID)) {
        cpuid(1, &id);
        vendor_show(3);
        brand_show(4);
        model_show(5, id.a);
        features_show(6, id.d);
    } else
        screen_text(label(LEFT, 3, "Kind"), 3, flags_changeable(FLAG_AC) ? "80486" : "80386",
                    PANEL | WHITE);
    speed_show(9, (id.d & HAS_TSC) != 0);
}

/* --- memory --- */

struct range {
    u32 base, base_high, length, length_high, type;
};

static void range_show(u8 y, const struct range *range)
{
    static const char *const types[] = {"?", "RAM", "reserved", "ACPI", "ACPI NVS", "bad"};
    u8 usable = range->type == 1;
    u8 x = screen_hex(LEFT + 2, y, range->base, 8, PANEL | PLAIN);

    x = screen_text(x, y, "-", PANEL | DIM);
    x = screen_hex(x, y, range->base + range->length - 1, 8, PANEL | PLAIN);
    screen_text((u8)(x + 2), y, types[range->type < 6 ? range->type : 0],
                PANEL | (usable ? GREEN : DIM));
}

static u8 ranges_show(u8 y, u8 last)
{
    static struct range range;
    struct regs r = {.ebx = 0};
    u8 first = y;

    do {
        r.eax = 0xe820;
        r.ecx = 20;
        r.edx = 0x534d4150; /* "SMAP" */
        r.edi = (u32)&range;
        if (!bios(0x15, &r) || r.eax != 0x534d4150)
            break;
        if (y <= last)
            range_show(y++, &range);
    } while (r.ebx);
    return (u8)(y - first);
}

static void memory_show(void)
{
    struct regs base = {.ax = 0}, extended = {.ax = 0x8800}, large = {.ax = 0xe801};
    u32 kib = 0;
    u8 x;

    screen_frame(LEFT, 12, WIDTH, 11, "Memory", PANEL);
    bios(0x12, &base);
    x = screen_number(label(LEFT, 13, "Base"), 13, base.ax, PANEL | WHITE);
    screen_text(x, 13, " KiB", PANEL | PLAIN);
    if (bios(0x15, &large))
        kib = (large.cx ? large.cx : large.ax) + (u32)(large.cx ? large.dx : large.bx) * 64;
    else if (bios(0x15, &extended))
        kib = extended.ax;
    x = screen_number(label(LEFT, 14, "Above"), 14, kib, PANEL | WHITE);
    screen_text(x, 14, " KiB from 1 MiB on", PANEL | PLAIN);
    if (!ranges_show(16, 21))
        screen_text(LEFT + 2, 16, "INT 15h E820h: no map", PANEL | DIM);
}

/* --- ports --- */

static u8 port_show(u8 y, const char *name, u16 port, const char *what)
{
    u8 x = screen_text(RIGHT + 2, y, name, PANEL | PLAIN);

    x = screen_hex((u8)(x < RIGHT + 8 ? RIGHT + 8 : x + 1), y, port, 3, PANEL | WHITE);
    screen_text((u8)(x + 2), y, what, PANEL | GREEN);
    return (u8)(y + 1);
}

/* The identification register tells a FIFO that works; the scratch register what is older. */
static const char *uart_kind(u16 port)
{
    u8 identification;

    out8((u16)(port + 2), 1);
    identification = in8((u16)(port + 2));
    out8((u16)(port + 2), 0);
    if ((identification & 0xc0) == 0xc0)
        return "16550A";
    out8((u16)(port + 7), 0x5a);
    return in8((u16)(port + 7)) == 0x5a ? "16450" : "8250";
}

static u8 bios_ports_show(u8 y)
{
    static const char *const names[2][4] = {{"COM1", "COM2", "COM3", "COM4"},
                                            {"LPT1", "LPT2", "LPT3", "LPT4"}};
    for (u8 i = 0; i < 7; i++) {
        u16 port = peek16(0x40, (u16)(i * 2));
        if (!port || y > 20)
            continue;
        y = port_show(y, names[i / 4][i % 4], port, i < 4 ? uart_kind(port) : "parallel");
    }
    return y;
}

static const char *display_name(void)
{
    static const char *const names[] = {
        "", "MDA", "CGA", "", "EGA, colour", "EGA, mono", "PGA", "VGA, mono", "VGA, colour"};
    struct regs r = {.ax = 0x1a00};

    bios(0x10, &r);
    return r.al == 0x1a && r.bl < ARRAY_SIZE(names) ? names[r.bl] : "older than VGA";
}

static void ports_show(void)
{
    struct regs r = {.ax = 0xb101};
    u8 y = 13;

    screen_frame(RIGHT, 12, WIDTH, 11, "Ports", PANEL);
    y = port_show(y, "Video", peek16(0x40, 0x63), display_name());
    y = bios_ports_show(y);
    if (in8(0x1f7) != 0xff)
        y = port_show(y, "IDE", 0x1f0, "primary");
    if (in8(0x177) != 0xff && y < 20)
        y = port_show(y, "IDE", 0x170, "secondary");
    if (y < 21 && bios(0x1a, &r) && r.edx == 0x20494350) /* "PCI " */
        y = port_show(y, "PCI", 0xcf8, "with its BIOS");
    if (y < 22 && peek16(0x40, 0x10) & 4)
        port_show(y, "Mouse", 0x60, "PS/2");
}

/* --- the clock, as it goes --- */

static u8 bcd_show(u8 x, u8 y, u8 value, const char *after)
{
    return screen_text(screen_hex(x, y, value, 2, PANEL | WHITE), y, after, PANEL | WHITE);
}

static void time_show(void)
{
    struct regs date = {.ax = 0x0400}, time = {.ax = 0x0200};
    u8 x;

    if (!bios(0x1a, &date) || !bios(0x1a, &time))
        return;
    x = bcd_show(bcd_show(58, 0, date.ch, ""), 0, date.cl, "-");
    x = bcd_show(bcd_show(x, 0, date.dh, "-"), 0, date.dl, "  ");
    bcd_show(bcd_show(bcd_show(x, 0, time.ch, ":"), 0, time.cl, ":"), 0, time.dh, "");
}

void show_board(void)
{
    u16 key = 0;

    screen_start();
    screen_page("This machine", "Esc back");
    memory_show();
    drives_show(RIGHT, 2);
    ports_show();
    processor_show();
    while (!page_over(key)) {
        time_show();
        clock_idle();
        key = page_key();
    }
}

/* SPDX-License-Identifier: MIT */
/* What is remembered of pages, of which privilege, and what makes it void; operands in chips. SDM
 * 3A "Translation Lookaside Buffers", "Invalidation of TLBs". */
#include "tests/unit/guest.h"

static struct guest *g;

enum {
    LINEAR = 0x400000,
    TABLE = GUEST_PAGES + 0x2000,
    MANY = 600, /* pages: more than a list of the TLB holds */
    G = 0x100,
    PS = 0x80,
    U = 4,
    CHIP = 0xd0000,
};

#define READ "8b 03" /* mov eax,[ebx] */

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
    guest_page(g);
    g->cpu.cr4 = CR4_PGE | CR4_PSE;
}

static void teardown(void)
{
    guest_free(g);
}

/* Another privilege, with all translations kept. */
static void ring(unsigned n)
{
    g->cpu.cpl = (u8)n;
    for (unsigned i = 0; i < SEG_COUNT; i++)
        guest_segment(g, i, i == SEG_CS ? GUEST_CODE32 | n : GUEST_DATA32 | n, 0, 0xffffffff,
                      (u16)((i == SEG_CS ? 0xc9b : 0xc93) | n << DA_DPL_SHIFT));
}

/* Page N of LINEAR leads to FRAME, with BITS besides P, W and U. */
static void map(u32 n, u32 frame, u32 bits)
{
    put32(g->ram + GUEST_PAGES + ((LINEAR >> 22) + (n >> 10)) * 4,
          (TABLE + (n >> 10) * 0x1000) | 7);
    put32(g->ram + TABLE + n * 4, frame | 7 | bits);
}

static u32 read_at(u32 linear)
{
    g->cpu.r[EBX] = linear;
    guest_do(g, READ);
    ck_assert_int_eq(guest_vector(g), -1);
    return (u32)g->cpu.r[EAX];
}

static void write_at(u32 linear, u32 value)
{
    g->cpu.r[EBX] = linear;
    g->cpu.r[EAX] = value;
    guest_do(g, "89 03");
    ck_assert_int_eq(guest_vector(g), -1);
}

/* The immediate of MOV EAX, IMM at LINEAR, as code or as data. */
static u32 look_at(u32 linear, bool code)
{
    if (!code)
        return read_at(linear + 1);
    g->cpu.eip = linear;
    guest_step(g, 1);
    ck_assert_uint_eq(g->cpu.eip, linear + 5);
    return (u32)g->cpu.r[EAX];
}

static u32 run_at(u32 linear)
{
    ring(0);
    return look_at(linear, true);
}

static void touch_many(u32 bits)
{
    for (u32 n = 1; n <= MANY; n++) {
        map(n, GUEST_DATA, bits);
        read_at(LINEAR + n * 0x1000);
    }
}

/* A store finds out that its page holds code, whoever made it and whatever kind of page it is. */
START_TEST(a_page_that_becomes_code_is_watched_at_every_privilege)
{
    for (unsigned i = 0; i < 8; i++) {
        unsigned level = i & 1 ? 3 : 0;
        u32 bits = i & 2 ? G : 0;
        u32 frame = 0x40000 + i * 0x1000; /* fresh: no code was there */
        guest_flush(g);
        map(0, frame, bits);
        guest_bytes(g, frame, "b8 01 00 00 00");
        ring(level);
        write_at(LINEAR + 8, 1);
        if (i & 4)
            touch_many(bits);
        write_at(LINEAR + 8, 2);
        ck_assert_uint_eq(run_at(LINEAR), 1);
        ring(level);
        write_at(LINEAR + 1, 0x12345678);
        ck_assert_uint_eq(run_at(LINEAR), 0x12345678);
        write_at(LINEAR + 8, 3); /* beside it */
        ck_assert_uint_eq(run_at(LINEAR), 0x12345678);
    }
}
END_TEST

/* Other pages keep their stores when one becomes code. */
START_TEST(only_that_page_is_watched)
{
    map(0, 0x40000, 0);
    map(1, 0x41000, 0);
    write_at(LINEAR + 0x1000, 1);
    guest_bytes(g, 0x40000, "b8 01 00 00 00");
    run_at(LINEAR);
    const struct tlb_entry *e =
        &g->cpu.tlb_set[0].entry[(LINEAR + 0x1000) >> 12 & (TLB_ENTRIES - 1)];
    ck_assert_uint_eq(e->tag_write, LINEAR + 0x1000);
}
END_TEST

enum way { CR3, CR4, PAGE, WAYS };

/* A TLB of a few entries forgets by itself what it might have kept. */
#ifdef PARANOID
enum { FORGETFUL = true };
#else
enum { FORGETFUL = false };
#endif

static void forget(enum way way, u32 linear)
{
    ring(0);
    g->cpu.r[ECX] = GUEST_PAGES;
    g->cpu.r[EDX] = CR4_PSE;
    g->cpu.r[EBX] = linear;
    guest_do(g, way == CR3 ? "0f 22 d9" : way == CR4 ? "0f 22 e2" : "0f 01 3b");
    g->cpu.cr4 = CR4_PGE | CR4_PSE;
}

/* Data and code, at both privileges, ordinary and global, few and many: which are forgotten? */
START_TEST(what_a_load_of_cr3_of_cr4_and_invlpg_make_void)
{
    for (unsigned i = 0; i < WAYS * 16; i++) {
        enum way way = (enum way)(i % WAYS);
        unsigned k = i / WAYS, level = k & 1 ? 3 : 0;
        u32 bits = k & 2 ? G : 0;
        bool code = k & 8, kept = way == CR3 && bits;
        guest_flush(g);
        map(0, 0x40000, bits);
        guest_bytes(g, 0x40000, "b8 01 00 00 00");
        guest_bytes(g, 0x41000, "b8 02 00 00 00");
        ring(level);
        ck_assert_uint_eq(look_at(LINEAR, code), 1);
        if (k & 4)
            touch_many(bits);
        map(0, 0x41000, bits);
        forget(way, LINEAR + 0x123);
        ring(level);
        u32 value = look_at(LINEAR, code);
        ck_assert_msg(value == 2 ? !kept || FORGETFUL : kept, "case %u: %u", i, value);
    }
}
END_TEST

/* INVLPG of a large page: all of it, data and code, at both privileges; and nothing else. */
START_TEST(invlpg_of_a_large_page_reaches_code_and_both_privileges)
{
    static const u32 places[] = {0x45000, 0x446000}; /* in one each, and in different slots */
    for (unsigned i = 0; i < 4; i++) {
        unsigned level = i & 1 ? 3 : 0;
        bool code = i & 2;
        guest_flush(g);
        guest_bytes(g, 0x45000, "b8 01 00 00 00");
        guest_bytes(g, 0x46000, "b8 01 00 00 00");
        guest_bytes(g, 0x47000, "b8 02 00 00 00");
        for (u32 n = 0; n < 2; n++)
            put32(g->ram + GUEST_PAGES + ((LINEAR >> 22) + n) * 4, 7 | PS);
        ring(level);
        for (u32 n = 0; n < 2; n++)
            ck_assert_uint_eq(look_at(LINEAR + places[n], code), 1);
        for (u32 n = 0; n < 2; n++)
            map(places[n] >> 12, 0x47000, 0);
        forget(PAGE, LINEAR + 0x123456);
        ring(level);
        ck_assert_uint_eq(look_at(LINEAR + places[0], code), 2);
        if (!FORGETFUL) /* still remembered */
            ck_assert_uint_eq(look_at(LINEAR + places[1], code), 1);
    }
}
END_TEST

/* Data and code, at both privileges, ordinary and global; the last digit of what is written. */
START_TEST(a_coherent_tlb_follows_stores_and_bus_masters)
{
    for (unsigned i = 0; i < 32; i++) {
        u32 bits = i & 1 ? G : 0, level = i & 2 ? 3 : 0, there = TABLE, entry = 0x41007 | bits;
        bool code = i & 4, master = i & 8;
        g->cpu.coherent = i & 16;
        guest_flush(g);
        map(0, 0x40000, bits);
        guest_bytes(g, 0x40000, "b8 01 00 00 00");
        guest_bytes(g, 0x41000, "b8 02 00 00 00");
        ring(level);
        ck_assert_uint_eq(look_at(LINEAR, code), 1);
        ring(0);
        if (master)
            bus_dma_write(&g->bus, there, &entry, sizeof entry);
        else
            write_at(there, entry);
        ring(level);
        u32 value = look_at(LINEAR, code);
        ck_assert_msg(value == 2 ? g->cpu.coherent || FORGETFUL : !g->cpu.coherent, "case %u: %u", i,
                      value);
    }
    ring(0);
}
END_TEST

/* What the walker itself marks changes no translation. */
START_TEST(a_and_d_do_not_make_a_coherent_tlb_forget)
{
    g->cpu.coherent = true;
    guest_flush(g);
    map(0, 0x40000, 0);
    map(1, 0x41000, 0);
    read_at(LINEAR);
    write_at(LINEAR + 0x1000, 1); /* A, then D */
    const struct tlb_entry *e = &g->cpu.tlb_set[0].entry[LINEAR >> 12 & (TLB_ENTRIES - 1)];
    ck_assert(e->tag_read == LINEAR || FORGETFUL);
}
END_TEST

/* A page of another address in the same slot stays. */
START_TEST(invlpg_forgets_its_page_only)
{
    map(0, 0x40000, 0);
    map(1, 0x40000, 0);
    put32(g->ram + 0x40000, 1);
    put32(g->ram + 0x41000, 2);
    read_at(LINEAR);
    read_at(LINEAR + 0x1000);
    map(0, 0x41000, 0);
    map(1, 0x41000, 0);
    forget(PAGE, LINEAR + 0x400000); /* the slot of page 0 */
    forget(PAGE, LINEAR + 0xfff000);
    ck_assert_uint_eq(read_at(LINEAR), 1);
    forget(PAGE, LINEAR + 0x1fff);
    ck_assert_uint_eq(read_at(LINEAR), 1);
    ck_assert_uint_eq(read_at(LINEAR + 0x1000), 2);
}
END_TEST

/* Operands in two pages are looked up with the rights of who asks. */
START_TEST(both_pages_of_an_operand_need_the_right)
{
    for (unsigned i = 0; i < 4; i++) {
        guest_flush(g);
        map(0, 0x40000, 0);
        map(1, 0x41000, 0);
        put32(g->ram + TABLE + (i & 1) * 4, (0x40000 + (i & 1) * 0x1000) | 3); /* no U */
        ring(i & 2 ? 3 : 0);
        g->cpu.r[EBX] = LINEAR + 0xffe;
        guest_do(g, READ);
        ck_assert_int_eq(guest_vector(g), i & 2 ? EX_PF : -1);
        if (i & 2)
            ck_assert_uint_eq(g->cpu.cr2, i & 1 ? LINEAR + 0x1000 : LINEAR + 0xffe);
        ring(0);
        g->cpu.r[ESP] = GUEST_STACK;
    }
}
END_TEST

/* Chips: an operand of eight bytes is two accesses, one in two pages is bytes. */

static struct {
    u32 reg[16], value[16];
    unsigned size[16], count;
} seen;

static u32 chip_read(void *owner, u32 reg, unsigned size)
{
    (void)owner;
    seen.reg[seen.count & 15] = reg;
    seen.size[seen.count++ & 15] = size;
    return 0x33221100 + 0x11111111 * (reg & 7);
}

static void chip_write(void *owner, u32 reg, u32 value, unsigned size)
{
    (void)owner;
    seen.reg[seen.count & 15] = reg;
    seen.value[seen.count & 15] = value;
    seen.size[seen.count++ & 15] = size;
}

static const struct chip chip = {.name = "test", .read = chip_read, .write = chip_write};

START_TEST(eight_bytes_of_a_chip_are_two_dwords)
{
    bus_map_chip(&g->bus, CHIP, 0x1000, &chip, NULL);
    memset(&seen, 0, sizeof seen);
    g->cpu.r[EBX] = CHIP + 8;
    g->cpu.r[EAX] = 0x33221100; /* what it reads, so that ECX:EBX is stored */
    g->cpu.r[EDX] = 0x33221100 + 0x44444444;
    g->cpu.r[ECX] = 0x87654321;
    guest_do(g, "0f c7 0b"); /* cmpxchg8b [ebx] */
    ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ZF, FL_ZF);
    ck_assert_uint_eq(seen.count, 4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(seen.reg[i], i & 1 ? 12 : 8);
        ck_assert_uint_eq(seen.size[i], 4);
    }
    ck_assert_uint_eq(seen.value[2], CHIP + 8);
    ck_assert_uint_eq(seen.value[3], 0x87654321);
}
END_TEST

START_TEST(smaller_operands_of_a_chip_are_one_access)
{
    static const struct {
        const char *read, *write;
        unsigned size;
    } rows[] = {{"8a 03", "88 03", 1}, {"66 8b 03", "66 89 03", 2}, {READ, "89 03", 4}};
    bus_map_chip(&g->bus, CHIP, 0x1000, &chip, NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        memset(&seen, 0, sizeof seen);
        g->cpu.r[EBX] = CHIP + 4;
        guest_do(g, rows[i].read);
        guest_do(g, rows[i].write);
        ck_assert_uint_eq(seen.count, 2);
        for (unsigned k = 0; k < 2; k++)
            ck_assert(seen.reg[k] == 4 && seen.size[k] == rows[i].size);
    }
}
END_TEST

START_TEST(an_operand_in_two_pages_of_chips_is_bytes)
{
    bus_map_chip(&g->bus, CHIP, 0x2000, &chip, NULL);
    memset(&seen, 0, sizeof seen);
    g->cpu.r[EBX] = CHIP + 0xffe;
    g->cpu.r[EAX] = 0x44332211;
    guest_do(g, "89 03");
    ck_assert_uint_eq(seen.count, 4);
    for (unsigned i = 0; i < 4; i++)
        ck_assert(seen.reg[i] == 0xffe + i && seen.size[i] == 1 && seen.value[i] == 0x11 * (i + 1));
    memset(&seen, 0, sizeof seen);
    ck_assert_uint_eq(read_at(CHIP + 0xffe), 0x11007766);
    ck_assert_uint_eq(seen.count, 4);
}
END_TEST

/* A chip that arms a nearer timer, in memory as behind a port. */
static u32 arming_read(void *owner, u32 reg, unsigned size)
{
    struct clock *clock = owner;
    (void)reg, (void)size;
    seen.reg[0] = (u32)clock->cycles;
    clock->sooner = true;
    return 0;
}

static void arming_write(void *owner, u32 reg, u32 value, unsigned size)
{
    (void)value;
    arming_read(owner, reg, size);
}

START_TEST(a_chip_in_memory_sees_the_time_and_may_end_the_run)
{
    static const struct chip arming = {.name = "test", .read = arming_read, .write = arming_write};
    static const char *const codes[] = {READ, "89 03"};
    bus_map_chip(&g->bus, CHIP, 0x1000, &arming, &g->clock);
    for (size_t i = 0; i < 2 * ARRAY_LEN(codes); i++) {
        ring(0);
        g->cpu.plain_only = i & 1;
        g->cpu.r[EBX] = CHIP;
        guest_code(g, "40 40 40 40");
        guest_bytes(g, GUEST_CODE + 4, codes[i / 2]);
        guest_bytes(g, GUEST_CODE + 6, "40 40 eb fe");
        g->cpu.eip = GUEST_CODE;
        g->clock.sooner = false;
        u64 start = g->clock.cycles;
        g->clock.deadline = start + 1000;
        cpu_run(&g->cpu);
        ck_assert_uint_eq(g->cpu.eip, GUEST_CODE + 6);
        ck_assert_uint_eq(seen.reg[0], start + 4);
    }
    g->clock.sooner = false;
}
END_TEST

/* For debuggers. */
START_TEST(peeking_reads_what_is_there_and_marks_nothing)
{
    u8 bytes[9];
    map(0, 0x40000, 0);
    put32(g->ram + TABLE + 4, 0);
    memcpy(g->ram + 0x40ff8, "abcdefgh", 8);
    memset(bytes, '?', sizeof bytes);
    ck_assert_uint_eq(cpu_peek(&g->cpu, LINEAR + 0xff8, bytes, 4), 4);
    ck_assert(!memcmp(bytes, "abcd?????", 9));
    ck_assert_uint_eq(cpu_peek(&g->cpu, LINEAR + 0xff8, bytes, 9), 8);
    ck_assert(!memcmp(bytes, "abcdefgh?", 9));
    ck_assert_uint_eq(get32(g->ram + TABLE) & 0x60, 0);
    ck_assert_uint_eq(cpu_peek(&g->cpu, LINEAR + 0x1000, bytes, 1), 0);
    map(1, CHIP, 0);
    bus_map_chip(&g->bus, CHIP, 0x1000, &chip, NULL);
    memset(&seen, 0, sizeof seen);
    ck_assert_uint_eq(cpu_peek(&g->cpu, LINEAR + 0x1000, bytes, 1), 0);
    ck_assert_uint_eq(seen.count, 0);
    g->cpu.cr0 &= ~CR0_PG;
    ck_assert_uint_eq(cpu_peek(&g->cpu, 0x40ff8, bytes, 2), 2);
}
END_TEST

/* Which exceptions push an error code. SDM 3A "Exception and Interrupt Vectors", its table. */
START_TEST(ten_to_fourteen_eight_and_seventeen_have_an_error_code)
{
    for (unsigned v = 0; v < 20; v++) {
        if (setjmp(g->cpu.fault_jump) == 0)
            cpu_raise(&g->cpu, v, 0x1234, REASON_NONE);
        ck_assert_uint_eq(g->cpu.fault_vector, v);
        ck_assert_int_eq(g->cpu.fault_has_error, v == 8 || (v >= 10 && v <= 14) || v == 17);
    }
}
END_TEST

Suite *tlb_suite(void)
{
    const TTest *const tests[] = {
        a_page_that_becomes_code_is_watched_at_every_privilege,
        only_that_page_is_watched,
        what_a_load_of_cr3_of_cr4_and_invlpg_make_void,
        invlpg_of_a_large_page_reaches_code_and_both_privileges,
        invlpg_forgets_its_page_only,
        a_coherent_tlb_follows_stores_and_bus_masters,
        a_and_d_do_not_make_a_coherent_tlb_forget,
        both_pages_of_an_operand_need_the_right,
        eight_bytes_of_a_chip_are_two_dwords,
        smaller_operands_of_a_chip_are_one_access,
        an_operand_in_two_pages_of_chips_is_bytes,
        a_chip_in_memory_sees_the_time_and_may_end_the_run,
        peeking_reads_what_is_there_and_marks_nothing,
        ten_to_fourteen_eight_and_seventeen_have_an_error_code,
        NULL,
    };
    return guest_suite("tlb", tests, setup, teardown);
}

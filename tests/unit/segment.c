/* SPDX-License-Identifier: MIT */
/* Segment limits and types, and the mode that follows from segment and control registers. SDM 3A
 * "Limit Checking", "Type Checking", "Segment Descriptor Tables". */
#include "tests/unit/protect.h"

enum { SYSTEM_TYPES = 16 };

static const u32 limits[] = {0,          1,          2,          3,          6,
                             7,          8,          0xfff,      0xfffe,     0xffff,
                             0x10000,    0x7fffffff, 0xfffff000, 0xfffffff7, 0xfffffff8,
                             0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff};

/* The manual's rules, one at a time. */
static bool allowed(const struct segment *s, u32 offset, u32 size, bool write)
{
    bool code = s->attr & DA_CODE, down = !code && s->attr & DA_EXPAND_DOWN;
    u64 last = (u64)offset + size - 1, top = s->attr & DA_DB ? 0xffffffff : 0xffff;
    if (!(s->attr & DA_P))
        return false;
    if (write ? code || !(s->attr & DA_WRITABLE) : code && !(s->attr & DA_READABLE))
        return false;
    return down ? offset > s->limit && last <= top : last <= s->limit;
}

static bool faults(const struct segment *s, u32 offset, u32 size, bool write)
{
    CPU->seg[SEG_ES] = *s;
    if (setjmp(CPU->fault_jump) != 0)
        return true;
    mem_linear(CPU, SEG_ES, offset, size, write);
    return false;
}

/* Around the limit, around 64 KiB, and at both ends. */
static void check_around(const struct segment *s, unsigned log2, bool write)
{
    u32 size = 1u << log2;
    const u32 places[] = {0, s->limit, 0xffff, 0xffffffff};
    for (unsigned p = 0; p < ARRAY_LEN(places); p++)
        for (int d = -9; d <= 9; d++) {
            u32 offset = places[p] + (u32)d;
            bool good = allowed(s, offset, size, write);
            bool unchecked = offset < s->end[write][log2];
            if (faults(s, offset, size, write) == good || (unchecked && !good))
                ck_abort_msg("attr %03x limit %08x offset %08x size %u write %d: %s", s->attr,
                             s->limit, offset, size, write, good ? "fault" : "no fault");
        }
}

/* What is not checked is right, and all that can be left unchecked is. */
START_TEST(limits_and_types_are_those_of_the_manual)
{
    world_protect(0);
    for (unsigned type = 0; type < 16; type++)
        for (unsigned flags = 0; flags < 4; flags++)
            for (unsigned l = 0; l < ARRAY_LEN(limits); l++) {
                struct segment s = {.limit = limits[l], .attr = (u16)(DA_S | type)};
                s.attr |= (flags & 1 ? DA_P : 0) | (flags & 2 ? DA_DB : 0);
                segment_derive(&s);
                for (unsigned i = 0; i < 8; i++)
                    check_around(&s, i & 3, i >> 2);
            }
}
END_TEST

/* The plain way up, without a call: as far as the limit lets it. */
START_TEST(segments_that_grow_up_are_checked_by_one_comparison)
{
    for (unsigned l = 0; l < ARRAY_LEN(limits); l++)
        for (u32 i = 0; i < 4; i++) {
            struct segment s = {.limit = limits[l], .attr = RING0 | DATA};
            u32 size = 1u << i;
            segment_derive(&s);
            u64 end = (u64)limits[l] + 2 - size;
            if (limits[l] < size - 1)
                end = 0;
            if (end > 0xffffffff) /* the last byte of 4 GiB */
                end = 0xffffffff;
            ck_assert_uint_eq(s.end[0][i], end);
            ck_assert_uint_eq(s.end[1][i], end);
        }
}
END_TEST

START_TEST(a_frame_lies_inside_its_segment)
{
    for (unsigned type = 0; type < 8; type++)
        for (unsigned flags = 0; flags < 4; flags++)
            for (unsigned l = 0; l < ARRAY_LEN(limits); l++) {
                struct segment s = {.limit = limits[l], .attr = (u16)(DA_S | DA_WRITABLE | type)};
                s.attr |= (flags & 1 ? DA_P : 0) | (flags & 2 ? DA_DB : 0);
                for (int d = -9; d <= 9; d++)
                    for (u32 size = 2; size <= 4; size += 2) {
                        u32 at = limits[l] + (u32)d, high = 0xffff + (u32)d;
                        ck_assert_int_eq(segment_holds(&s, at, size), allowed(&s, at, size, true));
                        ck_assert_int_eq(segment_holds(&s, high, size),
                                         allowed(&s, high, size, true));
                    }
            }
}
END_TEST

/* Code segments never expand down: the bit is C. */
START_TEST(conforming_code_has_an_ordinary_limit)
{
    struct segment s = {.limit = 0xfff, .attr = RING0 | CODE | DA_CONFORMING};
    ck_assert(segment_holds(&s, 0xffc, 4) && !segment_holds(&s, 0xffd, 4));
}
END_TEST

/* What the decoder's key is made of. */
START_TEST(the_mode_follows_from_segments_privilege_and_flags)
{
    static const struct {
        unsigned seg;
        u32 base, limit;
        unsigned attr, mode;
    } rows[] = {
        {SEG_CS, 0, 0xffffffff, CODE, MODE_LIMIT_4G},
        {SEG_CS, 0, 0xffff, CODE, 0},
        {SEG_CS, 0, 0xffff, CODE | DA_DB, MODE_CODE32},
        {SEG_CS, 0, 0xfffe, CODE, MODE_LIMIT_OTHER},
        {SEG_CS, 0, 0x10000, CODE, MODE_LIMIT_OTHER},
        {SEG_CS, 0, 0xfffffffe, CODE, MODE_LIMIT_OTHER},
        {SEG_SS, 0, 0xffff, DATA | DA_DB, MODE_STACK32},
        {SEG_SS, 0, 0xffffffff, DATA, MODE_FLAT_SS},
        {SEG_SS, 16, 0xffffffff, DATA, 0},
        {SEG_SS, 0, 0xfffffffe, DATA, 0},
        {SEG_DS, 0, 0xffffffff, DATA, MODE_FLAT_DS},
        {SEG_DS, 16, 0xffffffff, DATA, 0},
        {SEG_DS, 0, 0xfffffffe, DATA, 0},
        {SEG_DS, 0, 0xffffffff, DA_ACCESSED, 0},
        {SEG_DS, 0, 0xffffffff, CODE, 0},
        {SEG_ES, 0, 0xffffffff, DATA, MODE_FLAT_ES},
        {SEG_ES, 16, 0xffffffff, DATA, 0},
        {SEG_ES, 0, 0xfffffffe, DATA, 0},
        {SEG_FS, 0, 0xffffffff, DATA, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        world_protect(0);
        for (unsigned s = 0; s < SEG_COUNT; s++) {
            CPU->seg[s] = (struct segment){.limit = 0xffff, .attr = RING0 | DATA};
            segment_derive(&CPU->seg[s]);
        }
        struct segment *s = &CPU->seg[rows[i].seg];
        *s = (struct segment){
            .base = rows[i].base, .limit = rows[i].limit, .attr = (u16)(RING0 | rows[i].attr)};
        segment_derive(s);
        mode_update(CPU);
        ck_assert_msg(CPU->mode == rows[i].mode, "row %u: %x", i, CPU->mode);
    }
}
END_TEST

/* The engine has to look when the mode or the privilege has changed, and only then. */
START_TEST(a_change_of_mode_leaves_the_engine)
{
    world_protect(0);
    mode_update(CPU);
    CPU->stop = 0;
    mode_update(CPU);
    ck_assert_uint_eq(CPU->stop, 0);
    CPU->cpl = 3;
    mode_update(CPU);
    ck_assert(CPU->stop & STOP_EVENT && CPU->tlb == &CPU->tlb_set[1]);
    CPU->stop = 0;
    CPU->seg[SEG_SS].attr ^= DA_DB;
    mode_update(CPU);
    ck_assert(CPU->stop & STOP_EVENT);
}
END_TEST

/* Descriptors: every bit of base, limit and rights. */
START_TEST(a_descriptor_is_put_together_from_its_parts)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        struct descriptor d;
        u64 raw = (u64)1 << bit;
        world_protect(0);
        put32(w.bus.ram + GDT + SCRATCH, (u32)raw);
        put32(w.bus.ram + GDT + SCRATCH + 4, (u32)(raw >> 32));
        ck_assert(descriptor_find(CPU, SCRATCH, &d));
        u32 base = (u32)((raw >> 16 & 0xffffff) | (raw >> 32 & 0xff000000));
        u32 limit = (u32)((raw & 0xffff) | (raw >> 32 & 0xf0000));
        ck_assert_uint_eq(d.base, base);
        ck_assert_uint_eq(d.limit, raw >> 55 & 1 ? limit << 12 | 0xfff : limit);
        ck_assert_uint_eq(d.attr, (raw >> 40 & 0xff) | (raw >> 44 & 0xf00));
        ck_assert_uint_eq(d.address, GDT + SCRATCH);
    }
}
END_TEST

/* Its last byte decides whether a descriptor is there. SDM 3A "Segment Descriptor Tables". */
START_TEST(a_descriptor_must_lie_in_its_table_completely)
{
    for (unsigned local = 0; local < 2; local++)
        for (u32 limit = 0; limit < 32; limit++)
            for (u16 index = 0; index < 4; index++) {
                struct descriptor d;
                u16 selector = (u16)(index << 3 | local << 2 | 3);
                world_protect(0);
                if (local)
                    CPU->ldtr.limit = limit;
                else
                    CPU->gdtr.limit = (u16)limit;
                bool there = (index || local) && index * 8u + 7 <= limit;
                ck_assert_int_eq(descriptor_find(CPU, selector, &d), there);
            }
    struct descriptor d;
    world_protect(0);
    CPU->ldtr.attr = 0; /* null: its limit means nothing */
    ck_assert(!descriptor_find(CPU, LOCAL_DATA, &d));
}
END_TEST

START_TEST(the_accessed_bit_is_written_once_and_to_its_byte_only)
{
    u8 before[8];
    world_protect(0);
    memcpy(before, w.bus.ram + GDT + SCRATCH, 8);
    ck_assert_uint_eq(outcome((struct op){LOAD, SCRATCH, SEG_ES, 0}), DONE);
    before[5] |= DA_ACCESSED;
    ck_assert(!memcmp(before, w.bus.ram + GDT + SCRATCH, 8));
    ck_assert_uint_eq(outcome((struct op){LTR, TSS_B, 0, 0}), DONE);
    ck_assert_uint_eq(get32(w.bus.ram + GDT + TSS_B + 4), TSS_B_AT >> 16 | (DA_P | SYS_TSS32_BUSY)
                                                                               << 8);
    ck_assert_uint_eq(CPU->tr.base, TSS_B_AT);
    ck_assert_uint_eq(CPU->tr.limit, 0x67);
    ck_assert_uint_eq(CPU->tr.attr, DA_P | SYS_TSS32_BUSY);
    ck_assert_uint_eq(outcome((struct op){LLDT, LOCAL, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->ldtr.base, LDT);
    ck_assert_uint_eq(CPU->ldtr.limit, 0xf);
    ck_assert_uint_eq(outcome((struct op){LLDT, 3, 0, 0}), DONE);
    ck_assert_uint_eq(CPU->ldtr.selector, 3);
    ck_assert_uint_eq(CPU->ldtr.attr | CPU->ldtr.limit, 0);
}
END_TEST

/* LLDT and LTR know one type each, LTR both of its. SDM 2A "LLDT", "LTR". */
START_TEST(lldt_and_ltr_know_their_types)
{
    for (unsigned type = 0; type < 2 * SYSTEM_TYPES; type++) {
        u32 lldt = type == SYS_LDT ? DONE : FAULT(EX_GP, SCRATCH);
        u32 ltr = type == SYS_TSS16 || type == SYS_TSS32 ? DONE : FAULT(EX_GP, SCRATCH);
        for (unsigned present = 0; present < 2; present++) {
            world_protect(0);
            set_rights(SCRATCH, type | (present ? DA_P : 0));
            u32 absent = FAULT(EX_NP, SCRATCH);
            ck_assert_uint_eq(outcome((struct op){LLDT, SCRATCH, 0, 0}),
                              lldt == DONE && !present ? absent : lldt);
            ck_assert_uint_eq(outcome((struct op){LTR, SCRATCH, 0, 0}),
                              ltr == DONE && !present ? absent : ltr);
        }
    }
}
END_TEST

START_TEST(the_limit_of_a_null_segment_stays_for_real_mode)
{
    world_protect(0);
    ck_assert_uint_eq(outcome((struct op){LOAD, LOCAL_DATA, SEG_DS, 0}), DONE);
    ck_assert_uint_eq(outcome((struct op){LOAD, 1, SEG_DS, 0}), DONE);
    ck_assert_uint_eq(CPU->seg[SEG_DS].limit, 0xfff);
    ck_assert_uint_eq(CPU->seg[SEG_DS].base | CPU->seg[SEG_DS].attr, 0);
    CPU->cr0 &= ~(u32)CR0_PE;
    segment_load(CPU, SEG_DS, 0x123);
    ck_assert_uint_eq(CPU->seg[SEG_DS].limit, 0xfff);
    ck_assert_uint_eq(CPU->seg[SEG_DS].attr, RING0 | DATA);
    CPU->seg[SEG_SS].attr |= DA_DB | DA_G;
    segment_load(CPU, SEG_SS, 0x123);
    ck_assert_uint_eq(CPU->seg[SEG_SS].attr, RING0 | DATA | DA_G);
}
END_TEST

Suite *segment_suite(void)
{
    const TTest *const tests[] = {
        limits_and_types_are_those_of_the_manual,
        segments_that_grow_up_are_checked_by_one_comparison,
        a_frame_lies_inside_its_segment,
        conforming_code_has_an_ordinary_limit,
        the_mode_follows_from_segments_privilege_and_flags,
        a_change_of_mode_leaves_the_engine,
        a_descriptor_is_put_together_from_its_parts,
        a_descriptor_must_lie_in_its_table_completely,
        the_accessed_bit_is_written_once_and_to_its_byte_only,
        lldt_and_ltr_know_their_types,
        the_limit_of_a_null_segment_stays_for_real_mode,
        NULL,
    };
    return world_suite("segment", tests);
}

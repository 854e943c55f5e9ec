/* SPDX-License-Identifier: MIT */
/* Code that changes while it runs: whoever changes it, wherever it lies, the new bytes count. Each
 * test runs in both flavours. */
#include "cpu/engine.h"
#include "tests/unit/guest.h"

static struct guest *g;
static const bool flavours[] = {false, true};

static void setup(void)
{
    g = guest_new();
    guest_flat(g, 0);
}

static void teardown(void)
{
    guest_free(g);
}

/* From the start to HLT. */
static void run(void)
{
    g->cpu.eip = g->start;
    g->cpu.halted = false;
    g->clock.deadline = g->clock.cycles + 10000000;
    cpu_run(&g->cpu);
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert(g->cpu.halted);
}

/* In turn by both flavours; FRESH puts things as they were. */
#define IN_BOTH(fresh)                                                                             \
    for (unsigned flavour_ = 0; flavour_ < 2; flavour_++)                                          \
        for (bool once_ = (g->cpu.plain_only = flavours[flavour_], fresh, true); once_;            \
             once_ = false)

static void put_code(u32 offset, const u8 *bytes, u32 n)
{
    bus_dma_write(&g->bus, GUEST_CODE + offset, bytes, n);
}

/* mov byte [x],55h; DISTANCE nops; mov al,11h; hlt: x is the 11h. */
static void patch_ahead(unsigned distance)
{
    u8 code[256], *at = code;
    memset(code, 0x90, sizeof code);
    memcpy(at, "\xc6\x05", 2);
    put32(at + 2, GUEST_CODE + 7 + distance + 1);
    at[6] = 0x55;
    memcpy(at + 7 + distance, "\xb0\x11\xf4", 3);
    put_code(0, code, 7 + distance + 3);
}

START_TEST(a_store_to_an_instruction_ahead_is_seen_at_any_distance)
{
    for (unsigned distance = 0; distance < 200; distance++)
        IN_BOTH(patch_ahead(distance))
        {
            g->cpu.r[EAX] = 0;
            run();
            ck_assert_msg(g->cpu.r[EAX] == 0x55, "distance %u, plain %u: al is %x", distance,
                          flavour_, (unsigned)g->cpu.r[EAX]);
        }
}
END_TEST

/* Once more, now that everything is decoded and linked. */
START_TEST(a_store_to_code_that_has_run_is_seen)
{
    IN_BOTH(patch_ahead(20))
    {
        run();
        put_code(7 + 20 + 1, (const u8 *)"\x11", 1);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x55);
    }
}
END_TEST

START_TEST(a_loop_may_count_in_its_own_instruction)
{
    IN_BOTH(guest_code(g, "b9 05 00 00 00 31 d2 31 c0 b0 01 01 c2 fe 05 0a 00 01 00 e2 f4 f4"))
    { /* mov ecx,5; xor edx,edx; xor eax,eax; again: mov al,1; add edx,eax; inc byte [again+1];
         loop again; hlt */
        g->cpu.eip = g->start;
        run();
        ck_assert_uint_eq(g->cpu.r[EDX], 1 + 2 + 3 + 4 + 5);
    }
}
END_TEST

START_TEST(an_instruction_may_overwrite_itself_and_is_not_repeated)
{
    IN_BOTH(guest_code(g, "c7 05 00 00 01 00 f4 f4 f4 f4 40 f4"))
    { /* mov dword [itself],f4f4f4f4h; inc eax; hlt */
        g->cpu.r[EAX] = 0;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 1);
        run();
        ck_assert_uint_eq(g->cpu.eip, g->start + 1);
    }
}
END_TEST

START_TEST(a_jump_may_be_turned_back_into_other_code)
{
    IN_BOTH(guest_code(g, "40 eb 00 40 f4"))
    { /* inc eax; jmp $+2; inc eax; hlt: the jump becomes two increments */
        g->cpu.r[EAX] = 0;
        run();
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 4);
        put_code(1, (const u8 *)"\x40\x40", 2);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 8);
    }
}
END_TEST

START_TEST(another_bus_master_changes_code)
{
    IN_BOTH(guest_code(g, "b8 01 00 00 00 f4"))
    {
        run();
        put_code(1, (const u8 *)"\x02", 1);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 2);
    }
}
END_TEST

START_TEST(stores_beside_code_leave_it_alone)
{
    IN_BOTH(guest_code(g, "a3 20 00 01 00 40 a3 0c 00 01 00 f4"))
    { /* mov [code+20h],eax; inc eax; mov [code+0ch],eax; hlt */
        g->cpu.r[EAX] = 0x11223344;
        run();
        run();
        ck_assert_uint_eq(get32(g->ram + GUEST_CODE + 0x20), 0x11223345);
        ck_assert_uint_eq(get32(g->ram + GUEST_CODE + 0x0c), 0x11223346);
    }
}
END_TEST

START_TEST(code_changed_through_another_address_of_its_page_is_seen)
{
    guest_page(g);
    put32(guest_pte(g, 0x200000), GUEST_CODE | 7);
    guest_flush(g);
    IN_BOTH(guest_code(g, "c6 05 08 00 20 00 55 b0 11 f4"))
    { /* mov byte [200008h],55h; mov al,11h; hlt */
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x55);
    }
}
END_TEST

/* mov eax,imm32 whose last two bytes are in the next page. */
static void across(void)
{
    g->start = GUEST_CODE + 0xffd;
    guest_bytes(g, g->start, "b8 11 22 33 44 f4");
}

START_TEST(the_second_page_of_an_instruction_may_change)
{
    IN_BOTH(across())
    {
        run();
        guest_bytes(g, GUEST_CODE + 0x1000, "99");
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x44992211);
        guest_bytes(g, GUEST_CODE + 0xffe, "88");
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x44992288);
    }
}
END_TEST

START_TEST(the_second_page_of_an_instruction_may_become_another_one)
{
    guest_page(g);
    guest_bytes(g, GUEST_DATA, "77 66 f4");
    IN_BOTH(across())
    {
        put32(guest_pte(g, GUEST_CODE + 0x1000), (GUEST_CODE + 0x1000) | 7);
        guest_flush(g);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x44332211);
        put32(guest_pte(g, GUEST_CODE + 0x1000), GUEST_DATA | 7);
        guest_flush(g);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x66772211);
    }
}
END_TEST

START_TEST(other_page_tables_show_other_code_at_the_same_address)
{
    guest_page(g);
    guest_bytes(g, GUEST_DATA, "b8 02 00 00 00 f4");
    IN_BOTH(guest_code(g, "b8 01 00 00 00 f4"))
    {
        for (unsigned i = 0; i < 6; i++) {
            put32(guest_pte(g, GUEST_CODE), (i & 1 ? GUEST_DATA : GUEST_CODE) | 7);
            guest_flush(g);
            run();
            ck_assert_uint_eq(g->cpu.r[EAX], 1 + (i & 1));
        }
    }
}
END_TEST

START_TEST(jumps_between_pages_follow_the_page_tables)
{
    guest_page(g);
    guest_bytes(g, GUEST_CODE + 0x1000, "b8 01 00 00 00 f4");
    guest_bytes(g, GUEST_DATA, "b8 02 00 00 00 f4");
    IN_BOTH(guest_code(g, "e9 fb 0f 00 00"))
    {
        for (unsigned i = 0; i < 6; i++) {
            put32(guest_pte(g, GUEST_CODE + 0x1000),
                  (i & 1 ? GUEST_DATA : GUEST_CODE + 0x1000) | 7);
            guest_flush(g);
            run();
            ck_assert_uint_eq(g->cpu.r[EAX], 1 + (i & 1));
        }
        put32(guest_pte(g, GUEST_CODE + 0x1000), (GUEST_CODE + 0x1000) | 7);
        guest_flush(g);
    }
}
END_TEST

START_TEST(repeated_stores_run_over_the_code_that_follows)
{
    IN_BOTH(guest_code(g, "b9 04 00 00 00 bf 0f 00 01 00 b0 40 f3 aa 90 90 90 90 90 f4"))
    { /* mov ecx,4; mov edi,the nops; mov al,40h; rep stosb; nops become inc eax */
        g->cpu.r[EAX] = 0;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x44);
    }
}
END_TEST

START_TEST(repeated_copies_run_over_the_code_that_follows)
{
    guest_bytes(g, GUEST_DATA, "40 40 40 40 40 40 40 40");
    IN_BOTH(guest_code(g, "b9 02 00 00 00 bf 12 00 01 00 be 00 00 02 00 f3 a5 90 90 90 90 90 90 90 "
                          "90 90 f4"))
    {
        g->cpu.r[EAX] = 0;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 8);
    }
}
END_TEST

START_TEST(a_push_onto_code_changes_it)
{
    IN_BOTH(guest_code(g, "bc 10 00 01 00 68 40 40 40 f4 eb 00 90 90 90 90"))
    { /* mov esp,code+10h; push f4404040h; jmp to the nops, which are that now */
        g->cpu.r[EAX] = 0;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 3);
    }
}
END_TEST

START_TEST(an_atomic_exchange_changes_code)
{
    IN_BOTH(guest_code(g, "b0 40 86 05 09 00 01 00 90 90 f4"))
    { /* mov al,40h; xchg [the second nop],al */
        g->cpu.r[EAX] = 0;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0x91);
    }
}
END_TEST

START_TEST(the_same_bytes_are_other_code_in_16_bit_segments)
{
    IN_BOTH(guest_code(g, "b8 01 00 40 f4 f4"))
    {
        guest_segment(g, SEG_CS, GUEST_CODE32, 0, 0xffffffff, 0xc9b);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 0xf4400001);
        g->cpu.r[EAX] = 0;
        guest_segment(g, SEG_CS, GUEST_CODE16, 0, 0xffffffff, 0x89b);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 2);
    }
}
END_TEST

START_TEST(the_a20_gate_shows_other_code)
{
    guest_bytes(g, 0x3000, "b8 01 00 00 00 f4");
    guest_bytes(g, 0x103000, "b8 02 00 00 00 f4");
    g->start = 0x103000;
    IN_BOTH(bus_set_a20(&g->bus, true))
    {
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 2);
        bus_set_a20(&g->bus, false);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 1);
        bus_set_a20(&g->bus, true);
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 2);
    }
}
END_TEST

/* A chain of jumps, a block each: far more than the cache has room for. */
static u32 write_chain(u32 step)
{
    u32 at = GUEST_CODE, count = 0;
    for (; at + step < GUEST_RAM; at += step, count++) {
        if (at == GUEST_CODE + 0x80000)
            at = 0x100000; /* over the hole */
        put32(g->ram + at, 0xe940);
        g->ram[at + 1] = 0xe9;
        u32 to = at + step == GUEST_CODE + 0x80000 ? 0x100000 : at + step;
        put32(g->ram + at + 2, to - (at + 6));
    }
    g->ram[at] = 0xf4;
    return count;
}

START_TEST(more_code_than_the_cache_holds_runs_all_the_same)
{
    u32 count = write_chain(16);
    ck_assert_uint_gt(count, 60000);
    IN_BOTH((void)0)
    {
        for (unsigned i = 0; i < 2; i++) {
            g->cpu.r[EAX] = 0;
            run();
            ck_assert_uint_eq(g->cpu.r[EAX], count);
        }
    }
}
END_TEST

static u32 chip_read(void *owner, u32 reg, unsigned size)
{
    static const u8 code[] = {0xb8, 1, 0, 0, 0, 0xf4};
    u32 value = 0, *version = owner;
    for (unsigned i = 0; i < size; i++)
        value |= (u32)(reg + i < sizeof code ? code[reg + i] : 0) << 8 * i;
    return reg <= 1 && reg + size > 1 ? value + (*version << 8 * (1 - reg)) : value;
}

static void chip_write(void *owner, u32 reg, u32 value, unsigned size)
{
    (void)owner, (void)reg, (void)value, (void)size;
}

START_TEST(code_in_a_chip_is_read_each_time)
{
    static const struct chip chip = {.name = "test", .read = chip_read, .write = chip_write};
    u32 version = 0;
    bus_map_chip(&g->bus, 0xd0000, 0x1000, &chip, &version);
    g->start = 0xd0000;
    IN_BOTH(version = 0)
    {
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 1);
        version = 4;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 5);
    }
}
END_TEST

START_TEST(a_forgotten_cache_is_filled_again)
{
    IN_BOTH(guest_code(g, "b8 07 00 00 00 f4"))
    {
        run();
        u64 flushes = code_cache_flushes(&g->cpu);
        code_cache_flush(&g->cpu);
        ck_assert_uint_eq(code_cache_flushes(&g->cpu), flushes + 1);
        g->cpu.eip = g->start;
        ck_assert_ptr_null(block_find(&g->cpu));
        g->cpu.r[EAX] = 0;
        run();
        ck_assert_uint_eq(g->cpu.r[EAX], 7);
    }
}
END_TEST

/* Whole pages at once, with one instruction of code in them, wherever it is. */
START_TEST(a_long_transfer_over_code_is_seen)
{
    static u8 page[0x1000];
    IN_BOTH((void)0)
    {
        for (u32 at = 0; at < 0x1000; at += 8)
            for (u8 value = 1; value < 3; value++) {
                memset(page, 0, sizeof page);
                memcpy(page + at, "\xb0\x00\xf4", 3); /* mov al,value; hlt */
                page[at + 1] = value;
                put_code(0, page, sizeof page);
                g->start = GUEST_CODE + at;
                run();
                ck_assert_msg((u8)g->cpu.r[EAX] == value, "at %x", at);
            }
        g->start = GUEST_CODE;
    }
}
END_TEST

/* The same offset in many segments: pieces of code that share slots of every cache. Every other one
 * lies a megabyte higher. */
static u32 piece_base(u32 n)
{
    return 0x10000 + n * 0x110 + (n & 1 ? 0x100000 : 0);
}

START_TEST(code_of_many_segments_is_told_apart)
{
    enum { COUNT = 2000 };
    guest_real(g);
    for (u32 n = 0; n < COUNT; n++) {
        u8 *at = g->ram + piece_base(n);
        memcpy(at, "\xb8\x00\x00\xf4", 4); /* mov ax,n; hlt */
        put16(at + 1, (u16)n);
    }
    IN_BOTH(code_cache_flush(&g->cpu))
    {
        for (u32 i = 0; i < 3 * COUNT; i++) {
            u32 n = i * 7 % COUNT;
            guest_segment(g, SEG_CS, 0x1000, piece_base(n), 0xffff, 0x93);
            g->cpu.eip = 0;
            g->cpu.halted = false;
            g->clock.deadline = g->clock.cycles + 10000;
            cpu_run(&g->cpu);
            ck_assert_uint_eq(g->cpu.r[EAX], n);
        }
    }
}
END_TEST

START_TEST(the_same_bytes_are_other_code_at_another_offset)
{
    guest_real(g);
    IN_BOTH(guest_code(g, "e8 00 00 58 f4")) /* call; pop ax; hlt */
    {
        for (u32 i = 0; i < 8; i++) {
            u32 back = i & 3;
            guest_segment(g, SEG_CS, (u16)(0x1000 - back), 0x10000 - back * 16, 0xffff, 0x93);
            g->start = back * 16;
            g->cpu.r[ESP] = 0x8000;
            run();
            ck_assert_uint_eq(g->cpu.r[EAX], back * 16 + 3);
        }
    }
}
END_TEST

/* Without a jump; the last instruction ends with the page. */
START_TEST(code_that_falls_into_the_next_page_follows_the_page_tables)
{
    guest_page(g);
    guest_bytes(g, GUEST_CODE + 0x1000, "b8 01 00 00 00 f4");
    guest_bytes(g, GUEST_DATA, "b8 02 00 00 00 f4");
    g->start = GUEST_CODE + 0xffd;
    IN_BOTH(guest_bytes(g, GUEST_CODE + 0xffd, "90 90 90"))
    {
        for (unsigned i = 0; i < 6; i++) {
            put32(guest_pte(g, GUEST_CODE + 0x1000),
                  (i & 1 ? GUEST_DATA : GUEST_CODE + 0x1000) | 7);
            guest_flush(g);
            run();
            ck_assert_uint_eq(g->cpu.r[EAX], 1 + (i & 1));
        }
    }
}
END_TEST

START_TEST(code_that_ran_ends_at_a_limit_that_has_come_nearer)
{
    IN_BOTH(guest_code(g, "40 40 40 40 40 40 f4"))
    {
        static const struct {
            u32 limit, increments;
        } rows[] = {{100, 6}, {2, 3}, {50, 6}, {0, 1}, {5, 6}};
        for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
            guest_segment(g, SEG_CS, GUEST_CODE32, 0, GUEST_CODE + rows[i].limit, 0x49b);
            g->cpu.eip = g->start;
            g->cpu.halted = false;
            g->cpu.r[EAX] = 0;
            g->clock.deadline = g->clock.cycles + 1000;
            cpu_run(&g->cpu);
            ck_assert_uint_eq(g->cpu.r[EAX], rows[i].increments);
            ck_assert_int_eq(guest_vector(g), rows[i].limit >= 6 ? -1 : EX_GP);
        }
    }
}
END_TEST

/* ADD sets all flags again, but before it somebody can look: behind a jump, in a handler. */
START_TEST(flags_are_there_behind_every_way_out_of_a_block)
{
    static const struct {
        const char *code;
        u32 flags;
    } rows[] = {
        /* stc; inc eax; jc +2; add eax,ebx; hlt */
        {"f9 40 72 02 01 d8 f4", FL_CF | FL_OF | FL_SF | FL_AF | FL_PF},
        /* inc eax; loop +2; add eax,ebx; hlt */
        {"40 e2 02 01 d8 f4", FL_OF | FL_SF | FL_AF | FL_PF},
        /* cmp eax,-1; jecxz +0; loop +2; add eax,ebx; hlt */
        {"83 f8 ff e3 00 e2 02 01 d8 f4", FL_CF | FL_OF | FL_SF | FL_PF},
    };
    IN_BOTH((void)0)
    {
        for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
            guest_code(g, rows[i].code);
            g->cpu.r[EAX] = 0x7fffffff;
            g->cpu.r[EBX] = g->cpu.r[ECX] = 5;
            cpu_set_eflags(&g->cpu, FL_ALWAYS);
            run();
            ck_assert_msg((cpu_eflags(&g->cpu) & FL_ARITH) == rows[i].flags, "%s: %x",
                          rows[i].code, (unsigned)cpu_eflags(&g->cpu));
        }
        guest_flat(g, 0);
        guest_code(g, "40 ff 30 01 d8"); /* inc eax; push dword [eax]; add eax,ebx */
        guest_segment(g, SEG_DS, GUEST_DATA32, 0, 0xfff, 0x493);
        g->cpu.r[EAX] = 0x7fffffff;
        g->clock.deadline = g->clock.cycles + 1000;
        cpu_run(&g->cpu);
        ck_assert_int_eq(guest_vector(g), EX_GP);
        ck_assert_uint_eq(guest_stack(g, 3) & FL_ARITH, FL_OF | FL_SF | FL_AF | FL_PF);
        guest_flat(g, 0);
    }
}
END_TEST

Suite *block_suite(void)
{
    const TTest *const tests[] = {
        a_store_to_an_instruction_ahead_is_seen_at_any_distance,
        a_store_to_code_that_has_run_is_seen,
        a_loop_may_count_in_its_own_instruction,
        an_instruction_may_overwrite_itself_and_is_not_repeated,
        a_jump_may_be_turned_back_into_other_code,
        another_bus_master_changes_code,
        stores_beside_code_leave_it_alone,
        code_changed_through_another_address_of_its_page_is_seen,
        the_second_page_of_an_instruction_may_change,
        the_second_page_of_an_instruction_may_become_another_one,
        other_page_tables_show_other_code_at_the_same_address,
        jumps_between_pages_follow_the_page_tables,
        repeated_stores_run_over_the_code_that_follows,
        repeated_copies_run_over_the_code_that_follows,
        a_push_onto_code_changes_it,
        an_atomic_exchange_changes_code,
        the_same_bytes_are_other_code_in_16_bit_segments,
        the_a20_gate_shows_other_code,
        more_code_than_the_cache_holds_runs_all_the_same,
        code_in_a_chip_is_read_each_time,
        a_forgotten_cache_is_filled_again,
        a_long_transfer_over_code_is_seen,
        code_of_many_segments_is_told_apart,
        the_same_bytes_are_other_code_at_another_offset,
        code_that_falls_into_the_next_page_follows_the_page_tables,
        code_that_ran_ends_at_a_limit_that_has_come_nearer,
        flags_are_there_behind_every_way_out_of_a_block,
        NULL,
    };
    return guest_suite("block", tests, setup, teardown);
}

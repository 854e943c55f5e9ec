/* SPDX-License-Identifier: MIT */
/* System instructions with operands in memory, control registers with PAE, what ports cost, and
 * what walks of the page tables read, write and tell. SDM 2A to 2C under each name; SDM 3A
 * "Paging". */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/log.h"
#include "tests/unit/guest_rig.h"

enum {
    OPERAND = GUEST_DATA + 0xffe, /* a word at the end of a page behind which there is none */
    CODE_X = 0x48,                /* code that can't be read */
    DATA_R = 0x50,                /* data that can't be written */
    POINTERS = 0x90000,
    TABLES = 0xd0000,
};

static void setup(void)
{
    use("pentium3");
    guest_descriptor(g, CODE_X, 0, 0x12345, 0x099);
    guest_descriptor(g, DATA_R, 0, 0x12345, 0x091);
}

static void flat(unsigned ring)
{
    guest_flat(g, ring);
    guest_page(g);
    put32(guest_pte(g, GUEST_DATA + 0x1000), 0);
    guest_flush(g);
    g->cpu.r[EBX] = OPERAND;
}

/* In registers and in memory, where the operand is a word. */
START_TEST(verr_verw_lar_and_lsl_look_at_selectors_anywhere)
{
    static const struct {
        u16 selector;
        bool read, write;
    } rows[] = {{DATA_R, true, false},
                {CODE_X, false, false},
                {GUEST_DATA32, true, true},
                {0, false, false}};
    static const char *const codes[][2] = {
        {"0f 00 e0", "0f 00 23"},       {"0f 00 e8", "0f 00 2b"}, /* VERR, VERW */
        {"0f 02 c8", "0f 02 0b"},       {"0f 03 c8", "0f 03 0b"}, /* LAR, LSL */
        {"66 0f 02 c8", "66 0f 02 0b"}, {"66 0f 03 c8", "66 0f 03 0b"},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows) * ARRAY_LEN(codes) * 2; i++) {
        unsigned r = i / (2 * ARRAY_LEN(codes)), c = i / 2 % ARRAY_LEN(codes);
        bool wide = c < 4, lar = !(c & 1);
        flat(0);
        put16(g->ram + OPERAND, rows[r].selector);
        g->cpu.r[EAX] = 0xabcd0000 | rows[r].selector;
        g->cpu.r[ECX] = 0x77777777;
        guest_do(g, codes[c][i & 1]);
        ck_assert_int_eq(guest_vector(g), -1);
        bool zf = cpu_eflags(&g->cpu) & FL_ZF;
        ck_assert_int_eq(zf, c == 0   ? rows[r].read
                             : c == 1 ? rows[r].write
                                      : rows[r].selector != 0);
        u32 value = lar                                ? rows[r].selector == GUEST_DATA32 ? 0xcf9300
                                                         : rows[r].selector == DATA_R     ? 0x19100
                                                                                          : 0x19900
                    : rows[r].selector == GUEST_DATA32 ? 0xffffffff
                                                       : 0x12345;
        u32 want = c < 2 || !zf ? 0x77777777 : wide ? value : 0x77770000 | (value & 0xffff);
        ck_assert_uint_eq(g->cpu.r[ECX], want);
    }
}
END_TEST

START_TEST(arpl_in_memory_raises_a_privilege_level)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned dst = i & 3, src = i >> 2;
        flat(0);
        put16(g->ram + OPERAND, (u16)(0xfff0 | dst));
        g->cpu.r[ECX] = 0xfffc | src;
        guest_do(g, "63 0b");
        ck_assert_uint_eq(get16(g->ram + OPERAND), 0xfff0 | (dst < src ? src : dst));
        ck_assert_int_eq(!!(cpu_eflags(&g->cpu) & FL_ZF), dst < src);
        g->cpu.r[EAX] = 0xfffffff0 | dst;
        guest_do(g, "63 c8");
        ck_assert_uint_eq(g->cpu.r[EAX], 0xfffffff0 | (dst < src ? src : dst));
        ck_assert_int_eq(!!(cpu_eflags(&g->cpu) & FL_ZF), dst < src);
    }
}
END_TEST

/* SLDT, STR, SMSW to memory write a word; LMSW, LLDT, LTR read one; in ring 3 the latter may not.
 */
START_TEST(words_of_system_registers_in_memory)
{
    static const struct {
        const char *hex;
        bool privileged, descriptors;
    } rows[] = {{"0f 00 03", false, true}, {"0f 00 0b", false, true}, {"0f 01 23", false, false},
                {"0f 00 13", true, true},  {"0f 00 1b", true, true},  {"0f 01 33", true, false}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        guest_descriptor(g, GUEST_TSS_SELECTOR, GUEST_TSS, 0x67, 0x089);
        for (unsigned ring = 0; ring < 2; ring++) {
            flat(ring ? 3 : 0);
            g->cpu.ldtr.selector = 0x1234;
            put16(g->ram + OPERAND, i == 4 ? GUEST_TSS_SELECTOR : 0);
            guest_do(g, rows[i].hex);
            ck_assert_int_eq(guest_vector(g), ring && rows[i].privileged ? EX_GP : -1);
            if (i < 3)
                ck_assert_uint_eq(get16(g->ram + OPERAND), i == 0   ? 0x1234
                                                           : i == 1 ? GUEST_TSS_SELECTOR
                                                                    : CR0_PE | CR0_ET);
        }
        guest_real(g);
        guest_do(g, rows[i].hex);
        ck_assert_int_eq(guest_vector(g), rows[i].descriptors ? EX_UD : -1);
    }
}
END_TEST

START_TEST(test_registers_keep_what_they_are_told)
{
    use("486");
    for (u32 n = 3; n < 8; n++) {
        char hex[12];
        g->cpu.r[EAX] = 0x12345000 + n;
        snprintf(hex, sizeof hex, "0f 26 %02x", 0xc0 | n << 3);
        guest_do(g, hex);
        snprintf(hex, sizeof hex, "0f 24 %02x", 0xc1 | n << 3);
        guest_do(g, hex);
        ck_assert_uint_eq(g->cpu.r[ECX], 0x12345000 + n);
    }
    guest_flat(g, 3);
    guest_do(g, "0f 26 d8");
    ck_assert_int_eq(guest_vector(g), EX_GP);
    guest_flat(g, 3);
    guest_do(g, "0f 24 d8");
    ck_assert_int_eq(guest_vector(g), EX_GP);
}
END_TEST

/* SDM 3A "PDPTE Registers": loaded by a change of PG, CD, NW, PAE, PGE or PSE, and by nothing else.
 */
START_TEST(pointers_are_loaded_by_changes_that_say_so)
{
    static const struct {
        bool cr4;
        u32 bit;
        bool loads;
    } rows[] = {{false, CR0_TS, false}, {false, CR0_WP, false}, {false, CR0_AM, false},
                {false, CR0_CD, true},  {true, CR4_TSD, false}, {true, CR4_DE, false},
                {true, CR4_PGE, true},  {true, CR4_PSE, true}};
    for (unsigned bad = 0; bad < 2; bad++)
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            guest_flat(g, 0);
            memset(g->ram + POINTERS, 0, 0x2000);
            put32(g->ram + POINTERS, (POINTERS + 0x1000) | 0xe01); /* AVL bits are free */
            put32(g->ram + POINTERS + 0x1000, 0x87);
            g->cpu.r[ECX] = POINTERS;
            guest_do(g, "0f 22 d9");
            g->cpu.r[ECX] = CR4_PAE;
            guest_do(g, "0f 22 e1");
            g->cpu.r[ECX] = g->cpu.cr0 | CR0_PG;
            guest_do(g, "0f 22 c1");
            ck_assert_int_eq(guest_vector(g), -1);
            put32(g->ram + POINTERS + 8, bad ? 3 : 0x5001);
            g->cpu.r[ECX] = (rows[i].cr4 ? g->cpu.cr4 : g->cpu.cr0) ^ rows[i].bit;
            guest_do(g, rows[i].cr4 ? "0f 22 e1" : "0f 22 c1");
            ck_assert_int_eq(guest_vector(g), bad && rows[i].loads ? EX_GP : -1);
            ck_assert_uint_eq(g->cpu.pdpte[1], !bad && rows[i].loads ? 0x5001 : 0);
        }
}
END_TEST

/* An entry that is absent leads nowhere, whatever else it says. */
START_TEST(an_absent_directory_entry_of_pae_is_not_followed)
{
    memset(g->ram + POINTERS, 0, 0x3000);
    put32(g->ram + POINTERS, (POINTERS + 0x1000) | 1);
    put32(g->ram + POINTERS + 0x1000, 0x87);
    put32(g->ram + POINTERS + 0x1008, (POINTERS + 0x2000) | 6);
    put32(g->ram + POINTERS + 0x2000, GUEST_DATA | 7);
    g->cpu.cr3 = POINTERS;
    g->cpu.cr4 = CR4_PAE;
    g->cpu.cr0 |= CR0_PG;
    ck_assert_uint_eq(get32(g->ram + POINTERS), (POINTERS + 0x1000) | 1);
    g->cpu.pdpte[0] = (POINTERS + 0x1000) | 1;
    guest_flush(g);
    g->cpu.r[EBX] = 0x200000;
    guest_do(g, "8b 03");
    ck_assert_int_eq(guest_vector(g), EX_PF);
    ck_assert_uint_eq(guest_stack(g, 0), 0);
}
END_TEST

/* A large page of 2 MiB takes bits 20:12 from the address, every one of them. */
START_TEST(a_large_page_of_pae_is_contiguous)
{
    memset(g->ram + POINTERS, 0, 0x2000);
    g->cpu.cr3 = POINTERS;
    g->cpu.pdpte[0] = (POINTERS + 0x1000) | 1;
    put32(g->ram + POINTERS + 0x1000, 0x87);
    put32(g->ram + POINTERS + 0x1008, 0x1087); /* the PAT bit is no address bit */
    g->cpu.cr4 = CR4_PAE;
    g->cpu.cr0 |= CR0_PG;
    guest_flush(g);
    for (u32 bit = 12; bit < 21; bit++) {
        put32(g->ram + (1 << bit) + 0x40, 0x1000 + bit);
        g->cpu.r[EBX] = 0x200040 + (1 << bit);
        guest_do(g, "8b 03");
        ck_assert_uint_eq(g->cpu.r[EAX], 0x1000 + bit);
    }
    for (u32 bit = 21; bit < 36; bit++) { /* and the others from its entry */
        static u8 memory[0x1000] __attribute__((aligned(4096)));
        paddr page = (paddr)1 << bit;
        bus_map_host(&g->bus, page, sizeof memory, memory, true);
        put32(memory, bit);
        put64(g->ram + POINTERS + 0x1008, page | 0x87);
        guest_flush(g);
        g->cpu.r[EBX] = 0x200000;
        guest_do(g, "8b 03");
        ck_assert_uint_eq(g->cpu.r[EAX], bit);
    }
}
END_TEST

/* Tables that count how often they are written. */
static struct {
    u32 entry, writes;
} table;

static u32 table_read(void *owner, u32 reg, unsigned size)
{
    (void)owner, (void)reg, (void)size;
    return table.entry;
}

static void table_write(void *owner, u32 reg, u32 value, unsigned size)
{
    (void)owner, (void)reg, (void)size;
    table.entry = value;
    table.writes++;
}

static const struct chip tables = {.name = "tables", .read = table_read, .write = table_write};

START_TEST(an_entry_is_written_once_for_each_mark)
{
    bus_map_chip(&g->bus, TABLES, 0x1000, &tables, NULL);
    guest_page(g);
    put32(g->ram + GUEST_PAGES + 4, TABLES | 0x27);
    g->cpu.r[EBX] = 0x400000;
    static const struct {
        const char *hex;
        u32 before, after, writes;
    } rows[] = {{"8b 03", 7, 0x27, 1},    {"8b 03", 0x27, 0x27, 0}, {"89 03", 0x27, 0x67, 1},
                {"89 03", 0x67, 0x67, 0}, {"89 03", 7, 0x67, 1},    {"89 03", 0x47, 0x67, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        guest_flush(g);
        table.entry = GUEST_DATA | rows[i].before;
        table.writes = 0;
        guest_do(g, rows[i].hex);
        ck_assert_uint_eq(table.entry, GUEST_DATA | rows[i].after);
        ck_assert_uint_eq(table.writes, rows[i].writes);
    }
}
END_TEST

/* What -d mmu says of a walk: who, rights, marks, kind of page. */
START_TEST(the_log_tells_rights_and_kinds_of_pages)
{
    static const struct {
        u32 entry, cr4;
        bool write;
        const char *tail;
    } rows[] = {
        {7, 0, false, "read 00400000 -> 00020000 UW\n"},
        {3, 0, false, "read 00400000 -> 00020000 SW\n"},
        {5, 0, false, "read 00400000 -> 00020000 UR\n"},
        {0x67, 0, true, "write 00400000 -> 00020000 UW A D\n"},
        {0x127, CR4_PGE, false, "read 00400000 -> 00020000 UW A G\n"},
        {0xa7, CR4_PSE, false, "read 00400000 -> 00000000 UW A large\n"},
        {6, 0, false, "read 00400000 #PF: absent\n"},
        {0x200087, CR4_PSE, false, "read 00400000 #PF: reserved bit\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *text, line[100];
        size_t size;
        guest_flat(g, 0);
        guest_page(g);
        g->cpu.cr4 = rows[i].cr4;
        if (rows[i].entry & 0x80) {
            put32(g->ram + GUEST_PAGES + 4, rows[i].entry);
        } else {
            put32(g->ram + GUEST_PAGES + 4, (GUEST_PAGES + 0x2000) | 7);
            put32(g->ram + GUEST_PAGES + 0x2000, GUEST_DATA | rows[i].entry);
        }
        g->cpu.r[EBX] = 0x400000;
        FILE *stream = open_memstream(&text, &size);
        log_to(stream);
        log_mask = LOG_MMU;
        guest_do(g, rows[i].write ? "89 03" : "8b 03");
        log_mask = 0;
        log_to(NULL);
        fclose(stream);
        snprintf(line, sizeof line, "mmu system %s", rows[i].tail);
        ck_assert_msg(strstr(text, line), "%s is not in: %s", line, text);
        free(text);
    }
}
END_TEST

/* Six clocks of a bus of 8.33 MHz: 720 ns. What the 8086 and 80286 take is in their tables. */
START_TEST(a_port_takes_a_cycle_of_the_bus)
{
    static const struct {
        const char *model, *hex;
        u32 clocks;
    } rows[] = {{"386", "ec", 72},      {"386", "ee", 72},  {"pentium3", "ec", 72},
                {"pentium3", "ee", 72}, {"80286", "ec", 0}, {"80286", "ee", 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        u64 cost[2];
        for (unsigned fast = 0; fast < 2; fast++) {
            use(rows[i].model); /* at 100 MHz, and where the cycle is shorter than a clock */
            guest_real(g);
            g->clock.hz = fast ? 1000000 : 100000000;
            io_set_up(&g->cpu);
            guest_code(g, rows[i].hex);
            guest_step(g, 1);
            cost[fast] = g->clock.cycles;
        }
        ck_assert_uint_eq(cost[0] - cost[1], rows[i].clocks);
    }
}
END_TEST

/* The word at 66h must lie in the TSS: its second byte is at 67h. */
START_TEST(a_tss_that_ends_with_its_map_base_has_a_map)
{
    for (u32 limit = 0x66; limit <= 0x67; limit++) {
        guest_flat(g, 3);
        put16(g->ram + GUEST_TSS + 0x66, 0x10); /* inside: bytes 10h and 11h, zeros */
        put32(g->ram + GUEST_TSS + 0x10, 0);
        g->cpu.tr.limit = limit;
        g->cpu.r[EDX] = 0;
        guest_do(g, "ec");
        ck_assert_int_eq(guest_vector(g), limit == 0x67 ? -1 : EX_GP);
    }
}
END_TEST

/* SGDT and SIDT write six bytes. */
START_TEST(a_table_register_in_memory_has_six_bytes)
{
    static const char *const codes[] = {"0f 01 03", "0f 01 0b"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        memset(g->ram + GUEST_DATA, 0xa5, 16);
        g->cpu.r[EBX] = GUEST_DATA + 1;
        g->cpu.gdtr.base = g->cpu.idtr.base = 0x12345678;
        guest_do(g, codes[i]);
        ck_assert_uint_eq(get32(g->ram + GUEST_DATA + 3), 0x12345678);
        ck_assert_uint_eq(g->ram[GUEST_DATA], 0xa5);
        ck_assert_uint_eq(g->ram[GUEST_DATA + 7], 0xa5);
    }
}
END_TEST

/* Instructions that end their block are paid for like others. */
START_TEST(every_instruction_is_counted_once)
{
    static const char *const codes[] = {"0f 01 f0", "0f 01 33", "0f 22 d0", "0f 22 c0",
                                        "0f 01 3b", "0f 23 c0", "ce",       "0f 22 d8"};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        for (unsigned plain = 0; plain < 2; plain++) {
            guest_flat(g, 0);
            g->cpu.plain_only = plain;
            g->cpu.r[EAX] = CR0_PE | CR0_ET;
            g->cpu.r[EBX] = GUEST_DATA;
            put16(g->ram + GUEST_DATA, CR0_PE);
            memset(g->ram + GUEST_CODE, 0xf4, 16);
            guest_code(g, codes[i]);
            u64 before = g->cpu.icount, start = g->clock.cycles;
            g->clock.deadline = start + 1000;
            cpu_run(&g->cpu);
            ck_assert(g->cpu.halted);
            ck_assert_msg(g->cpu.icount - before == 2, "%s", codes[i]);
            ck_assert_uint_eq(g->clock.cycles, start + 1000);
        }
}
END_TEST

Suite *privileged_suite(void)
{
    const TTest *const tests[] = {
        verr_verw_lar_and_lsl_look_at_selectors_anywhere,
        arpl_in_memory_raises_a_privilege_level,
        words_of_system_registers_in_memory,
        test_registers_keep_what_they_are_told,
        pointers_are_loaded_by_changes_that_say_so,
        an_absent_directory_entry_of_pae_is_not_followed,
        a_large_page_of_pae_is_contiguous,
        an_entry_is_written_once_for_each_mark,
        the_log_tells_rights_and_kinds_of_pages,
        a_port_takes_a_cycle_of_the_bus,
        a_tss_that_ends_with_its_map_base_has_a_map,
        a_table_register_in_memory_has_six_bytes,
        every_instruction_is_counted_once,
        NULL,
    };
    return guest_suite("privileged", tests, setup, teardown);
}

/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/listing.h"
#include "src/debug/trace.h"
#include "tests/unit/guest.h"

/* mov ax,1; add ax,bx; push ax; pop cx; int 21h */
#define PROGRAM "b8 01 00 01 d8 50 59 cd 21"

static struct guest *guest;
static struct trace trace;
static char *text;
static size_t text_size;
static FILE *stream;

/* Run PROGRAM up to its HLT with the traces of CLASSES; what they wrote is in TEXT. */
static void traced(u32 classes, const char *addresses, const char *counts)
{
    struct log_ranges at, n = {.count = 0};
    guest = guest_new();
    stream = open_memstream(&text, &text_size);
    log_to(stream);
    log_mask = classes;
    if (addresses && log_ranges_parse(&at, addresses))
        log_filter(&at);
    if (counts)
        log_ranges_parse(&n, counts);
    guest_code(guest, PROGRAM);
    guest->cpu.r[EBX] = 0x8000;
    trace_init(&trace, &guest->cpu, &n);
    guest->clock.deadline = 1000;
    trace_prepare(&trace, &guest->cpu, guest->clock.deadline - guest->clock.cycles);
    cpu_run(&guest->cpu);
    fflush(stream);
}

static void done(void)
{
    log_to(NULL);
    log_mask = 0;
    log_filter(NULL);
    fclose(stream);
    free(text);
    guest_free(guest);
}

START_TEST(each_instruction_is_a_line)
{
    traced(LOG_EXEC, NULL, NULL);
    ck_assert_str_eq(text, "exec  1000:00000000  b8 01 00                 mov ax,0x1\n"
                           "exec  1000:00000003  01 d8                    add ax,bx\n"
                           "exec  1000:00000005  50                       push ax\n"
                           "exec  1000:00000006  59                       pop cx\n"
                           "exec  1000:00000007  cd 21                    int 0x21\n"
                           "exec  0000:00000521  f4                       hlt\n");
    done();
}
END_TEST

START_TEST(registers_and_flags_stand_before_the_instruction)
{
    traced(LOG_EXEC | LOG_CPU, "0x10005", NULL);
    ck_assert_str_eq(text,
                     "cpu   eax 00008001  ebx 00008000  ecx 00000000  edx 00000000  "
                     "esi 00000000  edi 00000000  ebp 00000000  esp 00008000\n"
                     "cpu   es 2000  cs 1000  ss 3000  ds 2000  fs 0000  gs 0000  -----S----  "
                     "iopl 0  cpl 0  cr0 00000010  cr2 00000000  cr3 00000000\n"
                     "exec  1000:00000005  50                       push ax\n");
    done();
}
END_TEST

START_TEST(an_address_filter_is_linear_and_may_have_parts)
{
    traced(LOG_EXEC, "0x10000,0x521+1", NULL);
    ck_assert_str_eq(text, "exec  1000:00000000  b8 01 00                 mov ax,0x1\n"
                           "exec  0000:00000521  f4                       hlt\n");
    done();
}
END_TEST

START_TEST(a_count_range_shows_those_instructions)
{
    traced(LOG_EXEC, NULL, "1..2");
    ck_assert_str_eq(text, "exec  1000:00000003  01 d8                    add ax,bx\n"
                           "exec  1000:00000005  50                       push ax\n");
    done();
}
END_TEST

START_TEST(a_count_range_holds_for_other_traces_too)
{
    traced(LOG_INT, NULL, "4");
    ck_assert_str_eq(text, "int 21 software ax 8001 at 1000:00000009 cpl 0\n");
    done();
    traced(LOG_INT, NULL, "0..3");
    ck_assert_str_eq(text, "");
    done();
}
END_TEST

START_TEST(the_hook_is_there_only_near_the_range)
{
    traced(LOG_EXEC, NULL, "100000..100005");
    ck_assert_ptr_null(guest->cpu.trace);
    ck_assert_uint_eq(log_mask, 0);
    trace_prepare(&trace, &guest->cpu, 200000);
    ck_assert_ptr_nonnull(guest->cpu.trace);
    guest->cpu.icount = 100003;
    trace_prepare(&trace, &guest->cpu, 1);
    ck_assert_ptr_nonnull(guest->cpu.trace);
    ck_assert_uint_eq(log_mask, LOG_EXEC);
    guest->cpu.icount = 100006;
    trace_prepare(&trace, &guest->cpu, 200000);
    ck_assert_ptr_null(guest->cpu.trace);
    done();
}
END_TEST

/* Six instructions of the first, then those of another one. */
START_TEST(several_processors_are_told_apart_and_counted_together)
{
    static struct cpu other;
    traced(LOG_EXEC, NULL, "6..7");
    ck_assert_str_eq(text, "");
    cpu_init_another(&other, &guest->cpu, 1);
    cpu_startup(&other, 0x10);
    guest->clock.deadline += 20;
    trace_prepare(&trace, &other, 20);
    cpu_run(&other);
    fflush(stream);
    ck_assert_str_eq(text, "cpu   number 1 goes on\n"
                           "exec  1000:00000000  b8 01 00                 mov ax,0x1\n"
                           "exec  1000:00000003  01 d8                    add ax,bx\n");
    done();
}
END_TEST

START_TEST(without_traces_of_instructions_there_is_no_hook)
{
    traced(LOG_INT | LOG_MMU, NULL, NULL);
    ck_assert_ptr_null(guest->cpu.trace);
    done();
    traced(0, NULL, NULL);
    ck_assert_ptr_null(guest->cpu.trace);
    ck_assert_str_eq(text, "");
    done();
}
END_TEST

START_TEST(a_block_is_listed_when_it_is_decoded)
{
    traced(LOG_BLOCK, "0x10000..0x1ffff", NULL);
#ifndef PARANOID
    ck_assert_str_eq(text, "block 1000:00000000  physical 00010000, 9 bytes\n"
                           "block   1000:00000000  b8 01 00                 mov ax,0x1\n"
                           "block   1000:00000003  01 d8                    add ax,bx\n"
                           "block   1000:00000005  50                       push ax\n"
                           "block   1000:00000006  59                       pop cx\n"
                           "block   1000:00000007  cd 21                    int 0x21\n");
#endif
    ck_assert_ptr_nonnull(strstr(text, "add ax,bx"));
    done();
}
END_TEST

START_TEST(page_walks_and_page_faults_say_who_wanted_what)
{
    traced(LOG_MMU, NULL, NULL);
    guest_flat(guest, 3);
    guest_page(guest);
    put32(guest_pte(guest, 0x20000), 0x23007);
    put32(guest_pte(guest, 0x21000), 0);
    fseek(stream, 0, SEEK_SET);
    guest_do(guest, "88 0d 34 00 02 00"); /* mov [0x20034],cl */
    guest_do(guest, "8a 0d 34 10 02 00");
    fflush(stream);
    ck_assert_ptr_nonnull(strstr(text, "mmu user write 00020034 -> 00023034 UW\n"));
    ck_assert_ptr_nonnull(strstr(text, "mmu user read 00021034 #PF: absent\n"));
    done();
}
END_TEST

START_TEST(exceptions_have_names_and_reasons)
{
    traced(LOG_INT, NULL, NULL);
    guest_flat(guest, 3);
    fseek(stream, 0, SEEK_SET);
    guest_do(guest, "f4");
    fflush(stream);
    ck_assert_str_eq(text, "int #GP at 002b:00010000: privileged instruction outside ring 0\n"
                           "int 0d exception #GP error 0000 at 002b:00010000 cpl 3\n");
    done();
}
END_TEST

START_TEST(code_that_cannot_be_read_says_so)
{
    char line[LISTING_TEXT];
    traced(0, NULL, NULL);
    guest_flat(guest, 0);
    ck_assert_uint_eq(listing_code(&guest->cpu, 0x80000000, line, sizeof line), 0);
    ck_assert_str_eq(line, "0008:80000000                           (not in memory)");
    done();
}
END_TEST

Suite *trace_suite(void)
{
    const TTest *const tests[] = {each_instruction_is_a_line,
                                  registers_and_flags_stand_before_the_instruction,
                                  an_address_filter_is_linear_and_may_have_parts,
                                  a_count_range_shows_those_instructions,
                                  a_count_range_holds_for_other_traces_too,
                                  the_hook_is_there_only_near_the_range,
                                  several_processors_are_told_apart_and_counted_together,
        without_traces_of_instructions_there_is_no_hook,
                                  a_block_is_listed_when_it_is_decoded,
                                  page_walks_and_page_faults_say_who_wanted_what,
                                  exceptions_have_names_and_reasons,
                                  code_that_cannot_be_read_says_so,
                                  NULL};
    return unit_suite("trace", tests);
}

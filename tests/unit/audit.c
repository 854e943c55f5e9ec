/* SPDX-License-Identifier: MIT */
/* -audit: what ran outside ring 0 without a trap, and nothing else. */
#include <stdio.h>
#include <stdlib.h>

#include "src/debug/trace.h"
#include "tests/unit/guest.h"

static struct guest *g;
static struct audit audit;
static struct trace trace;

static void setup(void)
{
    g = guest_new();
    ck_assert(audit_init(&audit));
}

static void teardown(void)
{
    audit_free(&audit);
    guest_free(g);
}

/* Run HEX in RING until it halts or traps, watched. */
static void watched(unsigned ring, const char *hex)
{
    guest_flat(g, ring);
    guest_code(g, hex);
    trace_init(&trace, &g->cpu, NULL);
    trace.audit = &audit;
    g->clock.deadline = g->clock.cycles + 10000;
    trace_prepare(&trace, &g->cpu, 10000);
    cpu_run(&g->cpu);
}

static char *report(void)
{
    static char text[4096];
    FILE *out = fmemopen(text, sizeof text, "w");
    audit_report(&audit, out);
    fclose(out);
    return text;
}

START_TEST(what_runs_silently_in_ring_3_is_counted_by_address)
{
    g->cpu.r[ECX] = 3;
    watched(
        3, "b9 03 00 00 00 9c 58 e2 fc f4"); /* mov ecx,3; again: pushf; pop eax; loop again; hlt */
    ck_assert_uint_eq(audit.count, 1);
    const char *text = report();
    ck_assert_msg(strstr(text, "         3 times, protected ring 3: 002b:") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "pushf") != NULL, "%s", text);
    ck_assert(strstr(text, "audit: 3 sensitive instructions outside ring 0 did not trap, at 1 "));
}
END_TEST

START_TEST(what_traps_is_not)
{
    watched(3, "0f 01 16 f4"); /* lgdt [esi]: privileged, not sensitive and silent */
    ck_assert_uint_eq(audit.count, 0);
    watched(3, "8e d0 f4"); /* mov ss,eax with a null selector: #GP */
    ck_assert_uint_eq(audit.count, 0);
}
END_TEST

START_TEST(ring_0_may_do_all_of_it)
{
    watched(0, "9c 58 0f 01 06 f4");
    ck_assert_uint_eq(audit.count, 0);
    ck_assert(strstr(report(), "audit: 0 sensitive"));
}
END_TEST

START_TEST(more_addresses_than_there_is_room_for_are_counted_together)
{
    for (u32 i = 0; i < AUDIT_PLACES; i++)
        audit.places[i].times = 1; /* all taken, by others */
    watched(3, "9c f4");
    ck_assert_uint_eq(audit.overflow, 1);
}
END_TEST

Suite *audit_suite(void)
{
    const TTest *const tests[] = {what_runs_silently_in_ring_3_is_counted_by_address,
                                  what_traps_is_not, ring_0_may_do_all_of_it,
                                  more_addresses_than_there_is_room_for_are_counted_together, NULL};
    return guest_suite("audit", tests, setup, teardown);
}

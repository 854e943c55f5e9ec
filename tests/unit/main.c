/* SPDX-License-Identifier: MIT */
/* Runs every suite, or those named as arguments, or with 1/2 the first, third and so on, with 2/2 the
 * others. */
#include <stdlib.h>

#include "src/base/clock.h"
#include "tests/unit/unit.h"

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define SUITE(name) {#name, name##_suite},
#include "tests/unit/suites.h"
#undef SUITE
};

Suite *unit_suite(const char *name, const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    TCase *all = tcase_create(name);
    tcase_set_timeout(all, 120);
    for (; *tests; tests++)
        tcase_add_test(all, *tests);
    suite_add_tcase(suite, all);
    return suite;
}

void unit_pass(struct clock *clock, u64 ns)
{
    u64 end = clock_cycle_at(clock, clock_now(clock) + ns), next;
    while ((next = clock_next_event(clock)) <= end) {
        clock->cycles = next > clock->cycles ? next : clock->cycles;
        clock_fire(clock);
    }
    clock->cycles = end;
}

static bool wanted(size_t suite, int argc, char **argv)
{
    const char *half = suite % 2 ? "2/2" : "1/2";
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], suites[suite].name) || !strcmp(argv[i], half))
            return true;
    return argc == 1;
}

int main(int argc, char **argv)
{
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < ARRAY_LEN(suites); i++)
        if (wanted(i, argc, argv))
            srunner_add_suite(runner, suites[i].make());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

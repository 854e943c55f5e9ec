/* SPDX-License-Identifier: MIT */
/*
 * The page of rings: the theorem of Popek and Goldberg, and the instructions of this processor that
 * do not fulfil what it asks, measured where the program stands when the page is opened.
 */
#include "demo.h"

/* rings_pm.S */
void ring_enter(void);
void ring_leave(void);
void ring_run(void);
void ring_run_real(void);
void ring_mask(void);
void ring_unmask(void);
extern u16 ring_place_cs, ring_place_ss, ring_vector;
extern u32 ring_place_flags, ring_test, ring_flags;
extern volatile u8 ring_result[8];
extern const u8 test_popf[], test_cli[], test_pushf[], test_in[], test_push_cs[], test_smsw[],
    test_sgdt[], test_sidt[], test_sldt[], test_str[], test_lar[], test_verr[], test_mov_cr0[],
    test_lgdt[], test_clts[];

enum { FLAG_IF = 0x200, FLAG_VM = 0x20000, IOPL_3 = 0x3000, BASE = 0x202 };

/* Where: selectors and flags; the first is real mode, the second the kernel's own ring. */
static const struct place {
    const char *name, *under;
    u16 cs, ss;
    u32 flags;
} places[] = {
    {"real", "mode", SEGMENT, SEGMENT, BASE},
    {"ring 0", "", 0x08, 0x10, BASE},
    {"ring 1", "", 0x19, 0x21, BASE},
    {"ring 2", "", 0x2a, 0x32, BASE},
    {"ring 3", "", 0x3b, 0x43, BASE},
    {"VM86", "IOPL 3", SEGMENT, SEGMENT, BASE | FLAG_VM | IOPL_3},
    {"VM86", "IOPL 0", SEGMENT, SEGMENT, BASE | FLAG_VM},
};
enum { PLACES = ARRAY_SIZE(places), RING_0 = 1, RING_3 = 4, VM86_0 = 6 };

/* How the value of a test is told. */
enum how { TELL_IF, TELL_WORD, TELL_BASE, TELL_ZF, TELL_RUN };

static const struct test {
    const char *name;
    const u8 *code;
    u8 how;
} tests[] = {
    {"POPF  IF=0", test_popf, TELL_IF},
    {"PUSHF", test_pushf, TELL_WORD},
    {"PUSH CS", test_push_cs, TELL_WORD},
    {"SMSW", test_smsw, TELL_WORD},
    {"SGDT  base", test_sgdt, TELL_BASE},
    {"SIDT  base", test_sidt, TELL_BASE},
    {"SLDT", test_sldt, TELL_WORD},
    {"STR", test_str, TELL_WORD},
    {"LAR", test_lar, TELL_ZF},
    {"VERR", test_verr, TELL_ZF},
    {"CLI", test_cli, TELL_IF},
    {"IN AL,61h", test_in, TELL_RUN},
    {"MOV EAX,CR0", test_mov_cr0, TELL_WORD},
    {"LGDT", test_lgdt, TELL_RUN},
    {"CLTS", test_clts, TELL_RUN},
};
enum { TESTS = ARRAY_SIZE(tests) };

static struct outcome {
    u16 vector; /* 30h: the snippet came to its end */
    u16 word;
    u32 base;
    u8 interrupts;
} outcomes[TESTS][PLACES];

enum { ENDED = 0x30 };

static void measure_one(u8 test, u8 place)
{
    struct outcome *o = &outcomes[test][place];

    ring_place_cs = places[place].cs;
    ring_place_ss = places[place].ss;
    ring_place_flags = places[place].flags;
    ring_test = (u32)tests[test].code;
    if (place == 0)
        ring_run_real();
    else
        ring_run();
    o->vector = ring_vector;
    o->word = (u16)(ring_result[0] | ring_result[1] << 8);
    o->base = (u32)(ring_result[2] | ring_result[3] << 8 | (u32)ring_result[4] << 16);
    o->interrupts = (ring_flags & FLAG_IF) != 0;
}

static void measure(void)
{
    ring_mask();
    for (u8 test = 0; test < TESTS; test++)
        measure_one(test, 0);
    ring_unmask();
    ring_enter();
    for (u8 test = 0; test < TESTS; test++)
        for (u8 place = 1; place < PLACES; place++)
            measure_one(test, place);
    ring_leave();
}

/* --- the table --- */

enum { NAME_X = 2, COLUMN_X = 14, COLUMN = 8, VERDICT_X = 70, HEAD_Y = 2, ROW_Y = 4 };

static int same_answer(const struct outcome *a, const struct outcome *b)
{
    return a->vector == b->vector && a->word == b->word && a->base == b->base &&
           a->interrupts == b->interrupts;
}

static void trap_show(u8 x, u8 y, u16 vector)
{
    static const char *const names[] = {[6] = "#UD", [13] = "#GP"};

    if (vector == 6 || vector == 13)
        screen_text(x, y, names[vector], GREEN);
    else
        screen_number(screen_text(x, y, "#", GREEN), y, vector, GREEN);
}

static void value_show(u8 x, u8 y, u8 how, const struct outcome *o, u8 attr)
{
    switch (how) {
    case TELL_IF:
        screen_text(x, y, o->interrupts ? "ignored" : "IF=0", attr);
        break;
    case TELL_WORD:
        screen_hex(x, y, o->word, 4, attr);
        break;
    case TELL_BASE:
        screen_hex(x, y, o->base, 6, attr);
        break;
    case TELL_ZF:
        screen_text(x, y, o->word & 1 ? "ZF=1" : "ZF=0", attr);
        break;
    default:
        screen_text(x, y, "runs", attr);
    }
}

/* Green: it trapped, and a monitor can answer for it. Red: it ran, silently doing another thing
   than in ring 0. Yellow: it ran and told the state of the real machine. White: where it may. */
static u8 value_attr(u8 place, const struct outcome *o, const struct outcome *kernel)
{
    if (place <= RING_0)
        return WHITE;
    return same_answer(o, kernel) ? YELLOW : RED;
}

static void cell_show(u8 test, u8 place)
{
    const struct outcome *o = &outcomes[test][place];
    u8 x = (u8)(COLUMN_X + place * COLUMN), y = (u8)(ROW_Y + test);

    if (o->vector == ENDED)
        value_show(x, y, tests[test].how, o, value_attr(place, o, &outcomes[test][RING_0]));
    else
        trap_show(x, y, o->vector);
}

/* What the theorem asks: outside ring 0 it traps. */
static int trapped_outside(u8 test)
{
    for (u8 place = RING_0 + 1; place <= RING_3; place++)
        if (outcomes[test][place].vector == ENDED)
            return 0;
    return 1;
}

static void row_show(u8 test)
{
    u8 y = (u8)(ROW_Y + test);

    screen_text(NAME_X, y, tests[test].name, CYAN);
    for (u8 place = 0; place < PLACES; place++)
        cell_show(test, place);
    if (trapped_outside(test))
        screen_text(VERDICT_X, y, "\xfb traps", GREEN);
    else
        screen_text(VERDICT_X, y, "x breaks", RED);
}

static void head_show(void)
{
    screen_fill(1, HEAD_Y, 78, 2, ' ', PANEL);
    screen_text(NAME_X, HEAD_Y, "instruction", PANEL | WHITE);
    for (u8 place = 0; place < PLACES; place++) {
        u8 x = (u8)(COLUMN_X + place * COLUMN);
        screen_text(x, HEAD_Y, places[place].name, PANEL | WHITE);
        screen_text(x, HEAD_Y + 1, places[place].under, PANEL | PLAIN);
    }
    screen_text(VERDICT_X, HEAD_Y, "theorem", PANEL | WHITE);
}

static void legend_show(void)
{
    u8 x = screen_text(2, 20, "Popek and Goldberg, 1974: ", WHITE);

    screen_text(x, 20, "what is sensitive must trap, or no monitor is safe.", PLAIN);
    x = screen_text(2, 21, "#GP #UD", GREEN);
    x = screen_text(x, 21, " trapped   ", PLAIN);
    x = screen_text(x, 21, "yellow", YELLOW);
    x = screen_text(x, 21, " runs as in ring 0   ", PLAIN);
    x = screen_text(x, 21, "red", RED);
    screen_text(x, 21, " runs, but does another thing", PLAIN);
}

static void verdict_show(void)
{
    u8 broken = 0, x;

    for (u8 test = 0; test < TESTS; test++)
        broken = (u8)(broken + !trapped_outside(test));
    x = screen_number(2, 22, broken, RED);
    x = screen_number(screen_text(x, 22, " of ", PLAIN), 22, TESTS, WHITE);
    screen_text(x, 22, " run where they should trap. twin86 interprets them: none has to.", PLAIN);
}

static void measure_and_show(void)
{
    measure();
    for (u8 test = 0; test < TESTS; test++)
        row_show(test);
    verdict_show();
}

void show_rings(void)
{
    u16 key = 0;

    screen_start();
    screen_page("Rings: sensitive instructions, in places that are not theirs",
                "measured just now, by going to protected mode and back   R again   Esc back");
    head_show();
    legend_show();
    measure_and_show();
    while (!page_over(key)) {
        clock_idle();
        key = page_key();
        if ((key & 0xdf) == 'R')
            measure_and_show();
    }
}

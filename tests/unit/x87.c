/* SPDX-License-Identifier: MIT */
/* x87 instructions beyond arithmetic: when they trap, the register stack, exceptions, pointers,
 * the state in memory. SDM 1 "Programming with the x87 FPU". */
#include <stdio.h>

#include "tests/unit/x87_rig.h"

/* When they may begin. */

START_TEST(reset_leaves_eight_zeros_and_fninit_an_empty_stack)
{
    cpu_reset(&g->cpu);
    ck_assert_uint_eq(fpu->cw, 0x40);
    ck_assert_uint_eq(fpu_status(fpu), 0);
    ck_assert_uint_eq(fpu_tags(fpu), 0x5555);
    ck_assert_uint_eq(fpu->mxcsr, 0x1f80);
    guest_flat(g, 0);
    fpu->sw = 0xffff & ~SW_TOP;
    fpu->fip = fpu->fdp = fpu->fop = fpu->fcs = fpu->fds = 1;
    guest_do(g, "db e3");
    ck_assert_uint_eq(fpu->cw, 0x37f);
    ck_assert_uint_eq(fpu_status(fpu), 0);
    ck_assert_uint_eq(fpu_tags(fpu), 0xffff);
    ck_assert_uint_eq(fpu->fip | fpu->fdp | fpu->fop | fpu->fcs | fpu->fds, 0);
    ck_assert_uint_eq(state_uncovered(stderr, fpu_fields, sizeof *fpu), 0);
}
END_TEST

/* SDM 3A "Device-Not-Available Exception (#NM)": ESC looks at EM and TS, WAIT at MP and TS. */
START_TEST(em_and_ts_stop_escapes_mp_and_ts_stop_wait)
{
    static const char *const escapes[] = {
        "d9 e8", "db e3", "9b db e3", "df e0", "d9 05 00 00 02 00", "dd 35 00 00 02 00",
        "db e0", "d9 d0"};
    for (unsigned bits = 0; bits < 8; bits++) {
        u32 cr0 = (bits & 1 ? CR0_MP : 0) | (bits & 2 ? CR0_EM : 0) | (bits & 4 ? CR0_TS : 0);
        bool wait = (bits & 5) == 5, escape = bits & 6;
        for (unsigned i = 0; i < ARRAY_LEN(escapes); i++) {
            bool waits = escapes[i][0] == '9';
            fresh(cr0);
            guest_do(g, escapes[i]);
            ck_assert_msg((guest_vector(g) == EX_NM) == (waits ? wait : escape), "%s, cr0 %x",
                          escapes[i], cr0);
        }
        fresh(cr0);
        guest_do(g, "9b");
        ck_assert_int_eq(guest_vector(g), wait ? EX_NM : -1);
    }
}
END_TEST

START_TEST(without_an_fpu_nothing_is_stored)
{
    guest_become(g, "486sx");
    guest_flat(g, 0);
    g->cpu.r[EAX] = 0x5a5a;
    put16(data(), 0x5a5a);
    guest_do(g, "db e3");
    guest_do(g, "df e0");
    guest_do(g, "dd 3d 00 00 02 00");
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert_uint_eq(g->cpu.r[EAX], 0x5a5a);
    ck_assert_uint_eq(get16(data()), 0x5a5a);
    ck_assert_uint_eq(g->cpu.eip, g->start + 6);
    g->cpu.cr0 |= CR0_EM;
    guest_do(g, "dd 3d 00 00 02 00");
    ck_assert_int_eq(guest_vector(g), EX_NM);
}
END_TEST

/* An invalid operation, unmasked: nothing happens until the next waiting instruction. */
static void make_pending(void)
{
    push(ONE);
    fpu->cw = 0x37e;
    guest_do(g, "d8 c5"); /* fadd st0,st5: empty */
    ck_assert_int_eq(guest_vector(g), -1);
}

START_TEST(an_unmasked_exception_waits_for_the_next_instruction)
{
    make_pending();
    ck_assert_uint_eq(fpu_status(fpu), 7 << 11 | SW_B | SW_ES | SW_SF | SW_IE);
    check_st(0, ONE);
    ck_assert(empty(5));
    guest_do(g, "d9 e8");
    ck_assert_int_eq(guest_vector(g), EX_MF);
    ck_assert_uint_eq(guest_stack(g, 0), g->start);
    check_st(0, ONE);
    ck_assert(!g->cpu.ferr.level);
    fresh(CR0_NE);
    make_pending();
    guest_do(g, "9b");
    ck_assert_int_eq(guest_vector(g), EX_MF);
}
END_TEST

START_TEST(instructions_that_do_not_wait_do_not_trap)
{
    static const char *const codes[] = {"df e0", "dd 3d 00 00 02 00", "d9 3d 00 00 02 00",
                                        "d9 35 00 00 02 00", "dd 35 00 00 02 00", "db e2", "db e3",
                                        "db e0", "db e1", "db e4"};
    for (unsigned i = 0; i < ARRAY_LEN(codes); i++) {
        fresh(CR0_NE);
        make_pending();
        guest_do(g, codes[i]);
        ck_assert_msg(guest_vector(g) == -1, "%s", codes[i]);
    }
}
END_TEST

START_TEST(with_ne_clear_ferr_is_driven_and_the_processor_stands_still)
{
    g->cpu.cr0 &= ~(u32)CR0_NE;
    make_pending();
    ck_assert(g->cpu.ferr.level);
    guest_do(g, "d9 e8");
    ck_assert_int_eq(guest_vector(g), -1);
    ck_assert(g->cpu.halted);
    ck_assert_uint_eq(g->cpu.eip, g->start);
    g->cpu.eflags |= FL_IF; /* the interrupt wakes it up, and comes back to the instruction */
    g->vector = 0x75;
    cpu_intr(&g->cpu, 0, true);
    guest_step(g, 1);
    ck_assert_int_eq(guest_vector(g), 0x75);
    ck_assert_uint_eq(guest_stack(g, 0), g->start);
    ck_assert(g->cpu.ferr.level);
}
END_TEST

START_TEST(ignne_passes_a_pending_exception_over)
{
    g->cpu.cr0 &= ~(u32)CR0_NE;
    make_pending();
    cpu_ignne(&g->cpu, 0, true);
    guest_do(g, "d9 e8");
    ck_assert(!g->cpu.halted);
    check_st(0, ONE);
    check_st(1, ONE);
    ck_assert(fpu->sw & SW_ES);
    guest_do(g, "db e2"); /* fnclex */
    ck_assert(!g->cpu.ferr.level);
    ck_assert_uint_eq(fpu->sw & (SW_ES | SW_SF | SW_ANY), 0);
}
END_TEST

START_TEST(ne_takes_ferr_away)
{
    g->cpu.cr0 &= ~(u32)CR0_NE;
    make_pending();
    ck_assert(g->cpu.ferr.level);
    g->cpu.r[EAX] = g->cpu.cr0 | CR0_NE;
    guest_do(g, "0f 22 c0");
    ck_assert(!g->cpu.ferr.level);
    g->cpu.r[EAX] = g->cpu.cr0 & ~(u32)CR0_NE;
    guest_do(g, "0f 22 c0");
    ck_assert(g->cpu.ferr.level);
}
END_TEST

START_TEST(loading_masks_and_flags_decides_what_is_pending)
{
    fpu->sw = SW_ZE;
    put16(data(), 0x37b);
    guest_do(g, "d9 2d 00 00 02 00"); /* fldcw */
    ck_assert_uint_eq(fpu_status(fpu), SW_B | SW_ES | SW_ZE);
    guest_do(g, "d9 35 00 00 02 00"); /* fnstenv masks everything */
    ck_assert_uint_eq(fpu->cw, 0x37f);
    ck_assert_uint_eq(fpu_status(fpu), SW_ZE);
    ck_assert_uint_eq(get16(data()), 0x37b);
    ck_assert_uint_eq(get16(data() + 4), SW_B | SW_ES | SW_ZE);
    guest_do(g, "d9 25 00 00 02 00"); /* fldenv */
    ck_assert_uint_eq(fpu_status(fpu), SW_B | SW_ES | SW_ZE);
    put16(data(), 0xffff);
    fresh(CR0_NE);
    guest_do(g, "d9 2d 00 00 02 00");
    ck_assert_uint_eq(fpu->cw, 0x1f7f);
}
END_TEST

/* The register stack. */

static void check_status(u16 want)
{
    ck_assert_msg((fpu_status(fpu) & ~SW_TOP) == want, "status %04x, not %04x", fpu_status(fpu),
                  want);
}

/* SDM 1 "Operating on SNaNs and QNaNs": of two signalling NaNs the larger significand, made quiet.
 * That in memory still signals when it has been widened. */
START_TEST(two_signalling_nans_give_the_larger_one_from_memory_too)
{
    fresh(CR0_NE);
    push((struct f80){0x98af57e943f547d2, 0x7fff});
    put32(data(), 0x7f800001);
    guest_do(g, "d8 2d 00 00 02 00"); /* fsubr dword [20000h] */
    check_st(0, (struct f80){0xd8af57e943f547d2, 0x7fff});
    ck_assert_uint_eq(fpu_status(fpu) & SW_ANY, SW_IE);
    put64(data(), 0x7ff7ffffffffffff);
    fpu->reg[fpu->top] = (struct f80){0x98af57e943f547d2, 0x7fff};
    guest_do(g, "dc 05 00 00 02 00"); /* fadd qword [20000h] */
    check_st(0, (struct f80){0xfffffffffffff800, 0x7fff});
}
END_TEST

START_TEST(an_underflow_makes_a_nan_and_clears_c1)
{
    static const char *const codes[] = {
        "d9 e0", "d9 e1", "d9 fa", "d9 fc", "d9 f8", "d9 f5", "d9 fd", "d8 c1", "dc c0", "d9 c1",
        "d9 c9", "d8 05 00 00 02 00", "da 05 00 00 02 00", "dd d0", "db c1"};
    for (unsigned i = 0; i < ARRAY_LEN(codes); i++) {
        fresh(CR0_NE);
        fpu->sw = SW_C1;
        guest_do(g, codes[i]);
        ck_assert_int_eq(guest_vector(g), -1);
        check_status(SW_SF | SW_IE);
        check_st(0, F80_DEFAULT_NAN);
        fresh(CR0_NE);
        fpu->cw = 0x37e;
        guest_do(g, codes[i]);
        check_status(SW_B | SW_ES | SW_SF | SW_IE);
        ck_assert_msg(!fpu->used && !fpu->top, "%s", codes[i]);
    }
}
END_TEST

START_TEST(an_overflow_sets_c1)
{
    static const char *const codes[] = {"d9 e8", "d9 c0", "d9 05 00 00 02 00", "dd 05 00 00 02 00",
                                        "db 2d 00 00 02 00", "df 05 00 00 02 00", "d9 eb",
                                        "df 25 00 00 02 00", "d9 f4"};
    for (unsigned i = 0; i < ARRAY_LEN(codes); i++) {
        for (unsigned unmasked = 0; unmasked < 2; unmasked++) {
            fresh(CR0_NE);
            for (unsigned k = 0; k < 8; k++)
                push(PI);
            fpu->cw = (u16)(0x37f - unmasked);
            put32(data(), 0x7f800001); /* what it is does not count */
            guest_do(g, codes[i]);
            check_status(SW_SF | SW_IE | SW_C1 | (unmasked ? SW_B | SW_ES : 0));
            check_st(0, unmasked ? PI : F80_DEFAULT_NAN);
            ck_assert_uint_eq(fpu->top, unmasked ? 0 : 7);
            ck_assert_uint_eq(fpu->used, 0xff);
        }
    }
}
END_TEST

START_TEST(the_stack_pointer_and_the_tags_move_alone)
{
    push(ONE);
    push(PI);
    push(MINUS_TWO);
    fpu->sw = SW_C1 | SW_C0;
    guest_do(g, "d9 f7"); /* fincstp */
    check_st(0, PI);
    check_st(7, MINUS_TWO);
    check_status(SW_C0);
    guest_do(g, "d9 f6"); /* fdecstp */
    check_st(0, MINUS_TWO);
    guest_do(g, "dd c1"); /* ffree st1 */
    ck_assert(!empty(0) && empty(1) && !empty(2));
    guest_do(g, "df c2"); /* ffreep st2 */
    ck_assert_uint_eq(fpu->used, 0);
    ck_assert_uint_eq(fpu->top, 6);
    fpu->sw = SW_C1;
    guest_do(g, "dd c0");
    check_status(0);
}
END_TEST

START_TEST(fstpnce_of_an_empty_register_only_pops)
{
    push(ONE);
    push(PI);
    fpu->used = 0x80;
    guest_do(g, "d9 d9");
    check_st(0, ONE);
    check_status(0);
    push(PI);
    guest_do(g, "d9 d9");
    check_st(0, PI);
    ck_assert_uint_eq(fpu->used, 0x80);
}
END_TEST

START_TEST(subtractions_and_divisions_know_their_direction)
{
    static const struct {
        const char *code;
        unsigned to;
        struct f80 want;
        bool pop;
    } cases[] = {
        {"d8 e1", 0, {0xc000000000000000, 0xc000}, false}, /* -2 - 1 */
        {"d8 e9", 0, {0xc000000000000000, 0x4000}, false}, /* 1 - -2 */
        {"dc e9", 1, {0xc000000000000000, 0x4000}, false}, /* fsub st1,st0: 1 - -2 */
        {"dc e1", 1, {0xc000000000000000, 0xc000}, false}, /* fsubr st1,st0 */
        {"de e9", 0, {0xc000000000000000, 0x4000}, true},  /* fsubp */
        {"de e1", 0, {0xc000000000000000, 0xc000}, true},  /* fsubrp */
        {"d8 f1", 0, {0x8000000000000000, 0xc000}, false}, /* -2 / 1 */
        {"d8 f9", 0, {0x8000000000000000, 0xbffe}, false}, /* 1 / -2 */
        {"dc f9", 1, {0x8000000000000000, 0xbffe}, false},
        {"dc f1", 1, {0x8000000000000000, 0xc000}, false},
        {"de f9", 0, {0x8000000000000000, 0xbffe}, true},
        {"de f1", 0, {0x8000000000000000, 0xc000}, true},
        {"d8 25 00 00 02 00", 0, {0x8000000000000000, 0xc001}, false}, /* -2 - 2.0f */
        {"d8 2d 00 00 02 00", 0, {0x8000000000000000, 0x4001}, false},
        {"d8 35 00 00 02 00", 0, {0x8000000000000000, 0xbfff}, false},
        {"da 2d 04 00 02 00", 0, {0xa000000000000000, 0x4001}, false}, /* 3 - -2 */
        {"de 25 04 00 02 00", 0, {0xa000000000000000, 0xc001}, false},
        {"dc 05 08 00 02 00", 0, {0x8000000000000000, 0xbfff}, false}, /* -2 + 1.0 */
    };
    put32(data(), 0x40000000);
    put32(data() + 4, 3);
    put32(data() + 12, 0x3ff00000);
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
        fresh(CR0_NE);
        push(ONE);
        push(MINUS_TWO);
        guest_do(g, cases[i].code);
        check_st(cases[i].to, cases[i].want);
        ck_assert_msg(fpu->top == (cases[i].pop ? 7 : 6), "%s", cases[i].code);
        ck_assert_msg(fpu->used == (cases[i].pop ? 0x80 : 0xc0), "%s", cases[i].code);
    }
}
END_TEST

/* Comparisons. */

START_TEST(comparisons_and_their_aliases_set_condition_codes)
{
    static const struct {
        const char *code;
        unsigned pops;
        bool quiet;
    } cases[] = {
        {"d8 d1", 0, false}, {"d8 d9", 1, false}, {"dc d1", 0, false}, {"dc d9", 1, false},
        {"de d1", 1, false}, {"de d9", 2, false}, {"dd e1", 0, true},  {"dd e9", 1, true},
        {"da e9", 2, true},
    };
    const struct f80 qnan = {0xc000000000000001, 0x7fff};
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
        for (unsigned k = 0; k < 4; k++) {
            static const u16 cc[] = {SW_C0, 0, SW_C3, SW_C3 | SW_C2 | SW_C0};
            fresh(CR0_NE);
            push(k == 0 ? PI : k == 1 ? MINUS_TWO : k == 2 ? ONE : qnan);
            push(ONE);
            fpu->sw = SW_C1;
            guest_do(g, cases[i].code);
            check_status((u16)(cc[k] | (k == 3 && !cases[i].quiet ? SW_IE : 0)));
            ck_assert_uint_eq(fpu->top, (6 + cases[i].pops) & 7);
        }
    }
}
END_TEST

START_TEST(fcomi_sets_flags_and_fcmov_follows_them)
{
    static const u32 flags[] = {FL_CF, 0, FL_ZF, FL_ZF | FL_PF | FL_CF};
    static const char *const moves[] = {"da c2", "da ca", "da d2", "da da",
                                        "db c2", "db ca", "db d2", "db da"};
    for (unsigned k = 0; k < 4; k++) {
        push(F80_DEFAULT_NAN);
        push(k == 0 ? PI : k == 1 ? MINUS_TWO : k == 2 ? ONE : F80_DEFAULT_NAN);
        push(ONE);
        cpu_set_eflags(&g->cpu, FL_ARITH);
        guest_do(g, "db e9"); /* fucomi st0,st1 */
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, flags[k]);
        guest_do(g, "df f1"); /* fcomip */
        ck_assert_uint_eq(cpu_eflags(&g->cpu) & FL_ARITH, flags[k]);
        ck_assert_uint_eq(fpu->sw & SW_IE, k == 3);
        for (unsigned m = 0; m < 8; m++) {
            bool b = k == 0 || k == 3, e = k >= 2, u = k == 3;
            bool takes[] = {b, e, b || e, u};
            fresh(CR0_NE);
            push(PI);
            push(PI);
            push(ONE);
            fpu->reg[(fpu->top + 2) & 7] = MINUS_TWO;
            cpu_set_eflags(&g->cpu, flags[k]);
            guest_do(g, moves[m]);
            check_st(0, takes[m & 3] ^ (m >> 2) ? MINUS_TWO : ONE);
        }
    }
}
END_TEST

START_TEST(fxam_names_every_class)
{
    static const struct {
        struct f80 value;
        u16 cc;
    } cases[] = {
        {{0, 0}, SW_C3},
        {{0, 0x8000}, SW_C3 | SW_C1},
        {{1, 0}, SW_C3 | SW_C2},
        {{1ull << 63, 0}, SW_C3 | SW_C2},
        {{1ull << 63, 1}, SW_C2},
        {{1ull << 62, 1}, 0},
        {{1ull << 63, 0x7fff}, SW_C2 | SW_C0},
        {{3ull << 62, 0xffff}, SW_C0 | SW_C1},
        {{1, 0x7fff}, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
        fresh(CR0_NE);
        push(cases[i].value);
        guest_do(g, "d9 e5");
        check_status(cases[i].cc);
        fpu->used = 0;
        guest_do(g, "d9 e5");
        check_status((u16)(SW_C3 | SW_C0 | (cases[i].value.se >> 15 ? SW_C1 : 0)));
    }
}
END_TEST

START_TEST(comparing_sets_condition_codes_even_when_it_traps)
{
    push(ONE);
    fpu->cw = 0x37e;
    guest_do(g, "d8 d9"); /* fcomp st1: empty */
    check_status(SW_C3 | SW_C2 | SW_C0 | SW_B | SW_ES | SW_SF | SW_IE);
    check_st(0, ONE);
}
END_TEST

START_TEST(without_a_quotient_fprem_clears_c1_and_c2_alone)
{
    push((struct f80){0, 0});
    push(ONE);
    fpu->sw = SW_CC;
    guest_do(g, "d9 f8"); /* 1 rem 0 */
    check_st(0, F80_DEFAULT_NAN);
    check_status(SW_C3 | SW_C0 | SW_IE);
    fresh(CR0_NE);
    push((struct f80){0, 0});
    push(ONE);
    fpu->sw = SW_CC;
    fpu->cw = 0x37e;
    guest_do(g, "d9 f8");
    check_st(0, ONE);
    check_status(SW_C3 | SW_C0 | SW_B | SW_ES | SW_IE);
}
END_TEST

/* Loads and stores. */

START_TEST(constants_are_rounded)
{
    static const struct {
        const char *code;
        struct f80 nearest;
        int down, up; /* in units of the last place */
    } cases[] = {
        {"d9 e8", {0x8000000000000000, 0x3fff}, 0, 0},
        {"d9 e9", {0xd49a784bcd1b8afe, 0x4000}, 0, 1},
        {"d9 ea", {0xb8aa3b295c17f0bc, 0x3fff}, -1, 0},
        {"d9 eb", {0xc90fdaa22168c235, 0x4000}, -1, 0},
        {"d9 ec", {0x9a209a84fbcff799, 0x3ffd}, -1, 0},
        {"d9 ed", {0xb17217f7d1cf79ac, 0x3ffe}, -1, 0},
        {"d9 ee", {0, 0}, 0, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(cases) * 4; i++) {
        struct f80 want = cases[i / 4].nearest;
        unsigned rc = i & 3;
        fresh(CR0_NE);
        fpu->cw = (u16)(0x07f | rc << 10); /* precision does not count */
        want.frac += (u64)(s64)(rc == 2 ? cases[i / 4].up : rc & 1 ? cases[i / 4].down : 0);
        guest_do(g, cases[i / 4].code);
        check_st(0, want);
        check_status(0);
    }
}
END_TEST

START_TEST(what_cannot_be_stored_is_not_popped)
{
    const struct f80 huge = {0x8000000000000000, 0x7000};
    static const struct {
        const char *code;
        u16 cw, sw;
        u32 stored; /* masked */
    } cases[] = {
        {"d9 1d 00 00 02 00", 0x377, SW_OE, 0x7f800000}, /* fstp m32 */
        {"dd 1d 00 00 02 00", 0x377, SW_OE, 0},
        {"db 1d 00 00 02 00", 0x37e, SW_IE, 0x80000000}, /* fistp m32 */
        {"df 1d 00 00 02 00", 0x37e, SW_IE, 0x99998000},
        {"df 3d 00 00 02 00", 0x37e, SW_IE, 0},
    };
    for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
        fresh(CR0_NE);
        push(huge);
        fpu->cw = cases[i].cw;
        put32(data(), 0x99999999);
        guest_do(g, cases[i].code);
        ck_assert_uint_eq(get32(data()), 0x99999999);
        ck_assert_uint_eq(fpu->top, 7);
        ck_assert_uint_eq(fpu->sw & (SW_ES | SW_ANY), SW_ES | cases[i].sw);
        fresh(CR0_NE);
        push(huge);
        guest_do(g, cases[i].code);
        ck_assert_uint_eq(get32(data()), cases[i].stored);
        ck_assert_uint_eq(fpu->top, 0);
        ck_assert(empty(7));
    }
}
END_TEST

START_TEST(numbers_come_back_from_memory)
{
    static const char *const pairs[][2] = {
        {"db 3d 00 00 02 00", "db 2d 00 00 02 00"}, /* fstp, fld m80 */
        {"df 3d 00 00 02 00", "df 2d 00 00 02 00"}, /* fistp, fild m64 */
        {"df 35 00 00 02 00", "df 25 00 00 02 00"}, /* fbstp, fbld */
        {"d9 1d 00 00 02 00", "d9 05 00 00 02 00"}, /* fstp, fld m32 */
        {"df 1d 00 00 02 00", "df 05 00 00 02 00"}, /* fistp, fild m16 */
    };
    const struct f80 number = {0xf618000000000000, 0xc00c}; /* -15750 */
    for (unsigned i = 0; i < ARRAY_LEN(pairs); i++) {
        fresh(CR0_NE);
        push(number);
        guest_do(g, pairs[i][0]);
        ck_assert_uint_eq(fpu->used, 0);
        guest_do(g, pairs[i][1]);
        check_st(0, number);
        check_status(0);
    }
    guest_do(g, "df 35 00 00 02 00");
    ck_assert_uint_eq(get32(data()), 0x00015750);
    ck_assert_uint_eq(data()[9], 0x80);
}
END_TEST

/* An operand that is denormal says so unless something of higher rank was found. */
START_TEST(a_denormal_operand_in_memory_is_reported)
{
    put32(data(), 0x00012345);
    put32(data() + 4, 0x7f800001); /* a signalling NaN */
    push(ONE);
    guest_do(g, "d8 15 00 00 02 00"); /* fcom */
    ck_assert_uint_eq(fpu->sw & SW_ANY, SW_DE);
    fresh(CR0_NE);
    push(F80_DEFAULT_NAN);
    guest_do(g, "d8 05 00 00 02 00");
    ck_assert_uint_eq(fpu->sw & SW_ANY, 0);
    fresh(CR0_NE);
    push((struct f80){0, 0});
    guest_do(g, "d8 3d 00 00 02 00"); /* fdivr: denormal / 0 */
    ck_assert_uint_eq(fpu->sw & SW_ANY, SW_ZE);
    fresh(CR0_NE);
    push((struct f80){1, 0});
    guest_do(g, "d8 05 04 00 02 00"); /* denormal + SNaN */
    ck_assert_uint_eq(fpu->sw & SW_ANY, SW_IE);
    fresh(CR0_NE);
    push(ONE);
    fpu->cw = 0x37d;
    guest_do(g, "d8 05 00 00 02 00");
    check_st(0, ONE);
    ck_assert_uint_eq(fpu->sw, SW_ES | SW_DE);
    fresh(CR0_NE);
    fpu->cw = 0x37d;
    guest_do(g, "d9 05 00 00 02 00"); /* fld: is done all the same */
    ck_assert_uint_eq(fpu->sw, SW_ES | SW_DE);
    check_st(0, (struct f80){0x91a2800000000000, 0x3f7a});
}
END_TEST

/* Where the last instruction was. */

START_TEST(pointers_name_the_last_instruction_that_is_none_of_control)
{
    guest_bytes(g, GUEST_CODE, "2e d8 05 00 00 02 00 d9 2d 00 00 02 00 df e0 d9 f6");
    put32(data(), 0x37f);
    g->cpu.eip = g->start;
    guest_step(g, 1);
    ck_assert_uint_eq(fpu->fip, g->start);
    ck_assert_uint_eq(fpu->fcs, g->cpu.seg[SEG_CS].selector);
    ck_assert_uint_eq(fpu->fop, 0x005);
    ck_assert_uint_eq(fpu->fdp, GUEST_DATA);
    ck_assert_uint_eq(fpu->fds, g->cpu.seg[SEG_CS].selector);
    guest_step(g, 2);
    ck_assert_uint_eq(fpu->fip, g->start);
    guest_step(g, 1);
    ck_assert_uint_eq(fpu->fip, g->start + 15);
    ck_assert_uint_eq(fpu->fop, 0x1f6);
    ck_assert_uint_eq(fpu->fdp, GUEST_DATA);
}
END_TEST

/* The four layouts. */

static void known_state(void)
{
    *fpu = (struct fpu){.cw = 0x27f,
                        .sw = SW_C3 | SW_PE,
                        .top = 5,
                        .used = 0xe0,
                        .fop = 0x7c1,
                        .fip = 0x12345678,
                        .fcs = 0x1b,
                        .fdp = 0x9abcdef0,
                        .fds = 0x23};
    for (unsigned i = 0; i < 8; i++)
        fpu->reg[i] = (struct f80){0x8000000000000000 + i, (u16)(0x4000 + i)};
}

static void check_words(const char *what, unsigned size, const u32 *want)
{
    for (unsigned i = 0; i < 7; i++) {
        u32 got = size == 4 ? get32(data() + i * 4) : get16(data() + i * 2);
        ck_assert_msg(got == want[i], "%s: word %u is %x, not %x", what, i, got, want[i]);
    }
}

static const u32 prot32[7] = {0xffff027f, 0xffff6820, 0xffff03ff, 0x12345678,
                              0x07c1001b, 0x9abcdef0, 0xffff0023};
static const u32 prot16[7] = {0x027f, 0x6820, 0x03ff, 0x5678, 0x001b, 0xdef0, 0x0023};
/* FCS * 16 + FIP = 12345828, FDS * 16 + FDP = 9ABCE120 */
static const u32 real32[7] = {0xffff027f, 0xffff6820, 0xffff03ff, 0xffff5828,
                              0x012347c1, 0xffffe120, 0x09abc000};
static const u32 real16[7] = {0x027f, 0x6820, 0x03ff, 0x5828, 0x47c1, 0xe120, 0xc000};

START_TEST(the_environment_has_four_layouts)
{
    known_state();
    guest_do(g, "d9 35 00 00 02 00");
    check_words("32-bit protected", 4, prot32);
    known_state();
    guest_do(g, "66 d9 35 00 00 02 00");
    check_words("16-bit protected", 2, prot16);
    guest_real(g);
    known_state();
    guest_do(g, "d9 36 00 00");
    check_words("16-bit real", 2, real16);
    known_state();
    guest_do(g, "66 d9 36 00 00");
    check_words("32-bit real", 4, real32);
    known_state();
    fpu->fip = fpu->fdp = fpu->fop = 0;
    guest_do(g, "66 d9 26 00 00"); /* fldenv */
    ck_assert_uint_eq(fpu->fip, 0x12345828);
    ck_assert_uint_eq(fpu->fdp, 0x9abce120);
    ck_assert_uint_eq(fpu->fop, 0x7c1);
    guest_do(g, "66 d9 36 00 00");
    check_words("32-bit real again", 4, real32);
}
END_TEST

START_TEST(the_whole_state_comes_back)
{
    static const char *const pairs[][2] = {{"dd 35 00 00 02 00", "dd 25 00 00 02 00"},
                                           {"66 dd 35 00 00 02 00", "66 dd 25 00 00 02 00"}};
    for (unsigned i = 0; i < 2; i++) {
        unsigned header = i ? 14 : 28;
        memset(data(), 0xcc, 120);
        known_state();
        guest_do(g, pairs[i][0]);
        ck_assert_uint_eq(fpu->cw, 0x37f);
        ck_assert_uint_eq(fpu->used, 0);
        ck_assert_uint_eq(get16(data() + header + 8), 0x4005); /* ST(0) is R5 */
        ck_assert_uint_eq(get16(data() + header + 7 * 10 + 8), 0x4004);
        ck_assert_uint_eq(data()[header + 80], 0xcc);
        guest_do(g, pairs[i][1]);
        ck_assert_uint_eq(fpu->cw, 0x27f);
        ck_assert_uint_eq(fpu_status(fpu), SW_C3 | SW_PE | 5 << 11);
        ck_assert_uint_eq(fpu->used, 0xe0);
        for (unsigned k = 0; k < 8; k++)
            ck_assert_uint_eq(fpu->reg[k].se, 0x4000 + k);
    }
}
END_TEST

START_TEST(tags_are_computed_from_what_registers_hold)
{
    static const struct {
        struct f80 value;
        u32 tag; /* 0 valid, 1 zero, 2 special */
    } rows[] = {{{0, 0}, 1},
                {{0, 0x8000}, 1},
                {{1ull << 63, 1}, 0},
                {{~0ull, 0x7ffe}, 0},
                {{1, 0}, 2},
                {{1ull << 63, 0}, 2},
                {{1ull << 63, 0x7fff}, 2},
                {{3ull << 62, 0x7fff}, 2},
                {{1ull << 62, 0x4000}, 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (u32 n = 0; n < 8; n++) {
            fpu->reg[n] = rows[i].value;
            fpu->used = (u8)(1u << n);
            ck_assert_uint_eq(fpu_tags(fpu), 0xffffu ^ (3 ^ rows[i].tag) << 2 * n);
        }
    fpu_set_tags(fpu, 0xc003);
    ck_assert_uint_eq(fpu->used, 0x7e);
}
END_TEST

/* Memory that is not there: each byte of each operand the first to fault, and nothing changed. */

static const struct {
    const char *code; /* at [ebx] */
    unsigned bytes;
} operands[] = {
    {"d8 03", 4},     {"dc 03", 8},  {"da 03", 4},  {"de 03", 2},     {"d9 03", 4},
    {"dd 03", 8},     {"db 2b", 10}, {"df 03", 2},  {"db 03", 4},     {"df 2b", 8},
    {"df 23", 10},    {"d8 1b", 4},  {"dc 1b", 8},  {"d9 13", 4},     {"d9 1b", 4},
    {"dd 13", 8},     {"dd 1b", 8},  {"db 3b", 10}, {"df 1b", 2},     {"db 1b", 4},
    {"df 3b", 8},     {"df 33", 10}, {"d9 2b", 2},  {"d9 3b", 2},     {"dd 3b", 2},
    {"d9 23", 28},    {"d9 33", 28}, {"dd 23", 108}, {"dd 33", 108},  {"66 d9 23", 14},
    {"66 d9 33", 14}, {"66 dd 23", 94}, {"66 dd 33", 94},
};

static void check_fault(unsigned i, u32 at)
{
    const u32 boundary = GUEST_DATA + 0x1000;
    struct fpu before;
    u8 memory[128];
    guest_flat(g, 0);
    guest_page(g);
    put32(guest_pte(g, boundary), 0);
    guest_flush(g);
    known_state();
    fpu->fip = 0;
    before = *fpu;
    g->cpu.r[EBX] = boundary - at;
    memset(g->ram + boundary - 128, 0, 128);
    memcpy(memory, g->ram + boundary - 128, 128);
    guest_do(g, operands[i].code);
    ck_assert_msg(guest_vector(g) == EX_PF, "%s, byte %u", operands[i].code, at);
    ck_assert_msg(g->cpu.cr2 == boundary, "%s, byte %u: cr2 %x", operands[i].code, at, g->cpu.cr2);
    ck_assert_msg(!memcmp(&before, fpu, sizeof before), "%s, byte %u: registers",
                  operands[i].code, at);
    ck_assert_msg(!memcmp(memory, g->ram + boundary - 128, 128), "%s, byte %u: memory",
                  operands[i].code, at);
}

START_TEST(a_fault_at_any_byte_of_an_operand_changes_nothing)
{
    for (unsigned i = 0; i < ARRAY_LEN(operands); i++)
        for (u32 at = 0; at < operands[i].bytes; at++)
            check_fault(i, at);
}
END_TEST

START_TEST(an_operand_over_the_end_of_its_segment_changes_nothing)
{
    for (unsigned i = 0; i < ARRAY_LEN(operands); i++) {
        for (u32 at = 0; at < operands[i].bytes; at++) {
            guest_flat(g, 0);
            guest_segment(g, SEG_DS, GUEST_DATA16, GUEST_DATA, 0xfff, 0x493);
            known_state();
            struct fpu before = *fpu;
            g->cpu.r[EBX] = 0x1000 - at;
            guest_do(g, operands[i].code);
            ck_assert_msg(guest_vector(g) == EX_GP, "%s, byte %u", operands[i].code, at);
            ck_assert_msg(!memcmp(&before, fpu, sizeof before), "%s, byte %u", operands[i].code,
                          at);
        }
    }
}
END_TEST

Suite *x87_suite(void)
{
    const TTest *const tests[] = {
        reset_leaves_eight_zeros_and_fninit_an_empty_stack,
        em_and_ts_stop_escapes_mp_and_ts_stop_wait,
        without_an_fpu_nothing_is_stored,
        an_unmasked_exception_waits_for_the_next_instruction,
        instructions_that_do_not_wait_do_not_trap,
        with_ne_clear_ferr_is_driven_and_the_processor_stands_still,
        ignne_passes_a_pending_exception_over,
        ne_takes_ferr_away,
        loading_masks_and_flags_decides_what_is_pending,
        two_signalling_nans_give_the_larger_one_from_memory_too,
        an_underflow_makes_a_nan_and_clears_c1,
        an_overflow_sets_c1,
        the_stack_pointer_and_the_tags_move_alone,
        fstpnce_of_an_empty_register_only_pops,
        subtractions_and_divisions_know_their_direction,
        comparisons_and_their_aliases_set_condition_codes,
        fcomi_sets_flags_and_fcmov_follows_them,
        fxam_names_every_class,
        comparing_sets_condition_codes_even_when_it_traps,
        without_a_quotient_fprem_clears_c1_and_c2_alone,
        constants_are_rounded,
        what_cannot_be_stored_is_not_popped,
        numbers_come_back_from_memory,
        a_denormal_operand_in_memory_is_reported,
        pointers_name_the_last_instruction_that_is_none_of_control,
        the_environment_has_four_layouts,
        the_whole_state_comes_back,
        tags_are_computed_from_what_registers_hold,
        a_fault_at_any_byte_of_an_operand_changes_nothing,
        an_operand_over_the_end_of_its_segment_changes_nothing,
        NULL,
    };
    return guest_suite("x87", tests, setup, teardown);
}

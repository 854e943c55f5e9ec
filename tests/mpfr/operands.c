/* SPDX-License-Identifier: MIT */
/* Random operands for the comparison with MPFR. */
#include "tests/mpfr/operands.h"
#include "tests/mpfr/truth.h"

enum { BIAS = 16383 };

static u64 random_state = 0x9e3779b97f4a7c15;

static u64 random64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

static int between(int low, int high)
{
    return low + (int)(random64() % (u64)(high - low + 1));
}

/* Random, or few bits, or many ones: near a power of two or a step of a table. */
static u64 some_significand(void)
{
    u64 r = random64(), near = (u64)between(-4, 4);
    switch (random64() % 8) {
    case 0:
        r = near & 7;
        break;
    case 1:
        r = ~(u64)0 - (near & 7);
        break;
    case 2:
        r = (r << 48) + near;
        break;
    case 3:
        r = (r >> 58 << 57) + near;
        break;
    }
    return F80_INTEGER | r;
}

static struct f80 some(int low, int high)
{
    u64 frac = some_significand();
    u16 sign = random64() & 1 ? F80_SIGN : 0;
    int exp = between(low, high) + BIAS;
    if (exp <= 0) {
        frac >>= 1 - exp < 63 ? 1 - exp : 63;
        exp = 0;
    }
    return (struct f80){frac | !frac, sign | (u16)exp};
}

static struct f80 positive(struct f80 a)
{
    a.se &= 0x7fff;
    return a;
}

/* Anything, but mostly of ordinary size. */
static struct f80 any(void)
{
    return random64() % 4 ? some(-40, 40) : some(-16445, 16383);
}

void operands_below_one(struct f80 *x, UNUSED struct f80 *y)
{
    *x = random64() % 8 ? some(-12, -1) : some(-16445, -1);
}

void operands_log(struct f80 *x, struct f80 *y)
{
    *x = positive(random64() % 2 ? some(-1, 0) : any());
    *y = any();
}

/* FYL2XP1's domain, |x| < 1 - sqrt(1/2), and now and then as far as cpu/transcendental.h goes. */
void operands_log1p(struct f80 *x, struct f80 *y)
{
    *x = random64() % 4 ? some(-70, -2) : some(-16445, -2);
    if (random64() % 8 == 0)
        *x = random64() % 2 ? some(-70, -1) : positive(some(-1, random64() % 2 ? 200 : 16383));
    *y = any();
}

void operands_atan(struct f80 *x, struct f80 *y)
{
    *x = any();
    *y = any();
    int exp = (x->se & 0x7fff) + between(-12, 12);
    if (random64() % 2 && exp > 0 && exp < 0x7fff && y->frac >> 63)
        y->se = (u16)((y->se & F80_SIGN) | exp);
}

/* Also next to multiples of a quarter of pi. */
void operands_trig(struct f80 *x, UNUSED struct f80 *y)
{
    *x = random64() % 4 ? some(-8, 20) : random64() % 2 ? some(20, 62) : some(-16445, -8);
    if (random64() % 4)
        return;
    mpfr_t v;
    mpfr_init2(v, 64);
    mpfr_const_pi(v, MPFR_RNDN);
    mpfr_mul_2si(v, v, -2, MPFR_RNDN);
    mpfr_mul_d(v, v, (double)(1 + (random64() >> between(3, 63))), MPFR_RNDN);
    if (mpfr_get_exp(v) <= 63)
        *x = truth_store(v);
    if (x->frac >> 63)
        x->frac = F80_INTEGER | (x->frac + (u64)between(-2, 2));
    mpfr_clear(v);
}

/* SPDX-License-Identifier: MIT */
/* FBLD and FBSTP: 18 decimal digits, two in a byte, the sign in the tenth. */
#include "cpu/softfloat.h"

enum { BCD_BYTES = 9 };

static const u64 bcd_limit = 1000000000000000000; /* 10^18 */

/* "Packed BCD integer indefinite", SDM 1 "BCD and Packed BCD Integers". */
static const u8 bcd_indefinite[10] = {0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff};

void soft_to_bcd(struct f80 a, u8 to[10], struct fp_env *env)
{
    struct sf_env e;
    sf_env_x87(&e, env);
    struct sf_num n = sf_unpack_f80(a);
    u64 magnitude;
    if (!sf_to_magnitude(n, &magnitude, &e) || magnitude >= bcd_limit) {
        env->sw |= SW_IE;
        memcpy(to, bcd_indefinite, sizeof bcd_indefinite);
        return;
    }
    for (int i = 0; i < BCD_BYTES; i++, magnitude /= 100)
        to[i] = (u8)(magnitude / 10 % 10 << 4 | magnitude % 10);
    to[BCD_BYTES] = n.sign ? 0x80 : 0;
    env->sw |= e.flags;
}

/* Digits above 9 count as what they are. */
struct f80 soft_from_bcd(const u8 from[10])
{
    u64 magnitude = 0;
    for (int i = BCD_BYTES - 1; i >= 0; i--)
        magnitude = magnitude * 100 + (from[i] >> 4) * 10u + (from[i] & 15);
    struct f80 to = sf_pack_f80(sf_from_s64(magnitude));
    to.se |= (from[BCD_BYTES] & 0x80) << 8;
    return to;
}

/* SPDX-License-Identifier: MIT */
/*
 * INT 10h AX=4F10h and 4F15h: the power and the description of the monitor that is always there, a
 * colour tube of 20 inches. The VGA has no wires to ask it, so what it says of itself is here.
 *
 * VESA, "VBE/Display Data Channel Standard" 1.1; "Enhanced EDID Data Standard", release A rev. 1
 * (EDID 1.3); "VBE/Power Management Standard" 1.0; timings: "Monitor Timing Standard" 1.0.
 */
#include "vga.h"

enum { DDC2 = 2, SECONDS = 1, PM_VERSION = 0x10 };
enum { POWER_ON, POWER_OFF = 4 };
enum { CRTC_MODE = 0x17, SYNC = 0x80 };

#define BELOW(n)      (n) % 256, (n) / 256
#define NIBBLES(a, b) (((a) >> 8 & 15) << 4 | ((b) >> 8 & 15))
#define LETTERS(a, b, c)                                                                           \
    (((a) - '@') << 2 | ((b) - '@') >> 3), ((((b) - '@') & 7) << 5 | ((c) - '@'))
/* A standard timing of 4:3 or 5:4, 60 Hz. */
#define TIMING_4_3(width) ((width) / 8 - 31), 0x40
#define TIMING_5_4(width) ((width) / 8 - 31), 0x80
#define TIMING_NONE       0x01, 0x01

/* clang-format off */
static const u8 edid[128] = {
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
    LETTERS('T', 'W', 'N'), 0x86, 0x00, 0, 0, 0, 0, /* maker, product, no serial number */
    0, 2026 - 1990, 1, 3,
    0x08, 40, 30, 220 - 100, /* analogue, separate syncs; cm; gamma 2.2 */
    0x2f, /* dark without syncs; colours, those of sRGB; a preferred timing; GTF */
    0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54,
    0xa1, 0x08, 0x00, /* 720 x 400 at 70 Hz; 640 x 480, 800 x 600, 1024 x 768 at 60 Hz */
    TIMING_4_3(1600), TIMING_5_4(1280), TIMING_4_3(1152), TIMING_4_3(1024),
    TIMING_4_3(800), TIMING_4_3(640), TIMING_NONE, TIMING_NONE,
    /* 1024 x 768 at 60 Hz, 65 MHz: 1344 by 806 with what is dark; syncs of 136 by 6 */
    BELOW(6500), 1024 & 0xff, 320 & 0xff, NIBBLES(1024, 320), 768 & 0xff, 38, NIBBLES(768, 38),
    24, 136, 3 << 4 | 6, 0, 400 & 0xff, 300 & 0xff, NIBBLES(400, 300), 0, 0, 0x18,
    /* 50 to 85 Hz, 30 to 107 kHz, 230 MHz */
    0, 0, 0, 0xfd, 0, 50, 85, 30, 107, 23, 0, '\n', ' ', ' ', ' ', ' ', ' ', ' ',
    0, 0, 0, 0xfc, 0, 't', 'w', 'i', 'n', '8', '6', '\n', ' ', ' ', ' ', ' ', ' ', ' ',
    0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, /* no more blocks */
    0x0d, /* the sum is zero */
};
/* clang-format on */

/* 4F15h, of the first controller: what there is; a block. */
u16 vbe_ddc(frame *r)
{
    if (r->bl > 1 || r->cx)
        return VBE_FAILED;
    if (r->bl == 0) {
        r->bl = DDC2;
        r->bh = SECONDS;
        return VBE_SUPPORTED;
    }
    if (r->dx)
        return VBE_FAILED;
    far_copy8(r->es, r->di, code_seg(), OFF(edid), sizeof edid);
    return VBE_SUPPORTED;
}

/* Dark, and without both syncs. */
static void power(u8 on)
{
    u8 mode = reg_read(BDA->crtc, CRTC_MODE);

    screen_enable(on);
    reg_write(BDA->crtc, CRTC_MODE, on ? mode | SYNC : mode & ~SYNC);
}

/* 4F10h: version and states, a state, which. A VGA has no way to stop one sync alone. */
u16 vbe_power(frame *r)
{
    switch (r->bl) {
    case 0:
        r->bl = PM_VERSION;
        r->bh = POWER_OFF;
        return VBE_SUPPORTED;
    case 1:
        if (r->bh != POWER_ON && r->bh != POWER_OFF)
            return VBE_FAILED;
        power(r->bh == POWER_ON);
        return VBE_SUPPORTED;
    case 2:
        r->bh = reg_read(BDA->crtc, CRTC_MODE) & SYNC ? POWER_ON : POWER_OFF;
        return VBE_SUPPORTED;
    }
    return VBE_FAILED;
}

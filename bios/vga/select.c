/* SPDX-License-Identifier: MIT */
/* Function 12h, the alternate selects by BL; and 1Ah, which displays there are. */
#include "vga.h"

/* Each success is told by AL = 12h. */
static void ega_info(frame *r)
{
    r->bh = BDA->control & CONTROL_MONO ? 1 : 0;
    r->bl = (BDA->control >> 5) & 3;
    r->ch = BDA->switches >> 4;
    r->cl = BDA->switches & 15;
}

static void print_install(frame *r)
{
    (void)r;
    vector_set(0x05, code_seg(), OFF(int05_entry));
}

/* 30h: the lines of the next text mode; the switches say what display an EGA would have. */
static void select_lines(frame *r)
{
    static const u8 options[] = {OPTION_200, 0, OPTION_400}, switches[] = {8, 9, 9};

    if (r->al > 2)
        return;
    BDA->options = (u8)((BDA->options & ~(OPTION_200 | OPTION_400)) | options[r->al]);
    BDA->switches = (u8)((BDA->switches & 0xf0) | switches[r->al]);
    r->al = 0x12;
}

/* AL 0 means yes where the bit means no. */
static void select_palette(frame *r)
{
    BDA->options = (u8)((BDA->options & ~OPTION_NO_PALETTE) | (r->al & 1 ? OPTION_NO_PALETTE : 0));
    r->al = 0x12;
}

static void select_video(frame *r)
{
    out8(VGA_ENABLE, r->al & 1 ? 0 : 1);
    out8(MISC_WRITE, (u8)((in8(MISC_READ) & ~2) | (r->al & 1 ? 0 : 2)));
    r->al = 0x12;
}

static void select_gray(frame *r)
{
    BDA->options = (u8)((BDA->options & ~OPTION_GRAY) | (r->al & 1 ? 0 : OPTION_GRAY));
    r->al = 0x12;
}

static void select_emulation(frame *r)
{
    BDA->control =
        (u8)((BDA->control & ~CONTROL_NO_EMULATION) | (r->al & 1 ? CONTROL_NO_EMULATION : 0));
    r->al = 0x12;
}

/* What makes an adapter the active one: its BIOS data and vectors, 128 bytes at ES:DX. */
static void adapter_keep(frame *r)
{
    far_copy8(r->es, r->dx, 0x40, 0x49, 0x1e);
    far_copy8(r->es, (u16)(r->dx + 0x1e), 0x40, 0x84, 7);
    far_copy8(r->es, (u16)(r->dx + 0x25), 0x40, 0xa8, 4);
    far_copy8(r->es, (u16)(r->dx + 0x29), 0, 0x10 * 4, 4);
    far_copy8(r->es, (u16)(r->dx + 0x2d), 0, 0x1f * 4, 4);
    far_copy8(r->es, (u16)(r->dx + 0x31), 0, 0x43 * 4, 4);
}

static void adapter_bring(frame *r)
{
    far_copy8(0x40, 0x49, r->es, r->dx, 0x1e);
    far_copy8(0x40, 0x84, r->es, (u16)(r->dx + 0x1e), 7);
    far_copy8(0x40, 0xa8, r->es, (u16)(r->dx + 0x25), 4);
    far_copy8(0, 0x10 * 4, r->es, (u16)(r->dx + 0x29), 4);
    far_copy8(0, 0x1f * 4, r->es, (u16)(r->dx + 0x2d), 4);
    far_copy8(0, 0x43 * 4, r->es, (u16)(r->dx + 0x31), 4);
}

/* 35h: from one VGA to another. 0 the adapter off for the first time, 1 the other on, 2 the active
   one off, 3 the inactive one on, 80h just the flag that switching is possible. */
static void select_display(frame *r)
{
    u8 what = r->al;

    if (what == 0x80) {
        BDA->options |= OPTION_SWITCHABLE;
    } else if (what > 3 || !(BDA->options & OPTION_SWITCHABLE)) {
        return;
    } else {
        if (what == 0 || what == 2)
            adapter_keep(r);
        if (what == 3)
            adapter_bring(r);
        out8(VGA_ENABLE, what & 1);
        BDA->options = (u8)((BDA->options & ~OPTION_ACTIVE) | (what & 1 ? OPTION_ACTIVE : 0));
    }
    r->al = 0x12;
}

static void select_refresh(frame *r)
{
    screen_enable(!(r->al & 1));
    r->al = 0x12;
}

void fn_select(frame *r)
{
    static function *const parts[] = {select_lines,     select_palette, select_video,  select_gray,
                                      select_emulation, select_display, select_refresh};
    if (r->bl == 0x10)
        ega_info(r);
    else if (r->bl == 0x20)
        print_install(r);
    else if (r->bl >= 0x30 && r->bl <= 0x36)
        parts[r->bl - 0x30](r);
}

/* --- 1Ah --- */

/* Entries, version, highest display code, 0; then pairs of codes: 1 MDA, 2 CGA, 4 and 5 EGA with
   colour and mono, 6 PGA, 7 and 8 VGA with mono and colour. */
const u8 display_table[] = {
    16, 1, 8, 0, 0, 0, 0, 1, 0, 2, 2, 1, 0, 4, 4, 1, 0, 5,
    2,  5, 0, 6, 6, 1, 6, 5, 0, 8, 8, 1, 0, 7, 7, 2, 6, 7,
};

static u8 is_mono(u8 code)
{
    return code == 1 || code == 5 || code == 7;
}

/* The pair as active in the low byte, the other in the high; FFFFh if there is no such entry. */
u16 display_pair(u8 index)
{
    u32 table = save_pointer2(0);
    u16 seg = (u16)(table >> 16), off = (u16)table;
    u8 first, second, mono = (BDA->equipment & 0x30) == 0x30;

    if (!table || index >= far_read8(seg, off))
        return 0xffff;
    first = far_read8(seg, (u16)(off + 4 + index * 2));
    second = far_read8(seg, (u16)(off + 5 + index * 2));
    if (first && (!second || is_mono(first) == mono))
        return (u16)(second << 8 | first);
    return (u16)(first << 8 | second);
}

static void display_set(frame *r)
{
    u16 turned = (u16)(r->bx << 8 | r->bx >> 8);

    for (u8 i = 0; i < 32; i++) {
        u16 pair = display_pair(i);
        if (pair != 0xffff && (pair == r->bx || pair == turned)) {
            BDA->display = i;
            return;
        }
    }
    BDA->display = 0xff;
}

void fn_display(frame *r)
{
    if (r->al > 1)
        return;
    if (r->al == 0)
        r->bx = display_pair(BDA->display);
    else
        display_set(r);
    r->al = 0x1a;
}

/* SPDX-License-Identifier: MIT */
/*
 * Where the beam is: the CRTC's counters as functions of the clock.
 *
 *     scan line   0 .......... active_lines ..... retrace_first .. retrace_last ...... lines
 *                 | picture    | border, blank   | vertical sync               | blank  |
 *     dot         0 ......... active_dots ......................................... line_dots
 *
 * Nothing ticks. The counters are taken to run since power-on with the registers of now; a change
 * of timing moves the beam, as it makes a monitor roll. Start address and interrupt flip-flop
 * change when vertical retrace starts; they are brought up to date before anybody looks.
 */
#include "devices/vga_parts.h"

/* IBM: 25.175 and 28.322 MHz; the other two inputs have no crystal, the first one stands in. */
static const u32 dot_clock[4] = {25175000, 28322000, 25175000, 25175000};

/* A vertical register with its bits 8 and 9 from the overflow register. */
static u32 with_overflow(const struct vga *vga, u32 reg, u32 bit_8, u32 bit_9)
{
    u32 overflow = vga->crtc[CR_OVERFLOW];
    return vga->crtc[reg] | (overflow >> bit_8 & 1) << 8 | (overflow >> bit_9 & 1) << 9;
}

static void horizontal(const struct vga *vga, struct vga_timing *t)
{
    u32 dots = vga->seq[SR_CLOCKING_MODE] & SR01_8_DOTS ? 8 : 9;
    if (vga->seq[SR_CLOCKING_MODE] & SR01_HALF_DOT_CLOCK)
        dots *= 2;
    t->line_dots = (vga->crtc[CR_HORIZONTAL_TOTAL] + 5) * dots;
    t->active_dots = (vga->crtc[CR_HORIZONTAL_END] + 1) * dots;
}

static void vertical(const struct vga *vga, struct vga_timing *t)
{
    u32 scale = vga->crtc[CR_MODE] & CR17_HALF_LINE_RATE ? 2 : 1;
    u32 total = with_overflow(vga, CR_VERTICAL_TOTAL, 0, 5) + 2;
    u32 first = with_overflow(vga, CR_RETRACE_START, 2, 7);
    u32 length = ((vga->crtc[CR_RETRACE_END] - first - 1) & 15) + 1; /* four bits are compared */
    if (first >= total)
        first = total - 1; /* hardware would never sync */
    u32 end = first + length < total ? first + length : total;
    t->lines = total * scale;
    t->active_lines = (with_overflow(vga, CR_VERTICAL_END, 1, 6) + 1) * scale;
    t->retrace_first = first * scale;
    t->retrace_last = end * scale - 1;
}

/* Dot clocks since power-on at which vertical retrace N started is N * frame - lead. */
static u64 retrace_lead(const struct vga_timing *t)
{
    return t->frame_dots - (u64)t->retrace_first * t->line_dots;
}

u64 vga_retraces(const struct vga *vga)
{
    const struct vga_timing *t = &vga->timing;
    return (clock_ticks(vga->clock, t->hz) + retrace_lead(t)) / t->frame_dots;
}

vtime vga_next_retrace(const struct vga *vga)
{
    const struct vga_timing *t = &vga->timing;
    u64 next = vga_retraces(vga) + 1;
    return ticks_to_ns(next * t->frame_dots - retrace_lead(t), t->hz);
}

u8 vga_status(const struct vga *vga)
{
    const struct vga_timing *t = &vga->timing;
    u32 at = (u32)(clock_ticks(vga->clock, t->hz) % t->frame_dots);
    u32 line = at / t->line_dots, dot = at % t->line_dots;
    u8 status = 0;
    if (line >= t->active_lines || dot >= t->active_dots)
        status |= 0x01;
    if (line >= t->retrace_first && line <= t->retrace_last)
        status |= 0x08;
    return status;
}

u16 vga_shown_start(const struct vga *vga)
{
    return vga_retraces(vga) == vga->retraces ? vga->start : vga_crtc_pair(vga, CR_START_HIGH);
}

void vga_sync(struct vga *vga)
{
    u64 now = vga_retraces(vga);
    if (now == vga->retraces)
        return;
    vga->retraces = now;
    vga->start = vga_crtc_pair(vga, CR_START_HIGH);
    if (vga->crtc[CR_RETRACE_END] & CR11_NOT_CLEAR_INTERRUPT)
        vga->pending = true;
}

/* The interrupt's wire, and the timer that is needed only to raise it in time. */
static void interrupt_update(struct vga *vga)
{
    u8 control = vga->crtc[CR_RETRACE_END];
    bool enabled = !(control & CR11_DISABLE_INTERRUPT);
    if (!(control & CR11_NOT_CLEAR_INTERRUPT))
        vga->pending = false;
    line_set(&vga->irq, enabled && vga->pending);
    if (enabled && !vga->pending && control & CR11_NOT_CLEAR_INTERRUPT)
        timer_set(&vga->retrace, vga_next_retrace(vga));
    else
        timer_stop(&vga->retrace);
}

static void timing_find(struct vga *vga)
{
    struct vga_timing *t = &vga->timing;
    t->hz = dot_clock[(vga->misc & MISC_CLOCK) >> 2];
    horizontal(vga, t);
    vertical(vga, t);
    t->frame_dots = (u64)t->line_dots * t->lines;
}

void vga_timing_update(struct vga *vga)
{
    timing_find(vga);
    vga->retraces = vga_retraces(vga);
    interrupt_update(vga);
}

void vga_timing_loaded(struct vga *vga)
{
    timing_find(vga);
    timer_loaded(&vga->retrace);
}

void vga_retrace_fire(void *owner)
{
    struct vga *vga = owner;
    vga_sync(vga);
    interrupt_update(vga);
}

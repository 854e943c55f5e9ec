/* SPDX-License-Identifier: MIT */
/*
 * Port 61h, "8042/8255 port B" of the IBM AT, and port 92h, "system control port A" of the PS/2
 * (IBM AT Technical Reference, "I/O address map"; PS/2 Model 50/60 Technical Reference).
 *
 *   61h  7 parity error  6 channel error  5 OUT2  4 refresh  3 channel check off
 *        2 parity check off  1 speaker data  0 timer 2 gate      (7-4 read only)
 *   92h  1 A20  0 0->1 resets the CPU; the other bits (fixed-disk light, CMOS lock) are kept
 *
 * The refresh bit changes with every memory refresh, each 18 ticks of the 1.193182 MHz timer
 * clock, as the BIOS sets counter 1; programs count it to measure 15 us. It is computed from the
 * clock and so does not follow a guest that sets counter 1 to something else.
 *
 * Not modelled: memory and channel errors (they never happen).
 */
#include "devices/sysctl.h"

enum { PIT_HZ = 1193182, REFRESH_TICKS = 18 };

static const struct field sysctl_fields[] = {
    FIELD_STRUCT(struct sysctl, gate2, line_fields),
    FIELD_STRUCT(struct sysctl, speaker, line_fields),
    FIELD_STRUCT(struct sysctl, a20, line_fields),
    FIELD_STRUCT(struct sysctl, reset, line_fields),
    TRANSIENT(struct sysctl, clock),
    FIELD_MAX(struct sysctl, port_b, 0x0f),
    FIELD(struct sysctl, port_a),
    FIELD(struct sysctl, out2),
    FIELD_END,
};

static void update_speaker(struct sysctl *sysctl)
{
    line_set(&sysctl->speaker, sysctl->out2 && sysctl->port_b & PORT_B_SPEAKER);
}

static u32 sysctl_read(void *chip, u32 reg, unsigned size)
{
    struct sysctl *sysctl = chip;
    (void)size;
    if (reg == SYSCTL_PORT_A)
        return sysctl->port_a & ~(u32)PORT_A_RESET;
    bool refresh = clock_ticks(sysctl->clock, PIT_HZ) / REFRESH_TICKS & 1;
    return sysctl->port_b | (refresh ? PORT_B_REFRESH : 0) | (sysctl->out2 ? PORT_B_OUT2 : 0);
}

static void port_b_write(struct sysctl *sysctl, u8 value)
{
    sysctl->port_b = value & 0x0f;
    line_set(&sysctl->gate2, value & PORT_B_GATE2);
    update_speaker(sysctl);
}

static void port_a_write(struct sysctl *sysctl, u8 value)
{
    bool reset = value & ~sysctl->port_a & PORT_A_RESET;
    sysctl->port_a = value;
    line_set(&sysctl->a20, value & PORT_A_A20);
    if (reset) {
        line_set(&sysctl->reset, true);
        line_set(&sysctl->reset, false);
    }
}

static void sysctl_write(void *chip, u32 reg, u32 value, unsigned size)
{
    (void)size;
    if (reg == SYSCTL_PORT_B)
        port_b_write(chip, (u8)value);
    else if (reg == SYSCTL_PORT_A)
        port_a_write(chip, (u8)value);
}

void sysctl_out2(void *owner, unsigned pin, bool level)
{
    struct sysctl *sysctl = owner;
    (void)pin;
    sysctl->out2 = level;
    update_speaker(sysctl);
}

void sysctl_force_a20(struct sysctl *sysctl)
{
    sysctl->port_a |= PORT_A_A20;
    line_set(&sysctl->a20, true);
}

/* OUT2 is an input and stays. */
static void sysctl_reset(void *chip)
{
    struct sysctl *sysctl = chip;
    sysctl->port_a = 0;
    line_set(&sysctl->a20, false);
    port_b_write(sysctl, 0);
}

void sysctl_init(struct sysctl *sysctl, struct clock *clock)
{
    *sysctl = (struct sysctl){.clock = clock};
}

const struct chip sysctl_chip = {
    .name = "sysctl",
    .reset = sysctl_reset,
    .read = sysctl_read,
    .write = sysctl_write,
    .fields = sysctl_fields,
    .size = sizeof(struct sysctl),
};

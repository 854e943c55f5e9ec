/* SPDX-License-Identifier: MIT */
/*
 * Port 61h, "8042/8255 port B" of the IBM AT, and port 92h, "system control port A" of the PS/2
 * (IBM AT Technical Reference, "I/O address map"; PS/2 Model 50/60 Technical Reference).
 *
 *   61h  7 parity error  6 channel error  5 OUT2  4 refresh  3 channel check off
 *        2 parity check off  1 speaker data  0 timer 2 gate      (7-4 read only)
 *   92h  1 A20  0 0->1 resets the CPU; the other bits (fixed-disk light, CMOS lock) are kept
 *
 * The refresh bit changes with every memory refresh, about each 15 us; programs count it to wait.
 *
 * Not modelled: memory and channel errors (they never happen).
 */
#include "devices/sysctl.h"

static const struct field sysctl_fields[] = {
    FIELD_STRUCT(struct sysctl, gate2, line_fields),
    FIELD_STRUCT(struct sysctl, speaker, line_fields),
    FIELD_STRUCT(struct sysctl, a20, line_fields),
    FIELD_STRUCT(struct sysctl, reset, line_fields),
    TRANSIENT(struct sysctl, out2),
    TRANSIENT(struct sysctl, refresh),
    FIELD_MAX(struct sysctl, port_b, 0x0f),
    FIELD(struct sysctl, port_a),
    FIELD_END,
};

static bool high(const struct sysctl_input *input)
{
    return input->level && input->level(input->owner);
}

static u32 sysctl_read(void *chip, u32 reg, unsigned size)
{
    struct sysctl *sysctl = chip;
    (void)size;
    if (reg == SYSCTL_PORT_A)
        return sysctl->port_a & ~(u32)PORT_A_RESET;
    return sysctl->port_b | (high(&sysctl->refresh) ? PORT_B_REFRESH : 0) |
           (high(&sysctl->out2) ? PORT_B_OUT2 : 0);
}

static void port_b_write(struct sysctl *sysctl, u8 value)
{
    sysctl->port_b = value & 0x0f;
    line_set(&sysctl->gate2, value & PORT_B_GATE2);
    line_set(&sysctl->speaker, value & PORT_B_SPEAKER);
}

static void port_a_write(struct sysctl *sysctl, u8 value)
{
    bool reset = value & ~sysctl->port_a & PORT_A_RESET;
    sysctl->port_a = value;
    line_set(&sysctl->a20, value & PORT_A_A20);
    if (reset)
        line_pulse(&sysctl->reset);
}

static void sysctl_write(void *chip, u32 reg, u32 value, unsigned size)
{
    (void)size;
    if (reg == SYSCTL_PORT_B)
        port_b_write(chip, (u8)value);
    else if (reg == SYSCTL_PORT_A)
        port_a_write(chip, (u8)value);
}

void sysctl_follow_a20(struct sysctl *sysctl, bool open)
{
    sysctl->port_a = (u8)((sysctl->port_a & ~PORT_A_A20) | (open ? PORT_A_A20 : 0));
    sysctl->a20.level = open;
}

static void sysctl_reset(void *chip)
{
    struct sysctl *sysctl = chip;
    sysctl->port_a = PORT_A_A20;
    line_set(&sysctl->a20, true);
    port_b_write(sysctl, 0);
}

void sysctl_init(struct sysctl *sysctl)
{
    *sysctl = (struct sysctl){0};
}

const struct chip sysctl_chip = {
    .name = "sysctl",
    .reset = sysctl_reset,
    .read = sysctl_read,
    .write = sysctl_write,
    .fields = sysctl_fields,
    .size = sizeof(struct sysctl),
};

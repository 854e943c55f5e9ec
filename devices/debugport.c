/* SPDX-License-Identifier: MIT */
/*
 * Ports that exist on no real board; operating system developers know them from other emulators.
 *
 *   E9h, 402h   a byte of text for the debug console; reads give E9h: "such a console is here"
 *   8900h       the letters "Shutdown", one by one, switch the power off
 *   F4h or 501h isa-debug-exit: the value v ends the emulator with exit code 2v+1
 */
#include "devices/debugport.h"

static const char shutdown_word[] = "Shutdown";

static const struct field debugport_fields[] = {
    FIELD_STRUCT(struct debugport, power_off, line_fields),
    FIELD_STRUCT(struct debugport, exit, line_fields),
    TRANSIENT(struct debugport, console),
    FIELD(struct debugport, exit_value),
    FIELD_MAX(struct debugport, said, sizeof shutdown_word - 2),
    FIELD_END,
};

static u32 debugport_read(void *chip, u32 reg, unsigned size)
{
    (void)chip, (void)size;
    return reg == DEBUGPORT_TEXT ? 0xe9 : reg == DEBUGPORT_SHUTDOWN ? 0xff : 0;
}

static void shutdown_letter(struct debugport *port, char letter)
{
    port->said = letter == shutdown_word[port->said] ? port->said + 1 : letter == shutdown_word[0];
    if (shutdown_word[port->said])
        return;
    port->said = 0;
    line_pulse(&port->power_off);
}

static void debugport_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct debugport *port = chip;
    (void)size;
    if (reg == DEBUGPORT_TEXT) {
        chardev_put(port->console, (u8)value);
    } else if (reg == DEBUGPORT_SHUTDOWN) {
        shutdown_letter(port, (char)value);
    } else {
        port->exit_value = value;
        line_set(&port->exit, true);
    }
}

static void debugport_reset(void *chip)
{
    struct debugport *port = chip;
    port->said = 0;
    port->exit_value = 0;
    line_set(&port->exit, false);
}

void debugport_init(struct debugport *port, struct chardev *console)
{
    *port = (struct debugport){.console = console};
}

const struct chip debugport_chip = {
    .name = "debugport",
    .reset = debugport_reset,
    .read = debugport_read,
    .write = debugport_write,
    .fields = debugport_fields,
    .size = sizeof(struct debugport),
};

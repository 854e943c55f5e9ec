/* SPDX-License-Identifier: MIT */
/* The board's two control ports: 61h (speaker, timer gate, refresh) and 92h (A20, reset). */
#ifndef DEVICES_SYSCTL_H
#define DEVICES_SYSCTL_H

#include "src/base/chip.h"
#include "src/base/line.h"

enum { SYSCTL_PORT_B, SYSCTL_PORT_A }; /* registers: port 61h and port 92h */

enum {
    PORT_B_GATE2 = 0x01, PORT_B_SPEAKER = 0x02, PORT_B_PARITY_OFF = 0x04,
    PORT_B_CHANNEL_OFF = 0x08, PORT_B_REFRESH = 0x10, PORT_B_OUT2 = 0x20,
};
enum { PORT_A_RESET = 0x01, PORT_A_A20 = 0x02 };

/* An input that is looked at when the port is read: a line would change far too often. */
struct sysctl_input {
    bool (*level)(void *owner); /* NULL: low */
    void *owner;
};

struct sysctl {
    struct line gate2;   /* to the timer's counter 2 */
    struct line speaker; /* high: the loudspeaker follows OUT of counter 2 */
    struct line a20;     /* the A20 gate as port 92h sets it; open after reset */
    struct line reset;   /* pulses for a CPU reset */
    struct sysctl_input out2;    /* OUT of counter 2 */
    struct sysctl_input refresh; /* changes with every memory refresh */
    u8 port_b, port_a;           /* as written */
};

extern const struct chip sysctl_chip;

/* The inputs are low until the board connects them. */
void sysctl_init(struct sysctl *sysctl);

/* Somebody else has set the A20 gate: port 92h reads back what it is. Drives no line. */
void sysctl_follow_a20(struct sysctl *sysctl, bool open);

#endif

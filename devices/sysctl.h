/* SPDX-License-Identifier: MIT */
/* The board's two control ports: 61h (speaker, timer gate, refresh) and 92h (A20, reset). */
#ifndef DEVICES_SYSCTL_H
#define DEVICES_SYSCTL_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"

enum { SYSCTL_PORT_B, SYSCTL_PORT_A }; /* registers: port 61h and port 92h */

enum {
    PORT_B_GATE2 = 0x01, PORT_B_SPEAKER = 0x02, PORT_B_PARITY_OFF = 0x04,
    PORT_B_CHANNEL_OFF = 0x08, PORT_B_REFRESH = 0x10, PORT_B_OUT2 = 0x20,
};
enum { PORT_A_RESET = 0x01, PORT_A_A20 = 0x02 };

struct sysctl {
    struct line gate2;   /* to the timer's counter 2 */
    struct line speaker; /* the loudspeaker's membrane: out or in */
    struct line a20;     /* port 92h's wish; the board ORs it with the keyboard controller's */
    struct line reset;   /* pulses for a CPU reset */
    struct clock *clock;
    u8 port_b, port_a; /* as written */
    bool out2;         /* input: OUT of counter 2 */
};

extern const struct chip sysctl_chip;

void sysctl_init(struct sysctl *sysctl, struct clock *clock);
void sysctl_out2(void *sysctl, unsigned pin, bool level); /* a line_set_fn */
void sysctl_force_a20(struct sysctl *sysctl);             /* what the board does at a CPU reset */

#endif

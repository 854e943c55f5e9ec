/* SPDX-License-Identifier: MIT */
/*
 * Power management of the PIIX4 (function 3): the ACPI fixed registers and timer, the APM ports
 * that raise SMI, and a system management bus with nobody on it.
 *
 * 82371AB "PIIX4" (290562), "Power Management"; ACPI 1.0, "ACPI Register Model".
 */
#ifndef DEVICES_PM_H
#define DEVICES_PM_H

#include "mem/pci.h"
#include "src/base/clock.h"

enum { PM_TIMER_HZ = 3579545, PM_REGISTERS = 64, SMB_REGISTERS = 16 };

struct pm {
    struct pci_function pci;
    struct clock *clock;
    struct line sci;       /* level, high: a status bit is set and enabled */
    struct line smi;       /* pulse */
    struct line power_off; /* pulse: S5 */
    struct line suspend;   /* pulse: S3, in which the board takes main power away */
    struct line wake;      /* pulse: the end of it */
    bool asleep;           /* between the two */
    bool rtc;              /* the clock's interrupt */
    struct timer carry;    /* the timer's highest bit changes; runs while that may interrupt */
    u64 carries;           /* changes of the timer's highest bit that software has seen */
    u8 reg[PM_REGISTERS];  /* at PMBASE; without the timer and its status bit */
    u8 apm[2];             /* B2h, B3h */
    u8 smb[SMB_REGISTERS];
    u8 gpe_enable[2];
};

extern const struct chip pm_chip;  /* registers 0-63: PMBASE, width 4 */
extern const struct chip apm_chip; /* registers 0, 1: ports B2h and B3h */
extern const struct chip smb_chip; /* registers 0-15: SMBBASE */
extern const struct chip gpe_chip; /* registers 0-3: QEMU's general-purpose events */
/* The latter three keep no state of their own. */

void pm_init(struct pm *pm, struct clock *clock);

/* The power button is pressed: wakes the system, or tells it, if it listens; false: it does not. */
bool pm_power_button(struct pm *pm);

/* A line_set_fn: the clock's interrupt, IRQ 8. */
void pm_rtc(void *pm, unsigned pin, bool level);

/* S3: what has no power but main power is reset. */
void pm_suspend(struct pm *pm);

#endif

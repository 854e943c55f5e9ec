/* SPDX-License-Identifier: MIT */
/*
 * The host bridge of the 440FX: what the processor finds from A0000h to FFFFFh.
 *
 * 82441FX "PCI and Memory Controller (PMC)", 290549. Of its registers those that a guest can tell
 * by their effect: PAM (59h-5Fh) and SMRAM (72h). The others keep what is written.
 */
#ifndef DEVICES_I440FX_H
#define DEVICES_I440FX_H

#include "mem/pci.h"

enum { I440FX_SEGMENTS = 13 }; /* C0000h-EFFFFh by 16 KiB, then F0000h-FFFFFh as one */

/* Where accesses to a segment go: bit 0 reads, bit 1 writes; set: to memory, else to the bus. */
enum { PAM_READ = 1, PAM_WRITE = 2 };

struct i440fx {
    struct pci_function pci;
    void (*map)(void *owner); /* segments or SMRAM changed */
    void *owner;
};

extern const struct chip i440fx_chip; /* no registers of its own: configuration space */

/* RAM_SIZE in bytes, for the DRAM row boundaries. */
void i440fx_init(struct i440fx *bridge, u64 ram_size, void (*map)(void *owner), void *owner);

unsigned i440fx_pam(const struct i440fx *bridge, unsigned segment); /* PAM_* */

/* Is RAM, not the display, at A0000h-BFFFFh: for everybody, or in system management mode? */
bool i440fx_smram_open(const struct i440fx *bridge);
bool i440fx_smram_enabled(const struct i440fx *bridge);

#endif

/* SPDX-License-Identifier: MIT */
#include "devices/i440fx.h"

enum {
    PMCCFG = 0x50,
    DETURBO = 0x52,
    DBC = 0x53,
    DRAMC = 0x57,
    DRAMT = 0x58,
    PAM = 0x59,
    DRB = 0x60, /* 60h-67h: row boundaries in units of 8 MiB, cumulative */
    DRAM_ROWS = 8,
    FDHC = 0x68,
    MTT = 0x70,
    CLT = 0x71,
    SMRAM = 0x72,
    ERRCMD = 0x90,
    TRC = 0x93,
};
enum { SMRAM_OPEN = 0x40, SMRAM_CLOSED = 0x20, SMRAM_LOCKED = 0x10, SMRAM_ENABLE = 0x08 };
enum { SMRAM_RESET = 0x02, SMRAM_WRITABLE = 0x78 };

unsigned i440fx_pam(const struct i440fx *bridge, unsigned segment)
{
    if (segment == I440FX_SEGMENTS - 1) /* F0000h: the upper half of the first register */
        return bridge->pci.config[PAM] >> 4 & 3;
    return bridge->pci.config[PAM + 1 + segment / 2] >> (segment & 1 ? 4 : 0) & 3;
}

bool i440fx_smram_enabled(const struct i440fx *bridge)
{
    return bridge->pci.config[SMRAM] & SMRAM_ENABLE;
}

bool i440fx_smram_open(const struct i440fx *bridge)
{
    u8 smram = bridge->pci.config[SMRAM];
    return smram & SMRAM_ENABLE && smram & SMRAM_OPEN && !(smram & SMRAM_CLOSED);
}

/* D_LCK: once it is set, D_OPEN is closed, and both and G_SMRAME stay until a reset. */
static void smram_lock(struct i440fx *bridge)
{
    u8 smram = bridge->pci.config[SMRAM];
    if (smram & SMRAM_LOCKED)
        pci_set(&bridge->pci, SMRAM, 1, smram & ~(u32)SMRAM_OPEN, SMRAM_CLOSED);
}

static void changed(void *owner, unsigned at, unsigned bytes)
{
    struct i440fx *bridge = owner;
    unsigned last = at + bytes - 1;
    if (at <= SMRAM && last >= SMRAM)
        smram_lock(bridge);
    if (last >= PAM && at <= SMRAM)
        bridge->map(bridge->owner);
}

/* Registers with their values after a reset, and what of them can be written. */
static const struct {
    u8 at, bytes;
    u32 value, writable;
} registers[] = {
    {PMCCFG, 2, 0x0000, 0x4c7f}, {DETURBO, 1, 0x00, 0xff}, {DBC, 1, 0x80, 0xff},
    {DRAMC, 1, 0x01, 0xff},      {DRAMT, 1, 0x10, 0xff},   {PAM, 4, 0, 0x33333330},
    {PAM + 4, 3, 0, 0x333333},   {FDHC, 1, 0x00, 0xc0},    {MTT, 1, 0x00, 0xff},
    {CLT, 1, 0x10, 0xff},        {SMRAM, 1, SMRAM_RESET, SMRAM_WRITABLE},
    {ERRCMD, 1, 0x00, 0xff},     {TRC, 1, 0x00, 0x06},
};

static void i440fx_reset(void *chip)
{
    struct i440fx *bridge = chip;
    for (unsigned i = 0; i < ARRAY_LEN(registers); i++)
        pci_set(&bridge->pci, registers[i].at, registers[i].bytes, registers[i].value,
                registers[i].writable);
    pci_function_reset(&bridge->pci);
    bridge->map(bridge->owner);
}

void i440fx_init(struct i440fx *bridge, u64 ram_size, void (*map)(void *owner), void *owner)
{
    u32 rows = (u32)(ram_size >> 23);
    *bridge = (struct i440fx){.map = map, .owner = owner};
    pci_function_init(&bridge->pci, 0x8086, 0x1237, 0x060000);
    bridge->pci.config[PCI_REVISION] = 2;
    /* the processor's way to memory is always open, and it is a master always */
    pci_set(&bridge->pci, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0x0140);
    pci_set(&bridge->pci, PCI_STATUS, 2, 0x0280, 0);
    pci_set(&bridge->pci, PCI_LINE, 1, 0, 0);
    for (unsigned i = 0; i < DRAM_ROWS; i++)
        pci_set(&bridge->pci, DRB + i, 1, rows < 0xff ? rows : 0xff, 0xff);
    bridge->pci.changed = changed;
    bridge->pci.owner = bridge;
}

static const struct field i440fx_fields[] = {
    FIELD_STRUCT(struct i440fx, pci, pci_function_fields),
    TRANSIENT(struct i440fx, map),
    TRANSIENT(struct i440fx, owner),
    FIELD_END,
};

static void i440fx_loaded(void *chip)
{
    smram_lock(chip);
}

const struct chip i440fx_chip = {
    .name = "i440fx",
    .reset = i440fx_reset,
    .loaded = i440fx_loaded,
    .fields = i440fx_fields,
    .size = sizeof(struct i440fx),
};

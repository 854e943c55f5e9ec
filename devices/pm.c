/* SPDX-License-Identifier: MIT */
/*
 *   PMBASE  0 PMSTS  2 PMEN  4 PMCNTRL  8 PMTMR  C GPSTS  E GPEN  10 PCNTRL  14 LVL2  15 LVL3
 *          18 GLBSTS 1C DEVSTS 20 GLBEN 28 GLBCTL 2C DEVCTL 30 GPIREG 34 GPOREG
 *
 * Not modelled: throttling, the device monitors' traps and timers (their registers keep what is
 * written), the burst and bus master events; the C states of LVL2 and LVL3 do nothing.
 */
#include "devices/pm.h"

enum { PMSTS = 0, PMEN = 2, PMCNTRL = 4, PMTMR = 8, GLBSTS = 0x18, GLBCTL = 0x28 };
enum {
    STS_TIMER = 0x0001,
    STS_BUTTON = 0x0100,
    STS_RTC = 0x0400,
    STS_WAKE = 0x8000,
    CNT_SCI = 0x0001,
    CNT_RELEASE = 0x0004,
    CNT_SUSPEND = 0x2000,
    CNT_TYPE_SHIFT = 10,
    GLBCTL_SMI = 0x01,
    GLBSTS_APM = 0x20,
    GLBSTS_RELEASE = 0x04,
};
/* What the FADT of SeaBIOS and of Bochs's BIOS has as ACPI_ENABLE and ACPI_DISABLE. Their SMI handlers
 * leave it to the board. */
enum { APM_ACPI_ON = 0xf1, APM_ACPI_OFF = 0xf0 };
enum { TYPE_OFF = 0, TYPE_TO_RAM = 1 };
enum { RESUME_WELL = 0x10 }; /* bytes: PMSTS to GPEN */
enum { CARRY_SHIFT = 23, TIMER_MASK = 0xffffff };

/* Configuration space. */
enum { PMBASE = 0x40, DEVACTB = 0x58, PMREGMISC = 0x80, SMBBASE = 0x90, SMBHSTCFG = 0xd2 };
enum { DEVACTB_APMC = 0x02 /* bit 25 */ };

/* Which bits of the registers a write sets, and which a written 1 clears. */
static const struct {
    u8 at, bytes;
    u32 writable, clears;
} registers[] = {
    {PMSTS, 2, 0, 0x8531},      {PMEN, 2, 0x0521, 0},        {PMCNTRL, 2, 0x1c03, 0},
    {0x0c, 2, 0, 0x0f81},       {0x0e, 2, 0x0f01, 0},        {0x10, 4, 0x00023e1e, 0},
    {GLBSTS, 2, 0, 0x0ff5},     {0x1c, 4, 0, 0x3fff0fff},    {0x20, 2, 0x8d07, 0},
    {GLBCTL, 4, 0x0701ff07, 0}, {0x2c, 4, 0xffffffff, 0},    {0x34, 4, 0x7fffffff, 0},
};

static u64 carries(const struct pm *pm)
{
    return clock_ticks(pm->clock, PM_TIMER_HZ) >> CARRY_SHIFT;
}

static u32 status(const struct pm *pm)
{
    return get16(pm->reg + PMSTS) | (carries(pm) != pm->carries ? STS_TIMER : 0);
}

static void update(struct pm *pm)
{
    u32 enable = get16(pm->reg + PMEN);
    line_set(&pm->sci, get16(pm->reg + PMCNTRL) & CNT_SCI && status(pm) & enable);
    if (enable & STS_TIMER)
        timer_set(&pm->carry, ticks_to_ns((carries(pm) + 1) << CARRY_SHIFT, PM_TIMER_HZ));
    else
        timer_stop(&pm->carry);
}

static void carried(void *owner)
{
    update(owner);
}

static void set_status(struct pm *pm, u16 bits)
{
    put16(pm->reg + PMSTS, get16(pm->reg + PMSTS) | bits);
    update(pm);
}

/* ACPI 1.0b, 4.7.3.1.1: WAK_STS, whatever the event was. */
static void wake(struct pm *pm)
{
    pm->asleep = false;
    set_status(pm, STS_WAKE);
    line_pulse(&pm->wake);
}

/* It wakes in any case: otherwise nothing might. */
bool pm_power_button(struct pm *pm)
{
    bool was_asleep = pm->asleep;
    set_status(pm, STS_BUTTON);
    if (was_asleep)
        wake(pm);
    return was_asleep || pm->sci.level;
}

static void wake_by_status(struct pm *pm)
{
    if (pm->asleep && get16(pm->reg + PMSTS) & get16(pm->reg + PMEN) & (STS_BUTTON | STS_RTC))
        wake(pm);
}

/* 82371AB, "PMSTS": set when IRQ8# is asserted. */
void pm_rtc(void *owner, unsigned pin UNUSED, bool level)
{
    struct pm *pm = owner;
    bool rises = level && !pm->rtc;
    pm->rtc = level;
    if (!rises)
        return;
    set_status(pm, STS_RTC);
    wake_by_status(pm);
}

static void set_acpi(struct pm *pm, bool on)
{
    pm->reg[PMCNTRL] = (u8)((pm->reg[PMCNTRL] & ~CNT_SCI) | (on ? CNT_SCI : 0));
    update(pm);
}

/* ---- SMI ---- */

static void release(struct pm *pm)
{
    pm->reg[GLBSTS] |= GLBSTS_RELEASE;
    if (pm->reg[GLBCTL] & GLBCTL_SMI)
        line_pulse(&pm->smi);
}

static u32 apm_read(void *chip, u32 reg, unsigned size)
{
    (void)size;
    return ((struct pm *)chip)->apm[reg];
}

/* SMI_EN is not asked: Bochs's BIOS does not set it, and waits for its handler. */
static void apm_command(struct pm *pm, u8 command)
{
    if (command == APM_ACPI_ON || command == APM_ACPI_OFF)
        set_acpi(pm, command == APM_ACPI_ON);
    if (!(pm->pci.config[DEVACTB + 3] & DEVACTB_APMC))
        return;
    pm->reg[GLBSTS] |= GLBSTS_APM;
    line_pulse(&pm->smi);
}

static void apm_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct pm *pm = chip;
    (void)size;
    pm->apm[reg] = (u8)value;
    if (reg == 0)
        apm_command(pm, (u8)value);
}

/* ---- general-purpose events as QEMU's board has them ---- */

/*
 * SeaBIOS's FADT names a block of 4 bytes, status and enable, where this chip has none. No event
 * occurs: nothing is plugged in or out. Ones here would have every PCI function ejected.
 */
static u32 gpe_read(void *chip, u32 reg, unsigned size)
{
    (void)size;
    return reg < 2 ? 0 : ((struct pm *)chip)->gpe_enable[reg - 2];
}

static void gpe_write(void *chip, u32 reg, u32 value, unsigned size)
{
    (void)size;
    if (reg >= 2)
        ((struct pm *)chip)->gpe_enable[reg - 2] = (u8)value;
}

/* ---- registers ---- */

/* The doubleword at AT, a multiple of 4. */
static u32 registers_at(const struct pm *pm, u32 at)
{
    u32 kept = get32(pm->reg + at);
    if (at == PMTMR)
        return clock_ticks(pm->clock, PM_TIMER_HZ) & TIMER_MASK;
    return at == PMSTS ? kept | status(pm) : kept;
}

static void byte_write(struct pm *pm, u32 reg, u8 value)
{
    for (unsigned i = 0; i < ARRAY_LEN(registers); i++) {
        unsigned at = registers[i].at, shift = 8 * (reg - at);
        if (reg < at || reg >= at + registers[i].bytes)
            continue;
        u8 writable = (u8)(registers[i].writable >> shift);
        u8 cleared = (u8)(registers[i].clears >> shift & value);
        pm->reg[reg] = (u8)((pm->reg[reg] & ~writable & ~cleared) | (value & writable));
    }
}

/* PMCNTRL: what its upper half and GBL_RLS start. */
static void control_written(struct pm *pm, u32 value)
{
    unsigned type = value >> CNT_TYPE_SHIFT & 7;
    if (value & CNT_RELEASE)
        release(pm);
    if (value & CNT_SUSPEND && type == TYPE_OFF)
        line_pulse(&pm->power_off);
    if (value & CNT_SUSPEND && type == TYPE_TO_RAM) {
        pm->asleep = true;
        line_pulse(&pm->suspend);
        wake_by_status(pm);
    }
}

static u32 pm_read(void *chip, u32 reg, unsigned size)
{
    u32 value = 0, doubleword = 0;
    for (u32 i = 0; i < size; i++) {
        u32 at = (reg + i) % PM_REGISTERS;
        if (!i || at % 4 == 0)
            doubleword = registers_at(chip, at & ~3u);
        value |= (doubleword >> 8 * (at % 4) & 0xff) << 8 * i;
    }
    return value;
}

static void pm_write(void *chip, u32 reg, u32 value, unsigned size)
{
    struct pm *pm = chip;
    u32 control = 0;
    for (u32 i = 0; i < size; i++) {
        u32 at = (reg + i) % PM_REGISTERS;
        u8 byte = (u8)(value >> 8 * i);
        byte_write(pm, at, byte);
        if (at == PMSTS && byte & STS_TIMER)
            pm->carries = carries(pm);
        if (at == PMCNTRL || at == PMCNTRL + 1)
            control |= (u32)byte << 8 * (at - PMCNTRL);
    }
    if (control)
        control_written(pm, control | (get16(pm->reg + PMCNTRL) & 0x1c00));
    update(pm);
}

/* ---- the system management bus: nobody acknowledges ---- */

enum { SMBHSTSTS = 0, SMBHSTCNT = 2, SMB_DEV_ERR = 0x04, SMB_START = 0x40, SMB_INTERRUPTS = 0x1e };

static u32 smb_read(void *chip, u32 reg, unsigned size)
{
    (void)size;
    return ((struct pm *)chip)->smb[reg % SMB_REGISTERS];
}

static void smb_write(void *chip, u32 reg, u32 value, unsigned size)
{
    u8 *smb = ((struct pm *)chip)->smb;
    (void)size;
    if (reg == SMBHSTSTS)
        smb[SMBHSTSTS] &= (u8) ~(value & SMB_INTERRUPTS);
    else if (reg < SMB_REGISTERS)
        smb[reg] = (u8)(value & (reg == SMBHSTCNT ? 0xff & ~SMB_START : 0xff));
    if (reg == SMBHSTCNT && value & SMB_START)
        smb[SMBHSTSTS] |= SMB_DEV_ERR;
}

/* ---- building ---- */

static void pm_reset(void *chip)
{
    struct pm *pm = chip;
    pci_set(&pm->pci, DEVACTB, 4, 0, 0xffffffff);
    pci_set(&pm->pci, PMREGMISC, 1, 0, 0x01);
    pci_set(&pm->pci, SMBHSTCFG, 1, 0, 0x0f);
    pci_set(&pm->pci, SMBHSTCFG + 1, 3, 0, 0xffffff);
    pci_function_reset(&pm->pci);
    memset(pm->reg, 0, sizeof pm->reg);
    memset(pm->apm, 0, sizeof pm->apm);
    memset(pm->smb, 0, sizeof pm->smb);
    memset(pm->gpe_enable, 0, sizeof pm->gpe_enable);
    pm->asleep = false;
    pm->carries = carries(pm);
    update(pm);
}

/* 82371AB, "Power Planes": ACPI's events and control are in the resume well. */
void pm_suspend(struct pm *pm)
{
    u8 kept[RESUME_WELL];
    bool asleep = pm->asleep;
    memcpy(kept, pm->reg, sizeof kept);
    pm_reset(pm);
    memcpy(pm->reg, kept, sizeof kept);
    pm->asleep = asleep;
    update(pm);
}

void pm_init(struct pm *pm, struct clock *clock)
{
    *pm = (struct pm){.clock = clock};
    timer_init(&pm->carry, clock, carried, pm);
    pci_function_init(&pm->pci, 0x8086, 0x7113, 0x068000);
    pm->pci.config[PCI_REVISION] = 3;
    pci_set(&pm->pci, PCI_COMMAND, 2, 0, PCI_COMMAND_IO);
    pci_set(&pm->pci, PCI_STATUS, 2, 0x0280, 0);
    pci_set(&pm->pci, PCI_PIN, 1, 1, 0);
    pci_set_bar(&pm->pci, 0,
                (struct pci_bar){.space = PCI_SPACE_IO, .at = PMBASE, .enable_at = PMREGMISC,
                                 .enable = 1, .size = PM_REGISTERS, .width = 4, .chip = &pm_chip,
                                 .owner = pm});
    pci_set_bar(&pm->pci, 1,
                (struct pci_bar){.space = PCI_SPACE_IO, .at = SMBBASE, .enable_at = SMBHSTCFG,
                                 .enable = 1, .size = SMB_REGISTERS, .width = 1, .chip = &smb_chip,
                                 .owner = pm});
}

static void pm_loaded(void *chip)
{
    timer_loaded(&((struct pm *)chip)->carry);
}

static const struct field pm_fields[] = {
    FIELD_STRUCT(struct pm, pci, pci_function_fields),
    TRANSIENT(struct pm, clock),
    FIELD_STRUCT(struct pm, sci, line_fields),
    FIELD_STRUCT(struct pm, smi, line_fields),
    FIELD_STRUCT(struct pm, power_off, line_fields),
    FIELD_STRUCT(struct pm, suspend, line_fields),
    FIELD_STRUCT(struct pm, wake, line_fields),
    FIELD(struct pm, asleep),
    FIELD(struct pm, rtc),
    FIELD_STRUCT(struct pm, carry, timer_fields),
    FIELD(struct pm, carries),
    FIELD_ARRAY(struct pm, reg),
    FIELD_ARRAY(struct pm, apm),
    FIELD_ARRAY(struct pm, smb),
    FIELD_ARRAY(struct pm, gpe_enable),
    FIELD_END,
};

const struct chip pm_chip = {
    .name = "pm",
    .reset = pm_reset,
    .read = pm_read,
    .write = pm_write,
    .loaded = pm_loaded,
    .fields = pm_fields,
    .size = sizeof(struct pm),
};

const struct chip apm_chip = {.name = "apm", .read = apm_read, .write = apm_write};
const struct chip smb_chip = {.name = "smbus", .read = smb_read, .write = smb_write};
const struct chip gpe_chip = {.name = "gpe", .read = gpe_read, .write = gpe_write};

/* SPDX-License-Identifier: MIT */
/*
 * Waking from S3: memory has kept what was in it, the chips have not. They are set up as POST does,
 * so far as a system does not do it, and the system goes on where it said in the FACS.
 * "Advanced Configuration and Power Interface Specification 1.0b", 9.3.2 and 5.2.6.
 */
#include "bda.h"
#include "pci.h"
#include "tables.h"

#define FDC_DOR        0x3f2
#define FDC_RUNS       0x0c /* not held in reset, its interrupt and DMA connected */
#define WAK_STS        0x8000u
#define SLP_TYP        0x1c00u
#define SLP_TYP_TO_RAM 0x0400u /* as \_S3 says in dsdt.asl */
#define LOW_BYTES      0x500   /* vectors and the BIOS's data */

/* What the PIIX4 kept, once. */
static bool was_asleep(void)
{
    u16 control;

    if (!power_present())
        return false;
    control = in16(PM_CONTROL);
    out16(PM_CONTROL, control & ~SLP_TYP);
    return in16(PM_PORTS) & WAK_STS && (control & SLP_TYP) == SLP_TYP_TO_RAM;
}

static u32 vector(void)
{
    u32 facs[FACS_VECTOR / 4 + 1] = {0};

    move_memory(memory_end() - ACPI_NVS_SIZE, stack_address(facs), sizeof facs / 2);
    return facs[0] == FACS ? facs[FACS_VECTOR / 4] : 0;
}

/* The display's chip has forgotten its registers too, and a system without a driver of its own for
   it (a text console) cannot know them: the video BIOS starts it, as many boards do ("Run VGABIOS
   if S3 Resume"). It finds our vectors and leaves its own; the system has all back as it was. */
static void light_display(void)
{
    u32 aside = memory_end() - ACPI_NVS_SIZE + FACS_SIZE;

    if (!move_memory(0, aside, LOW_BYTES / 2))
        return;
    init_vectors();
    video_init();
    irq_off();
    move_memory(aside, 0, LOW_BYTES / 2);
}

/* Called by entry.S. 0: start as ever. */
u32 wake(void)
{
    u32 to;

    step(0x0b);
    init_chips();
    pci_init();
    if (!was_asleep())
        return 0;
    shadow_show();
    out8(FDC_DOR, FDC_RUNS);
    kbc_init();
    kbc_command(0x60);
    kbc_data(EBDA8(kbc_config));
    if (cpu_features() & CPU_APIC)
        number_io_apic();
    a20_set(true);
    to = vector();
    if (to)
        light_display();
    return to;
}

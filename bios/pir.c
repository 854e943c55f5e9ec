/* SPDX-License-Identifier: MIT */
/*
 * Who is wired to which PIRQ, as tables for systems: $PIR (Microsoft, "PCI IRQ Routing Table
 * Specification 1.0") and where the 32-bit services are ("Standard BIOS 32-bit Service Directory
 * Proposal 0.4").
 */
#include "tables.h"
#include "pci.h"

#define SLOTS     8      /* devices 1 to 8 */
#define ON_BOARD  2      /* of these: the PIIX and the display */
#define IRQS      0xdef8 /* a PIRQ takes IRQ 3 to 7, 9 to 12, 14 and 15 */
#define EXCLUSIVE 0x0c00 /* 10 and 11 are no ISA card's */
#define PIR_SIZE  (32 + SLOTS * 16)

void bios32_entry(void); /* pcibios.S */

static void put_slot(struct writer *w, u8 device)
{
    u8 pin;

    put8(w, 0);
    put8(w, (u8)(device << 3));
    for (pin = 0; pin < 4; pin++) {
        put8(w, (u8)ISA_PIRQ + pci_pirq(device, pin)); /* the link is its register's offset */
        put16(w, IRQS);
    }
    put8(w, device > ON_BOARD ? device - ON_BOARD : 0);
    put8(w, 0);
}

static void put_pir(struct writer *w)
{
    u16 start = w->at;
    u8 device;

    put32(w, 0x52495024); /* $PIR */
    put16(w, 0x0100);
    put16(w, PIR_SIZE);
    put8(w, 0);
    put8(w, ISA_BRIDGE >> 8);
    put16(w, EXCLUSIVE);
    put32(w, ID_PIIX3);
    put_zeros(w, 16);
    for (device = 1; device <= SLOTS; device++)
        put_slot(w, device);
    put_sum(w, start, PIR_SIZE, start + 31);
}

static void put_bios32(struct writer *w)
{
    u16 start = w->at;

    put32(w, 0x5f32335f); /* _32_ */
    put32(w, ROM_SEGMENT * 16u + (u32)bios32_entry);
    put16(w, 0x0100); /* revision 0, one paragraph */
    put_zeros(w, 6);
    put_sum(w, start, 16, start + 10);
}

/* The routing table comes first: pcibios.S knows it there. */
void pir_init(struct writer *w)
{
    put_pir(w);
    put_bios32(w);
}

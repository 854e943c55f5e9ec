/* SPDX-License-Identifier: MIT */
/* PCI configuration space of bus 0, by mechanism 1, and where the chips of the board are. */
#ifndef BIOS_PCI_H
#define BIOS_PCI_H

#include "bios.h"

/* A register: device and function number in the high byte, its offset in the low one. */
#define PCI_REGISTER(device, function, offset) ((u16)((device) << 11 | (function) << 8 | (offset)))

/* The 440FX, and of the PIIX the ISA bridge, the disk controller and power management. */
#define HOST_PAM   PCI_REGISTER(0, 0, 0x59) /* 59h to 5Fh */
#define ISA_BRIDGE PCI_REGISTER(1, 0, 0x00)
#define ISA_PIRQ   PCI_REGISTER(1, 0, 0x60) /* 60h to 63h */
#define IDE        PCI_REGISTER(1, 1, 0x00)
#define POWER      PCI_REGISTER(1, 3, 0x00)

#define ID_PIIX3   0x70008086u
#define ID_IDE     0x70108086u
#define ID_POWER   0x71138086u

#define PM_PORTS   0xb000 /* the PIIX4's power management: ACPI registers */
#define PM_CONTROL (PM_PORTS + 4)
#define SMB_PORTS  0xb100
#define SCI_IRQ    9

u32 pci_read(u16 reg); /* the doubleword that the register is in */
u8 pci_read8(u16 reg);
void pci_write(u16 reg, u32 value);
void pci_write8(u16 reg, u8 value);

bool pci_present(void);
bool power_present(void); /* the PIIX4's, where pci_init put it */
void pci_init(void);
/* INTA# (0) to INTD# (3) of a device: its PIRQ, PIRQA# (0) to PIRQD#, since the pins are wired to
   them in turn from INTA# of device 1 on; and the IRQ of that. */
u8 pci_pirq(u8 device, u8 pin);
u8 pci_irq(u8 device, u8 pin);
bool pci_uses_irq(u8 irq);

#endif

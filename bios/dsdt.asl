/* SPDX-License-Identifier: MIT */
/*
 * What ACPI says of the board: its sleep states, the PCI bus and who is wired where, the devices behind the
 * ISA bridge. ACPI 1.0b; what is written is Intel's ASL, for iasl.
 */
DefinitionBlock ("dsdt.aml", "DSDT", 1, "TWIN86", "TWIN86PC", 1)
{
    /* SLP_TYP of the PIIX4: suspend to RAM, soft off */
    Name (\_S3, Package () {1, 1, 0, 0})
    Name (\_S5, Package () {0, 0, 0, 0})

    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_BBN, 0)
            Name (_CRS, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0, 0, 1)
                IO (Decode16, 0x0cf8, 0x0cf8, 1, 8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                    0, 0x0000, 0x0cf7, 0, 0x0cf8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                    0, 0x0d00, 0xffff, 0, 0xf300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                    0, 0x000a0000, 0x000bffff, 0, 0x00020000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable,
                    ReadWrite, 0, 0xe0000000, 0xfebfffff, 0, 0x1ec00000)
            })

/* INTA# of device 1 is PIRQA#, and so on in turn. */
#define SLOT(device, a, b, c, d) \
    Package () {device, 0, a, 0}, Package () {device, 1, b, 0}, \
    Package () {device, 2, c, 0}, Package () {device, 3, d, 0}

            Name (_PRT, Package ()
            {
                SLOT (0x0001ffff, LNKA, LNKB, LNKC, LNKD),
                SLOT (0x0002ffff, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0003ffff, LNKC, LNKD, LNKA, LNKB),
                SLOT (0x0004ffff, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0005ffff, LNKA, LNKB, LNKC, LNKD),
                SLOT (0x0006ffff, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0007ffff, LNKC, LNKD, LNKA, LNKB),
                SLOT (0x0008ffff, LNKD, LNKA, LNKB, LNKC)
            })

            Device (ISA)
            {
                Name (_ADR, 0x00010000)
                OperationRegion (PIRQ, PCI_Config, 0x60, 4)

#define SIMPLE(name, id) Device (name) { Name (_HID, EisaId (id)) Name (_CRS, ResourceTemplate () {
#define END }) }

                SIMPLE (PIC, "PNP0000")
                    IO (Decode16, 0x0020, 0x0020, 1, 2)
                    IO (Decode16, 0x00a0, 0x00a0, 1, 2)
                    IO (Decode16, 0x04d0, 0x04d0, 1, 2)
                    IRQNoFlags () {2}
                END
                SIMPLE (PIT, "PNP0100")
                    IO (Decode16, 0x0040, 0x0040, 1, 4)
                    IRQNoFlags () {0}
                END
                SIMPLE (DMAC, "PNP0200")
                    IO (Decode16, 0x0000, 0x0000, 1, 16)
                    IO (Decode16, 0x0080, 0x0080, 1, 16)
                    IO (Decode16, 0x00c0, 0x00c0, 1, 32)
                    DMA (Compatibility, BusMaster, Transfer8_16) {4}
                END
                SIMPLE (RTC, "PNP0B00")
                    IO (Decode16, 0x0070, 0x0070, 1, 4)
                    IRQNoFlags () {8}
                END
                SIMPLE (SPKR, "PNP0800")
                    IO (Decode16, 0x0061, 0x0061, 1, 1)
                END
                SIMPLE (FPU, "PNP0C04")
                    IO (Decode16, 0x00f0, 0x00f0, 1, 2)
                    IRQNoFlags () {13}
                END
                SIMPLE (KBD, "PNP0303")
                    IO (Decode16, 0x0060, 0x0060, 1, 1)
                    IO (Decode16, 0x0064, 0x0064, 1, 1)
                    IRQNoFlags () {1}
                END
                SIMPLE (MOU, "PNP0F13")
                    IRQNoFlags () {12}
                END
                SIMPLE (FDC, "PNP0700")
                    IO (Decode16, 0x03f0, 0x03f0, 1, 6)
                    IO (Decode16, 0x03f7, 0x03f7, 1, 1)
                    IRQNoFlags () {6}
                    DMA (Compatibility, NotBusMaster, Transfer8) {2}
                END
                Device (COM1)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 1)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x03f8, 0x03f8, 1, 8)
                        IRQNoFlags () {4}
                    })
                }
                Device (COM2)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 2)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x02f8, 0x02f8, 1, 8)
                        IRQNoFlags () {3}
                    })
                }
                SIMPLE (LPT1, "PNP0400")
                    IO (Decode16, 0x0378, 0x0378, 1, 3)
                    IRQNoFlags () {7}
                END
                /* There is one if its counter has a period: in femtoseconds, at most 100 ns. */
                Device (HPET)
                {
                    Name (_HID, EisaId ("PNP0103"))
                    OperationRegion (REGS, SystemMemory, 0xfed00000, 0x400)
                    Field (REGS, DWordAcc, NoLock, Preserve)
                    {
                        CAPS, 32, PERI, 32
                    }
                    Method (_STA)
                    {
                        If (PERI && PERI <= 100000000) { Return (0x0f) }
                        Return (0)
                    }
                    Name (_CRS, ResourceTemplate ()
                    {
                        Memory32Fixed (ReadOnly, 0xfed00000, 0x400)
                    })
                }
                /* what else has ports, so that nothing is put there */
                SIMPLE (REST, "PNP0C02")
                    IO (Decode16, 0x0092, 0x0092, 1, 1)
                    IO (Decode16, 0x00b2, 0x00b2, 1, 2)
                    IO (Decode16, 0x0510, 0x0510, 1, 12)
                    IO (Decode16, 0xb000, 0xb000, 1, 64)
                    IO (Decode16, 0xb100, 0xb100, 1, 16)
                END
            }
        }

        Field (PCI0.ISA.PIRQ, ByteAcc, NoLock, Preserve)
        {
            PRQA, 8, PRQB, 8, PRQC, 8, PRQD, 8
        }

        /* Bit 7 of a routing register: not routed. */
        Method (STAT, 1)
        {
            If (Arg0 & 0x80) { Return (0x09) }
            Return (0x0b)
        }
        Name (BUFF, ResourceTemplate ()
        {
            Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) {0}
        })
        Method (CURR, 1, Serialized)
        {
            CreateDWordField (BUFF, 5, NUMB)
            NUMB = 0
            If (!(Arg0 & 0x80)) { NUMB = Arg0 & 0x0f }
            Return (BUFF)
        }
        Name (CHOI, ResourceTemplate ()
        {
            Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) {10, 11}
        })

#define LINK(name, number, register) \
        Device (name) \
        { \
            Name (_HID, EisaId ("PNP0C0F")) \
            Name (_UID, number) \
            Method (_STA) { Return (STAT (register)) } \
            Method (_PRS) { Return (CHOI) } \
            Method (_CRS) { Return (CURR (register)) } \
            Method (_DIS) { register |= 0x80 } \
            Method (_SRS, 1) \
            { \
                CreateDWordField (Arg0, 5, NUMB) \
                register = NUMB \
            } \
        }

        LINK (LNKA, 1, PRQA)
        LINK (LNKB, 2, PRQB)
        LINK (LNKC, 3, PRQC)
        LINK (LNKD, 4, PRQD)
    }
}

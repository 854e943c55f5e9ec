/* SPDX-License-Identifier: MIT */
/*
 * Why what is chosen:
 *
 * DOS: programs that measure time by loops, and drivers of the time before APM. Windows 3's 32-bit
 * disk access takes no disk whose geometry a BIOS has to translate.
 *
 * Windows 95 to ME: they change page tables without telling the TLB, with which large TLBs do not
 * agree; their Setup takes ACPI for granted only on boards that it knows.
 *
 * Windows NT 3.1 to 4.0: Setup takes no processor behind family 5, nor CPUID above function 2;
 * tables of the APIC would choose another HAL.
 *
 * Windows 2000: its Setup takes a disk that answers at once for full.
 *
 * OS/2 1.x: disks and memory of its time.
 */
#include "src/profile.h"

#include <string.h>

#define PLAIN_PC "pc,acpi=off,apic=off"

static const struct profile profiles[] = {
    {"dos", true, {{"cpu", "486dx2-66"}, {"m", "16"}, {"machine", PLAIN_PC ",apm=off"}}},
    {"win9x", false, {{"cpu", "pentium2,coherent-tlb"}, {"m", "256"}, {"machine", PLAIN_PC}}},
    {"nt", false, {{"cpu", "pentium"}, {"m", "64"}, {"machine", PLAIN_PC}}},
    {"win2000", false, {{"cpu", "pentium2"}, {"m", "128"}, {"machine", "pc,slow-ide"}}},
    {"os2", false, {{"cpu", "pentium"}, {"m", "64"}, {"machine", PLAIN_PC}}},
    {"os2-1", true, {{"cpu", "486"}, {"m", "8"}, {"machine", PLAIN_PC}}},
};

const struct profile *profile_at(unsigned i)
{
    return i < ARRAY_LEN(profiles) ? &profiles[i] : NULL;
}

const struct profile *profile_find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_LEN(profiles); i++)
        if (!strcmp(profiles[i].name, name))
            return &profiles[i];
    return NULL;
}

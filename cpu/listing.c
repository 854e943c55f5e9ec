/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cpu/engine.h"
#include "cpu/listing.h"

enum { INSN_BYTES = 15, COLUMN = 8 }; /* bytes that fit the column before the text */

static void hex_bytes(char *to, const u8 *bytes, unsigned n)
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < n; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
        *to++ = ' ';
    }
    *to = 0;
}

unsigned listing_code(struct cpu *cpu, u32 eip, char *text, size_t size)
{
    u8 bytes[INSN_BYTES];
    char line[DISASM_TEXT], hex[3 * INSN_BYTES + 1];
    u32 got = cpu_peek(cpu, (u32)cpu->seg[SEG_CS].base + eip, bytes, INSN_BYTES);
    unsigned n =
        disasm(code_index(cpu), bytes, got, eip, cpu->mode & MODE_CODE32, line, sizeof line);
    hex_bytes(hex, bytes, n ? n : got);
    snprintf(text, size, "%04x:%08x  %-*s %s", cpu->seg[SEG_CS].selector, (unsigned)eip, 3 * COLUMN,
             hex, n ? line : "(not in memory)");
    return n;
}

void listing_registers(const struct cpu *cpu, char *text, size_t size)
{
    const u64 *r = cpu->r;
    snprintf(text, size,
             "eax %08x  ebx %08x  ecx %08x  edx %08x  esi %08x  edi %08x  ebp %08x  esp %08x",
             (unsigned)r[EAX], (unsigned)r[EBX], (unsigned)r[ECX], (unsigned)r[EDX],
             (unsigned)r[ESI], (unsigned)r[EDI], (unsigned)r[EBP], (unsigned)r[ESP]);
}

static const char flag_names[] = "NODITSZAPC";

/* The letters of the flags that are set, others as dashes. */
static void flag_letters(u32 eflags, char text[sizeof flag_names])
{
    static const u16 bits[] = {FL_NT, FL_OF, FL_DF, FL_IF, FL_TF,
                               FL_SF, FL_ZF, FL_AF, FL_PF, FL_CF};
    strcpy(text, flag_names);
    for (unsigned i = 0; flag_names[i]; i++)
        if (!(eflags & bits[i]))
            text[i] = '-';
}

void listing_system(const struct cpu *cpu, char *text, size_t size)
{
    char flags[sizeof flag_names];
    flag_letters(cpu_eflags(cpu), flags);
    snprintf(text, size,
             "es %04x  cs %04x  ss %04x  ds %04x  fs %04x  gs %04x  %s  iopl %u  %s %u  "
             "cr0 %08x  cr2 %08x  cr3 %08x",
             cpu->seg[SEG_ES].selector, cpu->seg[SEG_CS].selector, cpu->seg[SEG_SS].selector,
             cpu->seg[SEG_DS].selector, cpu->seg[SEG_FS].selector, cpu->seg[SEG_GS].selector, flags,
             cpu_iopl(cpu), cpu_vm86(cpu) ? "vm86 cpl" : "cpl", cpu->cpl, (unsigned)cpu->cr0,
             (unsigned)cpu->cr2, (unsigned)cpu->cr3);
}

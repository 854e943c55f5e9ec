/* SPDX-License-Identifier: MIT */
/* Memory in other segments than the stack's. */
#include "bios.h"

#define FAR_ACCESS(type, name, suffix)                                                             \
    type far_get##name(u16 segment, u16 offset)                                                    \
    {                                                                                              \
        type value;                                                                                \
        __asm__ volatile("movw %w1, %%es\n\tmov" suffix " %%es:(%2), %0\n\tmovw %%ss, %w1\n\t"     \
                         "movw %w1, %%es"                                                          \
                         : "=&q"(value), "+r"(segment)                                             \
                         : "r"((u32)offset)                                                        \
                         : "memory");                                                              \
        return value;                                                                              \
    }                                                                                              \
    void far_put##name(u16 segment, u16 offset, type value)                                        \
    {                                                                                              \
        __asm__ volatile("movw %w0, %%es\n\tmov" suffix " %1, %%es:(%2)\n\tmovw %%ss, %w0\n\t"     \
                         "movw %w0, %%es"                                                          \
                         : "+r"(segment)                                                           \
                         : "q"(value), "r"((u32)offset)                                            \
                         : "memory");                                                              \
    }
FAR_ACCESS(u8, 8, "b")
FAR_ACCESS(u16, 16, "w")
FAR_ACCESS(u32, 32, "l")

void far_load(void *to, u16 segment, u16 offset, u16 bytes)
{
    u8 *p = to;

    for (; bytes; bytes--)
        *p++ = far_get8(segment, offset++);
}

void far_store(u16 segment, u16 offset, const void *from, u16 bytes)
{
    const u8 *p = from;

    for (; bytes; bytes--)
        far_put8(segment, offset++, *p++);
}

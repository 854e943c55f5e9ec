/* SPDX-License-Identifier: MIT */
/* What all firmware shares: types and ports. */
#ifndef BIOS_IO_H
#define BIOS_IO_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define PORT_ACCESS(type, name, suffix)                                                            \
    static inline type in##name(u16 port)                                                          \
    {                                                                                              \
        type value;                                                                                \
        __asm__ volatile("in" suffix " %1, %0" : "=a"(value) : "Nd"(port) : "memory");             \
        return value;                                                                              \
    }                                                                                              \
    static inline void out##name(u16 port, type value)                                             \
    {                                                                                              \
        __asm__ volatile("out" suffix " %0, %1" ::"a"(value), "Nd"(port) : "memory");              \
    }
PORT_ACCESS(u8, 8, "b")
PORT_ACCESS(u16, 16, "w")
PORT_ACCESS(u32, 32, "l")

#endif

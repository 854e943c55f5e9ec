/* SPDX-License-Identifier: MIT */
/* Handlers of single string instructions; repeated ones are in string_plain.c. */
#include "cpu/alu.h"
#include "cpu/forms.h"

#define STEP(s) (cpu->eflags & FL_DF ? -BYTES_##s : BYTES_##s)
#define ADVANCE_a16(reg, s) W_16(reg * 8, R_16(reg * 8) + STEP(s))
#define ADVANCE_a32(reg, s) W_32(reg * 8, R_32(reg * 8) + STEP(s))
#define INDEX_a16(reg) R_16(reg * 8)
#define INDEX_a32(reg) R_32(reg * 8)

/* Operands: X is DS:SI (or the override), Y is ES:DI. */
#ifdef FLAVOUR_FAST
#define FIND_STR(k, kind, a, reg, segment, s, w) FIND_STR_##kind(k, a, reg, segment, s, w)
#define FIND_STR_flat(k, a, reg, segment, s, w)                                                    \
    u32 k##_lin = INDEX_##a(reg);                                                                  \
    TLB_FIND(k, k##_lin, BYTES_##s, w)
#define FIND_STR_seg(k, a, reg, segment, s, w)                                                     \
    u32 k##_offset = INDEX_##a(reg);                                                               \
    if (unlikely(k##_offset >= cpu->seg[segment].end[w][LOG2_##s]))                                \
        COLD;                                                                                      \
    u32 k##_lin = (u32)cpu->seg[segment].base + k##_offset;                                        \
    TLB_FIND(k, k##_lin, BYTES_##s, w)
#define X_GET(s) (*(u##s *)x)
#define Y_GET(s) (*(u##s *)y)
#define Y_PUT(s, v) (*(u##s *)y = (u##s)(v))
#define STRING(name, ...)                                                                          \
    STRING_ONE(name##_flat, flat, __VA_ARGS__)                                                     \
    STRING_ONE(name##_seg, seg, __VA_ARGS__)
#define STRING_ONE(name, kind, a, s, FINDS, ...)                                                   \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        FINDS(kind, a, s)                                                                          \
        __VA_ARGS__                                                                                \
        NEXT;                                                                                      \
    }
#else
#define FIND_STR(k, kind, a, reg, segment, s, w)                                                   \
    struct at k;                                                                                   \
    mem_find(cpu, &k, segment, INDEX_##a(reg), BYTES_##s, w)
#define X_GET(s) ((u##s)at_get(cpu, &x))
#define Y_GET(s) ((u##s)at_get(cpu, &y))
#define Y_PUT(s, v) at_put(cpu, &y, (u##s)(v))
#define STRING(name, a, s, FINDS, ...)                                                             \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        FLAGS;                                                                                     \
        FINDS(kind, a, s)                                                                          \
        __VA_ARGS__                                                                                \
        NEXT;                                                                                      \
    }
#endif

#define FIND_X(kind, a, s) FIND_STR(x, kind, a, ESI, u->seg, s, 0);
#define FIND_Y(kind, a, s) FIND_STR(y, kind, a, EDI, SEG_ES, s, 0);
#define FIND_Y_W(kind, a, s) FIND_STR(y, kind, a, EDI, SEG_ES, s, 1);
#define FIND_XY(kind, a, s) FIND_X(kind, a, s) FIND_Y(kind, a, s)
#define FIND_XY_W(kind, a, s) FIND_X(kind, a, s) FIND_Y_W(kind, a, s)

#define ALL(a, s)                                                                                  \
    STRING(MOVS_##a##_##s, a, s, FIND_XY_W, Y_PUT(s, X_GET(s)); ADVANCE_##a(ESI, s);               \
           ADVANCE_##a(EDI, s);)                                                                   \
    STRING(STOS_##a##_##s, a, s, FIND_Y_W, Y_PUT(s, R(s, EAX * 8)); ADVANCE_##a(EDI, s);)          \
    STRING(LODS_##a##_##s, a, s, FIND_X, W(s, EAX * 8, X_GET(s)); ADVANCE_##a(ESI, s);)            \
    STRING(CMPS_##a##_##s, a, s, FIND_XY, sem_CMP(&f, X_GET(s), Y_GET(s), s); KEEP;                \
           ADVANCE_##a(ESI, s); ADVANCE_##a(EDI, s);)                                              \
    STRING(SCAS_##a##_##s, a, s, FIND_Y, sem_CMP(&f, R(s, EAX * 8), Y_GET(s), s); KEEP;            \
           ADVANCE_##a(EDI, s);)
ALL(a16, 8)
ALL(a16, 16)
ALL(a16, 32)
ALL(a32, 8)
ALL(a32, 16)
ALL(a32, 32)

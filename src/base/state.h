/* SPDX-License-Identifier: MIT */
/*
 * What a part keeps across save and load, as a list of fields. One list gives the hash of the
 * machine, the dump, the comparison of two machines, and save and load.
 *
 * A type that is no scalar, and a pointer, do not compile. Bytes of a struct that are in no list
 * are found by state_uncovered(), which the unit tests call for every chip.
 */
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include <stdio.h>

#include "src/base/types.h"

enum field_kind {
    FIELD_KIND_END,
    FIELD_KIND_UINT,
    FIELD_KIND_SINT,
    FIELD_KIND_BOOL,
    FIELD_KIND_STRUCT,
    FIELD_KIND_TRANSIENT, /* derived, or a wire: not part of the state */
};

struct field {
    const char *name;
    u32 offset; /* bytes from the start of the struct */
    u32 size;   /* bytes of one element */
    u32 count;  /* elements */
    enum field_kind kind;
    u64 max;                 /* largest value a load accepts; 0: any */
    const struct field *sub; /* of FIELD_KIND_STRUCT */
};

#define FIELD_MEMBER_(type, member) (((type *)0)->member)
#define FIELD_KIND_(lvalue)                                                                        \
    _Generic((lvalue), u8 : FIELD_KIND_UINT, u16 : FIELD_KIND_UINT, u32 : FIELD_KIND_UINT,         \
             u64 : FIELD_KIND_UINT, unsigned long long : FIELD_KIND_UINT, s8 : FIELD_KIND_SINT,    \
             s16 : FIELD_KIND_SINT, s32 : FIELD_KIND_SINT, s64 : FIELD_KIND_SINT,                  \
             bool : FIELD_KIND_BOOL)
#define FIELD_ARRAY_OF_(t, a) t(*)[sizeof(a) / (sizeof(t))]
#define FIELD_ARRAY_KIND_(a)                                                                       \
    _Generic(&(a), FIELD_ARRAY_OF_(u8, a) : FIELD_KIND_UINT, FIELD_ARRAY_OF_(u16, a)               \
             : FIELD_KIND_UINT, FIELD_ARRAY_OF_(u32, a)                                            \
             : FIELD_KIND_UINT, FIELD_ARRAY_OF_(u64, a)                                            \
             : FIELD_KIND_UINT, FIELD_ARRAY_OF_(bool, a)                                           \
             : FIELD_KIND_BOOL)

/* A scalar; with the largest value that a load accepts. */
#define FIELD_MAX(type, member, max_)                                                              \
    {                                                                                              \
        #member, offsetof(type, member), sizeof(FIELD_MEMBER_(type, member)), 1,                   \
            FIELD_KIND_(FIELD_MEMBER_(type, member)), max_, NULL                                   \
    }
#define FIELD(type, member) FIELD_MAX(type, member, 0)

/* A one-dimensional array of scalars. */
#define FIELD_ARRAY_MAX(type, member, max_)                                                        \
    {                                                                                              \
        #member, offsetof(type, member), sizeof(FIELD_MEMBER_(type, member)[0]),                   \
            ARRAY_LEN(FIELD_MEMBER_(type, member)),                                                \
            FIELD_ARRAY_KIND_(FIELD_MEMBER_(type, member)), max_, NULL                             \
    }
#define FIELD_ARRAY(type, member) FIELD_ARRAY_MAX(type, member, 0)

/* A struct, or an array of structs, with a field list of its own. */
#define FIELD_STRUCT(type, member, sub_)                                                           \
    {                                                                                              \
        #member, offsetof(type, member), sizeof(FIELD_MEMBER_(type, member)), 1,                   \
            FIELD_KIND_STRUCT, 0, sub_                                                             \
    }
#define FIELD_STRUCTS(type, member, sub_)                                                          \
    {                                                                                              \
        #member, offsetof(type, member), sizeof(FIELD_MEMBER_(type, member)[0]),                   \
            ARRAY_LEN(FIELD_MEMBER_(type, member)), FIELD_KIND_STRUCT, 0, sub_                     \
    }

/* Not state: wires, pointers, and what reset or load derives anew. */
#define TRANSIENT(type, member)                                                                    \
    {                                                                                              \
        #member, offsetof(type, member), sizeof(FIELD_MEMBER_(type, member)), 1,                   \
            FIELD_KIND_TRANSIENT, 0, NULL                                                          \
    }
#define FIELD_END                                                                                  \
    {                                                                                              \
        NULL, 0, 0, 0, FIELD_KIND_END, 0, NULL                                                     \
    }

/* 64-bit FNV-1a over every field, continuing from HASH (start with STATE_HASH_START). */
#define STATE_HASH_START 0xcbf29ce484222325u
u64 state_hash(u64 hash, const struct field *fields, const void *object);
u64 state_hash_bytes(u64 hash, const void *bytes, size_t n);

/* Write "path.name = value" lines, numbers in hex. */
void state_dump(FILE *out, const char *path, const struct field *fields, const void *object);

/* Write a line for every field that differs; returns how many do. */
unsigned state_diff(FILE *out, const char *path, const struct field *fields, const void *a,
                    const void *b);

/*
 * Bytes of the SIZE-byte struct in no field of the list and not explained by alignment (a gap
 * before a field that is shorter than what the field is aligned to). Names the first gap on
 * OUT if that is not NULL.
 */
size_t state_uncovered(FILE *out, const struct field *fields, size_t size);

#endif

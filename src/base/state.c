/* SPDX-License-Identifier: MIT */
#include "src/base/state.h"

u64 state_hash_bytes(u64 hash, const void *bytes, size_t n)
{
    const u8 *p = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash;
}

u64 state_hash(u64 hash, const struct field *fields, const void *object)
{
    for (const struct field *f = fields; f->kind != FIELD_KIND_END; f++) {
        const u8 *p = (const u8 *)object + f->offset;
        if (f->kind == FIELD_KIND_TRANSIENT)
            continue;
        if (f->kind != FIELD_KIND_STRUCT) {
            hash = state_hash_bytes(hash, p, (size_t)f->size * f->count);
            continue;
        }
        for (u32 i = 0; i < f->count; i++)
            hash = state_hash(hash, f->sub, p + (size_t)i * f->size);
    }
    return hash;
}

static u64 field_value(const struct field *f, const u8 *p)
{
    u64 v = 0;
    memcpy(&v, p, f->size); /* little-endian host, see configure.ac */
    return v;
}

/* The path of element I of field F below PATH. */
static void field_path(char *out, size_t n, const char *path, const struct field *f, u32 i)
{
    const char *dot = *path ? "." : "";
    if (f->count > 1)
        snprintf(out, n, "%s%s%s[%u]", path, dot, f->name, i);
    else
        snprintf(out, n, "%s%s%s", path, dot, f->name);
}

void state_dump(FILE *out, const char *path, const struct field *fields, const void *object)
{
    for (const struct field *f = fields; f->kind != FIELD_KIND_END; f++) {
        for (u32 i = 0; i < f->count && f->kind != FIELD_KIND_TRANSIENT; i++) {
            const u8 *p = (const u8 *)object + f->offset + (size_t)i * f->size;
            char name[256];
            field_path(name, sizeof name, path, f, i);
            if (f->kind == FIELD_KIND_STRUCT)
                state_dump(out, name, f->sub, p);
            else
                fprintf(out, "%s = %llx\n", name, (unsigned long long)field_value(f, p));
        }
    }
}

unsigned state_diff(FILE *out, const char *path, const struct field *fields, const void *a,
                    const void *b)
{
    unsigned n = 0;
    for (const struct field *f = fields; f->kind != FIELD_KIND_END; f++) {
        for (u32 i = 0; i < f->count && f->kind != FIELD_KIND_TRANSIENT; i++) {
            size_t at = f->offset + (size_t)i * f->size;
            const u8 *pa = (const u8 *)a + at, *pb = (const u8 *)b + at;
            char name[256];
            field_path(name, sizeof name, path, f, i);
            if (f->kind == FIELD_KIND_STRUCT) {
                n += state_diff(out, name, f->sub, pa, pb);
            } else if (memcmp(pa, pb, f->size)) {
                fprintf(out, "%s: %llx, %llx\n", name, (unsigned long long)field_value(f, pa),
                        (unsigned long long)field_value(f, pb));
                n++;
            }
        }
    }
    return n;
}

/* The field that covers byte AT, or the next one behind it. */
static const struct field *field_after(const struct field *fields, size_t at)
{
    const struct field *best = NULL;
    for (const struct field *f = fields; f->kind != FIELD_KIND_END; f++) {
        if (f->offset + (size_t)f->size * f->count <= at)
            continue;
        if (!best || f->offset < best->offset)
            best = f;
    }
    return best;
}

static size_t list_align(const struct field *fields);

/* What the compiler aligns a field to: its size, or the most that a part of it needs. */
static size_t field_align(const struct field *f)
{
    size_t align = f->size & -f->size;
    if (f->kind == FIELD_KIND_STRUCT)
        return list_align(f->sub);
    return align < 8 ? align : 8;
}

/* What a struct of these fields is aligned to. */
static size_t list_align(const struct field *fields)
{
    size_t most = 1;
    for (const struct field *f = fields; f->kind != FIELD_KIND_END; f++)
        if (field_align(f) > most)
            most = field_align(f);
    return most;
}

/* ALIGN: of what follows the gap; behind the last field, of the whole struct. */
static bool gap_allowed(size_t align, size_t at, size_t end)
{
    return end - at < align && end % align == 0;
}

size_t state_uncovered(FILE *out, const struct field *fields, size_t size)
{
    size_t at = 0, missing = 0;
    while (at < size) {
        const struct field *f = field_after(fields, at);
        size_t start = f ? f->offset : size;
        if (f && f->kind == FIELD_KIND_STRUCT)
            missing += state_uncovered(out, f->sub, f->size);
        if (start > at && !gap_allowed(f ? field_align(f) : list_align(fields), at, start)) {
            if (out && !missing)
                fprintf(out, "bytes %zu to %zu are in no field (before %s)\n", at, start - 1,
                        f ? f->name : "the end");
            missing += start - at;
        }
        at = f ? f->offset + (size_t)f->size * f->count : size;
    }
    return missing;
}

/* SPDX-License-Identifier: MIT */
#include "tests/insn/moo.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* The two layouts of registers. */
static const u8 layout16[] = {MOO_AX, MOO_BX, MOO_CX, MOO_DX, MOO_CS, MOO_SS, MOO_DS,
                              MOO_ES, MOO_SP, MOO_BP, MOO_SI, MOO_DI, MOO_IP, MOO_FLAGS};
static const u8 layout32[] = {MOO_CR0, MOO_CR3, MOO_AX, MOO_BX, MOO_CX, MOO_DX, MOO_SI,
                              MOO_DI,  MOO_BP,  MOO_SP, MOO_CS, MOO_DS, MOO_ES, MOO_FS,
                              MOO_GS,  MOO_SS,  MOO_IP, MOO_FLAGS, MOO_DR6, MOO_DR7};

struct chunk {
    const u8 *name, *at;
    u32 size;
};

/* The chunk at offset *AT of a run of SIZE bytes; *AT moves behind it. */
static bool chunk_next(const u8 *run, u32 size, u32 *at, struct chunk *c)
{
    if (size < 8 || *at > size - 8)
        return false;
    c->name = run + *at;
    c->at = c->name + 8;
    c->size = get32(c->name + 4);
    if (c->size > size - *at - 8)
        return false;
    *at += 8 + c->size;
    return true;
}

static bool is(const struct chunk *c, const char *name)
{
    return !memcmp(c->name, name, 4);
}

static void take_registers(struct moo_state *state, const struct chunk *c, const u8 *layout,
                           unsigned count, unsigned bytes)
{
    u32 mask = bytes == 2 ? get16(c->at) : get32(c->at), at = bytes;
    for (unsigned i = 0; i < count && at + bytes <= c->size; i++) {
        if (!(mask >> i & 1))
            continue;
        state->reg[layout[i]] = bytes == 2 ? get16(c->at + at) : get32(c->at + at);
        state->named |= 1u << layout[i];
        at += bytes;
    }
}

static void take_ram(struct moo_state *state, const struct chunk *c)
{
    u32 count = get32(c->at);
    for (u32 i = 0; i < count && i < MOO_BYTES && 9 + i * 5 <= c->size; i++)
        state->ram[state->bytes++] =
            (struct moo_byte){get32(c->at + 4 + i * 5), c->at[8 + i * 5]};
}

static void take_state(struct moo_state *state, const struct chunk *outer)
{
    struct chunk c;
    for (u32 at = 0; chunk_next(outer->at, outer->size, &at, &c);) {
        if (is(&c, "REGS"))
            take_registers(state, &c, layout16, ARRAY_LEN(layout16), 2);
        else if (is(&c, "RG32"))
            take_registers(state, &c, layout32, ARRAY_LEN(layout32), 4);
        else if (is(&c, "RAM "))
            take_ram(state, &c);
    }
}

static void hex(char *to, size_t room, const u8 *from, u32 count)
{
    for (u32 i = 0; i < count && i * 2 + 2 < room; i++)
        snprintf(to + i * 2, 3, "%02x", from[i]);
}

static void take_part(struct moo_test *test, const struct chunk *c)
{
    if (is(c, "NAME"))
        snprintf(test->name, sizeof test->name, "%.*s", (int)get32(c->at), (const char *)c->at + 4);
    else if (is(c, "BYTS"))
        hex(test->code, sizeof test->code, c->at + 4, get32(c->at));
    else if (is(c, "HASH"))
        hex(test->hash, sizeof test->hash, c->at, c->size);
    else if (is(c, "INIT"))
        take_state(&test->before, c);
    else if (is(c, "FINA"))
        take_state(&test->after, c);
    else if (is(c, "NCYC"))
        test->cycles = get16(c->at);
    else if (is(c, "EXCP"))
        test->exception = true;
}

bool moo_next(struct moo_file *file, struct moo_test *test)
{
    struct chunk outer, c;
    do {
        if (!chunk_next(file->bytes, file->size, &file->at, &outer))
            return false;
    } while (!is(&outer, "TEST"));
    memset(test, 0, sizeof *test);
    test->index = get32(outer.at);
    for (u32 at = 4; chunk_next(outer.at, outer.size, &at, &c);)
        take_part(test, &c);
    return true;
}

bool moo_open(struct moo_file *file, const char *path)
{
    enum { STEP = 1 << 20 };
    gzFile in = gzopen(path, "rb");
    int got = 0;
    *file = (struct moo_file){0};
    if (!in)
        return false;
    do {
        u8 *more = realloc(file->bytes, file->size + STEP);
        if (!more)
            break;
        file->bytes = more;
        got = gzread(in, file->bytes + file->size, STEP);
        file->size += got > 0 ? (u32)got : 0;
    } while (got > 0);
    gzclose(in);
    if (file->size >= 8 && !memcmp(file->bytes, "MOO ", 4))
        return true;
    moo_close(file);
    return false;
}

void moo_close(struct moo_file *file)
{
    free(file->bytes);
    *file = (struct moo_file){0};
}

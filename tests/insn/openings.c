/* SPDX-License-Identifier: MIT */
#include "tests/insn/openings.h"

static const u8 prefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e};

struct walk {
    opening_fn *use;
    void *owner;
    u8 bytes[OPENING_BYTES];
    unsigned prefixes, at; /* AT: of the opcode */
    bool code32;
};

bool is_prefix(unsigned b)
{
    return (b & 0xe7) == 0x26 || (b >= 0x64 && b <= 0x67) || b == 0xf0 || b == 0xf2 || b == 0xf3;
}

static void use(struct walk *w)
{
    w->use(w->owner, w->bytes, w->prefixes, w->code32);
}

/* A SIB byte follows in 32-bit addressing; with two prefixes it is left at the filling. */
static void each_sib(struct walk *w, unsigned modrm_at)
{
    bool sib = (w->bytes[modrm_at] & 0xc7) < 0xc0 && (w->bytes[modrm_at] & 7) == 4;
    if (!sib || w->prefixes == 2 || (w->prefixes && w->bytes[0] != 0x67 && w->bytes[0] != 0x66)) {
        use(w);
        return;
    }
    for (unsigned i = 0; i < 256; i++) {
        w->bytes[modrm_at + 1] = (u8)i;
        use(w);
    }
    w->bytes[modrm_at + 1] = OPENING_FILL;
}

static void each_modrm(struct walk *w, unsigned modrm_at)
{
    for (unsigned i = 0; i < 256; i++) {
        w->bytes[modrm_at] = (u8)i;
        each_sib(w, modrm_at);
    }
    w->bytes[modrm_at] = OPENING_FILL;
}

static void each_opcode(struct walk *w)
{
    for (unsigned i = 0; i < 256; i++) {
        w->bytes[w->at] = (u8)i;
        if (i != 0x0f && !is_prefix(i))
            each_modrm(w, w->at + 1);
    }
    w->bytes[w->at] = 0x0f;
    for (unsigned i = 0; i < 256; i++) {
        w->bytes[w->at + 1] = (u8)i;
        each_modrm(w, w->at + 2);
    }
}

static void walk(opening_fn *fn, void *owner, const u8 *prefix, unsigned n)
{
    for (unsigned code32 = 0; code32 < 2; code32++) {
        struct walk w = {.use = fn, .owner = owner, .prefixes = n, .at = n, .code32 = code32};
        memset(w.bytes, OPENING_FILL, sizeof w.bytes);
        memcpy(w.bytes, prefix, n);
        each_opcode(&w);
    }
}

void openings_each(unsigned most, opening_fn *fn, void *owner)
{
    walk(fn, owner, prefixes, 0);
    for (unsigned i = 0; i < ARRAY_LEN(prefixes) && most > 0; i++) {
        walk(fn, owner, &prefixes[i], 1);
        for (unsigned k = 0; k < ARRAY_LEN(prefixes) && most > 1; k++) {
            const u8 pair[2] = {prefixes[i], prefixes[k]};
            walk(fn, owner, pair, 2);
        }
    }
}

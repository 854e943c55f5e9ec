/* SPDX-License-Identifier: MIT */
/*
 * The decoder against libzydis, exhaustively: is it an instruction, how long is it, which
 * registers, which memory, which immediates. And its lengths against the host's processor: an
 * instruction that ends where its page ends does not fault for want of bytes, and one byte less
 * makes it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/access.h"
#include "cpu/engine.h"
#include "cpu/model.h"
#include "tests/insn/lengths.h"
#include "tests/insn/openings.h"
#include "tests/insn/world.h"

enum { RAM_BYTES = 1 << 20, CODE_AT = 0x10fe0 };

struct rig {
    struct bus bus;
    struct clock clock;
    struct cpu cpu;
    u64 compared, wrong;
    bool shown[2][256]; /* a failure of this opcode */
};

/* Ours. */

static bool rig_open(struct rig *rig)
{
    clock_init(&rig->clock, 100000000);
    return bus_init(&rig->bus, RAM_BYTES) &&
           cpu_init(&rig->cpu, cpu_model_default(), &rig->bus, &rig->clock);
}

static void set_code(struct cpu *cpu, bool code32)
{
    cpu->cr0 |= CR0_PE;
    for (unsigned i = 0; i < SEG_COUNT; i++) {
        cpu->seg[i] = (struct segment){.limit = 0xffffffff,
                                       .attr = (u16)(i != SEG_CS ? 0xc93
                                                     : code32    ? 0xc9b
                                                                 : 0x89b)};
        segment_derive(&cpu->seg[i]);
    }
    mode_update(cpu);
}

/* What the decoder makes of BYTES. */
static struct uop decode(struct rig *rig, const u8 *bytes, bool code32)
{
    bus_dma_write(&rig->bus, CODE_AT, bytes, OPENING_BYTES);
    set_code(&rig->cpu, code32);
    rig->cpu.eip = CODE_AT;
    code_cache_reclaim(&rig->cpu);
    return block_get(&rig->cpu)->uops[0];
}

static void complain(struct rig *rig, const u8 *bytes, bool code32, const char *what)
{
    unsigned at = 0;
    rig->wrong++;
    while (is_prefix(bytes[at]))
        at++;
    bool *shown = &rig->shown[bytes[at] == 0x0f][bytes[at + (bytes[at] == 0x0f)]];
    if (*shown)
        return;
    *shown = true;
    printf("%s-bit", code32 ? "32" : "16");
    for (unsigned i = 0; i < 8; i++)
        printf(" %02x", bytes[i]);
    printf(": %s\n", what);
}

#ifdef HAVE_ZYDIS
#include <Zydis/Zydis.h>

static ZydisDecoder decoders[2];

static void zydis_open(void)
{
    for (unsigned i = 0; i < 2; i++) {
        ZydisDecoderInit(&decoders[i],
                         i ? ZYDIS_MACHINE_MODE_LEGACY_32 : ZYDIS_MACHINE_MODE_LEGACY_16,
                         i ? ZYDIS_STACK_WIDTH_32 : ZYDIS_STACK_WIDTH_16);
        for (ZydisDecoderMode m = ZYDIS_DECODER_MODE_KNC; m <= ZYDIS_DECODER_MODE_MAX_VALUE; m++)
            ZydisDecoderEnableMode(&decoders[i], m, ZYAN_FALSE);
    }
}

static bool is_in(const ZydisDecodedInstruction *z, const u16 *sets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (z->meta.isa_set == sets[i])
            return true;
    return false;
}

/* Instructions on MMX registers that a Pentium II does not have. */
static bool came_with_sse(const ZydisDecodedInstruction *z)
{
    static const u16 mnemonics[] = {
        ZYDIS_MNEMONIC_PSHUFW,   ZYDIS_MNEMONIC_PINSRW,  ZYDIS_MNEMONIC_PEXTRW,
        ZYDIS_MNEMONIC_PMINUB,   ZYDIS_MNEMONIC_PMAXUB,  ZYDIS_MNEMONIC_PAVGB,
        ZYDIS_MNEMONIC_PAVGW,    ZYDIS_MNEMONIC_PMULHUW, ZYDIS_MNEMONIC_MOVNTQ,
        ZYDIS_MNEMONIC_PMINSW,   ZYDIS_MNEMONIC_PMAXSW,  ZYDIS_MNEMONIC_PSADBW,
        ZYDIS_MNEMONIC_MASKMOVQ, ZYDIS_MNEMONIC_PMOVMSKB};
    for (size_t i = 0; i < ARRAY_LEN(mnemonics); i++)
        if (z->mnemonic == mnemonics[i])
            return true;
    return false;
}

/* The instructions of the default model, a Pentium III. UD0, UD1 and UD2 are none, to both. */
static bool has_model(const ZydisDecodedInstruction *z)
{
    static const u16 p6[] = {
        ZYDIS_ISA_SET_I86,          ZYDIS_ISA_SET_I186,        ZYDIS_ISA_SET_I286PROTECTED,
        ZYDIS_ISA_SET_I286REAL,     ZYDIS_ISA_SET_I386,        ZYDIS_ISA_SET_I486,
        ZYDIS_ISA_SET_I486REAL,     ZYDIS_ISA_SET_PENTIUMREAL, ZYDIS_ISA_SET_CMOV,
        ZYDIS_ISA_SET_X87,          ZYDIS_ISA_SET_LAHF,        ZYDIS_ISA_SET_PAUSE,
        ZYDIS_ISA_SET_PENTIUMMMX,   ZYDIS_ISA_SET_FXSAVE,      ZYDIS_ISA_SET_FAT_NOP,
        ZYDIS_ISA_SET_SSE_PREFETCH, ZYDIS_ISA_SET_PPRO,        ZYDIS_ISA_SET_FCMOV,
        ZYDIS_ISA_SET_RDPMC};
    static const u16 sse[] = {ZYDIS_ISA_SET_SSE, ZYDIS_ISA_SET_SSEMXCSR};
    bool ud = z->mnemonic == ZYDIS_MNEMONIC_UD0 || z->mnemonic == ZYDIS_MNEMONIC_UD1 ||
              z->mnemonic == ZYDIS_MNEMONIC_UD2;
    bool more = z->mnemonic == ZYDIS_MNEMONIC_SYSENTER || z->mnemonic == ZYDIS_MNEMONIC_SYSEXIT;
    if (!model_has_feature(cpu_model_default(), FEATURE_SSE))
        ud |= came_with_sse(z);
    else
        more |= is_in(z, sse, ARRAY_LEN(sse));
    return !ud && (more || is_in(z, p6, ARRAY_LEN(p6)));
}

/*
 * Where we differ and mean it. RSM is none outside system management mode. What the P6 has as a NOP
 * with an operand got names later. 66 is ignored by MMX where there is no SSE2: Pentium III SDM 2,
 * "Effect of Prefixes on MMX Instructions".
 */
static bool is_known(const u8 *bytes, const ZydisDecodedInstruction *z, bool theirs)
{
    unsigned at = 0;
    while (is_prefix(bytes[at]))
        at++;
    if (theirs)
        return z->mnemonic == ZYDIS_MNEMONIC_RSM;
    u8 opcode = bytes[at + 1];
    bool mmx = (opcode >= 0x60 && opcode <= 0x7f) || (opcode & 0xfe) == 0xc4 || opcode >= 0xd1;
    bool hint = opcode >= 0x18 && opcode <= 0x1f;
    return hint || mmx;
}

static unsigned reg_offset(const ZydisDecodedOperand *o)
{
    ZyanU8 id = (ZyanU8)ZydisRegisterGetId(o->reg.value);
    switch (ZydisRegisterGetClass(o->reg.value)) {
    case ZYDIS_REGCLASS_GPR8:
        return id < 4 ? id * 8u : (id - 4) * 8u + 1;
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
        return id * 8u;
    case ZYDIS_REGCLASS_MMX:
    case ZYDIS_REGCLASS_XMM:
        return id * 16u;
    default: /* segment, control and debug registers */
        return id;
    }
}

struct place {
    unsigned base, index, scale;
};

enum { NOTHING = REG_ZERO * 8 };

/* An index alone is a base when it is not scaled. */
static struct place place(unsigned base, unsigned index, unsigned scale)
{
    if (base == NOTHING && scale == 0)
        return (struct place){index, NOTHING, 0};
    return (struct place){base, index, index == NOTHING ? 0 : scale};
}

static unsigned gpr(ZydisRegister r)
{
    return r == ZYDIS_REGISTER_NONE ? NOTHING : (unsigned)ZydisRegisterGetId(r) * 8u;
}

static const char *compare_memory(const struct uop *u, const ZydisDecodedInstruction *z,
                                  const ZydisDecodedOperand *o)
{
    static const u8 shift[9] = {[2] = 1, [4] = 2, [8] = 3};
    struct place theirs = place(gpr(o->mem.base), gpr(o->mem.index), shift[o->mem.scale]);
    struct place ours = place(u->base, u->index, u->attr & UA_SCALE);
    u32 mask = z->address_width == 32 ? 0xffffffff : 0xffff;
    if (theirs.base != ours.base || theirs.index != ours.index || theirs.scale != ours.scale)
        return "registers of the address";
    if (((u32)o->mem.disp.value ^ u->disp) & mask)
        return "displacement";
    if (o->mem.type == ZYDIS_MEMOP_TYPE_MEM && ZydisRegisterGetId(o->mem.segment) != u->seg)
        return "segment";
    return !(u->attr & UA_ADDR32) == (z->address_width == 32) ? "address size" : NULL;
}

static const char *compare_immediate(const struct uop *u, const ZydisDecodedInstruction *z,
                                     const ZydisDecodedOperand *o, unsigned nth)
{
    u32 value = (u32)o->imm.value.u;
    if (o->imm.is_relative) {
        u32 to = u->eip + z->length + value;
        return u->disp == (z->operand_width == 32 ? to : (u16)to) ? NULL : "target";
    }
    u32 ours = nth ? u->imm >> 16 : z->mnemonic == ZYDIS_MNEMONIC_ENTER ? (u16)u->imm : u->imm;
    u32 mask = o->size >= 32 ? 0xffffffff : (1u << o->size) - 1;
    return (ours ^ value) & mask ? "immediate" : NULL;
}

static bool is_x87(const ZydisDecodedOperand *o)
{
    return ZydisRegisterGetClass(o->reg.value) == ZYDIS_REGCLASS_X87;
}

static const char *compare_operand(const struct uop *u, const ZydisDecodedInstruction *z,
                                   const ZydisDecodedOperand *o, unsigned nth)
{
    switch (o->type) {
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return compare_memory(u, z, o);
    case ZYDIS_OPERAND_TYPE_POINTER:
        return u->disp == o->ptr.offset && (u16)u->imm == o->ptr.segment ? NULL : "far pointer";
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return compare_immediate(u, z, o, nth);
    default:
        if (z->mnemonic == ZYDIS_MNEMONIC_NOP || is_x87(o))
            return NULL; /* not looked at; in the opcode */
        return reg_offset(o) == u->dst || reg_offset(o) == u->src ? NULL : "register";
    }
}

/* What the bytes name; what is implied by the opcode is left to those who run it. */
static bool is_encoded(const ZydisDecodedOperand *o)
{
    return o->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT &&
           o->encoding != ZYDIS_OPERAND_ENCODING_NONE;
}

static const char *compare_operands(const struct uop *u, const ZydisDecodedInstruction *z,
                                    const ZydisDecodedOperand *o)
{
    const char *what = NULL;
    for (unsigned i = 0, nth = 0; i < z->operand_count && !what; i++) {
        if (!is_encoded(&o[i]))
            continue;
        what = compare_operand(u, z, &o[i], nth);
        nth += o[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    }
    return what;
}

static void compare(void *owner, const u8 *bytes, unsigned prefixes, bool code32)
{
    struct rig *rig = owner;
    ZydisDecodedInstruction z;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    struct uop u = decode(rig, bytes, code32);
    bool ours = u.id != U_UD_o_0;
    bool theirs =
        ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoders[code32], bytes, 15, &z, o)) && has_model(&z);
    const char *what = NULL;
    (void)prefixes;
    rig->compared++;
    if (ours != theirs && is_known(bytes, &z, theirs))
        what = NULL;
    else if (ours != theirs)
        what = ours ? "an instruction only here" : ZydisMnemonicGetString(z.mnemonic);
    else if (ours && u.len != z.length)
        what = "length";
    else if (ours)
        what = compare_operands(&u, &z, o);
    if (what)
        complain(rig, bytes, code32, what);
}

static void against_zydis(struct rig *rig)
{
    zydis_open();
    openings_each(2, compare, rig);
}

#else

static void against_zydis(struct rig *rig)
{
    (void)rig;
    printf("decoder: built without libzydis, nothing compared\n");
}

#endif

/* Of the SIB bytes a few will do: the host takes its time. */
static bool sib_chosen(const u8 *bytes, unsigned prefixes)
{
    unsigned modrm = prefixes + 1 + (bytes[prefixes] == 0x0f);
    u8 sib = bytes[modrm + 1];
    bool has = bytes[modrm] < 0xc0 && (bytes[modrm] & 7) == 4 && sib != OPENING_FILL;
    return !has || ((sib & 0xd8) == 0 && (sib & 7) >= 4);
}

static void compare_length(void *owner, const u8 *bytes, unsigned prefixes, bool code32)
{
    struct rig *rig = owner;
    if (!sib_chosen(bytes, prefixes))
        return;
    struct uop u = decode(rig, bytes, code32);
    if (!length_askable(&u, bytes))
        return;
    rig->compared++;
    if (!length_good(bytes, u.len, code32))
        complain(rig, bytes, code32, "another length on the host");
}

static void against_host(struct rig *rig)
{
    const char *why_not = native_open();
    if (why_not)
        printf("decoder: lengths not compared with the host: %s\n", why_not);
    else
        openings_each(1, compare_length, rig);
}

/* Run one comparison, and tell. */
static bool report(struct rig *rig, const char *with, void (*run)(struct rig *rig))
{
    rig->compared = rig->wrong = 0;
    memset(rig->shown, 0, sizeof rig->shown);
    run(rig);
    printf("decoder: %llu compared with %s, %llu differ\n", (unsigned long long)rig->compared, with,
           (unsigned long long)rig->wrong);
    return !rig->wrong;
}

int main(void)
{
    static struct rig rig;
    if (!rig_open(&rig))
        return EXIT_FAILURE;
    bool good = report(&rig, "libzydis", against_zydis);
    good &= report(&rig, "the host", against_host);
    cpu_free(&rig.cpu);
    bus_free(&rig.bus);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT */
/* The instruction table as data: rows of insn.def, micro-ops of handlers.def. */
#ifndef CPU_INSN_H
#define CPU_INSN_H

#include "config.h"
#include "cpu/flags.h"
#include "cpu/model.h"
#include "cpu/uop.h"

/* Operands in the manual's notation, with what ModRM must name: nothing (there is none), anything,
 * MEMORY or a REGISTER; MOD_IGNORED: a register whatever mod says.
 * SDM 2D "Codes for Addressing Method", "Operand Type". */
#define INSN_OPERANDS(X)                                                                           \
    X(NONE, NOTHING)                                                                               \
    X(Eb, ANY) X(Ev, ANY) X(Ew, ANY)     /* ModRM: register or memory */                           \
    X(Es, ANY)                           /* 16 bits in memory, operand size in a register */       \
    X(Gb, ANY) X(Gv, ANY) X(Gw, ANY)     /* ModRM.reg */                                           \
    X(M, MEMORY) X(Mp, MEMORY)           /* memory only: any, far pointer */                       \
    X(Ma, MEMORY) X(Mq, MEMORY)          /* two bounds, 8 bytes */                                 \
    X(Rd, MOD_IGNORED)                   /* register only */                                       \
    X(Cd, MOD_IGNORED) X(Dd, MOD_IGNORED) X(Td, MOD_IGNORED) /* control, debug, test register */   \
    X(Sw, ANY)                           /* segment register by ModRM.reg */                       \
    X(Zb, NOTHING) X(Zv, NOTHING)        /* register in the opcode */                              \
    X(Ib, NOTHING) X(sIb, NOTHING)       /* immediate; sIb is sign-extended */                     \
    X(Iw, NOTHING) X(Iv, NOTHING)                                                                  \
    X(IbX, NOTHING)                      /* a second immediate byte */                             \
    X(Jb, NOTHING) X(Jv, NOTHING) X(Ap, NOTHING) /* relative, far pointer */                       \
    X(Ob, NOTHING) X(Ov, NOTHING)        /* address in the instruction */                          \
    X(Xb, NOTHING) X(Xv, NOTHING) X(Yb, NOTHING) X(Yv, NOTHING) /* DS:SI, ES:DI */                 \
    X(AL, NOTHING) X(AX, NOTHING) X(CL, NOTHING) X(DX, NOTHING) X(ONE, NOTHING)                    \
    X(ES, NOTHING) X(CS, NOTHING) X(SS, NOTHING) X(DS, NOTHING) X(FS, NOTHING) X(GS, NOTHING)      \
    X(Fpu, ANY)                          /* ModRM of an escape where there is no x87 */            \
    X(Pq, ANY) X(Qq, ANY) X(Qd, ANY)     /* MMX: ModRM.reg; register or 64, 32 bits of memory */   \
    X(Nq, REGISTER)                                                                                \
    X(Vx, ANY) X(Wx, ANY) X(Wq, ANY) X(Wd, ANY) /* the same of XMM: 128, 64, 32 bits */            \
    X(Ux, REGISTER)                                                                                \
    X(Mx, MEMORY) X(Md, MEMORY)          /* memory only: 128, 32 bits */                           \
    X(Mod3, REGISTER)                    /* a register that means nothing */                       \
    X(Gd, ANY) X(Ed, ANY)                /* 32 bits whatever the operand size */                   \
    X(RdMw, ANY)                         /* a 32-bit register, or 16 bits of memory */             \
    X(Fw, MEMORY) X(Fd, MEMORY) X(Fq, MEMORY) X(Ft, MEMORY) /* of the x87: 2, 4, 8, 10 bytes */    \
    X(ST, NOTHING) X(STi, ANY)           /* x87 register: the top, by ModRM */

enum insn_operand {
#define X(name, form) OPD_##name,
    INSN_OPERANDS(X)
#undef X
    OPD_COUNT
};

enum operand_form {
    FORM_NOTHING, FORM_ANY, FORM_MEMORY, FORM_REGISTER, FORM_MOD_IGNORED
};

/* Flags as the table writes them: bits of EFLAGS. */
enum {
    FO = FL_OF,
    FS_ = FL_SF,
    FZ = FL_ZF,
    FA = FL_AF,
    FP_ = FL_PF,
    FC = FL_CF,
    OSZAPC = FL_ARITH,
    OSZAP = FL_ARITH & ~FL_CF,
    OSAPC = FL_ARITH & ~FL_ZF,
    SZAPC = FL_ARITH & ~FL_OF,
    SZAP = SZAPC & ~FL_CF,
    OSZP = OSZAP & ~FL_AF,
};

enum insn_size {
    SIZE_N, SIZE_B, SIZE_W, SIZE_D, SIZE_V, SIZE_A, SIZE_AB, SIZE_S, SIZE_Q, SIZE_T, SIZE_X
};

enum {
    CHECK_LOCK = 1,
    CHECK_END = 2,
    CHECK_MAYBE = 4,    /* may leave its flags as they were */
    CHECK_STR_REP = 8,  /* REP and REPNE repeat */
    CHECK_STR_REPZ = 16, /* REPE and REPNE repeat while ZF says so */
    CHECK_SHIFTS = 32,  /* leaves the flags if its immediate count is 0 */
    CHECK_NP = 64,      /* 66, F2 and F3 do not belong to it but to other instructions */
};

/* SDM 2A "Instruction Prefixes": a mandatory prefix selects among the maps of 0F xx. */
enum { MAP_1BYTE, MAP_0F, MAP_0F_66, MAP_0F_F3, MAP_0F_F2, MAP_COUNT };
/* insn.reg: 0 to 7 or any; of x87 instructions on registers the whole ModRM, which is C0h or more. */
enum { REG_ANY = 8, REG_X87 = 0xc0 };

/* Rows of timing.def. */
enum cost_class {
    COST_FIRST = 0x100,
#define COST(name, ...) COST_##name,
#include "cpu/timing.def"
};

struct insn {
    u8 map, opcode, reg;
    const char *name;
    u8 operand[3];
    u16 op;
    u8 size, since, checks;
    u16 reads, sets, undef;
    u16 cost; /* enum cost_class, or clocks below COST_FIRST */
    u16 line; /* in insn.def */
    u8 until; /* the first generation that does it as insn.def says; 0: this is insn.def */
};

extern const struct insn insn_table[];  /* the rows of insn.def, then those of legacy.def */
extern const unsigned insn_count;       /* how many are in insn.def */

/* Every operation that rows and handlers name. */
#define INSN_OPS(X)                                                                                \
    X(ADD) X(OR) X(ADC) X(SBB) X(AND) X(SUB) X(XOR) X(CMP) X(TEST) X(INC) X(DEC) X(NEG) X(NOT)     \
    X(ROL) X(ROR) X(RCL) X(RCR) X(SHL) X(SHR) X(SAR) X(SHLD) X(SHRD)                               \
    X(BT) X(BTS) X(BTR) X(BTC) X(BSF) X(BSR)                                                       \
    X(MOV) X(MOVZX8) X(MOVSX8) X(MOVZX16) X(MOVSX16) X(LEA) X(XCHG) X(CBW) X(CWD) X(BSWAP) X(NOP)  \
    X(LAHF) X(SAHF) X(CLC) X(STC) X(CMC) X(CLD) X(STD) X(SALC) X(MOV_FROM_S) X(MOV_TO_S) X(LFP)    \
    X(XLAT) X(IMUL2) X(IMUL3) X(MUL) X(IMUL) X(DIV) X(IDIV)                                        \
    X(JMP) X(CALL) X(RET) X(LOOP) X(LOOPE) X(LOOPNE) X(JCXZ)                                       \
    X(PUSH) X(PUSH_S) X(POP) X(POP_S) X(LEAVE) X(PUSHA) X(POPA) X(PUSHF) X(POPF) X(ENTER)          \
    X(MOVS) X(STOS) X(LODS) X(CMPS) X(SCAS) X(INS) X(OUTS)                                         \
    X(REP_MOVS) X(REP_STOS) X(REP_LODS) X(REP_CMPS) X(REP_SCAS) X(REP_INS) X(REP_OUTS)             \
    X(IN) X(OUT) X(DAA) X(DAS) X(AAA) X(AAS) X(AAM) X(AAD) X(XADD) X(CMPXCHG) X(CMPXCHG8B)         \
    X(BOUND) X(CALLF) X(JMPF) X(RETF) X(IRET) X(INT) X(INT3) X(INTO) X(ICEBP) X(UD)                \
    X(CLI) X(STI) X(HLT) X(WAIT) X(ESC) X(ARPL) X(LAR) X(LSL) X(SLDT) X(STR)        \
    X(LLDT) X(LTR) X(VERR) X(VERW) X(SGDT) X(SIDT) X(LGDT) X(LIDT) X(SMSW) X(LMSW) X(INVLPG)       \
    X(CLTS) X(INVD) X(WBINVD) X(CPUID) X(RDTSC) X(RDPMC) X(RDMSR) X(WRMSR) X(SYSENTER) X(SYSEXIT) X(RSM)                                  \
    X(MOV_FROM_CR) X(MOV_TO_CR) X(MOV_FROM_DR) X(MOV_TO_DR) X(MOV_FROM_TR) X(MOV_TO_TR)            \
    X(PUNPCKLBW) X(PUNPCKLWD) X(PUNPCKLDQ) X(PUNPCKLQDQ) X(PUNPCKHBW) X(PUNPCKHWD) X(PUNPCKHDQ)    \
    X(PUNPCKHQDQ) X(PACKSSWB) X(PACKUSWB) X(PACKSSDW) X(PSRLW) X(PSRLD) X(PSRLQ) X(PSRAW)          \
    X(PSRAD) X(PSLLW) X(PSLLD) X(PSLLQ) X(PSRLDQ) X(PSLLDQ) X(PSHUFW) X(PSHUFD) X(PSHUFHW)         \
    X(PSHUFLW) X(PINSRW) X(PEXTRW) X(PMOVMSKB) X(MASKMOV) X(EMMS) X(MOVD) X(MOVD_FROM) X(MOVQ)     \
    X(MOVQ2DQ) X(MOVDQ2Q) X(MOVUPS) X(MOVAPS) X(MOVSS) X(MOVSD) X(MOVLPS) X(MOVHPS) X(MOVMSKPS)    \
    X(MOVMSKPD) X(SHUFPS) X(SHUFPD) X(SQRTPS) X(SQRTSS) X(SQRTPD) X(SQRTSD) X(ADDPS) X(ADDSS)      \
    X(ADDPD) X(ADDSD) X(MULPS) X(MULSS) X(MULPD) X(MULSD) X(SUBPS) X(SUBSS) X(SUBPD) X(SUBSD)      \
    X(MINPS) X(MINSS) X(MINPD) X(MINSD) X(DIVPS) X(DIVSS) X(DIVPD) X(DIVSD) X(MAXPS) X(MAXSS)      \
    X(MAXPD) X(MAXSD) X(RSQRTPS) X(RSQRTSS) X(RCPPS) X(RCPSS) X(CMPPS) X(CMPSS) X(CMPPD) X(CMPSD)  \
    X(UCOMISS) X(COMISS) X(UCOMISD) X(COMISD) X(CVTPI2PS) X(CVTSI2SS) X(CVTPI2PD) X(CVTSI2SD)      \
    X(CVTTPS2PI) X(CVTTSS2SI) X(CVTTPD2PI) X(CVTTSD2SI) X(CVTPS2PI) X(CVTSS2SI) X(CVTPD2PI)        \
    X(CVTSD2SI) X(CVTPS2PD) X(CVTPD2PS) X(CVTSS2SD) X(CVTSD2SS) X(CVTDQ2PS) X(CVTPS2DQ)            \
    X(CVTTPS2DQ) X(CVTTPD2DQ) X(CVTDQ2PD) X(CVTPD2DQ) X(FXSAVE) X(FXRSTOR) X(LDMXCSR) X(STMXCSR)   \
    X(FADD) X(FMUL) X(FCOM) X(FCOMP) X(FSUB) X(FSUBR) X(FDIV) X(FDIVR)                             \
    X(FIADD) X(FIMUL) X(FICOM) X(FICOMP) X(FISUB) X(FISUBR) X(FIDIV) X(FIDIVR)                     \
    X(FADD_TO) X(FMUL_TO) X(FSUB_TO) X(FSUBR_TO) X(FDIV_TO) X(FDIVR_TO)                            \
    X(FADDP) X(FMULP) X(FSUBP) X(FSUBRP) X(FDIVP) X(FDIVRP)                                        \
    X(FCOMPP) X(FUCOM) X(FUCOMP) X(FUCOMPP) X(FUCOMI) X(FCOMI) X(FUCOMIP) X(FCOMIP)                \
    X(FCMOVB) X(FCMOVE) X(FCMOVBE) X(FCMOVU) X(FCMOVNB) X(FCMOVNE) X(FCMOVNBE) X(FCMOVNU)          \
    X(FLD) X(FST) X(FSTP) X(FSTPNCE) X(FILD) X(FIST) X(FISTP) X(FBLD) X(FBSTP) X(FXCH) X(FFREE) X(FFREEP)     \
    X(FNOP) X(FNNOP) X(FCHS) X(FABS) X(FTST) X(FXAM) X(FXTRACT) X(FPREM) X(FPREM1)                 \
    X(FLD1) X(FLDL2T) X(FLDL2E) X(FLDPI) X(FLDLG2) X(FLDLN2) X(FLDZ)                               \
    X(FDECSTP) X(FINCSTP) X(FSQRT) X(FRNDINT) X(FSCALE) X(FLDENV) X(FLDCW) X(FNSTENV) X(FNSTCW)    \
    X(FRSTOR) X(FNSAVE) X(FNSTSW) X(FNCLEX) X(FNINIT)                                              \
    X(F2XM1) X(FYL2X) X(FPTAN) X(FPATAN) X(FYL2XP1) X(FSINCOS) X(FSIN) X(FCOS)

/* Those of legacy.def. */
#define LEGACY_OPS(X)                                                                              \
    X(POP_CS) X(MOV_TO_S_86) X(PUSH_86) X(SETMO) X(MUL_286) X(IMUL_286) X(IMUL3_286) X(DIV_286)    \
    X(IDIV_286) X(ROL_286) X(ROR_286) X(RCL_286) X(RCR_286) X(SHL_286) X(SHR_286) X(SAR_286)       \
    X(DAA_286) X(DAS_286) X(AAA_286) X(AAS_286) X(AAM_286) X(AAD_286) X(INS_286) X(OUTS_286)       \
    X(MOVS_286) X(CMPS_286) X(STOS_286) X(LODS_286) X(SCAS_286) X(ESC_286) X(SMSW_286)             \
    X(LOADALL_286) X(LOADALL_386) X(SHL_386) X(SHR_386) X(SAR_386) X(RCL_386) X(RCR_386)           \
    X(SHLD_386) X(SHRD_386) X(BT_386) X(BTS_386) X(BTR_386) X(BTC_386)

enum insn_op {
    OP_NONE,
#define X(name) OP_##name,
    INSN_OPS(X)
    LEGACY_OPS(X)
#undef X
#define P(opcode, name, ...) OP_##name,
#include "cpu/packed.def"
#define X(cc, n) OP_J_##cc,
    EACH_CC(X)
#undef X
#define X(cc, n) OP_SET_##cc,
    EACH_CC(X)
#undef X
#define X(cc, n) OP_CMOV_##cc,
    EACH_CC(X)
#undef X
    OP_COUNT
};

/* What the operands are, in their order: see handlers.def. */
#define INSN_SHAPES(X)                                                                             \
    X(o) X(r) X(m) X(i) X(rr) X(ri) X(rm) X(mr) X(mi) X(ir) X(rc) X(mc) X(rri) X(rmi) X(mri)       \
    X(rrc) X(mrc) X(a16) X(a32)

enum insn_shape {
#define X(name) SHAPE_##name,
    INSN_SHAPES(X)
#undef X
    SHAPE_COUNT
};

/* Which fast handlers a micro-op has. */
enum handler_class { CLASS_COLD, CLASS_REG, CLASS_REGF, CLASS_MEM, CLASS_MEMF, CLASS_STACK,
                     CLASS_MSTACK, CLASS_STRING, CLASS_FREG, CLASS_FMEM };

/* Forms of a memory operand with a fast handler of their own. */
enum { EA_BD, EA_BX, EA_G32, EA_E16, EA_COUNT };
enum { VARIANT_NF = EA_COUNT, VARIANT_COUNT = 2 * EA_COUNT };

/* Micro-ops: U_<operation>_<shape>_<size>. */
enum uop_id {
#define H(op, shape, size, class) U_##op##_##shape##_##size,
#include "cpu/handlers.def"
    U_EXIT, /* the end of a block: go on where the exit is linked to */
    U_COUNT
};

struct uop_info {
    const char *name;
    u8 class;
    u16 op;   /* enum insn_op */
    u8 shape; /* enum insn_shape */
    u8 size;  /* bits, or 0 */
};

extern const struct uop_info uop_info[U_COUNT];
extern plain_fn *const plain_table[U_COUNT];
#ifdef ENGINE_FAST
extern fast_fn *const fast_table[U_COUNT][VARIANT_COUNT];
#endif

/* The micro-op for an operation, shape and size (8 to 128, or 0); U_COUNT: there is none. */
unsigned uop_find(unsigned op, unsigned shape, unsigned size);

/* MODRM_REG: names a register whatever its mod field is (control, debug and test registers). */
enum { MODRM_NONE, MODRM_ANY, MODRM_REG };

/* The operation of insn.def in the place of which legacy.def has OP, else OP itself; REPEATED: under
 * a REP prefix. */
unsigned op_modern(unsigned op, bool repeated);

/* From encoding to row + 1; 0: no such instruction. */
struct insn_index {
    u16 row[MAP_COUNT][256][8];
    u16 x87[8][64];           /* the escapes' register forms */
    u8 modrm[MAP_COUNT][256]; /* MODRM_* */
    bool prefixed[256];       /* 0F xx: 66, F2 and F3 select a map */
};

/* The map of opcode 0F OPCODE after these prefixes; F2 and F3 go before 66. */
INLINE unsigned insn_map(const struct insn_index *index, unsigned opcode, bool op_size, bool rep,
                         bool repne)
{
    if (!index->prefixed[opcode])
        return MAP_0F;
    return rep ? MAP_0F_F3 : repne ? MAP_0F_F2 : op_size ? MAP_0F_66 : MAP_0F;
}

/* Has opcode 0F OPCODE (MAP_0F) or OPCODE (MAP_1BYTE) a ModRM byte, whatever its prefixes? */
bool insn_has_modrm(const struct insn_index *index, unsigned map, unsigned opcode);

/* Prefix, 0F and opcode of a row; returns how many bytes. */
unsigned insn_opcode(const struct insn *row, u8 to[3]);
/* The row + 1 of OPCODE, with ModRM if it has one. */
unsigned insn_find(const struct insn_index *index, unsigned map, u8 opcode, u8 modrm);

/* Are its operands at DS:SI or ES:DI? */
bool insn_is_string(const struct insn *row);

/* May ModRM, which names memory or not, stand for this operand? */
bool insn_operand_good(enum insn_operand operand, u8 modrm, bool memory);

/* The encodings that MODEL knows. False if two rows claim one; both are named on stderr. */
bool insn_index_build(struct insn_index *index, const struct cpu_model *model);

#endif

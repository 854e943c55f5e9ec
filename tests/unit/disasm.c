/* SPDX-License-Identifier: MIT */
/* Disassembly by examples; against another disassembler: disasm_zydis.c. */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/disasm.h"
#include "tests/unit/unit.h"

static struct insn_index table;

struct example {
    const char *hex, *text;
};

/* At offset 1000h. Each must take all its bytes. */
static void check_on(const char *model, const struct example *examples, size_t count, bool code32)
{
    ck_assert(insn_index_build(&table, cpu_model_find(model, strlen(model))));
    for (size_t i = 0; i < count; i++) {
        u8 bytes[16];
        char text[DISASM_TEXT];
        unsigned n = 0;
        for (char *at = (char *)(uintptr_t)examples[i].hex; *at;)
            bytes[n++] = (u8)strtoul(at, &at, 16);
        unsigned length = disasm(&table, bytes, n, 0x1000, code32, text, sizeof text);
        ck_assert_str_eq(text, examples[i].text);
        ck_assert_msg(length == n, "%s: %u of %u bytes", text, length, n);
    }
}

static void check(const struct example *examples, size_t count, bool code32)
{
    check_on("max", examples, count, code32);
}

static const struct example sixteen[] = {
    {"90", "nop"},
    {"8b 47 fc", "mov ax,[bx-0x4]"},
    {"8b 02", "mov ax,[bp+si]"},
    {"8b 87 00 80", "mov ax,[bx+0x8000]"},
    {"8b 87 f0 ff", "mov ax,[bx-0x10]"},
    {"8b 46 00", "mov ax,[bp+0x0]"},
    {"26 8a 0e 34 12", "mov cl,[es:0x1234]"},
    {"66 8b 07", "mov eax,[bx]"},
    {"67 8b 44 b3 10", "mov ax,[ebx+esi*4+0x10]"},
    {"67 a1 78 56 34 12", "mov ax,[dword 0x12345678]"},
    {"c7 07 34 12", "mov word [bx],0x1234"},
    {"66 c7 07 78 56 34 12", "mov dword [bx],0x12345678"},
    {"80 2f 01", "sub byte [bx],0x1"},
    {"83 c4 f0", "add sp,-0x10"},
    {"6a ff", "push -0x1"},
    {"d1 e0", "shl ax,1"},
    {"d2 27", "shl byte [bx],cl"},
    {"0f b6 07", "movzx ax,byte [bx]"},
    {"66 0f b7 07", "movzx eax,word [bx]"},
    {"ff 2e 34 12", "jmp far [0x1234]"},
    {"66 ff 2e 34 12", "o32 jmp far [0x1234]"},
    {"ea f0 ff 00 f0", "jmp 0xf000:0xfff0"},
    {"66 ea 78 56 34 12 08 00", "jmp dword 0x8:0x12345678"},
    {"eb fe", "jmp 0x1000"},
    {"74 10", "jz 0x1012"},
    {"73 10", "jae 0x1012"},
    {"77 10", "ja 0x1012"},
    {"0f 8f 00 f0", "jg 0x4"},
    {"e8 00 f0", "call 0x3"},
    {"66 e8 00 00 ff ff", "o32 call 0xffff1006"},
    {"e3 00", "jcxz 0x1002"},
    {"67 e3 00", "jecxz 0x1003"},
    {"67 e2 00", "a32 loop 0x1003"},
    {"98", "cbw"},
    {"66 98", "cwde"},
    {"99", "cwd"},
    {"66 99", "cdq"},
    {"60", "pusha"},
    {"66 61", "popad"},
    {"9c", "pushf"},
    {"66 9d", "popfd"},
    {"cf", "iret"},
    {"66 cf", "iretd"},
    {"a4", "movsb"},
    {"f3 a5", "rep movsw"},
    {"f3 66 a5", "rep movsd"},
    {"f3 a6", "repe cmpsb"},
    {"f2 ae", "repne scasb"},
    {"f3 26 a4", "rep es movsb"},
    {"67 ac", "a32 lodsb"},
    {"2e d7", "cs xlatb"},
    {"66 6d", "insd"},
    {"cb", "retf"},
    {"c2 04 00", "ret 0x4"},
    {"f0 01 07", "lock add [bx],ax"},
    {"f0 0f c7 0f", "lock cmpxchg8b [bx]"},
    {"cd 21", "int 0x21"},
    {"cc", "int3"},
    {"f1", "int1"},
    {"d4 0a", "aam"},
    {"d5 10", "aad 0x10"},
    {"d6", "salc"},
    {"c8 10 00 02", "enter 0x10,0x2"},
    {"e4 60", "in al,0x60"},
    {"66 ef", "out dx,eax"},
    {"d9 07", "fld dword [bx]"},
    {"db 2f", "fld tword [bx]"},
    {"df 2f", "fild qword [bx]"},
    {"d9 c1", "fld st1"},
    {"d8 c2", "fadd st0,st2"},
    {"dc ea", "fsub st2,st0"},
    {"de e9", "fsubp st1,st0"},
    {"db e3", "fninit"},
    {"df e0", "fnstsw ax"},
    {"d9 2f", "fldcw word [bx]"},
    {"dd 37", "fnsave [bx]"},
    {"66 d9 37", "o32 fnstenv [bx]"},
    {"0f 20 c0", "mov eax,cr0"},
    {"0f 22 1d", "mov cr3,ebp"}, /* mod is ignored */
    {"0f 23 f8", "mov dr7,eax"},
    {"8c d8", "mov ax,ds"},
    {"8c 1f", "mov [bx],ds"},
    {"8e 17", "mov ss,[bx]"},
    {"0f 01 17", "lgdt [bx]"},
    {"66 0f 01 17", "o32 lgdt [bx]"},
    {"0f 01 e0", "smsw ax"},
    {"0f 01 37", "lmsw word [bx]"},
    {"0f 00 1f", "ltr word [bx]"},
    {"0f a4 07 04", "shld [bx],ax,0x4"},
    {"6b 07 fd", "imul ax,[bx],-0x3"},
    {"66 fa", "o32 cli"},
    {"2e 8d 07", "cs lea ax,[bx]"},
};

static const struct example thirty_two[] = {
    {"8b 44 b3 10", "mov eax,[ebx+esi*4+0x10]"},
    {"8b 04 24", "mov eax,[esp]"},
    {"8b 04 cd 78 56 34 12", "mov eax,[ecx*8+0x12345678]"},
    {"8b 04 0d 78 56 34 12", "mov eax,[ecx*1+0x12345678]"},
    {"8b 04 25 78 56 34 12", "mov eax,[0x12345678]"},
    {"8b 85 00 ff ff ff", "mov eax,[ebp-0x100]"},
    {"8b 80 00 00 10 c0", "mov eax,[eax+0xc0100000]"},
    {"67 8b 07", "mov eax,[bx]"},
    {"66 8b 07", "mov ax,[edi]"},
    {"67 a1 34 12", "mov eax,[word 0x1234]"},
    {"64 8b 00", "mov eax,[fs:eax]"},
    {"66 98", "cbw"},
    {"98", "cwde"},
    {"cf", "iretd"},
    {"66 cf", "iret"},
    {"66 60", "pusha"},
    {"e3 fe", "jecxz 0x1000"},
    {"67 e3 fe", "jcxz 0x1001"},
    {"66 e9 00 f0", "o16 jmp 0x4"},
    {"ea 78 56 34 12 08 00", "jmp 0x8:0x12345678"},
    {"66 06", "o16 push es"},
    {"8c d8", "mov eax,ds"},
    {"a5", "movsd"},
    {"0f 44 c1", "cmovz eax,ecx"},
    {"0f 9f c0", "setg al"},
    {"0f c8", "bswap eax"},
    {"0f 01 38", "invlpg [eax]"},
};

START_TEST(sixteen_bit_code_reads_as_in_nasm)
{
    check(sixteen, ARRAY_LEN(sixteen), false);
}
END_TEST

START_TEST(thirty_two_bit_code_reads_as_in_nasm)
{
    check(thirty_two, ARRAY_LEN(thirty_two), true);
}
END_TEST

START_TEST(too_few_bytes_give_no_length)
{
    static const u8 long_mov[] = {0x66, 0x67, 0xc7, 0x84, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8};
    char text[DISASM_TEXT];
    ck_assert(insn_index_build(&table, cpu_model_find("max", 3)));
    for (unsigned n = 0; n < sizeof long_mov; n++)
        ck_assert_uint_eq(disasm(&table, long_mov, n, 0, false, text, sizeof text), 0);
    ck_assert_uint_eq(disasm(&table, long_mov, sizeof long_mov, 0, false, text, sizeof text),
                      sizeof long_mov);
}
END_TEST

START_TEST(what_is_no_instruction_takes_one_byte)
{
    static const struct example none[] = {
        {"0f ff", "ud0"}, /* this one is: defined to be undefined */
    };
    static const char *const bad[] = {
        "0f 04",    "0f a6 c0", "ff ff",    "fe f0", "8d c0",    "c5 c0",
        "8e c8",    "8e f0",    "0f 22 c8", "f0 90", "f0 01 c0", "f0 8b 07",
        "0f c7 c8", "62 c0",    "8f c8",    "c6 c8", "0f ba c0", "63",
    };
    check(none, 1, false);
    for (size_t i = 0; i + 1 < ARRAY_LEN(bad); i++) {
        u8 bytes[15] = {0};
        char text[DISASM_TEXT], want[16];
        unsigned n = 0;
        for (char *at = (char *)(uintptr_t)bad[i]; *at;)
            bytes[n++] = (u8)strtoul(at, &at, 16);
        ck_assert_uint_eq(disasm(&table, bytes, sizeof bytes, 0, false, text, sizeof text), 1);
        snprintf(want, sizeof want, "db 0x%02x", bytes[0]);
        ck_assert_str_eq(text, want);
    }
}
END_TEST

START_TEST(fifteen_bytes_are_the_longest_instruction)
{
    u8 bytes[17];
    char text[DISASM_TEXT];
    ck_assert(insn_index_build(&table, cpu_model_find("max", 3)));
    memset(bytes, 0x26, sizeof bytes);
    bytes[14] = 0x90;
    ck_assert_uint_eq(disasm(&table, bytes, sizeof bytes, 0, false, text, sizeof text), 15);
    bytes[14] = 0x26;
    bytes[15] = 0x90;
    ck_assert_uint_eq(disasm(&table, bytes, sizeof bytes, 0, false, text, sizeof text), 1);
    ck_assert_str_eq(text, "db 0x26");
    ck_assert_uint_eq(disasm(&table, bytes, 15, 0, false, text, sizeof text), 1);
}
END_TEST

START_TEST(a_short_buffer_is_not_overrun)
{
    static const u8 mov[] = {0x66, 0xc7, 0x07, 1, 2, 3, 4};
    char text[8] = "1234567";
    ck_assert(insn_index_build(&table, cpu_model_find("max", 3)));
    ck_assert_uint_eq(disasm(&table, mov, sizeof mov, 0, false, text, 4), sizeof mov);
    ck_assert_str_eq(text, "mov");
    ck_assert_int_eq(text[4], '5');
}
END_TEST

START_TEST(an_8086_has_other_instructions)
{
    static const struct example old[] = {
        {"0f", "pop cs"}, {"64 10", "jz 0x1012"}, {"8e c8", "mov cs,ax"}, {"d0 f0", "setmo al,1"},
        {"c8 04 00", "retf 0x4"},
    };
    check_on("8086", old, ARRAY_LEN(old), false);
}
END_TEST

Suite *disasm_suite(void)
{
    const TTest *const tests[] = {sixteen_bit_code_reads_as_in_nasm,
                                  thirty_two_bit_code_reads_as_in_nasm,
                                  too_few_bytes_give_no_length,
                                  what_is_no_instruction_takes_one_byte,
                                  fifteen_bytes_are_the_longest_instruction,
                                  a_short_buffer_is_not_overrun,
                                  an_8086_has_other_instructions,
                                  NULL};
    return unit_suite("disasm", tests);
}

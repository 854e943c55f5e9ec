/* SPDX-License-Identifier: MIT */
/* Kernels by Linux's boot protocol and by Multiboot 1: where their parts go, and what is wrong with
 * damaged ones. Documentation/arch/x86/boot.rst; Multiboot Specification 0.6.96. */
#include "src/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum { MIB = 1 << 20, LINUX_SIZE = 0x600 + 0x2000, FLAT_SIZE = 0x3000, ELF_SIZE = 0x3000 };
enum { SETUP, COMMAND_LINE, SYSTEM, RAMDISK }; /* parts of Linux */
enum { FLAT_HEADER = 0x40, ELF_HEADER = 0x1000 };

static u8 image[16384];
static size_t image_size;
static struct kernel kernel;
static struct kernel_wish wish;
static char message[300];
static char path[] = "/tmp/twin86-kernel-XXXXXX";

/* A file of SIZE bytes, each its offset. */
static void file_make(u32 size)
{
    strcpy(path, "/tmp/twin86-kernel-XXXXXX");
    FILE *file = fdopen(mkstemp(path), "w");
    ck_assert_ptr_nonnull(file);
    for (u32 i = 0; i < size; i++)
        fputc((int)(i & 0xff), file);
    fclose(file);
}

/* Two setup sectors and 8 KiB of system, of the given protocol. */
static void linux_make(u16 version)
{
    memset(image, 0, sizeof image);
    image_size = LINUX_SIZE;
    image[0x1f1] = 2;
    put32(image + 0x1f4, 0x2000 / 16);
    put16(image + 0x1fe, 0xaa55);
    memcpy(image + 0x202, "HdrS", 4);
    put16(image + 0x206, version);
    put16(image + 0x20e, 0x100);
    strcpy((char *)image + 0x300, "6.1.0-test (somebody)");
    image[0x211] = 1;
    put32(image + 0x22c, 0x7fffffff);
    put32(image + 0x238, 2047);
    put64(image + 0x258, 0x1000000);
    put32(image + 0x260, 0x100000);
    memset(image + 0x600, 0x5a, 0x2000);
    wish = (struct kernel_wish){.path = "vmlinuz", .top = 64 * MIB - 0x10000};
}

static void flat_make(void)
{
    static const u32 header[] = {0x1badb002, 0x10003,  -(0x1badb002u + 0x10003u),
                                 0x100040,   0x100000, 0x102000,
                                 0x104000,   0x100080};
    memset(image, 0x11, sizeof image);
    image_size = FLAT_SIZE;
    for (unsigned i = 0; i < ARRAY_LEN(header); i++)
        put32(image + FLAT_HEADER + 4 * i, header[i]);
    wish = (struct kernel_wish){.path = "flat", .top = 64 * MIB - 0x10000};
}

static void segment(unsigned n, u32 offset, u32 virtual, u32 physical, u32 size, u32 length)
{
    u8 *p = image + 52 + 32 * n;
    put32(p, 1);
    put32(p + 4, offset);
    put32(p + 8, virtual);
    put32(p + 12, physical);
    put32(p + 16, size);
    put32(p + 20, length);
}

/* Text at C0100000h, which is 100000h; data with some zeros behind it at 9000h. */
static void elf_make(void)
{
    memset(image, 0, sizeof image);
    image_size = ELF_SIZE;
    memcpy(image, "\177ELF\1\1\1", 7);
    put16(image + 18, 3);
    put32(image + 24, 0xc0100010);
    put32(image + 28, 52);
    put16(image + 42, 32);
    put16(image + 44, 2);
    segment(0, 0x1000, 0xc0100000, 0x100000, 0x1000, 0x1000);
    segment(1, 0x2000, 0x9000, 0x9000, 0x800, 0x900);
    put32(image + ELF_HEADER, 0x1badb002);
    put32(image + ELF_HEADER + 8, -0x1badb002u);
    wish = (struct kernel_wish){.path = "elf", .top = 64 * MIB - 0x10000};
}

/* From a copy that ends where it ends, so that a byte too far is noticed. */
static bool parse(void)
{
    u8 *copy = malloc(image_size ? image_size : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, image, image_size);
    message[0] = 0;
    bool ok = kernel_parse(&kernel, copy, image_size, &wish, message, sizeof message);
    free(copy);
    return ok;
}

static void expect_part(unsigned n, u32 address, u32 length)
{
    ck_assert_uint_lt(n, kernel.count);
    ck_assert_uint_eq(kernel.part[n].address, address);
    ck_assert_uint_eq(kernel.part[n].length, length);
}

static void expect_wrong(const char *text)
{
    ck_assert_msg(!parse(), "taken: %s", text);
    ck_assert_msg(strstr(message, text), "\"%s\" is not in \"%s\"", text, message);
    ck_assert_msg(!strncmp(message, wish.path, strlen(wish.path)) || wish.initrd, "%s", message);
    kernel_free(&kernel);
}

/* ---- Linux ---- */

START_TEST(linux_is_cut_at_its_setup_sectors)
{
    linux_make(0x20f);
    wish.append = "console=ttyS0";
    ck_assert(parse());
    ck_assert_uint_eq(kernel.kind, KERNEL_LINUX);
    ck_assert_uint_eq(kernel.count, 3);
    expect_part(SETUP, 0x10000, 0x600);
    expect_part(COMMAND_LINE, 0x20000, 14);
    expect_part(SYSTEM, 0x100000, 0x2000);
    ck_assert_str_eq((char *)kernel.part[COMMAND_LINE].bytes, "console=ttyS0");
    ck_assert_mem_eq(kernel.part[SYSTEM].bytes, image + 0x600, 0x2000);
    ck_assert_uint_eq(kernel.entry, 0x10000);
    ck_assert_uint_eq(kernel.stack, 0xfff0);
    ck_assert_str_eq(kernel.what, "Linux 6.1.0-test, boot protocol 2.15");
    kernel_free(&kernel);
}
END_TEST

START_TEST(linux_is_told_of_loader_heap_and_command_line)
{
    linux_make(0x20f);
    wish.append = "vga=0x317 quiet";
    ck_assert(parse());
    const u8 *h = kernel.part[SETUP].bytes;
    ck_assert_uint_eq(h[0x210], 0xff);
    ck_assert_uint_eq(h[0x211], 0x81);
    ck_assert_uint_eq(get16(h + 0x224), 0xfe00);
    ck_assert_uint_eq(get32(h + 0x228), 0x20000);
    ck_assert_uint_eq(get16(h + 0x1fa), 0x317);
    ck_assert_uint_eq(get32(h + 0x218), 0); /* no RAM disk */
    kernel_free(&kernel);
}
END_TEST

START_TEST(four_setup_sectors_are_meant_by_none)
{
    linux_make(0x20f);
    image[0x1f1] = 0;
    put32(image + 0x1f4, (0x2000 - 2 * 512) / 16);
    ck_assert(parse());
    expect_part(SETUP, 0x10000, 5 * 512);
    kernel_free(&kernel);
}
END_TEST

START_TEST(old_linux_gets_everything_where_it_looks_for_it)
{
    linux_make(0x200);
    image[0x211] = 0; /* a zImage */
    wish.append = "root=/dev/fd0";
    ck_assert(parse());
    expect_part(SETUP, 0x90000, 0x600);
    expect_part(COMMAND_LINE, 0x99ff0, 14);
    expect_part(SYSTEM, 0x10000, 0x2000);
    const u8 *h = kernel.part[SETUP].bytes;
    ck_assert_uint_eq(get16(h + 0x20), 0xa33f);
    ck_assert_uint_eq(get16(h + 0x22), 0x9ff0);
    ck_assert_uint_eq(get16(h + 0x212), 0x9ffe);
    ck_assert_uint_eq(h[0x211], 0); /* it has no heap to speak of */
    kernel_free(&kernel);
}
END_TEST

START_TEST(the_ram_disk_is_as_high_as_the_header_and_the_memory_allow)
{
    static const struct {
        u16 version;
        u64 top;
        u32 most, address;
    } rows[] = {
        {0x20f, 64 * MIB - 0x10000, 0x7fffffff, 0x3fec000},
        {0x20f, 64 * MIB - 0x10000, 0x2ffffff, 0x2ffc000},
        {0x20f, 2048ull * MIB, 0x37ffffff, 0x37ffc000},
        {0x202, 2048ull * MIB, 0x1000, 0x37ffc000}, /* the field is not there yet */
    };
    file_make(0x3001);
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        linux_make(rows[i].version);
        put32(image + 0x22c, rows[i].most);
        wish.initrd = path;
        wish.top = rows[i].top;
        ck_assert(parse());
        expect_part(RAMDISK, rows[i].address, 0x3001);
        ck_assert_uint_eq(get32(kernel.part[SETUP].bytes + 0x218), rows[i].address);
        ck_assert_uint_eq(get32(kernel.part[SETUP].bytes + 0x21c), 0x3001);
        ck_assert_uint_eq(kernel.part[RAMDISK].bytes[0x3000], 0);
        kernel_free(&kernel);
    }
    unlink(path);
}
END_TEST

START_TEST(damaged_linux_is_told_from_its_header)
{
    linux_make(0x20f);
    image[0x1f1] = 64;
    expect_wrong("ends within its 64 setup sectors");
    linux_make(0x20f);
    image[0x1f1] = 65;
    expect_wrong("damaged: 65 setup sectors");
    linux_make(0x20f);
    image_size -= 100;
    expect_wrong("truncated: its header tells of 100 bytes more");
    linux_make(0x20f);
    put32(image + 0x1f4, 0xffffffff);
    expect_wrong("truncated");
    linux_make(0x1ff);
    expect_wrong("boot protocol 1.255: not known");
    linux_make(0x20f);
    image_size = 0x600;
    expect_wrong("ends within its 2 setup sectors");
    linux_make(0x20f);
    memcpy(image + 0x202, "HdrX", 4);
    expect_wrong("no kernel");
    linux_make(0x20f);
    image_size = 0x240;
    expect_wrong("no kernel");
}
END_TEST

START_TEST(a_command_line_longer_than_the_kernel_takes_is_refused)
{
    char text[400];
    memset(text, 'x', sizeof text);
    text[299] = 0;
    linux_make(0x20f);
    put32(image + 0x238, 298);
    wish.append = text;
    expect_wrong("-append has 299 letters, this kernel takes 298");
    linux_make(0x205);
    wish.append = text;
    expect_wrong("takes 255");
    linux_make(0x20f);
    put32(image + 0x238, 299);
    wish.append = text;
    ck_assert(parse());
    kernel_free(&kernel);
}
END_TEST

START_TEST(linux_must_fit_into_memory_with_what_it_unpacks_and_its_ram_disk)
{
    linux_make(0x20f);
    put32(image + 0x260, 48 * MIB); /* from 16 MiB on */
    expect_wrong("needs more than -m 64");
    linux_make(0x20f);
    put32(image + 0x260, 0xffffffff);
    expect_wrong("above 4 GiB");
    linux_make(0x20f);
    put64(image + 0x258, 0xffffffffffffffff);
    expect_wrong("wants to be above 4 GiB");
    linux_make(0x205);
    wish.top = MIB + 0x1fff;
    expect_wrong("needs more than -m 1");
    file_make(2 * MIB);
    linux_make(0x20f);
    put32(image + 0x260, 47 * MIB - 0x10000 - 2 * MIB + 1);
    put64(image + 0x258, 17 * MIB);
    wish.initrd = path;
    expect_wrong("does not fit");
    put32(image + 0x260, 47 * MIB - 0x10000 - 2 * MIB);
    ck_assert(parse());
    kernel_free(&kernel);
    put32(image + 0x22c, MIB); /* the RAM disk may not be where there is room */
    expect_wrong("does not fit");
    unlink(path);
    expect_wrong("No such file");
}
END_TEST

/* ---- Multiboot ---- */

START_TEST(a_flat_kernel_goes_where_its_header_says)
{
    flat_make();
    ck_assert(parse());
    ck_assert_uint_eq(kernel.kind, KERNEL_MULTIBOOT);
    expect_part(0, 0x100000, 0x4000);
    ck_assert_uint_eq(kernel.part[0].size, 0x2000);
    ck_assert_uint_eq(kernel.entry, 0x100080);
    kernel_free(&kernel);
    put32(image + FLAT_HEADER + 20, 0); /* the whole file */
    put32(image + FLAT_HEADER + 24, 0); /* and nothing behind it */
    ck_assert(parse());
    expect_part(0, 0x100000, FLAT_SIZE);
    kernel_free(&kernel);
    put32(image + FLAT_HEADER + 16, 0x100020); /* the file begins before what is loaded */
    ck_assert(parse());
    expect_part(0, 0x100020, FLAT_SIZE - 0x20);
    kernel_free(&kernel);
}
END_TEST

START_TEST(an_elf_kernel_goes_to_its_physical_addresses)
{
    elf_make();
    ck_assert(parse());
    expect_part(0, 0x100000, 0x1000);
    expect_part(1, 0x9000, 0x900);
    ck_assert_uint_eq(kernel.part[1].size, 0x800);
    ck_assert_uint_eq(kernel.entry, 0x100010); /* not the virtual address */
    kernel_free(&kernel);
}
END_TEST

START_TEST(modules_come_with_their_texts)
{
    char list[100], first[100];
    file_make(0x1234);
    elf_make();
    snprintf(first, sizeof first, "%s a,b c", path);
    snprintf(list, sizeof list, "%s a,,b c,%s", path, path);
    wish.initrd = list;
    wish.append = "one two";
    ck_assert(parse());
    ck_assert_uint_eq(kernel.count, 4);
    const struct kernel_part *tail = &kernel.part[2];
    const u8 *info = kernel.part[3].bytes, *row;
    ck_assert_uint_eq(tail->address, 0x101000);
    expect_part(3, 0x8000, 0x100);
    ck_assert_uint_eq(get32(info), 0x24d);
#define TEXT(at) ((const char *)tail->bytes + ((at)-tail->address))
    ck_assert_str_eq(TEXT(get32(info + 16)), "elf one two");
    ck_assert_uint_eq(get32(info + 20), 2);
    row = (const u8 *)TEXT(get32(info + 24));
    ck_assert_uint_eq(get32(row) & 0xfff, 0);
    ck_assert_uint_eq(get32(row + 4) - get32(row), 0x1234);
    ck_assert_str_eq(TEXT(get32(row + 8)), first);
    ck_assert_uint_eq((u8)TEXT(get32(row))[0x1233], 0x33);
    ck_assert_uint_eq(get32(row + 16) & 0xfff, 0);
    ck_assert_uint_ge(get32(row + 16), get32(row + 4));
    ck_assert_str_eq(TEXT(get32(row + 24)), path);
    ck_assert_uint_eq(get32(info + 48), 0x8100);
    ck_assert_str_eq((const char *)info + get32(info + 64) - 0x8000, "twin86");
    kernel_free(&kernel);
    unlink(path);
    expect_wrong("No such file");
}
END_TEST

START_TEST(damaged_flat_kernels_are_told_from_their_header)
{
    static const struct {
        u8 at;
        u32 value;
        const char *text;
    } rows[] = {
        {12, 0x0fffff, "not where it says"},
        {12, 0x100100, "not where it says"},
        {16, 0xffffffff, "not where it says"},
        {20, 0x0fffff, "out of order"},
        {20, 0x103001, "truncated: its Multiboot header tells of 1 bytes more"},
        {24, 0x101fff, "out of order"},
        {24, 0x0fffff, "out of order"},
        {24, 64 * MIB, "does not fit into memory: it needs more than -m 64"},
        {24, 0xffffffff, "does not fit"},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        flat_make();
        put32(image + FLAT_HEADER + rows[i].at, rows[i].value);
        expect_wrong(rows[i].text);
    }
    flat_make();
    image_size = FLAT_HEADER + 31;
    expect_wrong("ends within its Multiboot header");
    flat_make();
    put32(image + FLAT_HEADER + 4, 0x10013);
    put32(image + FLAT_HEADER + 8, -(0x1badb002u + 0x10013u));
    expect_wrong("flags 0010");
    flat_make();
    put32(image + FLAT_HEADER + 8, 0);
    expect_wrong("no kernel");
    flat_make();
    put32(image + FLAT_HEADER + 12, 0x8040);
    put32(image + FLAT_HEADER + 16, 0x8000);
    put32(image + FLAT_HEADER + 20, 0);
    put32(image + FLAT_HEADER + 24, 0);
    expect_wrong("wants to be at 00008000 to 0000b000");
}
END_TEST

START_TEST(damaged_elf_kernels_are_told_from_their_headers)
{
    static const struct {
        u8 at, size;
        u32 value;
        const char *text;
    } rows[] = {
        {4, 1, 2, "not for the i386"},
        {5, 1, 2, "not for the i386"},
        {18, 2, 62, "not for the i386"},
        {1, 1, 'X', "neither ELF nor"},
        {28, 4, 0xffffffff, "program headers are not in the file"},
        {44, 2, 0xffff, "program headers are not in the file"},
        {42, 2, 31, "program headers are not in the file"},
        {44, 2, 0, "nothing to load"},
        {52 + 4, 4, 0x3001, "segment is not in the file"},
        {52 + 4, 4, 0xffffffff, "segment is not in the file"},
        {52 + 16, 4, 0x2001, "segment is not in the file"},
        {52 + 20, 4, 0xfff, "segment is not in the file"},
        {52 + 20, 4, 0xfff00000, "does not fit"},
        {52 + 12, 4, 0xfffff800, "does not fit"},
        {84 + 12, 4, 0x9e900, "wants to be at 0009e900"},
        {84 + 12, 4, 0xfff00, "000fff00"},
    };
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        elf_make();
        memcpy(image + rows[i].at, &rows[i].value, rows[i].size);
        expect_wrong(rows[i].text);
    }
    elf_make();
    put16(image + 44, 30);
    for (unsigned i = 0; i < 30; i++)
        segment(i, 0x1000, 0x100000 + i * 0x1000, 0x100000 + i * 0x1000, 16, 16);
    put32(image + ELF_HEADER, 0x1badb002);
    expect_wrong("too many parts");
}
END_TEST

/* Whatever was taken is in memory that the firmware leaves alone. */
static void expect_in_memory(void)
{
    for (u32 i = 0; i < kernel.count; i++) {
        const struct kernel_part *p = &kernel.part[i];
        u64 end = (u64)p->address + p->length;
        ck_assert_uint_le(p->size, p->length);
        ck_assert((p->address >= 0x8000 && end <= 0x9f000) ||
                  (p->address >= MIB && end <= wish.top));
    }
}

START_TEST(kernels_with_any_bytes_changed_are_taken_or_refused)
{
    static void (*const make[])(void) = {flat_make, elf_make};
    u64 random = 88172645463325252;
    for (unsigned i = 0; i < 30000; i++) {
        if (i % 3 < 2)
            make[i % 3]();
        else
            linux_make(0x200 + i % 16);
        for (unsigned n = 0; n < 3; n++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            u32 at = (u32)(random >> 8) % (i % 3 < 2 ? 128 : 0x270);
            image[i % 3 == 1 && random >> 60 & 1 ? ELF_HEADER + at % 32 : at] = (u8)(random >> 40);
        }
        if (i % 5 == 0)
            image_size = (random >> 20) % image_size;
        if (parse())
            expect_in_memory();
        else
            ck_assert_str_ne(message, "");
        kernel_free(&kernel);
    }
}
END_TEST

/* ---- files ---- */

static bool written_is_kernel(void)
{
    strcpy(path, "/tmp/twin86-kernel-XXXXXX");
    FILE *file = fdopen(mkstemp(path), "w");
    ck_assert_ptr_nonnull(file);
    fwrite(image, 1, image_size, file);
    fclose(file);
    bool is = kernel_is(path);
    unlink(path);
    return is;
}

START_TEST(kernels_are_told_from_disks_by_their_content)
{
    linux_make(0x20f);
    ck_assert(written_is_kernel());
    flat_make();
    ck_assert(written_is_kernel());
    put16(image + 510, 0xaa55); /* a disk with a loader that is a Multiboot kernel, too */
    ck_assert(!written_is_kernel());
    elf_make();
    ck_assert(written_is_kernel());
    put32(image + ELF_HEADER, 0);
    ck_assert(!written_is_kernel());
    memset(image, 0, sizeof image);
    ck_assert(!written_is_kernel());
    ck_assert(!kernel_is("/no/such/file"));
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named)
{
    static const char *const rows[][2] = {{"/no/such/file", "/no/such/file: No such file"},
                                          {"/tmp", "/tmp: Is a directory"},
                                          {"/dev/null", "/dev/null: the file is empty"},
                                          {"/dev/zero", "/dev/zero: larger than the memory"}};
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        wish = (struct kernel_wish){.path = rows[i][0], .top = MIB};
        ck_assert(!kernel_load(&kernel, &wish, message, sizeof message));
        ck_assert_msg(strstr(message, rows[i][1]), "%s", message);
        kernel_free(&kernel);
    }
}
END_TEST

Suite *kernel_suite(void)
{
    const TTest *const tests[] = {
        linux_is_cut_at_its_setup_sectors,
        linux_is_told_of_loader_heap_and_command_line,
        four_setup_sectors_are_meant_by_none,
        old_linux_gets_everything_where_it_looks_for_it,
        the_ram_disk_is_as_high_as_the_header_and_the_memory_allow,
        damaged_linux_is_told_from_its_header,
        a_command_line_longer_than_the_kernel_takes_is_refused,
        linux_must_fit_into_memory_with_what_it_unpacks_and_its_ram_disk,
        a_flat_kernel_goes_where_its_header_says,
        an_elf_kernel_goes_to_its_physical_addresses,
        modules_come_with_their_texts,
        damaged_flat_kernels_are_told_from_their_header,
        damaged_elf_kernels_are_told_from_their_headers,
        kernels_with_any_bytes_changed_are_taken_or_refused,
        kernels_are_told_from_disks_by_their_content,
        files_that_cannot_be_read_are_named,
        NULL,
    };
    return unit_suite("kernel", tests);
}

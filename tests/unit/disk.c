/* SPDX-License-Identifier: MIT */
#include "src/host/disk.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/unit/unit.h"

static char folder[64], path[128], message[512];

static void setup(const char *name)
{
    strcpy(folder, "disk-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    message[0] = 0;
}

static void teardown(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* A file of N bytes that starts with START and is zeros behind. */
static void image_make(const char *name, u64 n, const void *start, size_t bytes)
{
    setup(name);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(ftruncate(file, (off_t)n), 0);
    if (bytes)
        ck_assert_int_eq(pwrite(file, start, bytes, 0), (ssize_t)bytes);
    close(file);
}

static u8 file_byte(u64 at)
{
    u8 b = 0;
    int file = open(path, O_RDONLY);
    ck_assert_int_eq(pread(file, &b, 1, (off_t)at), 1);
    close(file);
    return b;
}

static struct disk *open_plain(void)
{
    struct disk *disk = disk_open(path, NULL, message, sizeof message);
    ck_assert_msg(disk != NULL, "%s", message);
    return disk;
}

static void refused(const struct disk_options *options, const char *word)
{
    ck_assert_ptr_null(disk_open(path, options, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, path));
    ck_assert_msg(strstr(message, word) != NULL, "%s", message);
    ck_assert_ptr_null(strchr(message, '\n'));
}

static void bpb_put(u8 *s, u32 total, u8 media, u16 sectors, u16 heads)
{
    put16(s + 11, 512);
    s[13] = total > 100000 ? 4 : 1;
    put16(s + 14, 1);
    s[16] = 2;
    put16(s + 17, 224);
    if (total < 65536)
        put16(s + 19, (u16)total);
    else
        put32(s + 32, total);
    s[21] = media;
    put16(s + 22, 9);
    put16(s + 24, sectors);
    put16(s + 26, heads);
    put16(s + 510, 0xaa55);
}

static void mbr_put(u8 *s, u8 type, u32 first, u32 count, u8 head, u8 sector, u16 cylinder)
{
    u8 *e = s + 446;
    e[4] = type;
    e[5] = head;
    e[6] = (u8)(sector | cylinder >> 8 << 6);
    e[7] = (u8)cylinder;
    put32(e + 8, first);
    put32(e + 12, count);
    put16(s + 510, 0xaa55);
}

static void geometry_is(const struct disk *disk, u32 c, u32 h, u32 s)
{
    struct disk_geometry g = disk_geometry(disk);
    ck_assert_uint_eq(g.cylinders, c);
    ck_assert_uint_eq(g.heads, h);
    ck_assert_uint_eq(g.sectors, s);
}

static void described(const struct disk *disk, const char *want)
{
    char text[128];
    disk_describe(disk, text, sizeof text);
    ck_assert_str_eq(text, want);
}

START_TEST(floppies_are_known_by_their_size)
{
    static const struct {
        u32 kb, c, h, s;
        const char *text;
    } rows[] = {
        {160, 40, 1, 8, "160 KB floppy"},        {180, 40, 1, 9, "180 KB floppy"},
        {320, 40, 2, 8, "320 KB floppy"},        {360, 40, 2, 9, "360 KB floppy"},
        {720, 80, 2, 9, "720 KB floppy"},        {1200, 80, 2, 15, "1.2 MB floppy"},
        {1440, 80, 2, 18, "1.44 MB floppy"},     {1680, 80, 2, 21, "1.68 MB floppy"},
        {1722, 82, 2, 21, "1.72 MB floppy"},     {2880, 80, 2, 36, "2.88 MB floppy"},
        {1840, 80, 2, 23, "1.84 MB XDF floppy"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        image_make("a.img", rows[i].kb * 1024, NULL, 0);
        struct disk *disk = open_plain();
        ck_assert_int_eq(disk_kind(disk), DISK_FLOPPY);
        ck_assert_uint_eq(disk_sectors(disk), rows[i].kb * 2);
        ck_assert(!disk_volatile(disk));
        geometry_is(disk, rows[i].c, rows[i].h, rows[i].s);
        described(disk, rows[i].text);
        disk_close(disk);
        teardown();
    }
}
END_TEST

START_TEST(other_floppies_are_known_by_their_parameter_block)
{
    u8 s[512] = {0};
    bpb_put(s, 84 * 2 * 20, 0xf0, 20, 2);
    image_make("a.img", 84 * 2 * 20 * 512, s, 512);
    struct disk *disk = open_plain();
    ck_assert_int_eq(disk_kind(disk), DISK_FLOPPY);
    geometry_is(disk, 84, 2, 20);
    described(disk, "1.68 MB floppy (FAT12)");
    disk_close(disk);
    teardown();
}
END_TEST

static void track_is(const struct disk *disk, u16 cylinder, u8 head, unsigned count, u8 r, u8 n,
                     u16 lba)
{
    struct disk_track t;
    disk_track(disk, cylinder, head, &t);
    ck_assert_uint_eq(t.count, count);
    if (count)
        ck_assert(t.sectors[0].r == r && t.sectors[0].n == n && t.sectors[0].lba == lba);
}

START_TEST(a_fat_tells_an_xdf_disk_from_23_sectors_a_track)
{
    static const struct {
        u8 fat[12]; /* from the media byte on */
        u8 second;  /* the second FAT's first */
        const char *text;
    } rows[] = {
        {{0xf0, 0xff, 0xff, 0xf7, 0x7f, 0xff, 0xf7, 0x7f, 0xff, 0xf7, 0x0f, 0},
         0xf0,
         "1.84 MB XDF floppy (FAT12)"},
        {{0xf0, 0xff, 0xff, 0xf7, 0x7f, 0xff, 0xf7, 0x7f, 0xff, 0x00, 0x00, 0},
         0xf0,
         "1.84 MB floppy (FAT12)"},
        {{0xf0, 0xff, 0xff}, 0xf0, "1.84 MB floppy (FAT12)"},
        {{0xf0, 0xff, 0xff}, 0xeb, "1.84 MB XDF floppy (FAT12)"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        static u8 s[13 * 512];
        memset(s, 0, sizeof s);
        bpb_put(s, 3680, 0xf0, 23, 2);
        put16(s + 22, 11);
        memcpy(s + 512, rows[i].fat, 12);
        memcpy(s + 12 * 512, rows[i].fat, 12);
        s[12 * 512] = rows[i].second;
        image_make("a.img", 1840 * 1024, s, sizeof s);
        struct disk *disk = open_plain();
        described(disk, rows[i].text);
        geometry_is(disk, 80, 2, 23);
        if (strstr(rows[i].text, "XDF")) {
            track_is(disk, 0, 0, 19, 1, 2, 12);
            track_is(disk, 2, 1, 4, 0x84, 4, 2 * 46 + 40);
        } else {
            track_is(disk, 0, 0, 23, 1, 2, 0);
            track_is(disk, 2, 1, 23, 1, 2, 5 * 23);
        }
        track_is(disk, 80, 0, 0, 0, 0, 0);
        track_is(disk, 1, 2, 0, 0, 0, 0);
        disk_close(disk);
        teardown();
    }
}
END_TEST

START_TEST(a_boot_sector_is_a_floppy_padded_in_memory)
{
    u8 s[512] = {0xeb}, t[512];
    put16(s + 510, 0xaa55);
    image_make("boot.bin", 512, s, 512);
    struct disk *disk = open_plain();
    described(disk, "boot sector on a 1.44 MB floppy");
    geometry_is(disk, 80, 2, 18);
    ck_assert(disk_volatile(disk) && !disk_read_only(disk));
    ck_assert(disk_read(disk, 2879, 1, t) && !t[0]);
    s[0] = 0x90;
    ck_assert(disk_write(disk, 0, 1, s) && disk_write(disk, 2879, 1, s));
    ck_assert(disk_read(disk, 2879, 1, t) && t[0] == 0x90);
    ck_assert(disk_read(disk, 0, 1, t) && t[0] == 0x90);
    ck_assert(!disk_read(disk, 2880, 1, t));
    disk_close(disk);
    ck_assert_uint_eq(file_byte(0), 0xeb);
    teardown();
}
END_TEST

START_TEST(a_hard_disk_takes_its_geometry_from_the_partition_table)
{
    u8 s[512] = {0};
    mbr_put(s, 6, 17, 17 * 5 * 100 - 17, 4, 17, 99);
    image_make("a.img", 17 * 5 * 101 * 512, s, 512);
    struct disk *disk = open_plain();
    ck_assert_int_eq(disk_kind(disk), DISK_HARD);
    geometry_is(disk, 101, 5, 17);
    described(disk, "4 MB hard disk (MBR, FAT16)");
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(a_partition_table_that_contradicts_itself_gives_the_usual_geometry)
{
    u8 s[512] = {0};
    mbr_put(s, 0x83, 63, 16 * 63 * 100 - 63, 3, 17, 99);
    image_make("a.img", 16 * 63 * 100 * 512, s, 512);
    struct disk *disk = open_plain();
    geometry_is(disk, 100, 16, 63);
    described(disk, "49 MB hard disk (MBR, Linux)");
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(a_large_partition_ends_where_chs_ends_and_tells_heads)
{
    u8 s[512] = {0};
    u32 sectors = 255 * 63 * 1044;
    mbr_put(s, 0x0c, 63, sectors - 63, 254, 63, 1023);
    image_make("a.img", (u64)sectors * 512, s, 512);
    struct disk *disk = open_plain();
    geometry_is(disk, 1044, 255, 63);
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(a_fat_file_system_without_partitions_is_a_hard_disk)
{
    u8 s[512] = {0};
    bpb_put(s, 1032192, 0xf8, 63, 16);
    put16(s + 22, 256);
    s[13] = 32;
    image_make("a.img", 1032192ull * 512, s, 512);
    struct disk *disk = open_plain();
    geometry_is(disk, 1024, 16, 63);
    described(disk, "504 MB hard disk (FAT16)");
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(a_floppy_sized_file_is_what_the_option_says)
{
    struct disk_options hard = {.want = DISK_WANT_HARD}, floppy = {.want = DISK_WANT_FLOPPY},
                        cd = {.want = DISK_WANT_CDROM};
    image_make("a.img", 1440 * 1024, NULL, 0);
    struct disk *disk = disk_open(path, &hard, message, sizeof message);
    ck_assert_int_eq(disk_kind(disk), DISK_HARD);
    disk_close(disk);
    refused(&cd, "ISO 9660");
    ck_assert_int_eq(truncate(path, 10 << 20), 0);
    refused(&floppy, "10 MB is too large for a floppy");
    teardown();
}
END_TEST

START_TEST(an_iso_image_is_a_cd)
{
    image_make("a.img", 1 << 20, NULL, 0);
    int file = open(path, O_RDWR);
    ck_assert_int_eq(pwrite(file, "\1CD001\1", 7, 0x8000), 7);
    close(file);
    struct disk *disk = open_plain();
    ck_assert_int_eq(disk_kind(disk), DISK_CDROM);
    described(disk, "1 MB CD-ROM (ISO 9660)");
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(hard_disks_of_every_small_size_have_a_geometry_inside_them)
{
    struct disk_options hard = {.want = DISK_WANT_HARD};
    for (u32 n = 1; n < 1200; n += n < 70 ? 1 : 97) {
        image_make("a.img", (u64)n * 512, NULL, 0);
        struct disk *disk = disk_open(path, &hard, message, sizeof message);
        struct disk_geometry g = disk_geometry(disk);
        u32 product = (u32)g.cylinders * g.heads * g.sectors;
        ck_assert_uint_ge(product, 1);
        ck_assert_uint_le(product, n);
        disk_close(disk);
        teardown();
    }
}
END_TEST

START_TEST(wrong_files_are_refused_in_one_line_with_the_reason)
{
    image_make("a.img", 0, NULL, 0);
    refused(NULL, "is empty");
    ck_assert_int_eq(truncate(path, 1000), 0);
    refused(NULL, "1000 bytes, not a multiple of 512");
    unlink(path);
    refused(NULL, "no such file");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    refused(NULL, "is a pipe");
    teardown();
    strcpy(path, "/dev/null");
    refused(NULL, "is a device");
    strcpy(path, "/");
    refused(NULL, "is a directory");
}
END_TEST

START_TEST(an_image_in_use_is_refused_but_readers_share_it)
{
    struct disk_options reader = {.read_only = true};
    image_make("a.img", 1440 * 1024, NULL, 0);
    struct disk *writer = open_plain();
    refused(NULL, "in use");
    refused(&reader, "in use");
    disk_close(writer);
    struct disk *a = disk_open(path, &reader, message, sizeof message);
    struct disk *b = disk_open(path, &reader, message, sizeof message);
    ck_assert(a && b);
    refused(NULL, "in use");
    disk_close(a);
    disk_close(b);
    disk_close(open_plain());
    teardown();
}
END_TEST

START_TEST(writes_are_in_the_file_at_once)
{
    u8 s[1024];
    memset(s, 0xa5, sizeof s);
    image_make("a.img", 1440 * 1024, NULL, 0);
    struct disk *disk = open_plain();
    ck_assert(disk_write(disk, 2878, 2, s));
    ck_assert_uint_eq(file_byte(2879 * 512 + 511), 0xa5);
    ck_assert(disk_flush(disk));
    disk_close(disk);
    teardown();
}
END_TEST

static u32 number(u32 *state, u32 below)
{
    *state = *state * 1103515245 + 12345;
    return (*state >> 16) % below;
}

/* Whatever is kept of sectors that were read in sequence: each read sees the last write. */
START_TEST(reads_one_after_the_other_see_every_write)
{
    enum { SECTORS = 2880 };
    u8 s[512] = {0};
    u32 wanted[SECTORS] = {0}, state = 1;
    image_make("a.img", SECTORS * 512, NULL, 0);
    struct disk *disk = open_plain();
    for (u32 i = 1, at = 0; i < 20000; i++) {
        at = number(&state, 20) ? (at + 1) % SECTORS : number(&state, SECTORS);
        ck_assert(disk_read(disk, at, 1, s));
        ck_assert_uint_eq(get32(s), wanted[at]);
        if (number(&state, 4))
            continue;
        u32 written = (at + number(&state, 80)) % SECTORS;
        put32(s, wanted[written] = i);
        ck_assert(disk_write(disk, written, 1, s));
    }
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(nothing_outside_the_disk_is_read_or_written)
{
    u8 s[1024] = {0};
    image_make("a.img", 1440 * 1024, NULL, 0);
    struct disk *disk = open_plain();
    ck_assert(disk_read(disk, 2879, 1, s));
    ck_assert(!disk_read(disk, 2879, 2, s) && !disk_write(disk, 2879, 2, s));
    ck_assert(!disk_read(disk, 2880, 1, s) && !disk_write(disk, 2880, 1, s));
    ck_assert(!disk_read(disk, ~(u64)0, 2, s) && !disk_write(disk, ~(u64)0, 2, s));
    ck_assert(!disk_read(disk, 0, ~0u, s));
    disk_close(disk);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, 1440 * 1024);
    teardown();
}
END_TEST

START_TEST(a_read_only_disk_refuses_writes)
{
    struct disk_options reader = {.read_only = true};
    u8 s[512] = {1};
    image_make("a.img", 1440 * 1024, NULL, 0);
    struct disk *disk = disk_open(path, &reader, message, sizeof message);
    ck_assert(disk_read_only(disk) && !disk_forced_read_only(disk));
    ck_assert(!disk_write(disk, 0, 1, s));
    disk_close(disk);
    ck_assert_uint_eq(file_byte(0), 0);
    teardown();
}
END_TEST

START_TEST(a_file_that_may_not_be_written_is_opened_write_protected)
{
    u8 s[512] = {1};
    image_make("a.img", 1440 * 1024, NULL, 0);
    ck_assert_int_eq(chmod(path, 0444) || chmod(folder, 0755), 0);
    int here = open(".", O_RDONLY); /* the way to it may be closed to others */
    uid_t me = geteuid();
    ck_assert_int_eq(chdir(folder), 0);
    if (!me)
        ck_assert_int_eq(seteuid(65534), 0);
    struct disk *disk = disk_open("a.img", NULL, message, sizeof message);
    ck_assert_msg(disk != NULL, "%s", message);
    ck_assert(disk_read_only(disk) && disk_forced_read_only(disk));
    ck_assert(!disk_write(disk, 0, 1, s) && disk_read(disk, 0, 1, s));
    disk_close(disk);
    ck_assert_int_eq(seteuid(me) || fchdir(here), 0);
    close(here);
    teardown();
}
END_TEST

START_TEST(a_snapshot_keeps_writes_in_memory_only)
{
    struct disk_options snapshot = {.snapshot = true};
    u8 s[512 * 20], t[512 * 20];
    for (size_t i = 0; i < sizeof s; i++)
        s[i] = (u8)(i * 7 + i / 512);
    image_make("a.img", 1440 * 1024 + 4096, s, sizeof s);
    struct disk *disk = disk_open(path, &snapshot, message, sizeof message);
    ck_assert_msg(disk != NULL, "%s", message);
    memset(t, 0xee, sizeof t);
    ck_assert(disk_write(disk, 3, 11, t));
    ck_assert(disk_read(disk, 0, 20, t));
    ck_assert_mem_eq(t, s, 3 * 512);
    ck_assert_uint_eq(t[3 * 512], 0xee);
    ck_assert_uint_eq(t[14 * 512 - 1], 0xee);
    ck_assert_mem_eq(t + 14 * 512, s + 14 * 512, 6 * 512);
    disk_close(disk);
    ck_assert_uint_eq(file_byte(3 * 512 + 5), s[3 * 512 + 5]);
    teardown();
}
END_TEST

START_TEST(snapshot_writes_all_over_a_disk_come_back)
{
    struct disk_options snapshot = {.snapshot = true};
    u8 s[512] = {0};
    image_make("a.img", 64 << 20, NULL, 0);
    struct disk *disk = disk_open(path, &snapshot, message, sizeof message);
    for (u32 i = 0; i < 3000; i++) {
        put32(s, i);
        ck_assert(disk_write(disk, i * 43, 1, s));
    }
    for (u32 i = 0; i < 3000; i++) {
        ck_assert(disk_read(disk, i * 43, 1, s));
        ck_assert_uint_eq(get32(s), i);
        ck_assert(disk_read(disk, i * 43 + 1, 1, s));
        ck_assert_uint_eq(get32(s), 0);
    }
    disk_close(disk);
    teardown();
}
END_TEST

static void gz_make(const char *name, u32 bytes)
{
    setup(name);
    gzFile gz = gzopen(path, "wb1");
    u8 s[512];
    for (u32 at = 0; at < bytes; at += 512) {
        memset(s, at / 512 % 5 ? 0 : (int)(at / 512) | 1, sizeof s);
        ck_assert_int_eq(gzwrite(gz, s, bytes - at < 512 ? bytes - at : 512) > 0, 1);
    }
    gzclose(gz);
}

START_TEST(a_gz_image_is_read_directly_and_never_written)
{
    u8 s[512] = {0x77};
    struct stat before, after;
    gz_make("a.img.gz", 1440 * 1024);
    stat(path, &before);
    struct disk *disk = open_plain();
    described(disk, "1.44 MB floppy");
    ck_assert(disk_volatile(disk));
    ck_assert(disk_write(disk, 11, 1, s));
    ck_assert(disk_read(disk, 11, 1, s) && s[0] == 0x77);
    ck_assert(disk_read(disk, 10, 1, s) && s[0] == 11 && s[511] == 11);
    ck_assert(disk_read(disk, 2879, 1, s) && s[0] == 0);
    disk_close(disk);
    stat(path, &after);
    ck_assert_int_eq(before.st_size, after.st_size);
    teardown();
}
END_TEST

START_TEST(damaged_and_oversized_gz_files_are_refused)
{
    struct disk_options small = {.unpack_max = 1 << 20};
    struct stat st;
    gz_make("a.img.gz", 1440 * 1024);
    refused(&small, "gunzip");
    ck_assert_int_eq(stat(path, &st), 0);
    int file = open(path, O_RDWR);
    ck_assert_int_eq(pwrite(file, "\xff\xff\xff\xff", 4, st.st_size / 2), 4);
    close(file);
    refused(NULL, "damaged");
    teardown();
    gz_make("a.img.gz", 1440 * 1024);
    ck_assert_int_eq(truncate(path, st.st_size / 2), 0);
    refused(NULL, "cut off");
    teardown();
    gz_make("a.img.gz", 1000);
    refused(NULL, "not a multiple of 512");
    teardown();
}
END_TEST

START_TEST(a_raw_image_stays_raw_whatever_a_guest_writes_into_it)
{
    static const char *const magic[] = {"\x1f\x8b\x08",
                                        "QFI\xfb",
                                        "KDMV",
                                        "conectix",
                                        "vhdxfile",
                                        "<<< Oracle VM VirtualBox Disk Image >>>",
                                        ("\x7f"
                                         "ELF")};
    for (size_t i = 0; i < ARRAY_LEN(magic); i++) {
        u8 s[512] = {0}, t[512];
        image_make("a.img", 20 << 20, NULL, 0);
        memcpy(s, magic[i], strlen(magic[i]));
        struct disk *disk = open_plain();
        ck_assert(disk_write(disk, 0, 1, s));
        disk_close(disk);
        disk = open_plain();
        ck_assert_uint_eq(disk_sectors(disk), 40960);
        ck_assert(disk_read(disk, 0, 1, t) && !memcmp(s, t, 512) && !disk_volatile(disk));
        disk_close(disk);
        teardown();
    }
}
END_TEST

START_TEST(a_sparse_disk_of_100_gb_is_opened_at_once)
{
    u8 s[512] = {0x5a}, t[512];
    struct stat st;
    u64 sectors = 100ull << 21;
    image_make("a.img", sectors * 512, NULL, 0);
    struct disk *disk = open_plain();
    described(disk, "100 GB hard disk");
    ck_assert_uint_eq(disk_sectors(disk), sectors);
    ck_assert(disk_write(disk, sectors - 1, 1, s) && disk_read(disk, sectors - 1, 1, t));
    ck_assert_mem_eq(s, t, 512);
    disk_close(disk);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_le(st.st_blocks, 64);
    teardown();
}
END_TEST

START_TEST(a_write_that_the_host_refuses_fails_and_the_disk_goes_on)
{
    u8 s[512] = {0x33};
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    image_make("a.img", 4 << 20, NULL, 0);
    struct disk *disk = open_plain();
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    ck_assert(!disk_write(disk, 2048, 1, s));
    ck_assert(disk_write(disk, 2047, 1, s));
    ck_assert(disk_read(disk, 2047, 1, s) && s[0] == 0x33);
    ck_assert(disk_read(disk, 2048, 1, s) && s[0] == 0);
    disk_close(disk);
    teardown();
}
END_TEST

START_TEST(a_disk_from_memory_is_a_copy)
{
    u8 s[1024] = {0xeb}, t[512];
    struct disk *disk = disk_from_memory("demo", s, 700);
    s[0] = 0;
    ck_assert(disk_read(disk, 0, 1, t) && t[0] == 0xeb);
    ck_assert(disk_write(disk, 0, 1, s) && disk_read(disk, 0, 1, t) && !t[0]);
    ck_assert_str_eq(disk_path(disk), "demo");
    geometry_is(disk, 80, 2, 18);
    ck_assert(disk_flush(disk));
    disk_close(disk);
    disk_close(NULL);
}
END_TEST

Suite *disk_suite(void)
{
    const TTest *const tests[] = {
        floppies_are_known_by_their_size,
        other_floppies_are_known_by_their_parameter_block,
        a_fat_tells_an_xdf_disk_from_23_sectors_a_track,
        a_boot_sector_is_a_floppy_padded_in_memory,
        a_hard_disk_takes_its_geometry_from_the_partition_table,
        a_partition_table_that_contradicts_itself_gives_the_usual_geometry,
        a_large_partition_ends_where_chs_ends_and_tells_heads,
        a_fat_file_system_without_partitions_is_a_hard_disk,
        a_floppy_sized_file_is_what_the_option_says,
        an_iso_image_is_a_cd,
        hard_disks_of_every_small_size_have_a_geometry_inside_them,
        wrong_files_are_refused_in_one_line_with_the_reason,
        an_image_in_use_is_refused_but_readers_share_it,
        writes_are_in_the_file_at_once,
        reads_one_after_the_other_see_every_write,
        nothing_outside_the_disk_is_read_or_written,
        a_read_only_disk_refuses_writes,
        a_file_that_may_not_be_written_is_opened_write_protected,
        a_snapshot_keeps_writes_in_memory_only,
        snapshot_writes_all_over_a_disk_come_back,
        a_gz_image_is_read_directly_and_never_written,
        damaged_and_oversized_gz_files_are_refused,
        a_raw_image_stays_raw_whatever_a_guest_writes_into_it,
        a_sparse_disk_of_100_gb_is_opened_at_once,
        a_write_that_the_host_refuses_fails_and_the_disk_goes_on,
        a_disk_from_memory_is_a_copy,
        NULL};
    return unit_suite("disk", tests);
}

/* SPDX-License-Identifier: MIT */
/*
 * Recognises disk images by content: the size of a standard floppy, a BIOS parameter block, a
 * partition table, an ISO 9660 descriptor. Container formats are not looked for: a raw image stays
 * raw whatever a guest writes into it.
 */
#include "src/host/disk_probe.h"

#include <stdio.h>

enum { FLOPPY_SECTORS_MAX = 5760, MBR_TABLE = 446, MBR_ENTRIES = 4 };

/* Where descriptors of volumes begin, in sectors of a CD. ECMA-119 6.7.1. */
enum { CD_DESCRIPTOR = 16 };

/* Formats by size, the usual one first where two have the same. */
/* clang-format off */
static const struct floppy_format {
    u16 kilobytes;
    struct disk_geometry geometry;
} floppy_formats[] = {
    {160, {40, 1, 8}},   {180, {40, 1, 9}},   {200, {40, 1, 10}},  {320, {40, 2, 8}},
    {360, {40, 2, 9}},   {400, {40, 2, 10}},  {410, {41, 2, 10}},  {420, {42, 2, 10}},
    {640, {80, 2, 8}},   {720, {80, 2, 9}},   {738, {82, 2, 9}},   {800, {80, 2, 10}},
    {820, {82, 2, 10}},  {830, {83, 2, 10}},  {1200, {80, 2, 15}}, {1230, {82, 2, 15}},
    {1440, {80, 2, 18}}, {1458, {81, 2, 18}}, {1476, {82, 2, 18}}, {1494, {83, 2, 18}},
    {1520, {80, 2, 19}}, {1600, {80, 2, 20}}, {1640, {82, 2, 20}}, {1660, {83, 2, 20}},
    {1680, {80, 2, 21}}, {1722, {82, 2, 21}}, {1743, {83, 2, 21}}, {1760, {80, 2, 22}},
    {1804, {82, 2, 22}}, {1840, {80, 2, 23}}, {1920, {80, 2, 24}}, {2880, {80, 2, 36}},
};
/* clang-format on */

/* Partition types worth naming. */
/* clang-format off */
static const struct {
    u8 type;
    const char *name;
} partition_types[] = {
    {0x01, "FAT12"},  {0x04, "FAT16"},   {0x06, "FAT16"},   {0x0e, "FAT16"}, {0x0b, "FAT32"},
    {0x0c, "FAT32"},  {0x07, "NTFS or HPFS"}, {0x0a, "OS/2 boot manager"}, {0x63, "Unix"},
    {0x82, "Linux swap"}, {0x83, "Linux"}, {0x81, "Minix"}, {0xa5, "FreeBSD"}, {0xa6, "OpenBSD"},
    {0xa9, "NetBSD"}, {0xee, "GPT"},
};
/* clang-format on */

/* BIOS parameter block. Microsoft "FAT: General Overview of On-Disk Format", "Boot Sector". */
struct bpb {
    u8 cluster, fats, media;
    u16 reserved, root, sectors, heads;
    u32 total, fat;
};

static struct bpb bpb_get(const u8 *s)
{
    struct bpb b = {
        .cluster = s[13],
        .fats = s[16],
        .media = s[21],
        .reserved = get16(s + 14),
        .root = get16(s + 17),
        .sectors = get16(s + 24),
        .heads = get16(s + 26),
        .total = get16(s + 19),
        .fat = get16(s + 22),
    };
    if (!b.total)
        b.total = get32(s + 32);
    if (!b.fat)
        b.fat = get32(s + 36);
    return b;
}

static bool bpb_valid(const u8 *s)
{
    struct bpb b = bpb_get(s);
    return get16(s + 11) == SECTOR_SIZE && b.cluster && !(b.cluster & (b.cluster - 1)) &&
           b.reserved && b.fats >= 1 && b.fats <= 4 && b.media >= 0xf0 && b.total && b.fat &&
           b.sectors >= 1 && b.sectors <= 63 && b.heads >= 1 && b.heads <= 255;
}

/* The width of the FAT follows from the number of clusters and from nothing else. */
static const char *bpb_fat_name(struct bpb b)
{
    u64 before = b.reserved + (u64)b.fats * b.fat + (b.root * 32u + SECTOR_SIZE - 1) / SECTOR_SIZE;
    u64 clusters = b.total > before ? (b.total - before) / b.cluster : 0;
    return clusters < 4085 ? "FAT12" : clusters < 65525 ? "FAT16" : "FAT32";
}

/* Does the BPB describe a floppy that a file of SECTORS holds, perhaps without its end? */
static bool bpb_floppy(const u8 *s, u64 sectors, struct disk_geometry *g)
{
    struct bpb b = bpb_get(s);
    if (!bpb_valid(s) || b.media == 0xf8 || b.sectors < 8 || b.sectors > 40 || b.heads > 2 ||
        b.total < sectors || b.total > FLOPPY_SECTORS_MAX)
        return false;
    u32 cylinder = b.sectors * b.heads, cylinders = b.total / cylinder;
    if (b.total % cylinder || cylinders < 35 || cylinders > 86)
        return false;
    *g = (struct disk_geometry){(u16)cylinders, (u8)b.heads, (u8)b.sectors};
    return true;
}

static u64 geometry_sectors(struct disk_geometry g)
{
    return (u64)g.cylinders * g.heads * g.sectors;
}

/* A partition table entry: status, CHS of the first sector, type, CHS of the last, LBA, sectors. */
static bool entry_valid(const u8 *e, u64 sectors)
{
    u64 first = get32(e + 8), count = get32(e + 12);
    return (e[0] & 0x7f) == 0 && first && count && first + count <= sectors;
}

static bool entry_empty(const u8 *e)
{
    return !e[4];
}

/* Every entry is empty or lies on the disk, and one is not empty. */
static bool mbr_valid(const u8 *s, u64 sectors)
{
    bool any = false;
    if (get16(s + 510) != 0xaa55)
        return false;
    for (const u8 *e = s + MBR_TABLE; e < s + MBR_TABLE + 16 * MBR_ENTRIES; e += 16) {
        if (!entry_empty(e) && !entry_valid(e, sectors) && e[4] != 0xee)
            return false;
        any |= !entry_empty(e);
    }
    return any;
}

static const u8 *mbr_first(const u8 *s)
{
    const u8 *e = s + MBR_TABLE;
    while (entry_empty(e))
        e += 16;
    return e;
}

static struct disk_geometry geometry_of(u64 sectors, u32 heads, u32 per_track)
{
    u64 cylinders = sectors / (heads * per_track);
    return (struct disk_geometry){(u16)(cylinders < 1       ? 1
                                        : cylinders > 65535 ? 65535
                                                            : cylinders),
                                  (u8)heads, (u8)per_track};
}

/* The usual geometry; a disk smaller than one such cylinder gets a smaller one. */
static struct disk_geometry geometry_by_size(u64 sectors)
{
    if (sectors >= 16 * 63)
        return geometry_of(sectors, 16, 63);
    if (sectors >= 17)
        return geometry_of(sectors, 1, 17);
    return geometry_of(sectors, 1, (u32)sectors);
}

/*
 * A partition ends on a cylinder boundary, as FDISK makes them, so its last CHS tells heads and
 * sectors. They are believed when they give its last LBA, or stand at the end of what CHS reaches.
 */
static bool geometry_by_mbr(const u8 *e, u64 sectors, struct disk_geometry *g)
{
    u32 head = e[5], sector = e[6] & 63, cylinder = e[7] | (e[6] & 0xc0u) << 2;
    u64 last = (u64)get32(e + 8) + get32(e + 12) - 1;
    if (head > 254 || !sector || (u64)(head + 1) * sector > sectors)
        return false;
    u64 by_chs = ((u64)cylinder * (head + 1) + head) * sector + sector - 1;
    bool beyond = cylinder >= 1022 && last > by_chs && sector == 63;
    if (last != by_chs && !beyond)
        return false;
    *g = geometry_of(sectors, head + 1, sector);
    return true;
}

static bool geometry_by_bpb(const u8 *s, u64 sectors, struct disk_geometry *g)
{
    struct bpb b = bpb_get(s);
    if (!bpb_valid(s) || (u64)b.heads * b.sectors > sectors)
        return false;
    *g = geometry_of(sectors, b.heads, b.sectors);
    return true;
}

static void floppy_size_text(struct disk_image *image)
{
    u32 kb = (u32)(image->sectors / 2), hundredths = kb / 10;
    if (kb < 1000)
        snprintf(image->size, sizeof image->size, "%u KB", kb);
    else if (hundredths % 10)
        snprintf(image->size, sizeof image->size, "%u.%02u MB", kb / 1000, hundredths % 100);
    else
        snprintf(image->size, sizeof image->size, "%u.%u MB", kb / 1000, hundredths / 10 % 10);
}

static void size_text(struct disk_image *image)
{
    u64 mb = image->sectors >> 11;
    if (!mb)
        snprintf(image->size, sizeof image->size, "%llu KB",
                 (unsigned long long)(image->sectors + 1) / 2);
    else if (mb < 10240)
        snprintf(image->size, sizeof image->size, "%llu MB", (unsigned long long)mb);
    else
        snprintf(image->size, sizeof image->size, "%llu GB", (unsigned long long)(mb >> 10));
}

/* DOS 1.x floppies have no BPB: the FAT starts with the media byte and FFFFh. */
static bool fat_without_bpb(struct disk *disk, u64 sectors)
{
    u8 fat[SECTOR_SIZE];
    return sectors > 1 && disk_read(disk, 1, 1, fat) && fat[0] >= 0xf8 && get16(fat + 1) == 0xffff;
}

/*
 * An image with the size of an XDF disk, 80 cylinders of 2 * 23 sectors, comes from one: there is
 * no real disk with 23 sectors of 512 bytes a track. But there are such images, made for emulators.
 * They have two FATs, and use clusters 2 to 6; an XDF disk has other things where the second FAT
 * should be, and nothing where those clusters should be, so its FAT calls them bad.
 */
static bool floppy_xdf(struct disk *disk, const u8 *s, struct disk_geometry g)
{
    struct bpb b = bpb_get(s);
    u8 fat[2][SECTOR_SIZE];
    if (g.sectors != 23 || g.cylinders != 80 || g.heads != 2)
        return false;
    if (!bpb_valid(s))
        return true;
    if (!disk_read(disk, b.reserved, 1, fat[0]) || !disk_read(disk, b.reserved + b.fat, 1, fat[1]))
        return false;
    bool bad = true;
    for (u32 i = 2; i <= 6; i++)
        bad &= (get16(fat[0] + i * 3 / 2) >> (i & 1 ? 4 : 0) & 0xfff) == 0xff7;
    return bad || memcmp(fat[0], fat[1], 3) != 0;
}

static void floppy_fill(struct disk *disk, const u8 *s, u64 sectors, struct disk_image *image)
{
    image->kind = DISK_FLOPPY;
    image->sectors = geometry_sectors(image->geometry);
    image->boot_sector = sectors == 1;
    image->xdf = floppy_xdf(disk, s, image->geometry);
    floppy_size_text(image);
    if (bpb_valid(s))
        snprintf(image->what, sizeof image->what, "%s", bpb_fat_name(bpb_get(s)));
    else if (fat_without_bpb(disk, sectors))
        snprintf(image->what, sizeof image->what, "FAT12");
}

static bool floppy_by_size(u64 sectors, struct disk_geometry *g)
{
    for (size_t i = 0; i < ARRAY_LEN(floppy_formats); i++) {
        if (sectors == 2u * floppy_formats[i].kilobytes) {
            *g = floppy_formats[i].geometry;
            return true;
        }
    }
    return false;
}

/* A boot sector, or a loader with a kernel behind it, goes on the smallest usual disk. */
static bool floppy_padded(const u8 *s, u64 sectors, bool wanted, struct disk_geometry *g)
{
    bool hard = mbr_valid(s, sectors) || bpb_valid(s);
    if (sectors > FLOPPY_SECTORS_MAX || (hard && !wanted))
        return false;
    *g = (struct disk_geometry){80, 2, sectors <= 2880 ? 18 : 36};
    return true;
}

static bool probe_floppy(struct disk *disk, const u8 *s, u64 sectors, bool wanted,
                         struct disk_image *image)
{
    struct disk_geometry *g = &image->geometry;
    if (!bpb_floppy(s, sectors, g) && !floppy_by_size(sectors, g) &&
        !floppy_padded(s, sectors, wanted, g))
        return false;
    floppy_fill(disk, s, sectors, image);
    return true;
}

/* What a volume descriptor is known by, and where it stands in it. ECMA-119 8.1.2, ECMA-167
 * 2/9.1.2, High Sierra. */
static const struct {
    u8 at;
    const char *name, *what;
} descriptors[] = {{1, "CD001", "ISO 9660"}, {1, "BEA01", "UDF"}, {9, "CDROM", "High Sierra"}};

static const char *descriptor_name(const u8 *s)
{
    for (size_t i = 0; i < ARRAY_LEN(descriptors); i++)
        if (!memcmp(s + descriptors[i].at, descriptors[i].name, 5))
            return descriptors[i].what;
    return NULL;
}

/* Sectors as data alone, or as on the disc: synchronization, header with the mode in its last byte,
 * in mode 2 a subheader, data. ECMA-130 14. */
static const struct {
    u16 bytes, data;
    u8 mode;
} cd_layouts[] = {{2048, 0, 0}, {2352, 16, 1}, {2352, 24, 2}};

static const char *cd_content(struct disk *disk, u64 bytes, unsigned layout)
{
    static const u8 sync[12] = {0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0};
    u64 at = (u64)CD_DESCRIPTOR * cd_layouts[layout].bytes;
    u8 s[64];
    if (bytes < at + cd_layouts[layout].data + sizeof s)
        return NULL;
    if (cd_layouts[layout].data && (!disk_read_bytes(disk, at, 16, s) ||
                                    memcmp(s, sync, sizeof sync) ||
                                    s[15] != cd_layouts[layout].mode))
        return NULL;
    if (!disk_read_bytes(disk, at + cd_layouts[layout].data, sizeof s, s))
        return NULL;
    return descriptor_name(s);
}

bool disk_probe_cd(struct disk *disk, u64 bytes, struct disk_image *image)
{
    const char *what = NULL;
    unsigned i = 0;
    while (i < ARRAY_LEN(cd_layouts) && !(what = cd_content(disk, bytes, i)))
        i++;
    if (!what)
        return false;
    u32 size = cd_layouts[i].bytes;
    u64 sectors = ((bytes + size - 1) / size * size + SECTOR_SIZE - 1) / SECTOR_SIZE;
    *image = (struct disk_image){.kind = DISK_CDROM,
                                 .sectors = sectors,
                                 .cd_bytes = size,
                                 .geometry = geometry_by_size(sectors)};
    snprintf(image->what, sizeof image->what, "%s%s", what, size > 2048 ? ", raw sectors" : "");
    size_text(image);
    return true;
}

static const char *partition_name(u8 type)
{
    for (size_t i = 0; i < ARRAY_LEN(partition_types); i++)
        if (partition_types[i].type == type)
            return partition_types[i].name;
    return NULL;
}

static void mbr_text(const u8 *entry, const u8 *boot, struct disk_image *image)
{
    const char *name = partition_name(entry[4]);
    if (name && !strncmp(name, "FAT", 3) && bpb_valid(boot))
        name = bpb_fat_name(bpb_get(boot));
    snprintf(image->what, sizeof image->what, name ? "MBR, %s" : "MBR", name);
}

static void probe_mbr(struct disk *disk, const u8 *s, u64 sectors, struct disk_image *image)
{
    const u8 *e = mbr_first(s);
    u8 boot[SECTOR_SIZE] = {0};
    if (get32(e + 8) < sectors && !disk_read(disk, get32(e + 8), 1, boot))
        memset(boot, 0, sizeof boot);
    if (!geometry_by_mbr(e, sectors, &image->geometry))
        geometry_by_bpb(boot, sectors, &image->geometry);
    mbr_text(e, boot, image);
}

static void probe_hard(struct disk *disk, const u8 *s, u64 sectors, struct disk_image *image)
{
    *image = (struct disk_image){
        .kind = DISK_HARD, .sectors = sectors, .geometry = geometry_by_size(sectors)};
    size_text(image);
    if (bpb_valid(s) && bpb_get(s).total <= sectors) {
        geometry_by_bpb(s, sectors, &image->geometry);
        snprintf(image->what, sizeof image->what, "%s", bpb_fat_name(bpb_get(s)));
    } else if (mbr_valid(s, sectors)) {
        probe_mbr(disk, s, sectors, image);
    }
}

bool disk_probe(struct disk *disk, u64 bytes, enum disk_want want, struct disk_image *image,
                char *why, size_t size)
{
    u64 sectors = (bytes + SECTOR_SIZE - 1) / SECTOR_SIZE;
    u8 s[SECTOR_SIZE];
    *image = (struct disk_image){0};
    if (!disk_read(disk, 0, 1, s)) {
        snprintf(why, size, "its first sector cannot be read");
        return false;
    }
    bool hard = want == DISK_WANT_ANY || want == DISK_WANT_HARD;
    bool floppy = want != DISK_WANT_HARD && want != DISK_WANT_CDROM;
    bool iso = want != DISK_WANT_HARD && want != DISK_WANT_FLOPPY;
    if ((iso && disk_probe_cd(disk, bytes, image)) ||
        (floppy && probe_floppy(disk, s, sectors, !hard, image)))
        return true;
    probe_hard(disk, s, sectors, image);
    if (!hard && floppy)
        snprintf(why, size, "%s is too large for a floppy: give it as -hda", image->size);
    else if (!hard)
        snprintf(why, size, "is no CD image (ISO 9660)");
    return hard;
}

/* SPDX-License-Identifier: MIT */
#include "src/drives.h"
#include "src/kernel.h"
#include "src/profile.h"
#include "src/rom.h"

/* Drives in which a disk of the next larger format fits too, smallest first. */
static const struct {
    enum fdc_drive_type type;
    bool three_inch;
    const char *name;
} formats[] = {
    {FDC_DRIVE_360K, false, "360 KB"},  {FDC_DRIVE_1200K, false, "1.2 MB"},
    {FDC_DRIVE_720K, true, "720 KB"},   {FDC_DRIVE_1440K, true, "1.44 MB"},
    {FDC_DRIVE_2880K, true, "2.88 MB"},
};

static unsigned format_row(enum fdc_drive_type type)
{
    unsigned i = 0;
    while (i + 1 < ARRAY_LEN(formats) && formats[i].type != type)
        i++;
    return i;
}

/* The drive that reads what TYPE reads and this disk too; TYPE if there is no such drive. */
static enum fdc_drive_type drive_for_both(enum fdc_drive_type type, const struct disk *disk)
{
    unsigned a = format_row(type), b = format_row(fdc_drive_for(disk_geometry(disk)));
    return formats[a].three_inch == formats[b].three_inch && b > a ? formats[b].type : type;
}

static bool fits(const struct drives *drives, unsigned drive, const struct disk *disk,
                 char *message, size_t size)
{
    enum fdc_drive_type type = drives->type[drive];
    unsigned row = format_row(type), wanted = format_row(fdc_drive_for(disk_geometry(disk)));
    if (formats[row].three_inch == formats[wanted].three_inch && wanted <= row)
        return true;
    snprintf(message, size, "%s: a %s disk does not fit into the %s drive %c:", disk_path(disk),
             formats[wanted].name, formats[row].name, 'A' + drive);
    return false;
}

/* "freedos.img: 1.44 MB floppy (FAT12) -> A:" */
static void describe(const struct disk *disk, const char *where, char *text, size_t size)
{
    char kind[100];
    disk_describe(disk, kind, sizeof kind);
    snprintf(text, size, "%s: %s -> %s%s", disk_path(disk), kind, where,
             disk_forced_read_only(disk) ? " (write-protected, as the file is)" : "");
}

static bool in_a_drive(const struct drives *drives, const struct disk *disk)
{
    for (unsigned i = 0; i < FLOPPY_DRIVES; i++)
        if (drives->floppy[i] == disk)
            return true;
    return false;
}

static void announce(FILE *out, const struct disk *disk, const char *where)
{
    char text[5000];
    describe(disk, where, text, sizeof text);
    fprintf(out, "%s\n", text);
}

static void announce_drives(FILE *out, struct disk *const *disk, unsigned count, char letter)
{
    for (unsigned i = 0; i < count; i++)
        if (disk[i])
            announce(out, disk[i], (const char[]){(char)(letter + (char)i), ':', 0});
}

static void announce_large(FILE *out, const struct drives *drives)
{
    for (unsigned i = 0; i < HARD_DRIVES; i++)
        if (drives->hard[i] && disk_sectors(drives->hard[i]) > SMALL_DISK)
            fprintf(out, "%s: above 504 MB: systems of -profile %s may not take it\n",
                    disk_path(drives->hard[i]), drives->profile->name);
}

void drives_announce(const struct drives *drives, FILE *out)
{
    announce_drives(out, drives->floppy, FLOPPY_DRIVES, 'A');
    for (unsigned i = 0; i < drives->floppy_count; i++)
        if (!in_a_drive(drives, drives->floppies[i]))
            announce(out, drives->floppies[i], "next disk (Ctrl-F4)");
    announce_drives(out, drives->hard, HARD_DRIVES, 'C');
    for (unsigned i = 0; i < drives->cd_count; i++)
        announce(out, drives->cds[i],
                 drives->cds[i] == drives->cd ? "CD-ROM" : "next disc (Ctrl-F3)");
    if (drives->profile && drives->profile->small_disks)
        announce_large(out, drives);
}

static struct disk *open_as(const struct drives *drives, const char *path, enum disk_want want,
                            char *message, size_t size)
{
    struct disk_options options = {.snapshot = drives->snapshot, .want = want};
    return disk_open(path, &options, message, size);
}

static bool keep(struct disk **list, unsigned *count, struct disk *disk, const char *what,
                 char *message, size_t size)
{
    if (*count == OPTION_LIST) {
        snprintf(message, size, "%s: too many %s at once, at most %d", disk_path(disk), what,
                 OPTION_LIST);
        disk_close(disk);
        return false;
    }
    list[(*count)++] = disk;
    return true;
}

static bool floppy_keep(struct drives *drives, struct disk *disk, char *message, size_t size)
{
    return keep(drives->floppies, &drives->floppy_count, disk, "floppies", message, size);
}

static bool cd_keep(struct drives *drives, struct disk *disc, char *message, size_t size)
{
    return keep(drives->cds, &drives->cd_count, disc, "CDs", message, size);
}

static struct disk *named(struct disk *const *list, unsigned count, const char *path)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(disk_path(list[i]), path))
            return list[i];
    return NULL;
}

struct disk *drives_open_cd(struct drives *drives, const char *path, char *message, size_t size)
{
    struct disk *disc = named(drives->cds, drives->cd_count, path);
    if (disc)
        return disc;
    disc = open_as(drives, path, DISK_WANT_CDROM, message, size);
    return disc && cd_keep(drives, disc, message, size) ? disc : NULL;
}

static bool open_floppy(struct drives *drives, unsigned drive, const char *path, char *message,
                        size_t size)
{
    struct disk *disk = path ? open_as(drives, path, DISK_WANT_FLOPPY, message, size) : NULL;
    if (!path)
        return true;
    if (!disk || !floppy_keep(drives, disk, message, size))
        return false;
    drives->floppy[drive] = disk;
    return true;
}

static bool open_hard(struct drives *drives, unsigned drive, const char *path, char *message,
                      size_t size)
{
    if (!path)
        return true;
    drives->hard[drive] = open_as(drives, path, DISK_WANT_HARD, message, size);
    return drives->hard[drive];
}

static bool place_cd(struct drives *drives, struct disk *disc, char *message, size_t size)
{
    if (!cd_keep(drives, disc, message, size))
        return false;
    if (!drives->cd)
        drives->cd = disc;
    return true;
}

static bool open_cd(struct drives *drives, const char *path, char *message, size_t size)
{
    struct disk *disc = path ? open_as(drives, path, DISK_WANT_CDROM, message, size) : NULL;
    return !path || (disc && place_cd(drives, disc, message, size));
}

static bool place_hard(struct drives *drives, struct disk *disk, char *message, size_t size)
{
    unsigned drive = 0;
    while (drive < HARD_DRIVES && drives->hard[drive])
        drive++;
    if (drive == HARD_DRIVES) {
        snprintf(message, size, "%s: no free drive: there are %d hard disks", disk_path(disk),
                 HARD_DRIVES);
        disk_close(disk);
        return false;
    }
    drives->hard[drive] = disk;
    return true;
}

static bool place_floppy(struct drives *drives, struct disk *disk, char *message, size_t size)
{
    if (!floppy_keep(drives, disk, message, size))
        return false;
    for (unsigned drive = 0; drive < FLOPPY_DRIVES; drive++)
        if (!drives->floppy[drive]) {
            drives->floppy[drive] = disk;
            return true;
        }
    return true;
}

static const char boot_letters[] = {[DISK_FLOPPY] = 'a', [DISK_HARD] = 'c', [DISK_CDROM] = 'd'};

static bool take_kernel(struct drives *drives, const char *path, char *message, size_t size)
{
    if (drives->kernel)
        snprintf(message, size, "%s: a second kernel; -initrd gives modules", path);
    else
        drives->kernel = path;
    return drives->kernel == path;
}

/* An image on the command line: its content tells where it belongs. */
static bool open_image(struct drives *drives, const char *path, bool first, char *message,
                       size_t size)
{
    static bool (*const place[])(struct drives *, struct disk *, char *, size_t) = {
        [DISK_FLOPPY] = place_floppy, [DISK_HARD] = place_hard, [DISK_CDROM] = place_cd};
    if (kernel_is(path))
        return take_kernel(drives, path, message, size);
    struct disk *disk = open_as(drives, path, DISK_WANT_ANY, message, size);
    if (!disk)
        return false;
    if (first)
        drives->boot[0] = boot_letters[disk_kind(disk)];
    return place[disk_kind(disk)](drives, disk, message, size);
}

static bool open_demo(struct drives *drives, char *message, size_t size)
{
    for (unsigned i = 0; i < HARD_DRIVES; i++)
        if (drives->hard[i])
            return true;
    struct disk *disk = drives->floppy_count || drives->cd || drives->kernel
                            ? NULL
                            : disk_from_memory("demo disk (built in)", rom_demo, rom_demo_size);
    return !disk || place_floppy(drives, disk, message, size);
}

static void choose_types(struct drives *drives)
{
    for (unsigned i = 0; i < FLOPPY_DRIVES; i++) {
        const struct disk *disk = drives->floppy[i];
        drives->type[i] = disk ? fdc_drive_for(disk_geometry(disk)) : FDC_DRIVE_1440K;
        for (unsigned j = 0; j < drives->floppy_count; j++)
            drives->type[i] = drive_for_both(drives->type[i], drives->floppies[j]);
    }
}

/* The master of the second channel, or where else there is room. */
static bool choose_cd_unit(struct drives *drives, char *message, size_t size)
{
    static const u8 order[] = {2, 3, 1, 0};
    drives->cd_unit = HARD_DRIVES;
    for (unsigned i = 0; i < ARRAY_LEN(order) && drives->cd_unit == HARD_DRIVES; i++)
        if (!drives->hard[order[i]])
            drives->cd_unit = order[i];
    if (drives->cd_unit < HARD_DRIVES || !drives->cd)
        return true;
    snprintf(message, size, "%s: no room for a CD-ROM drive beside %d hard disks",
             disk_path(drives->cd), HARD_DRIVES);
    return false;
}

static void boot_add(struct drives *drives, char letter)
{
    if (!strchr(drives->boot, letter))
        drives->boot[strlen(drives->boot)] = letter;
}

/* The first image on the command line, then what has a disk, then the drives without. */
static void choose_boot(struct drives *drives, const struct options *options)
{
    bool full[] = {
        [DISK_FLOPPY] = drives->floppy[0], [DISK_HARD] = false, [DISK_CDROM] = drives->cd};
    for (unsigned i = 0; i < HARD_DRIVES; i++)
        full[DISK_HARD] |= drives->hard[i] != NULL;
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned kind = 0; kind < ARRAY_LEN(full); kind++)
            if (full[kind] == !pass)
                boot_add(drives, boot_letters[kind]);
    if (options->boot.order[0])
        memcpy(drives->boot, options->boot.order, sizeof drives->boot);
}

bool drives_open(struct drives *drives, const struct options *options, char *message, size_t size)
{
    bool ok = true;
    *drives = (struct drives){.snapshot = options->snapshot,
                              .profile = options->profile,
                              .kernel = options->kernel};
    for (unsigned i = 0; ok && i < FLOPPY_DRIVES; i++)
        ok = open_floppy(drives, i, options->floppy[i], message, size);
    for (unsigned i = 0; ok && i < HARD_DRIVES; i++)
        ok = open_hard(drives, i, options->hard[i], message, size);
    ok = ok && open_cd(drives, options->cd, message, size);
    for (unsigned i = 0; ok && i < options->image.count; i++)
        ok = open_image(drives, options->image.item[i], !i && !drives->floppy[0], message, size);
    ok = ok && open_demo(drives, message, size) && choose_cd_unit(drives, message, size);
    choose_types(drives);
    choose_boot(drives, options);
    return ok;
}

void drives_close(struct drives *drives)
{
    for (unsigned i = 0; i < drives->floppy_count; i++)
        disk_close(drives->floppies[i]);
    for (unsigned i = 0; i < HARD_DRIVES; i++)
        disk_close(drives->hard[i]);
    for (unsigned i = 0; i < drives->cd_count; i++)
        disk_close(drives->cds[i]);
    *drives = (struct drives){0};
}

void drives_flush(struct drives *drives)
{
    for (unsigned i = 0; i < drives->floppy_count; i++)
        disk_flush(drives->floppies[i]);
    for (unsigned i = 0; i < HARD_DRIVES; i++)
        if (drives->hard[i])
            disk_flush(drives->hard[i]);
}

/* A disk is in one drive at a time. */
static bool put_in(struct drives *drives, unsigned drive, struct disk *disk, char *message,
                   size_t size)
{
    if (!fits(drives, drive, disk, message, size))
        return false;
    for (unsigned i = 0; i < FLOPPY_DRIVES; i++)
        if (drives->floppy[i] == disk)
            drives->floppy[i] = NULL;
    if (drives->floppy[drive])
        disk_flush(drives->floppy[drive]);
    drives->floppy[drive] = disk;
    describe(disk, (const char[]){(char)('A' + drive), ':', 0}, message, size);
    return true;
}

static bool put_in_new(struct drives *drives, unsigned drive, struct disk *disk, char *message,
                       size_t size)
{
    if (!floppy_keep(drives, disk, message, size))
        return false;
    if (put_in(drives, drive, disk, message, size))
        return true;
    drives->floppy_count--;
    disk_close(disk);
    return false;
}

bool drives_insert(struct drives *drives, unsigned drive, const char *path, char *message,
                   size_t size)
{
    struct disk *disk = named(drives->floppies, drives->floppy_count, path);
    if (disk)
        return put_in(drives, drive, disk, message, size);
    disk = open_as(drives, path, DISK_WANT_FLOPPY, message, size);
    return disk && put_in_new(drives, drive, disk, message, size);
}

bool drives_insert_any(struct drives *drives, unsigned drive, const char *path, struct disk **disc,
                       char *message, size_t size)
{
    struct disk *disk = named(drives->floppies, drives->floppy_count, path);
    *disc = disk ? NULL : named(drives->cds, drives->cd_count, path);
    if (disk || *disc)
        return *disc || put_in(drives, drive, disk, message, size);
    disk = open_as(drives, path, DISK_WANT_REMOVABLE, message, size);
    if (!disk || disk_kind(disk) == DISK_FLOPPY)
        return disk && put_in_new(drives, drive, disk, message, size);
    if (!cd_keep(drives, disk, message, size))
        return false;
    *disc = disk;
    return true;
}

bool drives_next(struct drives *drives, unsigned drive, char *message, size_t size)
{
    unsigned count = drives->floppy_count, at = 0;
    while (at < count && drives->floppies[at] != drives->floppy[drive])
        at++;
    if (count < 1 + (drives->floppy[drive] != NULL)) {
        snprintf(message, size, "no other floppy: name more images on the command line");
        return false;
    }
    if (at == count)
        at = count - 1; /* the drive is empty: the first one comes next */
    for (unsigned i = 1; i <= count; i++) /* the first one that fits */
        if (put_in(drives, drive, drives->floppies[(at + i) % count], message, size))
            return true;
    return false;
}

void drives_eject(struct drives *drives, unsigned drive, char *message, size_t size)
{
    if (drives->floppy[drive])
        disk_flush(drives->floppy[drive]);
    drives->floppy[drive] = NULL;
    snprintf(message, size, "drive %c: is empty", 'A' + drive);
}

struct disk *drives_next_cd(const struct drives *drives, char *message, size_t size)
{
    for (unsigned i = 0; i < drives->cd_count; i++)
        if (drives->cds[i] == drives->cd && drives->cd_count > 1)
            return drives->cds[(i + 1) % drives->cd_count];
    if (drives->cd_count && !drives->cd)
        return drives->cds[0];
    snprintf(message, size, "no other CD: name more images on the command line");
    return NULL;
}

void drives_put_cd(struct drives *drives, struct disk *disc, char *message, size_t size)
{
    drives->cd = disc;
    if (disc)
        describe(disc, "CD-ROM", message, size);
    else
        snprintf(message, size, "the CD-ROM drive is empty");
}

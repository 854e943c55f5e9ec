/* SPDX-License-Identifier: MIT */
/* The drives that INT 13h knows. */
#include "demo.h"

enum { WIDTH = 39, HEIGHT = 9 };

static u8 unit_show(u8 x, u8 y, u8 drive)
{
    x = screen_text(x, y, drive & 0x80 ? "Hard disk " : "Floppy ", PANEL | PLAIN);
    if (drive & 0x80)
        screen_number(x, y, (drive & 0x7fu) + 1, PANEL | WHITE);
    else {
        screen_cell(x, y, (u8)('A' + drive), PANEL | WHITE);
        screen_cell((u8)(x + 1), y, ':', PANEL | WHITE);
    }
    return x;
}

static const char *floppy_name(u8 type)
{
    static const char *const names[] = {"unknown", "360 KB",  "1.2 MB", "720 KB",
                                        "1.44 MB", "2.88 MB", "2.88 MB"};
    return names[type < ARRAY_SIZE(names) ? type : 0];
}

static void geometry_show(u8 x, u8 y, const struct regs *r)
{
    u32 cylinders = (u32)(r->ch | (r->cl & 0xc0) << 2) + 1, heads = (u32)r->dh + 1;
    u32 sectors = r->cl & 63;

    x = screen_number(x, y, cylinders, PANEL | WHITE);
    x = screen_number(screen_text(x, y, " x ", PANEL | DIM), y, heads, PANEL | WHITE);
    screen_number(screen_text(x, y, " x ", PANEL | DIM), y, sectors, PANEL | WHITE);
}

/* INT 13h 48h, where the extensions are there; else cylinders x heads x sectors. */
static u32 disk_mib(u8 drive, const struct regs *r)
{
    static struct {
        u16 size, flags;
        u32 cylinders, heads, sectors, total, total_high;
        u16 bytes;
    } __attribute__((packed)) answer;
    struct regs check = {.ax = 0x4100, .bx = 0x55aa, .edx = drive};
    struct regs ask = {.ax = 0x4800, .edx = drive, .esi = (u32)&answer};

    answer.size = 26;
    if (bios(0x13, &check) && check.bx == 0xaa55 && bios(0x13, &ask))
        return answer.total >> 11;
    return ((u32)(r->ch | (r->cl & 0xc0) << 2) + 1) * ((u32)r->dh + 1) * (r->cl & 63) >> 11;
}

static int drive_show(u8 x, u8 y, u8 drive)
{
    struct regs r = {.ax = 0x0800, .edx = drive};

    if (!bios(0x13, &r) || (drive & 0x7f) >= r.dl)
        return 0;
    unit_show((u8)(x + 2), y, drive);
    if (drive & 0x80)
        screen_text(screen_number((u8)(x + 14), y, disk_mib(drive, &r), PANEL | GREEN), y, " MiB",
                    PANEL | GREEN);
    else
        screen_text((u8)(x + 14), y, floppy_name(r.bl), PANEL | GREEN);
    geometry_show((u8)(x + 25), y, &r);
    return 1;
}

void drives_show(u8 x, u8 y)
{
    static const u8 drives[] = {0x00, 0x01, 0x80, 0x81, 0x82, 0x83};
    u8 row = (u8)(y + 1);

    screen_frame(x, y, WIDTH, HEIGHT, "Drives", PANEL);
    for (u8 i = 0; i < ARRAY_SIZE(drives); i++)
        row = (u8)(row + drive_show(x, row, drives[i]));
    screen_text((u8)(x + 2), (u8)(y + HEIGHT - 2), "Started from", PANEL | DIM);
    unit_show((u8)(x + 15), (u8)(y + HEIGHT - 2), boot_drive);
}

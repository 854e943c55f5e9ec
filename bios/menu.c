/* SPDX-License-Identifier: MIT */
/* F12 before anything is started: the user chooses among the drives that are there. */
#include "ata.h"

#define ASK_MS 500

enum key { KEY_UP = 0x48, KEY_DOWN = 0x50, KEY_F12 = 0x86, KEY_ESCAPE = 0x01, KEY_ENTER = 0x1c };

struct menu {
    u8 count, selected;
    u8 row; /* of the first line */
    struct {
        u8 order; /* as boot.c has it */
        u8 disk;
    } line[1 + DRIVES];
};

/* Scan code in the high byte, as INT 16h AH=10h gives them. */
static u16 next_key(void)
{
    irq_on();
    return (u16)call_int(0x16, 0x1000, 0, 0, 0);
}

static bool key_waits(void)
{
    return BDA->key_head != BDA->key_tail;
}

/* With one drive that has a disk, nobody is kept waiting. Whether a diskette is in nobody knows
 * yet. */
static bool is_choice(void)
{
    u8 n = (BDA->equipment & EQUIP_FLOPPY) + BDA->hd_count, i;
    struct drive d;

    for (i = 0; i < EBDA8(cd_count); i++) {
        cd_load(i, &d);
        n += atapi_has_disc(&d);
    }
    return n > 1;
}

/* Any other key than F12 ends the wait, and is for the program that will be started. */
static bool asked_for(void)
{
    struct limit l;
    bool over = false;

    text_print(TEXT("Press F12 to choose what to start from."));
    irq_on();
    limit_start(&l, ASK_MS);
    while (!key_waits() && !over) {
        irq_off();
        over = limit_sleep(&l);
    }
    text_print(TEXT("\n\n"));
    return key_waits() && far_get16(0x40, BDA->key_head) >> 8 == KEY_F12 && next_key();
}

/* --- the list --- */

static void print_line(struct menu *m, u8 order, u8 disk, ROM char *what)
{
    m->line[m->count].order = order;
    m->line[m->count++].disk = disk;
    text_print(TEXT("    "));
    text_number(m->count);
    text_print(TEXT("  "));
    text_print(what);
}

static void print_drive(const struct drive *d)
{
    char model[MODEL_SIZE];

    ata_model(d, model);
    text_ram(model);
    if (d->sectors) {
        text_print(TEXT(", "));
        text_number(d->sectors / 2048);
        text_print(TEXT(" MB"));
    }
    text_char('\n');
}

static void list(struct menu *m)
{
    struct drive d;
    u8 i;

    text_print(TEXT("Start from:\n\n"));
    if (BDA->equipment & EQUIP_FLOPPY)
        print_line(m, BOOT_DISKETTE, 0, TEXT("Diskette A:\n"));
    for (i = 0; i < BDA->hd_count; i++) {
        print_line(m, BOOT_HARD_DISK, i, TEXT("Hard disk  "));
        ata_load(i, &d);
        print_drive(&d);
    }
    for (i = 0; i < EBDA8(cd_count); i++) {
        print_line(m, (u8)(i << 4 | BOOT_CD), 0, TEXT("CD-ROM     "));
        cd_load(i, &d);
        print_drive(&d);
    }
    m->row = (u8)((call_int(0x10, 0x0300, 0, 0, 0) >> 24) - m->count);
    text_print(TEXT("\nA digit, or the arrows and Enter. Esc: as if you had not asked.\n"));
}

/* --- the choice --- */

static void mark(const struct menu *m, char c)
{
    u16 below = (u16)(call_int(0x10, 0x0300, 0, 0, 0) >> 16);

    call_int(0x10, 0x0200, 0, 0, (u16)((m->row + m->selected) << 8 | 2));
    text_char(c);
    call_int(0x10, 0x0200, 0, 0, below);
}

/* True: chosen. */
static bool press(struct menu *m, u16 key)
{
    u8 digit = (u8)key - '1';

    mark(m, ' ');
    if (key >> 8 == KEY_UP && m->selected)
        m->selected--;
    if (key >> 8 == KEY_DOWN && m->selected < m->count - 1)
        m->selected++;
    if (digit < m->count)
        m->selected = digit;
    mark(m, '>');
    return digit < m->count || key >> 8 == KEY_ENTER;
}

static void choose(const struct menu *m)
{
    u8 order = m->line[m->selected].order;

    EBDA8_SET(boot_choice, order);
    if (order == BOOT_HARD_DISK)
        ata_first(m->line[m->selected].disk);
}

/* CMOS may want the menu without the question, or neither. */
void boot_menu(void)
{
    u8 how = cmos_read(CMOS_BOOT_THIRD);
    struct menu m = {0};
    u16 key;

    if (!(how & BOOT_MENU) && (how & BOOT_SILENT || !is_choice() || !asked_for()))
        return;
    list(&m);
    if (!m.count)
        return;
    mark(&m, '>');
    do {
        key = next_key();
        if (key >> 8 == KEY_ESCAPE)
            break;
        if (press(&m, key)) {
            choose(&m);
            break;
        }
    } while (true);
    text_char('\n');
    irq_off();
}

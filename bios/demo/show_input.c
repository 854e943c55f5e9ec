/* SPDX-License-Identifier: MIT */
/*
 * The page of keyboard and mouse: each scan code as INT 9 hands it to INT 15h AH=4Fh, what INT 16h
 * makes of it, and the packets of a PS/2 mouse from INT 15h AH=C2h.
 */
#include "demo.h"

enum { KEYS_X = 4, KEYS_Y = 3, PAD_X = 47, PAD_Y = 13, PAD_WIDTH = 30, PAD_HEIGHT = 8 };

/* clang-format off */
/* The main keys: scan code (set 1), place, width, label. */
static const struct cap {
    u8 code, x, y, width;
    const char *label;
} caps[] = {
    {0x01, 0, 0, 4, "Esc"}, {0x3b, 7, 0, 3, "F1"}, {0x3c, 11, 0, 3, "F2"}, {0x3d, 15, 0, 3, "F3"},
    {0x3e, 19, 0, 3, "F4"}, {0x3f, 25, 0, 3, "F5"}, {0x40, 29, 0, 3, "F6"}, {0x41, 33, 0, 3, "F7"},
    {0x42, 37, 0, 3, "F8"}, {0x43, 43, 0, 3, "F9"}, {0x44, 47, 0, 3, "F10"},
    {0x57, 51, 0, 3, "F11"}, {0x58, 55, 0, 3, "F12"},
    {0x29, 0, 2, 3, "`"}, {0x02, 4, 2, 3, "1"}, {0x03, 8, 2, 3, "2"}, {0x04, 12, 2, 3, "3"},
    {0x05, 16, 2, 3, "4"}, {0x06, 20, 2, 3, "5"}, {0x07, 24, 2, 3, "6"}, {0x08, 28, 2, 3, "7"},
    {0x09, 32, 2, 3, "8"}, {0x0a, 36, 2, 3, "9"}, {0x0b, 40, 2, 3, "0"}, {0x0c, 44, 2, 3, "-"},
    {0x0d, 48, 2, 3, "="}, {0x0e, 52, 2, 6, "Back"},
    {0x0f, 0, 4, 5, "Tab"}, {0x10, 6, 4, 3, "Q"}, {0x11, 10, 4, 3, "W"}, {0x12, 14, 4, 3, "E"},
    {0x13, 18, 4, 3, "R"}, {0x14, 22, 4, 3, "T"}, {0x15, 26, 4, 3, "Y"}, {0x16, 30, 4, 3, "U"},
    {0x17, 34, 4, 3, "I"}, {0x18, 38, 4, 3, "O"}, {0x19, 42, 4, 3, "P"}, {0x1a, 46, 4, 3, "["},
    {0x1b, 50, 4, 3, "]"}, {0x2b, 54, 4, 4, "\\"},
    {0x3a, 0, 6, 6, "Caps"}, {0x1e, 7, 6, 3, "A"}, {0x1f, 11, 6, 3, "S"}, {0x20, 15, 6, 3, "D"},
    {0x21, 19, 6, 3, "F"}, {0x22, 23, 6, 3, "G"}, {0x23, 27, 6, 3, "H"}, {0x24, 31, 6, 3, "J"},
    {0x25, 35, 6, 3, "K"}, {0x26, 39, 6, 3, "L"}, {0x27, 43, 6, 3, ";"}, {0x28, 47, 6, 3, "'"},
    {0x1c, 51, 6, 7, "Enter"},
    {0x2a, 0, 8, 8, "Shift"}, {0x2c, 9, 8, 3, "Z"}, {0x2d, 13, 8, 3, "X"}, {0x2e, 17, 8, 3, "C"},
    {0x2f, 21, 8, 3, "V"}, {0x30, 25, 8, 3, "B"}, {0x31, 29, 8, 3, "N"}, {0x32, 33, 8, 3, "M"},
    {0x33, 37, 8, 3, ","}, {0x34, 41, 8, 3, "."}, {0x35, 45, 8, 3, "/"}, {0x36, 49, 8, 9, "Shift"},
    {0x1d, 61, 0, 5, "Ctrl"}, {0x38, 67, 0, 5, "Alt"},
    {0x39, 61, 2, 11, "Space"},
    {0x48, 65, 4, 3, "\x18"}, {0x4b, 61, 6, 3, "\x1b"}, {0x50, 65, 6, 3, "\x19"},
    {0x4d, 69, 6, 3, "\x1a"}, {0x45, 61, 8, 5, "Num"}, {0x46, 67, 8, 5, "Scrl"},
};
/* clang-format on */

static u8 down[128], scan_tail, has_mouse;

static void cap_draw(const struct cap *cap)
{
    u8 attr = down[cap->code] ? (u8)(YELLOW << 4) : PANEL | WHITE;
    u8 length = (u8)text_length(cap->label);

    screen_fill((u8)(KEYS_X + cap->x), (u8)(KEYS_Y + cap->y), cap->width, 1, ' ', attr);
    screen_text((u8)(KEYS_X + cap->x + (cap->width - length + 1) / 2), (u8)(KEYS_Y + cap->y),
                cap->label, attr);
}

static void caps_draw(u8 code)
{
    for (u8 i = 0; i < ARRAY_SIZE(caps); i++)
        if (code == 0xff || caps[i].code == code)
            cap_draw(&caps[i]);
}

/* The codes run from right to left along a line. */
static void scan_show(u8 code)
{
    enum { LEFT = 17, RIGHT = 41, Y = 14 };

    for (u8 x = LEFT; x < RIGHT; x++)
        VIDEO16[Y * 80 + x] = VIDEO16[Y * 80 + x + 3];
    screen_hex(RIGHT - 3, Y, code, 2, code == 0xe0 ? PINK : code & 0x80 ? DIM : GREEN);
    screen_cell(RIGHT - 1, Y, ' ', BACK);
    screen_fill(RIGHT, Y, 3, 1, ' ', BACK);
    down[code & 0x7f] = !(code & 0x80);
    caps_draw(code & 0x7f);
}

static void scans_take(void)
{
    while (scan_tail != scan_head)
        scan_show(scan_ring[scan_tail++ & 31]);
}

static void key_show(u16 key)
{
    static const char control[] = "control  ";
    u8 chr = (u8)key, x = screen_hex(17, 16, key, 4, WHITE);

    screen_fill(x, 16, 14, 1, ' ', BACK);
    if (chr >= ' ')
        screen_cell((u8)(x + 2), 16, chr, YELLOW);
    else if (chr)
        screen_text((u8)(x + 2), 16, control, DIM);
    else
        screen_text((u8)(x + 2), 16, "no character", DIM);
}

static void shifts_show(void)
{
    static const char *const names[] = {"Shift", "Shift", "Ctrl", "Alt", "Scrl", "Num", "Caps"};
    u8 state = peek8(0x40, 0x17), x = 17;

    for (u8 i = 1; i < ARRAY_SIZE(names); i++) {
        u8 on = i == 1 ? state & 3 : state >> i & 1;
        x = (u8)(screen_text(x, 18, names[i], on ? YELLOW : DIM) + 1);
    }
}

/* --- mouse --- */

static int mouse_ask(u16 ax, u16 bx)
{
    struct regs r = {.ax = ax, .bx = bx};

    bios(0x15, &r);
    return !(r.flags & 1) && r.ah == 0;
}

static void mouse_start(void)
{
    mouse_x = PAD_WIDTH * 8 / 2;
    mouse_y = PAD_HEIGHT * 16 / 2;
    mouse_packets = 0;
    mouse_status = 0;
    has_mouse = (u8)(mouse_ask(0xc205, 0x0300) && mouse_ask(0xc207, (u16)(u32)mouse_hook) &&
                     mouse_ask(0xc200, 0x0100));
}

static void mouse_stop(void)
{
    if (has_mouse)
        mouse_ask(0xc200, 0x0000);
}

static s16 bounded(s16 value, s16 limit)
{
    return value < 0 ? 0 : value >= limit ? (s16)(limit - 1) : value;
}

static void button_show(u8 x, const char *name, u8 on)
{
    screen_text(x, 22, name, on ? (u8)(YELLOW << 4) : PANEL | PLAIN);
}

static void mouse_show(void)
{
    static s16 was_x, was_y;

    mouse_x = bounded(mouse_x, PAD_WIDTH * 8);
    mouse_y = bounded(mouse_y, PAD_HEIGHT * 16);
    screen_cell((u8)(PAD_X + was_x / 8), (u8)(PAD_Y + was_y / 16), 0xfa, PANEL | DIM);
    was_x = mouse_x;
    was_y = mouse_y;
    screen_cell((u8)(PAD_X + was_x / 8), (u8)(PAD_Y + was_y / 16), 0xdb,
                PANEL | (mouse_status & 7 ? YELLOW : CYAN));
    button_show(PAD_X, " left ", mouse_status & 1);
    button_show(PAD_X + 7, " middle ", mouse_status & 4);
    button_show(PAD_X + 16, " right ", mouse_status & 2);
    screen_number(screen_text(17, 20, "packets ", PLAIN), 20, mouse_packets, WHITE);
}

static void page_draw(void)
{
    screen_start();
    screen_page("Keyboard and mouse", "press keys, move the mouse   Esc back");
    for (u8 i = 0; i < 128; i++)
        down[i] = 0;
    caps_draw(0xff);
    screen_text(4, 14, "INT 9 gets", DIM);
    screen_text(4, 16, "INT 16h says", DIM);
    screen_text(4, 18, "held, on", DIM);
    screen_text(4, 20, "PS/2 mouse", DIM);
    screen_fill(PAD_X, PAD_Y, PAD_WIDTH, PAD_HEIGHT, 0xfa, PANEL | DIM);
    if (!has_mouse)
        screen_text(17, 20, "no answer from INT 15h C2h", RED);
}

static void scans_hook(void)
{
    int15_old = (u32)peek16(0, 0x15 * 4 + 2) << 16 | peek16(0, 0x15 * 4);
    scan_tail = scan_head;
    __asm__ volatile("cli");
    poke16(0, 0x15 * 4, (u16)(u32)int15_hook);
    poke16(0, 0x15 * 4 + 2, SEGMENT);
    __asm__ volatile("sti");
}

static void scans_unhook(void)
{
    __asm__ volatile("cli");
    poke16(0, 0x15 * 4, (u16)int15_old);
    poke16(0, 0x15 * 4 + 2, (u16)(int15_old >> 16));
    __asm__ volatile("sti");
}

void show_input(void)
{
    u16 key = 0;

    mouse_start();
    page_draw();
    scans_hook();
    while (!page_over(key)) {
        scans_take();
        shifts_show();
        if (has_mouse)
            mouse_show();
        clock_idle();
        key = page_key();
        if (key)
            key_show(key);
    }
    scans_unhook();
    mouse_stop();
}

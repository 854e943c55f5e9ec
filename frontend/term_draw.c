/* SPDX-License-Identifier: MIT */
/*
 * The text screen in the terminal, and a line of status below it. A screen that is larger than the
 * terminal is shown in part, where its cursor is.
 */
#include "frontend/term.h"

#include <langinfo.h>

#include "frontend/text.h"

/* VGA numbers its colours blue, green, red from the lowest bit; terminals the other way round. */
static const u8 colours[8] = {COLOR_BLACK, COLOR_BLUE,    COLOR_GREEN,  COLOR_CYAN,
                              COLOR_RED,   COLOR_MAGENTA, COLOR_YELLOW, COLOR_WHITE};

static short colour_of(unsigned vga)
{
    return (short)(colours[vga & 7] + (vga & 8));
}

/* Pair 0 cannot be set: it is grey on black, as on the PC. */
static short pair_of(const struct terminal *term, unsigned fore, unsigned back)
{
    unsigned n = (unsigned)term->colours;

    return (short)(((fore & (n - 1)) ^ 7) * n + (back & (n - 1)));
}

void term_draw_init(struct terminal *term)
{
    unsigned n;

    term->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
    if (has_colors() && start_color() == OK)
        term->colours = COLORS >= 16 && COLOR_PAIRS >= 256 ? 16
                        : COLORS >= 8 && COLOR_PAIRS >= 64 ? 8
                                                           : 0;
    n = (unsigned)term->colours;
    if (n)
        assume_default_colors(COLOR_WHITE, COLOR_BLACK);
    for (unsigned i = 0; i < n * n; i++)
        if (pair_of(term, i % n, i / n))
            init_pair(pair_of(term, i % n, i / n), colour_of(i % n), colour_of(i / n));
}

/* Attribute byte: bits 0-3 the character's colour, 4-6 the ground's, 7 blinks.
 * IBM VGA Technical Reference, "Alphanumeric modes". */
static attr_t attributes(const struct terminal *term, u8 attribute, short *pair)
{
    unsigned fore = attribute & 15, back = attribute >> 4 & 7;
    attr_t look = attribute & 0x80 ? A_BLINK : A_NORMAL;

    *pair = 0;
    if (term->colours)
        *pair = pair_of(term, fore, back);
    else if (back > (fore & 7))
        look |= A_REVERSE;
    if (term->colours < 16 && fore & 8)
        look |= A_BOLD;
    return look;
}

static void draw_cell(const struct terminal *term, int row, int col, u16 cell)
{
    u8 code = (u8)cell;
    wchar_t text[2] = {term->unicode ? text_unicode(code) : text_ascii(code), 0};
    cchar_t character;
    short pair;
    attr_t look = attributes(term, cell >> 8, &pair);

    setcchar(&character, text, look, pair, NULL);
    mvadd_wch(row, col, &character);
}

static int lower(int a, int b)
{
    return a < b ? a : b;
}

/* Rows above the status line. */
static int room_rows(void)
{
    return LINES > 1 ? LINES - 1 : 1;
}

/* First shown of SIZE lines when ROOM are there and AT (-1: nothing) should be seen. */
static int first_shown(int first, int size, int room, int at)
{
    if (at >= 0 && at < first)
        first = at;
    if (at >= first + room)
        first = at - room + 1;
    if (first > size - room)
        first = size - room;
    return first < 0 ? 0 : first;
}

/* Go where the cursor has gone; else stay where the user scrolled to. */
static void follow_cursor(struct terminal *term, const struct text_screen *screen)
{
    bool moved = screen->cursor_on &&
                 (screen->cursor_row != term->cursor_row || screen->cursor_col != term->cursor_col);

    term->cursor_row = screen->cursor_row;
    term->cursor_col = screen->cursor_col;
    term->top = first_shown(term->top, screen->rows, room_rows(), moved ? screen->cursor_row : -1);
    term->left = first_shown(term->left, screen->cols, COLS, moved ? screen->cursor_col : -1);
}

void term_scroll(struct terminal *term, int down, int right)
{
    term->top += down;
    term->left += right;
    term->changed = true;
}

static void draw_text(struct terminal *term, const struct text_screen *screen)
{
    int rows = lower(screen->rows, TEXT_ROWS_MAX), cols = lower(screen->cols, TEXT_COLS_MAX);

    follow_cursor(term, screen);
    for (int row = 0; row < room_rows() && term->top + row < rows; row++)
        for (int col = 0; col < COLS && term->left + col < cols; col++)
            draw_cell(term, row, col, screen->cell[term->top + row][term->left + col]);
}

static void draw_notice(const struct frame *frame)
{
    char text[120];
    int n;

    snprintf(text, sizeof text,
             "graphics mode %ux%u: use -display sdl, or Ctrl-] s for a screenshot", frame->width,
             frame->height);
    n = (int)strlen(text);
    mvaddnstr(room_rows() / 2, n < COLS ? (COLS - n) / 2 : 0, text, COLS);
}

/* What is not shown of a large screen. */
static void crop_text(const struct terminal *term, const struct text_screen *screen, char *text,
                      size_t size)
{
    int bottom = lower(term->top + room_rows(), screen->rows);
    int right = lower(term->left + COLS, screen->cols);

    *text = 0;
    if (bottom - term->top < screen->rows)
        snprintf(text, size, "rows %d-%d of %u - ", term->top + 1, bottom, screen->rows);
    else if (right - term->left < screen->cols)
        snprintf(text, size, "columns %d-%d of %u - ", term->left + 1, right, screen->cols);
}

static void status_text(struct terminal *term, u64 now, char *text, size_t size)
{
    struct status_view view;
    char crop[60] = "", title[TITLE_TEXT];
    const char *note, *lights;

    status_get(term->context->status, &view);
    note = title_notes(&term->notes, &view, (u32)now, &lights);
    if (term->frame && term->frame->text.active)
        crop_text(term, &term->frame->text, crop, sizeof crop);
    title_text(&view, note, lights, title, sizeof title);
    snprintf(text, size, " %s%s", crop, title);
}

static void draw_status(struct terminal *term, u64 now)
{
    static const char way_out[] = " | Ctrl-] q quits ";
    char text[TITLE_TEXT + 100] = " q quit p pause f full speed s shot d,c next disk,CD D,C eject "
                                  "r Ctrl-Alt-Del ] ^] arrows";
    int right = COLS - (int)strlen(way_out);

    if (!term->menu)
        status_text(term, now, text, sizeof text);
    if (LINES < 2)
        return;
    attrset(A_REVERSE);
    mvhline(LINES - 1, 0, ' ' | A_REVERSE, COLS);
    mvaddnstr(LINES - 1, 0, text, COLS);
    if (!term->menu && right > 0)
        mvaddstr(LINES - 1, right, way_out);
    attrset(A_NORMAL);
}

/* The terminal's cursor where the guest's is, if that is on and in the shown part. */
static void draw_cursor(const struct terminal *term, const struct text_screen *screen)
{
    int row = screen->cursor_row - term->top, col = screen->cursor_col - term->left;
    bool on = screen->active && screen->cursor_on && row >= 0 && row < room_rows() && col >= 0 &&
              col < COLS;

    curs_set(on);
    if (on)
        move(row, col);
}

void term_draw(struct terminal *term, u64 now)
{
    static const struct text_screen none;
    const struct frame *frame = term->frame;

    erase();
    if (frame && frame->text.active)
        draw_text(term, &frame->text);
    else if (frame && frame->width)
        draw_notice(frame);
    draw_status(term, now);
    draw_cursor(term, frame ? &frame->text : &none);
    refresh();
    term->changed = false;
    term->drawn_at = now;
}

/* SPDX-License-Identifier: MIT */
/* Common ground of the demo disk's program: types, ports, BIOS calls, screen, clock, pages. */
#ifndef BIOS_DEMO_H
#define BIOS_DEMO_H

#include "../io.h"

typedef signed char s8;
typedef signed short s16;
typedef signed int s32;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SEGMENT       0x1000

/* Far memory through ES, which is DS again afterwards. */
static inline u8 peek8(u16 seg, u16 off)
{
    u8 value;
    __asm__ volatile("movw %w1, %%es\n\tmovb %%es:(%k2), %b0\n\tpushw %%ds\n\tpopw %%es"
                     : "=&q"(value)
                     : "r"(seg), "r"((u32)off)
                     : "memory");
    return value;
}

static inline u16 peek16(u16 seg, u16 off)
{
    return (u16)(peek8(seg, off) | peek8(seg, (u16)(off + 1)) << 8);
}

static inline void poke16(u16 seg, u16 off, u16 value)
{
    __asm__ volatile("movw %w1, %%es\n\tmovw %w0, %%es:(%k2)\n\tpushw %%ds\n\tpopw %%es"
                     :
                     : "r"(value), "r"(seg), "r"((u32)off)
                     : "memory");
}

/* Video memory: GS is the segment of the mode in use. */
#define VIDEO8  ((volatile u8 __seg_gs *)0)
#define VIDEO16 ((volatile u16 __seg_gs *)0)
#define VIDEO32 ((volatile u32 __seg_gs *)0)

static inline void video_segment(u16 seg)
{
    __asm__ volatile("movw %0, %%gs" : : "r"(seg));
}

static inline void video_fill32(u16 off, u32 value, u16 count)
{
    u32 di = off, cx = count;
    __asm__ volatile("pushw %%gs\n\tpopw %%es\n\trep stosl\n\tpushw %%ds\n\tpopw %%es"
                     : "+D"(di), "+c"(cx)
                     : "a"(value)
                     : "memory");
}

/* start.S: registers for a BIOS call; flags come back only. */
struct regs {
    union {
        u32 eax;
        u16 ax;
        struct {
            u8 al, ah;
        };
    };
    union {
        u32 ebx;
        u16 bx;
        struct {
            u8 bl, bh;
        };
    };
    union {
        u32 ecx;
        u16 cx;
        struct {
            u8 cl, ch;
        };
    };
    union {
        u32 edx;
        u16 dx;
        struct {
            u8 dl, dh;
        };
    };
    u32 esi, edi, ebp;
    u16 es, ds, flags, pad;
};
void bios_call(u8 number, struct regs *r);
void int15_hook(void);
void mouse_hook(void);
extern u32 int15_old;
extern u8 scan_ring[32], scan_head, mouse_status, boot_drive;
extern s16 mouse_x, mouse_y;
extern u16 mouse_packets;

/* bios.c: BIOS functions by name. bios() sets the segments to ours; true if carry was clear. */
int bios(u8 number, struct regs *r);
u16 key_get(void); /* INT 16h: scan code in the high byte; 0 if there is none */
void mode_set(u16 mode);
void palette_set(u8 first, const u8 (*rgb)[3], u16 count);
void cursor_hide(void);

enum {
    KEY_ESC = 0x011b,
    KEY_ENTER = 0x1c0d,
    KEY_UP = 0x4800,
    KEY_DOWN = 0x5000,
    KEY_LEFT = 0x4b00,
    KEY_RIGHT = 0x4d00,
};

/* clock.c: time in 1/1193182 s from counter 0 and the BIOS tick; and waiting. */
enum { CLOCK_HZ = 1193182 };
u32 clock_now(void);
void clock_idle(void); /* until the next interrupt */
void frame_wait(void); /* until vertical retrace begins, and at most 75 times a second */
u32 anim_time(void);   /* since anim_start, in 1/291 s */
void anim_start(void);

/* main.c: pages and the tour */
struct page {
    const char *title, *about;
    void (*show)(void);
    u8 seconds; /* in the tour */
};
extern const struct page pages[];
extern const u8 page_count;
enum { MENU_LEAVE = 0xff };
/* A page asks each frame: the key to act on (0: none); when it should end. */
u16 page_key(void);
int page_over(u16 key);

/* menu.c: what the user chose, or the first page when the tour should begin */
u8 menu_show(u8 selected);

/* screen.c: the 80x25 text screen, in our own 16 colours */
enum {
    BACK = 0x00,
    PANEL = 0x10,
    DIM = 0x08,
    PLAIN = 0x07,
    WHITE = 0x0f,
    GREEN = 0x0a,
    CYAN = 0x0b,
    RED = 0x0c,
    PINK = 0x0d,
    YELLOW = 0x0e,
    BLUE = 0x09,
};
extern const u8 theme[16][3];
void screen_start(void); /* mode 3 with our palette, cleared */
void screen_cell(u8 x, u8 y, u8 chr, u8 attr);
void screen_fill(u8 x, u8 y, u8 width, u8 height, u8 chr, u8 attr);
u8 screen_text(u8 x, u8 y, const char *text, u8 attr); /* the column after it */
u8 screen_number(u8 x, u8 y, u32 value, u8 attr);
u8 screen_hex(u8 x, u8 y, u32 value, u8 digits, u8 attr);
void screen_frame(u8 x, u8 y, u8 width, u8 height, const char *title, u8 attr);
void screen_page(const char *title, const char *keys); /* header and footer of a page */
u16 text_length(const char *text);

/* sine.c: angles of 1024 to the turn; amplitude 16384 */
s32 sine(u32 angle);
s32 cosine(u32 angle);

/* graph.c: captions in graphics, the font of INT 43h */
typedef void put_pixel(u16 x, u16 y, u8 color);
void graph_text(put_pixel *put, u16 x, u16 y, const char *text, u8 color);
void graph_text_big(put_pixel *put, u16 x, u16 y, const char *text, u8 color, u8 scale);
void graph_font(void); /* takes the ROM font of 8x16, or 8x8 */

/* drives.c, for the page of the board */
void drives_show(u8 x, u8 y);

/* pages */
void show_board(void);
void show_text(void);
void show_13h(void);
void show_x(void);
void show_planar(void);
void show_input(void);
void show_rings(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Common ground of the VGA BIOS: types, ports, far memory, the BIOS data area, the caller's
 * registers, and what the parts offer each other.
 * Sources: IBM PS/2 and PC BIOS Interface Technical Reference, "Interrupt 10h - Video";
 * IBM Personal System/2 Hardware Interface Technical Reference, "Video Subsystem".
 */
#ifndef BIOS_VGA_H
#define BIOS_VGA_H

#include "../io.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PACKED        __attribute__((packed))

/* What the caller had in its registers; what is written here it gets back. Reached through FS. */
struct frame {
    union {
        u32 edi;
        u16 di;
    };
    union {
        u32 esi;
        u16 si;
    };
    union {
        u32 ebp;
        u16 bp;
    };
    u32 esp;
    union {
        u32 ebx;
        u16 bx;
        struct {
            u8 bl, bh;
        };
    };
    union {
        u32 edx;
        u16 dx;
        struct {
            u8 dl, dh;
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
        u32 eax;
        u16 ax;
        struct {
            u8 al, ah;
        };
    };
    u16 gs, fs, es, ds;
};
typedef __seg_fs struct frame frame;

/* The video part of the BIOS data area, segment 40h. Reached through GS. */
struct bda {
    u8 before[0x10];
    u16 equipment; /* 10 */
    u8 between1[0x37];
    u8 mode;         /* 49 */
    u16 columns;     /* 4A */
    u16 page_size;   /* 4C, bytes */
    u16 page_start;  /* 4E, bytes */
    u16 cursor[8];   /* 50, row in the high byte */
    u16 cursor_type; /* 60, first line in the high byte */
    u8 page;         /* 62 */
    u16 crtc;        /* 63, 3B4h or 3D4h */
    u8 cga_mode;     /* 65, what a CGA's port 3D8h would hold */
    u8 cga_color;    /* 66, what a CGA's port 3D9h would hold */
    u8 between2[0x1d];
    u8 rows;         /* 84, less one */
    u16 char_height; /* 85 */
    u8 control;      /* 87 */
    u8 switches;     /* 88 */
    u8 options;      /* 89 */
    u8 display;      /* 8A, index into the display combination table */
    u8 between3[0x1d];
    u16 save_table_off; /* A8 */
    u16 save_table_seg; /* AA */
} PACKED;
#define BDA ((__seg_gs struct bda *)0)

enum {
    CONTROL_NO_EMULATION = 0x01, /* 40:87 */
    CONTROL_MONO = 0x02,
    CONTROL_INACTIVE = 0x08,
    CONTROL_256K = 0x60,
    CONTROL_KEEP = 0x80,
    OPTION_ACTIVE = 0x01, /* 40:89 */
    OPTION_GRAY = 0x02,
    OPTION_MONO = 0x04,
    OPTION_NO_PALETTE = 0x08,
    OPTION_400 = 0x10,
    OPTION_SWITCHABLE = 0x40,
    OPTION_200 = 0x80,
};

/* Ports of the VGA; those of the CRTC move with the emulation and start at BDA->crtc. */
enum {
    ATTR = 0x3c0,
    ATTR_READ = 0x3c1,
    MISC_WRITE = 0x3c2,
    VGA_ENABLE = 0x3c3,
    SEQ = 0x3c4,
    DAC_MASK = 0x3c6,
    DAC_READ = 0x3c7,
    DAC_WRITE = 0x3c8,
    DAC_DATA = 0x3c9,
    FEATURE_READ = 0x3ca,
    MISC_READ = 0x3cc,
    GC = 0x3ce,
};
#define STATUS1 (BDA->crtc + 6)

/* Far memory: a segment and an offset; all of it goes through ES. */
static inline u8 far_read8(u16 seg, u16 off)
{
    u8 value;
    __asm__ volatile("movw %w1, %%es\n\tmovb %%es:(%k2), %b0"
                     : "=q"(value)
                     : "r"(seg), "r"((u32)off)
                     : "memory");
    return value;
}

static inline u16 far_read16(u16 seg, u16 off)
{
    u16 value;
    __asm__ volatile("movw %w1, %%es\n\tmovw %%es:(%k2), %w0"
                     : "=r"(value)
                     : "r"(seg), "r"((u32)off)
                     : "memory");
    return value;
}

static inline void far_write8(u16 seg, u16 off, u8 value)
{
    __asm__ volatile("movw %w1, %%es\n\tmovb %b0, %%es:(%k2)"
                     :
                     : "q"(value), "r"(seg), "r"((u32)off)
                     : "memory");
}

static inline void far_write16(u16 seg, u16 off, u16 value)
{
    __asm__ volatile("movw %w1, %%es\n\tmovw %w0, %%es:(%k2)"
                     :
                     : "r"(value), "r"(seg), "r"((u32)off)
                     : "memory");
}

/* Upwards, in bytes: what the planes' latches need when they copy. */
static inline void far_copy8(u16 to_seg, u16 to, u16 from_seg, u16 from, u16 count)
{
    u32 di = to, si = from, cx = count;
    __asm__ volatile("movw %w3, %%es\n\tpushw %%ds\n\tmovw %w4, %%ds\n\trep movsb\n\tpopw %%ds"
                     : "+D"(di), "+S"(si), "+c"(cx)
                     : "r"(to_seg), "r"(from_seg)
                     : "memory");
}

static inline void far_fill16(u16 seg, u16 off, u16 value, u16 words)
{
    u32 di = off, cx = words;
    __asm__ volatile("movw %w2, %%es\n\trep stosw"
                     : "+D"(di), "+c"(cx)
                     : "r"(seg), "a"(value)
                     : "memory");
}

static inline void far_fill8(u16 seg, u16 off, u8 value, u16 count)
{
    u32 di = off, cx = count;
    __asm__ volatile("movw %w2, %%es\n\trep stosb"
                     : "+D"(di), "+c"(cx)
                     : "r"(seg), "a"(value)
                     : "memory");
}

static inline u16 code_seg(void)
{
    u16 seg;
    __asm__("movw %%cs, %0" : "=r"(seg));
    return seg;
}

/* The offset of a thing in this ROM. */
#define OFF(thing) ((u16)(u32)(thing))

/* bios.c: interrupt vectors and BIOS data */
u16 vector_off(u8 number);
u16 vector_seg(u8 number);
void vector_set(u8 number, u16 seg, u16 off);

/* ports.c: indexed registers */
u8 reg_read(u16 port, u8 index);
void reg_write(u16 port, u8 index, u8 value);
u8 attr_read(u8 index);
void attr_write(u8 index, u8 value);
void attr_screen_on(void);
void screen_enable(u8 on);

/* params.c, mode.c: the modes */
enum kind { TEXT, CGA, PLANAR, LINEAR };

struct mode {
    u8 number;
    u8 kind;
    u8 colors;    /* in the state table; 0 is 256 */
    u8 pages;     /* in the state table */
    u16 segment;  /* of video memory */
    u8 params[3]; /* entry of the parameter table for 200, 350, 400 lines */
    u8 cga_mode;  /* for 40:65 */
    u8 dac;       /* enum dac of palette.c */
    u8 bits;      /* a pixel's, where it is packed; the planes to compare, where it is planar */
};

/* An entry of the video parameter table that 40:A8 leads to; its layout is public. */
struct params {
    u8 columns, rows, char_height;
    u16 page_size;
    u8 seq[4]; /* registers 1 to 4 */
    u8 misc;
    u8 crtc[25];
    u8 attr[20];
    u8 gc[9];
} PACKED;

enum { PARAM_SETS = 29 };
extern const struct params params_table[PARAM_SETS];
extern const u8 crtc_6845_table[];

const struct mode *mode_find(u8 number);
const struct mode *mode_now(void);
void mode_set(u8 number);
u8 mode_lines(const struct mode *mode);

/* text.c, graphics.c: cells of a page, row and column from 0 */
struct painter {
    void (*copy_row)(u8 to, u8 from, u8 left, u8 width);
    void (*clear_row)(u8 row, u8 left, u8 width, u8 attr);
    void (*put)(u8 page, u8 row, u8 col, u16 char_attr);
    u16 (*get)(u8 page, u8 row, u8 col);
    void (*put_pixel)(u8 page, u16 x, u16 y, u8 color);
    u8 (*get_pixel)(u8 page, u16 x, u16 y);
};
extern const struct painter text_painter, cga_painter, planar_painter, linear_painter;
const struct painter *painter_now(void);
void cell_put(u8 page, u8 row, u8 col, u8 chr, u8 attr);
void scroll(u8 up, u8 lines, u8 attr, u8 top, u8 left, u8 bottom, u8 right);

/* cursor.c */
void cursor_shape(u16 type);
void cursor_move(u8 page, u16 position);
void page_show(u8 page);

/* tty.c */
void tty_write(u8 page, u8 chr, u8 attr, u8 with_attr);

/* palette.c */
enum dac { DAC_MONO, DAC_CGA, DAC_EGA, DAC_256 };
void dac_load(enum dac set);
void dac_gray(u16 first, u16 count);
void dac_copy_in(u16 seg, u16 off, u16 first, u16 count);

/* font.c */
extern const u8 font8[256 * 8], font14[256 * 14], font16[256 * 16], font9_none[];
void font_load(u16 seg, u16 off, u8 block, u8 height, u16 first, u16 count);
void font_load_rom(u8 height, u8 block);
void font_fit(u8 height);
void font_graphics(u8 height);

/* save table (40:A8): far pointer number n of the primary (or secondary) table, 0:0 if absent */
u32 save_pointer(u8 n);
u32 save_pointer2(u8 n);

/* vbe.c; vbe_entry.S; monitor.c */
enum { VBE_SUPPORTED = 0x004f, VBE_FAILED = 0x014f }; /* what AX says */
void vbe_post(void);
void vbe_off(void);
u16 vbe_power(frame *r);
u16 vbe_ddc(frame *r);
void vbe_window(void);
extern const u8 vbe_protected[], vbe_protected_end[], vbe_frame_buffer[];

/* functions of INT 10h by AH, in the files that they belong to */
typedef void function(frame *r);
function int10_main, print_screen;
function fn_set_mode, fn_cursor_type, fn_cursor_set, fn_cursor_get, fn_light_pen, fn_page,
    fn_scroll_up, fn_scroll_down, fn_char_read, fn_char_attr, fn_char, fn_cga_palette,
    fn_pixel_write, fn_pixel_read, fn_teletype, fn_mode_get, fn_palette, fn_font, fn_select,
    fn_string, fn_display, fn_state_info, fn_state, fn_vbe;
void vga_post(void);
extern const u8 static_info[16];
extern const u8 display_table[];
u16 display_pair(u8 index);

/* start.S */
void int10_entry(void);
void int05_entry(void);
void int42_none(void);
extern const u8 save_table[];

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What every C file of the system BIOS shares: how it reaches the caller's registers, the ROM, the
 * BIOS data area, the extended data area and the ports.
 *
 * C code runs in real or virtual-8086 mode with
 *   CS = FS = F000h   this ROM: tables and texts are ROM objects, read through FS
 *   GS = 0            interrupt vectors and the BIOS data area, read through GS
 *   DS = ES = SS      the stack in use, the caller's or ours; so locals may have their address
 *                     taken
 * Everything else (the extended data area, the caller's buffers) is reached with far_get and
 * far_put, which name the segment. Ordinary objects with static storage do not exist: the linker
 * script refuses them.
 */
#ifndef BIOS_BIOS_H
#define BIOS_BIOS_H

#include "io.h"

typedef _Bool bool;
#define true  1
#define false 0

#define ROM         const __seg_fs
#define LOW         volatile __seg_gs
#define COUNT(a)    (sizeof(a) / sizeof *(a))
#define PACKED      __attribute__((packed))
#define offset_of   __builtin_offsetof
#define ROM_SEGMENT 0xf000u
#define VGA_SEGMENT 0xc000u

/* A text in ROM, for text_print. */
#define TEXT(s)                                                                                    \
    ({                                                                                             \
        static ROM char text_[] = s;                                                               \
        text_;                                                                                     \
    })

#define HALVES(n)                                                                                  \
    union {                                                                                        \
        u32 e##n##x;                                                                               \
        u16 n##x;                                                                                  \
        struct {                                                                                   \
            u8 n##l, n##h;                                                                         \
        };                                                                                         \
    }
#define WIDE(x)                                                                                    \
    union {                                                                                        \
        u32 e##x;                                                                                  \
        u16 x;                                                                                     \
    }

/* The caller's registers, as entry.S lays them on the stack. */
struct regs {
    u16 gs, fs, es, ds;
    WIDE(di);
    WIDE(si);
    WIDE(bp);
    u32 esp;
    HALVES(b);
    HALVES(d);
    HALVES(c);
    HALVES(a);
    u16 handler, ip, cs, flags;
};

#define FLAG_CF 0x0001u
#define FLAG_ZF 0x0040u
#define FLAG_TF 0x0100u
#define FLAG_IF 0x0200u
#define FLAG_NT 0x4000u

typedef void (*service)(struct regs *r);

/* Interrupt vectors: offset in the low half, segment in the high half. */
#define IVT ((u32 LOW *)0)
#define FAR(segment, offset) ((u32)(segment) << 16 | (u16)(offset))

static inline void set_carry(struct regs *r, bool on)
{
    r->flags = (u16)((r->flags & ~FLAG_CF) | (on ? FLAG_CF : 0));
}

static inline u16 stack_segment(void)
{
    u16 ss;

    __asm__("movw %%ss, %0" : "=r"(ss));
    return ss;
}

static inline void irq_off(void)
{
    __asm__ volatile("cli" ::: "memory");
}

static inline void irq_on(void)
{
    __asm__ volatile("sti" ::: "memory");
}

/* Lets waiting interrupts in and sleeps until one comes. */
static inline void irq_sleep(void)
{
    __asm__ volatile("sti\n\thlt" ::: "memory");
}

/* Lets waiting interrupts in, once. */
static inline void irq_window(void)
{
    __asm__ volatile("sti\n\tnop\n\tcli" ::: "memory");
}

/* --- far.c --- */
u8 far_get8(u16 segment, u16 offset);
u16 far_get16(u16 segment, u16 offset);
u32 far_get32(u16 segment, u16 offset);
void far_put8(u16 segment, u16 offset, u8 value);
void far_put16(u16 segment, u16 offset, u16 value);
void far_put32(u16 segment, u16 offset, u32 value);
void far_load(void *to, u16 segment, u16 offset, u16 bytes);
void far_store(u16 segment, u16 offset, const void *from, u16 bytes);

/* --- entry.S --- */

/* INT 15h as the BIOS itself calls it, for the hooks 4Fh, 85h, 90h and 91h. Returns AX, and the
   carry flag in bit 16; the caller's high halves and segments are kept. */
u32 call_int15(u16 ax, u16 es, u16 bx);
#define HOOK_CARRY 0x10000u

/* INT 05h, 10h, 1Bh, 4Ah and friends: loads AX, BX, CX, DX, calls vector, returns AX | DX << 16. */
u32 call_int(u8 vector, u16 ax, u16 bx, u16 cx, u16 dx);

/* The PS/2 mouse driver of a program: far call with four words on the stack. */
void call_mouse(u16 segment, u16 offset, u16 status, u16 x, u16 y);

/* An option ROM's entry at segment:0003. */
void call_rom(u16 segment);

/* rep insw / rep outsw of words at segment:offset, which wraps in the segment as the 8086 does. */
void port_read(u16 port, u16 segment, u16 offset, u16 words);
void port_write(u16 port, u16 segment, u16 offset, u16 words);

/* Starts what was loaded at SEGMENT:0 with the drive number in DL; IP is as large and CS as small as
   can be, 0:7C00 as a rule. Does not return. */
void boot_start(u8 drive, u16 segment);

/* Block move of words through protected mode, see movement.S; returns the status for AH. */
u8 block_move(u16 gdt_segment, u16 gdt_offset, u16 words);
/* Enters protected mode for INT 15h AH=89h with the caller's frame. */
void protected_enter(struct regs *r);
u16 machine_status(void); /* SMSW */
bool a20_open(void);      /* by comparing memory with its alias */

/* --- text.c --- */
void text_char(char c);
void text_print(ROM char *s);
void text_number(u32 n);
void text_ram(const char *s);

/* --- time.c --- */
u8 cmos_read(u8 index);
void cmos_write(u8 index, u8 value);
void delay_us(u32 us);
u16 pit_now(void);
void time_init(void);

/* A time limit that works with any interrupt masked: timer 0 is read; who sleeps in between is told
   by the tick. */
struct limit {
    u32 left;  /* PIT clocks */
    u32 ticks; /* the tick count at the start, and how many may pass */
    u32 most_ticks;
    u16 last;
};
void limit_start(struct limit *l, u32 ms);
bool limit_over(struct limit *l);
/* Called with interrupts off when there is nothing to do: sleeps until the next interrupt, if the
   tick is sure to come. Interrupts are on afterwards. True: the time is over. */
bool limit_sleep(struct limit *l);

/* --- irq --- */
void irq_eoi(u8 irq);
bool irq_open(u8 irq); /* not masked in either controller */
void irq_unmask(u8 irq);

/* --- kbc.c --- */
bool kbc_command(u8 command);
bool kbc_data(u8 data);
bool kbc_read(u8 *data, u16 ms);
void kbc_init(void);
void kbc_flush(void);
bool a20_set(bool open);

/* --- the rest, by file --- */
void keyboard_leds(void);
bool keyboard_put(u16 code);
bool keyboard_ready(void);
bool mouse_init(void);
void floppy_init(void);
u8 floppy_count(void);
/* The drive type whose own medium has so many sectors on a track, and the medium's table. */
u8 floppy_medium(u8 sectors, u16 *table);
void ata_init(void);
void ports_init(void);
void boot_run(void);
void boot_failed(void);
void boot_menu(void);
void kernel_run(void); /* kernel.c; returns if the user named no kernel */
u32 above_1m_free_kb(void);
u16 ebda_segment(void);

/* Services, each an interrupt; entry.S knows them by name. */
void int_08h_tick(struct regs *r);
void int_09h(struct regs *r);
void int_13h(struct regs *r);
void int_14h(struct regs *r);
void int_15h(struct regs *r);
void int_16h(struct regs *r);
void int_17h(struct regs *r);
void int_1ah(struct regs *r);
void int_40h(struct regs *r);
void int_05h(struct regs *r);
void int_70h(struct regs *r);
void int_74h(struct regs *r);
void irq_unexpected(struct regs *r);
u8 rom_sum(u16 segment, u8 blocks); /* of 512 bytes each */
void post(void);
void init_chips(void);
void init_vectors(void);
void video_init(void); /* the video BIOS, and mode 3 */
u32 wake(void);
/* Shows POST's progress. */
static inline void step(u8 n)
{
    out8(0x80, n);
}

#endif

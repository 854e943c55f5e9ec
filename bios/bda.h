/* SPDX-License-Identifier: MIT */
/*
 * The BIOS data area at 40:0 and the extended one at the top of conventional memory, as the IBM AT
 * and PS/2 BIOS interface references lay them out; and what of CMOS the BIOS reads.
 */
#ifndef BIOS_BDA_H
#define BIOS_BDA_H

#include "bios.h"

struct bda {
    u16 com[4];           /* 00 port addresses */
    u16 lpt[3];           /* 08 */
    u16 ebda;             /* 0E segment of the extended data area */
    u16 equipment;        /* 10 */
    u8 post_flag;         /* 12 */
    u16 memory_kb;        /* 13 */
    u16 reserved_15;      /* 15 */
    u16 shift;            /* 17 shift states, see keyboard.c */
    u8 alt_number;        /* 19 Alt and digits so far */
    u16 key_head;         /* 1A */
    u16 key_tail;         /* 1C */
    u16 key_buffer[16];   /* 1E */
    u8 fd_recalibrate;    /* 3E bit n: drive n knows its track; bit 7: IRQ 6 came */
    u8 fd_motor;          /* 3F bits 0-3 motor, 4-5 selected, 7 writing */
    u8 fd_motor_left;     /* 40 ticks until the motor stops */
    u8 fd_status;         /* 41 */
    u8 fd_result[7];      /* 42 */
    u8 video[30];         /* 49 owned by the VGA BIOS */
    u16 saved_ip;         /* 67 far pointer for shutdown codes */
    u16 saved_cs;         /* 69 */
    u8 last_irq;          /* 6B */
    u32 ticks;            /* 6C */
    u8 midnight;          /* 70 */
    u8 break_flag;        /* 71 */
    u16 reset_flag;       /* 72 1234h: warm start */
    u8 hd_status;         /* 74 */
    u8 hd_count;          /* 75 */
    u8 hd_control;        /* 76 */
    u8 hd_port;           /* 77 */
    u8 lpt_timeout[4];    /* 78 */
    u8 com_timeout[4];    /* 7C */
    u16 key_start;        /* 80 */
    u16 key_end;          /* 82 */
    u8 video_rows[7];     /* 84 */
    u8 fd_rate;           /* 8B bits 7-6 last rate set, 5-4 step rate, 3-2 rate at start */
    u8 hd_ata_status;     /* 8C */
    u8 hd_ata_error;      /* 8D */
    u8 hd_irq;            /* 8E FFh: IRQ 14 came */
    u8 fd_info;           /* 8F per drive: bit 0 change line, 1 multi-rate, 2 determined */
    u8 fd_media[2];       /* 90 per drive: rate, double step, established, kind */
    u8 fd_media_start[2]; /* 92 */
    u8 fd_track[2];       /* 94 */
    u8 key_flags;         /* 96 E0/E1 seen, right Ctrl and Alt, 101 keys */
    u8 led_flags;         /* 97 lights, acknowledge, busy */
    u16 wait_flag_offset; /* 98 user's flag of INT 15h AH=83h */
    u16 wait_flag_segment;
    u32 wait_us;   /* 9C */
    u8 wait_active; /* A0 bit 0 busy, bit 7 elapsed */
    u8 lan[7];      /* A1 */
    u32 video_save; /* A8 */
    u8 reserved_ac[0x54];
    u8 print_screen; /* 100 */
} PACKED;

#define BDA ((struct bda LOW *)0x400)

#define KEY_RING       0x1e
#define KEY_RING_END   0x3e
#define EQUIP_FLOPPY   0x0001
#define EQUIP_FPU      0x0002
#define EQUIP_MOUSE    0x0004
#define RESET_WARM     0x1234
#define SHIFT_INSERT_ON 0x80u

/* One hard disk. Lengths in sectors; geometry as the drive tells it and as INT 13h shows it. */
struct drive {
    u16 port;        /* 1F0h or 170h */
    u16 control;     /* 3F6h or 376h */
    u8 select;       /* A0h or B0h */
    u8 irq;          /* 14 or 15 */
    u8 lba;          /* the drive takes LBA */
    u8 spt;          /* physical sectors per track */
    u16 cylinders;   /* physical */
    u16 heads;       /* physical */
    u8 spt_log;      /* the following as INT 13h shows it */
    u8 cd;           /* of a CD: which one */
    u16 log_cylinders;
    u16 log_heads;
    u32 sectors;
};

#define DRIVES 4

/* What was started from a CD: the specification packet of INT 13h AH=4Ah to 4Ch as El Torito has it,
   and what we need besides. */
struct cd_boot {
    u8 size;  /* of the packet; 0: nothing was started from a CD, or it is over */
    u8 media; /* bits 3-0: enum cd_media; bit 6: ATAPI */
    u8 drive; /* 00 diskette, 80h hard disk, CD_DRIVE and up: no emulation */
    u8 controller;
    u32 lba;    /* of the image */
    u16 device; /* bit 0: second drive of the controller */
    u16 buffer;
    u16 load_segment;
    u16 load_count;  /* of 512 bytes */
    u8 last_cylinder; /* the following as INT 13h AH=08h returns CH, CL, DH */
    u8 last_sector;
    u8 last_head;
    u8 cd;         /* which one */
    u32 catalogue; /* LBA */
    u32 sectors;   /* of the emulated disk, 512 bytes each */
    u16 diskettes; /* of 40:10, as they were before */
} PACKED;

#define CD_PACKET 0x13
#define CD_DRIVE  0xe0 /* INT 13h numbers of CDs begin here */
enum cd_media { CD_PLAIN, CD_1200, CD_1440, CD_2880, CD_HARD_DISK, CD_MEDIA };

/* The extended data area, 2 KiB. The mouse fields are where the PS/2 has them. */
struct ebda {
    u8 size_kb;           /* 00 */
    u8 reserved_01[0x21]; /* 01 */
    u16 mouse_offset;     /* 22 handler of INT 15h C207h */
    u16 mouse_segment;    /* 24 */
    u8 mouse_state;       /* 26 bits 0-2 bytes got */
    u8 mouse_config;      /* 27 bits 0-2 packet length - 1, 7 handler set */
    u8 mouse_packet[8];   /* 28 */
    u8 keyboard_id;       /* 30 second byte of the keyboard's ID */
    u8 kbc_config;        /* 31 command byte of the 8042 */
    u8 reserved_32[0x0e]; /* 32 */
    struct drive drive[DRIVES]; /* 40 */
    u8 fdpt[2][16];       /* where INT 41h and 46h point if the ROM cannot be written */
    u8 dpte[16];          /* INT 13h AH=48h: device parameter table extension */
    u8 stack_depth; /* users of the stack below */
    u8 cd_count;
    u8 boot_choice; /* of the menu: what to try first, as CMOS has it; bits 7-4: which CD */
    struct cd_boot cd;
    u8 cd_locks[DRIVES]; /* how often INT 13h AH=45h locked which CD */
    u8 cd_changed;       /* bit n: CD n has another disc than when AH=49h asked last */
} PACKED;

#define EBDA_SIZE       2048
#define EBDA_STACK      2048 /* first user's top, growing down */
#define EBDA_STACK_NEXT 1160 /* top for a second user */

#define EBDA8(field)      far_get8(ebda_segment(), offset_of(struct ebda, field))
#define EBDA16(field)     far_get16(ebda_segment(), offset_of(struct ebda, field))
#define EBDA8_SET(field, value)  far_put8(ebda_segment(), offset_of(struct ebda, field), value)
#define EBDA16_SET(field, value) far_put16(ebda_segment(), offset_of(struct ebda, field), value)

/* CMOS bytes; bios/README.md says what each must hold. */
enum { BOOT_NOWHERE, BOOT_DISKETTE, BOOT_HARD_DISK, BOOT_CD, BOOT_DEVICES };
#define BOOT_MENU   0x02
#define BOOT_SILENT 0x04

enum cmos {
    CMOS_STATUS_A = 0x0a,
    CMOS_STATUS_B = 0x0b,
    CMOS_STATUS_C = 0x0c,
    CMOS_STATUS_D = 0x0d,
    CMOS_DIAGNOSTIC = 0x0e,
    CMOS_SHUTDOWN = 0x0f,
    CMOS_FLOPPIES = 0x10,
    CMOS_DISKS = 0x12,
    CMOS_EQUIPMENT = 0x14,
    CMOS_BASE_LOW = 0x15,
    CMOS_BASE_HIGH = 0x16,
    CMOS_EXT_LOW = 0x17,
    CMOS_DISK_C = 0x19,
    CMOS_DISK_D = 0x1a,
    CMOS_DISK_C_TABLE = 0x1b,
    CMOS_DISK_D_TABLE = 0x24,
    CMOS_SUM_HIGH = 0x2e,
    CMOS_SUM_LOW = 0x2f,
    CMOS_EXT_FOUND_LOW = 0x30,
    CMOS_CENTURY = 0x32,
    CMOS_ABOVE_16M = 0x34,
    CMOS_CENTURY_PS2 = 0x37,
    CMOS_BOOT_THIRD = 0x38, /* bits 7-4; bit 2: do not ask, bit 1: menu at once */
    CMOS_TRANSLATION = 0x39,
    CMOS_BOOT = 0x3d,
    CMOS_WITHOUT = 0x3f, /* WITHOUT_* */
    CMOS_ABOVE_4G = 0x5b,
    CMOS_CPUS = 0x5f,
};

/* What the user wants the system not to find. */
enum { WITHOUT_ACPI = 1, WITHOUT_APM = 2, WITHOUT_PNP = 4 };

#endif

/* SPDX-License-Identifier: MIT */
/* What the three files of the floppy disk controller share: registers, commands, data transfer. */
#ifndef DEVICES_FDC_PARTS_H
#define DEVICES_FDC_PARTS_H

#include "devices/fdc.h"

enum fdc_phase {
    FDC_COMMAND, /* idle, or command bytes are coming */
    FDC_EXECUTION,
    FDC_RESULT,
    FDC_PHASE_LAST = FDC_RESULT,
};

/* 82077AA data sheet, "Status Register Encoding". */
enum {
    ST0_ABNORMAL = 0x40,
    ST0_SE = 0x20,
    ST0_EC = 0x10,
    ST1_EN = 0x80,
    ST1_DE = 0x20,
    ST1_OR = 0x10,
    ST1_ND = 0x04,
    ST1_NW = 0x02,
    ST1_MA = 0x01,
    ST2_CM = 0x40,
    ST2_DD = 0x20,
    ST2_WC = 0x10,
    ST2_SH = 0x08,
    ST2_SN = 0x04,
    ST3_WP = 0x40,
    ST3_RDY = 0x20,
    ST3_T0 = 0x10,
    ST3_TS = 0x08,
};

enum { DOR_RESET = 0x04, DOR_DMAGATE = 0x08, DOR_MOTOR0 = 0x10 };
enum { CONFIG_EIS = 0x40, CONFIG_EFIFO = 0x20, CONFIG_FIFOTHR = 0x0f };
enum { OPCODE_MT = 0x80, OPCODE_MFM = 0x40, OPCODE_SK = 0x20 };

enum { FDC_OPS = 23, FDC_STEPS = 7 };

/* ---- fdc.c ---- */

void fdc_irq_update(struct fdc *fdc);
/* Go to the result phase with N bytes in fifo[], with an interrupt or without. */
void fdc_result(struct fdc *fdc, u8 n, bool irq);
void fdc_idle(struct fdc *fdc);
/* The drive that DOR selects, or NULL; its motor may be off. */
struct fdc_drive *fdc_selected(struct fdc *fdc);
bool fdc_motor(const struct fdc *fdc);
enum { FDC_RATE_OF_DISK = 4 }; /* none was programmed yet */
u32 fdc_kbps(const struct fdc *fdc); /* data rate */

/* ---- fdc_command.c ---- */

void fdc_command_byte(struct fdc *fdc, u8 byte);
void fdc_seek_start(struct fdc *fdc, unsigned unit, u8 steps, bool inward, u8 target);
void fdc_seek_step(void *seek); /* timer */
void fdc_seeks_stop(struct fdc *fdc);
/* ST0 for the next SENSE INTERRUPT STATUS, with its interrupt. */
void fdc_sense_raise(struct fdc *fdc, unsigned unit, u8 st0);

/* ---- fdc_transfer.c ---- */

void fdc_data(struct fdc *fdc); /* read, write, read track, verify, scan */
void fdc_read_id(struct fdc *fdc);
void fdc_format(struct fdc *fdc);
void fdc_transfer_begin(struct fdc *fdc);  /* an implied seek is over */
void fdc_transfer_stop(struct fdc *fdc);   /* reset */
void fdc_transfer_work(void *fdc);         /* timer */
void fdc_spindle_changed(struct fdc *fdc); /* motor, drive select or disk: look again */

/* Non-DMA execution: does the FIFO want the host, which way, and its bytes. */
bool fdc_host_ready(const struct fdc *fdc);
bool fdc_to_host(const struct fdc *fdc);
u8 fdc_host_read(struct fdc *fdc);
void fdc_host_write(struct fdc *fdc, u8 byte);

#endif

/* SPDX-License-Identifier: MIT */
/* A 16550A serial port: FIFOs, modem lines, loopback, timed by its baud rate. See uart.c; uart_sin.c
 * is its receiver where what is plugged in is not the host but a device that drives the wire. */
#ifndef DEVICES_UART_H
#define DEVICES_UART_H

#include "src/base/chip.h"
#include "src/base/clock.h"
#include "src/base/line.h"
#include "src/host/chardev.h"

enum { UART_FIFO = 16, UART_CRYSTAL = 1843200 };
enum { UART_FRAME = 11 }; /* bits of the longest that is looked at: start, data, parity, stop */

/* Names of the PC16550D data sheet, table II. */
enum {
    UART_RBR_THR, UART_IER, UART_IIR_FCR, UART_LCR, UART_MCR, UART_LSR, UART_MSR, UART_SCR,
};

enum { IER_ERBFI = 0x01, IER_ETBEI = 0x02, IER_ELSI = 0x04, IER_EDSSI = 0x08 };
enum { FCR_ENABLE = 0x01, FCR_CLEAR_RX = 0x02, FCR_CLEAR_TX = 0x04 };
enum {
    LCR_STB = 0x04, LCR_PEN = 0x08, LCR_EPS = 0x10, LCR_STICK = 0x20, LCR_BREAK = 0x40,
    LCR_DLAB = 0x80,
};
enum { MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUT1 = 0x04, MCR_OUT2 = 0x08, MCR_LOOP = 0x10 };
enum {
    LSR_DR = 0x01, LSR_OE = 0x02, LSR_PE = 0x04, LSR_FE = 0x08, LSR_BI = 0x10, LSR_THRE = 0x20,
    LSR_TEMT = 0x40, LSR_FIFO_ERROR = 0x80,
};
enum { MSR_DCTS = 0x01, MSR_DDSR = 0x02, MSR_TERI = 0x04, MSR_DDCD = 0x08,
       MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };
enum { IIR_NONE = 0x01, IIR_MODEM = 0x00, IIR_THRE = 0x02, IIR_DATA = 0x04, IIR_TIMEOUT = 0x0c,
       IIR_LINE = 0x06, IIR_FIFOS = 0xc0 };

/* Without FIFO mode only the first place is used: then it is the RBR, or the THR. */
struct uart_fifo {
    u8 data[UART_FIFO];
    u8 error[UART_FIFO]; /* LSR_PE, LSR_FE, LSR_BI of that character */
    u8 head, count;
};

struct uart {
    struct line intr; /* the board's interrupt line: INTR, let through by OUT2 */
    struct line rts, dtr; /* high: active */
    struct clock *clock;
    struct chardev *peer; /* what is plugged in; NULL: nothing */
    u32 hurry;            /* 1: real speed; n: characters take the nth part of their time */
    u16 divisor;
    u8 ier, fcr, lcr, mcr, scr;
    u8 lsr; /* LSR_OE, and LSR_PE, LSR_FE, LSR_BI as last revealed */
    u8 msr;
    u8 modem; /* MSR_CTS, DSR, RI, DCD as the plug drives them */
    struct uart_fifo rx, tx;
    bool thre_latch, timeout_latch; /* interrupts that a read takes back */
    bool tx_busy, rx_busy;          /* a character is in the shift register */
    u8 tsr, rsr, rsr_error;
    u64 tx_done, rx_done; /* tick of the crystal at which it is through */
    struct timer tx_timer, rx_timer, timeout_timer;

    /* uart_sin.c */
    bool sin;      /* the level there: mark, or space */
    bool sin_busy; /* a frame has begun */
    u8 sin_bits;   /* so many of it are in */
    u16 sin_frame; /* from bit 0, the start bit, on */
    u64 sin_next;  /* tick of the crystal: the middle of the next bit */
    struct timer sin_timer;
};

extern const struct chip uart_chip;

/* PEER may be NULL. A peer holds CTS, DSR and DCD active. */
void uart_init(struct uart *uart, struct clock *clock, struct chardev *peer);

/* Between slices: starts to receive if the peer has something to say. */
void uart_poll(struct uart *uart);

/* Drive the modem inputs: MSR_CTS | MSR_DSR | MSR_RI | MSR_DCD. */
void uart_set_modem(struct uart *uart, u8 lines);

/* line_set_fn: another chip drives SIN (mark is high), or DSR. */
void uart_sin(void *uart, unsigned pin, bool level);
void uart_dsr(void *uart, unsigned pin, bool level);
void uart_sin_sample(void *uart); /* a bit of the frame: what sin_timer does */
/* The divisor is another: its counter starts anew, so that a long count need not end. */
void uart_sin_rate(struct uart *uart);

/* One character from the wire, with LSR_PE, LSR_FE, LSR_BI if it came damaged. */
void uart_receive(struct uart *uart, u8 byte, u8 error);

#endif

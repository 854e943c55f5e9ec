/* SPDX-License-Identifier: MIT */
/* Serial and parallel ports: INT 14h, INT 17h, and INT 05h, which prints the text screen. */
#include "bda.h"

/* 8250, from the port in 40:0 */
#define IER       1
#define IIR       2
#define LCR       3
#define MCR       4
#define LSR       5
#define MSR       6
#define DLAB      0x80
#define LSR_DR    0x01
#define LSR_THRE  0x20
#define MSR_CTS   0x10
#define MSR_DSR   0x20
#define DTR_RTS   0x03
#define TIMED_OUT 0x80

static bool wait_bits(u16 port, u8 bits, u8 seconds)
{
    struct limit l;

    if ((in8(port) & bits) == bits)
        return true;
    limit_start(&l, seconds * 1000u);
    while ((in8(port) & bits) != bits)
        if (limit_over(&l))
            return false;
    return true;
}

extern ROM u16 baud_divisors[];

static void com_status(struct regs *r, u16 port, u8 timeout)
{
    (void)timeout;
    r->ah = in8(port + LSR);
    r->al = in8(port + MSR);
}

static void set_line(u16 port, u16 divisor, u8 line)
{
    out8(port + LCR, DLAB);
    out8(port, (u8)divisor);
    out8(port + 1, (u8)(divisor >> 8));
    out8(port + LCR, line);
    out8(port + IER, 0);
}

static void com_init(struct regs *r, u16 port, u8 timeout)
{
    set_line(port, baud_divisors[r->al >> 5], r->al & 0x1f);
    com_status(r, port, timeout);
}

static void com_send(struct regs *r, u16 port, u8 timeout)
{
    out8(port + MCR, DTR_RTS);
    if (wait_bits(port + MSR, MSR_DSR | MSR_CTS, timeout) &&
        wait_bits(port + LSR, LSR_THRE, timeout)) {
        out8(port, r->al);
        r->ah = in8(port + LSR);
    } else {
        r->ah = in8(port + LSR) | TIMED_OUT;
    }
}

static void com_receive(struct regs *r, u16 port, u8 timeout)
{
    out8(port + MCR, 0x01);
    if (wait_bits(port + MSR, MSR_DSR, timeout) && wait_bits(port + LSR, LSR_DR, timeout)) {
        r->ah = in8(port + LSR) & 0x1e;
        r->al = in8(port);
    } else {
        r->ah = in8(port + LSR) | TIMED_OUT;
    }
}

/* AL break, BH parity, BL stop bits, CH length, CL rate 0 to 8. */
static void com_init_long(struct regs *r, u16 port, u8 timeout)
{
    static ROM u8 parity[] = {0x00, 0x08, 0x18, 0x28, 0x38};
    u8 line = (u8)((r->ch & 3) | (r->bl & 1) << 2 | (r->al & 1) << 6);

    if (r->bh < sizeof parity)
        line |= parity[r->bh];
    set_line(port, r->cl < 8 ? baud_divisors[r->cl] : 6, line);
    com_status(r, port, timeout);
}

static void com_modem(struct regs *r, u16 port, u8 timeout)
{
    if (r->al == 0)
        r->bl = in8(port + MCR);
    else if (r->al == 1)
        out8(port + MCR, r->bl);
    com_status(r, port, timeout);
}

typedef void (*port_function)(struct regs *r, u16 port, u8 timeout);

void int_14h(struct regs *r)
{
    static const __seg_fs port_function functions[] = {com_init,   com_send,      com_receive,
                                                       com_status, com_init_long, com_modem};
    u16 port;

    irq_on();
    if (r->dx > 3)
        return;
    port = BDA->com[r->dx];
    if (!port)
        return;
    if (r->ah < COUNT(functions))
        functions[r->ah](r, port, BDA->com_timeout[r->dx]);
}

/* --- printer --- */

#define NOT_BUSY 0x80
#define STROBE   0x01
#define INIT     0x04
#define SELECT   0x08

static void lpt_status(struct regs *r, u16 port, u8 timed_out)
{
    r->ah = (u8)(((in8(port + 1) & 0xf8) ^ 0x48) | timed_out);
}

static void lpt_print(struct regs *r, u16 port, u8 timeout)
{
    u8 timed_out = 0;

    out8(port, r->al);
    if (!(in8(port + 1) & NOT_BUSY))
        call_int15(0x90fe, 0, 0);
    if (wait_bits(port + 1, NOT_BUSY, timeout)) {
        out8(port + 2, INIT | SELECT | STROBE);
        delay_us(1);
        out8(port + 2, INIT | SELECT);
    } else {
        timed_out = 1;
    }
    lpt_status(r, port, timed_out);
}

static void lpt_init(struct regs *r, u16 port, u8 timeout)
{
    (void)timeout;
    out8(port + 2, SELECT);
    delay_us(1000);
    out8(port + 2, INIT | SELECT);
    lpt_status(r, port, 0);
}

static void lpt_get_status(struct regs *r, u16 port, u8 timeout)
{
    (void)timeout;
    lpt_status(r, port, 0);
}

void int_17h(struct regs *r)
{
    static const __seg_fs port_function functions[] = {lpt_print, lpt_init, lpt_get_status};
    u16 port;

    irq_on();
    if (r->dx > 2 || r->ah >= COUNT(functions))
        return;
    port = BDA->lpt[r->dx];
    if (port)
        functions[r->ah](r, port, BDA->lpt_timeout[r->dx]);
}

/* --- INT 05h --- */

static bool print(u8 c)
{
    return !(call_int(0x17, c, 0, 0, 0) & 0x2900);
}

static bool print_rows(u8 page, u8 columns)
{
    u8 rows = (u8)(BDA->video_rows[0] ? BDA->video_rows[0] + 1 : 25), row, column, c;

    for (row = 0; row < rows; row++) {
        for (column = 0; column < columns; column++) {
            call_int(0x10, 0x0200, (u16)(page << 8), 0, (u16)(row << 8 | column));
            c = (u8)call_int(0x10, 0x0800, (u16)(page << 8), 0, 0);
            if (!print(c ? c : ' '))
                return false;
        }
        if (!print('\r') || !print('\n'))
            return false;
    }
    return true;
}

void int_05h(struct regs *r)
{
    u8 page = BDA->video[0x62 - 0x49];
    u16 cursor;

    (void)r;
    if (BDA->print_screen == 1)
        return;
    BDA->print_screen = 1;
    irq_on();
    cursor = (u16)(call_int(0x10, 0x0300, (u16)(page << 8), 0, 0) >> 16);
    BDA->print_screen = print_rows(page, BDA->video[0x4a - 0x49]) ? 0 : 0xff;
    call_int(0x10, 0x0200, (u16)(page << 8), 0, cursor);
}

/* --- what is there --- */

static bool com_there(u16 port)
{
    out8(port + LCR, 0x03);
    if (in8(port + LCR) != 0x03)
        return false;
    out8(port + IER, 0);
    return in8(port + IER) == 0 && !(in8(port + IIR) & 0x38);
}

static bool lpt_there(u16 port)
{
    out8(port, 0xaa);
    if (in8(port) != 0xaa)
        return false;
    out8(port, 0x55);
    if (in8(port) != 0x55)
        return false;
    out8(port + 2, INIT | SELECT);
    return true;
}

void ports_init(void)
{
    static ROM u16 coms[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8}, lpts[] = {0x3bc, 0x378, 0x278};
    u8 i, com = 0, lpt = 0;

    for (i = 0; i < COUNT(coms); i++)
        if (com_there(coms[i])) {
            BDA->com_timeout[com] = 1;
            BDA->com[com++] = coms[i];
        }
    for (i = 0; i < COUNT(lpts); i++)
        if (lpt_there(lpts[i])) {
            BDA->lpt_timeout[lpt] = 20;
            BDA->lpt[lpt++] = lpts[i];
        }
    BDA->equipment |= (u16)(com << 9 | lpt << 14);
}

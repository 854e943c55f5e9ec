/* SPDX-License-Identifier: MIT */
/*
 * The serial port's receiver at its pin SIN, bit by bit (PC16550D data sheet, "Line Control
 * Register", "Line Status Register"): a device drives the wire at its own rate and in its own
 * format, and if those of the port are others, it hears what they make of it.
 *
 * The fall that begins a start bit sets the beat; each bit is looked at in its middle, and of stop
 * bits only the first. After one that is no mark the frame was a wrong one, and that space is taken
 * for the next start bit; a frame of nothing but space is a break, after which SIN has to rise.
 */
#include "devices/uart.h"

static u64 half_bit(const struct uart *uart)
{
    return (u64)(uart->divisor ? uart->divisor : 0x10000) * 8;
}

static unsigned data_bits(const struct uart *uart)
{
    return 5 + (uart->lcr & 3);
}

static unsigned frame_bits(const struct uart *uart)
{
    return 1 + data_bits(uart) + (uart->lcr & LCR_PEN ? 1 : 0) + 1;
}

/* BITS are in; the next is looked at TICKS from NOW. */
static void go_on(struct uart *uart, u8 bits, u64 now, u64 ticks)
{
    uart->sin_bits = bits;
    uart->sin_next = now + ticks;
    timer_set(&uart->sin_timer, ticks_to_ns(uart->sin_next, UART_CRYSTAL));
}

static bool parity_of(const struct uart *uart, u8 data)
{
    bool odd = false;
    if (uart->lcr & LCR_STICK)
        return !(uart->lcr & LCR_EPS);
    for (; data; data &= (u8)(data - 1))
        odd = !odd;
    return uart->lcr & LCR_EPS ? odd : !odd;
}

static void frame_done(struct uart *uart)
{
    unsigned n = data_bits(uart);
    u8 data = (u8)(uart->sin_frame >> 1 & ((1u << n) - 1)), error = 0;
    bool parity = uart->sin_frame >> (n + 1) & 1;
    if (uart->lcr & LCR_PEN && parity != parity_of(uart, data))
        error |= LSR_PE;
    if (!uart->sin)
        error |= uart->sin_frame ? LSR_FE : LSR_FE | LSR_BI;
    uart->sin_busy = (error & (LSR_FE | LSR_BI)) == LSR_FE;
    uart->sin_frame = 0;
    if (uart->sin_busy)
        go_on(uart, 1, uart->sin_next, 2 * half_bit(uart));
    uart_receive(uart, data, error);
}

void uart_sin_sample(void *owner)
{
    struct uart *uart = owner;
    uart->sin_frame |= (u16)(uart->sin << uart->sin_bits);
    if (uart->sin_frame & 1 || uart->mcr & MCR_LOOP) /* too short; not connected any more */
        uart->sin_busy = false;
    else if (uart->sin_bits + 1u < frame_bits(uart))
        go_on(uart, uart->sin_bits + 1, uart->sin_next, 2 * half_bit(uart));
    else
        frame_done(uart);
}

void uart_sin(void *owner, unsigned pin UNUSED, bool level)
{
    struct uart *uart = owner;
    bool falls = uart->sin && !level;
    uart->sin = level;
    if (!falls || uart->sin_busy || uart->mcr & MCR_LOOP)
        return;
    uart->sin_busy = true;
    uart->sin_frame = 0;
    go_on(uart, 0, clock_ticks(uart->clock, UART_CRYSTAL), half_bit(uart));
}

void uart_sin_rate(struct uart *uart)
{
    if (uart->sin_busy)
        go_on(uart, uart->sin_bits, clock_ticks(uart->clock, UART_CRYSTAL), 2 * half_bit(uart));
}

void uart_dsr(void *owner, unsigned pin UNUSED, bool level)
{
    struct uart *uart = owner;
    uart_set_modem(uart, (u8)(level ? uart->modem | MSR_DSR : uart->modem & ~MSR_DSR));
}

/* SPDX-License-Identifier: MIT */
/*
 * National Semiconductor PC16550D (data sheet TL/C/8652), as on a PC's serial port: crystal of
 * 1.8432 MHz, its INTR let through to the bus by OUT2 (IBM AT, "Serial/Parallel Adapter").
 *
 *   reg  read        write        with LCR.DLAB
 *    0   RBR         THR          DLL
 *    1   IER         IER          DLM
 *    2   IIR         FCR
 *    3   LCR         LCR
 *    4   MCR         MCR
 *    5   LSR         -
 *    6   MSR         -
 *    7   SCR         SCR
 *
 * A character takes its start, data, parity and stop bits at the baud rate, in guest time. What
 * comes from the host waits until the receiver has room, as if the far end obeyed flow control:
 * an overrun only happens in loopback or to uart_receive().
 *
 * Not modelled: the levels on the wire within a character that goes to the host or comes from there
 * (a rate or format that differs from the peer's does no harm), DMA handshake pins (FCR bit 3), the
 * first-character delay of the THRE interrupt in FIFO mode, and a divisor of 0 counts as 65536.
 */
#include "devices/uart.h"

static const struct field uart_fifo_fields[] = {
    FIELD_ARRAY(struct uart_fifo, data), FIELD_ARRAY(struct uart_fifo, error),
    FIELD_MAX(struct uart_fifo, head, UART_FIFO - 1), FIELD_MAX(struct uart_fifo, count, UART_FIFO),
    FIELD_END,
};

static const struct field uart_fields[] = {
    FIELD_STRUCT(struct uart, intr, line_fields),
    FIELD_STRUCT(struct uart, rts, line_fields),
    FIELD_STRUCT(struct uart, dtr, line_fields),
    TRANSIENT(struct uart, clock),
    TRANSIENT(struct uart, peer),
    TRANSIENT(struct uart, hurry),
    FIELD(struct uart, divisor),
    FIELD_MAX(struct uart, ier, 0x0f),
    FIELD(struct uart, fcr),
    FIELD(struct uart, lcr),
    FIELD_MAX(struct uart, mcr, 0x1f),
    FIELD(struct uart, scr),
    FIELD(struct uart, lsr),
    FIELD(struct uart, msr),
    FIELD(struct uart, modem),
    FIELD_STRUCT(struct uart, rx, uart_fifo_fields),
    FIELD_STRUCT(struct uart, tx, uart_fifo_fields),
    FIELD(struct uart, thre_latch),
    FIELD(struct uart, timeout_latch),
    FIELD(struct uart, tx_busy),
    FIELD(struct uart, rx_busy),
    FIELD(struct uart, tsr),
    FIELD(struct uart, rsr),
    FIELD(struct uart, rsr_error),
    FIELD(struct uart, tx_done),
    FIELD(struct uart, rx_done),
    FIELD_STRUCT(struct uart, tx_timer, timer_fields),
    FIELD_STRUCT(struct uart, rx_timer, timer_fields),
    FIELD_STRUCT(struct uart, timeout_timer, timer_fields),
    FIELD(struct uart, sin),
    FIELD(struct uart, sin_busy),
    FIELD_MAX(struct uart, sin_bits, UART_FRAME),
    FIELD(struct uart, sin_frame),
    FIELD(struct uart, sin_next),
    FIELD_STRUCT(struct uart, sin_timer, timer_fields),
    FIELD_END,
};

enum { MODEM_INPUTS = MSR_CTS | MSR_DSR | MSR_RI | MSR_DCD };

/* FIFOs */

static unsigned fifo_room(const struct uart *uart)
{
    return uart->fcr & FCR_ENABLE ? UART_FIFO : 1;
}

static void fifo_push(struct uart_fifo *fifo, u8 byte, u8 error)
{
    unsigned at = (fifo->head + fifo->count) % UART_FIFO;
    fifo->data[at] = byte;
    fifo->error[at] = error;
    fifo->count++;
}

static u8 fifo_pop(struct uart_fifo *fifo)
{
    u8 byte = fifo->data[fifo->head];
    fifo->error[fifo->head] = 0;
    fifo->head = (fifo->head + 1) % UART_FIFO;
    fifo->count--;
    return byte;
}

static void fifo_clear(struct uart_fifo *fifo)
{
    *fifo = (struct uart_fifo){0};
}

static bool fifo_has_error(const struct uart_fifo *fifo)
{
    u8 any = 0;
    for (unsigned i = 0; i < UART_FIFO; i++)
        any |= fifo->error[i];
    return any;
}

/* Interrupts, data sheet "Interrupt Identification Register" */

static unsigned trigger_level(const struct uart *uart)
{
    static const u8 level[4] = {1, 4, 8, 14};
    return uart->fcr & FCR_ENABLE ? level[uart->fcr >> 6] : 1;
}

static u8 interrupt_id(const struct uart *uart)
{
    if (uart->ier & IER_ELSI && uart->lsr & (LSR_OE | LSR_PE | LSR_FE | LSR_BI))
        return IIR_LINE;
    if (uart->ier & IER_ERBFI && uart->rx.count >= trigger_level(uart))
        return IIR_DATA;
    if (uart->ier & IER_ERBFI && uart->timeout_latch)
        return IIR_TIMEOUT;
    if (uart->ier & IER_ETBEI && uart->thre_latch)
        return IIR_THRE;
    if (uart->ier & IER_EDSSI && uart->msr & (MSR_DCTS | MSR_DDSR | MSR_TERI | MSR_DDCD))
        return IIR_MODEM;
    return IIR_NONE;
}

/* In loopback the OUT2 pin is inactive, so the board sees no interrupt. */
static void update_intr(struct uart *uart)
{
    bool gate = (uart->mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2;
    line_set(&uart->intr, gate && interrupt_id(uart) != IIR_NONE);
}

/* Time on the wire */

/* Crystal ticks of BITS bit times, given in halves for the 1.5 stop bits of 5-bit characters. */
static u64 half_bits_to_ticks(const struct uart *uart, unsigned half_bits)
{
    return (u64)(uart->divisor ? uart->divisor : 0x10000) * 8 * half_bits;
}

static u64 character_ticks(const struct uart *uart)
{
    unsigned data = 5 + (uart->lcr & 3), stop = 2;
    if (uart->lcr & LCR_STB)
        stop = data == 5 ? 3 : 4;
    u64 ticks = half_bits_to_ticks(uart, 2 + 2 * data + (uart->lcr & LCR_PEN ? 2 : 0) + stop);
    return ticks > uart->hurry ? ticks / uart->hurry : 1;
}

static u8 character_mask(const struct uart *uart)
{
    return (u8)(0xff >> (3 - (uart->lcr & 3)));
}

/* Receiver */

/* Four character times without a character in or out of the FIFO. */
static void timeout_restart(struct uart *uart)
{
    if (!(uart->fcr & FCR_ENABLE) || !uart->rx.count) {
        timer_stop(&uart->timeout_timer);
        return;
    }
    u64 ticks = clock_ticks(uart->clock, UART_CRYSTAL) + 4 * character_ticks(uart);
    timer_set(&uart->timeout_timer, ticks_to_ns(ticks, UART_CRYSTAL));
}

static void timeout_fire(void *owner)
{
    struct uart *uart = owner;
    uart->timeout_latch = true;
    update_intr(uart);
}

/* The errors of the character that is next to be read appear in the LSR. */
static void reveal_error(struct uart *uart)
{
    if (uart->rx.count)
        uart->lsr |= uart->rx.error[uart->rx.head];
}

void uart_receive(struct uart *uart, u8 byte, u8 error)
{
    byte &= character_mask(uart);
    error &= LSR_PE | LSR_FE | LSR_BI;
    if (uart->rx.count == fifo_room(uart)) {
        uart->lsr |= LSR_OE; /* a full FIFO keeps what it has, the RBR is overwritten */
        if (!(uart->fcr & FCR_ENABLE))
            fifo_pop(&uart->rx);
    }
    if (uart->rx.count < fifo_room(uart))
        fifo_push(&uart->rx, byte, error);
    if (uart->rx.count == 1)
        reveal_error(uart);
    if (!uart->timeout_latch)
        timeout_restart(uart);
    update_intr(uart);
}

/* The next character from the host goes onto the wire when the line is free and it has a place. */
static void rx_begin(struct uart *uart)
{
    u8 byte;
    if (uart->rx_busy || uart->mcr & MCR_LOOP || uart->rx.count >= fifo_room(uart) ||
        !chardev_get(uart->peer, &byte))
        return;
    uart->rx_busy = true;
    uart->rsr = byte;
    uart->rsr_error = 0;
    uart->rx_done = clock_ticks(uart->clock, UART_CRYSTAL) + character_ticks(uart);
    timer_set(&uart->rx_timer, ticks_to_ns(uart->rx_done, UART_CRYSTAL));
}

static void rx_fire(void *owner)
{
    struct uart *uart = owner;
    uart->rx_busy = false;
    uart_receive(uart, uart->rsr, uart->rsr_error);
    rx_begin(uart);
}

static u8 rbr_read(struct uart *uart)
{
    if (!uart->rx.count)
        return uart->rx.data[(uart->rx.head + UART_FIFO - 1) % UART_FIFO]; /* the last one again */
    u8 byte = fifo_pop(&uart->rx);
    uart->timeout_latch = false;
    timeout_restart(uart);
    reveal_error(uart);
    update_intr(uart);
    rx_begin(uart);
    return byte;
}

/* Transmitter */

static void tx_begin(struct uart *uart, u64 start)
{
    uart->tx_busy = true;
    uart->tsr = fifo_pop(&uart->tx) & character_mask(uart);
    uart->tx_done = start + character_ticks(uart);
    timer_set(&uart->tx_timer, ticks_to_ns(uart->tx_done, UART_CRYSTAL));
    if (!uart->tx.count)
        uart->thre_latch = true;
}

/* A broken line carries nothing; in loopback the wire ends at our own receiver. */
static void tx_fire(void *owner)
{
    struct uart *uart = owner;
    uart->tx_busy = false;
    if (uart->mcr & MCR_LOOP)
        uart_receive(uart, uart->tsr, 0);
    else if (!(uart->lcr & LCR_BREAK))
        chardev_put(uart->peer, uart->tsr);
    if (uart->tx.count)
        tx_begin(uart, uart->tx_done);
    update_intr(uart);
}

/* INTR falls and rises again even if the shift register takes the character at once: the
 * interrupt controller needs the edge. */
static void thr_write(struct uart *uart, u8 byte)
{
    uart->thre_latch = false;
    update_intr(uart);
    if (uart->tx.count == fifo_room(uart)) {
        if (uart->fcr & FCR_ENABLE)
            return; /* a full FIFO takes no more */
        fifo_pop(&uart->tx);
    }
    fifo_push(&uart->tx, byte, 0);
    if (!uart->tx_busy)
        tx_begin(uart, clock_ticks(uart->clock, UART_CRYSTAL));
    update_intr(uart);
}

/* Modem lines */

static u8 modem_inputs(const struct uart *uart)
{
    if (!(uart->mcr & MCR_LOOP))
        return uart->modem;
    return (u8)((uart->mcr & MCR_RTS ? MSR_CTS : 0) | (uart->mcr & MCR_DTR ? MSR_DSR : 0) |
                (uart->mcr & MCR_OUT1 ? MSR_RI : 0) | (uart->mcr & MCR_OUT2 ? MSR_DCD : 0));
}

/* RI sets its change bit only when it ends ("trailing edge"). */
static void update_modem(struct uart *uart)
{
    u8 now = modem_inputs(uart), changed = (uart->msr ^ now) & MODEM_INPUTS;
    if (now & MSR_RI)
        changed &= (u8)~MSR_RI;
    uart->msr = (u8)((uart->msr & 0x0f) | changed >> 4 | now);
    update_intr(uart);
}

void uart_set_modem(struct uart *uart, u8 lines)
{
    uart->modem = lines & MODEM_INPUTS;
    update_modem(uart);
}

/* Registers */

static u8 iir_read(struct uart *uart)
{
    u8 id = interrupt_id(uart);
    if (id == IIR_THRE)
        uart->thre_latch = false;
    update_intr(uart);
    return id | (uart->fcr & FCR_ENABLE ? IIR_FIFOS : 0);
}

static u8 lsr_read(struct uart *uart)
{
    u8 value = uart->lsr;
    if (uart->rx.count)
        value |= LSR_DR;
    if (uart->fcr & FCR_ENABLE && fifo_has_error(&uart->rx))
        value |= LSR_FIFO_ERROR;
    if (!uart->tx.count)
        value |= uart->tx_busy ? LSR_THRE : LSR_THRE | LSR_TEMT;
    uart->lsr = 0;
    if (uart->rx.count)
        uart->rx.error[uart->rx.head] = 0;
    update_intr(uart);
    return value;
}

static u8 msr_read(struct uart *uart)
{
    u8 value = uart->msr;
    uart->msr &= MODEM_INPUTS;
    update_intr(uart);
    return value;
}

/* Asking for the THRE interrupt while the holding register is empty gives it at once. */
static void ier_write(struct uart *uart, u8 value)
{
    if (value & ~uart->ier & IER_ETBEI && !uart->tx.count)
        uart->thre_latch = true;
    uart->ier = value & 0x0f;
    update_intr(uart);
}

/* The other bits only count in a write that has FIFO enable set; changing it empties both. */
static void fcr_write(struct uart *uart, u8 value)
{
    u8 clear = value & FCR_ENABLE ? value & (FCR_CLEAR_RX | FCR_CLEAR_TX) : 0;
    if ((value ^ uart->fcr) & FCR_ENABLE)
        clear = FCR_CLEAR_RX | FCR_CLEAR_TX;
    uart->fcr = value & FCR_ENABLE ? value & 0xc9 : 0;
    if (clear & FCR_CLEAR_RX) {
        fifo_clear(&uart->rx);
        uart->timeout_latch = false;
        timeout_restart(uart);
    }
    if (clear & FCR_CLEAR_TX) {
        uart->thre_latch |= uart->tx.count != 0;
        fifo_clear(&uart->tx);
    }
    update_intr(uart);
    rx_begin(uart);
}

/* A break is a line held low for longer than a character: the receiver takes it as one zero. */
static void lcr_write(struct uart *uart, u8 value)
{
    bool broken = value & ~uart->lcr & LCR_BREAK;
    uart->lcr = value;
    if (!broken || !(uart->mcr & MCR_LOOP) || uart->rx_busy)
        return;
    uart->rx_busy = true;
    uart->rsr = 0;
    uart->rsr_error = LSR_BI | LSR_FE;
    uart->rx_done = clock_ticks(uart->clock, UART_CRYSTAL) + character_ticks(uart);
    timer_set(&uart->rx_timer, ticks_to_ns(uart->rx_done, UART_CRYSTAL));
}

/* In loopback the pins are inactive. */
static void update_outputs(struct uart *uart)
{
    u8 pins = uart->mcr & MCR_LOOP ? 0 : uart->mcr;
    line_set(&uart->dtr, pins & MCR_DTR);
    line_set(&uart->rts, pins & MCR_RTS);
}

static void mcr_write(struct uart *uart, u8 value)
{
    uart->mcr = value & 0x1f;
    update_outputs(uart);
    update_modem(uart);
    rx_begin(uart);
}

static u32 uart_read(void *chip, u32 reg, unsigned size)
{
    struct uart *uart = chip;
    bool dlab = uart->lcr & LCR_DLAB;
    (void)size;
    switch (reg & 7) {
    case UART_RBR_THR:
        return dlab ? uart->divisor & 0xff : rbr_read(uart);
    case UART_IER:
        return dlab ? uart->divisor >> 8 : uart->ier;
    case UART_IIR_FCR:
        return iir_read(uart);
    case UART_LCR:
        return uart->lcr;
    case UART_MCR:
        return uart->mcr;
    case UART_LSR:
        return lsr_read(uart);
    case UART_MSR:
        return msr_read(uart);
    default:
        return uart->scr;
    }
}

static void divisor_write(struct uart *uart, u32 reg, u8 value)
{
    if (reg == UART_RBR_THR)
        uart->divisor = (u16)((uart->divisor & 0xff00) | value);
    else
        uart->divisor = (u16)((uart->divisor & 0x00ff) | value << 8);
    uart_sin_rate(uart);
}

static void scr_write(struct uart *uart, u8 value)
{
    uart->scr = value;
}

static void read_only(struct uart *uart, u8 value)
{
    (void)uart, (void)value;
}

static void uart_write(void *chip, u32 reg, u32 value, unsigned size)
{
    static void (*const write[8])(struct uart *uart, u8 value) = {
        thr_write, ier_write, fcr_write, lcr_write, mcr_write, read_only, read_only, scr_write,
    };
    struct uart *uart = chip;
    (void)size;
    reg &= 7;
    if (uart->lcr & LCR_DLAB && reg <= UART_IER)
        divisor_write(uart, reg, (u8)value);
    else
        write[reg](uart, (u8)value);
}

/* Data sheet table I, "UART Reset Configuration": the divisor and the scratch register stay. */
static void uart_reset(void *chip)
{
    struct uart *uart = chip;
    timer_stop(&uart->tx_timer);
    timer_stop(&uart->rx_timer);
    timer_stop(&uart->timeout_timer);
    timer_stop(&uart->sin_timer);
    uart->ier = uart->fcr = uart->lcr = uart->mcr = uart->lsr = 0;
    uart->tx_busy = uart->rx_busy = uart->thre_latch = uart->timeout_latch = false;
    uart->tsr = uart->rsr = uart->rsr_error = 0;
    uart->tx_done = uart->rx_done = 0;
    uart->sin_busy = false;
    uart->sin_bits = 0;
    uart->sin_frame = 0;
    uart->sin_next = 0;
    fifo_clear(&uart->rx);
    fifo_clear(&uart->tx);
    update_outputs(uart);
    uart->msr = uart->modem;
    update_intr(uart);
}

static void uart_loaded(void *chip)
{
    struct uart *uart = chip;
    uart->rx.head %= UART_FIFO;
    uart->tx.head %= UART_FIFO;
    uart->sin_bits = uart->sin_bits > UART_FRAME ? 0 : uart->sin_bits;
    timer_loaded(&uart->tx_timer);
    timer_loaded(&uart->rx_timer);
    timer_loaded(&uart->timeout_timer);
    timer_loaded(&uart->sin_timer);
}

void uart_init(struct uart *uart, struct clock *clock, struct chardev *peer)
{
    *uart = (struct uart){.clock = clock, .peer = peer, .hurry = 1, .divisor = 12};
    timer_init(&uart->tx_timer, clock, tx_fire, uart);
    timer_init(&uart->rx_timer, clock, rx_fire, uart);
    timer_init(&uart->timeout_timer, clock, timeout_fire, uart);
    timer_init(&uart->sin_timer, clock, uart_sin_sample, uart);
    uart->sin = true;
    if (peer)
        uart->modem = MSR_CTS | MSR_DSR | MSR_DCD;
    uart_reset(uart);
}

void uart_poll(struct uart *uart)
{
    chardev_poll(uart->peer);
    chardev_receive(uart->peer);
    rx_begin(uart);
}

const struct chip uart_chip = {
    .name = "uart",
    .reset = uart_reset,
    .read = uart_read,
    .write = uart_write,
    .loaded = uart_loaded,
    .fields = uart_fields,
    .size = sizeof(struct uart),
};

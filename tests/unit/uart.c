/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/uart.h"
#include "tests/unit/unit.h"

/* At 115200 baud 8N1 a character takes 10 * 16 ticks of the crystal. */
#define CHAR_NS ticks_to_ns(160, UART_CRYSTAL)

static struct clock clock;
static struct uart uart;
static bool irq;
static unsigned rises;
static char heard[64];
static unsigned heard_count;

static void irq_set(void *owner, unsigned pin, bool level)
{
    (void)owner, (void)pin;
    irq = level;
    rises += level;
}

static void hear(void *owner, u8 byte)
{
    (void)owner;
    if (heard_count < sizeof heard)
        heard[heard_count++] = (char)byte;
}

static u8 rd(u32 reg)
{
    return (u8)uart_chip.read(&uart, reg, 1);
}

static void wr(u32 reg, u8 value)
{
    uart_chip.write(&uart, reg, value, 1);
}

static void pass(vtime ns)
{
    unit_pass(&clock, ns);
}

static void setup(u8 mcr)
{
    char message[100];
    struct chardev *peer = chardev_open("null", message, sizeof message);
    clock_init(&clock, NS_PER_S);
    chardev_set_tap(peer, hear, NULL);
    uart_init(&uart, &clock, peer);
    line_connect(&uart.intr, irq_set, NULL, 0);
    irq = false;
    rises = heard_count = 0;
    wr(UART_LCR, LCR_DLAB);
    wr(0, 1); /* 115200 baud */
    wr(1, 0);
    wr(UART_LCR, 3); /* 8N1 */
    wr(UART_MCR, mcr);
    rd(UART_MSR);
}

static void teardown(void)
{
    chardev_close(uart.peer);
}

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, uart_chip.fields, uart_chip.size), 0);
}
END_TEST

START_TEST(reset_leaves_the_registers_as_the_data_sheet_says)
{
    setup(0x0f);
    wr(UART_IER, 0x0f);
    wr(UART_SCR, 0x5a);
    uart_chip.reset(&uart);
    ck_assert_uint_eq(rd(UART_IER), 0);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_NONE);
    ck_assert_uint_eq(rd(UART_LCR), 0);
    ck_assert_uint_eq(rd(UART_MCR), 0);
    ck_assert_uint_eq(rd(UART_LSR), LSR_THRE | LSR_TEMT);
    ck_assert_uint_eq(rd(UART_SCR), 0x5a);
    ck_assert(!irq);
    teardown();
}
END_TEST

START_TEST(a_character_takes_its_time_on_the_wire)
{
    setup(MCR_OUT2);
    wr(0, 'A');
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_THRE | LSR_TEMT), LSR_THRE);
    wr(0, 'B');
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_THRE | LSR_TEMT), 0);
    pass(CHAR_NS - 2);
    ck_assert_uint_eq(heard_count, 0);
    pass(3);
    ck_assert_uint_eq(heard_count, 1);
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_THRE | LSR_TEMT), LSR_THRE);
    pass(CHAR_NS + 2);
    ck_assert_uint_eq(heard_count, 2);
    ck_assert(!memcmp(heard, "AB", 2));
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_THRE | LSR_TEMT), LSR_THRE | LSR_TEMT);
    teardown();
}
END_TEST

START_TEST(the_format_changes_the_time_of_a_character)
{
    static const struct {
        u8 lcr, half_bits;
    } row[] = {{0x03, 20}, {0x07, 22}, {0x1b, 22}, {0x1f, 24}, {0x00, 14}, {0x04, 15}, {0x06, 20}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        setup(MCR_OUT2);
        wr(UART_LCR, row[i].lcr);
        wr(0, 'A');
        vtime whole = ticks_to_ns(row[i].half_bits * 8u, UART_CRYSTAL);
        ck_assert_uint_eq(uart.tx_timer.when, whole);
        teardown();
    }
}
END_TEST

START_TEST(a_thousand_characters_take_exactly_a_thousand_character_times)
{
    setup(MCR_OUT2);
    wr(UART_IIR_FCR, FCR_ENABLE);
    for (unsigned i = 0; i < 1000; i++) {
        wr(0, 'A');
        if (i) /* the first one is on the wire while the second one waits */
            pass(uart.tx_timer.when - clock_now(&clock));
    }
    ck_assert_uint_eq(uart.tx_done, 1000 * 160);
    teardown();
}
END_TEST

START_TEST(thre_interrupts_when_enabled_and_after_each_write_with_an_edge)
{
    setup(MCR_OUT2);
    wr(UART_IER, IER_ETBEI);
    ck_assert(irq);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_THRE);
    ck_assert(!irq); /* reading IIR took it back */
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_NONE);
    wr(0, 'A'); /* goes to the shift register: empty again */
    ck_assert(irq);
    unsigned before = rises;
    wr(0, 'B');
    ck_assert(!irq); /* now it waits */
    pass(2 * CHAR_NS);
    ck_assert(irq);
    ck_assert_uint_eq(rises, before + 1);
    wr(UART_IER, 0);
    ck_assert(!irq);
    teardown();
}
END_TEST

START_TEST(out2_and_loopback_gate_the_interrupt)
{
    setup(0);
    wr(UART_IER, IER_ETBEI);
    ck_assert(!irq);
    wr(UART_MCR, MCR_OUT2);
    ck_assert(irq);
    wr(UART_MCR, MCR_OUT2 | MCR_LOOP);
    ck_assert(!irq);
    teardown();
}
END_TEST

START_TEST(received_data_sets_ready_and_a_second_one_overruns)
{
    setup(MCR_OUT2);
    wr(UART_IER, IER_ERBFI | IER_ELSI);
    uart_receive(&uart, 'a', 0);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_DATA);
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_DR | LSR_OE), LSR_DR);
    uart_receive(&uart, 'b', 0);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_LINE);
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_DR | LSR_OE), LSR_DR | LSR_OE);
    ck_assert_uint_eq(rd(UART_LSR) & LSR_OE, 0);
    ck_assert_uint_eq(rd(0), 'b');
    ck_assert_uint_eq(rd(UART_LSR) & LSR_DR, 0);
    ck_assert(!irq);
    teardown();
}
END_TEST

START_TEST(fifo_interrupts_at_the_trigger_level)
{
    static const u8 level[4] = {1, 4, 8, 14};
    for (unsigned i = 0; i < 4; i++) {
        setup(MCR_OUT2);
        wr(UART_IIR_FCR, (u8)(FCR_ENABLE | i << 6));
        wr(UART_IER, IER_ERBFI);
        for (unsigned n = 1; n <= UART_FIFO; n++) {
            uart_receive(&uart, (u8)n, 0);
            ck_assert_int_eq(irq, n >= level[i]);
        }
        ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_DATA | IIR_FIFOS);
        for (unsigned n = UART_FIFO; n >= level[i]; n--)
            ck_assert_uint_eq(rd(0), UART_FIFO - n + 1);
        ck_assert(!irq);
        teardown();
    }
}
END_TEST

START_TEST(a_full_fifo_keeps_what_it_has)
{
    setup(MCR_OUT2);
    wr(UART_IIR_FCR, FCR_ENABLE);
    for (unsigned i = 0; i < 20; i++)
        uart_receive(&uart, (u8)i, 0);
    ck_assert_uint_eq(rd(UART_LSR) & LSR_OE, LSR_OE);
    for (unsigned i = 0; i < UART_FIFO; i++)
        ck_assert_uint_eq(rd(0), i);
    ck_assert_uint_eq(rd(UART_LSR) & LSR_DR, 0);
    teardown();
}
END_TEST

START_TEST(a_few_characters_below_the_level_time_out)
{
    setup(MCR_OUT2);
    wr(UART_IIR_FCR, FCR_ENABLE | 0xc0);
    wr(UART_IER, IER_ERBFI);
    uart_receive(&uart, 'x', 0);
    uart_receive(&uart, 'y', 0);
    pass(4 * CHAR_NS - 10);
    ck_assert(!irq);
    pass(20);
    ck_assert(irq);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_TIMEOUT | IIR_FIFOS);
    ck_assert(irq); /* only a read of the data takes it back */
    ck_assert_uint_eq(rd(0), 'x');
    ck_assert(!irq);
    pass(4 * CHAR_NS + 10);
    ck_assert(irq);
    ck_assert_uint_eq(rd(0), 'y');
    pass(10 * CHAR_NS);
    ck_assert(!irq);
    teardown();
}
END_TEST

START_TEST(errors_show_when_their_character_is_next)
{
    setup(MCR_OUT2);
    wr(UART_IIR_FCR, FCR_ENABLE);
    uart_receive(&uart, 'a', 0);
    uart_receive(&uart, 'b', LSR_PE);
    u8 lsr = rd(UART_LSR);
    ck_assert_uint_eq(lsr & LSR_PE, 0);
    ck_assert_uint_eq(lsr & LSR_FIFO_ERROR, LSR_FIFO_ERROR);
    rd(0);
    ck_assert_uint_eq(rd(UART_LSR) & LSR_PE, LSR_PE);
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_PE | LSR_FIFO_ERROR), 0);
    teardown();
}
END_TEST

START_TEST(loopback_returns_characters_and_modem_lines)
{
    setup(MCR_LOOP);
    wr(0, 'Q');
    pass(CHAR_NS + 2);
    ck_assert_uint_eq(rd(0), 'Q');
    ck_assert_uint_eq(heard_count, 0);
    static const u8 pair[4][2] = {
        {MCR_RTS, MSR_CTS}, {MCR_DTR, MSR_DSR}, {MCR_OUT1, MSR_RI}, {MCR_OUT2, MSR_DCD}};
    for (unsigned i = 0; i < 4; i++) {
        wr(UART_MCR, MCR_LOOP | pair[i][0]);
        ck_assert_uint_eq(rd(UART_MSR) & 0xf0, pair[i][1]);
    }
    teardown();
}
END_TEST

START_TEST(a_break_in_loopback_is_one_zero_with_break_and_framing)
{
    setup(MCR_LOOP);
    wr(UART_IIR_FCR, FCR_ENABLE);
    wr(UART_LCR, 0x43);
    pass(20 * CHAR_NS);
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_BI | LSR_FE | LSR_DR), LSR_BI | LSR_FE | LSR_DR);
    ck_assert_uint_eq(rd(0), 0);
    ck_assert_uint_eq(rd(UART_LSR) & LSR_DR, 0);
    teardown();
}
END_TEST

START_TEST(modem_changes_interrupt_and_ri_only_at_its_end)
{
    setup(MCR_OUT2);
    wr(UART_IER, IER_EDSSI);
    uart_set_modem(&uart, MSR_DSR | MSR_DCD | MSR_RI);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_MODEM);
    ck_assert_uint_eq(rd(UART_MSR), MSR_DSR | MSR_DCD | MSR_RI | MSR_DCTS);
    ck_assert(!irq);
    uart_set_modem(&uart, MSR_DSR | MSR_DCD);
    ck_assert(irq);
    ck_assert_uint_eq(rd(UART_MSR), MSR_DSR | MSR_DCD | MSR_TERI);
    teardown();
}
END_TEST

START_TEST(interrupts_have_their_priority)
{
    setup(MCR_OUT2);
    wr(UART_IER, 0x0f);
    uart_set_modem(&uart, 0);
    uart_receive(&uart, 'x', LSR_FE);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_LINE);
    rd(UART_LSR);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_DATA);
    rd(0);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_THRE);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_MODEM);
    rd(UART_MSR);
    ck_assert_uint_eq(rd(UART_IIR_FCR), IIR_NONE);
    teardown();
}
END_TEST

START_TEST(a_16550a_is_recognised_by_the_usual_probe)
{
    setup(0);
    wr(UART_IIR_FCR, 0xe7);
    ck_assert_uint_eq(rd(UART_IIR_FCR) >> 6, 3);
    ck_assert_uint_eq(rd(UART_IIR_FCR) & 0x20, 0); /* no 64-byte FIFO */
    wr(UART_IIR_FCR, 0);
    ck_assert_uint_eq(rd(UART_IIR_FCR) >> 6, 0);
    teardown();
}
END_TEST

START_TEST(input_from_the_host_waits_for_room_and_comes_at_the_baud_rate)
{
    char message[100], path[] = "uart-test-XXXXXX/s";
    path[16] = 0;
    ck_assert_ptr_nonnull(mkdtemp(path));
    path[16] = '/';
    setup(MCR_OUT2);
    chardev_close(uart.peer);
    char spec[64];
    snprintf(spec, sizeof spec, "unix:%s,server,nowait", path);
    uart.peer = chardev_open(spec, message, sizeof message);
    ck_assert_ptr_nonnull(uart.peer);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert(!connect(fd, (struct sockaddr *)&address, sizeof address));
    ck_assert_int_eq(write(fd, "0123456789", 10), 10);
    for (unsigned i = 0; i < 10; i++) {
        uart_poll(&uart);
        ck_assert_uint_eq(rd(UART_LSR) & LSR_DR, 0);
        pass(100 * CHAR_NS); /* the guest is slow: nothing is lost */
        ck_assert_uint_eq(rd(UART_LSR) & (LSR_DR | LSR_OE), LSR_DR);
        ck_assert_uint_eq(rd(0), '0' + i);
    }
    close(fd);
    teardown();
    path[16] = 0;
    rmdir(path);
}
END_TEST

/* LEVELS on SIN, 0 and 1, each for so many bit times of the port at BAUD; a space is a mark. */
static void wire(const char *levels, unsigned baud)
{
    u64 begin = clock_ticks(&clock, UART_CRYSTAL), n = 0;
    for (; *levels; levels++) {
        uart_sin(&uart, 0, *levels != '0');
        vtime next = ticks_to_ns(begin + ++n * (UART_CRYSTAL / baud), UART_CRYSTAL);
        pass(next - clock_now(&clock));
    }
}

static void port(u16 divisor, u8 lcr)
{
    setup(MCR_OUT2);
    wr(UART_LCR, LCR_DLAB);
    wr(0, (u8)divisor);
    wr(1, (u8)(divisor >> 8));
    wr(UART_LCR, lcr);
    wr(UART_IIR_FCR, FCR_ENABLE);
    rd(UART_LSR);
}

/* The next character is BYTE with just these of LSR_PE, LSR_FE, LSR_BI. */
static void expect(u8 byte, u8 error)
{
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_DR | LSR_OE | LSR_PE | LSR_FE | LSR_BI), LSR_DR | error);
    ck_assert_uint_eq(rd(0), byte);
}

static void expect_nothing(void)
{
    ck_assert_uint_eq(rd(UART_LSR) & (LSR_DR | LSR_OE | LSR_PE | LSR_FE | LSR_BI), 0);
}

START_TEST(a_frame_on_the_wire_is_there_in_the_middle_of_its_stop_bit)
{
    vtime bit = ticks_to_ns(96 * 16, UART_CRYSTAL);
    port(96, 0x03);
    wire("010000010", 1200); /* 'A', and its stop bit begins */
    uart_sin(&uart, 0, true);
    pass(bit / 2 - 2000);
    expect_nothing();
    pass(4000);
    expect('A', 0);
    pass(20 * bit);
    expect_nothing();
    teardown();
}
END_TEST

START_TEST(the_format_says_what_the_bits_of_a_frame_are)
{
    static const struct {
        u8 lcr;
        const char *levels;
        u8 byte, error;
    } row[] = {
        {0x03, "01000001011", 'A', 0},     /* 8N1 */
        {0x02, "0101100111", 'M', 0},      /* 7N1, and a second stop bit */
        {0x03, "01011001111", 0xcd, 0},    /* which eight bits take for data */
        {0x00, "0101011", 0x15, 0},        /* 5N1 */
        {0x01, "01010111", 0x35, 0},       /* 6N1 */
        {0x07, "0100000101 ", 'A', 0},     /* 8N2: the second stop bit is not looked at */
        {0x1b, "010000010011", 'A', 0},    /* 8E1 */
        {0x1b, "010000010111", 'A', LSR_PE},
        {0x0b, "010000010111", 'A', 0},    /* 8O1 */
        {0x0b, "010000010011", 'A', LSR_PE},
        {0x2b, "010000010111", 'A', 0},    /* parity 1 */
        {0x3b, "010000010011", 'A', 0},    /* parity 0 */
        {0x3b, "010000010111", 'A', LSR_PE},
    };
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        port(12, row[i].lcr);
        wire(row[i].levels, 9600);
        expect(row[i].byte, row[i].error);
        expect_nothing();
        teardown();
    }
}
END_TEST

START_TEST(a_port_at_another_rate_hears_something_else)
{
    port(12, 0x03); /* 9600 baud: a start bit at 1200 is the first bits of 80h */
    wire("0101100111", 1200);
    expect(0x80, 0);
    expect(0x80, 0);
    expect(0x00, LSR_FE | LSR_BI);
    expect_nothing();
    teardown();
    port(384, 0x02); /* 300 baud: one character of it all */
    wire("01011001110101100111010110011101011001111", 1200);
    ck_assert_uint_eq(rd(UART_LSR) & LSR_DR, LSR_DR);
    ck_assert_uint_ne(rd(0), 'M');
    teardown();
}
END_TEST

/* Data sheet, "Programmable Baud Generator": loading a latch loads the counter. */
START_TEST(a_frame_at_a_long_divisor_ends_soon_when_it_is_another)
{
    port(0, 0x02);
    uart_sin(&uart, 0, false);
    wr(UART_LCR, LCR_DLAB);
    wr(0, 12);
    wr(UART_LCR, 0x02);
    uart_sin(&uart, 0, true);
    pass(10 * ticks_to_ns(12 * 16, UART_CRYSTAL));
    expect_nothing();
    wire("0101100111", 9600);
    expect('M', 0);
    teardown();
}
END_TEST

/* Data sheet, LSR bit 3. */
START_TEST(after_a_framing_error_the_space_is_the_next_start_bit)
{
    port(12, 0x03);
    wire("010110011" "010000011" "1", 9600); /* 7N1: M, A, without a pause */
    expect(0xcd, LSR_FE);
    expect(0xc1, 0);
    expect_nothing();
    teardown();
}
END_TEST

START_TEST(a_broken_wire_is_one_zero_until_it_has_been_a_mark)
{
    port(12, 0x02);
    wire("00000000000000000000000000000000000000000000000", 9600);
    expect(0x00, LSR_FE | LSR_BI);
    expect_nothing();
    wire("1" "0101100111", 9600);
    expect('M', 0);
    teardown();
}
END_TEST

START_TEST(a_space_shorter_than_half_a_bit_is_nothing)
{
    port(96, 0x02);
    wire("01", 9600);
    pass(20 * ticks_to_ns(96 * 16, UART_CRYSTAL));
    expect_nothing();
    wire("0101100111", 1200);
    expect('M', 0);
    teardown();
}
END_TEST

/* Data sheet, MCR bit 4: SIN is not connected, the outputs are inactive. */
START_TEST(loopback_takes_the_plug_out)
{
    port(12, 0x02);
    wr(UART_MCR, MCR_DTR | MCR_RTS);
    ck_assert(uart.dtr.level && uart.rts.level);
    wire("0101", 9600);
    wr(UART_MCR, MCR_LOOP | MCR_DTR | MCR_RTS);
    ck_assert(!uart.dtr.level && !uart.rts.level);
    wire("100111" "0101100111", 9600);
    expect_nothing();
    wr(UART_MCR, MCR_RTS);
    ck_assert(!uart.dtr.level && uart.rts.level);
    wire("0101100111", 9600);
    expect('M', 0);
    uart_chip.reset(&uart);
    ck_assert(!uart.rts.level);
    teardown();
}
END_TEST

START_TEST(dsr_is_the_plugs)
{
    setup(0);
    uart_dsr(&uart, 0, false);
    ck_assert_uint_eq(rd(UART_MSR), MSR_CTS | MSR_DCD | MSR_DDSR);
    uart_dsr(&uart, 0, true);
    ck_assert_uint_eq(rd(UART_MSR), MSR_CTS | MSR_DSR | MSR_DCD | MSR_DDSR);
    teardown();
}
END_TEST

START_TEST(a_damaged_saved_state_is_harmless)
{
    port(12, 0x02);
    wire("0101", 9600);
    uart.sin_bits = uart.rx.head = uart.tx.head = 255;
    uart_chip.loaded(&uart);
    ck_assert_uint_le(uart.sin_bits, UART_FRAME);
    wire("0101100111", 9600);
    rd(0);
    wr(0, 0);
    pass(100 * CHAR_NS);
    teardown();
}
END_TEST

START_TEST(random_accesses_of_every_register_stay_in_bounds)
{
    u32 seed = 1;
    setup(0);
    for (unsigned i = 0; i < 300000; i++) {
        seed = seed * 1664525 + 1013904223;
        u32 reg = seed >> 8 & 0xff;
        if (seed >> 31)
            wr(reg, (u8)(seed >> 16));
        else
            rd(reg);
        if (i % 5 == 0)
            uart_sin(&uart, 0, seed & 0x100);
        if (i % 7 == 0)
            pass(seed >> 12);
        ck_assert_uint_le(uart.sin_bits, UART_FRAME);
        ck_assert_uint_le(uart.rx.count, UART_FIFO);
        ck_assert_uint_le(uart.tx.count, UART_FIFO);
    }
    teardown();
}
END_TEST

Suite *uart_suite(void)
{
    const TTest *const tests[] = {
        every_byte_of_the_chip_is_in_its_field_list,
        reset_leaves_the_registers_as_the_data_sheet_says,
        a_character_takes_its_time_on_the_wire,
        the_format_changes_the_time_of_a_character,
        a_thousand_characters_take_exactly_a_thousand_character_times,
        thre_interrupts_when_enabled_and_after_each_write_with_an_edge,
        out2_and_loopback_gate_the_interrupt,
        received_data_sets_ready_and_a_second_one_overruns,
        fifo_interrupts_at_the_trigger_level,
        a_full_fifo_keeps_what_it_has,
        a_few_characters_below_the_level_time_out,
        errors_show_when_their_character_is_next,
        loopback_returns_characters_and_modem_lines,
        a_break_in_loopback_is_one_zero_with_break_and_framing,
        modem_changes_interrupt_and_ri_only_at_its_end,
        interrupts_have_their_priority,
        a_16550a_is_recognised_by_the_usual_probe,
        input_from_the_host_waits_for_room_and_comes_at_the_baud_rate,
        a_frame_on_the_wire_is_there_in_the_middle_of_its_stop_bit,
        the_format_says_what_the_bits_of_a_frame_are,
        a_port_at_another_rate_hears_something_else,
        a_frame_at_a_long_divisor_ends_soon_when_it_is_another,
        after_a_framing_error_the_space_is_the_next_start_bit,
        a_broken_wire_is_one_zero_until_it_has_been_a_mark,
        a_space_shorter_than_half_a_bit_is_nothing,
        loopback_takes_the_plug_out,
        dsr_is_the_plugs,
        a_damaged_saved_state_is_harmless,
        random_accesses_of_every_register_stay_in_bounds,
        NULL,
    };
    return unit_suite("uart", tests);
}

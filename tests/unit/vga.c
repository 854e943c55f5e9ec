/* SPDX-License-Identifier: MIT */
/* The registers of the VGA: what reads back, what is protected, the DAC, save and load. */
#include "src/base/state.h"
#include "tests/unit/vga_modes.h"

START_TEST(every_byte_of_the_chip_is_in_its_field_list)
{
    ck_assert_uint_eq(state_uncovered(stderr, vga_chip.fields, vga_chip.size), 0);
    ck_assert_uint_eq(vga_memory_chip.size, 0);
}
END_TEST

START_TEST(mode_tables_read_back_as_written)
{
    for (size_t m = 0; m < vga_mode_count; m++) {
        const struct vga_mode *mode = &vga_modes[m];
        struct vga_bench *b = vga_bench();
        u16 crtc = mode->misc & 1 ? 0x3d4 : 0x3b4;
        vga_set_mode(b, mode->number);
        ck_assert_uint_eq(vga_in(b, 0x3cc), mode->misc);
        for (u8 i = 0; i < VGA_CRTC_REGS; i++)
            ck_assert_uint_eq(vga_in2(b, crtc, i), mode->crtc[i]);
        for (u8 i = 0; i < VGA_SEQ_REGS; i++)
            ck_assert_uint_eq(vga_in2(b, 0x3c4, i), mode->seq[i]);
        for (u8 i = 0; i < VGA_GC_REGS; i++)
            ck_assert_uint_eq(vga_in2(b, 0x3ce, i), mode->gc[i]);
        for (u8 i = 0; i < VGA_AC_REGS; i++) {
            vga_in(b, crtc + 6);
            vga_out(b, 0x3c0, i | 0x20);
            ck_assert_uint_eq(vga_in(b, 0x3c1), mode->ac[i]);
        }
        display_free(&b->display);
    }
}
END_TEST

START_TEST(registers_that_do_not_exist_read_zero)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    for (u32 i = VGA_CRTC_REGS; i < 256; i++) {
        vga_out2(b, 0x3d4, (u8)i, 0xa5);
        ck_assert_uint_eq(vga_in2(b, 0x3d4, (u8)i), 0);
        ck_assert_uint_eq(vga_in(b, 0x3d4), i);
    }
    for (u32 i = VGA_SEQ_REGS; i < 256; i++) {
        vga_out2(b, 0x3c4, (u8)i, 0xa5);
        ck_assert_uint_eq(vga_in2(b, 0x3c4, (u8)i), 0);
    }
    for (u32 i = VGA_GC_REGS; i < 256; i++) {
        vga_out2(b, 0x3ce, (u8)i, 0xa5);
        ck_assert_uint_eq(vga_in2(b, 0x3ce, (u8)i), 0);
    }
    for (u8 i = VGA_AC_REGS; i < 0x20; i++) {
        vga_attribute(b, i, 0x3f);
        ck_assert_uint_eq(vga_in(b, 0x3c1), 0);
    }
    ck_assert_uint_eq(vga_in(b, 0x3cd), 0xff);
    ck_assert_uint_eq(vga_in(b, 0x3d8), 0xff);
    display_free(&b->display);
}
END_TEST

START_TEST(the_colour_bit_moves_the_crtc_ports)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_out2(b, 0x3b4, 0x0e, 0x12);
    ck_assert_uint_eq(vga_in2(b, 0x3d4, 0x0e), 0);
    ck_assert_uint_eq(vga_in(b, 0x3b4), 0xff);
    ck_assert_uint_eq(vga_in(b, 0x3ba), 0xff);
    vga_out(b, 0x3c2, 0x66);
    ck_assert_uint_eq(vga_in2(b, 0x3b4, 0x01), 0x4f);
    ck_assert_uint_eq(vga_in(b, 0x3d5), 0xff);
    ck_assert_uint_eq(vga_in(b, 0x3da), 0xff);
    display_free(&b->display);
}
END_TEST

START_TEST(the_protect_bit_keeps_registers_0_to_7_but_for_line_compare)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    for (u8 i = 0; i < 8; i++)
        vga_out2(b, 0x3d4, i, 0x00);
    for (u8 i = 0; i < 7; i++)
        ck_assert_uint_eq(vga_in2(b, 0x3d4, i), vga_modes[1].crtc[i]);
    ck_assert_uint_eq(vga_in2(b, 0x3d4, 7), 0x0f);
    vga_out2(b, 0x3d4, 7, 0xff);
    ck_assert_uint_eq(vga_in2(b, 0x3d4, 7), 0x1f);
    vga_out2(b, 0x3d4, 8, 0x55);
    ck_assert_uint_eq(vga_in2(b, 0x3d4, 8), 0x55);
    vga_out2(b, 0x3d4, 0x11, 0x0e);
    vga_out2(b, 0x3d4, 0, 0x5e);
    ck_assert_uint_eq(vga_in2(b, 0x3d4, 0), 0x5e);
    display_free(&b->display);
}
END_TEST

START_TEST(the_attribute_port_takes_index_and_data_in_turn)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x03);
    vga_in(b, 0x3da);
    vga_out(b, 0x3c0, 0x02);
    vga_out(b, 0x3c0, 0x3b);
    vga_out(b, 0x3c0, 0x03);
    ck_assert_uint_eq(vga_in(b, 0x3c0), 0x03);
    vga_in(b, 0x3da); /* back to index, the data is not awaited any more */
    vga_out(b, 0x3c0, 0x02);
    ck_assert_uint_eq(vga_in(b, 0x3c1), 0x3b);
    vga_in(b, 0x3da);
    vga_out(b, 0x3c0, 0x03);
    ck_assert_uint_eq(vga_in(b, 0x3c1), 0x03);
    display_free(&b->display);
}
END_TEST

START_TEST(dac_colours_go_in_by_three_and_the_address_moves_on)
{
    struct vga_bench *b = vga_bench();
    vga_out(b, 0x3c8, 255);
    for (u8 i = 1; i <= 6; i++)
        vga_out(b, 0x3c9, 0xc0 | i);
    ck_assert_uint_eq(vga_in(b, 0x3c8), 1); /* 255, then 0, then 1 */
    ck_assert_uint_eq(vga_in(b, 0x3c7), 0);
    vga_out(b, 0x3c7, 255);
    ck_assert_uint_eq(vga_in(b, 0x3c7), 3);
    for (u8 i = 1; i <= 6; i++)
        ck_assert_uint_eq(vga_in(b, 0x3c9), i); /* six bits */
    display_free(&b->display);
}
END_TEST

START_TEST(a_dac_colour_changes_only_with_its_third_byte)
{
    struct vga_bench *b = vga_bench();
    vga_out(b, 0x3c8, 7);
    for (u8 i = 1; i <= 3; i++)
        vga_out(b, 0x3c9, i);
    vga_out(b, 0x3c8, 7);
    vga_out(b, 0x3c9, 9);
    vga_out(b, 0x3c9, 9);
    vga_out(b, 0x3c7, 7); /* the half colour is lost */
    for (u8 i = 1; i <= 3; i++)
        ck_assert_uint_eq(vga_in(b, 0x3c9), i);
    display_free(&b->display);
}
END_TEST

START_TEST(the_monitor_sense_follows_the_dac)
{
    struct vga_bench *b = vga_bench();
    static const u8 dim[3] = {4, 4, 4}, bright[3] = {0x2d, 0x2d, 0x2d};
    vga_out(b, 0x3c8, 0);
    for (int i = 0; i < 3; i++)
        vga_out(b, 0x3c9, dim[i]);
    ck_assert_uint_eq(vga_in(b, 0x3c2) & 0x10, 0x10);
    vga_out(b, 0x3c8, 0);
    for (int i = 0; i < 3; i++)
        vga_out(b, 0x3c9, bright[i]);
    ck_assert_uint_eq(vga_in(b, 0x3c2) & 0x10, 0);
    display_free(&b->display);
}
END_TEST

START_TEST(a_disabled_vga_answers_nowhere_but_at_3c3h)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x13);
    vga_poke(b, 0xa0000, 0x12);
    vga_out(b, 0x3c3, 0);
    ck_assert_uint_eq(vga_in(b, 0x3cc), 0xff);
    ck_assert_uint_eq(vga_in(b, 0x3da), 0xff);
    ck_assert_uint_eq(vga_peek(b, 0xa0000), 0xff);
    vga_poke(b, 0xa0000, 0x34);
    vga_out(b, 0x3c2, 0);
    ck_assert_uint_eq(vga_in(b, 0x3c3), 0);
    vga_out(b, 0x3c3, 1);
    ck_assert_uint_eq(vga_in(b, 0x3cc), 0x63);
    ck_assert_uint_eq(vga_peek(b, 0xa0000), 0x12);
    display_free(&b->display);
}
END_TEST

START_TEST(reset_clears_registers_and_keeps_memory_and_colours)
{
    struct vga_bench *b = vga_bench();
    vga_set_mode(b, 0x13);
    vga_poke(b, 0xa0000, 0x12);
    vga_chip.reset(&b->vga);
    ck_assert_uint_eq(vga_in(b, 0x3cc), 0);
    ck_assert_uint_eq(vga_in(b, 0x3c6), 0xff);
    ck_assert_uint_eq(vga_in2(b, 0x3b4, 1), 0);
    ck_assert_uint_eq(b->vga.memory[0], 0x12);
    ck_assert_uint_ne(b->vga.dac[255 * 3], 0);
    ck_assert_uint_eq(b->windows, 2); /* linear with the mode, not any more with reset */
    display_free(&b->display);
}
END_TEST

START_TEST(a_loaded_chip_goes_on_where_the_saved_one_was)
{
    struct vga_bench *b = vga_bench();
    static struct vga saved;
    u32 first, bytes;
    vga_set_mode(b, 0x13);
    vga_out2(b, 0x3d4, 0x11, 0x1e);
    saved = b->vga;
    vga_set_mode(b, 0x03);
    b->vga = saved; /* as a load leaves it: fields set, derived values of another mode */
    memset(&b->vga.timing, 0, sizeof b->vga.timing);
    memset(&b->vga.path, 0, sizeof b->vga.path);
    b->windows = 0;
    vga_chip.loaded(&b->vga);
    ck_assert_uint_ge(b->windows, 1);
    ck_assert_ptr_nonnull(vga_window_ram(&b->vga, &first, &bytes));
    ck_assert_mem_eq(&b->vga.timing, &saved.timing, sizeof saved.timing);
    ck_assert_ptr_eq(b->vga.path.read, saved.path.read);
    ck_assert_ptr_eq(b->vga.path.write, saved.path.write);
    ck_assert_ptr_eq(b->clock.first, &b->vga.retrace);
    ck_assert_ptr_null(b->vga.retrace.next);
    ck_assert_uint_eq(b->vga.retrace.when, saved.retrace.when);
    display_free(&b->display);
}
END_TEST

/* Bochs's BIOS copies the ROM while the command register is 0. */
START_TEST(the_rom_answers_by_its_own_enable_bit)
{
    static struct vga vga;
    static u8 memory[VGA_MEMORY], rom[0x10000];
    struct clock clock;
    u32 base;
    clock_init(&clock, NS_PER_S);
    vga_init(&vga, &clock, memory, rom, sizeof rom);
    vga_chip.reset(&vga);
    pci_set(&vga.pci, PCI_ROM, 4, 0xc0800000, 0xffff0001);
    ck_assert(!pci_bar_base(&vga.pci, PCI_ROM_BAR, &base));
    pci_set(&vga.pci, PCI_ROM, 4, 0xc0800001, 0xffff0001);
    ck_assert(pci_bar_base(&vga.pci, PCI_ROM_BAR, &base));
    ck_assert_uint_eq(base, 0xc0800000);
}
END_TEST

Suite *vga_suite(void)
{
    const TTest *const tests[] = {every_byte_of_the_chip_is_in_its_field_list,
                                  the_rom_answers_by_its_own_enable_bit,
                                  mode_tables_read_back_as_written,
                                  registers_that_do_not_exist_read_zero,
                                  the_colour_bit_moves_the_crtc_ports,
                                  the_protect_bit_keeps_registers_0_to_7_but_for_line_compare,
                                  the_attribute_port_takes_index_and_data_in_turn,
                                  dac_colours_go_in_by_three_and_the_address_moves_on,
                                  a_dac_colour_changes_only_with_its_third_byte,
                                  the_monitor_sense_follows_the_dac,
                                  a_disabled_vga_answers_nowhere_but_at_3c3h,
                                  reset_clears_registers_and_keeps_memory_and_colours,
                                  a_loaded_chip_goes_on_where_the_saved_one_was,
                                  NULL};
    return unit_suite("vga", tests);
}

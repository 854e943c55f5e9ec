/* SPDX-License-Identifier: MIT */
/* INT 10h: which function of the VGA BIOS answers. */
#include "vga.h"

static function *const functions[] = {
    [0x00] = fn_set_mode,    [0x01] = fn_cursor_type, [0x02] = fn_cursor_set,
    [0x03] = fn_cursor_get,  [0x04] = fn_light_pen,   [0x05] = fn_page,
    [0x06] = fn_scroll_up,   [0x07] = fn_scroll_down, [0x08] = fn_char_read,
    [0x09] = fn_char_attr,   [0x0a] = fn_char,        [0x0b] = fn_cga_palette,
    [0x0c] = fn_pixel_write, [0x0d] = fn_pixel_read,  [0x0e] = fn_teletype,
    [0x0f] = fn_mode_get,    [0x10] = fn_palette,     [0x11] = fn_font,
    [0x12] = fn_select,      [0x13] = fn_string,      [0x1a] = fn_display,
    [0x1b] = fn_state_info,  [0x1c] = fn_state,
};

/* What is not in the table changes no register: AL is then not what success would say. */
void int10_main(frame *r)
{
    u8 number = r->ah;

    if (number < ARRAY_SIZE(functions) && functions[number])
        functions[number](r);
    else if (number == 0x4f)
        fn_vbe(r);
}

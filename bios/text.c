/* SPDX-License-Identifier: MIT */
/* Text on the screen, through whatever INT 10h there is. */
#include "bios.h"

void text_char(char c)
{
    if (c == '\n')
        text_char('\r');
    call_int(0x10, (u16)(0x0e00 | (u8)c), 0x0007, 0, 0);
}

void text_print(ROM char *s)
{
    for (; *s; s++)
        text_char(*s);
}

void text_ram(const char *s)
{
    for (; *s; s++)
        text_char(*s);
}

void text_number(u32 n)
{
    char digits[11];
    u8 i = sizeof digits - 1;

    digits[i] = 0;
    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    text_ram(digits + i);
}

/* SPDX-License-Identifier: MIT */
/* INT 19h loads the first sector of the first disk that has a system, in the order that CMOS says;
   INT 18h is where it ends if there is none. */
#include "bda.h"

enum device { NOWHERE, DISKETTE, HARD_DISK, DEVICES };

enum reason { NOT_TRIED, NO_DRIVE, NO_DISK, READ_ERROR, NO_SYSTEM };

#define LOADED    0x7c00
#define SIGNATURE 0xaa55

static enum reason read_sector(enum device device)
{
    u8 drive = device == HARD_DISK ? 0x80 : 0, tries, status = 0;

    if (device == HARD_DISK ? !BDA->hd_count : !(BDA->equipment & EQUIP_FLOPPY))
        return NO_DRIVE;
    for (tries = 4; tries; tries--) { /* the first tells that the disk has been changed */
        status = (u8)(call_int(0x13, 0x0201, LOADED, 1, drive) >> 8);
        if (!status)
            return NOT_TRIED;
        if (status == 0x80)
            return NO_DISK;
        call_int(0x13, 0, 0, 0, drive);
    }
    return READ_ERROR;
}

/* The first diskettes of the PC had no signature: there, anything but filler is a program. */
static bool is_system(enum device device)
{
    u16 first = far_get16(0, LOADED), i;

    if (far_get16(0, LOADED + 510) == SIGNATURE)
        return true;
    if (device == HARD_DISK || (first & 0xff) < 6)
        return false;
    for (i = 2; i < 20; i += 2)
        if (far_get16(0, LOADED + i) != first)
            return true;
    return false;
}

static enum reason try_device(enum device device)
{
    enum reason reason = read_sector(device);

    if (reason != NOT_TRIED)
        return reason;
    if (!is_system(device))
        return NO_SYSTEM;
    boot_start(device == HARD_DISK ? 0x80 : 0);
    return NOT_TRIED;
}

static void explain(enum device device, enum reason reason)
{
    text_print(device == HARD_DISK ? TEXT("  Hard disk C:  ") : TEXT("  Diskette A:   "));
    switch (reason) {
    case NO_DRIVE:
        text_print(TEXT("this machine has none\n"));
        break;
    case NO_DISK:
        text_print(TEXT("there is no disk in the drive, or it does not answer\n"));
        break;
    case READ_ERROR:
        text_print(TEXT("its first sector cannot be read\n"));
        break;
    default:
        text_print(TEXT("its first sector holds no boot program\n"));
    }
}

static void wait_and_retry(void)
{
    text_print(TEXT("\nPress a key to try again.\n"));
    irq_on();
    call_int(0x16, 0, 0, 0, 0);
}

/* Returns to try again. */
void boot_run(void)
{
    u8 order[5], i, tried = 0;
    enum reason reason[DEVICES] = {NOT_TRIED};

    EBDA8_SET(stack_depth, 0);
    irq_on();
    order[0] = cmos_read(CMOS_BOOT) & 15;
    order[1] = cmos_read(CMOS_BOOT) >> 4;
    order[2] = cmos_read(CMOS_BOOT_THIRD) >> 4;
    order[3] = DISKETTE;
    order[4] = HARD_DISK;
    for (i = 0; i < sizeof order; i++) {
        if (order[i] == NOWHERE || order[i] >= DEVICES || tried >> order[i] & 1)
            continue;
        tried |= (u8)(1u << order[i]);
        reason[order[i]] = try_device(order[i]);
    }
    text_print(TEXT("There is no disk to start from.\n\n"));
    explain(DISKETTE, reason[DISKETTE]);
    explain(HARD_DISK, reason[HARD_DISK]);
    text_print(TEXT("\nStart twin86 with the image of a disk that holds an operating system:\n\n"
                    "  twin86 disk.img\n"));
    wait_and_retry();
}

/* INT 18h: a boot program gave up. */
void boot_failed(void)
{
    irq_on();
    text_print(TEXT("\nThe program in the disk's first sector found nothing to start.\n"
                    "Start twin86 with another disk image, or put another disk in.\n"));
    wait_and_retry();
}

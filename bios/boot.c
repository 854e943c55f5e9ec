/* SPDX-License-Identifier: MIT */
/* INT 19h loads the first sector of the first disk that has a system, or what a CD wants to be
   loaded, in the order that the menu and CMOS say; INT 18h is where it ends if there is none. */
#include "cd.h"

#define LOADED    0x7c00
#define SIGNATURE 0xaa55

static ROM char no_drive[] = "this machine has none";
static ROM char no_disk[] = "there is no disk in the drive, or it does not answer";
static ROM char no_system[] = "its first sector holds no boot program";

/* No text: it went well. */
static ROM char *read_sector(u8 drive)
{
    u8 tries, status;

    for (tries = 4; tries; tries--) { /* the first tells that the disk has been changed */
        status = (u8)(call_int(0x13, 0x0201, LOADED, 1, drive) >> 8);
        if (!status)
            return 0;
        if (status == 0x80)
            return no_disk;
        call_int(0x13, 0, 0, 0, drive);
    }
    return TEXT("its first sector cannot be read");
}

/* The first diskettes of the PC had no signature: there, anything but filler is a program. */
static bool is_system(u8 drive)
{
    u16 first = far_get16(0, LOADED), i;

    if (far_get16(0, LOADED + 510) == SIGNATURE)
        return true;
    if (drive || (first & 0xff) < 6)
        return false;
    for (i = 2; i < 20; i += 2)
        if (far_get16(0, LOADED + i) != first)
            return true;
    return false;
}

static ROM char *start_disk(u8 drive)
{
    ROM char *reason = read_sector(drive);

    if (!reason && !is_system(drive))
        reason = no_system;
    if (!reason)
        boot_start(drive, LOADED / 16);
    return reason;
}

/* What is wrong with a disc that was made to be started is told at once: another disk may start. */
static ROM char *start_cds(u8 first)
{
    ROM char *reason = no_drive;
    u8 cd;

    for (cd = first; cd < EBDA8(cd_count); cd++) {
        reason = cd_start(cd);
        if (reason == cd_no_disc || reason == cd_no_system)
            continue;
        text_print(TEXT("CD-ROM: "));
        text_print(reason);
        text_char('\n');
    }
    return reason;
}

/* ORDER: the device, in bits 7-4 which CD. Returns the reason why it did not start. */
static ROM char *try_device(u8 order)
{
    switch (order & 15) {
    case BOOT_DISKETTE:
        return BDA->equipment & EQUIP_FLOPPY ? start_disk(0) : no_drive;
    case BOOT_HARD_DISK:
        return BDA->hd_count ? start_disk(0x80) : no_drive;
    default:
        return start_cds(order >> 4);
    }
}

static void explain(ROM char *device, ROM char *reason)
{
    text_print(device);
    text_print(reason);
    text_char('\n');
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
    u8 order[7], i, device, tried = 0;
    ROM char *reason[BOOT_DEVICES];

    EBDA8_SET(stack_depth, 0);
    cd_end();
    irq_on();
    if (!EBDA8(boot_choice))
        kernel_run();
    order[0] = EBDA8(boot_choice);
    order[1] = cmos_read(CMOS_BOOT) & 15;
    order[2] = cmos_read(CMOS_BOOT) >> 4;
    order[3] = cmos_read(CMOS_BOOT_THIRD) >> 4;
    order[4] = BOOT_DISKETTE;
    order[5] = BOOT_HARD_DISK;
    order[6] = BOOT_CD;
    for (i = 0; i < sizeof order; i++) {
        device = order[i] & 15;
        if (device == BOOT_NOWHERE || device >= BOOT_DEVICES || tried >> device & 1)
            continue;
        tried |= (u8)(1u << device);
        reason[device] = try_device(order[i]);
    }
    text_print(TEXT("There is no disk to start from.\n\n"));
    explain(TEXT("  Diskette A:   "), reason[BOOT_DISKETTE]);
    explain(TEXT("  Hard disk C:  "), reason[BOOT_HARD_DISK]);
    explain(TEXT("  CD-ROM:       "), reason[BOOT_CD]);
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

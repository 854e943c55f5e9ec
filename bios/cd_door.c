/* SPDX-License-Identifier: MIT */
/*
 * INT 13h AH=45h, 46h, 49h of CDs: the drive's door, and whether somebody put another disc in.
 * Phoenix's "Enhanced Disk Drive Specification", removable media.
 */
#include "cd.h"

enum { LOCK, UNLOCK, ASK };
#define LOCKS_MOST 255

static u16 place(const struct cd_request *q)
{
    return offset_of(struct ebda, cd_locks) + q->drive.cd;
}

/* It is unlocked when it has been unlocked as often as it was locked. AL: whether it is locked. */
enum disk_status cd_lock(struct cd_request *q)
{
    u8 locks = far_get8(ebda_segment(), place(q)), wish = q->r->al;
    enum disk_status status = DISK_OK;

    if (wish > ASK)
        return DISK_BAD_FUNCTION;
    if (wish == LOCK && locks == LOCKS_MOST)
        status = DISK_LOCKED_TOO_OFTEN;
    else if (wish == UNLOCK && !locks)
        status = DISK_NOT_LOCKED;
    else if (wish != ASK)
        status = atapi_lock(&q->drive, wish == LOCK || locks > 1);
    if (status == DISK_OK && wish != ASK)
        locks += wish == LOCK ? 1 : -1;
    far_put8(ebda_segment(), place(q), locks);
    q->r->al = locks != 0;
    return status;
}

/* INT 15h AH=52h may refuse, with a status of its own. */
enum disk_status cd_eject(struct cd_request *q)
{
    enum disk_status status;

    if (q->r->al)
        return DISK_BAD_FUNCTION;
    if (far_get8(ebda_segment(), place(q)))
        return DISK_LOCKED;
    status = call_int(0x15, 0x5200, 0, 0, q->r->dl) >> 8 & 0xff;
    if (status == DISK_OK)
        status = atapi_eject(&q->drive);
    return status == DISK_OK || status > DISK_NOT_REMOVABLE || status == DISK_LOCKED
               ? status
               : DISK_EJECT_FAILED;
}

/* Told once. */
enum disk_status cd_change(struct cd_request *q)
{
    enum disk_status status = atapi_ready(&q->drive);
    u8 changed = EBDA8(cd_changed), bit = (u8)(1u << q->drive.cd);

    EBDA8_SET(cd_changed, changed & ~bit);
    return status == DISK_OK && changed & bit ? DISK_CHANGED : status;
}

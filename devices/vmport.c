/* SPDX-License-Identifier: MIT */
/*
 * The absolute pointer of VMware's "backdoor" port 5658h, as open drivers use it: vmmouse of Linux
 * and X.Org, VBADOS for DOS and Windows 3.x, vmwmouse for Windows 3.x.
 *
 * A 32-bit IN with EAX = 564D5868h is a call: CX is the command, EBX its argument, EAX and others
 * bring the result. Any other read finds nothing there, and no register is touched.
 *
 *   CX 0Ah  version          EAX 6, EBX 564D5868h, ECX 2
 *   CX 27h  pointer data     EBX: dwords wanted, 1 to 4, which come in EAX, EBX, ECX, EDX
 *   CX 28h  pointer status   EAX: dwords waiting; FFFF0000h: not enabled, or after a mistake
 *   CX 29h  pointer command  EBX: 45414552h enable (3442554Ah waits then), F5h disable,
 *                                 53424152h positions, 4C455252h motion as a PS/2 mouse reports it
 *
 *   packet, dword 0   buttons: left 20h, right 10h, middle 08h
 *           dword 1   X, 0 to FFFFh from left to right
 *           dword 2   Y, 0 to FFFFh from top to bottom
 *           dword 3   the wheel's motion towards the user, signed
 *
 * Each packet makes the PS/2 mouse send a report, whose interrupt wakes the driver; some fetch one
 * packet for each. Motion that nobody has fetched yet is overwritten by newer motion.
 *
 * Not modelled: all other commands of the port, which are not answered; restricting it to ring 0.
 */
#include "devices/vmport.h"
#include "src/host/input.h"

#define MAGIC   0x564d5868u
#define NOTHING 0xffffffffu

enum {
    GET_VERSION = 0x0a,
    POINTER_DATA = 0x27,
    POINTER_STATUS = 0x28,
    POINTER_COMMAND = 0x29,
};

#define ENABLE           0x45414552u
#define DISABLE          0xf5u
#define REQUEST_ABSOLUTE 0x53424152u
#define REQUEST_RELATIVE 0x4c455252u
#define POINTER_ID       0x3442554au
#define STATUS_ERROR     0xffff0000u

enum { VERSION = 6, PRODUCT_SERVER = 2 };
enum { BUTTON_LEFT = 0x20, BUTTON_RIGHT = 0x10, BUTTON_MIDDLE = 0x08 };

static u32 *place(struct vmport *v, unsigned n)
{
    return &v->queue[(v->first + n) % VMPORT_QUEUE];
}

static void empty(struct vmport *v)
{
    v->first = v->count = 0;
}

static void switch_off(struct vmport *v)
{
    empty(v);
    v->on = v->absolute = false;
}

/* Commands: what EAX gets. */

static u32 get_version(struct vmport *v)
{
    v->cpu.set(v->cpu.owner, VMPORT_EBX, MAGIC);
    v->cpu.set(v->cpu.owner, VMPORT_ECX, PRODUCT_SERVER);
    return VERSION;
}

static u32 pointer_data(struct vmport *v)
{
    u32 wanted = v->cpu.get(v->cpu.owner, VMPORT_EBX);
    if (!v->on || !wanted || wanted > VMPORT_PACKET || wanted > v->count) {
        switch_off(v);
        return NOTHING;
    }
    u32 eax = *place(v, 0);
    for (unsigned i = 1; i < wanted; i++)
        v->cpu.set(v->cpu.owner, (enum vmport_register)i, *place(v, i));
    v->first = (u16)((v->first + wanted) % VMPORT_QUEUE);
    v->count = (u16)(v->count - wanted);
    return eax;
}

static u32 pointer_status(struct vmport *v)
{
    return v->on ? v->count : STATUS_ERROR;
}

static u32 pointer_command(struct vmport *v)
{
    switch (v->cpu.get(v->cpu.owner, VMPORT_EBX)) {
    case ENABLE:
        switch_off(v);
        v->on = true;
        *place(v, v->count++) = POINTER_ID;
        break;
    case DISABLE:
        switch_off(v);
        break;
    case REQUEST_ABSOLUTE:
        v->absolute = v->on;
        break;
    case REQUEST_RELATIVE:
        v->absolute = false;
        break;
    }
    return 0;
}

static u32 vmport_read(void *chip, u32 reg UNUSED, unsigned size)
{
    struct vmport *v = chip;
    if (size != 4 || v->cpu.get(v->cpu.owner, VMPORT_EAX) != MAGIC)
        return NOTHING;
    switch (v->cpu.get(v->cpu.owner, VMPORT_ECX) & 0xffff) {
    case GET_VERSION:
        return get_version(v);
    case POINTER_DATA:
        return pointer_data(v);
    case POINTER_STATUS:
        return pointer_status(v);
    case POINTER_COMMAND:
        return pointer_command(v);
    default:
        return NOTHING;
    }
}

static void vmport_write(void *chip UNUSED, u32 reg UNUSED, u32 value UNUSED, unsigned size UNUSED)
{
}

/* The person */

static u32 packet_buttons(const struct vmport *v)
{
    return (u32)((v->buttons & MOUSE_LEFT ? BUTTON_LEFT : 0) |
                 (v->buttons & MOUSE_RIGHT ? BUTTON_RIGHT : 0) |
                 (v->buttons & MOUSE_MIDDLE ? BUTTON_MIDDLE : 0));
}

/* May the newest packet be overwritten? It is there as a whole, and says the same but for the
 * place; or there is no room for another. */
static bool is_stale(struct vmport *v, u32 wheel)
{
    if (v->count + VMPORT_PACKET > VMPORT_QUEUE)
        return true;
    return v->count >= VMPORT_PACKET && !wheel && *place(v, v->count - 4u) == packet_buttons(v) &&
           !*place(v, v->count - 1u);
}

static void send(struct vmport *v, int dz)
{
    u32 wheel = (u32)(dz > 127 ? 127 : dz < -127 ? -127 : dz);
    if (!vmport_is_absolute(v))
        return;
    if (is_stale(v, wheel))
        v->count = (u16)(v->count - VMPORT_PACKET);
    const u32 packet[VMPORT_PACKET] = {packet_buttons(v), v->x, v->y, wheel};
    for (unsigned i = 0; i < VMPORT_PACKET; i++)
        *place(v, v->count++) = packet[i];
    line_pulse(&v->packet);
}

bool vmport_is_absolute(const struct vmport *v)
{
    return v->on && v->absolute;
}

void vmport_move(struct vmport *v, u16 x, u16 y, int dz)
{
    v->x = x;
    v->y = y;
    send(v, dz);
}

void vmport_button(struct vmport *v, u8 button, bool down)
{
    v->buttons = (u8)(down ? v->buttons | button : v->buttons & ~button);
    send(v, 0);
}

static void vmport_reset(void *chip)
{
    struct vmport *v = chip;
    switch_off(v);
    memset(v->queue, 0, sizeof v->queue);
    line_set(&v->packet, false);
}

static void vmport_loaded(void *chip)
{
    struct vmport *v = chip;
    v->first %= VMPORT_QUEUE;
    v->count = v->count > VMPORT_QUEUE ? 0 : v->count;
}

static const struct field vmport_fields[] = {
    FIELD_STRUCT(struct vmport, packet, line_fields),
    TRANSIENT(struct vmport, cpu),
    FIELD_ARRAY(struct vmport, queue),
    FIELD_MAX(struct vmport, first, VMPORT_QUEUE - 1),
    FIELD_MAX(struct vmport, count, VMPORT_QUEUE),
    FIELD(struct vmport, on),
    FIELD(struct vmport, absolute),
    FIELD(struct vmport, buttons),
    FIELD(struct vmport, x),
    FIELD(struct vmport, y),
    FIELD_END,
};

const struct chip vmport_chip = {
    .name = "vmport",
    .reset = vmport_reset,
    .read = vmport_read,
    .write = vmport_write,
    .loaded = vmport_loaded,
    .fields = vmport_fields,
    .size = sizeof(struct vmport),
};

void vmport_init(struct vmport *vmport, struct vmport_cpu cpu)
{
    *vmport = (struct vmport){.cpu = cpu};
}

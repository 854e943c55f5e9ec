/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "mem/apic_bus.h"

static const struct field apic_bus_fields[] = {
    TRANSIENT(struct apic_bus, slot),
    TRANSIENT(struct apic_bus, count),
    FIELD_MAX(struct apic_bus, turn, APIC_BUS_AGENTS - 1),
    FIELD_END,
};

static void apic_bus_reset(void *chip)
{
    ((struct apic_bus *)chip)->turn = 0;
}

const struct chip apic_bus_chip = {
    .name = "APIC bus",
    .reset = apic_bus_reset,
    .fields = apic_bus_fields,
    .size = sizeof(struct apic_bus),
};

void apic_bus_init(struct apic_bus *bus)
{
    *bus = (struct apic_bus){.count = 0};
}

void apic_bus_attach(struct apic_bus *bus, const struct apic_agent *agent, void *owner)
{
    assert(bus->count < APIC_BUS_AGENTS);
    bus->slot[bus->count].agent = agent;
    bus->slot[bus->count++].owner = owner;
}

static bool addressed(const struct apic_bus *bus, u32 i, const struct apic_message *m,
                      const void *except)
{
    const struct apic_agent *agent = bus->slot[i].agent;
    const void *owner = bus->slot[i].owner;
    return agent->addressed && owner != except && agent->addressed(owner, m);
}

/* The slot whose priority is lowest, the first of equals from TURN on; or APIC_BUS_AGENTS. SDM 3A
 * "Lowest Priority Delivery Mode". */
static u32 arbitrate(const struct apic_bus *bus, const struct apic_message *m, const void *except)
{
    u32 best = APIC_BUS_AGENTS;
    int lowest = APIC_UNFIT;
    for (u32 k = 0; k < bus->count; k++) {
        u32 i = (bus->turn + k) % bus->count;
        if (!addressed(bus, i, m, except))
            continue;
        int priority = bus->slot[i].agent->priority(bus->slot[i].owner, m->vector);
        if (priority < lowest) {
            lowest = priority;
            best = i;
        }
    }
    return best;
}

static bool send_lowest(struct apic_bus *bus, const struct apic_message *m, const void *except)
{
    u32 i = arbitrate(bus, m, except);
    if (i == APIC_BUS_AGENTS)
        return false;
    bus->turn = (i + 1) % bus->count;
    return bus->slot[i].agent->accept(bus->slot[i].owner, m);
}

bool apic_bus_send(struct apic_bus *bus, const struct apic_message *m, const void *except)
{
    bool accepted = false;
    if (m->delivery == APIC_LOWEST)
        return send_lowest(bus, m, except);
    for (u32 i = 0; i < bus->count; i++)
        if (addressed(bus, i, m, except))
            accepted |= bus->slot[i].agent->accept(bus->slot[i].owner, m);
    return accepted;
}

void apic_bus_eoi(struct apic_bus *bus, u8 vector)
{
    for (u32 i = 0; i < bus->count; i++)
        if (bus->slot[i].agent->eoi)
            bus->slot[i].agent->eoi(bus->slot[i].owner, vector);
}

void apic_bus_changed(struct apic_bus *bus)
{
    for (u32 i = 0; i < bus->count; i++)
        if (bus->slot[i].agent->retry)
            bus->slot[i].agent->retry(bus->slot[i].owner);
}

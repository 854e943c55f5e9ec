/* SPDX-License-Identifier: MIT */
/*
 * One libFuzzer harness for all devices: a row of TARGETS says which ports and memory an input may
 * touch, on which machine, made ready how. The input is a list of accesses, bytes for bus masters,
 * time steps and what a user does; the machine is new for each.
 *
 *     tests/fuzz/fuzz --target=ide [libFuzzer's options] [CORPUS]
 *
 * tests/fuzz/run runs them all. An input fails that makes a sanitizer speak, or one access do more
 * than WORK_MOST, or that does not end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/escapes/host.h"
#include "tests/escapes/meter.h"
#include "tests/escapes/world.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t n);

/* ---- the input ---- */

struct input_bytes {
    const u8 *at;
    size_t left;
};

static u32 take(struct input_bytes *in, unsigned size)
{
    u32 value = 0;
    for (unsigned i = 0; i < size && in->left; i++, in->left--)
        value |= (u32)*in->at++ << 8 * i;
    return value;
}

/* ---- what is fuzzed ---- */

struct range {
    u32 first, count;
};

/* A write to a port, and time after it. */
struct poke {
    u16 port;
    u8 size;
    u32 value;
    u32 us;
};

struct target {
    const char *name;
    const char *machine;
    struct range port[9], memory[4];
    struct poke ready[6];
    void (*run)(const struct target *target, struct input_bytes *in); /* NULL: accesses */
};

static void run_cpu(const struct target *target, struct input_bytes *in);
static void run_disk(const struct target *target, struct input_bytes *in);

#define HARD   "-hda @hard -hdb @second "
#define CD     "-hda @hard -cdrom @cd "
#define FLOPPY "-fda @floppy "
#define P6     "-cpu pentium2 "

/* clang-format off */
/* The bus master of the IDE controller: its ports, and that it may. */
#define BUS_MASTER {0xcf8, 4, 0x80000920, 0}, {0xcfc, 4, 0xc001, 0}, {0xcf8, 4, 0x80000904, 0}, \
    {0xcfc, 2, 5, 0}
/* The frame buffer's place. */
#define FRAME_BUFFER {0xcf8, 4, 0x80001010, 0}, {0xcfc, 4, 0xf0000000, 0}, \
    {0xcf8, 4, 0x80001004, 0}, {0xcfc, 2, 3, 0}

static const struct target targets[] = {
    {.name = "timers", /* PIT, RTC, HPET, and what hears of them */
     .machine = FLOPPY,
     .port = {{0x20, 2}, {0xa0, 2}, {0x4d0, 2}, {0x40, 4}, {0x61, 1}, {0x70, 2}},
     .memory = {{0xfed00000, 0x400}, {0xfed00000, 0x1000}}},
    {.name = "ps2", /* and VMware's pointer */
     .machine = FLOPPY,
     .port = {{0x60, 1}, {0x64, 1}, {0x92, 1}, {0x5658, 1}},
     .ready = {{0x64, 1, 0x60, 0}, {0x60, 1, 0x47, 1000}}},
    {.name = "floppy",
     .machine = FLOPPY "-fdb @xdf ",
     .port = {{0x3f0, 8}, {0, 16}, {0x80, 16}, {0xc0, 32}},
     .ready = {{0xd6, 1, 0xc0, 0}, {0xd4, 1, 0, 0}, {0x0b, 1, 0x46, 0}, {0x0a, 1, 2, 0},
               {0x3f2, 1, 0x1c, 10000}}},
    {.name = "ide",
     .machine = HARD,
     .port = {{0x1f0, 8}, {0x3f6, 1}, {0xc000, 16}, {0xcf8, 8}},
     .memory = {{0, 0x10000}},
     .ready = {BUS_MASTER, {0x80, 1, 0, 10000}}},
    {.name = "atapi",
     .machine = CD,
     .port = {{0x170, 8}, {0x376, 1}, {0xc008, 8}},
     .memory = {{0, 0x10000}},
     .ready = {BUS_MASTER, {0x80, 1, 0, 10000}}},
    {.name = "vga",
     .machine = FLOPPY,
     .port = {{0x3b0, 12}, {0x3c0, 32}, {0x1ce, 2}},
     .memory = {{0xa0000, 0x20000}, {0xf0000000, 0x1000000}, {0xc0000, 0x10000}},
     .ready = {FRAME_BUFFER}},
    {.name = "serial", /* and the other ports to the host */
     .machine = FLOPPY "-parallel null -debugcon null -device isa-debug-exit,iobase=0xf4 ",
     .port = {{0x3f8, 8}, {0x2f8, 8}, {0x378, 3}, {0xe9, 1}, {0x402, 1}, {0x8900, 1}, {0xf4, 4}}},
    {.name = "serialmouse", /* at 1200 baud, and said M */
     .machine = FLOPPY "-serial null -serial mouse:wheel ",
     .port = {{0x2f8, 8}},
     .ready = {{0x2fb, 1, 0x83, 0}, {0x2f8, 1, 96, 0}, {0x2f9, 1, 0, 0}, {0x2fb, 1, 2, 0},
               {0x2fc, 1, 0x0b, 50000}}},
    {.name = "apic", /* and several processors */
     .machine = P6 FLOPPY "-smp 3 ",
     .port = {{0x20, 2}, {0xa0, 2}, {0x40, 4}},
     .memory = {{0xfee00000, 0x400}, {0xfec00000, 0x20}, {0xfee00000, 0x1000}}},
    {.name = "chipset", /* and fw_cfg */
     .machine = P6 FLOPPY,
     .port = {{0xcf8, 8}, {0xb2, 2}, {0xb000, 64}, {0xc000, 64}, {0x92, 1}, {0xf0, 2}, {0x510, 12}},
     .memory = {{0xa0000, 0x60000}, {0, 0x10000}, {0xe0000000, 0x20000000}, {0xfffe0000, 0x20000}}},
    {.name = "board", .machine = P6 CD FLOPPY, .port = {{0, 0x10000}}, .memory = {{0, ~0u}}},
    {.name = "cpu", .machine = P6 FLOPPY, .run = run_cpu},
    {.name = "cpu386", .machine = "-cpu 386 " FLOPPY, .run = run_cpu},
    {.name = "disk", .run = run_disk},
};
/* clang-format on */

static const struct target *target;

/* ---- images ---- */

static struct {
    const char *name;
    u32 sectors;
    bool iso;
    int file;
} images[] = {{"@floppy", 2880, false, -1}, {"@hard", 2016, false, -1},
              {"@second", 4032, false, -1}, {"@cd", 1600, true, -1},
              {"@other", 1440, false, -1},  {"@disc", 800, true, -1},
              {"@xdf", 3680, false, -1}};

/* Zeros, but for the descriptor that makes it a CD's. */
static void image_clear(size_t i)
{
    static const u8 descriptor[] = "\1CD001\1";
    if (ftruncate(images[i].file, 0) ||
        ftruncate(images[i].file, (off_t)images[i].sectors * SECTOR_SIZE) ||
        (images[i].iso && pwrite(images[i].file, descriptor, sizeof descriptor, 16 * 2048) < 0))
        abort();
}

/* Files that have no name on any disk. */
static void make_images(void)
{
    for (size_t i = 0; i < ARRAY_LEN(images); i++) {
        images[i].file = memfd_create("image", MFD_CLOEXEC);
        image_clear(i);
    }
}

/* ARGUMENTS with the paths of images in the places of their names. */
static void with_images(const char *arguments, char *to, size_t size)
{
    for (size_t at = 0; *arguments && at + 30 < size;) {
        size_t i = 0;
        while (i < ARRAY_LEN(images) &&
               strncmp(arguments, images[i].name, strlen(images[i].name)) != 0)
            i++;
        if (i < ARRAY_LEN(images)) {
            at += (size_t)snprintf(to + at, size - at, "/proc/self/fd/%d", images[i].file);
            arguments += strlen(images[i].name);
        } else {
            to[at++] = *arguments++;
        }
        to[at] = 0;
    }
}

/* ---- the machine ---- */

/* Built once: what has no pointers to what changes outside it is copied back for the next input. */
static struct world world;
static struct machine *new_one;

static void build(const struct target *t)
{
    char arguments[400], message[400];
    with_images(t->machine, arguments, sizeof arguments);
    new_one = malloc(sizeof *new_one);
    if (!new_one || !world_new(&world, arguments, message, sizeof message)) {
        fprintf(stderr, "fuzz: %s\n", new_one ? message : "no memory");
        abort();
    }
    *new_one = *world.machine;
}

/* Memory starts as zeros. */
static void clear_memory(struct bus *bus)
{
    if (madvise(bus->ram, bus->ram_size, MADV_DONTNEED))
        abort();
    for (u32 i = 0; i < bus->block_count; i++)
        if (bus->block[i].owned && madvise(bus->block[i].host, bus->block[i].bytes, MADV_DONTNEED))
            abort();
    memset(bus->page_flags, 0, bus->page_count);
}

/* Those that the input has put in. */
static void close_disks(struct drives *drives)
{
    while (drives->floppy_count > new_one->drives.floppy_count)
        disk_close(drives->floppies[--drives->floppy_count]);
    while (drives->cd_count > new_one->drives.cd_count)
        disk_close(drives->cds[--drives->cd_count]);
}

static void as_new(void)
{
    struct machine *machine = world.machine;
    struct display display = machine->display;
    close_disks(&machine->drives);
    *machine = *new_one;
    machine->display = display;
    clear_memory(&machine->bus);
    for (unsigned i = 0; i < machine->cpus; i++)
        cpu_loaded(&machine->cpu[i]);
    unsigned writes = host_writes();
    for (size_t i = 0; writes && i < ARRAY_LEN(images); i++)
        image_clear(i);
    host_fail("read", "ok", 0);
}

static void begin(const struct target *t)
{
    if (!new_one)
        build(t);
    as_new();
    for (size_t i = 0; i < ARRAY_LEN(t->ready) && t->ready[i].size; i++) {
        world_out(&world, t->ready[i].port, t->ready[i].value, t->ready[i].size);
        world_run(&world, t->ready[i].us * 1000u);
    }
}

static void end(void)
{
    if (!world.late)
        return;
    fprintf(stderr, "fuzz: %s was %llu basic blocks of work\n", world.late,
            (unsigned long long)world.work);
    abort();
}

/* The N-th port or address of the ranges. */
static u32 place(const struct range *range, size_t ranges, u32 n)
{
    u32 all = 0;
    for (size_t i = 0; i < ranges; i++)
        all += range[i].count;
    n %= all ? all : 1;
    for (size_t i = 0; i < ranges; n -= range[i++].count)
        if (n < range[i].count)
            return range[i].first + n;
    return 0;
}

static u16 port(struct input_bytes *in)
{
    bool wide = target->port[0].count > 256;
    return (u16)place(target->port, ARRAY_LEN(target->port), take(in, wide ? 2 : 1));
}

/* One of the ranges, and somewhere in it. */
static u32 address(struct input_bytes *in)
{
    size_t ranges = 0;
    while (ranges < ARRAY_LEN(target->memory) && target->memory[ranges].count)
        ranges++;
    if (!ranges)
        return take(in, 2);
    const struct range *range = &target->memory[take(in, 1) % ranges];
    return range->first + take(in, range->count > 0x10000 ? 4 : 2) % range->count;
}

/* ---- what an input can ask for ---- */

#define VMPORT_MAGIC 0x564d5868

enum { REPEATS = 600, PICTURES = 3, TIME_MOST = 100000000 };

static u64 passed;        /* ns */
static unsigned pictures; /* each costs more than all else */

static void step(u64 ns)
{
    if (passed + ns > TIME_MOST)
        return;
    passed += ns;
    world_run(&world, ns);
}

static void write_port(struct input_bytes *in, unsigned size)
{
    u16 p = port(in);
    world_out(&world, p, take(in, size), size);
}

static void read_port(struct input_bytes *in, unsigned size)
{
    world_in(&world, port(in), size);
}

static void write_memory(struct input_bytes *in, unsigned size)
{
    u32 a = address(in);
    world_write(&world, a, take(in, size), size);
}

static void read_memory(struct input_bytes *in, unsigned size)
{
    world_read(&world, address(in), size);
}

/* What bus masters find in memory. */
static void put_bytes(struct input_bytes *in, unsigned size)
{
    u32 at = take(in, 2);
    for (unsigned i = 0; i < 2 * size; i++)
        world_write(&world, at + i, take(in, 1), 1);
}

static void let_pass(struct input_bytes *in, unsigned size)
{
    static const u32 unit[5] = {0, 1000, 20000, 0, 200000};
    step((u64)(take(in, 1) + 1) * unit[size]);
}

static void write_again(struct input_bytes *in, unsigned size)
{
    u16 p = port(in);
    u32 value = take(in, size), times = take(in, 2) % REPEATS;
    while (times--)
        world_out(&world, p, value, size);
}

static void read_again(struct input_bytes *in, unsigned size)
{
    u16 p = port(in);
    u32 times = take(in, 2) % REPEATS;
    while (times--)
        world_in(&world, p, size);
}

/* Up to eight bytes to ports in a row: a task file. */
static void write_row(struct input_bytes *in, unsigned size)
{
    u16 p = port(in);
    for (unsigned i = 0; i < 2 * size; i++)
        world_out(&world, (u16)(p + i), take(in, 1), 1);
}

/* As many words to one port: a packet; bytes to a FIFO. */
static void write_list(struct input_bytes *in, unsigned size)
{
    u16 p = port(in);
    unsigned width = size == 4 ? 1 : 2;
    for (unsigned i = 0; i < 6; i++)
        world_out(&world, p, take(in, width), width);
}

/* ---- the user, the host, the processor's pins ---- */

static void event(struct input_event e)
{
    char message[400];
    machine_event(world.machine, &e, message, sizeof message);
}

static void change_disk(struct input_bytes *in, u8 drive)
{
    u32 which = take(in, 1) % (ARRAY_LEN(images) + 1);
    char path[30];
    if (which == ARRAY_LEN(images)) {
        event((struct input_event){.kind = INPUT_EJECT, .code = drive});
        return;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", images[which].file);
    event((struct input_event){.kind = INPUT_INSERT, .code = drive, .text = strdup(path)});
}

static void happen(struct input_bytes *in, unsigned size)
{
    u32 what = take(in, 1);
    (void)size;
    switch (what % 11) {
    case 0:
        machine_reset(world.machine);
        break;
    case 1:
        if (pictures++ < PICTURES)
            world_draw(&world);
        break;
    case 2:
    case 3:
        event((struct input_event){.kind = INPUT_KEY, .code = (u8)take(in, 1), .down = what % 2});
        break;
    case 4:
        event((struct input_event){.kind = INPUT_MOUSE_MOVE,
                                   .x = (s16)take(in, 2),
                                   .y = (s16)take(in, 2),
                                   .z = (s16)take(in, 1)});
        break;
    case 5:
        event((struct input_event){
            .kind = INPUT_MOUSE_BUTTON, .code = take(in, 1) & 7, .down = what & 16});
        break;
    case 6:
        change_disk(in, INPUT_DRIVE_CD);
        break;
    case 7:
        change_disk(in, INPUT_DRIVE_A);
        break;
    case 8:
        host_fail("read", what & 16 ? "EIO" : "ok", 0);
        break;
    case 9:
        world_acknowledge(&world);
        break;
    case 10: /* arguments of VMware's port */
        world.machine->cpu->r[EAX] = VMPORT_MAGIC;
        world.machine->cpu->r[EBX] = take(in, 4);
        world.machine->cpu->r[ECX] = take(in, 2);
        break;
    }
}

static void (*const actions[16])(struct input_bytes *in, unsigned size) = {
    write_port,  write_port, write_port, read_port,  read_port,   write_memory,
    read_memory, put_bytes,  let_pass,   let_pass,   write_again, read_again,
    write_row,   write_list, happen,     write_port,
};

static void run_accesses(const struct target *t, struct input_bytes *in)
{
    begin(t);
    passed = 0;
    pictures = 0;
    while (in->left) {
        u32 what = take(in, 1);
        actions[what & 15](in, 1u << (what >> 4) % 3);
    }
    step(1000000);
    end();
}

/* ---- other kinds of targets ---- */

static void run_cpu(const struct target *t, struct input_bytes *in)
{
    begin(t);
    world_cpu(&world, in->at, in->left, 20000);
    end();
}

/* The bytes are an image: what is wanted, its size in sectors, and pieces with their places. */
static void run_disk(const struct target *t, struct input_bytes *in)
{
    static u8 sector[2 * 2352];
    char path[30], message[400];
    u32 how = take(in, 1), sectors = take(in, 2), odd = take(in, 1);
    int file = memfd_create("image", MFD_CLOEXEC);
    (void)t;
    if (ftruncate(file, (off_t)sectors * SECTOR_SIZE + odd))
        abort();
    while (in->left) {
        u32 at = take(in, 2), n = take(in, 1);
        n = n < in->left ? n : (u32)in->left;
        if (pwrite(file, in->at, n, (off_t)at * (how & 0x80 ? 8 : 1)) < 0)
            abort();
        in->at += n;
        in->left -= n;
    }
    struct disk_options options = {.read_only = how & 8,
                                   .snapshot = how & 16,
                                   .want = (enum disk_want)(how % 5),
                                   .unpack_max = 1 << 22};
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct disk *disk = disk_open(path, &options, message, sizeof message);
    if (disk) {
        struct disk_geometry g = disk_geometry(disk);
        disk_describe(disk, message, sizeof message);
        if (!g.cylinders || !g.heads || !g.sectors)
            abort();
        disk_read(disk, disk_sectors(disk) - 1, 1, sector);
        disk_write(disk, disk_sectors(disk), 1, sector);
        if (disk_read(disk, disk_sectors(disk), 1, sector))
            abort();
        if (disk_kind(disk) == DISK_CDROM)
            disk_read_cd(disk, disk_cd_sectors(disk) - 1, 1, sector);
        disk_close(disk);
    }
    close(file);
}

/* ---- libFuzzer's side ---- */

static const struct target *target_named(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LEN(targets); i++)
        if (!strcmp(name, targets[i].name))
            return &targets[i];
    return NULL;
}

/* --list: the names, a line each. */
static void list(void)
{
    for (size_t i = 0; i < ARRAY_LEN(targets); i++)
        printf("%s\n", targets[i].name);
    exit(0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char prefix[] = "--target=";
    for (int i = 1; i < *argc; i++)
        if (!strcmp((*argv)[i], "--list"))
            list();
        else if (!strncmp((*argv)[i], prefix, sizeof prefix - 1))
            target = target_named((*argv)[i] + sizeof prefix - 1);
    if (!target) {
        fprintf(stderr, "fuzz: wants --target=NAME, one of those that --list shows\n");
        exit(2);
    }
    make_images();
    return 0;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t n)
{
    struct input_bytes in = {bytes, n};
    (target->run ? target->run : run_accesses)(target, &in);
    return 0;
}

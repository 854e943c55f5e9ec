/* SPDX-License-Identifier: MIT */
/*
 * The words of a script that work on the machine.
 *
 *   machine OPTION...             switch one on, with the options of the command line
 *   outb outw outl PORT VALUE [times N]         writeb writew writel ADDRESS VALUE [times N]
 *   inb inw inl PORT [times N]    readb readw readl ADDRESS [times N]     the value is $in
 *   ... = VALUE, ... & MASK = VALUE             what it must be
 *   until PORT MASK VALUE TIME    read the port every 10 us until it is VALUE; TIME: at most
 *   run TIME    reset    draw     time; the reset button; a picture
 *   ack [VECTOR]                  the processor takes an interrupt
 *   fill ADDRESS BYTES            random memory
 *   cpu BYTES TIME                the processor runs on random tables and code
 *   key CODE    mouse X Y         from the user; eject DRIVE, insert DRIVE FILE (A, B, CD)
 *   image FILE SECTORS            a file; each sector starts with its number
 *   byte FILE OFFSET VALUE        changes it; string FILE OFFSET WORD: the same
 *   truncate FILE BYTES           size FILE BYTES: what it must be
 *   host CALL WHAT [AFTER]        host.h
 *   message N TEXT                so many lines of stderr have TEXT in them
 *   random SEED                   of `any`; same A B: they must be
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/escapes/host.h"
#include "tests/escapes/script.h"

enum { MESSAGE = 400 };
#define POLL_NS 10000u

static const char *text(const struct script *s, unsigned n)
{
    const struct statement *line = &s->line[s->now];
    if (n >= line->words)
        script_fail(s, "%s: argument %u is missing", line->word[0], n);
    return line->word[n];
}

/* Words N and the rest, with blanks between them. */
static void joined(const struct script *s, unsigned n, char *to, size_t size)
{
    const struct statement *line = &s->line[s->now];
    size_t at = 0;
    to[0] = 0;
    for (; n < line->words && at < size; n++)
        at += (size_t)snprintf(to + at, size - at, "%s%s", at ? " " : "", line->word[n]);
}

/* ---- the machine ---- */

static void word_machine(struct script *s)
{
    char arguments[MESSAGE], message[MESSAGE];
    joined(s, 1, arguments, sizeof arguments);
    if (s->built)
        world_free(&s->world);
    s->built = world_new(&s->world, arguments, message, sizeof message);
    if (!s->built)
        script_fail(s, "%s", message);
}

static void word_run(struct script *s)
{
    world_run(&s->world, script_time(s, 1));
    machine_poll(s->world.machine);
}

static void word_reset(struct script *s)
{
    machine_reset(s->world.machine);
}

static void word_draw(struct script *s)
{
    world_draw(&s->world);
}

static void word_ack(struct script *s)
{
    u8 vector = world_acknowledge(&s->world);
    if (s->line[s->now].words > 1 && vector != script_value(s, 1))
        script_fail(s, "interrupt %#x is taken", vector);
}

static void word_until(struct script *s)
{
    u16 port = (u16)script_value(s, 1);
    u32 mask = (u32)script_value(s, 2), value = (u32)script_value(s, 3), got;
    u64 left = script_time(s, 4) / POLL_NS;
    while (((got = world_in(&s->world, port, 1)) & mask) != value) {
        if (!left--)
            script_fail(s, "port %#x has %#x for ever", port, (unsigned)got);
        world_run(&s->world, POLL_NS);
    }
}

static void word_fill(struct script *s)
{
    u32 at = (u32)script_value(s, 1), n = (u32)script_value(s, 2);
    for (u32 i = 0; i < n; i++)
        world_write(&s->world, at + i, script_any(s), 1);
}

static void word_cpu(struct script *s)
{
    static u8 bytes[0x10000];
    size_t n = script_value(s, 1);
    vtime ns = script_time(s, 2);
    n = n < sizeof bytes ? n : sizeof bytes;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (u8)script_any(s);
    world_cpu(&s->world, bytes, n, ns);
}

static void word_same(struct script *s)
{
    u64 a = script_value(s, 1), b = script_value(s, 2);
    if (a != b)
        script_fail(s, "%#llx is not %#llx", (unsigned long long)a, (unsigned long long)b);
}

static void word_random(struct script *s)
{
    s->random = script_value(s, 1) | 1;
}

/* ---- accesses ---- */

struct access {
    const char *name;
    u32 (*read)(struct world *world, u32 address, unsigned size);
    void (*write)(struct world *world, u32 address, u32 value, unsigned size);
    unsigned size;
};

static u32 in(struct world *world, u32 port, unsigned size)
{
    return world_in(world, (u16)port, size);
}

static void out(struct world *world, u32 port, u32 value, unsigned size)
{
    world_out(world, (u16)port, value, size);
}

/* clang-format off */
static const struct access accesses[] = {
    {"inb", in, NULL, 1},           {"inw", in, NULL, 2},           {"inl", in, NULL, 4},
    {"outb", NULL, out, 1},         {"outw", NULL, out, 2},         {"outl", NULL, out, 4},
    {"readb", world_read, NULL, 1}, {"readw", world_read, NULL, 2}, {"readl", world_read, NULL, 4},
    {"writeb", NULL, world_write, 1}, {"writew", NULL, world_write, 2},
    {"writel", NULL, world_write, 4},
};
/* clang-format on */

/* "times N" at word N and after it, or 1. */
static u64 times(struct script *s, unsigned n)
{
    const struct statement *line = &s->line[s->now];
    return n < line->words && !strcmp(line->word[n], "times") ? script_value(s, n + 1) : 1;
}

static void write_access(struct script *s, const struct access *a)
{
    for (u64 n = times(s, 3); n; n--)
        a->write(&s->world, (u32)script_value(s, 1), (u32)script_value(s, 2), a->size);
}

static void expect(struct script *s, u32 got, unsigned n)
{
    const struct statement *line = &s->line[s->now];
    u32 value = got;
    if (n + 1 < line->words && !strcmp(line->word[n], "&")) {
        value &= (u32)script_value(s, n + 1);
        n += 2;
    }
    if (n + 1 < line->words && !strcmp(line->word[n], "=") && value != (u32)script_value(s, n + 1))
        script_fail(s, "%s %s gives %#x", line->word[0], line->word[1], (unsigned)got);
}

static void read_access(struct script *s, const struct access *a)
{
    u32 got = 0;
    for (u64 n = times(s, 2); n; n--)
        got = a->read(&s->world, (u32)script_value(s, 1), a->size);
    script_set(s, "in", got);
    expect(s, got, 2);
}

static bool access_word(struct script *s, const struct statement *line)
{
    for (size_t i = 0; i < ARRAY_LEN(accesses); i++) {
        const struct access *a = &accesses[i];
        if (strcmp(line->word[0], a->name))
            continue;
        if (a->write)
            write_access(s, a);
        else
            read_access(s, a);
        return true;
    }
    return false;
}

/* ---- the user ---- */

static void event(struct script *s, struct input_event e)
{
    char message[MESSAGE];
    machine_event(s->world.machine, &e, message, sizeof message);
}

static u8 drive(const struct script *s)
{
    const char *name = text(s, 1);
    return !strcmp(name, "A") ? INPUT_DRIVE_A : !strcmp(name, "B") ? INPUT_DRIVE_B : INPUT_DRIVE_CD;
}

static void word_key(struct script *s)
{
    event(s, (struct input_event){
                 .kind = INPUT_KEY, .code = (u8)script_value(s, 1), .down = script_any(s) & 1});
}

static void word_mouse(struct script *s)
{
    event(s, (struct input_event){.kind = INPUT_MOUSE_MOVE,
                                  .x = (s16)script_value(s, 1),
                                  .y = (s16)script_value(s, 2)});
}

static void word_eject(struct script *s)
{
    event(s, (struct input_event){.kind = INPUT_EJECT, .code = drive(s)});
}

static void word_insert(struct script *s)
{
    event(s,
          (struct input_event){.kind = INPUT_INSERT, .code = drive(s), .text = strdup(text(s, 2))});
}

/* ---- the host ---- */

static void word_image(struct script *s)
{
    u8 sector[SECTOR_SIZE] = {0};
    FILE *file = fopen(text(s, 1), "wb");
    u64 n = script_value(s, 2);
    for (u64 i = 0; file && i < n; i++) {
        put32(sector, (u32)i);
        fwrite(sector, sizeof sector, 1, file);
    }
    if (!file || fclose(file))
        script_fail(s, "%s: cannot be made: %s", text(s, 1), strerror(errno));
}

static void word_byte(struct script *s)
{
    FILE *file = fopen(text(s, 1), "r+b");
    if (!file || fseek(file, (long)script_value(s, 2), SEEK_SET) ||
        fputc((int)script_value(s, 3), file) == EOF || fclose(file))
        script_fail(s, "%s: %s", text(s, 1), strerror(errno));
}

static void word_string(struct script *s)
{
    FILE *file = fopen(text(s, 1), "r+b");
    if (!file || fseek(file, (long)script_value(s, 2), SEEK_SET) ||
        fputs(text(s, 3), file) == EOF || fclose(file))
        script_fail(s, "%s: %s", text(s, 1), strerror(errno));
}

static void word_truncate(struct script *s)
{
    if (truncate(text(s, 1), (off_t)script_value(s, 2)))
        script_fail(s, "%s: %s", text(s, 1), strerror(errno));
}

static void word_size(struct script *s)
{
    struct stat st;
    if (stat(text(s, 1), &st) || (u64)st.st_size != script_value(s, 2))
        script_fail(s, "%s has %llu bytes", text(s, 1), (unsigned long long)st.st_size);
}

static void word_host(struct script *s)
{
    unsigned after = s->line[s->now].words > 3 ? (unsigned)script_value(s, 3) : 0;
    if (!host_fail(text(s, 1), text(s, 2), after))
        script_fail(s, "%s %s: no such failure", text(s, 1), text(s, 2));
}

static void word_message(struct script *s)
{
    char wanted[MESSAGE], line[MESSAGE];
    u64 count = 0;
    joined(s, 2, wanted, sizeof wanted);
    fflush(stderr);
    FILE *file = fopen("stderr", "r");
    while (file && fgets(line, sizeof line, file))
        count += strstr(line, wanted) != NULL;
    if (file)
        fclose(file);
    if (count != script_value(s, 1))
        script_fail(s, "'%s' was said %llu times", wanted, (unsigned long long)count);
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    void (*run)(struct script *s);
} words[] = {
    {"machine", word_machine},   {"run", word_run},     {"reset", word_reset},
    {"draw", word_draw},         {"ack", word_ack},     {"until", word_until},
    {"fill", word_fill},         {"cpu", word_cpu},     {"random", word_random},
    {"key", word_key},           {"mouse", word_mouse}, {"eject", word_eject},
    {"insert", word_insert},     {"image", word_image}, {"byte", word_byte},
    {"truncate", word_truncate}, {"size", word_size},   {"host", word_host},
    {"message", word_message},   {"same", word_same},   {"string", word_string},
};

bool script_word(struct script *s, const struct statement *line)
{
    if (access_word(s, line))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strcmp(line->word[0], words[i].name)) {
            words[i].run(s);
            return true;
        }
    return false;
}

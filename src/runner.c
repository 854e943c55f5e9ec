/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "src/runner.h"

enum {
    SLICE_NS = 2000000,
    PICTURE_NS = 16000000,
    BEHIND_NS = 100000000, /* later than that is not made up for */
    PAUSE_NS = 10000000,
    MESSAGE = 5200,
};

static u64 host_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (u64)now.tv_sec * NS_PER_S + (u64)now.tv_nsec;
}

static void rest(u64 ns)
{
    struct timespec wait = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
    nanosleep(&wait, NULL);
}

/* Real time */

static void rebase(struct runner *runner)
{
    runner->host_base = host_now();
    runner->guest_base = clock_now(&runner->machine->clock);
}

static void set_speed(struct runner *runner, u32 percent)
{
    runner->speed = percent;
    rebase(runner);
}

/* Sleep while guest time is ahead of real time; forget what cannot be caught up. */
static void pace(struct runner *runner)
{
    if (!runner->speed)
        return;
    u64 guest = clock_now(&runner->machine->clock) - runner->guest_base;
    u64 due = runner->host_base + guest * 100 / runner->speed, now = host_now();
    if (due > now)
        rest(due - now);
    if (now > due + BEHIND_NS || guest > 3600ull * NS_PER_S)
        rebase(runner);
}

/* The figure of the title, once a second. */
static void measure(struct runner *runner, u64 now)
{
    u64 host = now - runner->host_second;
    if (host < NS_PER_S)
        return;
    vtime guest = clock_now(&runner->machine->clock);
    status_set_speed(runner->status, (u32)((guest - runner->guest_second) * 100 / host),
                     !runner->speed);
    runner->host_second = now;
    runner->guest_second = guest;
}

static void picture(struct runner *runner, u64 now)
{
    if (!runner->render || now < runner->next_picture)
        return;
    vga_render(&runner->machine->pc.vga, &runner->machine->display);
    runner->next_picture = now + PICTURE_NS;
}

/* Input */

static void set_paused(struct runner *runner, bool paused)
{
    runner->paused = paused;
    status_set_paused(runner->status, paused);
    if (paused)
        drives_flush(&runner->machine->drives);
    rebase(runner);
}

/* False: the power switch. */
static bool take_event(struct runner *runner, struct input_event *event)
{
    char message[MESSAGE];
    if (machine_event(runner->machine, event, message, sizeof message)) {
        if (message[0])
            status_message(runner->status, "%s", message);
        return true;
    }
    if (event->kind == INPUT_PAUSE)
        set_paused(runner, event->down);
    else if (event->kind == INPUT_SPEED)
        set_speed(runner, event->x > 0 ? (u32)event->x : 0);
    return event->kind != INPUT_POWER;
}

static bool take_input(struct runner *runner)
{
    struct input_event event;
    bool on = true;
    while (on && input_pop(&runner->machine->input, &event))
        on = take_event(runner, &event);
    return on;
}

/* The script */

static const struct frame *script_frame(void *owner)
{
    struct runner *runner = owner;
    vga_render(&runner->machine->pc.vga, &runner->machine->display);
    return display_peek(&runner->machine->display);
}

static const struct text_screen *script_text(void *owner)
{
    struct runner *runner = owner;
    vga_text(&runner->machine->pc.vga, &runner->text);
    return &runner->text;
}

static struct script_view view_of(struct runner *runner)
{
    return (struct script_view){
        .now = clock_now(&runner->machine->clock),
        .frame = script_frame,
        .text = script_text,
        .owner = runner,
        .input = &runner->machine->input,
        .absolute = vmport_is_absolute(&runner->machine->pc.vmport),
    };
}

/* False: the script has ended, and with it the run. */
static bool step_script(struct runner *runner)
{
    if (!runner->script)
        return true;
    struct script_view view = view_of(runner);
    enum script_end end = script_step(runner->script, &view);
    runner->exit_code = end == SCRIPT_FAILED ? EXIT_SCRIPT : EXIT_PASSED;
    return end == SCRIPT_RUNS;
}

/* The machine ended by itself: what the script still wanted decides, where nothing else does. */
static void finish_script(struct runner *runner)
{
    struct script_view view = view_of(runner);
    if (runner->script && runner->exit_code == EXIT_PASSED &&
        script_finish(runner->script, &view) == SCRIPT_FAILED)
        runner->exit_code = EXIT_SCRIPT;
}

/* Limits and ends */

static vtime slice_end(const struct runner *runner)
{
    vtime now = clock_now(&runner->machine->clock);
    vtime end = now - now % SLICE_NS + SLICE_NS, limit = runner->options->max_guest_time;
    if (limit && limit < end)
        end = limit;
    if (runner->script && script_wake(runner->script) < end)
        end = script_wake(runner->script);
    if (runner->options->hash_every && runner->next_hash < end)
        end = runner->next_hash;
    return end;
}

static bool limit_reached(const struct runner *runner, u64 now)
{
    const struct options *options = runner->options;
    return (options->max_time && now - runner->host_start >= options->max_time) ||
           (options->max_guest_time &&
            clock_now(&runner->machine->clock) >= options->max_guest_time);
}

static int exit_code_of(const struct machine *machine, enum machine_end end)
{
    static const int code[] = {
        [MACHINE_RUNS] = EXIT_PASSED,   [MACHINE_POWER_OFF] = EXIT_PASSED,
        [MACHINE_REBOOT] = EXIT_PASSED, [MACHINE_TRIPLE] = EXIT_TRIPLE,
        [MACHINE_INSNS] = EXIT_LIMIT,
    };
    if (end == MACHINE_DEBUG_EXIT)
        return (int)((machine->pc.debugport.exit_value << 1 | 1) & 0xff);
    return code[end];
}

/* With -no-shutdown the last picture stays until the user leaves, or -max-time. */
static void stay(struct runner *runner)
{
    status_set_stopped(runner->status);
    status_message(runner->status, "the guest has switched the machine off");
    while (!atomic_load(&runner->stop) && take_input(runner)) {
        if (limit_reached(runner, host_now())) {
            runner->exit_code = EXIT_LIMIT;
            return;
        }
        picture(runner, host_now());
        rest(PAUSE_NS);
    }
}

static void machine_ended(struct runner *runner, enum machine_end end)
{
    machine_poll(runner->machine); /* the guest's last words */
    drives_flush(&runner->machine->drives);
    runner->exit_code = exit_code_of(runner->machine, end);
    if (end == MACHINE_POWER_OFF && runner->options->no_shutdown && !runner->script)
        stay(runner);
    finish_script(runner);
}

/* -hash-every: equal lines of two runs prove that the two machines were equal. */
static void print_hash(struct runner *runner)
{
    vtime now = clock_now(&runner->machine->clock);
    if (!runner->options->hash_every || now < runner->next_hash)
        return;
    printf("hash %016llx at %llu.%03llu s, %llu instructions\n",
           (unsigned long long)machine_hash(runner->machine), (unsigned long long)(now / NS_PER_S),
           (unsigned long long)(now / 1000000 % 1000),
           (unsigned long long)machine_insns(runner->machine));
    runner->next_hash += runner->options->hash_every;
}

/* False: the run is over and exit_code says how. */
static bool between_slices(struct runner *runner)
{
    u64 now = host_now();
    print_hash(runner);
    machine_poll(runner->machine);
    if (!step_script(runner))
        return false;
    if (!take_input(runner)) {
        finish_script(runner);
        return false;
    }
    if (limit_reached(runner, now)) {
        runner->exit_code = EXIT_LIMIT;
        return false;
    }
    measure(runner, now);
    status_set_disk_lights(runner->status, machine_disk_lights(runner->machine));
    status_set_absolute(runner->status, vmport_is_absolute(&runner->machine->pc.vmport));
    picture(runner, now);
    return true;
}

static void run(struct runner *runner)
{
    while (!atomic_load(&runner->stop)) {
        if (!between_slices(runner))
            return;
        if (runner->paused) {
            rest(PAUSE_NS);
            continue;
        }
        enum machine_end end = machine_run(runner->machine, slice_end(runner));
        if (end != MACHINE_RUNS) {
            machine_ended(runner, end);
            return;
        }
        pace(runner);
    }
    runner->exit_code = runner->script ? EXIT_SCRIPT : EXIT_PASSED; /* cut short by the user */
}

static void *thread_main(void *owner)
{
    struct runner *runner = owner;
    runner->host_start = runner->host_second = host_now();
    set_speed(runner, runner->options->speed);
    run(runner);
    drives_flush(&runner->machine->drives);
    if (runner->render)
        vga_render(&runner->machine->pc.vga, &runner->machine->display);
    status_set_stopped(runner->status);
    atomic_store(&runner->context->quit, true);
    return NULL;
}

bool runner_start(struct runner *runner)
{
    atomic_init(&runner->stop, false);
    return !pthread_create(&runner->thread, NULL, thread_main, runner);
}

void runner_join(struct runner *runner)
{
    atomic_store(&runner->stop, true);
    pthread_join(runner->thread, NULL);
}

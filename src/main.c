/* SPDX-License-Identifier: MIT */
/* The program: options make a machine, which runs on a thread of its own; a front end shows it. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "frontend/frontend.h"
#include "frontend/script.h"
#include "src/base/log.h"
#include "src/machine.h"
#include "src/options.h"
#include "src/runner.h"

enum { MESSAGE = 5200 };

static int usage(const char *message)
{
    fprintf(stderr, "twin86: %s\n", message);
    return EXIT_USAGE;
}

/* What is printed instead of starting anything; false: nothing of it was asked for. */
static bool print_and_leave(const struct options *options)
{
    if (options->help)
        options_help(stdout);
    else if (options->version)
        printf("%s\n", PACKAGE_STRING);
    else if (options->cpu.help)
        options_cpu_help(stdout);
    else if (options->log && !strcmp(options->log, "help"))
        log_help(stdout);
    else if (options->print_config)
        options_print_config(options, stdout);
    else
        return false;
    return true;
}

static bool open_log(const struct options *options, FILE **file, char *message, size_t size)
{
    const char *bad;
    struct log_ranges addresses;
    if (options->log_addresses && log_ranges_parse(&addresses, options->log_addresses))
        log_filter(&addresses);
    if (options->log_file && !(*file = fopen(options->log_file, "we"))) {
        snprintf(message, size, "-D %s: %s", options->log_file, strerror(errno));
        return false;
    }
    log_to(*file);
    if (options->log)
        log_enable(options->log, &bad); /* looked at when it was taken */
    return true;
}

static const struct frontend *choose(const struct options *options)
{
    if (options->display)
        return frontend_find(options->display);
    if (options->script)
        return frontend_find("none");
    const struct frontend *usual = frontend_default();
    bool terminal_taken = false;
    for (unsigned i = 0; i < options->serial.count; i++)
        terminal_taken |= chardev_spec_is_stdio(options->serial.item[i]);
    return terminal_taken && !strcmp(usual->name, "term") ? frontend_find("none") : usual;
}

/* Signals are blocked everywhere and waited for here: they ask for an orderly end. */
struct signals {
    sigset_t set;
    struct frontend_context *context;
    atomic_int caught; /* 0: none */
    pthread_t thread;
};

static void *signals_wait(void *owner)
{
    struct signals *signals = owner;
    int number;
    while (!sigwait(&signals->set, &number)) {
        atomic_store(&signals->caught, number);
        atomic_store(&signals->context->quit, true);
    }
    return NULL;
}

static bool signals_start(struct signals *signals, struct frontend_context *context)
{
    signals->context = context;
    atomic_init(&signals->caught, 0);
    sigemptyset(&signals->set);
    sigaddset(&signals->set, SIGINT);
    sigaddset(&signals->set, SIGTERM);
    sigaddset(&signals->set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals->set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return !pthread_create(&signals->thread, NULL, signals_wait, signals);
}

static void signals_stop(struct signals *signals)
{
    pthread_cancel(signals->thread);
    pthread_join(signals->thread, NULL);
}

/* Machine and front end side by side until one of them ends. */
static int run(const struct frontend *frontend, struct runner *runner)
{
    char message[MESSAGE];
    struct frontend_context *context = runner->context;
    if (!frontend->open(context, message, sizeof message))
        return usage(message);
    bool started = runner_start(runner);
    if (started) {
        frontend_run(frontend, context);
        runner_join(runner);
    }
    frontend->close(context);
    return started ? runner->exit_code : usage("the host has no more threads");
}

static void bind_keys(struct frontend_context *context, const struct options *options)
{
    char message[MESSAGE];
    for (unsigned i = 0; i < options->key.count; i++)
        hotkeys_bind(&context->hotkeys, options->key.item[i], message, sizeof message);
}

static int run_machine(const struct options *options, struct machine *machine,
                       struct script *script)
{
    struct frontend_context context;
    struct status status;
    struct signals signals;
    char name[100];
    const struct frontend *frontend = choose(options);
    snprintf(name, sizeof name, "%s, %llu MHz, %llu MB", options->cpu.model->name,
             (unsigned long long)options->cpu.hz / 1000000, (unsigned long long)options->ram_mib);
    status_init(&status, name);
    frontend_context_init(&context, &machine->display, &machine->input, &status);
    context.full_screen = options->full_screen;
    if (options->speed)
        context.speed = (u16)options->speed;
    bind_keys(&context, options);
    struct runner runner = {.machine = machine, .options = options, .context = &context,
                            .status = &status, .script = script,
                            .render = strcmp(frontend->name, "none") != 0};
    int code = EXIT_USAGE;
    if (signals_start(&signals, &context)) {
        code = run(frontend, &runner);
        signals_stop(&signals);
        int caught = atomic_load(&signals.caught);
        code = caught && code == EXIT_PASSED ? 128 + caught : code;
    }
    status_free(&status);
    return code;
}

static int with_machine(const struct options *options, struct script *script)
{
    char message[MESSAGE];
    FILE *out = options->map ? NULL : stderr;
    struct machine *machine = machine_new(options, out, message, sizeof message);
    if (!machine)
        return usage(message);
    int code = EXIT_PASSED;
    if (script && machine->serial[0])
        chardev_set_tap(machine->serial[0], script_hear, script);
    if (options->map)
        pc_print(&machine->pc, stdout);
    else
        code = run_machine(options, machine, script);
    machine_free(machine);
    return code;
}

static int with_script(const struct options *options)
{
    char message[MESSAGE];
    struct script *script = NULL;
    if (options->script && !(script = script_open(options->script, message, sizeof message)))
        return usage(message);
    int code = with_machine(options, script);
    script_close(script);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    char message[MESSAGE];
    FILE *log = NULL;
    int code = EXIT_PASSED;
    if (!options_parse(&options, argc, argv, message, sizeof message))
        code = usage(message);
    else if (print_and_leave(&options))
        code = EXIT_PASSED;
    else if (!open_log(&options, &log, message, sizeof message))
        code = usage(message);
    else
        code = with_script(&options);
    options_free(&options);
    log_to(NULL);
    if (log)
        fclose(log);
    return code;
}

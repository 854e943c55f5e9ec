/* SPDX-License-Identifier: MIT */
/*
 * Runs the scripts named, or all of tests/escapes: what guests have done to other emulators to get
 * out of them, and what hosts do to disks. Each in a process and a folder of its own; what fails is
 * told with all that the process has said.
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/escapes/script.h"

enum { SECONDS = 200 }; /* of the processor, for a script */

static char folder[] = "escape-XXXXXX";

/* In the child. */
static void run(const char *path)
{
    char full[PATH_MAX];
    int out = dup(STDOUT_FILENO);
    if (out < 0 || !realpath(path, full) || chdir(folder) || !freopen("stderr", "w", stderr)) {
        perror(path);
        _exit(1);
    }
    setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS, SECONDS});
    script_run(full, fdopen(out, "w"));
    exit(0);
}

static void show_errors(void)
{
    char path[64], line[1000];
    snprintf(path, sizeof path, "%s/stderr", folder);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        printf("    %s", line);
    if (file)
        fclose(file);
}

static void remove_folder(void)
{
    char pattern[64];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    if (!glob(pattern, 0, NULL, &found)) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
        globfree(&found);
    }
    rmdir(folder);
}

static bool passes(const char *path)
{
    int status = -1;
    strcpy(folder, "escape-XXXXXX");
    if (!mkdtemp(folder)) {
        perror(folder);
        return false;
    }
    fflush(stdout);
    pid_t child = fork();
    if (!child)
        run(path);
    bool ended = child > 0 && waitpid(child, &status, 0) == child;
    bool good = ended && WIFEXITED(status) && !WEXITSTATUS(status);
    if (!good)
        show_errors();
    if (ended && WIFSIGNALED(status))
        printf("    ended by signal %d%s\n", WTERMSIG(status),
               WTERMSIG(status) == SIGKILL ? ": it took too long" : "");
    printf("%s %s\n", good ? "ok  " : "FAIL", path);
    remove_folder();
    return good;
}

int main(int argc, char **argv)
{
    const char *top = getenv("srcdir");
    char pattern[PATH_MAX];
    glob_t all = {.gl_pathc = 0};
    unsigned failed = 0;
    snprintf(pattern, sizeof pattern, "%s/tests/escapes/*.escape", top ? top : ".");
    if (argc == 1 && glob(pattern, 0, NULL, &all)) {
        fprintf(stderr, "escapes: no scripts: %s\n", pattern);
        return 1;
    }
    for (int i = 1; i < argc; i++)
        failed += !passes(argv[i]);
    for (size_t i = 0; i < all.gl_pathc; i++)
        failed += !passes(all.gl_pathv[i]);
    if (all.gl_pathc)
        globfree(&all);
    return failed != 0;
}

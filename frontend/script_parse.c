/* SPDX-License-Identifier: MIT */
/*
 * Reads a script's commands and checks every line, so that a typing error is found before the
 * machine starts and not after a minute of guest time.
 */
#include "frontend/script_parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/script_words.h"
#include "frontend/typist.h"
#include "src/base/clock.h"
#include "src/base/nearest.h"
#include "src/host/input.h"

static const struct verb {
    const char *name, *arguments;
} verbs[] = {
#define X(id, name, arguments) {name, arguments},
    SCRIPT_VERBS(X)
#undef X
};

/* The line being parsed. */
struct parser {
    const char *path;
    unsigned line;
    const struct verb *verb; /* NULL: not known yet */
    char *message;
    size_t size;
};

static bool fail(struct parser *parser, const char *format, ...) PRINTF(2, 3);
static bool fail(struct parser *parser, const char *format, ...)
{
    char what[300];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    snprintf(parser->message, parser->size, "%s:%u: %s%s%s", parser->path, parser->line,
             parser->verb ? parser->verb->name : "", parser->verb ? ": " : "", what);
    return false;
}

static char *copy(const char *text)
{
    return strdup(text);
}

/* Digits, a point and up to nine digits: not strtod(), which obeys the host's locale. */
static bool parse_seconds(struct parser *parser, const struct script_word *word,
                          struct command *command)
{
    const char *p = word->text;
    u64 whole = 0, part = 0, unit = NS_PER_S;

    for (; isdigit((unsigned char)*p) && whole < 100000000; p++)
        whole = whole * 10 + (u64)(*p - '0');
    if (*p == '.')
        for (p++; isdigit((unsigned char)*p) && unit > 1; p++)
            part += (u64)(*p - '0') * (unit /= 10);
    if (*p || p == word->text || p[-1] == '.' || word->kind != WORD_BARE)
        return fail(parser, "\"%s\" is not a time in seconds", word->text);
    command->ns = whole * NS_PER_S + part;
    return true;
}

static bool parse_pattern(struct parser *parser, const struct script_word *word,
                          struct command *command)
{
    struct pattern *pattern = &command->pattern;
    char why[120];
    int error;

    if (!*word->text)
        return fail(parser, "the text to look for is empty");
    pattern->text = copy(word->text);
    if (word->kind != WORD_REGEX)
        return pattern->text || fail(parser, "no memory");
    error = regcomp(&pattern->regex, word->text, REG_EXTENDED | REG_NEWLINE);
    pattern->is_regex = !error;
    if (!error)
        return true;
    regerror(error, &pattern->regex, why, sizeof why);
    return fail(parser, "the regular expression is wrong: %s", why);
}

static bool parse_text(struct parser *parser, const struct script_word *word,
                       struct command *command)
{
    if (word->kind == WORD_REGEX)
        return fail(parser, "expected text in \"quotes\", not a regular expression");
    if (!typist_can(word->text))
        return fail(parser, "there is a character in \"%s\" that no key types", word->text);
    command->text = copy(word->text);
    return command->text || fail(parser, "no memory");
}

/* The part of a chord that is no key, for the message. */
static bool bad_keys(struct parser *parser, const char *text)
{
    char word[32];
    const char *near;

    for (; *text; text += *text != 0) {
        size_t n = strcspn(text, "-+");
        snprintf(word, sizeof word, "%.*s", (int)n, text);
        near = keymap_key(word) ? NULL : nearest_name(word, keymap_all_names, NULL);
        if (near)
            return fail(parser, "no key is named \"%s\"; did you mean %s?", word, near);
        if (!keymap_key(word))
            return fail(parser, "no key is named \"%s\"", word);
        text += n;
    }
    return fail(parser, "expected keys such as ctrl-alt-del, at most %u", KEY_CHORD);
}

static bool parse_keys(struct parser *parser, const struct script_word *word,
                       struct command *command)
{
    return keymap_chord(word->text, &command->chord) || bad_keys(parser, word->text);
}

static bool parse_number(struct parser *parser, const struct script_word *word, long low, long high,
                         s32 *number)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(word->text, &end, 10);
    if (errno || *end || end == word->text || value < low || value > high)
        return fail(parser, "\"%s\" is not a number from %ld to %ld", word->text, low, high);
    *number = (s32)value;
    return true;
}

static bool parse_x(struct parser *parser, const struct script_word *word, struct command *command)
{
    return parse_number(parser, word, 0, 4095, &command->x);
}

static bool parse_y(struct parser *parser, const struct script_word *word, struct command *command)
{
    return parse_number(parser, word, 0, 4095, &command->y);
}

static bool parse_right(struct parser *parser, const struct script_word *word,
                        struct command *command)
{
    return parse_number(parser, word, -32767, 32767, &command->x);
}

static bool parse_down(struct parser *parser, const struct script_word *word,
                       struct command *command)
{
    return parse_number(parser, word, -32767, 32767, &command->y);
}

static bool parse_turns(struct parser *parser, const struct script_word *word,
                        struct command *command)
{
    return parse_number(parser, word, -127, 127, &command->y);
}

static bool parse_hex(const char *text, size_t least, size_t most, u64 *number)
{
    size_t n = strlen(text);

    *number = strtoull(text, NULL, 16);
    return n >= least && n <= most && strspn(text, "0123456789abcdefABCDEF") == n;
}

static bool parse_colour(struct parser *parser, const struct script_word *word,
                         struct command *command)
{
    u64 colour;

    if (!parse_hex(word->text + (*word->text == '#'), 6, 6, &colour))
        return fail(parser, "\"%s\" is not a colour such as #00aa00", word->text);
    command->number = (u32)colour;
    return true;
}

static bool parse_hash(struct parser *parser, const struct script_word *word,
                       struct command *command)
{
    return parse_hex(word->text, 1, 16, &command->hash) ||
           fail(parser, "\"%s\" is not a hash of up to 16 hexadecimal digits", word->text);
}

static bool parse_button(struct parser *parser, const struct script_word *word,
                         struct command *command)
{
    static const char *const names[] = {"left", "right", "middle", "back", "forward"};
    static const u8 bits[] = {MOUSE_LEFT, MOUSE_RIGHT, MOUSE_MIDDLE, MOUSE_BACK, MOUSE_FORWARD};

    for (unsigned i = 0; i < ARRAY_LEN(names); i++)
        if (!strcmp(word->text, names[i]))
            command->number = bits[i];
    return command->number ||
           fail(parser, "\"%s\" is not a button: left, right, middle, back or forward", word->text);
}

static bool parse_drive(struct parser *parser, const struct script_word *word,
                        struct command *command)
{
    char letter = (char)tolower((unsigned char)word->text[0]);

    if ((letter != 'a' && letter != 'b') || (word->text[1] && strcmp(word->text + 1, ":")))
        return fail(parser, "\"%s\" is not a floppy drive: a or b", word->text);
    command->number = (u32)(letter - 'a');
    return true;
}

static bool parse_any_drive(struct parser *parser, const struct script_word *word,
                            struct command *command)
{
    if (!strcmp(word->text, "cd0"))
        command->number = INPUT_DRIVE_CD;
    else if (!strcmp(word->text, "a") || !strcmp(word->text, "b"))
        command->number = word->text[0] == 'a' ? INPUT_DRIVE_A : INPUT_DRIVE_B;
    else
        return fail(parser, "\"%s\" is not a drive: a, b or cd0", word->text);
    return true;
}

static bool parse_file(struct parser *parser, const struct script_word *word,
                       struct command *command)
{
    if (!*word->text || word->kind == WORD_REGEX)
        return fail(parser, "expected a file name; one that begins with / goes in \"quotes\"");
    command->text = copy(word->text);
    return command->text || fail(parser, "no memory");
}

static bool parse_image(struct parser *parser, const struct script_word *word,
                        struct command *command)
{
    struct stat stat_;

    if (!parse_file(parser, word, command))
        return false;
    if (stat(command->text, &stat_) || access(command->text, R_OK))
        return fail(parser, "%s: %s", command->text, strerror(errno));
    if (!S_ISREG(stat_.st_mode))
        return fail(parser, "%s: not a file", command->text);
    return true;
}

static const struct argument {
    const char *name, *what;
    bool (*parse)(struct parser *parser, const struct script_word *word, struct command *command);
} arguments[] = {
    {"PATTERN", "a \"text\" or /regular expression/ to look for", parse_pattern},
    {"SECONDS", "a time in seconds", parse_seconds},
    {"TEXT", "a \"text\"", parse_text},
    {"KEYS", "keys, such as ctrl-alt-del", parse_keys},
    {"X", "a column of the picture", parse_x},
    {"Y", "a row of the picture", parse_y},
    {"RIGHT", "how far to the right", parse_right},
    {"DOWN", "how far down", parse_down},
    {"COLOUR", "a colour such as #00aa00", parse_colour},
    {"HASH", "a hash in hexadecimal", parse_hash},
    {"TURNS", "the wheel's steps towards the user", parse_turns},
    {"BUTTON", "left, right, middle, back or forward", parse_button},
    {"DRIVE", "a drive, a or b", parse_drive},
    {"ANYDRIVE", "a drive, a, b or cd0", parse_any_drive},
    {"FILE", "a file name", parse_file},
    {"IMAGE", "a disk image", parse_image},
};

/* The row of ARGUMENTS's next name, which *TEXT is moved behind; NULL: no more. */
static const struct argument *next_argument(const char **text, bool *optional)
{
    size_t n;

    while (**text == ' ' || **text == '?') {
        *optional |= **text == '?';
        ++*text;
    }
    n = strcspn(*text, " ");
    for (size_t i = 0; n && i < ARRAY_LEN(arguments); i++) {
        if (strlen(arguments[i].name) == n && !strncmp(arguments[i].name, *text, n)) {
            *text += n;
            return &arguments[i];
        }
    }
    return NULL;
}

static bool parse_arguments(struct parser *parser, const struct script_words *words, unsigned first,
                            struct command *command)
{
    const char *rest = parser->verb->arguments;
    const struct argument *argument;
    bool optional = false;
    unsigned i = first;

    for (; (argument = next_argument(&rest, &optional)); i++) {
        if (i == words->count)
            return optional || fail(parser, "%s is missing", argument->what);
        if (!argument->parse(parser, &words->word[i], command))
            return false;
    }
    return i == words->count || fail(parser, "\"%s\" is too much", words->word[i].text);
}

static const char *verb_at(const void *unused, unsigned i)
{
    (void)unused;
    return i < VERB_COUNT ? verbs[i].name : NULL;
}

/* Does VERB have two words, of which the first is WORD? */
static bool begins(const struct verb *verb, const char *word)
{
    size_t n = strlen(word);

    return !strncmp(verb->name, word, n) && verb->name[n] == ' ';
}

/* The verbs that begin with WORD, as "wait text, wait serial". */
static void list_verbs(const char *word, char *list, size_t size)
{
    size_t n = 0;

    *list = 0;
    for (size_t i = 0; i < VERB_COUNT && n < size; i++)
        if (begins(&verbs[i], word))
            n += (size_t)snprintf(list + n, size - n, "%s%s", n ? ", " : "", verbs[i].name);
}

static bool unknown_verb(struct parser *parser, const char *one, const char *two)
{
    char known[120];
    const char *near = nearest_name(two, verb_at, NULL);

    list_verbs(one, known, sizeof known);
    if (*known)
        return fail(parser, "%s needs a second word: %s", one, known);
    if (!near)
        near = nearest_name(one, verb_at, NULL);
    return near ? fail(parser, "unknown command \"%s\"; did you mean %s?", one, near)
                : fail(parser, "unknown command \"%s\"", one);
}

/* The verb of one or two words; *FIRST is set to the first word of its arguments. */
static bool find_verb(struct parser *parser, const struct script_words *words, unsigned *first)
{
    char two[80];

    snprintf(two, sizeof two, "%s %s", words->word[0].text,
             words->count > 1 ? words->word[1].text : "");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        bool both = !strcmp(verbs[i].name, two);
        if (both || !strcmp(verbs[i].name, words->word[0].text)) {
            parser->verb = &verbs[i];
            *first = both ? 2 : 1;
            return true;
        }
    }
    return unknown_verb(parser, words->word[0].text, two);
}

static bool parse_command(struct parser *parser, const struct script_words *words,
                          struct command *command)
{
    unsigned first = 0;

    if (!find_verb(parser, words, &first))
        return false;
    command->verb = (enum script_verb)(parser->verb - verbs);
    return parse_arguments(parser, words, first, command);
}

static struct command *new_command(struct commands *commands)
{
    struct command *command;

    if (commands->count == commands->room) {
        size_t room = commands->room ? 2 * commands->room : 32;
        command = realloc(commands->command, room * sizeof *command);
        if (!command)
            return NULL;
        commands->command = command;
        commands->room = room;
    }
    command = &commands->command[commands->count++];
    memset(command, 0, sizeof *command);
    return command;
}

static char *trimmed(const char *line, size_t n)
{
    for (; n && isspace((unsigned char)*line); n--)
        line++;
    while (n && isspace((unsigned char)line[n - 1]))
        n--;
    return strndup(line, n);
}

static bool parse_line(struct parser *parser, struct commands *commands, const char *line, size_t n)
{
    struct script_words words;
    const char *wrong = script_words_split(&words, line, n);
    struct command *command = !wrong && words.count ? new_command(commands) : NULL;
    bool good = !wrong || fail(parser, "%s", wrong);

    if (command) {
        command->line = parser->line;
        command->source = trimmed(line, n);
        good = command->source ? parse_command(parser, &words, command) : fail(parser, "no memory");
    } else if (good && words.count) {
        good = fail(parser, "no memory");
    }
    script_words_free(&words);
    return good;
}

bool script_parse(struct commands *commands, const char *path, const char *text, char *message,
                  size_t size)
{
    struct parser parser = {.path = path, .message = message, .size = size};
    bool good = true;

    memset(commands, 0, sizeof *commands);
    if (!strncmp(text, "\xef\xbb\xbf", 3)) /* a mark that some editors leave */
        text += 3;
    while (good && *text) {
        size_t n = strcspn(text, "\n");
        parser.line++;
        parser.verb = NULL;
        good = parse_line(&parser, commands, text, n);
        text += n + (text[n] != 0);
    }
    if (!good)
        commands_free(commands);
    return good;
}

void commands_free(struct commands *commands)
{
    for (size_t i = 0; i < commands->count; i++) {
        struct command *command = &commands->command[i];
        if (command->pattern.is_regex)
            regfree(&command->pattern.regex);
        free(command->pattern.text);
        free(command->text);
        free(command->source);
    }
    free(commands->command);
    memset(commands, 0, sizeof *commands);
}

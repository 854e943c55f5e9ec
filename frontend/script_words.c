/* SPDX-License-Identifier: MIT */
/* Splits a script's line into words, and brings regular expressions into the form of POSIX. */
#include "frontend/script_words.h"

#include <ctype.h>
#include <stdlib.h>

struct reader {
    const char *at, *end;
    char *to;
};

static bool is_blank(char c)
{
    return isspace((unsigned char)c);
}

static void put(struct reader *reader, const char *text)
{
    while (*text)
        *reader->to++ = *text++;
}

static const char *read_text(struct reader *reader)
{
    static const char escaped[] = "nt\"\\", meant[] = "\n\t\"\\";

    for (; reader->at < reader->end && *reader->at != '"'; reader->at++) {
        const char *escape = *reader->at == '\\' && reader->at + 1 < reader->end
                                 ? strchr(escaped, reader->at[1])
                                 : NULL;
        reader->at += escape != NULL;
        *reader->to++ = escape ? meant[escape - escaped] : *reader->at;
    }
    return reader->at++ == reader->end ? "the closing \" is missing" : NULL;
}

/* A bracket expression, to its end: nothing in it is special to us. */
static void read_bracket(struct reader *reader)
{
    const char *p = reader->at + 1;

    p += p < reader->end && *p == '^';
    p += p < reader->end && *p == ']';
    while (p < reader->end && *p != ']') {
        bool class = *p == '[' && p + 1 < reader->end && strchr(":.=", p[1]);
        const char *close = class ? memchr(p + 2, ']', (size_t)(reader->end - p - 2)) : NULL;
        p = close ? close + 1 : p + 1;
    }
    p += p < reader->end;
    memcpy(reader->to, reader->at, (size_t)(p - reader->at));
    reader->to += p - reader->at;
    reader->at = p;
}

/* A backslash and what follows: \/ is a slash, \n and \t what C has, the rest is POSIX's. */
static void read_regex_escape(struct reader *reader)
{
    char c = reader->at + 1 < reader->end ? reader->at[1] : 0;
    const char plain[2] = {c == 'n' ? '\n' : c == 't' ? '\t' : c};

    if (c != 'n' && c != 't' && c != '/')
        put(reader, "\\");
    put(reader, plain);
    reader->at += c ? 2 : 1;
}

/* ^ and $ match at every line, as REG_NEWLINE has it, but a dot matches the end of a line too. */
static const char *read_regex(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at != '/') {
        if (*reader->at == '[') {
            read_bracket(reader);
        } else if (*reader->at == '\\') {
            read_regex_escape(reader);
        } else if (*reader->at == '.') {
            put(reader, "(.|\n)");
            reader->at++;
        } else {
            *reader->to++ = *reader->at++;
        }
    }
    return reader->at++ == reader->end ? "the closing / is missing" : NULL;
}

static void read_bare(struct reader *reader)
{
    while (reader->at < reader->end && !is_blank(*reader->at))
        *reader->to++ = *reader->at++;
}

static const char *read_word(struct reader *reader, struct script_word *word)
{
    const char *wrong = NULL;
    char first = *reader->at;

    word->text = reader->to;
    word->kind = first == '"' ? WORD_TEXT : first == '/' ? WORD_REGEX : WORD_BARE;
    if (word->kind == WORD_BARE) {
        read_bare(reader);
    } else {
        reader->at++;
        wrong = first == '"' ? read_text(reader) : read_regex(reader);
    }
    *reader->to++ = 0;
    if (!wrong && reader->at < reader->end && !is_blank(*reader->at))
        wrong = "a blank is missing after the closing quote";
    return wrong;
}

static bool is_colour_next(const struct script_words *words)
{
    return words->count == 4 && !strcmp(words->word[0].text, "assert") &&
           !strcmp(words->word[1].text, "pixel");
}

const char *script_words_split(struct script_words *words, const char *line, size_t n)
{
    struct reader reader = {line, line + n, NULL};
    const char *wrong = NULL;

    words->count = 0;
    reader.to = words->room = malloc(6 * n + SCRIPT_WORDS + 1); /* a dot takes six bytes */
    if (!reader.to)
        return "no memory";
    while (!wrong) {
        while (reader.at < reader.end && is_blank(*reader.at))
            reader.at++;
        if (reader.at == reader.end || (*reader.at == '#' && !is_colour_next(words)))
            break;
        if (words->count == SCRIPT_WORDS)
            return "too many words";
        wrong = read_word(&reader, &words->word[words->count++]);
    }
    return wrong;
}

void script_words_free(struct script_words *words)
{
    free(words->room);
    words->room = NULL;
}

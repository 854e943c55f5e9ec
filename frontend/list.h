/* SPDX-License-Identifier: MIT */
/* The front ends, for frontend.c alone: a new one is a line here and a row there. */
#ifndef FRONTEND_LIST_H
#define FRONTEND_LIST_H

#include "frontend/frontend.h"

extern const struct frontend frontend_sdl;      /* sdl.c, with HAVE_SDL */
extern const struct frontend frontend_term;     /* term.c, with HAVE_NCURSES */
extern const struct frontend frontend_headless; /* headless.c */

bool sdl_display_there(void); /* a window could be opened */
bool term_there(void);        /* standard input and output are a terminal */

#endif

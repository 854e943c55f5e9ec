/* SPDX-License-Identifier: MIT */
/*
 * Drops a file on a window of the X server, as a file manager would: drop WINDOW PATH. For
 * tests/window.sh, which builds it where there is libX11. Exit code 0: the window took it.
 * "Drag-and-Drop Protocol for the X Window System", version 5.
 */
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Display *display;
static Window target, source;

static Atom atom(const char *name)
{
    return XInternAtom(display, name, False);
}

static void say(const char *type, long a, long b, long c, long d)
{
    XClientMessageEvent message = {.type = ClientMessage,
                                   .display = display,
                                   .window = target,
                                   .message_type = atom(type),
                                   .format = 32,
                                   .data.l = {(long)source, a, b, c, d}};
    XSendEvent(display, target, False, NoEventMask, (XEvent *)&message);
    XFlush(display);
}

/* The window asks for the list of files. */
static void answer(const XSelectionRequestEvent *request, const char *path)
{
    char list[5000];
    XSelectionEvent notify = {.type = SelectionNotify,
                              .display = display,
                              .requestor = request->requestor,
                              .selection = request->selection,
                              .target = request->target,
                              .property = request->property,
                              .time = request->time};
    int n = snprintf(list, sizeof list, "file://%s\r\n", path);

    XChangeProperty(display, request->requestor, request->property, request->target, 8,
                    PropModeReplace, (const unsigned char *)list, n);
    XSendEvent(display, request->requestor, False, NoEventMask, (XEvent *)&notify);
    XFlush(display);
}

/* Everything up to XdndFinished; false: it refused. */
static int drop(const char *path)
{
    for (XEvent event;;) {
        XNextEvent(display, &event);
        if (event.type == SelectionRequest) {
            answer(&event.xselectionrequest, path);
        } else if (event.type == ClientMessage &&
                   event.xclient.message_type == atom("XdndStatus")) {
            if (!(event.xclient.data.l[1] & 1))
                return 0;
            say("XdndDrop", 0, CurrentTime, 0, 0);
        } else if (event.type == ClientMessage &&
                   event.xclient.message_type == atom("XdndFinished")) {
            return 1;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 || !(display = XOpenDisplay(NULL)))
        return 2;
    alarm(10);
    target = strtoul(argv[1], NULL, 0);
    source = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0);
    XSetSelectionOwner(display, atom("XdndSelection"), source, CurrentTime);
    say("XdndEnter", 5l << 24, (long)atom("text/uri-list"), 0, 0);
    say("XdndPosition", 0, 10l << 16 | 10, CurrentTime, (long)atom("XdndActionCopy"));
    return drop(argv[2]) ? 0 : 1;
}

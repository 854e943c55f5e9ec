#!/bin/sh
# A real window under Xvfb, used as a person would: with keys, mouse and clipboard through the X
# server, looked at from outside. First with a front end without a PC, then with DOS.
# Run from the build folder. GUESTS: the folder with freedos-1440k.img.gz.
srcdir=${srcdir:-$(dirname "$0")/..}
guests=${GUESTS:-$srcdir/../shared/guests}
for tool in Xvfb xdotool import convert compare; do
    command -v $tool >/dev/null || { echo "no $tool: skipped"; exit 77; }
done
echo=$PWD/tests/frontend_echo
program=$PWD/twin86
[ -x "$echo" ] || exit 77
"$echo" sdl 0 2>&1 | grep -q usage && exit 77 # built without it
dir=$(mktemp -d) || exit 1
bad=0 xvfb='' running=''
finish() {
    [ -z "$running" ] || kill "$running" 2>/dev/null
    [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT
ASAN_OPTIONS=detect_leaks=0 # the X and SDL libraries keep a little
ECHO_LOG=$dir/log
export ASAN_OPTIONS ECHO_LOG

fail() {
    echo "FAIL: $1"
    bad=1
}
wait_for() { # seconds, command: until it succeeds
    n=$(($1 * 5))
    shift
    while [ $n -gt 0 ]; do
        "$@" && return 0
        sleep 0.2
        n=$((n - 1))
    done
    return 1
}
has_title() { xdotool getwindowname "$window" 2>/dev/null | grep -qF -- "$1"; }
has_line() { grep -qF -- "$1" "$dir/log"; }
find_window() { window=$(xdotool search --onlyvisible --name twin86 2>/dev/null | head -n 1); [ "$window" ]; }
open_window() { # command
    "$@" >"$dir/out" 2>&1 &
    running=$!
    wait_for 20 find_window || { fail "no window: $(cat "$dir/out")"; exit 1; }
    xdotool windowfocus "$window"
    sleep 0.5
}
expect() { # what it is about, and what the log must say within a few seconds
    wait_for 5 has_line "$2" || fail "$1: no \"$2\" in: $(tail -n 12 "$dir/log")"
}
title() { wait_for 5 has_title "$1" || fail "title: $(xdotool getwindowname "$window"), not $1"; }
ended() { ! kill -0 "$running" 2>/dev/null; }
look() { import -window "$window" "$dir/window.png"; }
colour() { convert "$dir/window.png" -format "%[hex:p{$1,$2}]" info: | cut -c1-6; }

Xvfb -noreset -displayfd 1 -screen 0 1024x768x24 -nolisten tcp >"$dir/display" 2>"$dir/xvfb" &
xvfb=$!
wait_for 20 test -s "$dir/display" || { echo "Xvfb: $(cat "$dir/xvfb")"; exit 77; }
DISPLAY=:$(cat "$dir/display")
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER
drop=$(cd "$(dirname "$0")" && pwd)/drop.c
cd "$dir" || exit 1
cc -o drop "$drop" -lX11 2>cc.log || echo 'no libX11: dropping files is not tried'

# ---- the front end alone ----
open_window "$echo" sdl 60
title 'twin86 - echo, no memory - running at 100 % of real time - a click or Ctrl-F10 captures'
xdotool key a
expect 'a key' 'key 1e up'
xdotool keydown Left
sleep 0.8 # the host repeats
xdotool keyup Left
expect 'a held key' 'key cb up'
[ "$(grep -c 'key cb down' log)" = 1 ] || fail 'the repeat of the host reached the guest'
xdotool key ctrl+alt+p
title 'paused'
expect 'pause' 'pause 00 down'
xdotool key ctrl+alt+p
expect 'go on' 'pause 00 up'
xdotool key ctrl+alt+f
expect 'full speed' 'speed 00 up 0 0 0'
title 'running at full speed, 1234 %'
xdotool key ctrl+alt+f
expect 'real time' 'speed 00 up 100 0 0'
xdotool key ctrl+F4
expect 'next disk' 'next disk 00'
xdotool key ctrl+shift+F4
expect 'eject' 'eject 00'
xdotool key ctrl+F3
expect 'next CD' 'next disk 02'
xdotool key ctrl+shift+F3
expect 'eject the CD' 'eject 02'
xdotool key ctrl+F12
expect 'Ctrl-Alt-Del' 'key d3 down'
xdotool mousemove 400 300 mousemove_relative 5 5
sleep 0.3
grep -q '^move' log && fail 'the mouse moved without being captured'
xdotool click 1
title 'Ctrl-F10 frees the mouse'
grep -q '^button' log && fail 'the click that captures reached the guest'
xdotool mousemove_relative 10 7
expect 'the mouse' 'move 00 up 10 7 0'
xdotool click 3
expect 'a button' 'button 02 up'
xdotool click 5
expect 'the wheel' 'move 00 up 0 0 1'
xdotool key ctrl+F10
title 'captures the mouse'
# A guest that takes the pointer's place: nothing is captured.
xdotool keydown F2
title 'the mouse needs no capture'
xdotool mousemove --window "$window" 480 360
sleep 0.3
xdotool mousemove --window "$window" 0 0
expect 'the left upper corner' 'at 00 up 0 0 0'
xdotool mousemove --window "$window" 959 719
expect 'the right lower corner' 'at 00 up 65535 65535 0'
grep -qE '^at 00 up (327[0-9]*|328[0-9]*) (327[0-9]*|328[0-9]*) 0' log || fail 'the middle is elsewhere'
xdotool click 1
expect 'a click' 'button 01 up'
xdotool click 8
expect 'the fourth button' 'button 08 up'
xdotool click 4
expect 'the wheel away' '0 0 -1'
xdotool keyup F2
title 'captures the mouse'
xdotool key ctrl+alt+c
title 'the screen'
xdotool key ctrl+alt+v # "first row" and so on, as keys
expect 'pasted f' 'key 21 up'
expect 'pasted i' 'key 17 up'
look
[ "$(colour 100 300)" = 0000AA ] || fail "text mode is $(colour 100 300)"
xdotool key F1
sleep 1
look
[ "$(colour 100 100) $(colour 860 100) $(colour 100 620) $(colour 860 620)" = \
    'FF0000 00FF00 0000FF FFFFFF' ] || fail 'the picture is not the one that was drawn'
xdotool key ctrl+F5
title 'screenshot in twin86-001.png'
xdotool key ctrl+F5
wait_for 5 test -s twin86-002.png || fail 'no second screenshot'
[ "$(convert twin86-001.png -format '%wx%h %[hex:p{319,0}]' info:)" = '320x200 00FF00' ] ||
    fail 'the screenshot is not the picture'
xdotool windowsize "$window" 640 640
sleep 1
look # 640x480 in the middle
[ "$(colour 10 10) $(colour 10 100)" = '000000 FF0000' ] || fail 'no border, or no 4:3'
xdotool key alt+Return
sleep 1
xdotool key alt+Return
xdotool keydown shift
expect 'shift' 'key 2a down'
xdotool windowfocus "$(xdotool search --maxdepth 0 '' 2>/dev/null | head -n 1)" 2>/dev/null ||
    xdotool windowunmap "$window"
expect 'keys are let go with the focus' 'key 2a up'
xdotool keyup shift windowmap "$window"
sleep 0.5
xdotool windowfocus "$window"
sleep 0.3
xdotool key ctrl+F9
wait_for 5 ended || fail 'Ctrl-F9 did not end it'
wait "$running" || fail 'it ended with an error'
running=''
grep -q '^closed' out || fail 'not closed in order'
SDL_VIDEODRIVER=dummy timeout 20 "$echo" sdl 1 >dummy 2>&1 || fail "dummy: $(cat dummy)"
DISPLAY=:99999 timeout 20 "$echo" sdl 1 >none 2>&1 && fail 'opened a window without a display'
grep -q 'no window can be opened here' none || fail "without a display: $(cat none)"

# ---- DOS ----
image=$guests/freedos-1440k.img.gz
if [ ! -x "$program" ] || [ ! -r "$image" ]; then
    [ $bad = 0 ] && echo 'window: works; not tried with DOS: no twin86 or no image'
    exit $bad
fi
cat >dos.script <<'S'
wait text "A:\>" 60
run 1
screenshot prompt.png
type "ver\n"
wait text /FreeCom.*\n+A:.>/ 20
run 1
screenshot ver.png
S
"$program" -display none -script dos.script "$image" >script.out 2>&1 ||
    { fail "the script: $(tail -n 20 script.out)"; exit 1; }

# The pictures may differ in the blinking cursor alone, 9 x 16 points.
same() { [ "$(compare -metric AE "$1" "$2" null: 2>&1 | cut -d' ' -f1 | cut -d. -f1)" -le 144 ] 2>/dev/null; }
shows() { # picture: does a screenshot taken now look like it?
    rm -f twin86-*.png
    xdotool key ctrl+F5
    wait_for 3 test -s twin86-001.png && sleep 0.2 && same "$1" twin86-001.png
}
truncate -s 1M one.iso two.iso
for disc in one.iso two.iso; do
    printf '\001CD001\001' | dd of=$disc bs=2048 seek=16 conv=notrunc 2>/dev/null
done
open_window "$program" "$image" one.iso two.iso
title ' - floppy' # its light, while DOS starts
title 'running at'
n=60
until shows prompt.png; do
    n=$((n - 1))
    [ $n -gt 0 ] || { cp twin86-001.png /tmp/twin86-window-failed.png; fail 'no prompt'; exit 1; }
    sleep 1
done
xdotool type --delay 100 ver
xdotool key Return
wait_for 20 shows ver.png || fail 'the answer of ver is not the picture that the script saw'
look # as large as the window: the same picture, smoothed
convert ver.png -resize 960x720! large.png
[ "$(compare -metric RMSE large.png window.png null: 2>&1 | sed 's/.*(\(.*\))/\1/' |
    awk '{ print ($1 < 0.12) }')" = 1 ] || fail 'the window does not show the guest'
xdotool key ctrl+F3
title 'two.iso: 1 MB CD-ROM'
xdotool key ctrl+F3
title 'one.iso: 1 MB CD-ROM'
xdotool key ctrl+shift+F3
title 'the CD-ROM drive is empty'
if [ -x drop ]; then
    cp one.iso dropped.iso
    ./drop "$window" "$dir/dropped.iso" || fail 'the window takes no file'
    title 'dropped.iso: 1 MB CD-ROM'
    printf 'a line of text\n' >dropped.txt
    ./drop "$window" "$dir/dropped.txt" || fail 'the window takes no file'
    title 'dropped.txt: '
fi
xdotool key ctrl+shift+F4
title 'drive A: is empty'
xdotool key ctrl+F4
title 'freedos-1440k.img.gz'
xdotool key ctrl+F9
wait_for 10 ended || fail 'Ctrl-F9 did not end twin86'
wait "$running" || fail 'twin86 ended with an error'
running=''
[ $bad = 0 ] && echo 'window: keys, mouse, pictures and DOS work'
exit $bad

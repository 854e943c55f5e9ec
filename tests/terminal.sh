#!/bin/sh
# The terminal display on a terminal of its own (script(1) makes one): what is drawn, what keys
# become, and that the terminal is given back. Run from the build folder.
echo=./tests/frontend_echo
[ -x $echo ] && command -v script >/dev/null || exit 77
$echo term 1 </dev/null 2>&1 | grep -q 'usage' && exit 77 # built without it
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
ASAN_OPTIONS=detect_leaks=0 # ncurses keeps a little
ECHO_LOG=$dir/keys
LC_ALL=C.UTF-8
export ASAN_OPTIONS ECHO_LOG LC_ALL
bad=0

fail() {
    echo "FAIL: $1"
    bad=1
}
has() { # file, text: what should be there
    grep -qaF -- "$2" "$1" || fail "$3: no \"$2\" in $1: $(tail -c 1500 "$1" | cat -v)"
}
keys() { # lines of the log as one, keys only
    sed -n 's/^key \(..\) \(.\).*/\1\2/p' "$ECHO_LOG" | tr '\n' ' '
}
type_keys() { # wait until it draws, then send each argument by itself
    sleep 1
    for key; do
        # shellcheck disable=SC2059 # escapes are wanted
        printf "$key"
        sleep 0.3
    done
    printf '\035q'
    sleep 1
}
on_terminal() { # TERM, rows, columns; keys come on standard input
    TERM=$1 timeout 60 script -qefc \
        "stty rows $2 cols $3; before=\$(stty -g); $echo term 20; [ \"\$before\" = \"\$(stty -g)\" ] && echo restored" \
        "$dir/screen" >/dev/null
}

# Colours, line characters, keys, the menu, giving the terminal back.
type_keys a '\033x' '\033[1;5D' '\033OA' '\r' '\003' '\033' '\035p' '\035p' '\033[24~' |
    on_terminal xterm-256color 30 100
has "$dir/screen" '╔═╗' 'line characters'
has "$dir/screen" 'twin86 ü' 'text of code page 437'
has "$dir/screen" 'running at 100 % of real time' 'status line'
has "$dir/screen" 'Ctrl-] q quits' 'the way out on the status line'
has "$dir/screen" 'paused' 'pause on the status line'
has "$dir/screen" 'restored' 'terminal modes'
has "$dir/screen" 'closed' 'the end'
[ "$(sed -n '/standard output/=' "$dir/screen" | wc -l)" = 1 ] || fail 'held output came out once'
want='1ed 1eu 38d 2dd 2du 38u 1dd cbd cbu 1du c8d c8u 1cd 1cu 1dd 2ed 2eu 1du 01d 01u 58d 58u '
[ "$(keys)" = "$want" ] || fail "keys: got $(keys), wanted $want"
has "$ECHO_LOG" 'pause 00 down' 'pause'
has "$ECHO_LOG" 'pause 00 up' 'go on'

# Graphics say so; a small terminal shows the part with the cursor and says which.
type_keys '\033OP' | on_terminal xterm 24 80
has "$dir/screen" 'rows 3-25 of 25' 'cropped screen'
has "$dir/screen" 'A:\>x' 'the row of the cursor'
has "$dir/screen" 'graphics mode 320x200' 'graphics'
grep -qaF 'first row' "$dir/screen" && fail 'a row outside the shown part was drawn'

# A locale without the line characters, a terminal without colours.
LC_ALL=C
type_keys | on_terminal vt100 30 100
has "$dir/screen" '+=+ twin86 u' 'ASCII for the rest'
has "$dir/screen" 'restored' 'terminal modes'

# Where there is no terminal, one line says so.
$echo term 1 </dev/null >"$dir/out" 2>&1 && fail 'opened without a terminal'
has "$dir/out" 'standard input is not a terminal' 'message'
TERM=nonsense timeout 20 script -qefc "$echo term 1" "$dir/screen" >/dev/null </dev/null
has "$dir/screen" 'a terminal of type "nonsense" is not known here' 'message'

[ $bad = 0 ] && echo 'terminal: drawing, keys and restoring work'
exit $bad

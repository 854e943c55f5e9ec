# SPDX-License-Identifier: MIT
# Every small change one can make to the C files named, one a line:
#   FILE <tab> LINE <tab> WHAT <tab> THE CHANGED LINE

function offer(what, text) {
    print FILENAME "\t" FNR "\t" what "\t" text
}

# Each place where OLD stands becomes NEW; both are plain text.
function swap(old, new,    rest, done, at) {
    rest = $0
    done = ""
    while ((at = index(rest, old)) > 0) {
        offer(old " becomes " new, done substr(rest, 1, at - 1) new substr(rest, at + length(old)))
        done = done substr(rest, 1, at + length(old) - 1)
        rest = substr(rest, at + length(old))
    }
}

function both(a, b) {
    swap(a, b)
    swap(b, a)
}

# Is the end of TEXT inside a string?
function quoted(text) {
    return gsub(/"/, "", text) % 2
}

# Each number that is no part of a name or a text, plus one.
function numbers(    rest, done, n) {
    rest = $0
    done = ""
    while (match(rest, /[^A-Za-z_0-9.](0x[0-9a-f]+|[0-9]+)/)) {
        n = substr(rest, RSTART + 1, RLENGTH - 1)
        if (!quoted(done substr(rest, 1, RSTART)))
            offer(n " becomes " n " + 1", done substr(rest, 1, RSTART) "(" n " + 1)" \
                  substr(rest, RSTART + RLENGTH))
        done = done substr(rest, 1, RSTART + RLENGTH - 1)
        rest = substr(rest, RSTART + RLENGTH)
    }
}

FNR == 1 { ended = 1 }
/^[ \t]*(\/\*|\*|\/\/|#)/ || /^[ \t]*$/ || /_Static_assert|assert\(/ { next }
/\/\*/ { next }
{
    both(" && ", " || ")
    both(" == ", " != ")
    both(" < ", " <= ")
    both(" > ", " >= ")
    both(" + ", " - ")
    both(" & ", " | ")
    both(" << ", " >> ")
    both("true", "false")
    swap("~(", "(")
    swap("(!", "(")
    if ($0 !~ /X\(|COST|H\(/)
        numbers()
    if (ended && $0 ~ /^    .*;$/ && $0 !~ /^ +(return|static|const|struct|enum|break|u8|u16|u32|u64|s64|bool|unsigned|default|case|goto|else|for|while|if) ?/)
        offer("left out", "    /*" substr($0, 4) " */;")
    ended = $0 ~ /[;{}]$/
}

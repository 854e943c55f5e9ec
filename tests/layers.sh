#!/bin/sh
# Who may include whom: the table of ARCHITECTURE.md, checked. Prints every include that breaks it.
cd "${srcdir:-$(dirname "$0")/..}" || exit 1
bad=0
layer() { # folder, allowed include prefixes (extended regular expression)
    out=$(grep -nE '^#include "' "$1"/*.[ch] 2>/dev/null | grep -vE "#include \"($2|config\.h)")
    [ -z "$out" ] || { echo "$out"; bad=1; }
}
layer src/base 'src/base/'
layer src/host 'src/(base|host)/'
layer mem 'mem/|src/base/'
layer cpu 'cpu/|mem/|src/base/'
layer frontend 'frontend/|src/(base|host)/'
layer src/debug 'src/(base|host|debug)/|mem/|cpu/'
for f in devices/*.[ch]; do # a chip knows no other chip
    [ -e "$f" ] || continue
    own=$(basename "${f%.*}")
    own=${own%%_*} # fdc_transfer.c is part of fdc
    layer_out=$(grep -nHE '^#include "' "$f" |
        grep -vE "#include \"(src/(base|host)/|mem/|devices/$own|config\.h)")
    [ -z "$layer_out" ] || { echo "$layer_out"; bad=1; }
done
[ $bad = 0 ] && echo "layers: every include follows the table"
exit $bad

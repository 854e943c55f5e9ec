#!/bin/sh
# Every file that the documents name exists.
cd "${srcdir:-$(dirname "$0")/..}" || exit 1
bad=0
for page in README.md ARCHITECTURE.md CONTRIBUTING.md; do
    for name in $(grep -oE '`(src|cpu|mem|devices|frontend|bios|roms|tests)(/[A-Za-z0-9_./-]+)?`' $page |
        tr -d '`' | sort -u); do
        [ -e "$name" ] || case $name in
        */NAME.*) ;;
        *)
            echo "$page names $name, which is not there"
            bad=1
            ;;
        esac
    done
done
[ $bad = 0 ] && echo 'names: every file that the documents name is there'
exit $bad

#!/bin/sh
# Every VBE mode: set, filled through the linear frame buffer, then through the bank window
# (vbe.asm), its picture compared. The hashes are those of pictures calculated from the rule in
# vbe.asm; with 8 bits, of the colours that the palette has after a mode set.
. "$(dirname "$0")/common"
need nasm
nasm -f bin -o vbe.img "$here/vbe.asm" && truncate -s 1440K vbe.img || exit 1
: >modes.script
while read -r number size hash; do
    for way in linear banked; do
        echo "wait serial /^$number $size $way/ 60
assert screen-hash $hash
key space"
    done >>modes.script
done <<M
100 640x400x8 90a2625ddd8a48dc
101 640x480x8 9e117ac4720cba7d
103 800x600x8 31cf28012f0f70d0
105 1024x768x8 efdb46e4856b9e25
107 1280x1024x8 66928cc3f8f61bcd
10d 320x200x15 821314815975ff9d
10e 320x200x16 0ccdd0c6dc7136f9
10f 320x200x24 0a49b13cb365c9ca
110 640x480x15 d49c6502a1cd19fd
111 640x480x16 613be22673798f3d
112 640x480x24 06d09d02944c10a4
113 800x600x15 8c6cba64ff9d94a9
114 800x600x16 066c25ccce03c375
115 800x600x24 10f3c12a4abbefaa
116 1024x768x15 b622c6383e97454c
117 1024x768x16 8810d6788fa7c2f4
118 1024x768x24 8a28f7286d0cc4d8
119 1280x1024x15 819b1dfc4c9d1676
11a 1280x1024x16 9347b5f17bf7cb96
11b 1280x1024x24 fad5f20d500e72aa
11c 1600x1200x8 a0a69fae2ea4b8e8
11d 1600x1200x15 1b4712c09a92a3ad
11e 1600x1200x16 72059cb40b9063ed
11f 1600x1200x24 4cb202ba3743af0f
140 320x200x32 0a49b13cb365c9ca
141 640x400x32 b658b6e78f120ff4
142 640x480x32 06d09d02944c10a4
143 800x600x32 10f3c12a4abbefaa
144 1024x768x32 8a28f7286d0cc4d8
145 1280x1024x32 fad5f20d500e72aa
146 320x200x8 9ef8934f46c79d93
147 1600x1200x32 4cb202ba3743af0f
148 1152x864x8 f3f3747828af2cd9
149 1152x864x15 3c187ccdb34f1f65
14a 1152x864x16 0628edf1054cc5cd
14b 1152x864x24 2b297625d7b4e138
14c 1152x864x32 2b297625d7b4e138
M
echo 'wait serial /^end/ 60
screenshot "text.png"' >>modes.script
twin86 vbe.img <modes.script

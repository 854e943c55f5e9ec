#!/bin/sh
# Bochs's BIOS with the LGPL VGA BIOS boots what ours boots.
. "$(dirname "$0")/common"
. "$(dirname "$0")/other-bios"
boots_everything /usr/share/bochs/BIOS-bochs-latest /usr/share/bochs/VGABIOS-lgpl-latest

#!/bin/sh
# The main job on a kingdom of our own making, everything under ./demo/. Called by `make demo`.
set -eu
J="$BIN/jazari"
rm -rf demo && mkdir demo
echo "1. A kingdom of $PUPILS pupils in each of four school years, with its truth beside"
"$J" kingdom education --pupils "$PUPILS" --out demo/kingdom
echo
echo "2. education.dropout: fit on the early years, calibrate on the last but one, measure on the last"
"$J" run education.dropout --data demo/kingdom --out demo/dossier
echo
echo "Open demo/dossier/card.fr.html (or .ar, .zgh, .en) in a browser."

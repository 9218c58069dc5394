#!/bin/sh
# The main job on a kingdom of our own making, everything under ./demo/. Called by `make demo`.
set -eu
J="$BIN/jazari"
if [ "$SERVE" != 0 ]; then # said now, not after the run
    "$BIN/python" -c 'import sys
from jazari.core.errors import JazariError
from jazari.hub.server import refuse_taken
try:
    refuse_taken("127.0.0.1", int(sys.argv[1]))
except JazariError as taken:
    sys.exit(str(taken))' "$PORT"
fi
rm -rf demo && mkdir demo
echo "1. A kingdom of $PUPILS pupils in each of four school years, with its truth beside"
"$J" kingdom education --pupils "$PUPILS" --out demo/kingdom
echo
echo "2. A ledger, and education.dropout: fit on the early years, calibrate on the last but one, measure on the last"
"$J" ledger init demo/ledger --name demo.example
"$J" run education.dropout --data demo/kingdom --out demo/dossier --ledger demo/ledger
echo
echo "3. Made-up officers open the lists of three communes, decide with reasons, and each decision is sealed"
"$BIN/python" docs/demo_decisions.py demo/dossier demo/ledger demo/decisions.csv
"$J" decide demo/dossier --ledger demo/ledger --decisions demo/decisions.csv --json > demo/decisions.json
NUMBER=$("$BIN/python" -c 'import json; print(json.load(open("demo/decisions.json"))["decisions"][0]["number"])')
echo
echo "4. The receipt of one of them, verified offline against the key that the ledger's keeper published"
"$J" receipt make demo/ledger "$NUMBER" --out demo/receipt.tlog-proof --page demo/receipt.html
"$J" receipt verify demo/receipt.tlog-proof --trust demo/ledger/policy
"$J" ledger verify demo/ledger
echo
echo "5. Another engine on the same chain: ten made-up feeders, tomorrow hour by hour with how sure, sealed before it comes"
"$J" kingdom feeders --series 10 --out demo/feeders
"$J" run energy.load --data demo/feeders/feeders_long.parquet --out demo/load --ledger demo/ledger --set test_days=28
"$J" ledger verify demo/ledger
echo
echo "6. The hub of a demonstration pole: both dossiers uploaded, approved and published; the list imported and decided on"
"$J" hub fill demo/dossier demo/load --data demo/hub --port "$PORT"
echo
echo "Open demo/load/card.fr.html, demo/dossier/card.fr.html (or .ar, .zgh, .en) and demo/receipt.html in a browser."
echo
if [ "$SERVE" = 0 ]; then
    echo "The hub is filled: $J hub serve --demo --data demo/hub --port $PORT serves it, with its accounts."
else
    echo "7. The hub serves what was just made; Ctrl-C ends it (make demo SERVE=0 ends before)"
    exec "$J" hub serve --demo --data demo/hub --port "$PORT"
fi

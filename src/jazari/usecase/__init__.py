"""Declaration, run, audit, decide, card, dossier: where engines, audit and governance meet."""

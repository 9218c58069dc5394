"""Reading tables through Ibis, snapshots and their fingerprints, pseudonyms."""

"""One file a command, each a thin call; commands come from the entry-point group `jazari.commands`."""

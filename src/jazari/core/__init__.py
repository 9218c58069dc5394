"""Words shared by all rooms: errors, periods, languages, plug-ins, canonical JSON. Imports nothing of Jazari."""

"""Pages: layout, languages, formats, stylesheet, headers, the twin of each page in JSON. Knows no noun of the law."""

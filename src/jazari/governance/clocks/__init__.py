"""Legal clocks: rules of law as data with article, scope and date of effect."""

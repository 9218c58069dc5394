"""Register: the public list of the AI systems in use, each with its evidence, every version and what changed."""

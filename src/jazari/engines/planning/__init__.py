"""Planning engines. The room stands; its first engine comes with school planning."""

"""Language engines. The room stands; its first engine comes with Darija and Tamazight."""

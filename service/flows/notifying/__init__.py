"""A notice that a diagram sends: any flow may tell somebody something."""

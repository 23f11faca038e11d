"""The live tokens of a case: the flat tree, its saved form, and moves that keep it sound."""

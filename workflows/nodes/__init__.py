"""Spec classes: SpiffWorkflow's, with work on single tokens in place of walks over a tree."""

"""Reports: declared figures with numerator, denominator, as-of day and the list behind each (policy.md §6).

A figure is one declaration (`declaring.Figure`): what is counted, over which rows, against which target. Number and
list come from the same rows, so that they cannot differ. `registry.FIGURES` holds all of them, `queries` asks them for
an actor. What is not known is counted as unknown and judged by what it could be, never as no (`rules.verdict`).
"""

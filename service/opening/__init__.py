"""The opening day: the county as it is, loaded from workbooks, looked at, signed, taken back, and written out again.

`templates` says which sheets and columns there are, `mapping` which foreign heading is which column, `reading` what a
cell means, `register` what stands in the books already. From these `planning` makes a plan: every wrong cell with its
words, or every row that is to be written. `loading` writes a plan at once or not at all, and `journal` keeps what was
there before, so that `commands.finish_revoking` takes a load back until a case uses it. `reconciling` compares persons
with the numbers; `exporting` writes the same workbook from the books.
"""

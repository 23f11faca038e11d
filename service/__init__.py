"""Everything with people in it: access, tasks, flows, the ledger, the pages."""

import gc

# Python's own measure, a look for garbage after each 700 new objects, costs a fifth of the start: what modules make
# stays, and what a request leaves in circles is little.
gc.set_threshold(50_000, 20, 50)

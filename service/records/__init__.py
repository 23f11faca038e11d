"""What is known of a person over time, and what was true on a day: the ground of every eligibility table.

Reading: `queries.facts_of(session, person_ids, on)` gives one `facts.Facts` a person, in a number of statements that
does not depend on how many; None in it is unknown, never no. A table's input is taken from it field by field
(`sanction_context()` is the variable of the shared table on sanctions). To people only `queries.records_of` and
`queries.standing_of` are shown: sanctions, inquiries, ethics cases, fraud and health are read by bureau HR and by the
person.

Writing, inside the transaction of a flow's operation: `writing.add` (or `add_many`) with a `rules.Entry`,
`writing.end` a record that lasts, `writing.void` one that should not be there (a revoked title), `writing.correct`
one that was wrong. An entry with the `instance_id` of its case is written once, however often the step is replayed.
Appointments, service locks and roles stay with `people` and `access`; nothing here repeats them.

Known and unknown: what is on record is true. What is not on record is unknown until HR has looked through the person's
file on that topic (`writing.confirm`), and no from then on.
"""

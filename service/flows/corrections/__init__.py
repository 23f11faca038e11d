"""Corrections 更正 of what a case has brought about (policy §5); each flow declares what can be corrected.

A correction is proposed by one person of bureau HR with reason and paper and confirmed by another
(`instances/commands_corrections.py`). It takes back what the case has done by opposite entries and does it once more
with the right values; nothing that was written is changed or removed.
"""

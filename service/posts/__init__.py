"""The ledger of headcount and posts: accounts that can never be over-allocated (policy §2)."""

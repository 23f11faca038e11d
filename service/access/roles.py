"""The roles: where each may be held, and the groups of roles that the policy speaks of (policy.md §1, §7)."""

BUREAU_HR = ("bureau_hr_officer", "bureau_hr_chief")
LEADER = ("bureau_leader",)
ADMIN = ("admin",)
AUDITOR = ("auditor",)
QUOTA_OFFICES = ("staffing_officer", "hr_bureau_officer")
OFFICES = (*QUOTA_OFFICES, "tdc_officer")
SCHOOL_HEADS = ("principal", "secretary")
SCHOOL_OFFICE = (*SCHOOL_HEADS, "vice_principal", "school_hr")

ROLES: dict[str, tuple[str, ...]] = {
    "bureau_hr_officer": ("section",),
    "bureau_hr_chief": ("section",),
    "bureau_leader": ("bureau",),
    "admin": ("bureau",),
    "auditor": ("bureau",),
    "staffing_officer": ("staffing_office",),
    "hr_bureau_officer": ("hr_bureau",),
    "tdc_officer": ("development_centre",),
    "principal": ("school", "district"),
    "secretary": ("school", "district"),
    "vice_principal": ("school", "district"),
    "school_hr": ("school", "district"),
    "teacher": ("school",),
}
"""Role → kinds of organisation at which it may be held."""

ONE_HOLDER = frozenset({"principal", "secretary", "bureau_hr_chief"})
"""Roles with one holder at a time; the others are offices of several people."""

EXPECTED: dict[str, tuple[str, ...]] = {
    "bureau": ("bureau_leader", "admin", "auditor"),
    "section": ("bureau_hr_officer", "bureau_hr_chief"),
    "staffing_office": ("staffing_officer",),
    "hr_bureau": ("hr_bureau_officer",),
    "development_centre": ("tdc_officer",),
    "school": ("principal", "school_hr"),
    "district": ("principal",),
}
"""Kind of organisation → the roles without which its cases stand still; HR's page lists the unfilled ones.

A secretary is often the principal in one person, and not every school has a vice-principal: neither is expected.
"""

DEPUTIES: dict[str, tuple[str, ...]] = {
    "principal": ("vice_principal", "secretary"),
    "secretary": ("vice_principal", "principal"),
    "vice_principal": ("principal", "secretary"),
    "school_hr": ("vice_principal", "principal", "secretary"),
    "bureau_hr_officer": ("bureau_hr_chief",),
}
"""Who stands in, in this order, when a role has neither holder nor named alternate (policy.md §1)."""

RECORDERS: dict[str, tuple[str, ...]] = {
    **{office: (office, *BUREAU_HR) for office in OFFICES},
    "bureau_leader": BUREAU_HR,
    "bureau_hr_chief": BUREAU_HR,
    "bureau_hr_officer": BUREAU_HR,
    **dict.fromkeys(SCHOOL_OFFICE, ("school_hr", *BUREAU_HR)),
}
"""Role with which a step lies → the roles that may record what was decided of it on paper (policy.md §5).

Bureau HR acts wherever it is, every other role only at the office with which the step lies.
"""

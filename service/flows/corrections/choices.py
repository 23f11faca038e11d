"""Words that several flows offer where a value is corrected: (value, zh, en)."""

BANDS = (("senior", "高级", "senior"), ("middle", "中级", "middle"), ("junior", "初级", "junior"))
STAGES = (
    ("kindergarten", "幼儿园", "kindergarten"),
    ("primary", "小学", "primary"),
    ("junior", "初中", "junior secondary"),
    ("senior", "高中", "senior secondary"),
    ("vocational", "职业学校", "vocational"),
)

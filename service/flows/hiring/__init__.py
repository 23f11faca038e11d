"""School-led hiring 学校自主公开招聘 (policy §3.H)."""

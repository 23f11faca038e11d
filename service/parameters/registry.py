"""Every policy parameter: its key in FEEL (`parameters.<key>`), default, unit, source and words (policy.md)."""

from collections.abc import Mapping
from types import MappingProxyType

from service.parameters.declaring import BY_CASE, BY_PLACE, Parameter, months, scoped, switch, workdays
from workflows.hours import STANDARD_HOURS

PLAN, DEFAULT, SYSTEM = "plan", "default", "system"
PROVINCIAL = "default: provincial"
PERSONNEL = "law: 事业单位人事管理条例"
SANCTION = "law: 事业单位工作人员处分规定 2023"
GOVERNMENTAL = "law: 政务处分法第八条"
LED = "law: 关于建立中小学校党组织领导的校长负责制的意见（试行）2022"
FRAUD = "law: 人社部发〔2024〕56号"
EXCHANGED = "law: 教师〔2014〕4号"
LOCK_ENDS = ("same_day", "month_end")
STAFF_SCOPES = ("staffed", "everybody")
FLOOR_SCHOOLS = ("city_town_strong", "city_town", "all")
FLOOR_PERSONS = ("meeting_conditions", "all_teachers")
COMMITTEES = "law: 职称评审管理暂行规定（人社部令第40号）"
POST_RULES = ("within", "queue", "none")
"""Titles are recommended within free posts; beyond them, and a pass waits; or they go without posts (评聘分开)."""
APPROVALS = ("several_admins", "always", "never")
"""Who wrote a flow does not publish it alone: while there is another admin, whatever there is, or they may."""
UPLIFTS = ("combined", "per_band")

STEPS = scoped(
    BY_CASE,
    workdays("correction_workdays", 5, DEFAULT, "退回补正时限", "Time to correct what was returned"),
    workdays("filing_workdays", 5, DEFAULT, "受理备案时限", "Acting on a filing"),
    workdays("approval_workdays", 5, DEFAULT, "审批时限", "Deciding on an approval"),
    workdays("handling_workdays", 10, DEFAULT, "一般经办时限", "Handling of an ordinary step"),
    workdays("reminder_workdays", 2, DEFAULT, "经办到期前提醒", "Reminder before a step falls due"),
    workdays("review_reminder_workdays", 1, DEFAULT, "审核到期前提醒", "Reminder before a check falls due"),
    workdays("objection_inquiry_workdays", 10, DEFAULT, "公示异议调查时限", "Inquiry into an objection"),
    workdays("overdue_reminder_workdays", 3, DEFAULT, "逾期后再次提醒的间隔", "Between reminders of what is overdue"),
    workdays("extension_workdays", 20, DEFAULT, "每次延期的上限", "Most that one extension grants"),
    Parameter("extension_times", 2, "times", DEFAULT, "同一步骤可延期的次数", "Extensions of one step at most", 0, 20),
    switch("filing_silence_accepts", DEFAULT, "逾期视为备案", "A filing left unanswered counts as accepted"),
)  # fmt: skip
SHARED = (
    *STEPS,
    switch("objection_named_only", DEFAULT, "公示异议只受理实名", "Objections to what is published need a name"),
    workdays("ethics_suspension_workdays", 60, DEFAULT, "师德立案中止申请的期限", "Limit of a suspension for ethics"),
    workdays("told_grace_workdays", 5, DEFAULT, "补登时已逾期事项的补办时间",
             "Time for what was overdue when a paper case was entered"),
    switch("offices_sign_on_only", DEFAULT, "局机关与外单位只用统一认证登录",
           "Bureau and offices log in by sign-on alone"),
    Parameter("sign_on_session_hours", 2, "hours", DEFAULT, "统一认证会话最长小时数",
              "Longest session by sign-on", 1, 12),
    Parameter("account_slip_days", 14, "days", DEFAULT, "账号启用单有效天数", "Days a slip is good for", 1, 90),
    Parameter("urging_pause_hours", 24, "hours", DEFAULT, "同一步骤两次催办的间隔",
              "Between urgings of one step", 1, 720),
    Parameter("urging_per_day", 10, "times", DEFAULT, "每人每天催办次数上限", "Urgings of one person a day", 1, 100),
    Parameter("drawn_in_depth", 3, "levels", DEFAULT, "征求意见、加签的层级上限", "Levels of asking in turn", 1, 10),
    Parameter("drawn_in_people", 20, "persons", DEFAULT, "同一步骤加签、征求意见人数上限",
              "People drawn into one step", 1, 100),
)  # fmt: skip
QUORUMS = ("1/2", "3/5", "2/3", "3/4", "1/1")
STRICT_MATTERS = ("appointment", "all", "none")
MEETINGS = (
    Parameter("collective_quorum", "1/2", "choice", DEFAULT, "集体研究到会人数下限（占应到）",
              "Members present at a collective decision, of those due", choices=QUORUMS),
    Parameter("collective_quorum_strict", "2/3", "choice", LED, "从严事项集体研究到会人数下限（占应到）",
              "Members present where the strict quorum applies", choices=QUORUMS),
    Parameter("collective_strict_matters", "appointment", "choice", LED, "须按从严到会人数集体研究的事项",
              "Matters that need the strict quorum", choices=STRICT_MATTERS),
)  # fmt: skip
HIRING_OF_SCHOOLS = scoped(
    BY_PLACE,
    workdays("parallel_review_workdays", 5, DEFAULT, "招聘计划并联审核时限", "Parallel checks of a hiring request"),
    workdays("exam_workdays", 20, DEFAULT, "组织考试时限", "Holding the exam"),
    workdays("onboarding_workdays", 20, DEFAULT, "到岗报到时限", "Time to take up the post"),
    workdays("announcement_workdays", 7, PROVINCIAL, "招聘公告期限", "Announcement of a hiring"),
    workdays("publicity_workdays", 7, DEFAULT, "拟聘人员公示期限", "Publicity of a hire"),
    Parameter("opening_ratio", 3, "applicants", DEFAULT, "开考比例（每岗人数）", "Applicants a post to open", 1, 20),
    Parameter("written_weight_percent", 50, "percent", PROVINCIAL, "笔试成绩权重",
              "Weight of the written exam", 0, 100),
    Parameter("max_replacement_rounds", 2, "rounds", DEFAULT, "递补次数上限", "Replacement rounds at most", 0, 10),
    Parameter("contract_years", 3, "years", f"{PERSONNEL}第十二条", "聘用合同期限", "Term of a contract", 1, 30),
    Parameter("probation_months", 12, "months", f"{PERSONNEL}第十三条", "初次就业试用期", "Probation", 0, 12),
    Parameter("service_lock_years", 5, "years", PLAN, "定向招聘服务期", "Service lock of a directed hire", 0, 20),
    Parameter("service_lock_end", LOCK_ENDS[0], "choice", DEFAULT, "服务期届满日", "End of a lock", choices=LOCK_ENDS),
)  # fmt: skip
HIRING = (
    *HIRING_OF_SCHOOLS,
    switch("plan_needs_hr_approval", PROVINCIAL, "招聘计划须经人社部门核准", "The HR department approves the plan"),
    workdays("plan_approval_workdays", 5, PROVINCIAL, "核准招聘计划时限", "The HR department's approval of the plan"),
)  # fmt: skip
POSTS = (
    switch("no_open_cases_needed", DEFAULT, "学校和人事科确认“没有其他在办事项”后方可申请编制岗位",
            "A school asks for posts only once it and HR have said that no other case on paper is open"),
    workdays("named_hold_notice_workdays", 5, DEFAULT, "指名预留到期前提醒", "Notice before a named hold ends"),
    Parameter("pool_floor_percent", 10, "percent", PLAN, "预留岗位最低比例", "Floor of the reserved pool", 0, 100),
    switch("pool_takes_vacated_posts", DEFAULT, "空出岗位优先补足预留", "Vacated posts go to a pool below its floor"),
    Parameter("exchange_target_percent", 8, "percent", PLAN, "交流轮岗比例目标", "Target of exchange", 0, 100),
    Parameter("structure_senior_percent", 20, "percent", DEFAULT, "学校高级岗位结构比例", "Senior posts", 0, 100),
    Parameter("structure_middle_percent", 40, "percent", DEFAULT, "学校中级岗位结构比例", "Middle posts", 0, 100),
    Parameter("structure_uplift_points", 2, "percent", PLAN, "边远、薄弱学校中高级岗位上浮百分点",
              "Points more for remote and weak schools", 0, 50),
    Parameter("structure_uplift_reading", UPLIFTS[0], "choice", DEFAULT, "上浮的计算口径（合计或分层级）",
              "What the uplift is read on", choices=UPLIFTS),
)  # fmt: skip
LOANS = scoped(
    BY_PLACE,
    Parameter("reserved_appointment_days", 30, "days", DEFAULT, "借出后聘任期限", "Time to appoint", 1, 365),
    Parameter("reserved_reminder_days", 5, "days", DEFAULT, "聘任、届满前提醒", "Reminder before either", 1, 100),
    Parameter("reserved_term_years", 3, "years", DEFAULT, "预留岗位借用期", "Term of a lent post", 1, 20),
)  # fmt: skip
RESERVED = (
    workdays("reserved_call_workdays", 10, DEFAULT, "预留岗位申请期", "Window for applications for reserved posts"),
    workdays("reserved_publicity_workdays", 5, DEFAULT, "预留岗位拟分配人员公示期限", "Publicity of an allocation"),
    Parameter("reserved_committee_members", 3, "persons", DEFAULT, "同分票决人数下限（单数）",
              "Members of a tie vote at least (odd)", 3, 99),
    *LOANS,
    Parameter("reserved_term_notice_days", 60, "days", DEFAULT, "借期届满前提前办理", "Notice of a term's end", 1, 365),
)  # fmt: skip
SANCTIONS = (
    months("sanction_warning_months", 6, SANCTION, "警告的期限", "Term of a warning"),
    months("sanction_demerit_months", 12, SANCTION, "记过的期限", "Term of a demerit"),
    months("sanction_major_demerit_months", 18, GOVERNMENTAL, "记大过的期限", "Term of a major demerit"),
    months("sanction_demotion_months", 24, SANCTION, "降级、撤职、降低岗位等级的期限", "Term of a demotion or removal"),
)
TITLES_OF_SCHOOLS = scoped(
    BY_PLACE,
    months("title_rural_months", 12, PROVINCIAL, "城镇教师农村任教月数", "Months in rural schools for a senior title"),
    workdays("title_verification_workdays", 10, DEFAULT, "学校核实推荐申报时限", "The school verifies and recommends"),
    workdays("title_internal_publicity_workdays", 5, DEFAULT, "职称校内公示期限", "Publicity inside the school", 5),
    Parameter("title_post_rule", POST_RULES[0], "choice", PROVINCIAL, "职称推荐与岗位的关系",
              "How titles depend on free posts", choices=POST_RULES),
)  # fmt: skip
TITLES = (
    Parameter("title_fraud_years", 3, "years", FRAUD, "职称弄虚作假的限制年限", "Bar after fraud for a title", 0, 10),
    Parameter("title_near_miss_years", 1, "years", DEFAULT, "提示只差几年", "Years that count as a near miss", 0, 5),
    *TITLES_OF_SCHOOLS,
    workdays("title_publicity_workdays", 5, COMMITTEES, "职称评审结果公示期限", "Publicity of who passed", 5),
    workdays("title_outside_workdays", 60, DEFAULT, "上级评审结果登记时限", "Result of a committee above"),
    workdays("title_review_request_workdays", 5, DEFAULT, "职称复查申请时限", "Asking for a review"),
    Parameter("title_evidence_years", 5, "years", DEFAULT, "职称申报提供几年考核",
              "Years of assessments as evidence", 1, 10),
    Parameter("title_filing_years", 3, "years", COMMITTEES, "评委会备案有效期", "Term of a committee's filing", 1, 3),
    Parameter("title_expert_years", 3, "years", COMMITTEES, "评审专家任期上限", "Term of an expert at most", 1, 3),
    Parameter("title_committee_series", 25, "persons", COMMITTEES, "系列高级评委会最少人数",
              "Members of a senior committee of a series", 3, 99),
    Parameter("title_committee_specialty", 11, "persons", COMMITTEES, "专业高级评委会最少人数",
              "Members of a senior committee of a specialty", 3, 99),
    Parameter("title_committee_other", 7, "persons", DEFAULT, "中初级评委会最少人数",
              "Members of another committee", 3, 99),
    Parameter("title_excused_percent", 20, "percent", DEFAULT, "评委会可递补替换的人数占比上限",
              "Members who may be replaced after the draw, at most", 0, 100),
)  # fmt: skip
WHO_MUST_GO = scoped(
    BY_PLACE,
    Parameter("exchange_exempt_years", 5, "years", DEFAULT, "距退休几年内免于交流", "Years to retirement", 0, 20),
    Parameter("exchange_principal_terms", 2, "terms", DEFAULT, "校长任满几届应当交流",
              "A principal's full terms", 1, 10),
    Parameter("exchange_required_years", 6, "years", DEFAULT, "同校任教满几年应当交流", "Years at one school", 1, 30),
    of_many=True,
)  # fmt: skip
EXCHANGE = (
    *WHO_MUST_GO,
    Parameter("exchange_floor_percent", 10, "percent", EXCHANGED, "交流人数占符合条件教师的最低比例",
              "Exchanged, of the eligible", 0, 100),
    Parameter("exchange_backbone_percent", 20, "percent", EXCHANGED, "骨干教师占交流人数的最低比例",
              "Backbone teachers, of the exchanged", 0, 100),
    Parameter("exchange_staff_scope", STAFF_SCOPES[0], "choice", DEFAULT, "参加改革人数的统计范围（在编 / 全部）",
              "Who counts as staff in the reform", choices=STAFF_SCOPES),
    Parameter("exchange_floor_schools", FLOOR_SCHOOLS[0], "choice", EXCHANGED, "符合条件教师所在学校的范围",
              "Schools whose teachers are counted as eligible", choices=FLOOR_SCHOOLS),
    Parameter("exchange_floor_persons", FLOOR_PERSONS[0], "choice", DEFAULT, "符合条件教师的统计口径",
              "Teachers of those schools who are counted", choices=FLOOR_PERSONS),
    Parameter("exchange_first_day", "09-01", "day_of_year", DEFAULT, "交流到岗日（月-日）",
              "First day of an exchange (month-day)"),
    Parameter("exchange_term_years", 3, "years", DEFAULT, "交流轮岗期限", "Term of an exchange", 1, 6),
    Parameter("exchange_wishes", 5, "times", DEFAULT, "每人志愿数上限", "Wishes of a person", 1, 5),
    Parameter("exchange_weight_wish", 100, "points", DEFAULT, "匹配分值：每一志愿档",
              "Points in matching: a step of wishes"),
    Parameter("exchange_weight_unwished", 300, "points", DEFAULT, "匹配扣分：未填志愿的岗位",
              "Points off in matching: no wish"),
    Parameter("exchange_weight_duty", 150, "points", DEFAULT, "匹配分值：应当交流", "Points in matching: must go"),
    Parameter("exchange_weight_rural", 60, "points", DEFAULT, "匹配分值：农村、边远、薄弱学校",
              "Points in matching: a rural, remote or weak school"),
    Parameter("exchange_weight_rank", 90, "points", DEFAULT, "匹配分值：学校排序第一",
              "Points in matching: the school's first"),
    Parameter("exchange_panel_members", 3, "persons", DEFAULT, "跨校竞聘评委人数下限", "Panel of a competition", 1, 15),
    workdays("exchange_list_workdays", 5, DEFAULT, "交流名单核对期限", "Correcting the list of an exchange"),
    workdays("exchange_application_workdays", 10, DEFAULT, "交流报名期限", "Applying for an exchange"),
    workdays("exchange_opinion_workdays", 5, DEFAULT, "学校意见期限", "Opinions of the schools on an exchange"),
    workdays("exchange_publicity_workdays", 5, PLAN, "交流结果公示期限", "Publicity of an exchange"),
)  # fmt: skip
FILES = (
    Parameter("attachment_megabytes", 20, "megabytes", SYSTEM, "附件大小上限", "Largest attachment", 1, 200),
    Parameter("attachment_unlinked_days", 30, "days", SYSTEM, "未提交附件保留天数", "Unused attachments kept", 1, 365),
)
NOTICES = (
    Parameter("notice_recall_minutes", 2, "minutes", SYSTEM, "步骤通知发出前的等待", "Wait of a step's notices", 0, 60),
    Parameter("notice_read_days", 180, "days", SYSTEM, "已读通知保留天数", "Read notices kept", 7, 3650),
    Parameter("desk_kept_days", 180, "days", SYSTEM, "已阅标记与批量审批结果保留天数",
              "Read marks and bulk reports kept", 7, 3650),
    Parameter("run_kept_days", 30, "days", SYSTEM, "后台任务记录保留天数", "Ended background work kept", 1, 365),
    Parameter("quiet_from_hour", 22, "hour", DEFAULT, "免打扰开始（时）", "Quiet hours begin", 0, 23),
    Parameter("quiet_until_hour", 7, "hour", DEFAULT, "免打扰结束（时）", "Quiet hours end", 0, 23),
    Parameter("digest_hour", 8, "hour", DEFAULT, "汇总通知发出时间（时）", "Hour of the digest", 0, 23),
)  # fmt: skip

PAPERS = tuple(
    Parameter(f"paper_prefix_{code}", prefix, "text", DEFAULT, f"{zh}文号的机关代字", f"Beginning of the number: {en}")
    for code, prefix, zh, en in (
        ("filing_letter", "教备", "备案函", "filing letter"), ("transfer_order", "教调", "调令", "transfer order"),
        ("correction_notice", "教更", "更正公告", "correction notice"),
        ("approval_form", "教聘", "聘用审批表", "approval form"), ("publicity_notice", "教公示", "公示", "publicity"),
        ("introduction_letter", "教介", "介绍信", "letter of introduction"),
        ("allocation_decision", "教配", "预留岗位分配决定", "decision on reserved posts"),
        ("revocation_decision", "教撤", "撤销职称决定", "revocation of a title"),
    )
)  # fmt: skip
PUBLISHING = (
    Parameter("publishing_approval", APPROVALS[0], "choice", DEFAULT,
              "发布流程须经第二人批准（有其他管理员时 / 一律 / 否）",
              "A second admin approves a flow (while there is one, always, never)", choices=APPROVALS),
    Parameter("independence_days", 14, "days", DEFAULT,
              "账号、密码或角色由提出人（或其授予者）设置的，多少天内不算第二人（0 为不查）",
              "Days in which whose account, password or role came from who asks is no second person (0: not asked)",
              most=365),
)  # fmt: skip


def _until(key: str, zh: str, en: str) -> Parameter:
    return Parameter(key, 0, "calendar_year", PLAN, zh, en, 0, 2200)


REPORTS = (
    Parameter("report_rural_age_years", 40, "years", PLAN, "乡村教师平均年龄目标（不高于）",
              "Mean age of rural teachers at most", 18, 70),
    _until("report_rural_age_until", "乡村教师平均年龄目标年份", "Year of that target"),
    Parameter("report_senior_graduate_percent", 10, "percent", PLAN, "高中教师研究生学历目标",
              "Senior-high teachers with a graduate degree", 0, 100),
    _until("report_senior_graduate_until", "高中研究生学历目标年份", "Year of that target"),
    Parameter("report_backbone_percent", 10, "percent", PLAN, "骨干教师占比目标", "Share of backbone teachers", 0, 100),
    _until("report_backbone_until", "骨干教师占比目标年份", "Year of that target"),
    Parameter("report_schools_backbone_percent", 100, "percent", PLAN, "有骨干教师的学校目标",
              "Schools with a backbone teacher", 0, 100),
    _until("report_schools_backbone_until", "有骨干教师的学校目标年份", "Year of that target"),
    Parameter("report_dual_qualified_percent", 60, "percent", PLAN, "中职双师型教师目标",
              "Dual-qualified vocational teachers", 0, 100),
    _until("report_dual_qualified_until", "双师型教师目标年份", "Year of that target"),
    Parameter("report_ahead_months", 12, "months", DEFAULT, "退休、服务期届满提前月数",
              "Months ahead for retirements and ending locks", 1, 60),
    Parameter("report_step_months", 6, "months", DEFAULT, "环节用时统计月数", "Months of which steps are timed", 1, 24),
)  # fmt: skip
DEADLINES = (
    Parameter("working_hours", STANDARD_HOURS, "hours_of_day", DEFAULT, "工作时间", "Working hours"),
    switch("pause_on_school_holidays", DEFAULT, "办理时限在寒暑假中暂停计算", "Deadlines of steps pause in holidays"),
    Parameter("timer_attempts", 5, "attempts", SYSTEM, "时限触发的尝试次数", "Attempts to fire a deadline", 1, 20),
    Parameter("timer_pause_minutes", 1, "minutes", SYSTEM, "首次重试前的间隔（逐次加倍）",
              "Pause before the first repeat, doubled each time", 1, 240),
    Parameter("timer_late_minutes", 10, "minutes", SYSTEM, "时限积压多久即告警",
              "Lateness of deadlines that makes /readyz fail", 1, 1440),
)  # fmt: skip

GROUPS: Mapping[str, tuple[Parameter, ...]] = MappingProxyType({
    "shared": SHARED, "meetings": MEETINGS, "hiring": HIRING, "posts": POSTS, "reserved": RESERVED,
    "sanctions": SANCTIONS, "titles": TITLES, "exchange": EXCHANGE, "deadlines": DEADLINES, "files": FILES,
    "notices": NOTICES, "papers": PAPERS, "publishing": PUBLISHING, "reports": REPORTS,
})  # fmt: skip
"""What parameters are about, in the order in which pages list them."""
PARAMETERS: Mapping[str, Parameter] = MappingProxyType({p.key: p for found in GROUPS.values() for p in found})

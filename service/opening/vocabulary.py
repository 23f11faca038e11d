"""The words of cells with fixed values, in both languages, and the other headings that county files use."""

from collections.abc import Mapping

from service.people.rules import TITLES as TITLE_BANDS
from service.records.rules import KINDS as RECORDED

Said = Mapping[str, tuple[str, str]]


def _words(said: Said, also: Mapping[str, str] | None = None) -> dict[str, str]:
    """What may stand in a cell, in lower case → the value."""
    found = {text.casefold(): value for value, pair in said.items() for text in (*pair, value)}
    return found | {text.casefold(): value for text, value in (also or {}).items()}


BAND_NAMES = {"senior": ("高级岗位", "Senior posts"), "middle": ("中级岗位", "Middle posts"),
              "junior": ("初级岗位", "Junior posts")}  # fmt: skip
SAID: dict[str, Said] = {
    "kind": {
        "bureau": ("教育局", "Bureau"), "section": ("科室", "Section"),
        "development_centre": ("教师发展中心", "Teacher development centre"),
        "staffing_office": ("编办", "Staffing office"), "hr_bureau": ("人社局", "Human resources bureau"),
        "group": ("教育集团", "School group"), "district": ("学区", "School district"), "school": ("学校", "School"),
    },
    "stage": {
        "kindergarten": ("幼儿园", "Kindergarten"), "primary": ("小学", "Primary"),
        "junior": ("初中", "Junior secondary"), "senior": ("高中", "Senior secondary"),
        "vocational": ("中职", "Vocational"),
    },
    "area": {"city": ("城区", "City"), "town": ("镇区", "Town"), "rural": ("乡村", "Rural"),
             "remote": ("边远", "Remote")},
    "yes_no": {"yes": ("是", "Yes"), "no": ("否", "No")},
    "band": {"senior": ("高级", "Senior"), "middle": ("中级", "Middle"), "junior": ("初级", "Junior")},
    "sex": {"female": ("女", "Female"), "male": ("男", "Male")},
    "degree": {
        "phd": ("博士", "PhD"), "master": ("硕士", "Master"), "bachelor": ("本科", "Bachelor"),
        "associate": ("专科", "Associate"), "secondary": ("中专", "Secondary"),
    },
    "employment_kind": {
        "staffed": ("在编", "Staffed"), "special": ("特岗", "Special post"), "filed": ("备案员额", "Filed quota"),
        "contract": ("编外", "Contract"),
    },
    "post_category": {
        "professional": ("专业技术", "Professional"), "management": ("管理", "Management"),
        "support": ("工勤", "Support"), "dual": ("双肩挑", "Dual"),
    },
    "assessment": {
        "excellent": ("优秀", "Excellent"), "competent": ("合格", "Competent"), "basic": ("基本合格", "Basic"),
        "failed": ("不合格", "Failed"), "undetermined": ("不确定等次", "Undetermined"),
    },
    "basis": {"staff": ("事业单位处分", "Staff sanction"), "governmental": ("政务处分", "Governmental sanction")},
    "relation": {
        "spouse": ("配偶", "Spouse"), "direct_line": ("直系血亲", "Direct line"),
        "collateral": ("三代以内旁系血亲", "Collateral within three generations"), "in_law": ("近姻亲", "Near in-law"),
        "adoptive": ("收养关系", "Adoptive"), "step": ("继亲属", "Step relation"), "interest": ("利害关系", "Interest"),
        "distant": ("远亲", "Distant"),
    },
    "departure": {
        "retirement": ("退休", "Retirement"), "resignation": ("辞职", "Resignation"), "death": ("去世", "Death"),
        "transfer": ("调出", "Transfer"), "dismissal": ("解聘", "Dismissal"),
    },
    "holding": {"holder": ("任职人", "Holder"), "alternate": ("固定替补", "Standing alternate")},
    "record": {name: (kind.zh, kind.en) for name, kind in RECORDED.items()},
    "role": {
        "bureau_hr_officer": ("人事科经办", "Bureau HR officer"),
        "bureau_hr_chief": ("人事科科长", "Bureau HR chief"), "bureau_leader": ("局领导", "Bureau leader"),
        "admin": ("系统管理员", "Administrator"), "auditor": ("审计", "Auditor"),
        "staffing_officer": ("编办经办", "Staffing officer"),
        "hr_bureau_officer": ("人社局经办", "Officer of the HR bureau"),
        "tdc_officer": ("教师发展中心经办", "Officer of the development centre"), "principal": ("校长", "Principal"),
        "secretary": ("书记", "Secretary"), "vice_principal": ("副校长", "Vice-principal"),
        "school_hr": ("学校人事干事", "School HR clerk"), "teacher": ("教师", "Teacher"),
    },
    "value": {
        "excellent": ("优秀", "Excellent"), "competent": ("合格", "Competent"), "basic": ("基本合格", "Basic"),
        "failed": ("不合格", "Failed"), "undetermined": ("不确定等次", "Undetermined"),
        "special": ("特级", "Special grade"), "province": ("省级", "Province"), "city": ("市级", "City"),
        "county": ("县级", "County"), "school": ("校级", "School"), "moved": ("关系随转", "Moved"),
        "lent": ("关系不转", "Lent"), "support": ("支教", "Support teaching"), "secondment": ("借调", "Secondment"),
        "early": ("提前", "Early"), "late": ("延迟", "Late"), "retirement": ("退休", "Retirement"),
        "resignation": ("辞职", "Resignation"), "death": ("去世", "Death"), "transfer": ("调出", "Transfer"),
        "dismissal": ("解聘", "Dismissal"), "leave": ("事假", "Leave"), "sickness": ("病假", "Sickness"),
        "maternity": ("产假", "Maternity"), "study": ("进修", "Study"), "pregnancy": ("孕期", "Pregnancy"),
        "nursing": ("哺乳期", "Nursing"), "serious_illness": ("重病", "Serious illness"),
        "warning": ("警告", "Warning"),
        "demerit": ("记过", "Demerit"), "major_demerit": ("记大过", "Major demerit"),
        "demotion": ("降低岗位等级", "Demotion"), "removal": ("撤职", "Removal"),
        "investigation": ("立案调查", "Investigation"), "upheld": ("查实", "Upheld"),
        "city_teacher": ("市级名师", "Renowned teacher of the city"),
        "city_principal": ("市级名校长", "Renowned principal of the city"),
        "dual_qualified": ("双师型教师", "Dual-qualified teacher"),
        **{title: (title, title) for title in TITLE_BANDS},
    },
}  # fmt: skip
"""Group of words → value → how it is said in Chinese and English; what is written out stands first."""

KINDS = _words(SAID["kind"], {"局": "bureau", "机关科室": "section", "集团": "group", "中心校": "district"})
STAGES = _words(SAID["stage"], {
    "学前": "kindergarten", "初级中学": "junior", "高级中学": "senior", "普通高中": "senior", "职业学校": "vocational",
    "中等职业学校": "vocational",
})  # fmt: skip
AREAS = _words(
    SAID["area"], {"城市": "city", "县城": "city", "镇": "town", "乡镇": "town", "农村": "rural", "偏远": "remote"}
)
YES_NO = _words(SAID["yes_no"], {"y": "yes", "n": "no", "√": "yes", "×": "no"})
BANDS = _words(SAID["band"], {"副高": "senior", "正高": "senior"})
SEXES = _words(SAID["sex"], {"女性": "female", "男性": "male"})
DEGREES = _words(SAID["degree"], {
    "博士研究生": "phd", "硕士研究生": "master", "大学本科": "bachelor", "大学": "bachelor", "大专": "associate",
    "大学专科": "associate", "中师": "secondary", "中等师范": "secondary",
})  # fmt: skip
EMPLOYMENT = _words(SAID["employment_kind"], {"事业编": "staffed", "事业编制": "staffed", "特岗教师": "special",
                                              "员额": "filed", "备案": "filed", "临聘": "contract",
                                              "合同制": "contract"})  # fmt: skip
CATEGORIES = _words(SAID["post_category"], {"专技": "professional", "专业技术岗位": "professional",
                                            "管理岗位": "management", "工勤技能": "support"})  # fmt: skip
TITLES = {
    **{title: title for title in TITLE_BANDS}, "正高级": "正高", "正高级教师": "正高", "副高": "高级", "副高级": "高级",
    "高级教师": "高级", "中级": "一级", "一级教师": "一级", "二级教师": "二级", "三级教师": "三级",
}  # fmt: skip
ASSESSMENTS = _words(SAID["assessment"], {"称职": "competent", "基本称职": "basic", "不称职": "failed"})
BASES = _words(SAID["basis"])
HOLDING = _words(
    SAID["holding"], {"任职": "holder", "代理": "alternate", "常设代理": "alternate", "常设代理人": "alternate"}
)
RELATIONS = _words(
    SAID["relation"], {"夫妻": "spouse", "父母": "direct_line", "子女": "direct_line", "兄弟姐妹": "collateral"}
)
DEPARTURES = _words(SAID["departure"], {"离职": "resignation", "调离": "transfer", "病故": "death"})
RECORD_KINDS = _words(SAID["record"])
ROLES = _words(SAID["role"], {"人事干事": "school_hr", "人事干部": "school_hr", "党支部书记": "secretary"})
VALUES = _words(SAID["value"], {
    "称职": "competent", "基本称职": "basic", "不称职": "failed", "不定等次": "undetermined", "正高级": "正高",
    "副高": "高级", "省特级教师": "special", "区县级": "county", "人事关系随转": "moved", "人事关系不转": "lent",
    "双师型": "dual_qualified", "提前退休": "early", "延迟退休": "late", "辞退、开除": "dismissal",
    "已立案": "investigation", "已认定": "upheld",
})  # fmt: skip

ALSO_ID = ("身份证号码", "公民身份号码", "身份证", "证件号码", "居民身份证号")
ALSO_PLACE = ("学校", "所在单位", "工作单位", "所在学校", "单位名称", "学校名称", "机构编码")


def written(group: str, value: str | None, locale: str) -> str:
    """How a value is written in a cell; what has no words stands as it is."""
    if value is None:
        return ""
    pair = SAID[group].get(value)
    return value if pair is None else pair[locale == "en"]

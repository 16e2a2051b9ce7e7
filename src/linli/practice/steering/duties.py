# SPDX-License-Identifier: MulanPSL-2.0
"""The list of duties that holds until a street or a district loads its own: short, general, proposed (拟) in every entry."""

from linli.matters.duties import Duty, Listed, declare

ORGANIC = "城市居民委员会组织法（以现行文本核对）"
MADE_HERE = "本平台拟定，待当地核对"
# Source: our choice. The official list (部门职责清单, attachment 2 of the guidance) was not found (policy.md 12.2), so every entry is proposed.

declare(Listed(
    name="职责清单（拟）", source="本平台拟定；官方清单未找到，请导入本街道或本区的正式清单", is_proposed=True,
    entries=(
        Duty("社-01", "楼院环境卫生的组织和宣传", ORGANIC, "community", "社区居委会"),
        Duty("社-02", "邻里纠纷的人民调解", ORGANIC, "community", "社区居委会"),
        Duty("社-03", "居民意见收集和反映", ORGANIC, "community", "社区居委会"),
        Duty("街-01", "辖区市容环境的日常巡查", MADE_HERE, "street", "街道办事处"),
        Duty("街-02", "社区公共设施的维护协调", MADE_HERE, "street", "街道办事处"),
        Duty("街-03", "物业管理活动的指导监督", MADE_HERE, "street", "街道办事处"),
        Duty("他-01", "供水、排水管网抢修", MADE_HERE, "other", "供水排水单位"),
        Duty("他-02", "供电设施抢修", MADE_HERE, "other", "供电单位"),
        Duty("他-03", "燃气设施抢修", MADE_HERE, "other", "燃气单位"),
        Duty("他-04", "供热设施抢修", MADE_HERE, "other", "供热单位"),
        Duty("他-05", "道路交通管理、机动车违法", MADE_HERE, "other", "公安交通管理部门"),
        Duty("他-06", "治安案件、噪声扰民处罚", MADE_HERE, "other", "公安机关"),
        Duty("他-07", "市政道路、桥梁、路灯养护", MADE_HERE, "other", "市政养护单位"),
        Duty("他-08", "公交线路和站点调整", MADE_HERE, "other", "交通运输部门"),
        Duty("他-09", "入学、学籍", MADE_HERE, "other", "教育部门"),
        Duty("他-10", "社会保险、医疗保险待遇", MADE_HERE, "other", "人社、医保部门"),
        Duty("他-11", "劳动报酬争议", MADE_HERE, "other", "劳动监察、劳动仲裁机构"),
        Duty("他-12", "消费纠纷", MADE_HERE, "other", "市场监管部门"),
        Duty("他-99", "其他不属于街道、社区职责的事项", MADE_HERE, "other", "12345 热线转有职责的部门"),
    ),
))

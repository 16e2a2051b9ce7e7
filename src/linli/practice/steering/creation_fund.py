# SPDX-License-Identifier: MulanPSL-2.0
"""创建经费: the money of creation, borne by the district's budget (SEED §11); its uses are ours and shown as proposed."""

from linli.core.words import words
from linli.ledgers.funds import Fund, declare

declare(Fund(
    name="creation",
    words=words("创建经费", "Money of creation"),
    source="SEED §11",
    bearer="district",
    uses={
        "facilities": words("服务设施建设与改造", "Building and mending of service rooms"),
        "surroundings": words("环境整治", "Surroundings"),
        "services": words("服务项目与活动", "Services and activities"),
        "technology": words("信息化", "Information systems"),
        "training": words("培训", "Training"),
        "publicity": words("宣传", "Publicity"),
        "other": words("其他", "Other"),
    },
))

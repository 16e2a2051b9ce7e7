# SPDX-License-Identifier: MulanPSL-2.0
"""What the marks in the sources of the draft standard stand for, in plain words (domain/policy.md 0.2)."""

from linli.core.words import words
from linli.measures.explaining import declare_sources

declare_sources({
    "P": words("拟定，没有官方出处", "our proposal, without an official source"),
    "policy.md": words("指标草案", "draft list of indicators"),
    "SEED": words("天津市关于创建美丽社区的指导意见", "Tianjin's guidance on creating Beautiful Communities"),
    "TJ17": words("2017 年美丽社区测评的报道", "report on the assessment of 2017"),
    "TJ145": words("天津市“十四五”城乡社区服务规划", "Tianjin's community service plan 2021-2025"),
    "HQ": words("红桥区政策文件", "Hongqiao district policy"),
    "CD": words("成都市和谐社区指标（参考）", "Chengdu's indicators (for reference)"),
    "BJ6": words("北京市干净社区指导标准（参考）", "Beijing's clean-community standard (for reference)"),
    "FIRE": words("东丽区微型消防站建设标准（2015）", "Dongli district's standard for micro fire stations (2015)"),
    "DR": words("全国综合减灾示范社区标准", "standard of disaster-reduction communities"),
    "JZT2": words("津治通平台的报道（2019）", "report on the city's grid platform (2019)"),
    "PM69": words("津政办发〔2013〕69 号 社区物业管理办法", "Tianjin's community property management measures (2013)"),
    "law:JWH": words("城市居民委员会组织法（2026 年前文本，待核对）", "Organic Law of Residents' Committees (text before 2026, to be confirmed)"),
    "law:BZ": words("滨州市网格化服务管理条例（参考）", "Binzhou's grid regulation (for reference)"),
    "memory-unsure": words("出处待核实", "source to be confirmed"),
    "cut-off": words("分界线为拟定", "the cut-off is proposed"),
    "cut-offs": words("分界线为拟定", "the cut-offs are proposed"),
})

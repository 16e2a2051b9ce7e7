# SPDX-License-Identifier: MulanPSL-2.0
"""A city of one district with two streets, small enough to play a demonstration in within a test."""

import pytest

from linli.core import calendar_store
from linli.core.actions import run
from linli.elements.actors import system_actor
from linli.matters import categories

DIVISIONS = """code,name,level,parent_code,kind,short_name
12,天津市,city,,,天津
120101,和平区,district,12,,和平
120101001,劝业场街道,street,120101,,劝业场
120101001001,花园路社区居委会,community,120101001,居委会,花园路
120101001002,林泉社区居委会,community,120101001,居委会,林泉
120101002,小白楼街道,street,120101,,小白楼
120101002001,开封道社区居委会,community,120101002,居委会,开封道
"""


@pytest.fixture
def small_city(db: None) -> None:
    """Divisions, calendars and categories; no account and no matter."""
    run("place.load", system_actor("installer"), {"divisions": DIVISIONS})
    calendar_store.seed()
    categories.seed()

# SPDX-License-Identifier: MulanPSL-2.0
"""Which categories come when, and which kind of unit takes them."""

ALL_YEAR = (3,) * 12
WINTER = (9, 7, 1, 0, 0, 0, 0, 0, 0, 0, 1, 6)
SUMMER = (0, 0, 1, 2, 4, 7, 8, 8, 4, 2, 1, 0)
RAIN = (0, 0, 1, 2, 3, 6, 9, 9, 4, 2, 1, 0)
AUTUMN = (1, 1, 1, 1, 1, 1, 1, 1, 2, 5, 6, 2)

GRID: dict[str, tuple[int, tuple[int, ...]]] = {
    "06010": (60, SUMMER), "06012": (40, AUTUMN), "06013": (24, ALL_YEAR), "06017": (30, ALL_YEAR), "06021": (10, SUMMER), "06028": (22, SUMMER),
    "06029": (8, SUMMER), "06030": (6, ALL_YEAR), "06035": (18, ALL_YEAR), "06036": (40, ALL_YEAR), "06040": (10, ALL_YEAR), "06041": (14, ALL_YEAR),
    "06042": (20, SUMMER), "07001": (30, ALL_YEAR), "09005": (16, SUMMER), "09006": (12, SUMMER), "09009": (40, ALL_YEAR), "09010": (44, ALL_YEAR),
    "09011": (30, ALL_YEAR), "09012": (10, ALL_YEAR), "01001": (10, ALL_YEAR), "01003": (8, ALL_YEAR), "01004": (5, RAIN), "01037": (24, ALL_YEAR),
    "01046": (10, ALL_YEAR), "01076": (8, ALL_YEAR), "02038": (6, ALL_YEAR), "03005": (14, ALL_YEAR), "03008": (6, ALL_YEAR), "04002": (5, RAIN),
    "04007": (6, ALL_YEAR), "06051": (4, ALL_YEAR), "06052": (5, ALL_YEAR), "08001": (10, ALL_YEAR), "08004": (6, ALL_YEAR), "10001": (8, WINTER),
    "10002": (8, ALL_YEAR), "06005": (6, ALL_YEAR), "06008": (6, ALL_YEAR), "06027": (6, ALL_YEAR), "06050": (4, ALL_YEAR), "02010": (3, ALL_YEAR),
}
"""Weight and months of the everyday categories (GB/T 47678.5-2026 codes; weights are our choice)."""
SIX: dict[str, tuple[int, tuple[int, ...]]] = {
    "1": (10, ALL_YEAR), "2": (24, ALL_YEAR), "3": (10, SUMMER), "4": (18, SUMMER), "5": (5, ALL_YEAR), "6": (20, ALL_YEAR),
}
UNIT_OF_GROUP = {
    "01": "utility", "02": "utility", "03": "property_firm", "04": "property_firm", "06": "sanitation", "07": "enforcement_team",
    "08": "enforcement_team", "09": "enforcement_team", "10": "utility", "9": "enforcement_team",
}
"""Who usually takes a group of categories."""
UNIT_OF_CODE = {"06013": "utility", "06028": "enforcement_team", "06029": "enforcement_team", "06036": "property_firm", "06040": "property_firm",
                "06035": "property_firm", "06008": "utility", "06050": "utility", "06051": "utility", "06052": "utility", "01046": "property_firm"}


def weight(entry: tuple[int, tuple[int, ...]], month: int) -> int:
    """The weight of a category in a month (1 to 12)."""
    base, months = entry
    return base * months[month - 1]

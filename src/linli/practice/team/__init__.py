# SPDX-License-Identifier: MulanPSL-2.0
"""Those who take part: social organisations and units."""

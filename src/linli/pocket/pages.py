# SPDX-License-Identifier: MulanPSL-2.0
"""What the phone puts into the navigation of the desk: the way to itself."""

from linli.core.words import words
from linli.ui.navigation import Entry, declare

declare(Entry("pocket", words("手机页", "Phone"), "pocket:day", "phone", 25, ("matter.patrol", "matter.handle", "matter.verify")))

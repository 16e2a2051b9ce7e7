# SPDX-License-Identifier: MulanPSL-2.0
"""`python -m linli.measures.proving FILE`: the check for outsiders, which needs nothing but Python."""

import sys

from linli.measures.proving.verdicts import main

sys.exit(main(sys.argv[1:]))

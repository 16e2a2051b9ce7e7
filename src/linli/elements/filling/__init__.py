# SPDX-License-Identifier: MulanPSL-2.0
"""填表: a form that somebody else asks for is uploaded and matched once; from then on it is filled from the registers by one press."""

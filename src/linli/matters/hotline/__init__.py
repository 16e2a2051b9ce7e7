# SPDX-License-Identifier: MulanPSL-2.0
"""Orders of the 12345 hotline: tables read whatever their form, rows checked, orders taken in once and answered back."""

# SPDX-License-Identifier: MulanPSL-2.0
"""The year of creation: target, call, application, reviews, unannounced visits, assessment, publicity, objections and naming."""

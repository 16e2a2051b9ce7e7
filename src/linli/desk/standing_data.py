# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of organisations, facilities, areas of responsibility and reach on foot."""

from django.urls import path

from linli.desk import coverages, facilities, organisations, responsibilities

ADDRESSES = [
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<int:organisation>/", organisations.organisation, name="organisation"),
    path("organisations/<int:organisation>/<str:what>", organisations.change, name="organisation_change"),
    path("facilities/", facilities.overview, name="facilities"),
    path("facilities/<int:thing>/", facilities.facility, name="facility"),
    path("facilities/<int:thing>/<str:what>", facilities.change, name="facility_change"),
    path("responsibility/", responsibilities.overview, name="responsibility"),
    path("responsibility/<int:area>/", responsibilities.of_place, name="responsibility_of"),
    path("responsibility/<int:area>/<str:what>", responsibilities.change, name="responsibility_change"),
    path("coverage/", coverages.coverage, name="coverage"),
]

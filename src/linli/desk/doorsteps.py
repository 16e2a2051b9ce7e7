# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of keeping base data up: visits door by door, changes of households and people, residents' own proposals."""

from django.urls import path

from linli.desk import homes, proposing, visiting

ADDRESSES = [
    path("visits/", visiting.overview, name="visits"),
    path("visits/changes/", visiting.changes, name="changes"),
    path("visits/changes/<int:event>/undo", homes.undo, name="undo"),
    path("visits/stairs/<int:building>/", visiting.stairs_page, name="stairs"),
    path("visits/stairs/<int:building>/sheet", visiting.sheet, name="sheet"),
    path("visits/door/<int:dwelling>/", visiting.door, name="door"),
    path("visits/door/<int:dwelling>/move-in", homes.move_in, name="move_in"),
    path("visits/needs/<int:visit>", visiting.needs, name="needs"),
    path("visits/home/<int:household>/<str:what>", homes.of_household, name="home_change"),
    path("visits/person/<int:person>/correct", homes.correct, name="correct"),
    path("visits/person/<int:person>/<str:what>", homes.of_person, name="person_change"),
    path("proposals/", proposing.overview, name="proposals"),
    path("proposals/<int:proposal>/", proposing.one, name="proposal"),
]

# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of the grid workers' pages: grids and who looks after them, rounds, workload, handing over, orders for tracks."""

from django.urls import path

from linli.desk import covers, handovers, tracking, walks, workloads

ADDRESSES = [
    path("grids/", covers.grids, name="grids"),
    path("grids/<int:area>/", covers.grid, name="grid"),
    path("grids/<int:area>/<str:what>", covers.change, name="grid_change"),
    path("rounds/", walks.overview, name="rounds"),
    path("rounds/objection", walks.objecting, name="objecting"),
    path("rounds/objection/<int:objection>", walks.answering, name="objection"),
    path("rounds/begin/<int:area>", walks.begin, name="round_begin"),
    path("rounds/end/<int:walk>", walks.end, name="round_end"),
    path("rounds/<int:area>/", walks.of_place, name="rounds_of"),
    path("workload/", workloads.work, name="work"),
    path("workload/<int:worker>/<str:what>", workloads.records, name="work_records"),
    path("handover/", handovers.overview, name="handovers"),
    path("handover/<int:post>/", handovers.hand_over, name="handover"),
    path("handover/<int:handover>/back", handovers.take_back, name="take_back"),
    path("tracks/", tracking.overview, name="tracks"),
    path("tracks/<int:order>/<str:step>", tracking.change, name="track_change"),
]

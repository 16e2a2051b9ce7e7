# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of the phone."""

from django.urls import path

from linli.pocket import pages, readings, shells

__all__ = ["app_name", "pages", "urlpatterns"]

app_name = "pocket"

urlpatterns = [
    path("", shells.day, name="day"),
    path("round/", shells.round_, name="round"),
    path("report/", shells.report, name="report"),
    path("visits/", shells.visits, name="visits"),
    path("doors/", shells.doors, name="doors"),
    path("outbox/", shells.outbox, name="outbox"),
    path("settings/", shells.settings, name="settings"),
    path("matter/<str:number>/", shells.matter, name="matter"),
    path("shell/<str:name>/", shells.shell, name="shell"),
    path("standing.json", readings.standing, name="standing"),
    path("day.json", readings.day, name="day_read"),
    path("ground.json", readings.ground, name="ground_read"),
    path("doors.json", readings.door_list, name="doors_read"),
    path("matter/<str:number>.json", readings.matter, name="matter_read"),
    path("photo", readings.photo, name="photo"),
    path("send/<str:action>", readings.send, name="send"),
    path("worker.js", shells.worker, name="worker"),
    path("manifest.webmanifest", shells.manifest, name="manifest"),
]

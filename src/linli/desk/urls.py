# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of the desk."""

from django.urls import path

from linli.desk import (
    administration,
    alarms,
    call_backs,
    clocks,
    figures,
    grounds,
    inboxes,
    journals,
    letters,
    limits,
    matters,
    pages,
    reporting,
    reviews,
    routes,
    statistics,
    takeouts,
    todays,
    tokens,
    wordings,
)

__all__ = ["app_name", "clocks", "pages", "urlpatterns"]

app_name = "desk"

urlpatterns = [
    path("", todays.today, name="today"),
    path("inbox/", inboxes.inbox, name="inbox"),
    path("report/", reporting.report, name="report"),
    path("matter/<str:number>/", matters.matter, name="matter"),
    path("matter/<str:number>/move/<str:action>", matters.move, name="move"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<str:number>", reviews.review, name="review"),
    path("matter/<str:number>/limits/<str:name>/", limits.limit, name="limit"),
    path("alarms/", alarms.alarms_page, name="alarms"),
    path("alarms/<int:alarm>/take", alarms.take, name="alarm_take"),
    path("results/", figures.own, name="results"),
    path("results/<int:area>/", figures.area, name="area_results"),
    path("results/<int:area>/pulse", figures.pulse, name="results_pulse"),
    path("results/<int:area>/<str:code>/", figures.members, name="members"),
    path("journal/", journals.journal, name="journal"),
    path("accounts/", administration.accounts, name="accounts"),
    path("accounts/add", administration.add, name="account_add"),
    path("accounts/<int:number>/", administration.account, name="account"),
    path("accounts/<int:number>/<str:what>", administration.account_form, name="account_form"),
    path("places/", grounds.places_list, name="places"),
    path("calendar/", grounds.calendar, name="calendar"),
    path("exports/", takeouts.own, name="exports"),
    path("exports/pulse", takeouts.pulse, name="exports_pulse"),
    path("exports/make", takeouts.make, name="export_make"),
    path("statistics/", statistics.own, name="statistics"),
    path("statistics/<int:area>/", statistics.area, name="area_statistics"),
    path("statistics/<int:area>/<str:code>/", statistics.members, name="statistics_members"),
    path("call-backs/", call_backs.page, name="call_backs"),
    path("letters/<int:number>/again", letters.again, name="letter_again"),
    path("wording/", wordings.overview, name="wordings"),
    path("wording/<str:occasion>/<str:channel>/", wordings.edit, name="wording"),
    path("tokens/", tokens.own, name="tokens"),
    path("routes/", routes.overview, name="routes"),
    path("routes/new", routes.new, name="route_new"),
    path("routes/<int:route>/", routes.version, name="route"),
    path("routes/<int:route>/pulse", routes.pulse, name="route_pulse"),
    path("routes/<int:route>/table", routes.table, name="route_table"),
    path("routes/<int:route>/rules.csv", routes.rules_csv, name="route_csv"),
    path("routes/<int:route>/rules.toml", routes.rules_toml, name="route_toml"),
    path("routes/<int:route>/<str:what>", routes.change, name="route_change"),
]

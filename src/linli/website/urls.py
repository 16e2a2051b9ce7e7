# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of the public site."""

from django.urls import path

from linli.website import communities, following, named, open_data, own, pages, publicities, reporting, standards, surveying, verifying

__all__ = ["app_name", "pages", "urlpatterns"]

app_name = "website"

urlpatterns = [
    path("", communities.front, name="front"),
    path("report/", reporting.report, name="report"),
    path("report/done/<str:number>/", reporting.done, name="done"),
    path("follow/", following.enter, name="follow"),
    path("follow/<str:code>/", following.story, name="story"),
    path("follow/<str:code>/rate", following.rate, name="rate"),
    path("follow/<str:code>/answer", following.answer, name="answer"),
    path("follow/<str:code>/again", following.again, name="again"),
    path("follow/<str:code>/messages", following.messages, name="messages"),
    path("propose/", own.moved, name="propose"),
    path("propose/<str:code>/", own.moved, name="proposing"),
    path("c/", communities.city, name="city"),
    path("c/<int:area>/", communities.place, name="place"),
    path("c/<int:area>/scheme.svg", communities.picture, name="picture"),
    path("named/", named.named, name="named"),
    path("own/", own.own, name="own"),
    path("own/enter", own.enter, name="own_enter"),
    path("own/correct/", own.correct, name="own_correct_all"),
    path("own/correct/<str:name>", own.correct, name="own_correct"),
    path("own/object", own.objection, name="own_object"),
    path("own/consent/<str:purpose>", own.agree, name="own_agree"),
    path("own/export", own.take, name="own_take"),
    path("own/leave", own.leave, name="own_leave"),
    path("survey/", surveying.enter, name="survey"),
    path("survey/answer", surveying.answer, name="survey_answer"),
    path("survey/done", surveying.done, name="survey_done"),
    *publicities.ADDRESSES,
    path("standard/", standards.standard, name="standard"),
    path("standard/norms/", standards.norms, name="standard_norms"),
    path("standard/standard.toml", standards.as_toml, name="standard_toml"),
    path("standard/standard.json", standards.as_json, name="standard_json"),
    path("robots.txt", communities.robots, name="robots"),
    path("sitemap.xml", communities.sitemap, name="sitemap"),
    path("verify/", verifying.verify, name="verify"),
    path("publications/<str:digest>.json", verifying.publication, name="publication"),
    path("open/", open_data.overview, name="open_data"),
    path("open/dictionary.json", open_data.dictionary, name="open_dictionary"),
    path("open/<str:name>.<str:form>", open_data.file, name="open_file"),
    path("open/results/<str:period>.<str:form>", open_data.results, name="open_results"),
]

# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of the API: its first version, and the document that describes it."""

from django.urls import path

from linli.api.gate import api, sentences
from linli.api.serving import openapi

app_name = "api"

patterns, _app, _namespace = api.urls
urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    path("v1/", (sentences(patterns), "v1", "v1")),
]

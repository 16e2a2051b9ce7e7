# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of the doors."""

from django.urls import path

from linli.doors import files, health, letters, living, takeouts, views

app_name = "doors"

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("inside", views.inside, name="inside"),
    path("posts", views.posts, name="posts"),
    path("password", views.password, name="password"),
    path("look", views.look, name="look"),
    path("healthz", health.healthz, name="healthz"),
    path("exports/<int:number>", takeouts.takeout, name="takeout"),
    path("evidence/<int:number>/<path:name>", files.download, name="evidence"),
    path("letters/delivery", letters.delivery, name="letters_delivery"),
    path("ui/", living.living, name="living"),
    path("ui/pulse", living.pulse, name="living_pulse"),
]

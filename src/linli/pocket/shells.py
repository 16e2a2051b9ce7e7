# SPDX-License-Identifier: MulanPSL-2.0
"""The screens as pages, the same screens without anybody's data for the time without a network, the manifest and the service worker."""

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings as installation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from linli import ui
from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import PUBLIC, Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors.context import Page
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements.keeping.events import KEEPS
from linli.pocket import cards, days, phrases
from linli.pocket.readings import SEE, owner_of

SCREENS: dict[str, tuple[Words, str, str]] = {
    "day": (words("今天", "Today"), "today", ""),
    "round": (words("巡查", "Round"), "eye", "walk"),
    "report": (words("上报", "Report"), "plus", "report"),
    "outbox": (words("待发", "Outbox"), "inbox", ""),
    "settings": (words("我的", "Mine"), "user", ""),
}
"""The bar at the foot: words, icon, and what the post must be able to do."""
FURTHER = ("matter", "visits", "doors")
OURS = Path(__file__).with_name("static") / "pocket"
THEIRS = Path(ui.__file__).with_name("static") / "ui"
NAME = words("邻里随身", "Linli Pocket")
ABOUT = words("网格员和处置人员的手机工作页，没有网络也能用。", "The phone page of grid workers and handlers; it works without a network.")


def _frame(request: HttpRequest, name: str, *, is_shell: bool) -> dict[str, Any]:
    """What every screen needs: the bar, the addresses, the texts of the scripts, and whose copies may be shown."""
    actor = PUBLIC if is_shell else actor_of(request)
    return {
        "screen": name, "is_shell": is_shell, "owner": "" if is_shell else owner_of(actor), "look": look_of(request), "modules": modules(),
        "bar": [{"name": one, "words": label, "icon": icon, "href": address(one), "is_here": one == name, "needs": needs,
                 "is_open": is_shell or not needs or days.can(actor)[needs]} for one, (label, icon, needs) in SCREENS.items()],
        "settings": {"screen": name, "shell": is_shell, "texts": phrases.texts(), "addresses": addresses(), "language": get_language(), "look": look_of(request)},
    }


def address(name: str) -> str:
    """Where a screen is."""
    return reverse("pocket:day") if name == "day" else reverse(f"pocket:{name}", args=["LL0"] if name == "matter" else [])


def addresses() -> dict[str, str]:
    """Every address that the scripts ask, by name."""
    names = ("standing", "day_read", "ground_read", "doors_read", "photo", "worker")
    found = {name: reverse(f"pocket:{name}") for name in names} | {name: address(name) for name in (*SCREENS, *FURTHER)}
    return found | {"send": reverse("pocket:send", args=["ACTION"]), "matter_read": reverse("pocket:matter_read", args=["NUMBER"]),
                    "sign_in": reverse("doors:sign_in"), "sign_out": reverse("doors:sign_out"), "posts": reverse("doors:posts"), "look": reverse("doors:look")}


def look_of(request: HttpRequest) -> str:
    """Language, theme and size of type in one word: a kept shell of another look is fetched anew."""
    page = Page(request)
    return f"{page.language_tag}.{page.theme or 'device'}.{page.type or 'normal'}"


@require_GET
@able(SEE)
def day(request: HttpRequest) -> HttpResponse:
    """My day, painted by the server first."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = days.day_of(actor)
        shown = {"cards": [one | {"due": datetime.fromisoformat(one["due_at"]) if one["due_at"] else None} for one in found["cards"]],
                 "open": len(found["cards"]), "at_desk": found["at_desk"], "walk": found["walk"],
                 "keeps": found["can"]["keep"]}
        return _screen(request, "day", {"day": shown, "as_of": clock.now()})


@require_GET
@able(SEE)
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """One matter with what can be done on site. NotVisible outside the range."""
    actor: Actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        return _screen(request, "matter", {"card": cards.single(actor, number), "as_of": clock.now()})


def _plain(name: str, *abilities: str) -> Any:
    """A screen that the scripts fill."""

    @require_GET
    @able(*(abilities or (SEE,)))
    def shown(request: HttpRequest) -> HttpResponse:
        return _screen(request, name, {})

    return shown


round_, report, doors = _plain("round", "round.walk"), _plain("report", "matter.report"), _plain("doors", KEEPS)
visits, outbox, settings = (_plain(name) for name in ("visits", "outbox", "settings"))


def _screen(request: HttpRequest, name: str, more: dict[str, Any], *, is_shell: bool = False) -> HttpResponse:
    frame = _frame(request, name, is_shell=is_shell)
    frame["settings"] = _as_script(frame["settings"] | {"owner": frame["owner"], "card": more.get("card")})
    response = render(request, f"pocket/{name}.html", frame | more)
    response.headers["X-Linli-Look"] = look_of(request)
    return response


def _as_script(told: dict[str, Any]) -> SafeString:
    """JSON for a data block of the page: Chinese as it is written, nothing that could end the block."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S308


@require_GET
def shell(request: HttpRequest, name: str) -> HttpResponse:
    """A screen without anybody's data, for the phone to keep. NotVisible for an unknown one."""
    if name not in SCREENS and name not in FURTHER:
        raise NotVisible
    request.actor = PUBLIC  # type: ignore[attr-defined]
    return _screen(request, name, {}, is_shell=True)


@lru_cache(maxsize=1)
def modules() -> tuple[str, ...]:
    """Every script of the phone, so that they are fetched side by side."""
    return tuple(f"pocket/js/{one.name}" for one in sorted((OURS / "js").glob("*.js")))


@lru_cache(maxsize=1)
def kept_files() -> tuple[str, ...]:
    """Addresses of everything that the screens load."""
    shared = [f"ui/js/{one.name}" for one in sorted((THEIRS / "js").glob("*.js"))] + ["ui/icons.svg", "ui/favicon.svg", "ui/mark.svg"]
    joined = ["ui/tokens.css", "ui/parts.css"] if installation.TESTING else []  # collectstatic puts them into our own sheet
    own = ["pocket/pocket.css", *joined, *(f"pocket/{one.name}" for one in sorted(OURS.glob("icon-*")))]
    return tuple(static(name) for name in (*modules(), *shared, *own))


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its text changes with the files it keeps, and then the browser takes the new one."""
    files = kept_files()
    edition = hashlib.sha256("\n".join((*files, *SCREENS)).encode()).hexdigest()[:12]
    shown = {"edition": edition, "files": files, "screens": {name: reverse("pocket:shell", args=[name]) for name in (*SCREENS, *FURTHER)},
             "root": reverse("pocket:day"), "addresses": addresses()}
    body = f'import {{ start }} from "{static("pocket/js/worker.js")}";\nstart({json.dumps(shown)});\n'
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone needs to install the app."""
    icons = [{"src": static(f"pocket/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"} for size in (192, 512)]
    icons += [{"src": static("pocket/icon-mask-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
              {"src": static("pocket/icon-any.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    shortcuts = [{"name": str(SCREENS[name][0]), "url": address(name)} for name in ("report", "round", "outbox")]
    return JsonResponse({
        "id": reverse("pocket:day"), "name": str(NAME), "short_name": "邻里", "description": str(ABOUT), "lang": Page(request).language_tag,
        "start_url": reverse("pocket:day"), "scope": reverse("pocket:day"), "display": "standalone", "orientation": "portrait",
        "background_color": "#faf6ef", "theme_color": "#0f6b5c", "icons": icons, "shortcuts": shortcuts,
    }, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})

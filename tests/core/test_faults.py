# SPDX-License-Identifier: MulanPSL-2.0
"""A fault says what, why and what next, in the reader's language, and never tells absent from hidden."""

import pickle

import django
import pytest
from django.conf import settings

if not settings.configured:
    settings.configure(USE_I18N=True, LANGUAGE_CODE="zh-hans")
    django.setup()

from django.utils import translation

from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible, TooMany
from linli.core.words import words

PHONE = {"phone": words("电话要有11位。", "A phone number has 11 digits.")}
STATUSES = [(NotVisible(), 404), (NotAble(), 403), (Conflict(), 409), (Invalid(PHONE), 422), (TooMany(30), 429)]


@pytest.mark.parametrize(("fault", "status"), STATUSES, ids=lambda value: type(value).__name__)
def test_each_fault_has_its_status_and_full_sentences_in_both_languages(fault, status):
    chinese, english = fault.as_json("zh-hans")["fault"], fault.as_json("en")["fault"]

    assert fault.status == status
    assert chinese["code"] == english["code"] == fault.code
    assert all(text.endswith("。") for text in (chinese["message"], chinese["remedy"]))
    assert all(text.endswith(".") for text in (english["message"], english["remedy"]))


def test_the_json_has_exactly_the_promised_shape():
    fault = Fault("not_verified", words("不能结案：还没有人核查。", "Cannot close: nobody has verified it."),
                  words("请让本网格的核查员先核查。", "Ask the verifier of this grid first."))

    assert fault.as_json("en") == {"fault": {"code": "not_verified", "message": "Cannot close: nobody has verified it.",
                                             "remedy": "Ask the verifier of this grid first."}}
    assert fault.status == 422


def test_wrong_fields_have_their_own_sentences():
    assert Invalid(PHONE).as_json("en")["fault"]["fields"] == {"phone": "A phone number has 11 digits."}


def test_the_json_follows_the_active_language_when_none_is_named():
    with translation.override("en"):
        assert Invalid(PHONE).as_json()["fault"]["fields"]["phone"].startswith("A phone")


def test_absent_and_hidden_cannot_be_told_apart():
    with pytest.raises(TypeError):
        NotVisible("the matter exists")

    assert NotVisible().as_json("en") == NotVisible().as_json("en")


def test_too_many_says_when_to_come_back():
    assert TooMany(90).retry_after == 90
    assert "90" in TooMany(90).remedy.zh


@pytest.mark.parametrize("fault", [fault for fault, _ in STATUSES], ids=lambda fault: type(fault).__name__)
def test_a_fault_survives_a_process_boundary(fault):
    again = pickle.loads(pickle.dumps(fault))

    assert type(again) is type(fault)
    assert again.as_json("en") == fault.as_json("en")
    assert again.__dict__ == fault.__dict__


def test_the_text_of_a_fault_for_a_log_holds_code_message_and_remedy():
    with translation.override("en"):
        assert str(TooMany(5)) == ("too_many: Too many tries in a short time; this one was not carried out. "
                                   "Try again in 5 seconds.")

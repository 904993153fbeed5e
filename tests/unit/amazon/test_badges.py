"""Badges of deals: complete ones are shown, templates are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.badges import complete_badge


@pytest.mark.parametrize(
    "badge",
    ["Ends in ", "Ends In", "ends in:", "Endet in", "Se termine dans", "Termina en", "Scade tra",
     "Eindigt over", "Termina em", "Slutar om", "終了まで", "Ends in {time}", "Ends in %s",
     "Ends in…", "Noch ", "Ends at", "Lõpeb ", "Deal endet am", "Termina el", "Se termine le",
     "で終了", "セールは で終了", "残り時間", "残り", "あと", "Ends in [TIME]", "Ends in <time>",
     "…<time>", "Ends", "Deals end in", "Ending in", "Tylko do",
     "Deal ends on", "Expires in", "Endet um", "Läuft ab in", "Nur noch", "Noch", "Gültig bis",
     "Bis zum", "Jusqu’au", "Jusqu'à", "Expire le", "Hasta el", "Acaba en", "Finaliza a las",
     "Até às", "Acaba em", "Fino al", "Scade il", "Tot", "Eindigt op", "Loopt af op",
     "Kończy się za",
     "Do", "Valid until", "Time left", "Verbleibende Zeit", "Temps restant", "Tempo rimanente",
     "içinde bitiyor", "में समाप्त", "ينتهي خلال", "ينتهي العرض في", "Ends in %1$s", "Ends in %@",
     "Ends in %TIME%", "Ends in hh:mm:ss", "Ends in --:--", "Noch {{hours}} Stunden", "Ends in..."],
)  # fmt: skip
def test_template_is_not_shown(badge: str) -> None:
    assert complete_badge(badge) == ""


@pytest.mark.parametrize(
    "badge",
    ["Limited time deal", "With Prime", "Black Friday Deal", "-20% Deal", "20% discount",
     "Befristetes Angebot", "Oferta flash", "数量限定タイムセール", "Deal of the Day", "Big Win",
     "Made in", "Buy 1 get 1 in", "Ends in 2 hours", "Endet am 24.11.", "Termina el 24 nov",
     "Weekend", "Week-end", "Legends", "Season ends today", "2時間で終了", "12/5に終了",
     "残り3時間", "本日まで", "Year End", "Must do", "Happy ending",
     "Tages-Angebot noch heute", "Angebot des Tages", "Nur heute", "2 saat içinde bitiyor",
     "2 घंटे में समाप्त", "Trade in", "Ultimate", "-50%", "50%"],
)  # fmt: skip
def test_complete_badge_is_shown(badge: str) -> None:
    assert complete_badge(badge) == badge


def test_absent_badge_is_empty() -> None:
    assert complete_badge(None) == complete_badge("") == ""


@given(st.text(max_size=100))
def test_any_text_is_a_badge_or_none(text: str) -> None:
    assert len(complete_badge(text)) <= 80


def test_long_badge_is_cut() -> None:
    assert complete_badge("x" * 81) == "x" * 80

"""Texts are kept by key; the oldest go where there are too many characters."""

from deskcal.http.caldav.texts import OVERHEAD, Texts


def test_the_oldest_texts_go_first() -> None:
    texts = Texts(3 * (OVERHEAD + 10))
    for name in ("a", "b", "c"):
        texts.put(name, name * 10)
    texts.put("a", "A" * 10)
    texts.put("d", "d" * 10)
    assert [texts.get(name) for name in "abcd"] == ["A" * 10, None, "c" * 10, "d" * 10]


def test_a_text_beyond_all_bounds_is_not_kept() -> None:
    texts = Texts(OVERHEAD)
    texts.put("a", "a")
    assert texts.get("a") is None

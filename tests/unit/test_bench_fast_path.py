"""What the benchmark of the fast path takes out is found in the source of the fast path."""

import pytest
from bench.fast_path import TRICKS, Edit, variant

from deskcal.commands import fast_path


@pytest.mark.parametrize("edits", TRICKS.values(), ids=TRICKS)
def test_a_trick_is_found_in_the_source(edits: tuple[Edit, ...]) -> None:
    assert callable(variant(edits))


def test_every_trick_that_the_source_lists_is_measured() -> None:
    listed = [line for line in (fast_path.__doc__ or "").splitlines() if line.startswith("- ")]
    assert len(listed) == len(TRICKS)


def test_a_text_that_the_source_lacks_is_named() -> None:
    with pytest.raises(ValueError, match=r"no text 'decode = twice\(\)'"):
        variant([("decode = twice()", "")])

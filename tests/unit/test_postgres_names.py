"""The URL of a database: what is shown of it, and that no part of a password ever is."""

import pytest

from deskcal.store.ports import StoreError
from deskcal.store.postgres.url import parsed, shown


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://desk:s3cr@db.example:5433/cal", "postgresql://db.example:5433/cal"),
        ("postgres://desk@db.example/cal?password=s3cr", "postgresql://db.example/cal"),
        ("postgresql://a:1,b:2/cal?target_session_attrs=read-write", "postgresql://a:1,b:2/cal"),
        ("postgresql://a,b/cal?port=5433", "postgresql://a:5433,b:5433/cal"),
        ("postgresql://[::1]:5433/cal", "postgresql://[::1]:5433/cal"),
        ("postgresql:///cal?host=/run/postgresql", "postgresql://%2Frun%2Fpostgresql/cal"),
        ("postgresql://?service=cal", "postgresql:///?service=cal"),
        ("host=db.example dbname=cal user=desk password=s3cr", "postgresql://db.example/cal"),
    ],
)
def test_of_a_url_its_places_and_its_name_are_shown(url: str, text: str) -> None:
    assert shown(url) == text


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:s3cr@t@db.example/cal",
        "postgresql://desk:s3cr@t:5@db.example/cal",
        "postgresql://desk:5432/s3crt@db.example/cal",
        "postgresql://desk:s3cr/t@db.example/cal",
        "postgresql://desk:s3cr%zz@db.example/cal",
        "mysql://desk:s3cr@db.example/cal",
        "db.example/cal:s3cr",
    ],
)
def test_a_url_that_would_be_split_in_the_wrong_place_is_refused_without_quoting_it(
    url: str,
) -> None:
    with pytest.raises(StoreError) as caught:
        shown(url)
    assert "s3cr" not in str(caught.value)
    assert "%40" in str(caught.value)


def test_percent_signs_spell_what_a_password_may_hold() -> None:
    assert parsed("postgresql://desk:s3%40cr%3At%2F@db/cal")["password"] == "s3@cr:t/"

"""Advisory locks on PostgreSQL: one key for each purpose."""

from deskcal.store.postgres.changes import PRUNE_LOCK
from deskcal.store.postgres.claims import CLAIM_LOCK
from deskcal.store.postgres.group import COLLECTION_LOCK
from deskcal.store.postgres.locks import USE
from deskcal.store.postgres.schema import MIGRATION_LOCK
from deskcal.store.postgres.search import INDEX_LOCK


def test_no_two_purposes_share_a_key() -> None:
    """A create in a new desk waited for a step of the search index, which had the same key."""
    keys = [CLAIM_LOCK, COLLECTION_LOCK, INDEX_LOCK, MIGRATION_LOCK, PRUNE_LOCK, USE]
    assert len(set(keys)) == len(keys)

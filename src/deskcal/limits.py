"""Every limit of the server: its default, its unit in its name. Source: contract, section 11."""

from typing import Annotated

from msgspec import Meta, Struct

KIB = 1024
MIB = 1024 * 1024
DAY_SEC = 86_400


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client can ask of the server at most; each is a setting (`config.Config`)."""

    max_message_bytes: Annotated[
        int, Meta(ge=1024, description="One message without its line end; beyond: 413, close")
    ] = MIB
    max_json_depth: Annotated[
        int,
        Meta(ge=8, description="Of a message, `ast_json` from its own container; else 400"),
    ] = 64
    max_token_bytes: Annotated[int, Meta(ge=256, le=MIB, description="One token; beyond: 401")] = (
        8 * KIB
    )
    max_mask_bytes: Annotated[
        int, Meta(ge=1, le=MIB, description="One desk or brand mask; beyond: 400, of a token 401")
    ] = KIB
    max_mask_patterns: Annotated[
        int, Meta(ge=1, description="Patterns of one mask; beyond: 400, of a token 401")
    ] = 32
    max_participants: Annotated[
        int, Meta(ge=1, description="Rows of one event, the owner's too; beyond: 400")
    ] = 1_000
    message_timeout_sec: Annotated[
        float, Meta(gt=0, description="One message, first byte to its end; beyond: close")
    ] = 30
    tls_handshake_timeout_sec: Annotated[
        float, Meta(gt=0, description="TLS handshake; beyond: close")
    ] = 10
    http_request_timeout_sec: Annotated[
        float, Meta(gt=0, description="Wait for the next HTTP request; beyond: close")
    ] = 10
    idle_timeout_sec: Annotated[
        float, Meta(gt=0, description="Silence of a connection without subscription; beyond: close")
    ] = 900
    request_deadline_sec: Annotated[
        float,
        Meta(
            gt=0,
            le=DAY_SEC,
            description="One request; beyond: 504, or 503 when surely not applied",
        ),
    ] = 20
    max_requests_in_flight: Annotated[
        int, Meta(ge=1, description="Of one connection; beyond: it is not read until one is done")
    ] = 128
    max_unsent_bytes: Annotated[
        int,
        Meta(
            ge=KIB,
            description="Unsent output of one connection; beyond: its subscriptions pause; beyond "
            "an eighth: it is not read",
        ),
    ] = 8 * MIB
    max_unsent_total_bytes: Annotated[
        int,
        Meta(ge=MIB, description="Unsent output of all connections; beyond: lists wait their turn"),
    ] = 256 * MIB
    max_answer_bytes: Annotated[
        int, Meta(ge=KIB, description="One answer; beyond: 400, ask for fewer rows")
    ] = 128 * MIB
    write_timeout_sec: Annotated[
        float, Meta(gt=0, description="A client that takes none of its output; beyond: close")
    ] = 30
    list_snapshot_sec: Annotated[
        float,
        Meta(
            ge=0,
            le=4,
            description="A long list that its client takes slowly is read from the database for "
            "so long; then the rest is read at once and waits in memory",
        ),
    ] = 1
    max_connections: Annotated[
        int, Meta(ge=1, description="At most the process's file limit less 64; beyond: 503, close")
    ] = 10_000
    max_connections_without_token: Annotated[
        int, Meta(ge=1, description="Without a valid token so far; beyond: the oldest is closed")
    ] = 1_000
    max_requests_per_manager_sec: Annotated[
        int, Meta(ge=0, description="Requests of one manager a second, 0: off; beyond: 429")
    ] = 0
    max_subscriptions: Annotated[
        int, Meta(ge=1, description="Channels of one connection; beyond: 400")
    ] = 64
    max_bad_messages: Annotated[
        int, Meta(ge=1, description="Bad messages in a row on one connection; beyond: close")
    ] = 1_000
    heartbeat_sec: Annotated[
        float, Meta(gt=0, description="Between the empty lines on a subscribed connection")
    ] = 30
    stop_timeout_sec: Annotated[
        float, Meta(gt=0, description="What is in flight at SIGTERM may take this long")
    ] = 8
    max_group: Annotated[
        int,
        Meta(ge=1, description="Changes committed together at most; with --database at most 256"),
    ] = 1024
    max_queued_mutations: Annotated[
        int, Meta(ge=1, description="Waiting for the writer; beyond: 503")
    ] = 20_000
    cache_bytes: Annotated[
        int,
        Meta(
            ge=0,
            description="Documents in memory; on PostgreSQL a read still asks whether they changed",
        ),
    ] = 48 * MIB
    database_pool_size: Annotated[
        int, Meta(ge=2, description="Connections of one node to PostgreSQL; one more listens")
    ] = 8
    reminder_grace_sec: Annotated[
        int, Meta(ge=0, description="A fired reminder waits so long for its manager; then: missed")
    ] = DAY_SEC
    escalate_after_sec: Annotated[
        int,
        Meta(ge=0, description="A reminder unread for so long goes to its desk's lead; 0: never"),
    ] = 0
    max_devices: Annotated[
        int, Meta(ge=0, description="Device passwords of one manager; beyond: 400")
    ] = 20
    max_wrong_passwords_per_min: Annotated[
        int,
        Meta(
            ge=1,
            description="Wrong device passwords of one address a minute, and five times as many "
            "for one manager; beyond: 429",
        ),
    ] = 10
    max_webhooks: Annotated[int, Meta(ge=0, description="Webhooks at most; beyond: 400")] = 100
    webhook_timeout_sec: Annotated[
        float, Meta(gt=0, description="One delivery of a webhook; beyond: it has failed")
    ] = 15
    webhook_retry_sec: Annotated[
        tuple[Annotated[int, Meta(ge=0)], ...],
        Meta(description="Delays before failed deliveries are tried again; the last one repeats"),
    ] = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
    webhook_networks: Annotated[
        str,
        Meta(
            description="Networks that are not public and that webhooks may lead to, by http too: "
            "CIDRs with commas between"
        ),
    ] = ""
    webhook_ports: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=65_535)], ...],
        Meta(description="Ports that webhooks may lead to, with commas between; empty: any"),
    ] = ()
    webhook_ca_file: Annotated[
        str,
        Meta(
            description="PEM file of CAs that are trusted for receivers besides the public ones; "
            "empty: none"
        ),
    ] = ""
    change_retention_sec: Annotated[
        int,
        Meta(ge=0, description="Changes older than this are forgotten, 0: never; cursors: 410"),
    ] = 90 * DAY_SEC
    retry_window_sec: Annotated[
        int, Meta(ge=1, description="How long an idempotency_key is remembered")
    ] = DAY_SEC
    trash_retention_sec: Annotated[
        int, Meta(ge=0, description="How long a deleted event can be restored")
    ] = 90 * DAY_SEC
    undo_sec: Annotated[
        int, Meta(ge=0, description="How long after it a batch can be undone; beyond: 404")
    ] = DAY_SEC
    series_horizon_sec: Annotated[
        int, Meta(ge=1, description="How far ahead the occurrences of a series are made")
    ] = 400 * DAY_SEC
    max_series_occurrences: Annotated[
        int, Meta(ge=1, description="Open ones of one series that are not over; beyond: 400")
    ] = 1000


DEFAULT_LIMITS = Limits()
"""What the contract says."""

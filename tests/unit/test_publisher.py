"""Publish and subscribe within one process."""

from deskcal.core.publisher import Publisher


def test_every_subscriber_gets_each_value_in_order_of_subscription() -> None:
    publisher: Publisher[int] = Publisher()
    received: list[tuple[str, int]] = []
    publisher.publish(1)
    publisher.subscribe(lambda value: received.append(("first", value)))
    publisher.publish(2)
    publisher.subscribe(lambda value: received.append(("second", value)))
    publisher.publish(3)
    assert received == [("first", 2), ("first", 3), ("second", 3)]

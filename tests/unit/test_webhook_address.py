"""Where a webhook may lead. Source: contract, part 2, section 17."""

import pytest

from deskcal.core.webhook_address import (
    MAX_URL,
    AllowedNetworks,
    BadUrl,
    Target,
    is_public,
    target_of,
)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
    ],
)
def test_an_address_inside_is_not_public_also_in_an_ipv6_address(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_https_leads_to_public_addresses_and_http_to_none() -> None:
    networks = AllowedNetworks("")
    assert networks.allow("https", "8.8.8.8")
    assert not networks.allow("http", "8.8.8.8")
    assert not networks.allow("https", "127.0.0.1")


def test_the_setting_allows_networks_by_both_schemes() -> None:
    networks = AllowedNetworks("127.0.0.0/8, fd00::/8,")
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "fd00::7"):
        assert networks.allow("http", address)
        assert networks.allow("https", address)
    assert not networks.allow("http", "10.0.0.1")


def test_one_address_that_may_be_used_is_enough_and_a_refusal_says_why() -> None:
    networks = AllowedNetworks("")
    assert networks.refusal("https", ["10.0.0.1", "8.8.8.8"]) is None
    assert "no public address" in str(networks.refusal("https", ["10.0.0.1"]))
    assert "use https" in str(networks.refusal("http", ["8.8.8.8"]))


def test_ports_may_be_limited_whatever_the_network() -> None:
    networks = AllowedNetworks("127.0.0.0/8", [443, 8443])
    for port, why in ((443, None), (8443, None), (80, "webhook_ports allows 443, 8443 only")):
        found = networks.refusal_of(Target("http", "crm.example", port), ["127.0.0.1"])
        assert found is None if why is None else why in str(found)
    assert networks.refusal_of(Target("https", "crm.example", 443), ["10.0.0.1"])


@pytest.mark.parametrize("text", ["10.0.0.1/8", "x", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AllowedNetworks(text)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://crm.example/hooks?x=1", Target("https", "crm.example", 443)),
        ("HTTP://CRM.example:8080", Target("http", "crm.example", 8080)),
        ("https://[::1]:9/", Target("https", "::1", 9)),
    ],
)
def test_a_url_leads_to_a_host_and_port(url: str, target: Target) -> None:
    assert target_of(url) == target


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://x/" + "a" * MAX_URL, "at most"),
        ("https://x/\u00fc", "escape"),
        ("https://x/ y", "escape"),
        ("https://x:99999/", "no URL"),
        ("https://[::1/", "no URL"),
        ("ftp://x/", "must be an https URL"),
        ("crm.example/hooks", "must be an https URL"),
        ("https://a@x/", "user name"),
        ("https://x/#", "fragment"),
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused(url: str, why: str) -> None:
    with pytest.raises(BadUrl, match=why):
        target_of(url)

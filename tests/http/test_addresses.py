"""Which addresses are this machine alone, however they are spelt, and where a process listens."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from mlpm_core.api.security import startup_refusal
from mlpm_core.errors import InputError
from mlpm_core.services.admin.readiness import beyond_loopback, served_at
from mlpm_core.services.session.addresses import (
    Listener,
    is_loopback,
    listeners,
    local_address,
    port_refusal,
)

HERE = {
    "127.0.0.1": "127.0.0.1",
    "127.0.0.2": "127.0.0.2",
    "127.255.255.254": "127.255.255.254",
    "localhost": "localhost",
    "LocalHost": "localhost",
    " 127.0.0.1 ": "127.0.0.1",
    "::1": "::1",
    "[::1]": "::1",
    "0:0:0:0:0:0:0:1": "::1",
    "::ffff:127.0.0.1": "127.0.0.1",
    "::FFFF:7f00:1": "127.0.0.1",
}
ELSEWHERE = [
    "0.0.0.0", "::", "[::]", "0", "00.0.0.0", "0x0", "0x7f.1", "127.1", "127.0.1", "2130706433",
    "0177.0.0.1", "127.0.0.1.", "::ffff:0.0.0.0", "::ffff:10.0.0.5", "::127.0.0.1", "10.0.0.5",
    "192.168.1.5", "169.254.1.1", "fe80::1", "::1%eth0", "2001:db8::1", "255.255.255.255", "*",
    "localhost.", "localhost.example.org", "127.0.0.1.example.org", "example.org", "ip6-localhost",
    "unix:///tmp/mlpm.sock", "127.0.0.1:8501", "http://127.0.0.1", "127.0.0.1,0.0.0.0", "¹27.0.0.1",
]  # fmt: skip
OPTIONS = {"server.enableXsrfProtection": True, "server.enableCORS": True}


@pytest.mark.parametrize(("spelt", "plain"), HERE.items())
def test_an_address_of_this_machine_is_taken_in_its_usual_spelling(spelt, plain):
    assert local_address(spelt) == plain
    option = (OPTIONS | {"server.address": plain}).get
    assert startup_refusal(option, plain) is None


@pytest.mark.parametrize("spelt", ELSEWHERE)
def test_any_other_address_is_refused_with_a_sentence(spelt):
    assert not is_loopback(spelt)
    with pytest.raises(InputError, match="no sign-in yet and serves this machine only"):
        local_address(spelt, "MLPM_ADDRESS")
    for option, address in [("127.0.0.1", spelt), (spelt, "127.0.0.1")]:
        sentence = startup_refusal((OPTIONS | {"server.address": option}).get, address)
        assert "no sign-in yet" in sentence
        assert repr(spelt) in sentence


@pytest.mark.parametrize("empty", ["", None])
def test_an_address_that_is_left_empty_is_every_address_to_streamlit(empty):
    sentence = startup_refusal((OPTIONS | {"server.address": empty}).get, "127.0.0.1")
    assert sentence.startswith("server.address is empty. ")


def listening(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held = socket.socket(family)
    held.bind((address, 0))
    held.listen()
    return closing(held)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
def test_a_process_knows_where_it_listens(address):
    before = listeners()
    with listening(address) as held, closing(socket.socket()) as unused:
        unused.bind(("0.0.0.0", 0))  # bound, and takes no connection
        there = Listener(address, held.getsockname()[1])
        assert set(listeners()) - set(before) == {there}
        assert beyond_loopback() is None
        assert before or served_at("127.0.0.9", 1) == there
    assert listeners() == before
    assert before or served_at("127.0.0.9", 1) == Listener("127.0.0.9", 1)


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_a_process_that_listens_to_the_network_knows_it(address):
    with listening(address) as held:
        assert beyond_loopback() == Listener(address, held.getsockname()[1])


def test_a_port_that_is_taken_is_told_before_anything_is_started():
    with listening("127.0.0.1") as held:
        port = held.getsockname()[1]
        assert f"port {port} of 127.0.0.1" in port_refusal("127.0.0.1", port)
        assert "MLPM_PORT" in port_refusal("127.0.0.1", port)
    assert port_refusal("127.0.0.1", port) is None

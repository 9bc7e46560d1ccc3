"""Connections that libraries open by themselves are judged when they connect."""

from __future__ import annotations

import socket
import threading

import pytest

from pipelines.socket_guard import guarded_sockets


class Closed:
    """A gate that lets one name through, and nothing else."""

    def __init__(self, allowed: str = "") -> None:
        self.allowed = allowed
        self.judged: list[tuple[str, int, str]] = []

    def check_connection(self, ip: str, port: int, *, name: str) -> None:
        self.judged.append((ip, port, name))
        if name != self.allowed:
            raise ValueError(f"{name} is internal")


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_what_the_gate_refuses_is_not_connected_to(listener: socket.socket) -> None:
    gate, address = Closed(), listener.getsockname()
    with listener, guarded_sockets(gate) as guard:
        with pytest.raises(PermissionError, match=r"127\.0\.0\.1 is internal"):
            socket.create_connection(address, 1)
        with socket.socket() as other, pytest.raises(PermissionError):
            other.connect_ex(address)
        with socket.socket(type=socket.SOCK_DGRAM) as other, pytest.raises(PermissionError):
            other.sendto(b"x", address)
        assert guard.refusal == "127.0.0.1 is internal"
        assert gate.judged == [("127.0.0.1", address[1], "127.0.0.1")] * 3


def test_a_receiver_is_allowed_by_its_name_while_that_leads_there(listener: socket.socket) -> None:
    address = listener.getsockname()
    with listener, guarded_sockets(Closed("localhost"), host="localhost"):
        socket.create_connection(address, 1).close()
        with pytest.raises(PermissionError), socket.socket() as other:
            other.connect(("127.0.0.2", address[1]))


def test_names_and_local_sockets_are_refused(listener: socket.socket) -> None:
    with listener, guarded_sockets(Closed("localhost"), host="localhost"):
        with socket.socket() as other, pytest.raises(PermissionError):
            other.connect(("localhost", listener.getsockname()[1]))
        with socket.socket(socket.AF_UNIX) as other, pytest.raises(PermissionError):
            other.connect("/run/desk.sock")


def test_outside_and_in_other_threads_nothing_is_judged(listener: socket.socket) -> None:
    address = listener.getsockname()
    made: list[bool] = []

    def connect() -> None:
        socket.create_connection(address, 1).close()
        made.append(True)

    with listener:
        with guarded_sockets(Closed()):
            thread = threading.Thread(target=connect)
            thread.start()
            thread.join(5)
        connect()
    assert made == [True, True]

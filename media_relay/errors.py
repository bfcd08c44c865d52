"""Every error the relay raises on purpose.

RelayError
├── TicketRefused   a ticket is forged, expired, malformed (codes: ``ticket.*``)
├── RelayRefused    a control call is refused; its ``code`` is fit for a screen's next step
├── EngineUnavailable the fast engine was asked for and cannot run here
├── HandshakeFailed the peer's DTLS did not come up, or was not who the offer said
└── Malformed       hostile or broken bytes from the network: the packet is dropped

Messages hold codes and ids only, never what a peer sent.
"""


class RelayError(Exception):
    """Base of the relay's errors; ``code`` is stable, dotted and free of personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TicketRefused(RelayError):
    """The ticket opens nothing."""


class RelayRefused(RelayError):
    """The control call changed nothing."""


class EngineUnavailable(RelayError):
    """The setting asks for an engine that this machine does not have."""


class HandshakeFailed(RelayError):
    """No keys: the transport closes."""


class Malformed(RelayError):
    """Bytes that are not what they should be: whoever reads them drops them."""

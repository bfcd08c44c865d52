"""How a key made for development is recognised, so that production can refuse it."""

DEVELOPMENT_TEXT = "development-"
DEVELOPMENT_BYTES = b"development:"

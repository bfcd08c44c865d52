"""Reads of the office: numbers and wordings. MUST NOT return a member's name."""

"""The media relay: forwards encrypted RTP between the seats of a room.

Nothing in this package decodes media, opens a file for writing, or imports Django.
"""

"""The load of `bench.relay`: members with real ICE and DTLS-SRTP, and the servers they load.

Signalling, ICE and DTLS are Python; media is the C library in `native`, built by the bench.
"""

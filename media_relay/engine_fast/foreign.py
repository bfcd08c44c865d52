"""The C functions that compiled code calls, by symbols that survive in the cache of compiled code.

A pointer is a number here and nobody checks it: whoever calls MUST have checked that all the
octets it hands over lie inside one array.
"""

import ctypes
from collections.abc import Callable
from typing import cast

from llvmlite import binding
from numba import types

_LIBC = ctypes.CDLL(None)
CRYPTO = ctypes.CDLL("libcrypto.so.3")
# Signed, since numba makes a float of a sum of signed and unsigned.
POINTER = types.intp


def _function(
    library: ctypes.CDLL, name: str, result: types.Type, *arguments: types.Type
) -> Callable[..., int]:
    symbol = f"quietroom_{name}"
    address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    # llvmlite has no types.
    binding.add_symbol(symbol, address)  # type: ignore[no-untyped-call]
    return cast(Callable[..., int], types.ExternalFunction(symbol, result(*arguments)))


memcpy = _function(_LIBC, "memcpy", POINTER, POINTER, POINTER, types.uint64)
recvmmsg = _function(
    _LIBC, "recvmmsg", types.int32, types.int32, POINTER, types.uint32, types.int32, POINTER
)
sendmmsg = _function(
    _LIBC, "sendmmsg", types.int32, types.int32, POINTER, types.uint32, types.int32
)
# Where this thread's errno lies: MUST be read before any other call.
errno_location = _function(_LIBC, "__errno_location", POINTER)
# (context, cipher, engine, key, IV, 1 to encrypt): a zero leaves what was set before.
cipher_init = _function(
    CRYPTO,
    "EVP_CipherInit_ex",
    types.int32,
    POINTER,
    POINTER,
    POINTER,
    POINTER,
    POINTER,
    types.int32,
)
# (context, output or 0 for authenticated data, written, input, octets)
cipher_update = _function(
    CRYPTO, "EVP_CipherUpdate", types.int32, POINTER, POINTER, POINTER, POINTER, types.int32
)
cipher_final = _function(CRYPTO, "EVP_CipherFinal_ex", types.int32, POINTER, POINTER, POINTER)
cipher_control = _function(
    CRYPTO,
    "EVP_CIPHER_CTX_ctrl",
    types.int32,
    POINTER,
    types.int32,
    types.int32,
    POINTER,
)

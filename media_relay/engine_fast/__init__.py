"""The engine compiled by numba: the same rules as `engine_reference`, without its objects.

`engine.FastEngine` is the way in. What Python objects are to the reference, rows of arrays are
here (`state`); a row is named by its number. Everything that sees a packet is compiled; what
happens when somebody joins, leaves or changes a layer is plain Python on the same arrays.
"""

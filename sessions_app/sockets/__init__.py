"""The session socket: who may open it, what may be said on it, and what it keeps going."""

"""Closing a window as a person does: what a window manager sends when its cross is clicked."""

from __future__ import annotations

import ctypes
import ctypes.util

_CLIENT_MESSAGE = 33


class _Message(ctypes.Structure):
    """XClientMessageEvent, followed by what pads an XEvent to its size."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 24),
    )


def close_window(display: str, window: int) -> None:
    """Ask the program to close one of its windows (ICCCM 4.2.8, WM_DELETE_WINDOW)."""
    x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = ctypes.c_ulong
    opened = ctypes.c_void_p(x.XOpenDisplay(display.encode()))
    assert opened.value, f"no display {display}"
    try:
        protocols, delete = (
            x.XInternAtom(opened, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
        )
        message = _Message(type=_CLIENT_MESSAGE, window=window, message_type=protocols, format=32)
        message.data[0] = delete
        x.XSendEvent(opened, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
        x.XSync(opened, 0)
    finally:
        x.XCloseDisplay(opened)

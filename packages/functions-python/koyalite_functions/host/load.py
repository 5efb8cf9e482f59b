"""The module of a function, and what it is."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable

from .._decorator import MARK, check_config


class Loaded:
    """A function: ``kind`` is ``typed``, ``raw`` or ``asgi``."""

    def __init__(
        self, kind: str, handler: Callable[..., Any], config: dict[str, Any]
    ) -> None:
        self.kind = kind
        self.handler = handler
        self.config = config


_NO_FUNCTION = (
    "the module has no function: write @function() above `def {name}(ctx: Ctx, data: …)`."
    " For HTTP as it is, name an ASGI app `app`, or write `def handler(request)`."
)


def load_function(entry: str, name: str, packages: list[str]) -> Loaded:
    """Runs the module. Raises what its top level raises."""
    folder = os.path.dirname(entry)
    functions = (
        folder if os.path.basename(folder) == "functions" else os.path.dirname(folder)
    )
    paths = [folder, functions] if folder != functions else [folder]
    sys.path[:0] = [*paths, *packages]
    module = _run(entry)
    marked = _marked(module)
    if len(marked) > 1:
        names = ", ".join(one.__name__ for one in marked)
        raise TypeError(f"a module has one @function(), and this one has {names}")
    if marked:
        return Loaded("typed", marked[0], getattr(marked[0], MARK))
    config = getattr(module, "config", {})
    if not isinstance(config, dict):
        raise TypeError(
            '`config` is a dict with the keys of the manifest: {"route": "/hooks"}'
        )
    check_config(config)
    app = getattr(module, "app", None)
    if callable(app):
        return Loaded("asgi", app, config)
    handler = getattr(module, "handler", None)
    if callable(handler):
        return Loaded("raw", handler, config)
    raise TypeError(_NO_FUNCTION.format(name=name.replace("-", "_")))


def _run(entry: str) -> Any:
    from importlib.util import module_from_spec, spec_from_file_location

    # Its name is that of the file, as whoever reads a trace or a pickle expects.
    name = os.path.splitext(os.path.basename(entry))[0].replace("-", "_")
    spec = spec_from_file_location(name, entry)
    if spec is None or spec.loader is None:
        raise ImportError(f"{entry} is no module of Python")
    module = module_from_spec(spec)
    # Types are looked up in it by its name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _marked(module: Any) -> list[Callable[..., Any]]:
    found: dict[int, Callable[..., Any]] = {}
    for value in vars(module).values():
        config: Any | None = getattr(value, MARK, None) if callable(value) else None
        # One that is imported from elsewhere is not this module's function.
        if (
            isinstance(config, dict)
            and getattr(value, "__module__", None) == module.__name__
        ):
            found[id(value)] = value
    return list(found.values())

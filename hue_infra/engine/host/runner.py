"""Runs a Pulumi program, as a script executed by the program's own Python.

It stands alone: that Python knows Pulumi's SDK, and nothing of this project. It exits with 0 when
the program came to its end, with `TOLD` when it failed and the reason was told to the engine.
Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python-exec.
"""

import argparse
import asyncio
import inspect
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

TOLD = 32
"""Exit code of a failure whose reason the engine has."""
OVER = "Resource monitor has terminated, shutting down"
"""How the SDK says that the engine has stopped the run, which the engine knows best itself."""
WIDTH = 32
"""Registrations that may wait at a time, at least; four for each step that runs at a time."""


def main() -> int:
    """Run the program that the command line names; returns the exit code."""
    given = _arguments()
    try:
        import pulumi  # noqa: PLC0415 - told in our own words if it is missing
        import pulumi.runtime  # noqa: PLC0415
    except ImportError:
        traceback.print_exc()
        print(f"The Pulumi SDK is not installed for {sys.executable}.", file=sys.stderr)  # noqa: T201
        return 1
    _configure(pulumi.runtime, given)
    sys.argv = [given.program]
    os.chdir(given.pwd)
    # The SDK leaves futures whose failure is known from elsewhere; asyncio would tell of each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return _run(pulumi, given)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("monitor", "engine", "project", "stack", "organization", "root_directory", "pwd"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--dry_run", action="store_true")
    parser.add_argument("program")
    return parser.parse_args()


def _configure(runtime, given) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - of whatever SDK there is
    values = runtime.get_config_env()
    if hasattr(runtime, "set_all_config"):
        runtime.set_all_config(values, runtime.get_config_secret_keys_env())
    else:
        for key, value in values.items():
            runtime.set_config(key, value)
    wanted = {
        name: getattr(given, name)
        for name in (
            *("project", "stack", "organization", "root_directory"),
            *("monitor", "engine", "parallel", "dry_run"),
        )
    }
    # Older SDKs know fewer settings.
    known = inspect.signature(runtime.Settings.__init__).parameters
    runtime.configure(
        runtime.Settings(**{key: value for key, value in wanted.items() if key in known})
    )


def _run(pulumi, given) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001 - of whatever SDK there is
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max(WIDTH, 4 * given.parallel))
    loop.set_default_executor(executor)
    program = os.path.abspath(given.program)  # noqa: PTH100 - may be a folder or a file, as given
    try:
        body = pulumi.runtime.run_in_stack(lambda: _execute(given.program))
        loop.run_until_complete(body)
    except pulumi.RunError as error:
        if str(error) != OVER:
            _tell(pulumi, str(error))
        return 1
    except _MissingError:
        _tell(pulumi, f"unable to find main python program `__main__.py` in `{program}`")
        return TOLD
    except Exception:  # noqa: BLE001 - whatever the program raises is its failure
        told = _trace(program)
        _tell(pulumi, f"Program failed with an unhandled exception:\n{told}")
        return TOLD
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _tell(pulumi, text: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - of whatever SDK there is
    """Tell the engine of a failure; this is not Python's logging."""
    pulumi.log.error(text)


class _MissingError(Exception):
    """There is no program."""


def _execute(program: str) -> None:
    try:
        runpy.run_path(program, run_name="__main__")
    except ImportError as error:
        places = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
        if places <= {__file__, runpy.__file__, "<frozen runpy>"}:
            raise _MissingError from error
        raise


def _trace(program: str) -> str:
    """The traceback from the program's own first line on; of what is no Python, the place."""
    problem = sys.exc_info()[1]
    if isinstance(problem, SyntaxError):
        return "".join(traceback.format_exception_only(problem))
    main = program if program.endswith(".py") else os.path.join(program, "__main__.py")  # noqa: PTH118
    frames = traceback.extract_tb(sys.exc_info()[2])
    for place, frame in enumerate(frames):
        if os.path.abspath(frame.filename) == main:  # noqa: PTH100
            return traceback.format_exc(limit=place - len(frames))
    return traceback.format_exc()


if __name__ == "__main__":
    sys.exit(main())

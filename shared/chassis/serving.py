"""Starts a service: `python -m chassis.serving registry.app:create --factory`, with the options of uvicorn."""

import gc

import uvicorn


def main() -> None:
    """Serve. Until all that stays is there the garbage collector is off: it would look through it again and again."""
    gc.disable()
    uvicorn.main()


if __name__ == "__main__":
    main()

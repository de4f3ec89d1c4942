"""Technical limits of the console; times in seconds, sizes in bytes, counts of events."""

from chassis.settings import Settings

LONGEST_WORD = 40
LONGEST_TYPES = 2_000
USUAL_PAGE = 100


class ConsoleSettings(Settings):
    """What the console needs beyond every service's settings."""

    ring_events: int = 10_000
    queue_events: int = 256
    portion_events: int = 64
    burst_pause: float = 0.005
    tail_events: int = 2_000
    tail_poll: float = 0.25
    tail_back_off: float = 1.0
    stall: float = 10.0
    keep_alive: float = 15.0
    retry_ms: int = 2_000
    retry_jitter_ms: int = 500
    most_patterns: int = 40

    replay_events: int = 500
    replay_window: int = 50_000
    page_windows: int = 20

    gateway_upload: int = 136 * 1024 * 1024  # the largest file that a service takes, with the form around it
    gateway_whole: int = 64 * 1024
    gateway_connections: int = 200
    gateway_connect: float = 2.0
    gateway_answer: float = 60.0
    gateway_idle: float = 4.0

    health_patience: float = 2.0
    clock_patience: float = 5.0
    clock_look: float = 0.05
    clock_earliest_year: int = 2000
    clock_latest_year: int = 2100
    token_seconds: int = 12 * 60 * 60
    longest_cookie: int = 4_000

"""What the database server keeps in memory follows the machine it runs on."""

import pytest

from deploy.postgres import shared_buffers_mb


@pytest.mark.parametrize(
    ("memory_mb", "buffers_mb"),
    [(512, 128), (2_048, 128), (2_064, 129), (8_192, 512), (16_384, 1_024), (65_536, 1_024)],
)
def test_buffers_are_a_sixteenth_of_the_memory_between_128_mb_and_1_gb(
    memory_mb: int, buffers_mb: int
) -> None:
    assert shared_buffers_mb(memory_mb) == buffers_mb

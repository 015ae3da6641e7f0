"""A sweep of `habit` over the machines of a Ray cluster.

    python sweep.py --shards 8 --out cliff -- \\
        cliff-walking --set epsilon=0.05,0.1,0.2 --set step_size=0.25,0.5 --seeds 100

Everything behind `--` is what `habit sweep` takes, but --out, --shard and --threads.
Each shard is a task of one core. Its files come back as the task's result, so the machines
need no disk in common. A task whose machine is lost is made again by Ray. The shards are
merged to the very bytes of a sweep on one machine.

Without --address, Ray starts on this machine alone. `habit` must be on every machine.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import ray


@ray.remote(num_cpus=1, max_retries=3)
def shard(habit, sweep, index, count):
    """Makes one shard and returns its files."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "shard"
        command = [habit, "sweep", *sweep, "--out", folder, "--shard", f"{index}/{count}", "--threads", "1"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(run.stderr.strip())
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="of a running cluster [default: this machine alone]")
    parser.add_argument("--habit", default="habit", help="the command, on every machine [default: habit]")
    parser.add_argument("--shards", type=int, default=8, help="how many tasks [default: 8]")
    parser.add_argument("--out", required=True, help="where the whole goes")
    parser.add_argument("sweep", nargs="+", help="what `habit sweep` takes")
    words = parser.parse_args()
    if words.shards < 1:
        parser.error("--shards must be at least 1")

    ray.init(address=words.address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    waiting = [shard.remote(words.habit, words.sweep, index + 1, words.shards) for index in range(words.shards)]
    with tempfile.TemporaryDirectory() as place:
        while waiting:
            # One after the other as they end: memory holds one shard at a time.
            done, waiting = ray.wait(waiting)
            try:
                files = ray.get(done[0])
            except ray.exceptions.RayTaskError as error:
                sys.exit(f"sweep.py: {error.cause}")
            for name, content in files.items():
                path = Path(place) / str(len(waiting)) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            print(f"{words.shards - len(waiting)} of {words.shards} shards", flush=True)
        merge = [words.habit, "merge", words.out, *sorted(Path(place).iterdir())]
        sys.exit(subprocess.run(merge).returncode)


if __name__ == "__main__":
    main()

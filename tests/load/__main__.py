"""One server under load, on loopback, with every figure beside its bound. What it is asked for, one after the other:

class: 300 join, step, are back after a restart; 25 go as fast as they can; 300 browsers come at once.
follow: 500 join a class, 300 of them follow its teacher; then all, 300 vote twice, and the server is killed in a vote.
school: how large a class a process serves, and how many a school needs: measured, then simulated.
walks: what a walk takes in memory and in the store, and a step of processor time, by the size of the network.
beside: calm learners beside each of those who stop the others, or would, in a scene of so many seconds.
soak: 300 learners do everything that there is, every tenth means harm, and the server is killed three times.

`make load` is all but the soak, some seconds each, `make load SECONDS=60` in full; `make soak SECONDS=600` the soak.
Learners and attackers run on the same machine, so what is printed is an upper bound of what a class would see.
"""

import argparse
import os
import resource
import sys

from tests.load.beside import beside
from tests.load.classroom import measured_class
from tests.load.figures import MEGABYTE
from tests.load.following import measured_following
from tests.load.school import measured_school
from tests.load.soak import soak
from tests.load.walks import measured_walks

PARTS = ("class", "follow", "school", "walks", "beside", "soak")


def main() -> int:
    """Print the figures; 0 where all bounds hold."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--seconds", type=float, default=10.0, help="of the class, of each scene, and of the soak")
    parser.add_argument("--learners", type=int, default=300, help="in the class and in the soak")
    parser.add_argument("--joining", type=int, default=500, help="a class that follows")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="", metavar="REGEX", help="scenes whose names it finds")
    parser.add_argument(
        "--memory", type=int, metavar="MB", help="that the server of the soak may hold, as a container may"
    )
    parser.add_argument("--kills", type=int, default=3, help="of the soak")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before this began", flush=True)
    bounds = []
    if "class" in options.parts:
        bounds += measured_class(options)
    if "follow" in options.parts:
        bounds += measured_following(options)
    if "school" in options.parts:
        bounds += measured_school(options)
    if "walks" in options.parts:
        bounds += measured_walks()
    if "beside" in options.parts:
        bounds += beside(options.seconds, options.workers, options.only)
    if "soak" in options.parts:
        memory = options.memory and options.memory * MEGABYTE
        bounds += soak(options.learners, options.seconds, options.kills, options.workers, memory)
    print(*bounds, sep="\n")
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0 if all(bound.holds for bound in bounds) else 1


if __name__ == "__main__":
    sys.exit(main())

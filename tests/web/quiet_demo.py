"""Fills a store with the demo desk but for its reminders: only those of the tests fire.

Otherwise the hour of the day at which the tests run would decide which of them are on the page.
"""

import os
import sys

from deskcal.app.config import load_config
from deskcal.app.serve import fill_demo

if __name__ == "__main__":
    fill_demo(load_config({"data": sys.argv[1]}, os.environ, None), has_reminders=False)

"""The product's settings, with one bare view beside its own pages: the limit that pages are held against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"

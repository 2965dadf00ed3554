import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# All pages are imported before the process says that it is ready, not by its first visitor.
get_resolver().url_patterns  # noqa: B018
# What is loaded now stays for good: the collector need not go through it again and again, which it does most
# where a call makes a thousand things.
gc.collect()
gc.freeze()

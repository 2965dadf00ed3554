from django.apps import AppConfig

from config.celery import app as celery_app  # noqa: F401 tasks of the web process are sent by this app


class ConfigConfig(AppConfig):
    name = "config"

"""The portal as a WSGI application, for granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_portal.settings")

# Without it a task that a view queues would go to Celery's default broker.
from trial_portal.celery import app as celery_app

application = get_wsgi_application()

__all__ = ["application", "celery_app"]

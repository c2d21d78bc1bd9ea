"""The portal's Celery application: work outside the request, in two queues (reminders, exports).

Tasks take ids, call one action and are idempotent: a killed worker's task comes back (settings, ``CELERY_``).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_portal.settings")

app = Celery("trial_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

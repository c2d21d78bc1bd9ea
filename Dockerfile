# The portal for a server. docker-compose.yml starts it as migrate, web, worker and beat; docs/deploy.md says how.

FROM python:3.11-slim AS packages
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY pyproject.toml requirements.lock trial_portal/local/server_packages.py ./
# Every package by its hash. Then what only the left-out groups asked for goes as well, and pip itself last.
RUN python -m venv /venv \
 && /venv/bin/python server_packages.py lock > server.lock \
 && /venv/bin/pip install --require-hashes --no-deps -r server.lock \
 && /venv/bin/python server_packages.py surplus > surplus.txt \
 && /venv/bin/pip uninstall --yes -r surplus.txt \
 && /venv/bin/pip check \
 && /venv/bin/pip uninstall --yes pip


FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin portal \
 && install --directory --owner=portal --group=portal --mode=0700 /data
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/srv/static PORTAL_DATA=/data
WORKDIR /srv/portal
COPY . .
# The names are needed to read the settings; nothing of them stays in the image.
RUN SECRET_KEY=build IDENTITY_KEYS=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= BLIND_INDEX_KEY=build \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput
USER portal
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "10", \
     "trial_portal.wsgi:application"]

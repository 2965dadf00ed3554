# One image for web, worker and beat; the command decides which. See docker-compose.yml.

FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/uv.txt requirements/base.txt requirements/
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && uv pip sync --no-cache --require-hashes --compile-bytecode --python /venv/bin/python requirements/base.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PEERLADDER_ENV=production \
    PEERLADDER_DATA=/srv/data \
    MEDIA_ROOT=/srv/media \
    STATIC_ROOT=/srv/static \
    ALIVE_FILE=/tmp/alive
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin peerladder \
    && install -d -o peerladder /srv/data /srv/media /srv/static
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY accounts accounts
COPY workers workers
COPY certification certification
COPY registry registry
COPY ladder ladder
COPY config config
COPY templates templates
COPY static static
COPY locale locale
# Static files are part of the image. The values below satisfy the settings and reach no running process.
RUN SECRET_KEY=only-while-building-the-image-nothing-is-signed-with-it ALLOWED_HOSTS=localhost \
    PUBLIC_URL=https://localhost DATABASE_URL=postgresql://localhost/build BROKER_URL=redis://localhost \
    EMAIL_URL=dummy:// python manage.py collectstatic --no-input
USER peerladder
EXPOSE 8000
# Web answers /readyz; worker and beat touch a file while they work.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "config/healthcheck.py"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "config.wsgi:application"]

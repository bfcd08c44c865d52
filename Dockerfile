# Two stages: Node builds the pages' scripts and styles, Python serves them. No root at run time.

FROM node:24-bookworm-slim AS frontend
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/venv/bin:$PATH
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin quietroom \
    && python -m venv /opt/venv \
    && install --directory --owner quietroom --mode 700 /var/cache/quietroom
COPY requirements-fast.lock /tmp/requirements-fast.lock
RUN pip install --no-cache-dir --require-hashes --no-deps --requirement /tmp/requirements-fast.lock
WORKDIR /app
COPY manage.py ./
COPY config/ config/
COPY accounts/ accounts/
COPY audit/ audit/
COPY compliance/ compliance/
COPY consent/ consent/
COPY crypto/ crypto/
COPY groups/ groups/
COPY locale/ locale/
COPY media_relay/ media_relay/
COPY office/ office/
COPY sessions_app/ sessions_app/
COPY templates/ templates/
COPY --from=frontend /build/frontend/dist frontend/dist
RUN DJANGO_SETTINGS_MODULE=config.development.settings_for_checks \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .
USER quietroom

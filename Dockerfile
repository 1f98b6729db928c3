# Ticket Clarity: one image for `clarity serve`, `clarity web`, `clarity worker` and `clarity migrate`.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/clarity
COPY requirements.lock ./
RUN /opt/clarity/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE CHANGELOG.md atlassian-connect.json ./
COPY rules ./rules
COPY docs/precision.yaml ./docs/precision.yaml
COPY service ./service
RUN /opt/clarity/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/clarity/bin/python -m compileall -q /opt/clarity/lib

FROM python:3.12-slim
RUN groupadd --gid 10001 clarity && useradd --uid 10001 --gid clarity --no-create-home clarity \
 && install -d -o clarity -g clarity -m 700 /var/lib/clarity
COPY --from=build /opt/clarity /opt/clarity
ENV PATH=/opt/clarity/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    CLARITY_DATA_DIR=/var/lib/clarity CLARITY_HOST=0.0.0.0 CLARITY_PORT=8000
USER 10001:10001
WORKDIR /var/lib/clarity
VOLUME /var/lib/clarity
EXPOSE 8000
# SIGTERM lets each worker finish its ticket; give it 30 seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["clarity"]
CMD ["serve"]

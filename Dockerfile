# One image, one process, one volume (two of them, with a store that they share, are in deploy/compose.yaml):
#   docker build -t backprop-explorer .
#   docker run --rm -p 8000:8000 -v explorer:/data --read-only --tmpfs /tmp \
#     --cap-drop ALL --security-opt no-new-privileges --memory 512m backprop-explorer
# For a build that can be repeated name the base by its digest, which the registry tells:
#   docker buildx imagetools inspect python:3.13-slim        then --build-arg PYTHON_IMAGE=python@sha256:...
ARG PYTHON_IMAGE=python:3.13-slim

# --- the workshop: locked tools build the wheel (Node comes and goes with them), locked wheels fill the environment
FROM ${PYTHON_IMAGE} AS workshop
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /workshop

COPY requirements-build.lock requirements-node.lock ./
RUN python3 -m venv tools \
 && tools/bin/pip install --require-hashes -r requirements-build.lock -r requirements-node.lock

# With the extra [redis], so that several containers can share a store.
COPY requirements.lock ./
RUN python3 -m venv --without-pip /opt/explorer \
 && tools/bin/pip --python /opt/explorer/bin/python install --require-hashes --only-binary :all: -r requirements.lock

COPY pyproject.toml hatch_build.py package.json package-lock.json .npmrc README.md LICENSE ./
COPY static static
COPY templates templates
COPY app app
RUN tools/bin/pip wheel --no-build-isolation --no-deps --wheel-dir dist . \
 && tools/bin/pip --python /opt/explorer/bin/python install --no-deps dist/*.whl \
 && /opt/explorer/bin/python -m compileall -q /opt/explorer/lib

# --- what runs: Python, the environment, a user without rights
FROM ${PYTHON_IMAGE} AS explorer
LABEL org.opencontainers.image.title="Backprop Explorer" org.opencontainers.image.licenses="MIT"
COPY --from=workshop /opt/explorer /opt/explorer
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/ensurepip /usr/local/lib/python3*/site-packages/* \
      /usr/bin/pip* /usr/lib/python3*/ensurepip /usr/share/python-wheels \
      /usr/lib/python3/dist-packages/pip* /usr/lib/python3/dist-packages/setuptools* /usr/lib/python3/dist-packages/wheel* \
 && install -d -o 10001 -g 10001 /data
ENV PATH=/opt/explorer/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Docker keeps this in the image. An OCI image, as podman and buildah build by default, has no place for it: build with
# --format docker, or let what runs the container ask /healthz itself (--health-cmd, a liveness probe).
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "app", "--host", "0.0.0.0", "--port", "8000", "--data", "/data", "--no-open"]

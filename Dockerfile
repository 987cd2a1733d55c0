# The image is the tool: `docker run --rm -v "$PWD":/work --user "$(id -u):$(id -g)" archcli train mlp-xor`
#
#   BASE     any image with Python 3.11 to 3.13 as `python3`, its venv module, and CA certificates
#   VARIANT  which of locks/ is installed: cpu, or gpu (CUDA comes with it; run with `--gpus all`)

ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ARG VARIANT=cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# pip and the build backend live in a virtual environment of their own, which stays behind in this stage.
COPY locks/ locks/
RUN python3 -m venv /opt/build \
    && /opt/build/bin/pip install --quiet --require-hashes -r locks/build.txt \
    && python3 -m venv --without-pip /opt/archcli \
    && /opt/build/bin/pip --python /opt/archcli/bin/python install --quiet --require-hashes -r "locks/${VARIANT}.txt"

COPY pyproject.toml README.md LICENSE ./
COPY archcli/ archcli/
COPY recipes/ recipes/
RUN /opt/build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && /opt/build/bin/pip --python /opt/archcli/bin/python install --quiet --no-deps /tmp/wheel/*.whl

# Dropped: C++ headers, the packages' own tests, and libclang, which TensorFlow requires but never imports.
RUN cd "$(/opt/archcli/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && rm -rf clang tensorflow/include pyarrow/include pyarrow/tests \
    && find matplotlib numpy scipy sklearn -type d -name tests -prune -exec rm -rf {} +

# Folders that any user may write to; the last stage runs nothing, so they are made here.
RUN install -d -m 1777 /writable/work /writable/cache

FROM ${BASE}
COPY --from=build /writable/ /
COPY --from=build /opt/archcli /opt/archcli

# Whoever runs it may have no name and no home here, and everything but the volumes may be read-only.
ENV PATH=/opt/archcli/bin:$PATH \
    HOME=/cache \
    TMPDIR=/cache \
    XDG_CACHE_HOME=/cache \
    MPLCONFIGDIR=/cache/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
VOLUME ["/work", "/cache"]
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["archcli"]
CMD ["--help"]

# mockmail in a container: its five vendors' APIs on port 8025, its mail sink on port 1025. How to use it: docs/container.md.

FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv --without-pip /opt/mockmail
COPY pyproject.toml README.md LICENSE ./
COPY mockmail mockmail
# Wheels only: this stage has no compiler, and a dependency that would need one is better met here than at the first call.
RUN python -m pip --python /opt/mockmail/bin/python install --no-cache-dir --only-binary :all: '.[speedups]'


FROM python:3.13-slim
LABEL org.opencontainers.image.title="mockmail" \
      org.opencontainers.image.description="The test double for mail APIs" \
      org.opencontainers.image.licenses="MIT"

# In a container, the loopback address is out of everybody's reach: it listens on every address, and the log says so.
ENV PATH=/opt/mockmail/bin:$PATH \
    MOCKMAIL_HOST=0.0.0.0 \
    MOCKMAIL_DATA_DIR=/data \
    MOCKMAIL_INIT_DIR=/init

COPY --from=build /opt/mockmail /opt/mockmail

RUN groupadd --gid 10001 mockmail \
 && useradd --uid 10001 --gid mockmail --home-dir /data --no-create-home --shell /usr/sbin/nologin mockmail \
 && install --directory --owner mockmail --group mockmail /data \
 && install --directory /init

# The base image comes without its library compiled, and the user below may not write there: every start and every health
# check would compile it anew. So it runs here once; an image that does not serve is not built.
RUN MOCKMAIL_DATA_DIR= mockmail serve --http-port 18025 --smtp-port 0 & server=$!; \
    MOCKMAIL_HTTP_PORT=18025 mockmail healthcheck --wait 30 && kill $server && wait $server

VOLUME /data
EXPOSE 8025 1025
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["mockmail", "healthcheck"]
ENTRYPOINT ["mockmail"]
CMD ["serve"]

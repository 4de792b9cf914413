# mockmail in a container: its vendors' APIs on port 8025, its mail sink on port 1025. How to use it: docs/container.md.
#
# The image has Python, mockmail and the libraries that they load, and nothing else. Its base has images for many
# architectures, and nothing below names one: `docker buildx build --platform linux/amd64,linux/arm64 .`

FROM python:3.13-slim AS build
WORKDIR /source
RUN for name in docs mockmail sbom; do python -m venv --without-pip "/opt/$name"; done
COPY pyproject.toml LICENSE *.md ./
COPY mockmail mockmail
COPY docs docs
COPY examples examples
# The docs site, in mockmail/docs: the next step installs it with the package.
RUN python -m pip --python /opt/docs/bin/python install --no-cache-dir --only-binary :all: '.[docs]' \
 && /opt/docs/bin/python -m docs.site
# Wheels only: this stage has no compiler, and a dependency that would need one is better met here than at the first call.
RUN python -m pip --python /opt/mockmail/bin/python install --no-cache-dir --only-binary :all: '.[speedups]' \
 && python -m pip --python /opt/sbom/bin/python install --no-cache-dir --only-binary :all: 'cyclonedx-bom>=7.0'

# The base image comes without its library compiled, and the user below may not write there: every start and every health
# check would compile it anew. So it runs here once; an image that does not serve is not built.
RUN /opt/mockmail/bin/mockmail serve --http-port 18025 --smtp-port 0 & server=$!; \
    MOCKMAIL_HTTP_PORT=18025 /opt/mockmail/bin/mockmail healthcheck --wait 30 && kill $server && wait $server

COPY tools/image_root.py ./
RUN /opt/sbom/bin/cyclonedx-py environment --output-format JSON --output-file sbom.cdx.json /opt/mockmail/bin/python \
 && python image_root.py /image sbom.cdx.json \
 && cp sbom.cdx.json /image/opt/mockmail/


FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mockmail" \
      org.opencontainers.image.description="The test double for mail APIs" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/mockmail/mockmail" \
      org.opencontainers.image.url="https://github.com/mockmail/mockmail" \
      org.opencontainers.image.documentation="https://github.com/mockmail/mockmail/blob/main/docs/container.md" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13-slim" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# In a container, the loopback address is out of everybody's reach: it listens on every address, and the log says so.
ENV PATH=/opt/mockmail/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    MOCKMAIL_HOST=0.0.0.0 \
    MOCKMAIL_DATA_DIR=/data \
    MOCKMAIL_INIT_DIR=/init

COPY --from=build /image /
COPY --from=build --chown=10001:10001 /image-of-user /

VOLUME /data
EXPOSE 8025 1025
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["mockmail", "healthcheck"]
ENTRYPOINT ["mockmail"]
CMD ["serve"]

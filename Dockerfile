# hfscan as a static binary on Alpine, which has the shell that CI systems need:
#
#   docker build -t hfscan . && docker run --rm -v "$PWD:/work:ro" hfscan
FROM rust:1.95.0-alpine AS build
# Alpine keeps one version of a package, and the image is pinned.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /build
COPY Cargo.toml Cargo.lock build.rs ./
COPY rules rules
COPY src src
COPY python/Cargo.toml python/Cargo.toml
# The manifests name them; the build needs no more of them than that.
RUN mkdir benches tests python/src && touch benches/engine.rs tests/main.rs python/src/lib.rs \
    && cargo build --profile dist --locked --bin hfscan

FROM alpine:3.22@sha256:14358309a308569c32bdc37e2e0e9694be33a9d99e68afb0f5ff33cc1f695dce
COPY --from=build /build/target/dist/hfscan /usr/local/bin/hfscan
RUN adduser -D -u 10001 hfscan
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["hfscan"]
CMD ["."]

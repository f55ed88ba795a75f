# hfscan as a static binary on Alpine, which has the shell that CI systems need:
#
#   docker build -t hfscan . && docker run --rm -v "$PWD:/work:ro" hfscan
FROM rust:1.90.0-alpine3.21 AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock build.rs ./
COPY rules rules
COPY src src
# The manifest names them; the build needs no more of them than that.
RUN mkdir benches tests && touch benches/engine.rs tests/main.rs \
    && cargo build --release --locked --bin hfscan

FROM alpine:3.22.2
COPY --from=build /build/target/release/hfscan /usr/local/bin/hfscan
RUN adduser -D -u 10001 hfscan
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["hfscan"]
CMD ["."]

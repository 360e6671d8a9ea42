# The load test as an image: what npm builds, and nothing that only builds. Takes the arguments of redis-test:
#   docker run --rm redis-test run --host redis.example.net --duration 30
# Any builder of Docker 20.10 or newer will do; BuildKit is not needed.
ARG NODE_IMAGE=node:24.18.1-bookworm-slim

# 1. src/ → dist/. Scripts of packages stay off: none of ours needs one, and `prepare` is called by name below, so that a
#    change in src/ does not repeat the installation.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Another registry, for example a mirror: --build-arg NPM_CONFIG_REGISTRY=https://npm.example.net/
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN npm run build

# 2. The packages that run, and the profiler, which is an optional one: most users never send profiles.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error && rm -rf /root/.npm
# 0 leaves it out, and PYROSCOPE_SERVER_ADDRESS without effect. --save-prod, because the package has it among its tools for
# development, which --omit=dev leaves out. It carries programs for every platform.
ARG WITH_PYROSCOPE=1
ARG PYROSCOPE_VERSION=0.6.4
RUN if [ "$WITH_PYROSCOPE" = 1 ]; then \
      npm install --no-save --save-prod --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
        "@pyroscope/nodejs@$PYROSCOPE_VERSION" \
      && find node_modules/@datadog/pprof/prebuilds -mindepth 1 -maxdepth 1 ! -name 'linux*' -exec rm -rf {} + \
      && rm -rf /root/.npm; \
    fi

# 3. What runs.
FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="redis-test" \
      org.opencontainers.image.description="Instrumented Redis load test: a known load through ioredis, the same numbers on every surface" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    METRICS_HOST=0.0.0.0 \
    METRICS_PORT=8000
# By number (it is the image's user `node`), so that Kubernetes can see that it is not root. The program belongs to
# root: who runs it cannot change it. A new volume takes over the owner of /results.
RUN mkdir /results && chown 1000:1000 /results
WORKDIR /app
COPY package.json LICENSE ./
COPY scripts/get-redis-server.mjs scripts/
COPY workloads workloads
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER 1000:1000
# Paths in flags are relative to where results go and where profiles of one's own are mounted.
WORKDIR /results
VOLUME ["/results"]
EXPOSE 8000
STOPSIGNAL SIGTERM
# Alive, not ready: a run that is reconnecting is doing its work. Without /metrics there is nobody to ask.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "if (process.env.METRICS_ENABLED === 'false') process.exit(0); fetch(`http://127.0.0.1:${process.env.METRICS_PORT || 8000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["run"]

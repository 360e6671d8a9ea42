import { chmodSync, copyFileSync, linkSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpackNode } from './node-files.ts'
import { type GoProgram, ROOT, type Tools } from './tools.ts'

/** The Debian root as an image, the base of the stand-ins. */
export const DEBIAN_IMAGE = 'redis-test-stand-in:debian'

/** An image with a real program that takes the command line and the paths of the image it stands for. */
export interface StandIn {
  readonly dockerfile: readonly string[]
  /** Fills the build context. */
  readonly prepare?: (context: string, tag: string) => void | Promise<void>
}

const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt'

function copyEntrypoint(name: string) {
  return (context: string) => {
    const target = join(context, 'entrypoint.sh')
    copyFileSync(join(ROOT, 'test/compose/stand-ins', name), target)
    chmodSync(target, 0o755)
  }
}

/** Programs of a hundred megabytes are linked where that is possible. */
function place(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  try {
    linkSync(source, target)
  } catch {
    copyFileSync(source, target)
  }
}

function placeProgram({ path, reason }: GoProgram, target: string): void {
  if (path === undefined) throw new Error(reason)
  place(path, target)
}

const makeFolder = (path: string, owner: string) => `RUN mkdir -p ${path} && chown ${owner} ${path}`

/**
 * What stands for what, by the name of the image without its tag: the tags are the compose file's. `wget` is busybox' own,
 * as in the images that we stand for, so that an option of GNU's in a health check does not pass here and fail there.
 */
export function standIns(tools: Tools): Readonly<Record<string, StandIn>> {
  return {
    // Redis 7.0 of Debian.
    redis: {
      prepare: copyEntrypoint('redis.sh'),
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        'COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh',
        makeFolder('/data', '999:1000'), // who the compose file runs it as
        'VOLUME /data',
        'WORKDIR /data',
        'ENTRYPOINT ["docker-entrypoint.sh"]',
        'CMD ["redis-server"]',
      ],
    },
    // 2.42 of Debian; what it lacks stands in its entrypoint.
    'prom/prometheus': {
      prepare: copyEntrypoint('prometheus.sh'),
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        'COPY entrypoint.sh /usr/local/bin/prometheus',
        makeFolder('/prometheus', '65534:65534'),
        'USER 65534:65534',
        'WORKDIR /prometheus',
        'ENTRYPOINT ["/usr/local/bin/prometheus"]',
        'CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]',
      ],
    },
    // 0.25 of Debian.
    'prom/alertmanager': {
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        makeFolder('/alertmanager', '65534:65534'),
        'USER 65534:65534',
        'WORKDIR /alertmanager',
        'ENTRYPOINT ["/usr/bin/prometheus-alertmanager"]',
        'CMD ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"]',
      ],
    },
    // 1.5 of Debian.
    'prom/node-exporter': {
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        'USER 65534:65534',
        'ENTRYPOINT ["/usr/bin/prometheus-node-exporter"]',
      ],
    },
    // 1.45 of Debian.
    'oliver006/redis_exporter': {
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        'USER 59000:59000',
        'ENTRYPOINT ["/usr/bin/prometheus-redis-exporter"]',
      ],
    },
    // Built from Go modules, with the components that our configuration names. No shell inside, like the real one.
    'otel/opentelemetry-collector-contrib': {
      prepare: (context) => {
        placeProgram(tools.collector, join(context, 'otelcol'))
        place(`/${CERTIFICATES}`, join(context, CERTIFICATES))
      },
      dockerfile: [
        'FROM scratch',
        'COPY etc /etc',
        'COPY otelcol /otelcol-contrib',
        'USER 10001:10001',
        'ENTRYPOINT ["/otelcol-contrib"]',
        'CMD ["--config", "/etc/otelcol-contrib/config.yaml"]',
      ],
    },
    // Built from Go modules: the API is complete, the UI a placeholder.
    'jaegertracing/jaeger': {
      prepare: (context) => placeProgram(tools.jaeger, join(context, 'jaeger')),
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        'COPY jaeger /cmd/jaeger/jaeger-linux',
        'USER 10001:10001',
        'ENTRYPOINT ["/cmd/jaeger/jaeger-linux"]',
      ],
    },
    // The base of our Dockerfile: the programs that the npm packages node and npm carry.
    node: {
      prepare: async (context, tag) => {
        copyEntrypoint('node.sh')(context)
        await unpackNode(tag, join(context, 'node'))
      },
      dockerfile: [
        `FROM ${DEBIAN_IMAGE}`,
        'COPY node /usr/local',
        'COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh',
        'RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node',
        'ENTRYPOINT ["docker-entrypoint.sh"]',
        'CMD ["node"]',
      ],
    },
  }
}

/** `prom/prometheus:v3` → `prom/prometheus`. */
export const nameOf = (image: string) => image.replace(/:[^:/]+$/, '')

/** `prom/prometheus:v3` → `v3`. */
export const tagOf = (image: string) => /:([^:/]+)$/.exec(image)?.[1] ?? 'latest'

/** The images that the stages of a Dockerfile start from, with the defaults of its ARGs put in. */
export function baseImages(dockerfile: string): string[] {
  const defaults = new Map(
    [...dockerfile.matchAll(/^ARG\s+(\w+)=(\S+)/gm)].map((match) => [match[1]!, match[2]!]),
  )
  const stages = [...dockerfile.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)]
  const stageNames = new Set(stages.map((match) => match[2]))
  const images = stages.map(([, image = '']) =>
    image.replaceAll(/\$\{?(\w+)[^}]*\}?/g, (_, name: string) => defaults.get(name) ?? ''),
  )
  return [...new Set(images)].filter((image) => image !== 'scratch' && !stageNames.has(image))
}

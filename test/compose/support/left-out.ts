import { nameOf } from './stand-ins.ts'
import type { Tools } from './tools.ts'

/** Images that cannot be had without their registry, and why; their services are left out of the test. */
const NOT_TO_BE_HAD: Readonly<Record<string, string>> = {
  'grafana/grafana': 'not to be built from Go modules, and in no package registry',
  'grafana/loki': 'profile logs is not under test: Loki has no package, a build of it takes too long',
  'grafana/alloy': 'profile logs is not under test: Alloy cannot be built from Go modules',
  'grafana/tempo': 'profile tempo is not under test: Tempo has no package, a build of it takes too long',
  'grafana/pyroscope': 'profile profiling is not under test: Pyroscope cannot be built from Go modules',
  'openzipkin/zipkin': 'profile zipkin is not under test: it would need a Java runtime in an image',
  elasticsearch: 'profile elk is not under test: Elasticsearch is in no package registry',
  kibana: 'profile elk is not under test: Kibana is in no package registry',
}

/** The last part too, because an image may be named with its registry: docker.elastic.co/kibana/kibana. */
export function whyLeftOut(tools: Tools, image: string): string | undefined {
  const name = nameOf(image)
  if (name === 'jaegertracing/jaeger' && tools.jaeger.path === undefined) return tools.jaeger.reason
  return NOT_TO_BE_HAD[name] ?? NOT_TO_BE_HAD[name.split('/').at(-1) ?? '']
}

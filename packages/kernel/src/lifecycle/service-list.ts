import type { AdminArea, ServiceTables } from '@koyalite/contracts'
import type { Route } from '../http/route'
import type { HealthCheck } from '../metrics/health-routes'
import type { OpenService, Service } from './service'

/**
 * Services in the order in which they are opened. Each gets the parts of the server and the ports of those before it, by their names; one that needs what
 * is not there does not compile.
 *
 * @typeParam Worker what there is in a worker: its parts, and the ports of the services that are opened there
 * @typeParam Primary the same of the process that stores
 * @typeParam Ports of the services alone
 */
export interface ServiceList<Worker, Primary extends Worker, WorkerPorts, Ports extends WorkerPorts, Loaded> {
  /** Adds a service of every process. */
  everywhere<Name extends string, Port>(
    service: Service<Name, Worker & { readonly loaded: Loaded }, Port>,
  ): ServiceList<
    Worker & Named<Name, Port>,
    Primary & Named<Name, Port>,
    WorkerPorts & Named<Name, Port>,
    Ports & Named<Name, Port>,
    Loaded
  >
  /** Adds a service of the primary alone: workers forward its routes. */
  primary<Name extends string, Port>(
    service: Service<Name, Primary & { readonly loaded: Loaded }, Port>,
  ): ServiceList<Worker, Primary & Named<Name, Port>, WorkerPorts, Ports & Named<Name, Port>, Loaded>
  /** The tables that services have for themselves. */
  readonly tables: readonly ServiceTables[]
  readonly adminAreas: readonly AdminArea[]
  open(parts: Omit<Primary, keyof Ports>, loaded: Loaded): Promise<OpenServices<Ports, Loaded>>
  openInWorker(parts: Omit<Worker, keyof WorkerPorts>, loaded: Loaded): Promise<OpenServices<WorkerPorts, Loaded>>
}

export type Named<Name extends string, Port> = { readonly [name in Name]: Port }

/** The services of a process. */
export interface OpenServices<Ports, Loaded> {
  readonly ports: Ports
  readonly checks: readonly HealthCheck[]
  /** Serves this from now on. */
  use(loaded: Loaded): void
  routes(loaded: Loaded): readonly Route[]
  /** Those that a worker answers itself. */
  workerRoutes(loaded: Loaded): readonly Route[]
  /** By the services' names. */
  stats(): object
  start(): Promise<void>
  drain(): void
  /** In reverse. All are closed, whatever fails; throws the first error. */
  close(): Promise<void>
}

/** A service whose types the list has checked. */
type AnyService = Service<string, never, unknown>
type AnyOpen = OpenService<unknown, never>

export function listServices<Worker, Primary extends Worker, Loaded>(): ServiceList<
  Worker,
  Primary,
  unknown,
  unknown,
  Loaded
> {
  return listOf([]) as ServiceList<Worker, Primary, unknown, unknown, Loaded>
}

interface Entry {
  readonly service: AnyService
  readonly isEverywhere: boolean
}

function listOf(entries: readonly Entry[]): unknown {
  const add = (service: AnyService, isEverywhere: boolean) => {
    if (entries.some((entry) => entry.service.name === service.name))
      throw new Error(`two services named ${service.name}`)
    return listOf([...entries, { service, isEverywhere }])
  }
  const services = entries.map(({ service }) => service)
  return {
    everywhere: (service: AnyService) => add(service, true),
    primary: (service: AnyService) => add(service, false),
    tables: services.flatMap(({ tables }) => tables ?? []),
    adminAreas: services.flatMap(({ adminAreas }) => adminAreas ?? []),
    open: (parts: object, loaded: unknown) => openAll(services, parts, loaded),
    openInWorker: (parts: object, loaded: unknown) =>
      openAll(
        entries.filter(({ isEverywhere }) => isEverywhere).map(({ service }) => service),
        parts,
        loaded,
      ),
  }
}

async function openAll(
  services: readonly AnyService[],
  parts: object,
  loaded: unknown,
): Promise<OpenServices<unknown, unknown>> {
  const open = new Map<string, AnyOpen>()
  const ports: Record<string, unknown> = {}
  try {
    for (const { name, open: openService } of services) {
      const opened: AnyOpen = await openService({ ...parts, ...ports, loaded } as never)
      open.set(name, opened)
      ports[name] = opened.port
    }
  } catch (error) {
    await closeAll(open).catch(() => {})
    throw error
  }
  const each = [...open.values()]
  return {
    ports,
    checks: each.flatMap(({ checks }) => checks ?? []),
    use(next) {
      for (const service of each) service.use?.(next as never)
    },
    routes: (current) => each.flatMap((service) => service.routes?.(current as never) ?? []),
    workerRoutes: (current) => each.flatMap((service) => service.workerRoutes?.(current as never) ?? []),
    stats: () =>
      Object.fromEntries(
        [...open].flatMap(([name, service]) => (service.stats === undefined ? [] : [[name, service.stats()]])),
      ),
    async start() {
      await Promise.all(each.map((service) => service.start?.()))
    },
    drain() {
      for (const service of each.toReversed()) service.drain?.()
    },
    close: () => closeAll(open),
  }
}

async function closeAll(open: ReadonlyMap<string, AnyOpen>): Promise<void> {
  const failures: unknown[] = []
  for (const service of [...open.values()].toReversed()) {
    try {
      await service.close?.()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

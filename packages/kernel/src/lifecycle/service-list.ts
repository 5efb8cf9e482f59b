import type { AdminArea, ServiceTables } from '@koyalite/contracts'
import {
  declareSettings,
  type SettingsDeclaration,
  type SettingsOf,
  type SettingsSections,
} from '../config/declare-settings'
import type { Route } from '../http/route'
import type { HealthCheck } from '../metrics/health-routes'
import type { NoSections, OpenService, Service } from './service'

/**
 * Services in the order in which they are opened. Each gets the parts of the server, what is loaded of the project with the settings so far, and the ports
 * of those before it, by their names; one that needs what is not there does not compile.
 *
 * @typeParam Worker what there is in a worker: its parts, and the ports of the services that are opened there
 * @typeParam Primary the same of the process that stores
 * @typeParam Ports of the services alone
 * @typeParam Base what is loaded besides the settings
 */
export interface ServiceList<
  Worker,
  Primary extends Worker,
  WorkerPorts,
  Ports extends WorkerPorts,
  Base,
  Sections extends SettingsSections,
> {
  /** Adds a service of every process. */
  everywhere<Name extends string, Port, Own extends SettingsSections = NoSections>(
    service: Service<Name, Worker & With<Base, Sections & Own>, Port, Own>,
  ): ServiceList<
    Worker & Named<Name, Port>,
    Primary & Named<Name, Port>,
    WorkerPorts & Named<Name, Port>,
    Ports & Named<Name, Port>,
    Base,
    Sections & Own
  >
  /** Adds a service of the primary alone: workers forward its routes. */
  primary<Name extends string, Port, Own extends SettingsSections = NoSections>(
    service: Service<Name, Primary & With<Base, Sections & Own>, Port, Own>,
  ): ServiceList<Worker, Primary & Named<Name, Port>, WorkerPorts, Ports & Named<Name, Port>, Base, Sections & Own>
  /** All that koyalite.yaml may say. */
  readonly settings: SettingsDeclaration<SettingsOf<Sections>>
  /** The tables that services have for themselves. */
  readonly tables: readonly ServiceTables[]
  readonly adminAreas: readonly AdminArea[]
  open(
    parts: Omit<Primary, keyof Ports>,
    loaded: LoadedBy<Base, Sections>,
    options?: OpenOptions,
  ): Promise<OpenServices<Ports, LoadedBy<Base, Sections>>>
  openInWorker(
    parts: Omit<Worker, keyof WorkerPorts>,
    loaded: LoadedBy<Base, Sections>,
  ): Promise<OpenServices<WorkerPorts, LoadedBy<Base, Sections>>>
}

export interface OpenOptions {
  /** Ends what services have begun and what works with them: before the first of them is closed, also where one cannot be opened. */
  readonly endWork?: () => Promise<void>
}

export type LoadedBy<Base, Sections extends SettingsSections> = Base & { readonly settings: SettingsOf<Sections> }

interface With<Base, Sections extends SettingsSections> {
  readonly loaded: LoadedBy<Base, Sections>
}

export type Named<Name extends string, Port> = { readonly [name in Name]: Port }

/** The services of a process. */
export interface OpenServices<Ports, Loaded> {
  readonly ports: Ports
  readonly checks: readonly HealthCheck[]
  /** Serves this from now on. Where a service throws, those before it serve this, those after it what was served: the caller goes back. */
  use(loaded: Loaded): void
  routes(loaded: Loaded): readonly Route[]
  /** Those that a worker serves itself. */
  workerRoutes(loaded: Loaded): readonly Route[]
  /** Those that only the code of functions reaches. */
  internalRoutes(loaded: Loaded): readonly Route[]
  /** By the services' names. */
  stats(): object
  start(): Promise<void>
  /** All at once; never rejects. */
  settle(): Promise<void>
  /** In reverse. All are drained, whatever fails; throws the first error. */
  drain(): void
  /** First what works with them (`endWork`), then they in reverse. All are closed, whatever fails; throws the first error. */
  close(): Promise<void>
}

/** A service whose types the list has checked. */
type AnyService = Service<string, never, unknown, SettingsSections>
type AnyOpen = OpenService<unknown, never>

/** @param base the sections of the settings that belong to no service */
export function listServices<Worker, Primary extends Worker, Base, Sections extends SettingsSections>(
  base: Sections,
): ServiceList<Worker, Primary, unknown, unknown, Base, Sections> {
  return listOf(base, []) as ServiceList<Worker, Primary, unknown, unknown, Base, Sections>
}

interface Entry {
  readonly service: AnyService
  readonly isEverywhere: boolean
}

function listOf(base: SettingsSections, entries: readonly Entry[]): unknown {
  const services = entries.map(({ service }) => service)
  const add = (service: AnyService, isEverywhere: boolean) => {
    if (services.some(({ name }) => name === service.name)) throw new Error(`two services named ${service.name}`)
    // Under the name of another, their steps would be taken for those that the other has run.
    if (service.tables !== undefined && service.tables.service !== service.name)
      throw new Error(`the tables of the service ${service.name} are those of ${service.tables.service}`)
    return listOf(base, [...entries, { service, isEverywhere }])
  }
  return {
    everywhere: (service: AnyService) => add(service, true),
    primary: (service: AnyService) => add(service, false),
    // Of many lists that are made on the way, one is read.
    get settings() {
      const checks = services.flatMap(({ checkSettings }) => checkSettings ?? [])
      return declareSettings(sectionsOf(base, services), checks)
    },
    tables: services.flatMap(({ tables }) => tables ?? []),
    adminAreas: services.flatMap(({ adminAreas }) => adminAreas ?? []),
    open: (parts: object, loaded: unknown, options?: OpenOptions) => openAll(services, parts, loaded, options),
    openInWorker: (parts: object, loaded: unknown) =>
      openAll(
        entries.filter(({ isEverywhere }) => isEverywhere).map(({ service }) => service),
        parts,
        loaded,
      ),
  }
}

function sectionsOf(base: SettingsSections, services: readonly AnyService[]): SettingsSections {
  const sections: Record<string, SettingsSections[string]> = { ...base }
  for (const { name, settings } of services) {
    for (const [section, type] of Object.entries(settings ?? {})) {
      if (section in sections) throw new Error(`the service ${name} declares the section ${section} again`)
      sections[section] = type
    }
  }
  return sections
}

async function openAll(
  services: readonly AnyService[],
  parts: object,
  loaded: unknown,
  { endWork }: OpenOptions = {},
): Promise<OpenServices<unknown, unknown>> {
  const open = new Map<string, AnyOpen>()
  const close = () => closeAll(open, endWork)
  const ports: Record<string, unknown> = {}
  try {
    for (const { name, open: openService } of services) {
      if (name in parts) throw new Error(`the service ${name} is named like a part of the server`)
      const opened: AnyOpen = await openService({ ...parts, ...ports, loaded } as never)
      open.set(name, opened)
      ports[name] = opened.port
    }
  } catch (error) {
    await close().catch(() => {})
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
    internalRoutes: (current) => each.flatMap((service) => service.internalRoutes?.(current as never) ?? []),
    stats: () =>
      Object.fromEntries(
        [...open].flatMap(([name, service]) => (service.stats === undefined ? [] : [[name, service.stats()]])),
      ),
    async start() {
      await Promise.all(each.map((service) => service.start?.()))
    },
    async settle() {
      await Promise.allSettled(each.map((service) => service.settle?.()))
    },
    drain() {
      const failures: unknown[] = []
      for (const service of each.toReversed()) {
        try {
          service.drain?.()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
    close,
  }
}

async function closeAll(open: ReadonlyMap<string, AnyOpen>, endWork: OpenOptions['endWork']): Promise<void> {
  const failures: unknown[] = []
  const services = [...open.values()].toReversed().map((service) => () => service.close?.())
  for (const close of [() => endWork?.(), ...services]) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

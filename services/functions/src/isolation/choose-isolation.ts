import { type ContainerSearch, findContainers } from './container/find-containers'
import { findControlGroups } from './control-groups'
import { findSandbox } from './find-sandbox'
import type { Isolation } from './isolation'
import { processIsolation } from './process-isolation'

export interface Isolations {
  /** What functions run in that name none: the strongest that works on this machine, containers only where the settings name an engine or an image. */
  readonly strongest: Isolation
  /** Null where it does not work here. */
  named(name: Isolation['name']): Isolation | null
  /** Why it does not work here; null where it does. */
  whyNot(name: Isolation['name']): string | null
  /** Whether the kernel bounds memory, processors and processes of processes and sandboxes; else the server ends what it sees. */
  readonly isBounded: boolean
}

/**
 * Finds out once what works on this machine, by trying it.
 * @param folder for what sandboxes are made with
 * @param search null: no containers
 */
export async function chooseIsolation(folder: string, search: ContainerSearch | null = null): Promise<Isolations> {
  const groups = findControlGroups()
  const containers = search === null ? 'there is no engine' : findContainers(search)
  const [sandbox, container] = await Promise.all([findSandbox(folder, groups), containers])
  const plain = processIsolation(groups)
  const found = { process: plain, sandbox, container }
  const named = (name: Isolation['name']): Isolation | null => {
    const one = found[name]
    return typeof one === 'string' ? null : one
  }
  const isConfigured = search !== null && (search.socket !== null || search.image !== null)
  return {
    strongest: (isConfigured ? named('container') : null) ?? named('sandbox') ?? plain,
    named,
    whyNot(name) {
      const one = found[name]
      return typeof one === 'string' ? one : null
    },
    isBounded: groups !== null,
  }
}

import {
  atStart,
  choice,
  duration,
  integer,
  list,
  number,
  optionalChoice,
  optionalText,
  type SettingsOf,
  section,
  size,
  text,
} from '@koyalite/kernel'
import { z } from 'zod'
import { parseHost } from './source/manifest/network'

/** Secret, since it may have a user and a password in it. */
const registry = (help: string) =>
  optionalText(help, {
    secret: true,
    pattern: { regex: /^https?:\/\/[^\s/]+(\/\S*)?$/, expected: 'an address like https://packages.example.com/simple' },
  })

export const FUNCTIONS_SETTINGS = {
  functions: section({
    min_warm: integer(0, { min: 0 }, 'Minimum number of warm instances per function'),
    max_instances: integer(10, { min: 1 }, 'Maximum number of instances per function'),
    idle_timeout: duration('60s', 'How long an idle instance is kept'),
    timeout: duration('30s', 'Maximum duration of a call, unless the manifest of the function says'),
    memory: size('256mb', 'Memory limit of an instance, unless the manifest says'),
    cpu: number(1, { min: 0.01 }, 'CPU limit of an instance, unless the manifest says'),
    isolation: choice(
      ['auto', 'process', 'sandbox', 'container'],
      'auto',
      'How functions are isolated from the server; auto takes the strongest that the machine has',
    ),
    min_isolation: optionalChoice(
      ['process', 'sandbox', 'container'],
      'The weakest isolation with which a function may run; null: any',
    ),
    container: section({
      socket: atStart(
        optionalText(
          'Unix socket of Docker or Podman; null: DOCKER_HOST, or where they listen by themselves. Where it is set, isolation: auto takes containers',
        ),
      ),
      image: atStart(
        optionalText(
          'Image that functions run in, which must be on the machine; null: the system of the machine, read-only. Where it is set, isolation: auto takes containers',
        ),
      ),
    }),
    total_memory: text('half', 'Memory limit of all instances together: half of the machine, or a size', {
      pattern: { regex: /^(half|\d+(\.\d+)?(b|kb|mb|gb))$/i, expected: 'half, or a size like 2gb' },
    }),
    cache: size('5gb', 'Maximum size of installed dependencies'),
    registries: section({
      npm: registry('Registry of npm packages; null: npm_config_registry, or where Bun goes by itself'),
      python: registry('Index of Python packages; null: PIP_INDEX_URL, or where pip goes by itself'),
      go: registry('Proxy of Go modules; null: the first of GOPROXY, or where Go goes by itself'),
      hosts: list(
        z.string().refine((text) => parseHost(text) !== null, 'must be a host and a port, like files.example.com:443'),
        [],
        'More hosts, with their ports, that installations may connect to: where a registry keeps its files elsewhere',
      ),
    }),
    logs: section({
      keep: duration('7d', 'How long executions and their logs are kept'),
      max_bytes: size('512mb', 'Maximum size of all executions and their logs'),
    }),
  }),
}

export type FunctionsSettings = SettingsOf<typeof FUNCTIONS_SETTINGS>

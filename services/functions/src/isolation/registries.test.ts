import { expect, test } from 'bun:test'
import type { FunctionsSettings } from '../functions-settings'
import { askedOnce, registryOf } from './registries'

const settings = (registries: object) =>
  ({ functions: { registries: { hosts: [], ...registries } } }) as unknown as FunctionsSettings
const OWN = { url: 'https://index.example/simple', hosts: ['index.example:443', 'files.example:443'] }
const own = async () => OWN
const notAsked = () => Promise.reject(new Error('nobody needs to know'))

test('where the tools go by themselves, unless a setting or their variable says otherwise', async () => {
  expect(await registryOf('python', settings({}), {}, own)).toEqual(OWN)
  const variables = { PIP_INDEX_URL: 'http://pip.example/simple', GOPROXY: 'direct,https://go.example|off' }
  expect(await registryOf('python', settings({}), variables, notAsked)).toEqual({
    url: 'http://pip.example/simple',
    hosts: ['pip.example:80'],
  })
  expect(await registryOf('go', settings({}), variables, notAsked)).toEqual({
    url: 'https://go.example',
    hosts: ['go.example:443'],
  })
  const named = settings({ python: 'https://user:key@own.example:8443/pip', hosts: ['files.example:443'] })
  expect(await registryOf('python', named, variables, notAsked)).toEqual({
    url: 'https://user:key@own.example:8443/pip',
    hosts: ['own.example:8443', 'files.example:443'],
  })
})

test('where the tools do not say it, the setting is named', async () => {
  const asked = registryOf('npm', settings({}), {}, async () => null)
  await expect(asked).rejects.toThrow('set functions.registries.npm, or npm_config_registry')
})

test('the tools are asked until they have answered', async () => {
  const answers = [null, OWN]
  const ask = askedOnce(async () => answers.shift() ?? null)
  expect([await ask(), await ask(), await ask()]).toEqual([null, OWN, OWN])
})

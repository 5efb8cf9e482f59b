const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const vm = require('node:vm')
const Metro = require('metro')
const { WebSocket } = require('ws')

/** What the client needs of them is there in React Native. */
const GLOBALS = [
  ...['fetch', 'Request', 'Headers', 'AbortController', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  ...['queueMicrotask', 'crypto', 'console'],
]

/** A bundle as an application has it, run with the globals of React Native. */
async function check(withExports) {
  const config = await Metro.loadConfig(
    { cwd: __dirname, resetCache: true },
    {
      resolver: {
        extraNodeModules: { 'react-native': join(__dirname, 'react-native') },
        sourceExts: ['js', 'mjs', 'json'],
        resolverMainFields: ['react-native', 'browser', 'main'],
        unstable_enablePackageExports: withExports,
        unstable_conditionsByPlatform: { ios: ['react-native'] },
      },
      transformer: { babelTransformerPath: require.resolve('@react-native/metro-babel-transformer') },
      reporter: { update() {} },
    },
  )
  const out = join(__dirname, `out-${withExports}.js`)
  await Metro.runBuild(config, { entry: 'app.js', platform: 'ios', minify: false, dev: false, out })
  const globals = Object.fromEntries(GLOBALS.map((name) => [name, globalThis[name]]))
  const context = vm.createContext({ ...globals, WebSocket, KOYALITE_URL: process.env.KOYALITE_URL })
  const code = readFileSync(out, 'utf8')
  vm.runInContext(code, context)
  if (!code.includes('AppState')) throw new Error(`not the module for React Native, with exports: ${withExports}`)
  return context.result
}

async function main() {
  for (const withExports of [true, false]) {
    if ((await check(withExports)) !== 'ok') throw new Error(`exports: ${withExports}`)
  }
  console.log('ok')
  process.exit(0)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})

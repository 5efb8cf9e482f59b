import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dir, '../../..')
const REQUIREMENTS = join(import.meta.dir, 'python-requirements.txt')

/** Whether this machine has a Python that generated clients run on. Tests are left out where it has none. */
export const hasPython =
  Bun.which('python3') !== null &&
  Bun.spawnSync(['python3', '-c', 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))']).success

/** A folder where mypy keeps what it knows: begun with what it knows of the standard library and httpx. One for each caller, since test files run side by side. */
export function mypyCache(caller: string): string {
  const tools = pythonTools()
  const folder = join(tools, '../mypy-cache', caller)
  if (!existsSync(folder)) cpSync(join(tools, '../mypy-first'), folder, { recursive: true })
  return folder
}

/** The folder of the programs (python, ruff, mypy) that tests use, of the versions in python-requirements.txt. The first caller installs them; all others find them there. */
export function pythonTools(): string {
  const version = `${Bun.hash(readFileSync(REQUIREMENTS)).toString(36)}-2`
  const dir = join(ROOT, 'node_modules/.cache/koyalite-python', version)
  if (!existsSync(join(dir, 'done'))) install(dir)
  return join(dir, 'bin')
}

/** Test files run side by side: one of them installs, the others wait. */
function install(dir: string): void {
  const lock = `${dir}.lock`
  mkdirSync(join(dir, '..'), { recursive: true })
  const script = `set -e
exec 9>"$2"; flock 9
[ -e "$1/done" ] && exit 0
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --require-virtualenv -r "$3"
cd "$1"
echo 'import asyncio, base64, contextlib, dataclasses, datetime, httpx, json, threading, typing, uuid' > first.py
"$1/bin/mypy" --strict --cache-dir "$1/mypy-first" first.py
touch "$1/done"`
  const { success, stderr } = Bun.spawnSync(['sh', '-c', script, 'sh', dir, lock, REQUIREMENTS])
  if (!success) throw new Error(`Python packages cannot be installed: ${stderr}`)
}

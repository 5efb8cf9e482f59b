import { describe, expect, test } from 'bun:test'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const ASK =
  'import pydantic, os; assert pydantic.VERSION >= "2"; print(os.path.dirname(os.path.dirname(pydantic.__file__)))'

/** The folder that has pydantic; null where this machine has none. */
function findPydantic(): string | null {
  if (PYTHON === null) return null
  const { success, stdout } = Bun.spawnSync([PYTHON, '-I', '-c', ASK], { stderr: 'ignore' })
  return success ? stdout.toString().trim() : null
}

const pydantic = findPydantic()

describe.skipIf(pydantic === null)('models of pydantic', () => {
  test('are what a function takes and returns', async () => {
    const instance = await start(
      `
from datetime import datetime
from typing import List, Optional
from pydantic import BaseModel, Field, field_validator
from koyalite_functions import Ctx, function

class Line(BaseModel):
    sku: str = Field(min_length=2)
    count: int = Field(default=1, ge=1)

class Order(BaseModel):
    lines: List[Line]
    at: Optional[datetime] = None

    @field_validator("lines")
    def some(cls, lines):
        if not lines:
            raise ValueError("an order has a line")
        return lines

class Total(BaseModel):
    count: int = Field(serialization_alias="total")
    at: Optional[datetime]

@function()
def order(ctx: Ctx, data: Order) -> Total:
    assert isinstance(data.lines[0], Line)
    return Total(count=sum(line.count for line in data.lines), at=data.at)
`,
      { env: { KOYALITE_PACKAGES: pydantic ?? '' } },
    )
    const line = {
      type: 'object',
      properties: { sku: { type: 'string', minLength: 2 }, count: { type: 'integer', minimum: 1, default: 1 } },
      required: ['sku'],
    }
    expect(instance.ready?.input).toEqual({
      ...{ type: 'object', required: ['lines'], $defs: { Line: line } },
      properties: {
        lines: { type: 'array', items: { $ref: '#/$defs/Line' } },
        at: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }], default: null },
      },
    })
    expect(instance.ready?.output).toMatchObject({ properties: { total: { type: 'integer' } } })
    const at = '2026-01-02T03:04:05Z'
    expect((await instance.call({ lines: [{ sku: 'ab' }, { sku: 'cd', count: 2 }], at })).body).toEqual({
      total: 3,
      at,
    })
    expect(await instance.call({ lines: [] })).toMatchObject({
      failure: 'error',
      body: { code: 'VALIDATION_ERROR', status: 422, message: expect.stringContaining('an order has a line') },
    })
  })
})

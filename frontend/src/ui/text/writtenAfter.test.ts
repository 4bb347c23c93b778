import { expect, it } from 'vitest'
import { writtenAfter } from './writtenAfter'

it.each([
  ['好的', '好的', ''],
  ['好的\n另外，样品何时能到？', '好的', '另外，样品何时能到？'],
  ['改过的', '好的', '改过的'],
])('of %j after %j was sent keeps %j', (now, sent, kept) => expect(writtenAfter(now, sent)).toBe(kept))

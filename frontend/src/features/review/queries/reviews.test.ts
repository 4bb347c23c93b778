import { expect, it } from 'vitest'
import { answersOf, reasonsOf, type WorkedPoint } from './reviews'

const point = (code: string, fields: string[], ok: boolean | null, reason = ''): WorkedPoint => ({ code, fields, ok, reason })

it('makes reasons by field of the points that are not right', () => {
  const points = [
    point('identity', ['title'], true),
    point('claims', ['claims'], false, '缺条件'),
    point('value', ['value_line', 'abstract'], false, ' 没说比谁 '),
    point('secrets', ['abstract', 'tiers'], null),
  ]
  expect(reasonsOf(points, 'achievement')).toEqual([
    { path: 'claims', reason: '缺条件' },
    { path: 'value_line', reason: '没说比谁' },
  ])
})

it('joins two points about one field', () => {
  expect(reasonsOf([point('components', ['components'], false, 'a'), point('weights', ['components'], false, 'b')], 'package')).toEqual([
    { path: 'components', reason: 'a\nb' },
  ])
})

it('sends the answers given, a wrong one only with its reason', () => {
  expect(answersOf([point('a', [], true), point('b', [], false, 'why'), point('c', [], false), point('d', [], null)])).toEqual([
    { code: 'a', ok: true },
    { code: 'b', ok: false, reason: 'why' },
  ])
})

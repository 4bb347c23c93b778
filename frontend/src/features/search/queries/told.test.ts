import { expect, it } from 'vitest'
import { byDay } from './told'

it('puts what was told under its days, in the order in which it comes', () => {
  expect(byDay(['b2', 'b1', 'a3'], (each) => each.charAt(0))).toEqual([
    { name: 'b', items: ['b2', 'b1'] },
    { name: 'a', items: ['a3'] },
  ])
  expect(byDay([], String)).toEqual([])
})

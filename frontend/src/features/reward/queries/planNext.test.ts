import { expect, it } from 'vitest'
import { planNext } from './planNext'
import type { Plan } from './rewards'

const plan = (state: Plan['state'], actions: string[], more: Partial<Plan> = {}) =>
  ({ state, actions, contributors: [{ name: '艾力江', confirmed_at: '2026-11-30T02:00:00Z' }, { name: '方晓禾' }], ...more }) as Plan

it('names who has not confirmed yet, and tells a reader who can that it is their turn', () => {
  expect(planNext(plan('proposed', ['reopen']), '2026-11-30')).toEqual({ words: 'proposed', yours: false, names: ['方晓禾'] })
  expect(planNext(plan('proposed', ['confirm']), '2026-11-30')?.yours).toBe(true)
})

it('is nobody’s turn while the notice runs, its last day included', () => {
  const notice = { publicity_ends_on: '2026-12-14' }
  expect(planNext(plan('publicised', ['effect'], notice), '2026-12-14')).toMatchObject({ words: 'publicised', yours: false })
  expect(planNext(plan('publicised', ['effect'], notice), '2026-12-15')).toMatchObject({ words: 'publicityOver', yours: true })
})

it('waits for nothing once it is in effect', () => {
  expect(planNext(plan('effective', []), '2026-11-30')).toBeNull()
})

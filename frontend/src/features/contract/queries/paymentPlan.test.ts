import { expect, it } from 'vitest'
import type { ContractTerms, Receipt } from './contracts'
import { outstanding, paymentPlan } from './paymentPlan'

const cny = (amount: string) => ({ amount, currency: 'CNY' as const })
const terms = {
  total: cny('3500000.00'),
  payment: {
    kind: 'instalments',
    instalments: [
      { amount: cny('500000.00'), due_on: '2026-11-15' },
      { amount: cny('1500000.00'), due_on: '2026-12-20' },
      { amount: cny('1500000.00'), milestone: '验收合格' },
    ],
  },
} as ContractTerms
const receipt = (id: string, gross: string, more: Partial<Receipt> = {}) => ({ id, type: 'RECEIPT', gross: cny(gross), ...more }) as Receipt
const states = (movements: Receipt[], today = '2026-11-30') => paymentPlan(terms, movements, today).map(({ state }) => state)

it('tells what is overdue on the day after it was due, not on the day', () => {
  expect(states([])).toEqual(['overdue', 'open', 'open'])
  expect(states([], '2026-11-15')).toEqual(['open', 'open', 'open'])
})

it('meets the parts in their order, to the fen, where a receipt names none', () => {
  const dues = paymentPlan(terms, [receipt('r1', '500000.01')], '2026-11-30')
  expect(dues.map(({ state }) => state)).toEqual(['settled', 'part', 'open'])
  expect(dues[1]?.paid).toBe(1n)
  expect(outstanding(dues)).toBe(299_999_999n)
})

it('meets first what a receipt was paid for, and less what went back', () => {
  expect(states([receipt('r1', '1500000.00', { instalment: 3 })])).toEqual(['overdue', 'open', 'settled'])
  expect(states([receipt('r1', '500000.00'), receipt('r2', '1.00', { type: 'REFUND', receipt_id: 'r1' })])).toEqual(['overdue', 'open', 'open'])
})

it('passes on what was paid above a part', () => {
  expect(states([receipt('r1', '1500000.00', { instalment: 1 })])).toEqual(['settled', 'part', 'open'])
})

it('takes a lump sum for one part', () => {
  const lump = { total: cny('800000.00'), payment: { kind: 'lump_sum', due_on: '2026-11-29' } } as ContractTerms
  expect(paymentPlan(lump, [receipt('r1', '300000.00')], '2026-11-30')).toEqual([{ amount: 80_000_000n, paid: 30_000_000n, due_on: '2026-11-29', state: 'overdue' }])
})

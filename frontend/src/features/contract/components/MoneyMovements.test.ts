import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import type { Contract, Receipt } from '../queries/contracts'
import MoneyMovements from './MoneyMovements.vue'

const money = (amount: string) => ({ amount, currency: 'CNY' as const })
const receipt = { id: 'r1', type: 'RECEIPT', on: '2026-11-23', gross: money('100.00'), vat: money('0.00'), net_of_vat: money('100.00') } as unknown as Receipt
vi.mock('../queries/contracts', async (original) => ({ ...(await original<object>()), useReceipts: () => ({ data: ref({ items: [receipt] }), error: ref(null), refetch: vi.fn() }) }))

function buttons(state: Contract['state'], ...actions: string[]): string[] {
  const contract = { id: 'c1', state, actions, terms: { total: money('100.00'), payment: { kind: 'lump_sum' } }, parties: [] } as unknown as Contract
  return mount(MoneyMovements, { props: { contract }, global: { plugins: [i18n] } }).findAll('button').map((each) => each.text())
}

it('lets money go back after a contract has ended, and none come in', () => {
  expect(buttons('terminated', 'refund_record')).toEqual(['登记退款'])
})

it('lets money come in on a contract that both sides have fulfilled', () => {
  expect(buttons('completed', 'receipt_record', 'refund_record')).toEqual(['登记退款', '登记到账'])
})

it('offers neither to who may not record it', () => {
  expect(buttons('signed')).toEqual([])
})

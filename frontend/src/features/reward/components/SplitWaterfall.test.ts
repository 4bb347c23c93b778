import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import SplitWaterfall from './SplitWaterfall.vue'

const money = (amount: string) => ({ amount, currency: 'CNY' as const })
const rows = (net: string, institution: string) => {
  const split = { base: money('1000000.00'), net: money(net), pool: money('700000.00'), institution: money(institution), shares: [{ person_id: 'p1', name: '艾力江', role: 'COMPLETER', weight: 1, amount: money('700000.00') }] }
  return mount(SplitWaterfall, { props: { split }, global: { plugins: [i18n] } }).findAll('tbody tr').map((row) => row.text())
}

it('shows the costs that the institution bears, so that the rows add up', () => {
  expect(rows('100000.00', '-600000.00').slice(2)).toEqual(['税费与成本（单位承担）¥900,000.00', '单位留存−¥600,000.00'])
  expect(rows('1000000.00', '300000.00')).toHaveLength(3)
})

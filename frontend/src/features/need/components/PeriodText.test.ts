import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import BudgetText from './BudgetText.vue'
import PeriodText from './PeriodText.vue'

it.each<[{ start?: string; end?: string }, string]>([
  [{ start: '2027-03-01' }, '自 2027年3月1日'],
  [{ end: '2027-12-31' }, '至 2027年12月31日'],
  [{ start: '2027-03-01', end: '2027-12-31' }, '2027年3月1日 – 2027年12月31日'],
])('says the bound that a period has, and no more', (props, said) => {
  expect(mount(PeriodText, { props, global: { plugins: [i18n] } }).text()).toBe(said)
})

it('does not show the least that is to be spent as the whole budget', () => {
  const min = { amount: '500000.00', currency: 'CNY' }
  expect(mount(BudgetText, { props: { min }, global: { plugins: [i18n] } }).text()).toMatch(/^不低于 50/)
})

import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import type { Task } from '../queries/tasks'
import TaskDetail from './TaskDetail.vue'

const detailOf = (more: Partial<Task>) => {
  const task: Task = { code: 'pay_distribution', kind: 'distribution', subject_id: '7', title: '许可合同', ...more }
  return mount(TaskDetail, { props: { task }, global: { plugins: [i18n] } }).text()
}

it('tells two distributions of one contract apart by day and amount', () => {
  const party = '金穗种业有限公司'
  expect(detailOf({ party, moved_on: '2026-11-23', amount: { amount: '300000.00', currency: 'CNY' } })).toBe('金穗种业有限公司 · 2026年11月23日 · ¥300,000.00')
  expect(detailOf({ party, moved_on: '2026-11-24', amount: { amount: '-1000.00', currency: 'CNY' } })).toBe('金穗种业有限公司 · 2026年11月24日 · −¥1,000.00')
})

it('says with whom a contract is, and nothing where there is nothing to say', () => {
  expect(detailOf({ party: '金穗种业有限公司' })).toBe('金穗种业有限公司')
  expect(detailOf({})).toBe('')
})
